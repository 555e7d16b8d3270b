"""Decision: what was decided. Action: who does what by when."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..causes.models import Problem, about_nothing_hidden
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..history.models import LIVE_REVIEW
from ..issues.models import Issue

# The reviews are a slice above; of them only this is known here.
REVIEW = sa.table("review", sa.column("id", sa.Integer), sa.column("week", sa.String), sa.column("status", sa.String))


class ActionStatus(Enum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return str({ActionStatus.OPEN: _l("Open"), ActionStatus.DONE: _l("Done"), ActionStatus.DROPPED: _l("Dropped")}[self])


class Decision(HasHistory, Model):
    """What was decided, about an issue or a problem, mostly in a review."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(500))
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"), index=True)
    step: Mapped[str | None] = mapped_column(sa.String(20))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]

    by: Mapped[User] = relationship(lazy="joined")
    issue: Mapped[Issue | None] = relationship()
    problem: Mapped[Problem | None] = relationship()

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """What was decided about a restricted problem is for those who see the problem."""
        return about_nothing_hidden(cls.problem_id, person)

    @classmethod
    def record_one(
        cls, text: str, *, by: User, issue: Issue | None = None, problem: Problem | None = None, step: str | None = None
    ) -> Decision:
        """Write down a decision; while a review is live it belongs to that."""
        live = LIVE_REVIEW.scalar_subquery()
        decision = cls(text=text, by=by, at=clock.now(), issue=issue, problem=problem, step=step, review_id=live)
        db.session.add(decision)
        db.session.flush()
        decision.record("decided", by=by, after={"text": text})
        if issue:
            issue.touched_at = clock.now()
        return decision

    def record(self, kind: str, **details: Any) -> Event:
        return super().record(kind, issue_id=self.issue_id, problem_id=self.problem_id, **details)

    def withdraw(self, *, by: User) -> None:
        """It was written down by mistake. Raises Refused when the minutes of its review are closed: those never change."""
        if self.withdrawn_at:
            return
        closed = sa.select(REVIEW.c.id).where(REVIEW.c.id == self.review_id, REVIEW.c.status == "closed")
        if db.session.scalar(closed):
            raise Refused(_l("This stands in the minutes of a closed review. Add a remark there, or write down a new decision."))
        self.withdrawn_at = clock.now()
        self.record("decision_withdrawn", by=by, before={"text": self.text})


