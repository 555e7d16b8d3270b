"""Charts as geometry: what lies where, in the units of an SVG's view box. The one chart module.

No looks, no language and no request: templates/components/charts.html draws what is made here, and whoever asks for a chart
brings the words (`words` writes a number for people). A scale covers every mark that is drawn on it; labels are left out or
clipped before they collide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, TypeVar

TEXT = 12  # size of the letters
LINE = 16  # from one line of text to the next
FEW = 5  # a reading of fewer than so many is drawn hollow

Words = Callable[[float], str]
Thing = TypeVar("Thing")

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


# text


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


# scales


def round_steps(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers from at most `low` to at least `high`, in about so many steps of 1, 2, 2.5 or 5."""
    if high <= low:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / max(1, about)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


@dataclass(frozen=True)
class Scale:
    """Where a value lies, between `start` (of the lowest mark) and `end` (of the highest)."""

    marks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        low, high = self.marks[0], self.marks[-1]
        return round(self.start + (self.end - self.start) * (value - low) / (high - low), 1)


def scale(values: Iterable[float], start: float, end: float, *, marks: Sequence[float] = (), about: int = 4) -> Scale:
    """A scale over all of the values, with round marks; the `marks` given are all on it too."""
    every = [*values, *marks]
    low, high = (min(every), max(every)) if every else (0.0, 1.0)
    if len(marks) > 1 and (low, high) == (min(marks), max(marks)):
        return Scale(tuple(sorted(marks)), start, end)
    return Scale(tuple(round_steps(low, high, about)), start, end)


@dataclass(frozen=True)
class Tick:
    """A mark of an axis with what is written beside it."""

    at: float
    words: str


# a line over time


@dataclass(frozen=True)
class Reading:
    """One value of a line; None where there is none. `n` is of how many it is; `words` say it when pointed at."""

    label: str
    value: float | None
    n: int | None = None
    words: str = ""
    href: str = ""


@dataclass(frozen=True)
class Dot:
    """A reading on the chart. `few`: of so few that it is drawn hollow; `written`: whether its label is."""

    reading: Reading
    x: float
    y: float | None
    few: bool
    written: bool


@dataclass(frozen=True)
class Line:
    """A line: its dots, the pieces that have no hole, the marks beside it, and lines across (a target)."""

    width: float
    height: float
    left: float
    foot: float
    dots: tuple[Dot, ...]
    pieces: tuple[str, ...]
    ticks: tuple[Tick, ...] = ()
    across: tuple[Tick, ...] = ()

    @property
    def last(self) -> Dot | None:
        """The last dot that has a value."""
        return next((d for d in reversed(self.dots) if d.y is not None), None)


def line(
    readings: Sequence[Reading], *, words: Words = str, width: float = 420, height: float = 170, marks: Sequence[float] = (),
    target: float | None = None, few: int = FEW,
) -> Line:  # fmt: skip
    """A line with an axis of values at the left and the labels of the readings below. `marks`: those of the axis, when they are fixed."""
    values = [r.value for r in readings if r.value is not None] + ([] if target is None else [target])
    foot = height - LINE - 12
    upright = scale(values, foot, 12, marks=marks)
    ticks = tuple(Tick(upright.at(m), words(m)) for m in upright.marks)
    left = round(max(width_of(t.words) for t in ticks) + 10, 1)
    sizes = [width_of(r.label) for r in readings]
    first, last = (left + max(6.0, sizes[0] / 2), width - max(6.0, sizes[-1] / 2)) if sizes else (left, width)
    step = (last - first) / max(1, len(readings) - 1)
    xs = [first + n * step for n in range(len(readings))] if len(readings) > 1 else [(left + width) / 2] * len(readings)
    dots = _dots(readings, xs, upright, not_colliding(xs, sizes), few)
    across = () if target is None else (Tick(upright.at(target), words(target)),)
    return Line(width, height, left, foot, dots, _pieces(dots), ticks, across)


