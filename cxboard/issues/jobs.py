"""What happens to issues by itself: a parked issue comes back on its day; how several were before they were changed together is forgotten."""

from datetime import timedelta

import sqlalchemy as sa

from .. import clock
from ..db import db
from ..ticker import every
from .models import Issue
from .status import Status
from .together import ManyChanged

KEPT = timedelta(days=1)  # it can be taken back for ten seconds


@every(timedelta(minutes=10), "return_parked")
def return_parked() -> int:
    """Bring back every parked issue whose day has come; returns how many."""
    due = db.session.scalars(
        sa.select(Issue).where(Issue.status == Status.PARKED, Issue.parked_until <= clock.today()).with_for_update()
    ).all()
    for issue in due:
        issue.come_back()
    return len(due)


@every(timedelta(hours=24), "forget_many_changed")
def forget_many_changed() -> int:
    """What was changed together can't be taken back any more after a day; history has each change."""
    old = sa.delete(ManyChanged).where(ManyChanged.at < clock.now() - KEPT)
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]
