"""Series, Review, its agenda, who was there, and the minutes that closing freezes."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..actions.models import Action
from ..db import Model
from ..history import HasHistory
from ..issues.models import Issue
from .steps import Step


class ReviewStatus(Enum):
    PLANNED = "planned"
    LIVE = "live"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str(
            {
                ReviewStatus.PLANNED: _l("Planned"),
                ReviewStatus.LIVE: _l("Live"),
                ReviewStatus.CLOSED: _l("Closed"),
                ReviewStatus.CANCELLED: _l("Cancelled"),
            }[self]
        )


class Presence(Enum):
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        return str({Presence.PRESENT: _l("Present"), Presence.EXCUSED: _l("Excused"), Presence.ABSENT: _l("Absent")}[self])


class Series(HasHistory, Model):
    """The rhythm: a weekday, a time and a time zone, from which the coming reviews are planned."""

    __tablename__ = "review_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int]
    at: Mapped[str] = mapped_column(sa.String(5))
    zone: Mapped[str] = mapped_column(sa.String(40))
    duration: Mapped[int] = mapped_column(default=60)
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    chair: Mapped[User | None] = relationship()


class Review(HasHistory, Model):
    """One weekly meeting, from planned to minutes."""

    __tablename__ = "review"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "day"),
        sa.Index("uq_review_live", "status", unique=True, sqlite_where=sa.text("status = 'live'"), postgresql_where=sa.text("status = 'live'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review_series.id"))
    week: Mapped[str] = mapped_column(sa.String(8), index=True)
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(sa.String(40))
    duration: Mapped[int] = mapped_column(default=60)
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    status: Mapped[ReviewStatus] = mapped_column(default=ReviewStatus.PLANNED)
    step: Mapped[Step | None]
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agenda_item.id", use_alter=True))
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    minutes: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=0)

    chair: Mapped[User | None] = relationship()
    series: Mapped[Series | None] = relationship()
    item: Mapped[AgendaItem | None] = relationship(foreign_keys=[item_id], post_update=True)
    items: Mapped[list[AgendaItem]] = relationship(
        back_populates="review", foreign_keys="AgendaItem.review_id", order_by="AgendaItem.position", cascade="all, delete-orphan"
    )
    steps: Mapped[list[ReviewStep]] = relationship(cascade="all, delete-orphan")
    attendance: Mapped[list[Attendance]] = relationship(cascade="all, delete-orphan", order_by="Attendance.id")
    ratings: Mapped[list[Rating]] = relationship(cascade="all, delete-orphan")
    remarks: Mapped[list[Remark]] = relationship(cascade="all, delete-orphan", order_by="Remark.id")


class ReviewStep(Model):
    """One step of one review: its time box, when it began, how long it took, and its notes."""

    __tablename__ = "review_step"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    began_at: Mapped[datetime | None]
    spent: Mapped[int] = mapped_column(default=0)
    notes: Mapped[str] = mapped_column(sa.Text, default="")


class AgendaItem(Model):
    """One point of a review: why it is there, whether it was reached, and how often it was carried over."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.UniqueConstraint("review_id", "step", "issue_id"), sa.UniqueConstraint("review_id", "step", "action_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    step: Mapped[Step]
    position: Mapped[int]
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(sa.ForeignKey("action.id"), index=True)
    why: Mapped[str] = mapped_column(sa.String(30))
    facts: Mapped[dict[str, Any] | None]
    carried: Mapped[int] = mapped_column(default=0)
    discussed_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship(back_populates="items", foreign_keys=[review_id])
    issue: Mapped[Issue | None] = relationship()
    action: Mapped[Action | None] = relationship()


class Attendance(Model):
    """Who was there: a person, or a guest by name."""

    __tablename__ = "attendance"
    __table_args__ = (sa.UniqueConstraint("review_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    guest: Mapped[str | None] = mapped_column(sa.String(80))
    presence: Mapped[Presence]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User | None] = relationship()


class Rating(Model):
    """What one person gave the meeting, 1 to 10; shown as a mean, from five ratings on."""

    __tablename__ = "rating"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    score: Mapped[int]


class Remark(Model):
    """A dated correction under frozen minutes."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[User] = relationship()
