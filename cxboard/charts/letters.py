"""How wide a text is, and as much of it as fits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

TEXT = 12  # size of the letters
LINE = 16  # from one line of text to the next

# What a letter takes of its size, in thousandths: Figtree at the two weights in charts, from the space to the tilde.
PLAIN = (
    247, 298, 320, 629, 563, 786, 644, 200, 352, 352, 481, 623, 226, 417, 208, 389, 641, 413, 559, 544, 621, 575, 566, 537, 614, 566, 253, 259, 623, 623, 623, 504,
    989, 677, 611, 721, 688, 592, 543, 760, 751, 271, 515, 610, 520, 846, 774, 776, 579, 780, 626, 614, 552, 707, 693, 960, 614, 604, 641, 324, 389, 324, 551, 438,
    221, 510, 586, 541, 586, 546, 369, 587, 558, 232, 269, 485, 220, 851, 558, 580, 591, 578, 338, 466, 378, 558, 520, 784, 475, 526, 491, 385, 257, 385, 567,
)  # fmt: skip
BOLD = (
    240, 310, 394, 631, 556, 807, 647, 236, 376, 376, 486, 630, 251, 410, 240, 423, 647, 420, 575, 553, 631, 580, 577, 552, 612, 577, 292, 296, 630, 630, 630, 511,
    991, 707, 612, 724, 697, 589, 552, 746, 750, 285, 545, 655, 534, 855, 773, 785, 598, 787, 641, 608, 578, 704, 717, 980, 666, 638, 634, 340, 423, 340, 575, 435,
    255, 528, 594, 545, 593, 552, 388, 598, 567, 256, 286, 527, 241, 868, 566, 581, 599, 589, 371, 466, 397, 566, 549, 825, 524, 566, 480, 392, 256, 392, 647,
)  # fmt: skip
OTHER = 690  # any letter beyond those


def width_of(text: str, *, bold: bool = False, size: float = TEXT) -> float:
    """How wide a text is, a little rather too much than too little."""
    table = BOLD if bold else PLAIN
    return sum(table[ord(c) - 32] if " " <= c <= "~" else OTHER for c in text) * size / 1000


def clipped(text: str, room: float, *, bold: bool = False, size: float = TEXT) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width_of(text, bold=bold, size=size) <= room:
        return text
    left = room - width_of("…", bold=bold, size=size)
    for n, letter in enumerate(text):
        left -= width_of(letter, bold=bold, size=size)
        if left < 0:
            return text[:n].rstrip() + "…" if text[:n].strip() else ""
    return text


def wrapped(text: str, room: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """The text in at most so many lines; the last one is clipped."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines - 1:
        n = 1
        while n < len(words) and width_of(" ".join(words[: n + 1]), bold=bold) <= room:
            n += 1
        found.append(clipped(" ".join(words[:n]), room, bold=bold))
        words = words[n:]
    return tuple([*found, clipped(" ".join(words), room, bold=bold)] if words else found)


def not_colliding(centres: Sequence[float], widths: Sequence[float], *, gap: float = 8) -> list[bool]:
    """Which labels to write so that none touches another: every first, second, third …, and always the last one."""
    n = len(centres)
    for every in range(1, n + 1):
        kept = [(n - 1 - i) % every == 0 for i in range(n)]
        written = [i for i in range(n) if kept[i]]
        if all(centres[b] - centres[a] >= (widths[a] + widths[b]) / 2 + gap for a, b in pairwise(written)):
            return kept
    return []