def spark(readings: Sequence[Reading], *, width: float = 96, height: float = 28, few: int = FEW, marks: Sequence[float] = ()) -> Line:
    """A line without axes, for in a row or a card."""
    values = [r.value for r in readings if r.value is not None]
    low, high = (min([*values, *marks]), max([*values, *marks])) if values else (0.0, 1.0)
    upright = Scale((low, high) if low < high else (low - 0.5, low + 0.5), height - 4, 4)
    step = (width - 8) / max(1, len(readings) - 1)
    dots = _dots(readings, [4 + n * step for n in range(len(readings))], upright, [False] * len(readings), few)
    return Line(width, height, 0, height, dots, _pieces(dots))


def _dots(readings: Sequence[Reading], xs: Sequence[float], upright: Scale, written: Sequence[bool], few: int) -> tuple[Dot, ...]:
    return tuple(
        Dot(r, round(x, 1), None if r.value is None else upright.at(r.value), r.n is not None and r.n < few, shown)
        for r, x, shown in zip(readings, xs, written, strict=True)
    )


def _pieces(dots: Sequence[Dot]) -> tuple[str, ...]:
    """The points of the line, broken where a value is missing; a lone dot is no piece."""
    pieces: list[list[str]] = [[]]
    for dot in dots:
        if dot.y is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{dot.x},{dot.y}")
    return tuple(" ".join(p) for p in pieces if len(p) > 1)


# bars


@dataclass(frozen=True)
class Amount:
    """How much, and how much of that is unsure (hatched)."""

    value: float
    unsure: float = 0
    words: str = ""
    href: str = ""


@dataclass(frozen=True)
class Bar:
    """One standing bar: `series` is its place within its group; `hatched` the height of its unsure part, on top."""

    amount: Amount
    series: int
    x: float
    y: float
    width: float
    height: float
    hatched: float
    written: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Group:
    """The bars that stand together above one label."""

    label: str
    middle: float
    bars: tuple[Bar, ...]
    written: bool


@dataclass(frozen=True)
class Columns:
    """Standing bars in groups."""

    width: float
    height: float
    foot: float
    groups: tuple[Group, ...]


def columns(groups: Sequence[tuple[str, Sequence[Amount]]], *, width: float = 420, height: float = 190, words: Words = str) -> Columns:
    """Bars from zero to the highest, which is as high as there is room; values are written on them while that fits."""
    foot = height - LINE - 14
    highest = max((a.value for _label, amounts in groups for a in amounts), default=0)
    slot = width / max(1, len(groups))
    high = (foot - LINE - 2) / highest if highest > 0 else 0
    middles = [round((n + 0.5) * slot, 1) for n in range(len(groups))]
    labels = not_colliding(middles, [width_of(label) for label, _amounts in groups])
    made = []
    for (label, amounts), middle, shown in zip(groups, middles, labels, strict=True):
        each = min(slot * 0.84 / max(1, len(amounts)), 48)
        left = middle - each * len(amounts) / 2
        fits = all(width_of(words(a.value), bold=True) <= each + 4 for a in amounts)
        bars = tuple(
            Bar(a, n, round(left + n * each + 1, 1), round(foot - a.value * high, 1), round(each - 2, 1), round(a.value * high, 1), round(a.unsure * high, 1), fits and a.value > 0)
            for n, a in enumerate(amounts)
        )
        made.append(Group(label, middle, bars, shown))
    return Columns(width, height, foot, tuple(made))


@dataclass(frozen=True)
class Length:
    """A lying bar in percent of the longest: what is sure of it, and what is not."""

    sure: float
    unsure: float


def lengths(amounts: Sequence[Amount]) -> list[Length]:
    """Lying bars, side by side in length."""
    longest = max((a.value for a in amounts), default=0) or 1
    return [Length(round(100 * (a.value - a.unsure) / longest, 1), round(100 * a.unsure / longest, 1)) for a in amounts]


# Pareto


@dataclass(frozen=True)
class Part(Generic[Thing]):
    """A part of a whole: how much, how much of that is unsure, and what it is of. `rest`: what is left over, at the end."""

    thing: Thing
    label: str
    amount: float
    unsure: float = 0
    rest: bool = False


