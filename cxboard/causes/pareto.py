"""The Pareto chart of leverage: bars from large to small with the cumulated line, both on one percent axis (Juran 1951)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .queries import Ranked

MOST_BARS = 12
WIDTH, HEIGHT = 1120, 272
TOP, FOOT, AXIS = 22, 236, 56
ENOUGH = 50  # percent of the leverage that the title speaks of
SMALLEST_LABEL = 3


@dataclass(frozen=True)
class Bar:
    """One problem, or the folded tail; lengths in the units of the view box, shares in percent."""

    problem: Ranked | None
    folded: int
    portion: float
    cumulated: float
    few: bool
    x: float
    width: float
    y: float
    height: float
    hatched: float
    middle: float
    line_y: float

    @property
    def is_labelled(self) -> bool:
        """Whether the bar's own share is written on it; the first is on the line already."""
        return self.portion >= SMALLEST_LABEL and self.cumulated > self.portion


@dataclass(frozen=True)
class Pareto:
    """What the template draws, and the finding: the first `few` problems carry `carried` percent."""

    bars: list[Bar]
    few: int
    carried: float
    total: float

    @property
    def line(self) -> str:
        return " ".join(f"{b.middle},{b.line_y}" for b in self.bars)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        return [(percent, height(percent)) for percent in (0, 25, 50, 75, 100)]


def height(percent: float) -> float:
    """Where a percentage lies."""
    return round(FOOT - (FOOT - TOP) * percent / 100, 1)


def draw(ranked: Sequence[Ranked]) -> Pareto | None:
    """The chart of these problems, in their order; None when nothing moves any pain. From the thirteenth on they are one bar."""
    moving = [p for p in ranked if p.leverage > 0]
    if not moving:
        return None
    total = sum(p.leverage for p in moving)
    shown = moving if len(moving) <= MOST_BARS else moving[: MOST_BARS - 1]
    tail = moving[len(shown) :]
    few = next(n for n, p in enumerate(moving, 1) if p.cumulated >= ENOUGH - 1e-9)
    slot = (WIDTH - AXIS) / (len(shown) + bool(tail))
    width = min(slot * 0.72, 132)
    bars = []
    for n, problem in enumerate([*shown, None] if tail else shown):
        portion = problem.portion if problem else sum(p.portion for p in tail)
        unsure = problem.suspected if problem else sum(p.suspected for p in tail)
        cumulated = problem.cumulated if problem else 100.0
        bars.append(
            Bar(
                problem, folded=0 if problem else len(tail), portion=portion, cumulated=cumulated, few=n < few, x=round(n * slot + (slot - width) / 2, 1),
                width=round(width, 1), y=height(portion), height=round(FOOT - height(portion), 1),
                hatched=round((FOOT - TOP) * unsure / total, 1), middle=round((n + 0.5) * slot, 1), line_y=height(cumulated),
            )
        )  # fmt: skip
    return Pareto(bars, few, moving[few - 1].cumulated, total)
