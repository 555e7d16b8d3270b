"""Handoff: a question from one department to another about an issue, with a date it is needed by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..history.models import LIVE_REVIEW
from ..issues.models import UNDO_GRACE, UNDO_SECONDS, Issue
from ..issues.status import Status

FIRST_REACTION = 2  # working days within which whoever has the ball reacts
BOUNCES = 3  # as often declined between two departments, an issue goes to the next review


class HandoffStatus(Enum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def is_open(self) -> bool:
        return self in OPEN


OPEN = (HandoffStatus.ASKED, HandoffStatus.ACCEPTED, HandoffStatus.DECLINED)
LABELS = {
    HandoffStatus.ASKED: _l("Asked"),
    HandoffStatus.ACCEPTED: _l("Accepted"),
    HandoffStatus.ANSWERED: _l("Answered"),
    HandoffStatus.DECLINED: _l("Declined"),
    HandoffStatus.WITHDRAWN: _l("Withdrawn"),
}
UNDOABLE = ("handoff_accepted", "handoff_answered", "handoff_declined", "handoff_withdrawn")


class Handoff(HasHistory, Model):
    """One question between two departments. The clock runs against whoever has to act: `turn_at` is since when.

    `asked_at` is when it was asked first, `reacted_at` when the asked department first reacted to it in any way;
    `bounces` counts how often it was declined. Of each status the newest time and person are kept, the rest is history.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        sa.Index("ix_handoff_issue_id", "issue_id", "status"),
        sa.Index("ix_handoff_asked_id", "asked_id", "status"),
        sa.Index("ix_handoff_asking_id", "asking_id", "status"),
        sa.Index("ix_handoff_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"))
    asking_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"))
    asked_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"))
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"), index=True)
    ask: Mapped[str] = mapped_column(sa.String(500))
    needed_by: Mapped[date]
    status: Mapped[HandoffStatus] = mapped_column(default=HandoffStatus.ASKED)
    turn_at: Mapped[datetime] = mapped_column(default=clock.now)
    reacted_at: Mapped[datetime | None]
    bounces: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    declined_at: Mapped[datetime | None]
    declined_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=0)

    issue: Mapped[Issue] = relationship(back_populates="handoffs")
    asking: Mapped[Department] = relationship(foreign_keys=[asking_id])
    asked: Mapped[Department] = relationship(foreign_keys=[asked_id])
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    declined_by: Mapped[User | None] = relationship(foreign_keys=[declined_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])

    @classmethod
    def lock_first(cls, id: int) -> sa.Select[Any]:
        """The issue is locked before its hand-offs, by whoever moves the one and whoever answers the other."""
        return sa.select(Issue.id).where(Issue.id == sa.select(cls.issue_id).where(cls.id == id).scalar_subquery()).with_for_update(key_share=True)

    # asked by queries, also by those of the board, which lies below

    @classmethod
    def whose_turn(cls) -> sa.ColumnElement[int]:
        """The department that has to act on an open one: whoever is asked, or whoever asked when it was declined."""
        return sa.case((cls.status == HandoffStatus.DECLINED, cls.asking_id), else_=cls.asked_id)

    @classmethod
    def waits(cls, department_ids: Iterable[int]) -> sa.ColumnElement[bool]:
        """Open, and one of these departments has to act; of any department, when none is named."""
        ids = list(department_ids)
        if not ids:
            return cls.status.in_(OPEN)
        declined = cls.status == HandoffStatus.DECLINED
        asked = cls.status.in_((HandoffStatus.ASKED, HandoffStatus.ACCEPTED))
        return sa.or_(sa.and_(asked, cls.asked_id.in_(ids)), sa.and_(declined, cls.asking_id.in_(ids)))

    @classmethod
    def longest_wait(cls) -> sa.ScalarSelect[str]:
        """Whom an issue has waited for longest and since when, as one text (`3 2026-11-20 09:00:00`): the board reads one column."""
        waits = sa.cast(cls.whose_turn(), sa.String) + " " + sa.cast(sa.type_coerce(cls.turn_at, sa.String), sa.String)
        return sa.select(waits).where(cls.issue_id == Issue.id, cls.status.in_(OPEN)).order_by(cls.turn_at, cls.id).limit(1).scalar_subquery()

    # reading

    @property
    def is_open(self) -> bool:
        return self.status.is_open

    @property
    def turn(self) -> Department | None:
        """The department that has to act now: a declined question is back with whoever asked it; None when it has ended."""
        if not self.is_open:
            return None
        return self.asking if self.status == HandoffStatus.DECLINED else self.asked

    @property
    def days(self) -> int:
        """Whole local days that the department whose turn it is has had the ball."""
        return (clock.today() - clock.local(self.turn_at).date()).days

    @property
    def due(self) -> date:
        """By when whoever has to act does so: a reaction within two working days, an accepted question on its own day."""
        if self.status == HandoffStatus.ACCEPTED:
            return self.needed_by
        return clock.working_days_on(clock.local(self.turn_at).date(), FIRST_REACTION)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due < clock.today()

    # asking

    @classmethod
    def make(cls, *, issue: Issue, asking: Department, asked: Department, ask: str, needed_by: date, by: User) -> Handoff:
        """Ask another department for help. Raises Refused for a question without a day to come, to oneself, or about what has ended."""
        check_asking(issue, asking=asking, asked=asked)
        check_day(needed_by)
        now = clock.now()
        handoff = cls(
            issue=issue, asking=asking, asked=asked, ask=ask, needed_by=needed_by, status=HandoffStatus.ASKED, turn_at=now, asked_at=now,
            asked_by=by, bounces=0, answer="", reason="", version=0, review_id=LIVE_REVIEW.scalar_subquery(),
        )  # fmt: skip
        db.session.add(handoff)
        db.session.flush()
        handoff.record("handoff_asked", by=by, after=handoff._told())
        return handoff

    def change(self, *, ask: str, needed_by: date, by: User, version: int | None = None) -> None:
        """Another text or day, while the other department has the question. A question that was declined is asked again with it.

        Raises Stale when somebody else changed it after `version`, Refused when it has ended.
        """
        if version is not None and self.changed_since(version, {"ask"}):
            mine, theirs = (", ".join([text, day.isoformat()]) for text, day in ((ask, needed_by), (self.ask, self.needed_by)))
            raise Stale(None, {str(_l("Question")): (mine, theirs)})
        self._must_be_open()
        before = self._standing() | {"was": self.ask, "until": self.needed_by.isoformat()}
        changed = (ask, needed_by) != (self.ask, self.needed_by)
        if needed_by != self.needed_by or self.status == HandoffStatus.DECLINED:
            check_day(needed_by)
        self.ask, self.needed_by = ask, needed_by
        if self.status == HandoffStatus.DECLINED:
            self.status, self.turn_at = HandoffStatus.ASKED, clock.now()
            self.record("handoff_asked_again", by=by, field="ask", before=before, after=self._told())
        elif changed:
            self.record("handoff_changed", by=by, field="ask", before=before, after=self._told())

    def withdraw(self, *, by: User) -> None:
        """The question is not needed any more. Raises Refused once it is answered."""
        if self.status == HandoffStatus.WITHDRAWN:
            return
        self._must_be_open()
        self._end("handoff_withdrawn", by)

    def _end(self, kind: str, by: User | None) -> None:
        before = self._standing()
        self.status, self.withdrawn_at, self.withdrawn_by = HandoffStatus.WITHDRAWN, clock.now(), by
        self.record(kind, by=by, before=before, after=self._told())

    # reacting

    def accept(self, *, by: User, version: int | None = None) -> None:
        """The asked department will do it, by the day it is needed."""
        if self.status == HandoffStatus.ACCEPTED:
            return
        self._must_be(HandoffStatus.ASKED)
        self._must_be_as_seen(version)
        before = self._react()
        self.status, self.accepted_at, self.accepted_by = HandoffStatus.ACCEPTED, clock.now(), by
        self.turn_at = clock.now()
        self.record("handoff_accepted", by=by, before=before, after=self._told())

    def give_answer(self, answer: str, *, by: User, version: int | None = None) -> None:
        """What was asked is answered. Raises Refused without an answer, or when somebody was first."""
        self._must_be(HandoffStatus.ASKED, HandoffStatus.ACCEPTED)
        self._must_be_as_seen(version)
        if not answer:
            raise Refused(_l("What is the answer? Write it in a line."))
        before = self._react()
        self.status, self.answered_at, self.answered_by, self.answer = HandoffStatus.ANSWERED, clock.now(), by, answer
        self.record("handoff_answered", by=by, before=before, after=self._told() | {"answer": answer})

    def decline(self, reason: str, *, by: User, version: int | None = None) -> None:
        """We can't; the question is back with whoever asked. Raises Refused without a reason, or when somebody was first."""
        self._must_be(HandoffStatus.ASKED, HandoffStatus.ACCEPTED)
        self._must_be_as_seen(version)
        if not reason:
            raise Refused(_l("Why not? The other department reads the reason."))
        before = self._react() | {"reason": self.reason, "declined": self.declined_at.isoformat() if self.declined_at else None, "declined_by": self.declined_by_id}
        self.status, self.declined_at, self.declined_by, self.reason = HandoffStatus.DECLINED, clock.now(), by, reason
        self.turn_at = clock.now()
        self.bounces += 1
        self.record("handoff_declined", by=by, before=before, after=self._told(), reason=reason)

    def _react(self) -> dict[str, Any]:
        before = self._standing()
        self.reacted_at = self.reacted_at or clock.now()
        return before

    def _must_be(self, *statuses: HandoffStatus) -> None:
        """Somebody was first: say who, and what it is now."""
        self._must_be_open()
        if self.status not in statuses:
            who = self.declined_by if self.status == HandoffStatus.DECLINED else self.accepted_by
            raise Refused(
                _l("%(name)s of %(department)s declined this question meanwhile. Whoever asked it is to act now.", name=who.name if who else "cxboard", department=self.asked.code)
                if self.status == HandoffStatus.DECLINED
                else _l("%(name)s of %(department)s accepted this question meanwhile.", name=who.name if who else "cxboard", department=self.asked.code)
            )

    def _must_be_open(self) -> None:
        if self.status == HandoffStatus.ANSWERED:
            who = self.answered_by.name if self.answered_by else "cxboard"
            raise Refused(_l("%(name)s answered this question meanwhile. Read the answer first.", name=who))
        if self.status == HandoffStatus.WITHDRAWN:
            who = self.withdrawn_by.name if self.withdrawn_by else "cxboard"
            raise Refused(_l("%(name)s withdrew this question meanwhile. It needs no answer any more.", name=who))

    def _must_be_as_seen(self, version: int | None) -> None:
        """Nobody accepts, answers or declines a question that they have not read as it is now."""
        if version is None or not (meanwhile := self.changed_since(version, {"ask"})):
            return
        who = meanwhile[-1].by.name if meanwhile[-1].by else "cxboard"
        raise Refused(_l("%(name)s changed the question meanwhile: “%(text)s” Read it again before you react.", name=who, text=self.ask))

    # back, and along with the issue

    def undo(self, event: Event, *, by: User) -> None:
        """Take the newest reaction or withdrawal back, within ten seconds. Raises Refused when it is too late or something came after."""
        late = clock.now() - event.at > timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
        mine = event.subject == "handoff" and event.subject_id == self.id and event.by_id == by.id
        if not mine or event.kind not in UNDOABLE or late or event.version != self.version:
            raise Refused(_l("This can't be undone any more: it was too long ago, or somebody did something after it."))
        self._stand(event.before, undone=event.kind)
        self.record("handoff_undone", by=by, after=self._told())

    def _stand(self, before: dict[str, Any], *, undone: str) -> None:
        self.status, self.turn_at = HandoffStatus(before["status"]), datetime.fromisoformat(before["since"])
        self.reacted_at = datetime.fromisoformat(before["reacted"]) if before["reacted"] else None
        if undone == "handoff_accepted":
            self.accepted_at, self.accepted_by = None, None
        elif undone == "handoff_answered":
            self.answered_at, self.answered_by, self.answer = None, None, ""
        elif undone == "handoff_declined":
            self.bounces -= 1
            earlier, who = before.get("declined"), before.get("declined_by")
            self.declined_at, self.reason = datetime.fromisoformat(earlier) if earlier else None, before.get("reason", "")
            self.declined_by = db.session.get(User, who) if who else None
        else:
            self.withdrawn_at, self.withdrawn_by = None, None

    def let_go(self, *, by: User | None) -> dict[str, Any]:
        """The issue has ended, and the question with it. Returns where it stood, for taking that back."""
        before = self._standing()
        self._end("handoff_ended", by)
        return before

    def take_up(self, before: dict[str, Any], *, by: User) -> None:
        """The issue goes on after all, and the question where it stood."""
        if self.status == HandoffStatus.WITHDRAWN:
            self._stand(before, undone="handoff_ended")
            self.record("handoff_undone", by=by, after=self._told())

    def hand_to(self, issue: Issue, *, by: User) -> None:
        """Move it to another issue: what is still asked about a duplicate is asked about the issue that stays."""
        self.issue = issue
        self.record("handoff_moved", by=by, after=self._told() | {"key": issue.key})

    def _told(self) -> dict[str, Any]:
        return {"text": self.ask, "due": self.needed_by.isoformat(), "asking": self.asking.code, "asked": self.asked.code}

    def _standing(self) -> dict[str, Any]:
        return {"status": self.status.value, "since": self.turn_at.isoformat(), "reacted": self.reacted_at.isoformat() if self.reacted_at else None}

    def record(self, kind: str, **details: Any) -> Event:
        self.issue.touched_at = clock.now()
        return super().record(kind, issue_id=self.issue.id, **details)


def check_asking(issue: Issue, *, asking: Department, asked: Department) -> None:
    """Raises Refused for a question to oneself or to a department that is closed, or about what has ended."""
    if not issue.status.is_open and issue.status != Status.PARKED:
        raise Refused(_l("%(key)s has ended (%(status)s). Ask for help about an issue that is still open.", key=issue.key, status=issue.status.label))
    if asking.id == asked.id:
        raise Refused(_l("%(department)s needs no hand-off to ask itself. Write an action.", department=asked.name))
    if asked.archived_at:
        raise Refused(_l("%(department)s is closed. Ask another department.", department=asked.name))


def check_day(needed_by: date) -> None:
    """Raises Refused for a day that is behind us."""
    if needed_by < clock.today():
        raise Refused(_l("That day is behind us. Choose a later one."))
