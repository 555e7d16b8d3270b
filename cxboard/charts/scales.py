"""Where a value lies on an axis, and which marks that has."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Words = Callable[[float], str]


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