class Action(HasHistory, Model):
    """A promise: what, who, by when."""

    __tablename__ = "action"
    __table_args__ = (sa.Index("ix_action_status_due", "status", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    due: Mapped[date]
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"), index=True)
    step: Mapped[str | None] = mapped_column(sa.String(20))
    status: Mapped[ActionStatus] = mapped_column(default=ActionStatus.OPEN)
    carried: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="joined")
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    department: Mapped[Department | None] = relationship()
    issue: Mapped[Issue | None] = relationship()
    problem: Mapped[Problem | None] = relationship()

    @property
    def is_late(self) -> bool:
        return self.status == ActionStatus.OPEN and self.due < clock.today()

    @property
    def was_on_time(self) -> bool:
        """Done, on or before its day, without having been carried over."""
        if self.status != ActionStatus.DONE or self.carried or self.closed_at is None:
            return False
        return clock.local(self.closed_at).date() <= self.due

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """What was promised about a restricted problem is for those who see the problem."""
        return about_nothing_hidden(cls.problem_id, person)

    def belongs_to(self, person: User) -> bool:
        """Whether I do it, wrote it down, or it is about something of my departments."""
        if person.id in (self.owner_id, self.by_id) or self.department_id in person.department_ids:
            return True
        return any(about is not None and about.belongs_to(person) for about in (self.issue, self.problem))

    @classmethod
    def promise(
        cls,
        title: str,
        *,
        owner: User | None,
        due: date | None,
        by: User,
        issue: Issue | None = None,
        problem: Problem | None = None,
        step: str | None = None,
    ) -> Action:
        """Write down a promise. Raises Refused without an owner and a date: then it is nobody's, some day."""
        if owner is None:
            raise Refused(_l("Who does it? Choose a person."))
        if due is None:
            raise Refused(_l("By when? Choose a date."))
        check_owner(owner, problem)
        action = cls(
            title=title, owner=owner, due=due, by=by, issue=issue, problem=problem, step=step, created_at=clock.now(), version=0,
            department=department_of(owner), review_id=LIVE_REVIEW.scalar_subquery(), carried=0, status=ActionStatus.OPEN,
        )  # fmt: skip
        db.session.add(action)
        db.session.flush()
        action.record("promised", by=by, after={"text": title, "owner": owner.name, "due": due.isoformat()})
        if issue:
            issue.touched_at = clock.now()
        return action

    def record(self, kind: str, **details: Any) -> Event:
        return super().record(kind, issue_id=self.issue_id, problem_id=self.problem_id, **details)

    def finish(self, *, by: User) -> None:
        """It is done."""
        if self.status != ActionStatus.DONE:
            self.status, self.closed_at = ActionStatus.DONE, clock.now()
            self.record("action_done", by=by, after={"text": self.title})

    def reopen(self, *, by: User) -> None:
        """Not done after all."""
        if self.status != ActionStatus.OPEN:
            self.status, self.closed_at = ActionStatus.OPEN, None
            self.record("action_reopened", by=by, after={"text": self.title})

    def drop(self, *, by: User, reason: str) -> None:
        """We will not do this. Raises Refused without a reason."""
        if not reason:
            raise Refused(_l("Why will it not be done?"))
        if self.status != ActionStatus.DROPPED:
            self.status, self.closed_at = ActionStatus.DROPPED, clock.now()
            self.record("action_dropped", by=by, after={"text": self.title}, reason=reason)

    def carry(self, *, due: date, by: User) -> None:
        """Not done in time: a later date, and a count of how often that happened. Raises Refused for a date that is no later."""
        if self.status != ActionStatus.OPEN:
            raise Refused(_l("Only what is still open can be carried over."))
        if due == self.due:
            raise Refused(_l("It has that day already."))
        if due < self.due or due < clock.today():
            raise Refused(_l("Choose a later day."))
        before, self.due = self.due, due
        self.carried += 1
        self.record("action_carried", by=by, before={"was": before.isoformat()}, after={"text": self.title, "due": due.isoformat()})

    def leave_open(self, *, by: User) -> None:
        """Still open when the review that asked about it ends: it goes along to the next one, and that is counted; its day stays."""
        if self.status == ActionStatus.OPEN:
            self.carried += 1
            self.record("action_left_open", by=by, after={"text": self.title, "due": self.due.isoformat()})

    def revise(self, *, by: User, title: str, owner: User, due: date, version: int | None = None) -> None:
        """Put right what was written down. Another date here is a correction, not carrying over.

        Raises Stale when somebody did something with it after `version`.
        """
        if version is not None and version < self.version:
            mine, theirs = (", ".join([t, o.name, d.isoformat()]) for t, o, d in ((title, owner, due), (self.title, self.owner, self.due)))
            raise Stale(None, {str(_l("Action")): (mine, theirs)})
        if (title, owner.id, due) != (self.title, self.owner_id, self.due):
            if owner.id != self.owner_id:
                check_owner(owner, self.problem)
                self.department = department_of(owner)
            before = {"was": self.title, "due": self.due.isoformat(), "owner": self.owner.name}
            self.title, self.owner, self.due = title, owner, due
            self.record("action_revised", by=by, before=before, after={"text": title, "owner": owner.name, "due": due.isoformat()})


def check_owner(owner: User, problem: Problem | None) -> None:
    """Raises Refused for somebody who left, or who may not see what the promise is about."""
    if not owner.is_active:
        raise Refused(_l("%(name)s does not work with cxboard any more. Choose somebody else.", name=owner.name))
    if problem is not None and not problem.is_visible_to(owner):
        raise Refused(_l("%(name)s may not see this restricted problem. Choose somebody who may.", name=owner.name))


def department_of(owner: User) -> Department | None:
    """The department that a promise counts for: the first of whoever made it."""
    return owner.departments[0] if owner.departments else None
