"""What happened to one thing."""

import sqlalchemy as sa

from ..db import db
from .models import Event


def last_of(subject: str, subject_id: int) -> Event | None:
    """The newest event of one thing."""
    return db.session.scalar(
        sa.select(Event)
        .where(Event.subject == subject, Event.subject_id == subject_id)
        .order_by(Event.id.desc())
        .limit(1)
    )
