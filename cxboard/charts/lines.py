"""Readings as a line: over time, in a row, and as the mood along the stages of a journey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .letters import LINE, not_colliding, width_of
from .scales import Scale, Tick, Words, scale

FEW = 5  # a reading of fewer than so many is drawn hollow


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