@dataclass(frozen=True)
class Step(Generic[Thing]):
    """A part as a bar with its point on the added-up line; `portion` and `cumulated` are percent of the whole."""

    part: Part[Thing]
    portion: float
    cumulated: float
    few: bool
    x: float
    y: float
    width: float
    height: float
    hatched: float
    line_y: float
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def is_written(self) -> bool:
        """Whether its own share is written on the bar: the first one's is on the line already, and it must not touch what is."""
        return self.portion >= 3 and self.cumulated - self.portion >= 9


@dataclass(frozen=True)
class Pareto(Generic[Thing]):
    """Bars from large to small with the added-up line, both on one axis of percent (Juran 1951)."""

    width: float
    height: float
    foot: float
    right: float
    steps: tuple[Step[Thing], ...]
    ticks: tuple[tuple[int, float], ...]
    total: float

    @property
    def line(self) -> str:
        return " ".join(f"{s.middle},{s.line_y}" for s in self.steps)

    @property
    def lengths(self) -> list[tuple[Step[Thing], Length]]:
        """The same as lying bars, for a narrow screen."""
        return list(zip(self.steps, lengths([Amount(s.part.amount, s.part.unsure) for s in self.steps]), strict=True))


def pareto(parts: Sequence[Part[Thing]], total: float, *, few: int = 0, width: float = 1120, height: float = 280) -> Pareto[Thing]:
    """The parts in the order given, as percent of `total`. The first `few` are the ones that the title speaks of."""
    top, foot, right = 22.0, height - 2 * LINE - 8, width - 56
    upright = Scale((0, 100), foot, top)
    slot = right / max(1, len(parts))
    wide = min(slot * 0.72, 132)
    so_far, steps = 0.0, []
    for n, part in enumerate(parts):
        so_far += part.amount
        portion, cumulated = (100 * part.amount / total, min(100.0, 100 * so_far / total)) if total else (0.0, 0.0)
        hatched = foot - upright.at(100 * part.unsure / total) if total else 0.0
        steps.append(
            Step(
                part, portion, cumulated, n < few, x=round(n * slot + (slot - wide) / 2, 1), y=upright.at(portion), width=round(wide, 1),
                height=round(foot - upright.at(portion), 1), hatched=round(hatched, 1), line_y=upright.at(cumulated), lines=wrapped(part.label, slot - 8, 2),
            )
        )  # fmt: skip
    return Pareto(width, height, foot, right, tuple(steps), tuple((p, upright.at(p)) for p in (0, 25, 50, 75, 100)), total)


# mood along the stages of a journey


