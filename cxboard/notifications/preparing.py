"""The day before a review: what one's departments can prepare for it, by mail to those who asked for that."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from .. import clock, mail
from ..accounts.models import User
from ..db import db, one_at_a_time
from ..permissions import allows
from ..reviews.models import AgendaItem, Review, ReviewStatus
from ..reviews.preparing import Excuse
from ..reviews.preparing_today import to_prepare
from ..reviews.rhythms import wall_time
from . import outbox
from .models import Digest, Kind, Mail, MailWish, Silence

QUEUEING = 7_048  # the lock under which one person's letter is put in
HOUR = 9  # for who gets no digest
DAY = timedelta(days=1)


def queue_due() -> int:
    """Queue the letters about tomorrow's reviews whose hour has come, one for each person and review; returns how many.

    Commits after each person, as the digests do.
    """
    if not mail.is_set():
        return 0
    queued = 0
    wanting = sa.select(User).join(MailWish, MailWish.person_id == User.id).where(MailWish.kind == Kind.PREPARING, User.deactivated_at.is_(None))
    for review in tomorrow():
        for person in db.session.scalars(wanting.order_by(User.id)).all():
            try:
                if hour_has_come(review, person) and concerned(review, person):
                    queued += put_in(review, person)
                db.session.commit()
            except Exception:  # what goes wrong for one must not keep the others from their letter
                db.session.rollback()
                current_app.logger.exception("preparation mail failed")
    return queued


def tomorrow() -> list[Review]:
    """The reviews that are planned for the day after today, each on the clocks of where it is held."""
    now = clock.now()
    soon = sa.select(Review).where(Review.status == ReviewStatus.PLANNED, Review.starts_at > now, Review.starts_at < now + 3 * DAY)
    return [r for r in db.session.scalars(soon.order_by(Review.starts_at, Review.id)) if r.local_day == today(r) + DAY]


def today(review: Review) -> date:
    """The day that it is where the review is held."""
    return clock.now().astimezone(ZoneInfo(review.zone)).date()


def hour_has_come(review: Review, person: User) -> bool:
    """Whether it is the hour of this person's digest, or nine, on the day before; on the clocks of where the review is held."""
    hour = HOUR if Kind.DIGEST in Silence.of(person) else Digest.of(person).hour
    return clock.now() >= moment_of(review, hour)


def moment_of(review: Review, hour: int) -> datetime:
    return wall_time(review.local_day - DAY, f"{hour:02d}:00", review.zone)


def concerned(review: Review, person: User) -> list[AgendaItem]:
    """What this person can prepare for it; nothing when they can't be there."""
    if not allows(person, "review.take_part") or db.session.get(Excuse, (review.id, person.id)) is not None:
        return []
    return to_prepare(review, person)


def put_in(review: Review, person: User) -> bool:
    """Queue the letter, unless it was before. One that was never sent because the review was moved away is queued for the new day."""
    key, day = f"preparing:{review.id}:{person.id}", review.local_day.isoformat()
    one_at_a_time(QUEUEING)
    before = db.session.scalar(sa.select(Mail).where(Mail.key == key).with_for_update().execution_options(populate_existing=True))
    if before is None:
        return outbox.queue(key, person, "preparing", review=review.id, day=day) is not None
    if before.sent_at or not before.dropped_at or before.facts["day"] == day:
        return False
    before.facts, before.dropped_at, before.tries = {**before.facts, "day": day}, None, 0
    before.created_at = before.next_at = clock.now()
    return True


def still_to_come(facts: dict[str, Any]) -> Review | None:
    """The review of a letter; None when it has begun, was cancelled, or was moved to another day since the letter was queued."""
    review = db.session.get(Review, facts["review"])
    if review is None or not review.is_planned or review.starts_at <= clock.now() or review.local_day.isoformat() != facts["day"]:
        return None
    return review
