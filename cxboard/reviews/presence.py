"""Who comes in and who leads, while a review is live.

When somebody came is shown during the meeting only, and forgotten when it is closed: nobody's time is kept.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from .. import clock
from ..accounts.models import User
from ..domain import Refused
from ..live import announce
from .models import Attendance, Presence, Review
from .steps import Step


def arrive(review: Review, person: User) -> bool:
    """Somebody opened the live screen, so they are there; also who had said that they can't be. Whoever was marked absent by
    hand stays so. Returns whether anything changed. Kept out of the history: it would tell when a person came.

    Raises Refused when the review is not live.
    """
    review.must_be_live()
    row = next((a for a in review.attendance if a.user_id == person.id), None)
    if row is not None and row.presence != Presence.EXCUSED:
        return False
    if row is None:
        row = Attendance(user=person)
        review.attendance.append(row)
    row.presence, row.at = Presence.PRESENT, clock.now()
    row.came_at = clock.now() if is_past_the_first_step(review) else None
    review.version += 1
    announce(f"review-{review.id}")
    return True


def is_past_the_first_step(review: Review) -> bool:
    """Whether the meeting has got further than its first step."""
    return any(s.began_at for s in review.steps if s.step != Step.CUSTOMER)


def hand_over(review: Review, person: User, *, by: User) -> None:
    """Somebody else leads from here. Raises Refused for a person who may not run a review."""
    review.must_be_live()
    if not (person.is_regisseur and person.is_active):
        raise Refused(_l("%(name)s may not run a review. Choose somebody who may.", name=person.name))
    if person.id != review.chair_id:
        before, review.chair = review.chair, person
        review.record("review_handed_over", by=by, before={"from": before.name if before else ""}, after={"text": person.name})
        if not any(a.user_id == person.id and a.presence == Presence.PRESENT for a in review.attendance):
            review.mark(person, Presence.PRESENT, by=by)