@dataclass(frozen=True)
class Mood:
    """A smooth line through the middle of equal columns, from bad (the foot) to good (the top); None leaves a hole."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    paths: tuple[str, ...]
    middle: float


def mood(readings: Sequence[Reading], *, width: float, height: float = 72, few: int = FEW) -> Mood:
    """The mood of each stage, 0 (bad) to 1 (good)."""
    upright = Scale((0, 1), height - 10, 10)
    slot = width / max(1, len(readings))
    dots = _dots(readings, [(n + 0.5) * slot for n in range(len(readings))], upright, [True] * len(readings), few)
    paths: list[str] = []
    for before, dot in pairwise(dots):
        if before.y is None or dot.y is None:
            continue
        half = round((before.x + dot.x) / 2, 1)
        curve = f"C{half} {before.y} {half} {dot.y} {dot.x} {dot.y}"
        if paths and paths[-1].endswith(f" {before.x} {before.y}"):
            paths[-1] += curve
        else:
            paths.append(f"M{before.x} {before.y}{curve}")
    return Mood(width, height, dots, tuple(paths), upright.at(0.5))


# how far a figure may turn out otherwise


@dataclass(frozen=True)
class Span:
    """A lying range on a common scale, with what is written at both ends."""

    label: str
    x: float
    width: float
    y: float
    low: str
    high: str


@dataclass(frozen=True)
class Spans:
    """Ranges around what is likely, the widest first."""

    width: float
    height: float
    left: float
    ticks: tuple[Tick, ...]
    middle: float
    middle_words: str
    spans: tuple[Span, ...]


def spans(ranges: Sequence[tuple[str, tuple[float, str], tuple[float, str]]], likely: float, *, words: Words, width: float = 736, left: float = 176) -> Spans:
    """Per assumption the lowest and the highest outcome, each with the value that brings it about; room is kept for those words."""
    rows = sorted(ranges, key=lambda r: r[1][0] - r[2][0])
    ends = [value for _label, low, high in rows for value in (low[0], high[0])]
    room = max((width_of(end[1]) for _label, low, high in rows for end in (low, high)), default=0) + 10
    across = scale([*ends, likely], left + room, width - room)
    made = tuple(
        Span(clipped(label, left - 8), across.at(low), round(across.at(high) - across.at(low), 1), 12.0 + 38 * n, low_words, high_words)
        for n, (label, (low, low_words), (high, high_words)) in enumerate(rows)
    )
    said = not_colliding([across.at(m) for m in across.marks], [width_of(words(m)) for m in across.marks])
    ticks = [Tick(across.at(m), words(m) if shown else "") for m, shown in zip(across.marks, said, strict=True)]
    centre = across.at(likely)
    near = (width_of(words(likely), bold=True) + max((width_of(t.words) for t in ticks), default=0)) / 2 + 8
    ticks = [replace(t, words="") if abs(t.at - centre) < near else t for t in ticks]
    return Spans(width, 38.0 * len(rows) + 40, left, tuple(ticks), centre, words(likely), made)


# bands from column to column


@dataclass(frozen=True)
class Node:
    """Something that bands run to or from: `size` is its thickness, `head` and `text` its label. `last`: above 0 it stays below the others."""

    key: str
    size: float
    head: str
    text: str = ""
    last: int = 0


@dataclass(frozen=True)
class Tie:
    """A band between two nodes of neighbouring columns."""

    source: str
    target: str
    weight: float
    unsure: bool = False


@dataclass(frozen=True)
class Placed:
    """A node on the chart with the lines of its label; `first` is where the first line is written."""

    node: Node
    column: int
    x: float
    y: float
    width: float
    height: float
    head: str
    lines: tuple[str, ...]
    label_x: float
    first: float
    at_end: bool

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)

    @property
    def one_line(self) -> bool:
        """Whether the text stands behind the head."""
        return len(self.lines) <= 1 and self.first > self.middle

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where its label lies: left, top, right, bottom."""
        head, rest = width_of(self.head, bold=True), [width_of(t) for t in self.lines]
        wide = head + (width_of("  ") + rest[0] if rest else 0) if self.one_line else max([head, *rest])
        count = 1 if self.one_line else 1 + len(self.lines)
        left = self.label_x - wide if self.at_end else self.label_x
        return left, self.first - TEXT + 1, left + wide, self.first + (count - 1) * LINE + 3


@dataclass(frozen=True)
class Band:
    """A tie as a shape between two bars."""

    tie: Tie
    path: str
    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float


@dataclass(frozen=True)
class Flow:
    """Columns of nodes with bands between them."""

    width: float
    height: float
    nodes: tuple[Placed, ...]
    bands: tuple[Band, ...]
    unit: float  # how thick one of what is weighed is


def flow(
    columns: Sequence[Sequence[Node]], ties: Sequence[Tie], *, width: float = 1240, rooms: Sequence[float] = (232, 300, 190), thick: float = 420,
    free: Sequence[bool] = (), bar: float = 10, gap: float = 7, middle: float = 0.42,
) -> Flow:  # fmt: skip
    """Nodes in columns and bands between them, as thick as their weight; no node or label lies over another.

    The first column is labelled at its left, the others at their right; `rooms` is how wide the labels may be. The order in
    a column is that given, but for `free` columns, which are turned until few bands cross. `thick` is the height of the
    heaviest column's bars together; labels and gaps come on top.
    """
    columns = untangled(columns, ties, free or [False] * len(columns))
    heaviest = max((sum(n.size for n in column) for column in columns), default=0)
    unit = thick / heaviest if heaviest else 0.0
    heights = {n.key: max(2.0, n.size * unit) for column in columns for n in column}
    slots = [[max(heights[n.key], LINE * _label_lines(heights[n.key])) + gap for n in column] for column in columns]
    height = max((sum(s) for s in slots), default=0.0)
    centres = _centres(columns, slots, ties, height)
    xs = _across(len(columns), width, rooms, bar, middle)
    nodes = [
        _placed(node, c, xs[c], centres[node.key], bar, heights[node.key], rooms[min(c, len(rooms) - 1)], at_end=c == 0)
        for c, column in enumerate(columns)
        for node in column
    ]
    return Flow(width, round(height + 2, 1), tuple(nodes), _bands(nodes, ties, unit), unit)


