"""What happened: the stream of an issue, a problem or a review."""

import sqlalchemy as sa

from ..db import db
from .models import Event


def stream(*, limit: int = 60, **about: int) -> sa.Select[tuple[Event]]:
    """The events about `issue_id=…`, `problem_id=…` or `review_id=…`, newest first, as a select to narrow further."""
    return sa.select(Event).filter_by(**about).order_by(Event.id.desc()).limit(limit)


def last_of(subject: str, subject_id: int) -> Event | None:
    """The newest event of one thing."""
    return db.session.scalar(
        sa.select(Event)
        .where(Event.subject == subject, Event.subject_id == subject_id)
        .order_by(Event.id.desc())
        .limit(1)
    )
