"""Notification: one thing told to one person. Mail: one letter in the outbox. And what each person does not want to hear.

The mail is written when it is sent, not when it is queued: what somebody may no longer see, has read meanwhile or has
switched off is then left out, and the outbox holds no text, no address and no link that opens anything.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem, about_nothing_hidden
from ..db import Model, db
from ..discussion.models import Mention, MentionSeen
from ..history.models import Event
from ..issues.models import Issue
from ..live import announce

WEEKDAY, HOUR = 0, 8  # when the digest comes, until somebody chooses otherwise: Monday at eight
HOURS = range(6, 21)


class Kind(Enum):
    """What somebody is told. The inbox always has it; mail is a choice."""

    MENTION = "mention"
    HANDOFF = "handoff"
    ASSIGNED = "assigned"
    DUE = "due"
    REVIEW = "review"
    OUTCOME = "outcome"
    OWNER = "owner"
    DIGEST = "digest"
    PREPARING = "preparing"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Kind.MENTION: _l("Somebody mentions you or your department"),
    Kind.HANDOFF: _l("A request for help to or from your department"),
    Kind.ASSIGNED: _l("Somebody writes down an action for you"),
    Kind.DUE: _l("What you promised for tomorrow"),
    Kind.REVIEW: _l("A closed review, with your own actions on top"),
    Kind.OUTCOME: _l("What became of what you reported"),
    Kind.OWNER: _l("You become the owner of an issue"),
    Kind.DIGEST: _l("The week in one mail: what changed, and what waits for you"),
    Kind.PREPARING: _l("The day before the review: what your department can prepare"),
}
DIRECT = (Kind.MENTION, Kind.HANDOFF, Kind.ASSIGNED, Kind.DUE)  # each is a request to one person, so it may come by itself
MAILED = (*DIRECT, Kind.REVIEW, Kind.DIGEST, Kind.PREPARING)
ASKED_FOR = (Kind.PREPARING,)  # comes only to those who asked for it


class Notification(Model):
    """One thing told to one person, in the inbox; `facts` is what its sentence needs, `key` keeps it from being told twice.

    `subject` and `subject_id` name what it is about to the letter (an action that is done by then is not mailed), the issue
    or problem is where it is shown. `held_by_id` is the live review in which it happened: its message tells it.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "key"),
        sa.Index("ix_notification_person", "person_id", "at"),
        sa.Index("ix_notification_unread", "person_id", sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL")),
        sa.Index("ix_notification_subject", "subject", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[Kind]
    key: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    subject: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int]
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_at: Mapped[datetime | None]
    held_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mail.id", ondelete="SET NULL"), index=True)

    person: Mapped[User] = relationship(foreign_keys=[person_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id], lazy="joined")
    issue: Mapped[Issue | None] = relationship(lazy="joined")
    problem: Mapped[Problem | None] = relationship(lazy="joined")

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """One's own, and of those only what is about nothing hidden by now."""
        return sa.and_(cls.person_id == person.id, about_nothing_hidden(cls.problem_id, person))

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    @property
    def thing(self) -> tuple[str, int]:
        """What it is shown under: an issue, a problem, a review, or one's own actions."""
        if self.issue_id:
            return "issue", self.issue_id
        if self.problem_id:
            return "problem", self.problem_id
        return ("review", self.subject_id) if self.subject == "review" else ("actions", 0)

    @classmethod
    def read(cls, person: User, *which: sa.ColumnElement[bool]) -> None:
        """This person has seen these. A mention that is read here is seen everywhere."""
        unread = sa.select(cls).where(cls.visible_to(person), cls.read_at.is_(None), *which)
        comments = set()
        for told in db.session.scalars(unread):
            told.read_at = clock.now()
            if told.kind == Kind.MENTION:
                comments.add(told.subject_id)
        for mention in db.session.scalars(sa.select(Mention).where(Mention.comment_id.in_(comments), Mention.visible_to(person))):
            mention.see(by=person)
        announce(f"person-{person.id}")


@sa.event.listens_for(MentionSeen, "after_insert")
def read_as_well(_mapper: object, connection: sa.Connection, seen: MentionSeen) -> None:
    """A mention that is seen elsewhere (on the page Today) is read here."""
    comment = sa.select(Mention.comment_id).where(Mention.id == seen.mention_id).scalar_subquery()
    told = Notification.__table__.c
    mine = (told.person_id == seen.person_id, told.subject == "comment", told.subject_id == comment, told.read_at.is_(None))
    connection.execute(sa.update(Notification).where(*mine).values(read_at=seen.at))


class Mail(Model):
    """One letter to one person: when it is to be tried next, how often it was, and what came of it.

    Whoever moves `next_at` on has the letter until then (a lease); so it is in one hand, however many processes run.
    """

    __tablename__ = "mail"
    __table_args__ = (
        sa.Index(
            "ix_mail_due", "next_at",
            sqlite_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"), postgresql_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # direct, review, digest or preparing
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]

    person: Mapped[User] = relationship()


class Silence(Model):
    """Somebody wants no mail of this kind."""

    __tablename__ = "silence"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    @classmethod
    def of(cls, person: User) -> set[Kind]:
        """The kinds that this person chose to get no mail of."""
        return set(db.session.scalars(sa.select(cls.kind).where(cls.person_id == person.id)))

    @classmethod
    def keep(cls, person: User, kind: Kind) -> None:
        """From now on no mail of this kind; twice is as once, also at the same moment."""
        _without(MailWish, person, kind) if kind in ASKED_FOR else _with(cls, person, kind)

    @classmethod
    def end(cls, person: User, kind: Kind) -> None:
        """Mail of this kind is welcome (again)."""
        _with(MailWish, person, kind) if kind in ASKED_FOR else _without(cls, person, kind)


class MailWish(Model):
    """Somebody asked for mail of a kind that nobody gets unasked."""

    __tablename__ = "mail_wish"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


def wanted(person: User) -> set[Kind]:
    """The kinds that come to this person by mail."""
    wished = set(db.session.scalars(sa.select(MailWish.kind).where(MailWish.person_id == person.id)))
    return wished | (set(MAILED) - set(ASKED_FOR) - Silence.of(person))


def _with(table: type[Silence | MailWish], person: User, kind: Kind) -> None:
    into = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(into(table).values(person_id=person.id, kind=kind, at=clock.now()).on_conflict_do_nothing())


def _without(table: type[Silence | MailWish], person: User, kind: Kind) -> None:
    db.session.execute(sa.delete(table).where(table.person_id == person.id, table.kind == kind))


class Digest(Model):
    """When the week's mail comes to a person, for which ISO week it was last seen to, and until when it told."""

    __tablename__ = "digest"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(default=WEEKDAY)
    hour: Mapped[int] = mapped_column(default=HOUR)
    week: Mapped[str] = mapped_column(sa.String(8), default="")
    told_until: Mapped[datetime | None]

    @classmethod
    def of(cls, person: User) -> Digest:
        """This person's, made when there is none yet (and not kept until somebody adds it)."""
        return db.session.get(cls, person.id) or cls(person_id=person.id, weekday=WEEKDAY, hour=HOUR, week="")


class Hearing(Model):
    """How far history has been heard: every event up to `until` has, and of those after it the ones in `heard`."""

    __tablename__ = "hearing"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[int] = mapped_column(default=0)


class Heard(Model):
    """One event that was heard. A mark each, because on PostgreSQL a smaller number can be committed after a larger one."""

    __tablename__ = "heard"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), primary_key=True, autoincrement=False)

    event: Mapped[Event] = relationship()