def _across(count: int, width: float, rooms: Sequence[float], bar: float, middle: float) -> list[float]:
    """Where each column's bars begin; with three columns the middle one lies a little to the left, as its labels are at its right."""
    first, last = rooms[0] + 8, width - rooms[-1] - 8 - bar
    if count == 3:
        return [first, round(first + (last - first) * middle, 1), last]
    return [round(first + (last - first) * n / max(1, count - 1), 1) for n in range(count)]


def _label_lines(height: float) -> int:
    """How many lines of text a bar of this height has beside it."""
    return 3 if height >= 3.2 * LINE else 2 if height >= 2 * LINE else 1


def _placed(node: Node, column: int, x: float, centre: float, bar: float, height: float, room: float, *, at_end: bool) -> Placed:
    head, most = clipped(node.head, room, bold=True), _label_lines(height)
    if most == 1:
        left = room - width_of(head, bold=True) - width_of("  ")
        rest = clipped(node.text, left) if left > 3 * TEXT else ""
        lines: tuple[str, ...] = (rest,) if rest else ()
        first = centre + 4
    else:
        lines = wrapped(node.text, room, most - 1)
        first = centre + 4 - LINE * len(lines) / 2
    label_x = x - 8 if at_end else x + bar + 8
    return Placed(node, column, x, round(centre - height / 2, 1), bar, round(height, 1), head, lines, label_x, round(first, 1), at_end)


def _bands(nodes: Sequence[Placed], ties: Sequence[Tie], unit: float) -> tuple[Band, ...]:
    """The shapes: at a bar, bands lie in the order of what they run to, so that they don't cross there."""
    placed = {p.node.key: p for p in nodes}
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    out, into = {k: p.y for k, p in placed.items()}, {k: p.y for k, p in placed.items()}
    for n, tie in sorted(enumerate(ties), key=lambda t: (placed[t[1].target].middle, t[1].unsure)):
        starts[n] = out[tie.source]
        out[tie.source] += tie.weight * unit
    for n, tie in sorted(enumerate(ties), key=lambda t: (placed[t[1].source].middle, t[1].unsure)):
        ends[n] = into[tie.target]
        into[tie.target] += tie.weight * unit
    bands = []
    for n, tie in enumerate(ties):
        source, target = placed[tie.source], placed[tie.target]
        x1, x2, thickness = source.x + source.width, target.x, max(0.8, tie.weight * unit)
        y1, y2, half = starts[n], ends[n], (x1 + x2) / 2
        path = (
            f"M{x1:.1f} {y1:.1f}C{half:.1f} {y1:.1f} {half:.1f} {y2:.1f} {x2:.1f} {y2:.1f}V{y2 + thickness:.1f}"
            f"C{half:.1f} {y2 + thickness:.1f} {half:.1f} {y1 + thickness:.1f} {x1:.1f} {y1 + thickness:.1f}Z"
        )
        bands.append(Band(tie, path, x1, round(y1, 2), x2, round(y2, 2), round(thickness, 2)))
    return tuple(bands)


