"""The parts of a whole from large to small, with the added-up line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .bars import Amount, Length, lengths
from .letters import LINE, wrapped
from .scales import Scale

Thing = TypeVar("Thing")


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
