"""What voices do for the weight of the issues they support: how many there are is kept with the issue, and its confidence follows."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from ..db import Moment, db
from ..issues.models import Issue
from ..issues.status import Status
from .hidden import shown_where

VOICE = sa.table("voice", sa.column("id", sa.Integer), sa.column("set_aside_at", Moment()), sa.column("import_id", sa.Integer))
SUPPORT = sa.table(
    "voice_support", sa.column("voice_id", sa.Integer), sa.column("issue_id", sa.Integer), sa.column("came_from_id", sa.Integer),
)  # fmt: skip


def lock(issue: Issue) -> None:
    """Before the rows that say what supports it: merging goes the same way, so neither waits for the other in vain."""
    db.session.execute(sa.select(Issue.id).where(Issue.id == issue.id).with_for_update(key_share=True))


def weigh(issue_ids: Iterable[int]) -> None:
    """Count the voices of these issues again, and let their confidence follow where nobody set it by hand.

    The issues are locked before they are counted, so that of two who support one at the same moment none is forgotten.
    """
    ids = sorted(set(issue_ids))
    if not ids:
        return
    locked = sa.select(Issue).where(Issue.id.in_(ids)).order_by(Issue.id).with_for_update(of=Issue, key_share=True)
    issues = list(db.session.scalars(locked, execution_options={"populate_existing": True}))
    counting = (
        sa.select(SUPPORT.c.issue_id, sa.func.count())
        .join_from(SUPPORT, VOICE, VOICE.c.id == SUPPORT.c.voice_id)
        .where(SUPPORT.c.issue_id.in_(ids), VOICE.c.set_aside_at.is_(None), *shown_where(VOICE.c.import_id))
        .group_by(SUPPORT.c.issue_id)
    )
    counts: dict[int, int] = dict(db.session.execute(counting).all())
    for issue in issues:
        issue.hear(counts.get(issue.id, 0))


def go_along(duplicate: Issue, stays: Issue) -> None:
    """Voices of a duplicate support the issue that stays; one that supports both counts once, and stays where it is."""
    known = sa.select(SUPPORT.c.voice_id).where(SUPPORT.c.issue_id == stays.id)
    moving = sa.update(SUPPORT).where(SUPPORT.c.issue_id == duplicate.id, SUPPORT.c.voice_id.not_in(known))
    db.session.flush()
    db.session.connection().execute(moving.values(issue_id=stays.id, came_from_id=duplicate.id))
    weigh_both(duplicate, stays)


def come_back(duplicate: Issue, stays: Issue) -> None:
    """Not a duplicate after all: what came along with it goes back with it."""
    known = sa.select(SUPPORT.c.voice_id).where(SUPPORT.c.issue_id == duplicate.id)
    back = sa.update(SUPPORT).where(SUPPORT.c.issue_id == stays.id, SUPPORT.c.came_from_id == duplicate.id, SUPPORT.c.voice_id.not_in(known))
    db.session.flush()
    db.session.connection().execute(back.values(issue_id=duplicate.id, came_from_id=None))
    weigh_both(duplicate, stays)


def weigh_both(duplicate: Issue, stays: Issue) -> None:
    """The one that is merged keeps the weight that it had: nobody reads it any more, until it comes back."""
    weigh([stays.id, *([duplicate.id] if duplicate.status != Status.MERGED else [])])
