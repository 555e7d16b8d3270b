"""What stands in somebody's inbox, and how much of it is unread."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from .. import clock
from ..accounts.models import User
from ..db import db
from .models import Notification
from .words import page_of

RECENT = timedelta(days=14)
MOST = 300


@dataclass
class Thing:
    """One thing (an issue, a problem, a review, my actions) and what was told about it, newest first."""

    kind: str
    id: int
    path: str
    rows: list[Notification] = field(default_factory=list)

    @property
    def newest(self) -> Notification:
        return self.rows[0]

    @property
    def name(self) -> str:
        """`issue-12`, for ids and addresses."""
        return f"{self.kind}-{self.id}"

    @property
    def week(self) -> int:
        """The number of the week that a review was in."""
        return clock.week_number(self.newest.facts["week"])

    @property
    def unread(self) -> int:
        return sum(n.is_unread for n in self.rows)


@dataclass
class Inbox:
    """What is unread or of the last two weeks, and what is older."""

    things: list[Thing]
    older: list[Thing]

    @property
    def unread(self) -> int:
        return sum(t.unread for t in self.things)


def inbox(person: User) -> Inbox:
    """What this person was told, grouped by thing, the newest first."""
    own = sa.select(Notification).where(Notification.visible_to(person)).options(selectinload(Notification.issue))
    recent = clock.now() - RECENT
    things: dict[tuple[str, int], Thing] = {}
    # What is unread comes before the limit, so that what the bell counts can be found.
    order = (Notification.read_at.is_not(None), Notification.at.desc(), Notification.id.desc())
    rows = sorted(db.session.scalars(own.order_by(*order).limit(MOST)), key=lambda n: (n.at, n.id), reverse=True)
    for told in rows:
        kind, id = told.thing
        thing = things.get((kind, id))
        if thing is None:
            thing = things[kind, id] = Thing(kind, id, page_of(told))
        thing.rows.append(told)
    return Inbox([t for t in things.values() if is_new(t, recent)], [t for t in things.values() if not is_new(t, recent)])


def is_new(thing: Thing, recent: datetime) -> bool:
    """Whether it stands in the list itself: it is unread, or of these two weeks."""
    return bool(thing.unread) or thing.newest.at >= recent


def unread(person: User) -> int:
    """How many things this person was told and has not read."""
    own = sa.select(sa.func.count()).select_from(Notification).where(Notification.read_at.is_(None), Notification.visible_to(person))
    return db.session.scalar(own) or 0


def about(person: User, kind: str, id: int) -> sa.ColumnElement[bool]:
    """This person's unread notifications about one thing."""
    about_it = {
        "issue": Notification.issue_id == id,
        "problem": sa.and_(Notification.issue_id.is_(None), Notification.problem_id == id),
        "review": sa.and_(Notification.subject == "review", Notification.subject_id == id),
        "actions": sa.and_(Notification.subject == "action", Notification.issue_id.is_(None), Notification.problem_id.is_(None)),
    }[kind]
    return sa.and_(Notification.read_at.is_(None), Notification.visible_to(person), about_it)


def anything_unread(person: User, kind: str, id: int) -> bool:
    """Whether this person was told something about it that they have not read."""
    return bool(db.session.scalar(sa.select(sa.exists().where(about(person, kind, id)))))
