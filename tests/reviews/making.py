"""Reviews for tests: planned, live and closed, in the cast's own company."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.reviews.models import AgendaItem, Review, ReviewStatus
from cxboard.reviews.steps import Step


def planned(by: User, at: datetime | None = None) -> Review:
    """The review that is planned for that moment, now unless told otherwise, or else an extra one."""
    at = at or clock.now()
    review = db.session.scalar(sa.select(Review).where(Review.starts_at == at, Review.status == ReviewStatus.PLANNED))
    review = review or Review.plan_one(at, by=by, chair=by)
    db.session.commit()
    return review


def live(by: User) -> Review:
    """A review that has just begun."""
    review = planned(by)
    review.start(by=by)
    db.session.commit()
    return review


def go_to(review: Review, step: Step, by: User) -> Review:
    """Straight to a step."""
    review.turn(step, by=by)
    db.session.commit()
    return review


def closed(by: User, *, reaching: tuple[Step, ...] = ()) -> Review:
    """A whole review in which all points of the steps in `reaching` were discussed, and nothing of New, Stuck and Focus else."""
    review = live(by)
    for step in reaching:
        for item in list(review.points(step)) or [None]:
            review.turn(step, item, by=by)
    review.turn(Step.WRAP_UP, by=by)
    review.close(by=by)
    db.session.commit()
    return review


def keys(items: list[AgendaItem], step: Step) -> list[str]:
    """What is on the agenda of a step."""
    return [i.issue.key if i.issue else i.action.title for i in items if i.step == step]  # type: ignore[union-attr]


def days(n: int) -> timedelta:
    return timedelta(days=n)
