"""What happens to issues by itself: a parked issue comes back on its day."""

from datetime import timedelta

import sqlalchemy as sa

from .. import clock
from ..db import db
from ..ticker import every
from .models import Issue
from .status import Status


@every(timedelta(minutes=10), "return_parked")
def return_parked() -> int:
    """Bring back every parked issue whose day has come; returns how many."""
    due = db.session.scalars(
        sa.select(Issue).where(Issue.status == Status.PARKED, Issue.parked_until <= clock.today()).with_for_update()
    ).all()
    for issue in due:
        issue.come_back()
    return len(due)
