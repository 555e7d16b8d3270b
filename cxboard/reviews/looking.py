"""Pages of a live review: which one the meeting is at, which one somebody's own screen shows, and turning from one to another.

The address says it (`?step=focus&item=12`); without it, or with something that is not on the agenda, a screen follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..accounts.models import User
from .models import AgendaItem, Review
from .steps import Step


@dataclass(frozen=True)
class Place:
    """One page of a review: a step, and the point of it that is on the table."""

    step: Step
    item: AgendaItem | None = None

    @property
    def mark(self) -> str:
        """`focus-12`: what a turn says it was pressed on."""
        return f"{self.step.value}-{self.item.id if self.item else ''}"

    @property
    def name(self) -> str:
        """`Focus: CX-12`, for people."""
        return f"{self.step.label}: {self.item.issue.key}" if self.item and self.item.issue else self.step.label

    @property
    def asked(self) -> dict[str, str | int]:
        """What its address says."""
        return {"step": self.step.value} | ({"item": self.item.id} if self.item else {})

    def beside(self, items: Sequence[AgendaItem], way: int) -> Place | None:
        """The page after (1) or before (-1) it; None at either end."""
        points = [i for i in items if i.step == self.step]
        if self.item in points and 0 <= (at := points.index(self.item) + way) < len(points):
            return Place(self.step, points[at])
        step = self.step.following if way > 0 else self.step.preceding
        return first_of(step, items, 0 if way > 0 else -1) if step else None


def first_of(step: Step, items: Sequence[AgendaItem], which: int = 0) -> Place:
    """How a step begins: with its first point (-1: the last) when they are shown one by one."""
    points = [i for i in items if i.step == step] if step.one_by_one else []
    return Place(step, points[which] if points else None)


def meeting(review: Review) -> Place:
    """Where the meeting is."""
    assert review.step is not None
    return Place(review.step, review.item)


def mark(review: Review) -> str:
    """The mark of the page where the meeting is, without asking for its point."""
    assert review.step is not None
    return f"{review.step.value}-{review.item_id or ''}"


def looked_at(review: Review, items: Sequence[AgendaItem], asked: Mapping[str, str]) -> Place:
    """The page that an address asks for; else where the meeting is."""
    item = next((i for i in items if str(i.id) == asked.get("item") and i.step.one_by_one), None)
    if item:
        return Place(item.step, item)
    step = next((s for s in Step if s.value == asked.get("step")), None)
    return first_of(step, items) if step else meeting(review)


def turn(review: Review, to: Place, *, seen: str, by: User, later: bool = False) -> bool:
    """Turn the page for everybody, if it is still the one that was `seen` when the turn was pressed; else do nothing.

    So two people who press at the same moment, or one who presses twice, turn one page. Returns whether the meeting is at `to`.
    """
    if not (seen and review.is_live and seen != mark(review)):
        review.turn(to.step, to.item, by=by, later=later)
        return True
    return to == meeting(review)
