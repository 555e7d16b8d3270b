"""Change: a topic on which something is new, written down in the transaction that made it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session

from .. import clock
from ..db import Model, db, one_at_a_time

EVERYTHING = "everything"
LIVE_REVIEW = "review-live"
CHANNEL = "cxboard_change"
MOST_TOPICS = 200  # of one transaction; more than that is told as "everything"
MOST_MISSED = 500  # who missed more fetches everything again
WRITING = 7_046  # the lock under which changes are numbered, so that they become visible in the order of their numbers
WRITTEN = "changes written"  # in a session's info: the numbers that it wrote down so far
_NOTED = "changes noted"


class Change(Model):
    """Something is new on `topic`. With `about`, only for those who may see that problem."""

    __tablename__ = "change"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(40))
    about: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Row(NamedTuple):
    """A change as it is told."""

    id: int
    topic: str
    about: int | None


def announce(*topics: str, about: int | None = None) -> None:
    """Say that something is new on these topics (`issue-12`, `problem-7`, `review-3`, `person-5`, `board` for all of it).

    It is told once this transaction is committed, and never when it is not. `review-live` is the review that is going on,
    if there is one. With `about`, the id of a problem, only those hear it who may see that problem.
    """
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that there is something to roll it back with
    noted = session.info.setdefault(_NOTED, {})
    for topic in topics:
        noted[topic, about] = None


def listen(session: scoped_session[Any]) -> None:
    """Write down at each commit what was announced; forget it with what is rolled back."""
    if not event.contains(session, "before_commit", write_down):
        event.listen(session, "before_commit", write_down)
        event.listen(session, "after_transaction_end", forget)


def forget(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(_NOTED, None)


def write_down(session: Session) -> None:
    """The last thing before a commit, because the numbers are given out one transaction at a time."""
    if session.in_nested_transaction() or not session.info.get(_NOTED):
        return
    session.flush()
    noted = dict(session.info.pop(_NOTED))
    on_stage = [about for topic, about in noted if topic == LIVE_REVIEW]
    if on_stage:
        review: sa.Select[Any] = sa.select(sa.column("id")).select_from(sa.table("review")).where(sa.column("status") == "live")
        live = session.scalar(review.limit(1))
        for about in on_stage:
            del noted[LIVE_REVIEW, about]
            if live is not None:
                noted[f"review-{live}", about] = None
    if len(noted) > MOST_TOPICS:
        noted = {(EVERYTHING, None): None}
    if not noted:
        return
    one_at_a_time(WRITING)
    now = clock.now()
    rows = [{"topic": topic, "about": about, "at": now} for topic, about in noted]
    written = session.scalars(sa.insert(Change).returning(Change.id, sort_by_parameter_order=True), rows).all()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
    session.info[WRITTEN] = [*session.info.get(WRITTEN, []), *written]


def newest() -> sa.ScalarSelect[int]:
    """The number of the newest change, as a part of another question; 0 when there is none."""
    return sa.select(sa.func.coalesce(sa.func.max(Change.id), 0)).scalar_subquery()


def newest_but(*kinds: str) -> int:
    """The number of the newest change on a topic of none of these kinds (`person`); 0 when there is none any more.

    Unlike ids of rows, which are given out before they can be seen, it only grows: what is seen now was there under each later number.
    """
    others = [~Change.topic.startswith(f"{kind}-") for kind in kinds]
    return db.session.scalar(sa.select(Change.id).where(*others).order_by(Change.id.desc()).limit(1)) or 0


def since(number: int | None) -> tuple[int, Sequence[Row] | None]:
    """The newest number, and what came after `number`; None when that can't be told any more."""
    newest_now = db.session.scalar(sa.select(newest())) or 0
    if number is None or number == newest_now:
        return newest_now, []
    if number > newest_now:  # of another database
        return newest_now, None
    select = sa.select(Change.id, Change.topic, Change.about).where(Change.id > number, Change.id <= newest_now)
    rows = [Row(*row) for row in db.session.execute(select.order_by(Change.id).limit(MOST_MISSED + 1))]
    oldest = db.session.scalar(sa.select(sa.func.min(Change.id))) or 0
    if len(rows) > MOST_MISSED or oldest > number + 1:
        return newest_now, None
    return newest_now, rows