def untangled(columns: Sequence[Sequence[Node]], ties: Sequence[Tie], free: Sequence[bool], *, rounds: int = 6) -> list[list[Node]]:
    """The columns, the free ones in the order in which the fewest (thickest) bands cross: by barycentre, there and back again."""
    orders = [sorted(column, key=lambda n: n.last) for column in columns]
    best, fewest = [list(o) for o in orders], crossings(orders, ties)
    for _round in range(rounds):
        for c, other in [*((c, c - 1) for c in range(1, len(orders))), *((c, c + 1) for c in range(len(orders) - 2, -1, -1))]:
            if free[c]:
                orders[c] = _by_barycentre(orders[c], orders[other], ties)
        now = crossings(orders, ties)
        if now < fewest:
            best, fewest = [list(o) for o in orders], now
    return best


def _by_barycentre(column: Sequence[Node], other: Sequence[Node], ties: Sequence[Tie]) -> list[Node]:
    places = {n.key: i for i, n in enumerate(other)}
    mine = {n.key for n in column}
    pull = {k: [0.0, 0.0] for k in mine}
    for t in ties:
        for here, there in ((t.source, t.target), (t.target, t.source)):
            if here in mine and there in places:
                pull[here][0] += t.weight * places[there]
                pull[here][1] += t.weight
    kept = {n.key: i for i, n in enumerate(column)}
    return sorted(column, key=lambda n: (n.last, pull[n.key][0] / pull[n.key][1] if pull[n.key][1] else kept[n.key]))


def crossings(columns: Sequence[Sequence[Node]], ties: Sequence[Tie]) -> float:
    """How much crosses: over each two bands that do, the product of their weights."""
    total = 0.0
    for left, right in pairwise(columns):
        a, b = {n.key: i for i, n in enumerate(left)}, {n.key: i for i, n in enumerate(right)}
        here = sorted((a[t.source], b[t.target], t.weight) for t in ties if t.source in a and t.target in b)
        tree = [0.0] * (len(right) + 1)  # sums of weights by place on the right, in a Fenwick tree
        seen = 0.0
        for _source, target, weight in here:
            below, i = 0.0, target + 1
            while i > 0:
                below += tree[i]
                i -= i & -i
            total += weight * (seen - below)
            seen += weight
            i = target + 1
            while i < len(tree):
                tree[i] += weight
                i += i & -i
    return total


def _centres(columns: Sequence[Sequence[Node]], slots: Sequence[Sequence[float]], ties: Sequence[Tie], height: float) -> dict[str, float]:
    """The middle of each node: the fullest column fills the height, the others lie as near to what they are tied to as their slots allow."""
    fullest = max(range(len(columns)), key=lambda c: sum(slots[c]), default=0)
    centres: dict[str, float] = {}
    for c in sorted(range(len(columns)), key=lambda c: abs(c - fullest)):
        wanted: dict[str, list[float]] = {n.key: [0.0, 0.0] for n in columns[c]}
        for t in ties:
            for here, there in ((t.source, t.target), (t.target, t.source)):
                if here in wanted and there in centres:
                    wanted[here][0] += t.weight * centres[there]
                    wanted[here][1] += t.weight
        usual, so_far = [], 0.0
        for slot in slots[c]:
            usual.append(so_far + slot / 2)
            so_far += slot
        near = [w[0] / w[1] if (w := wanted[n.key])[1] else u for n, u in zip(columns[c], usual, strict=True)]
        weights = [max(n.size, 1e-6) for n in columns[c]]
        centres.update(zip((n.key for n in columns[c]), _apart(near, weights, slots[c], height), strict=True))
    return centres


def _apart(wanted: Sequence[float], weights: Sequence[float], slots: Sequence[float], height: float) -> list[float]:
    """As near as possible to where each wants to be, in this order, none in the slot of another (pool adjacent violators)."""
    offsets, so_far = [], 0.0
    for slot in slots:
        offsets.append(so_far + slot / 2)
        so_far += slot
    room = max(0.0, height - so_far)
    pools: list[list[float]] = []  # mean, weight, count
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append([want - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, heavy, count = pools.pop()
            before = pools[-1]
            pools[-1] = [(before[0] * before[1] + mean * heavy) / (before[1] + heavy), before[1] + heavy, before[2] + count]
    shifts = [min(max(mean, 0.0), room) for mean, _weight, count in pools for _ in range(int(count))]
    return [offset + shift for offset, shift in zip(offsets, shifts, strict=True)]
