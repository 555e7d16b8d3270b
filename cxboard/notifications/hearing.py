"""From history to the inbox: every event is heard once, after it is committed, and told to those whom it concerns.

What an event tells to whom is a rule (`rules.py`), registered with `@hears("promised")`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem
from ..db import db, one_at_a_time
from ..handoffs.models import UNDOABLE as UNDOABLE_HANDOFFS
from ..history.models import Event
from ..issues.models import UNDO_GRACE, UNDO_SECONDS, UNDOABLE
from ..live import announce
from . import outbox
from .models import Heard, Hearing, Kind, Notification

Rule = Callable[[Event], None]
RULES: dict[str, list[Rule]] = {}

HEARING = 7_047  # the lock under which history is heard
AT_ONCE = 10  # events in one transaction: nobody's change waits longer than it takes to tell so many
CAN_BE_TAKEN_BACK = (*UNDOABLE, *UNDOABLE_HANDOFFS, "comment_removed")
SETTLED = timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)  # what can be taken back is told when it no longer can
LONGEST_WRITE = timedelta(hours=1)  # no transaction that writes events lasts as long
TOO_OLD = timedelta(days=7)  # nobody is told as news what is older (the demo's twelve weeks, a long stop)
KEPT_READ, KEPT = timedelta(days=90), timedelta(days=365)

logger = logging.getLogger("cxboard")


def hears(*kinds: str) -> Callable[[Rule], Rule]:
    """Follow this rule for every event of these kinds."""

    def register(rule: Rule) -> Rule:
        for kind in kinds:
            RULES.setdefault(kind, []).append(rule)
        return rule

    return register


def hear() -> int:
    """Hear what was committed since the last time, at most AT_ONCE events; returns how many. What it writes and its marks are one transaction."""
    one_at_a_time(HEARING)
    now = clock.now()
    hearing = db.session.get(Hearing, 1) or Hearing(id=1, until=0)
    db.session.add(hearing)
    settled = sa.or_(Event.kind.not_in(CAN_BE_TAKEN_BACK), Event.at <= now - SETTLED)
    events = list(db.session.scalars(sa.select(Event).where(unheard(hearing), settled).order_by(Event.id).limit(AT_ONCE)))
    for event in events:
        follow(event)
    db.session.add_all(Heard(event_id=e.id) for e in events)
    db.session.flush()
    settle(hearing)
    outbox.release()
    return len(events)


def unheard(hearing: Hearing) -> sa.ColumnElement[bool]:
    """What there is still to hear: events that a rule is about, not too old to be news, and without a mark."""
    marked = sa.exists().where(Heard.event_id == Event.id)
    return sa.and_(Event.id > hearing.until, Event.kind.in_(sorted(RULES)), Event.at > clock.now() - TOO_OLD, ~marked)


def follow(event: Event) -> None:
    """Tell what this event tells. A rule that fails keeps nothing else from being told."""
    for rule in RULES.get(event.kind, []):
        try:
            with db.session.begin_nested():
                rule(event)
        except Exception:
            logger.exception("event %s (%s) could not be told", event.id, event.kind)


def settle(hearing: Hearing) -> None:
    """Move `until` up over the events that are surely complete, so that the marks are few and each look is short.

    On PostgreSQL an event may become visible after one with a larger number. So only what is older than any transaction
    lasts is passed for good; what is younger has a mark each.
    """
    young = sa.select(sa.func.min(Event.id)).where(Event.id > hearing.until, Event.at > clock.now() - LONGEST_WRITE)
    waiting = sa.select(sa.func.min(Event.id)).where(unheard(hearing))
    first = min((id for id in (db.session.scalar(young), db.session.scalar(waiting)) if id is not None), default=None)
    passed = sa.select(sa.func.max(Event.id)).where(Event.id > hearing.until)
    if first is not None:
        passed = passed.where(Event.id < first)
    if until := db.session.scalar(passed):
        hearing.until = until
        db.session.execute(sa.delete(Heard).where(Heard.event_id <= until), execution_options={"synchronize_session": False})


def tell(
    person: User | None,
    kind: Kind,
    key: str,
    *,
    event: Event | None = None,
    subject: tuple[str, int],
    issue_id: int | None = None,
    problem_id: int | None = None,
    **facts: Any,
) -> Notification | None:
    """Tell one person one thing, once. Nobody hears of their own acts, of what they may not see, or after they have left."""
    if person is None or not person.is_active or (event is not None and event.by_id == person.id):
        return None
    issue_id = issue_id or (event.issue_id if event else None)
    problem_id = problem_id or (event.problem_id if event else None)
    if not may_see(person, problem_id):
        return None
    told = sa.select(Notification.id).where(Notification.person_id == person.id, Notification.key == key)
    if db.session.scalar(told) is not None:
        return None
    notification = Notification(
        person=person, kind=kind, key=key, at=event.at if event else clock.now(), by_id=event.by_id if event else None,
        subject=subject[0], subject_id=subject[1], issue_id=issue_id, problem_id=problem_id,
        facts={name: value for name, value in facts.items() if value not in (None, "")},
        held_by_id=event.review_id if event else None,
    )  # fmt: skip
    db.session.add(notification)
    db.session.flush()
    announce(f"person-{person.id}")
    outbox.queue_request(notification)
    return notification


def may_see(person: User, problem_id: int | None) -> bool:
    """Whether this person may read about that problem; what is about none is for all."""
    if problem_id is None:
        return True
    return db.session.scalar(sa.select(Problem.id).where(Problem.id == problem_id, Problem.visible_to(person))) is not None


def forget(subject: str, subject_id: int, *, unread: bool = False) -> None:
    """What is gone is told no longer (or no longer to those who have not read it)."""
    gone = [Notification.subject == subject, Notification.subject_id == subject_id]
    if unread:
        gone.append(Notification.read_at.is_(None))
    for person_id in db.session.scalars(sa.select(Notification.person_id).where(*gone).distinct()):
        announce(f"person-{person_id}")
    db.session.execute(sa.delete(Notification).where(*gone), execution_options={"synchronize_session": "fetch"})


def clear_away() -> int:
    """What was read long ago leaves the inbox; returns how many."""
    now = clock.now()
    old = sa.or_(Notification.read_at < now - KEPT_READ, Notification.at < now - KEPT)
    done = db.session.execute(sa.delete(Notification).where(old), execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
