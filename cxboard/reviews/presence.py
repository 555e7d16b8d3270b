"""Who comes in and who leads, while a review is live.

Whoever stays with the meeting for a minute is there, and so is who does something in it or says so; who only looks in is not.

When somebody came is shown during the meeting only, and forgotten when it is closed: nobody's time is kept.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from .. import clock
from ..accounts.models import User
from ..domain import Refused
from ..live import announce
from .models import Attendance, Presence, Review
from .steps import Step

STAY = 60  # seconds with the meeting in view, after which somebody is there by themselves


def arrive(review: Review, person: User, *, since: datetime | None = None) -> bool:
    """Somebody takes part (`since` a moment ago), so they are there; also who had said that they can't be. Whoever was marked
    absent by hand stays so. Returns whether anything changed. Kept out of the history: it would tell when a person came.

    Raises Refused when the review is not live.
    """
    review.must_be_live()
    since = since or clock.now()
    row = next((a for a in review.attendance if a.user_id == person.id), None)
    if row is not None and row.presence != Presence.EXCUSED:
        return False
    if row is None:
        row = Attendance(user=person)
        review.attendance.append(row)
    row.presence, row.at = Presence.PRESENT, clock.now()
    row.came_at = since if is_past_the_first_step(review, since) else None
    _told(review)
    return True


def only_looks(review: Review, person: User) -> None:
    """Somebody who was taken to be there only looked in: as if they had never come. Raises Refused for whoever leads."""
    review.must_be_live()
    if person.id == review.chair_id:
        raise Refused(_l("You lead this review. Hand it over first."))
    row = next((a for a in review.attendance if a.user_id == person.id and a.presence == Presence.PRESENT), None)
    if row is not None:
        review.attendance.remove(row)
        _told(review)


def _told(review: Review) -> None:
    review.version += 1
    announce(f"review-{review.id}")


def is_past_the_first_step(review: Review, at: datetime) -> bool:
    """Whether the meeting had got further than its first step."""
    return any(s.began_at and s.began_at <= at for s in review.steps if s.step != Step.CUSTOMER)


def hand_over(review: Review, person: User, *, by: User) -> None:
    """Somebody else leads from here. Raises Refused for a person who may not run a review."""
    review.must_be_live()
    if not (person.is_regisseur and person.is_active):
        raise Refused(_l("%(name)s may not run a review. Choose somebody who may.", name=person.name))
    if person.id != review.chair_id:
        before, review.chair = review.chair, person
        review.record("review_handed_over", by=by, before={"from": before.name if before else ""}, after={"text": person.name})
        if person.id == by.id and not any(a.user_id == person.id and a.presence == Presence.PRESENT for a in review.attendance):
            review.mark(person, Presence.PRESENT, by=by)
