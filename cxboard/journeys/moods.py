"""Mood: how customers, and how employees, feel in a stage, from -2 (very displeased) to 2 (very pleased).

Which mood counts; the screen always says which it is:
- measured, when five or more scored voices about the stage of the last 90 days say so. Each score is first put on its own
  scale from 0 (worst) to 1 (best); the mood is their mean x 4 - 2. Only customers are measured so far.
- else what the regisseur set by hand, with who and when. What is set never overrules what customers said themselves, also not
  when it was set later: it stays kept beside it, and counts again when fewer than five have said something.

A stage *hurts both* when the mood that counts is below zero for customers and for employees (Column.hurts_both).
It is *not looked into yet* when, besides, none of its open issues has a cause (Column.not_looked_into).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..db import Model

if TYPE_CHECKING:
    from .models import Stage

WORST, BEST = -2, 2
FEWEST = 5  # voices that make a measured mood
PERIOD = 90  # days that they are of


class Lane(Enum):
    """Whose side of the journey."""

    CUSTOMER = "customer"
    EMPLOYEE = "employee"

    @property
    def label(self) -> str:
        return str({Lane.CUSTOMER: _l("Customer"), Lane.EMPLOYEE: _l("Employee")}[self])


MOOD_WORDS = {
    2: _l("very pleased"),
    1: _l("pleased"),
    0: _l("neutral"),
    -1: _l("displeased"),
    -2: _l("very displeased"),
}


def words(value: float) -> str:
    """A mood in words: those of the nearest whole number, halves to the side of zero."""
    return str(MOOD_WORDS[step(value)])


def step(value: float) -> int:
    """The nearest of the five moods; what lies half way is called the milder one."""
    whole = int(abs(value) + 0.4999)
    return max(WORST, min(BEST, whole if value >= 0 else -whole))


class Mood(Model):
    """What the regisseur set by hand for one lane of a stage; the one without an end is the present one."""

    __tablename__ = "mood"
    __table_args__ = (sa.Index("ix_mood_now", "stage_id", "lane", unique=True, sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"))
    lane: Mapped[Lane]
    value: Mapped[int]
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[datetime]
    until: Mapped[datetime | None]

    stage: Mapped[Stage] = relationship("Stage")
    set_by: Mapped[User | None] = relationship()


@dataclass(frozen=True)
class Measured:
    """A mood from what people said: its value from -2 to 2, of how many, in how many days."""

    value: float
    n: int
    days: int = PERIOD


@dataclass(frozen=True)
class Felt:
    """The mood of one lane of a stage as the page shows it: the one that counts, and where it comes from."""

    lane: Lane
    measured: Measured | None
    by_hand: Mood | None

    @property
    def value(self) -> float | None:
        """The mood that counts; None while nobody knows."""
        if self.is_measured and self.measured:
            return self.measured.value
        return float(self.by_hand.value) if self.by_hand else None

    @property
    def is_measured(self) -> bool:
        return self.measured is not None and self.measured.n >= FEWEST

    @property
    def hurts(self) -> bool:
        """Below zero."""
        return self.value is not None and self.value < 0

    @property
    def words(self) -> str:
        return words(self.value) if self.value is not None else ""

    @property
    def step(self) -> int:
        return step(self.value or 0.0)
