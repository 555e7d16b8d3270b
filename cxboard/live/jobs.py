"""What the clock does here: old changes are thrown away. Who was away for longer fetches everything again."""

from datetime import timedelta

import sqlalchemy as sa

from .. import clock
from ..db import db
from ..ticker import every
from .models import Change

KEPT = timedelta(hours=2)


@every(timedelta(minutes=10), "changes")
def throw_away_old_changes() -> None:
    """The newest stays, so that numbers never start again."""
    newest = db.session.scalar(sa.select(sa.func.max(Change.id))) or 0
    db.session.execute(sa.delete(Change).where(Change.at < clock.now() - KEPT, Change.id < newest))
