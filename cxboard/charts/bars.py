"""Amounts as bars: standing in groups, lying side by side, and as ranges around what is likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .letters import LINE, clipped, not_colliding, width_of
from .scales import Tick, Words, scale


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
