"""The outbox: what is to be mailed is a row, and the clock sends it. No page ever waits for a mail server.

A letter is claimed by moving its `next_at` on (a lease of five minutes, ten times what handing it over can take), then
written, then handed over without a transaction being open, then marked. When a process dies between handing over and
marking, or the server hangs up before it says that it has the mail, nobody can know whether it arrived. Then it is sent
again, as mail programs do (RFC 5321, 4.2.5), with the same Message-ID, by which mailboxes know it is the same mail.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from .. import clock, mail
from ..accounts.models import User
from ..db import db
from ..delivery import Outcome, Postbox
from ..reviews.afterwards import WrittenUp
from ..reviews.models import Review, ReviewStatus
from .models import DIRECT, Mail, Notification, Silence

BUNDLE = timedelta(minutes=3)  # requests within this time are one mail
NEWS = timedelta(days=2)  # what is older comes to nobody as a request by mail
LONGEST_REVIEW = timedelta(hours=4)  # a review that nobody closes holds requests back no longer than this
LATE = timedelta(minutes=10)  # after a review is closed, what it held back has gone out with its message
LEASE = timedelta(minutes=5)
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180)]  # before the next try of one mail
SERVER_WAITS = timedelta(minutes=15)  # at most, while the server itself is away
GIVE_UP = timedelta(days=3)
KEPT = timedelta(days=30)
BUDGET = 20.0  # seconds of sending in one go

logger = logging.getLogger("cxboard")


# putting in


def queue_request(notification: Notification) -> None:
    """Mail a request, together with others of these few minutes. What happened in a live review waits for that one's message."""
    if notification.kind not in DIRECT or not mail.is_set() or notification.held_by_id:
        return
    person = notification.person
    if notification.at < clock.now() - NEWS or notification.kind in Silence.of(person):
        return
    waiting = sa.select(Mail).where(
        Mail.person_id == person.id, Mail.kind == "direct", Mail.tries == 0, Mail.sent_at.is_(None), Mail.dropped_at.is_(None)
    )
    letter = db.session.scalar(waiting.order_by(Mail.id).limit(1).with_for_update())
    if letter is None:
        letter = Mail(key=f"direct:{person.id}:{notification.id}", person=person, kind="direct", facts={}, next_at=clock.now() + BUNDLE)
        db.session.add(letter)
        db.session.flush()
    notification.mail_id = letter.id


def queue_review(person: User, review: Review) -> None:
    """The one message about a closed review, with what was asked of this person during it."""
    if not mail.is_set():
        return
    letter = queue(f"review:{review.id}:{person.id}", person, "review", review=review.id)
    if letter:
        held = (Notification.person_id == person.id, Notification.held_by_id == review.id, Notification.kind.in_(DIRECT))
        db.session.execute(sa.update(Notification).where(*held).values(mail_id=letter.id, held_by_id=None))


def queue(key: str, person: User, kind: str, **facts: object) -> Mail | None:
    """A letter for now, unless the same one was queued before."""
    if db.session.scalar(sa.select(Mail.id).where(Mail.key == key)) is not None:
        return None
    letter = Mail(key=key, person=person, kind=kind, facts=facts, next_at=clock.now())
    db.session.add(letter)
    db.session.flush()
    return letter


def release() -> None:
    """Requests that were held back for a review whose message is out, or that goes on for ever, are mailed like others."""
    now = clock.now()
    just_entered = sa.select(WrittenUp.review_id).where(WrittenUp.closed_at >= now - LATE)  # it ended long before
    over = sa.or_(
        sa.and_(Review.status == ReviewStatus.CLOSED, Review.closed_at < now - LATE, Review.id.not_in(just_entered)),
        sa.and_(Review.status == ReviewStatus.LIVE, Review.started_at < now - LONGEST_REVIEW),
    )
    held = sa.select(Notification).join(Review, Review.id == Notification.held_by_id).where(over, Notification.mail_id.is_(None))
    for notification in db.session.scalars(held.order_by(Notification.id).limit(200)):
        notification.held_by_id = None
        if notification.is_unread:
            queue_request(notification)


# taking out


def send_due() -> int:
    """Send what is due, for at most twenty seconds; returns how many letters went out. Commits as it goes."""
    db.session.commit()  # the claim of this job: what follows takes time, and nobody must have to wait for it
    if not mail.is_set():
        return 0
    ends, sent = time.monotonic() + BUDGET, 0
    with Postbox(str(current_app.config["SMTP_URL"]), logger) as postbox:
        while time.monotonic() < ends:
            claimed = claim()
            if claimed is None:
                break
            outcome = hand_over(claimed, postbox)
            sent += outcome == Outcome.SENT
            if outcome == Outcome.DOWN:
                break
    return sent


def claim() -> int | None:
    """The id of a letter that is due and that nobody else will touch for the length of a lease. Commits."""
    while True:
        now = clock.now()
        waiting = (Mail.sent_at.is_(None), Mail.dropped_at.is_(None), Mail.next_at <= now)
        # One that failed before comes last, so that it keeps nobody else's waiting.
        found = db.session.execute(sa.select(Mail.id, Mail.next_at).where(*waiting).order_by(Mail.tries, Mail.next_at, Mail.id).limit(1)).first()
        if found is None:
            db.session.commit()
            return None
        mine = sa.update(Mail).where(Mail.id == found.id, *waiting).values(next_at=now + LEASE, tries=Mail.tries + 1)
        claimed = db.session.execute(mine, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
        db.session.commit()
        if claimed:
            return int(found.id)


def hand_over(id: int, postbox: Postbox) -> Outcome:
    """Write the letter, hand it over, and note what came of it."""
    from .letters import write

    try:
        letter = db.session.get(Mail, id, populate_existing=True)
        assert letter is not None
        message = write(letter)
        db.session.commit()  # no transaction is open while the mail server takes its time
    except Exception:
        db.session.rollback()
        logger.exception("mail %s could not be written", id)
        note(id, Outcome.LATER)
        return Outcome.LATER
    if message is None:
        note(id, Outcome.NEVER)
        return Outcome.NEVER
    outcome = postbox.send(message)
    note(id, outcome)
    return outcome


def note(id: int, outcome: Outcome) -> None:
    """Write down what came of a letter. Commits, and tries that again: it must not be forgotten that a mail was sent."""
    for attempt in range(3):
        try:
            _note(id, outcome)
            db.session.commit()
            return
        except sa.exc.OperationalError:
            db.session.rollback()
            if attempt == 2:
                raise


def _note(id: int, outcome: Outcome) -> None:
    now = clock.now()
    this = sa.update(Mail).where(Mail.id == id).execution_options(synchronize_session=False)
    if outcome == Outcome.SENT:
        db.session.execute(this.values(sent_at=now))
        return
    if outcome == Outcome.NEVER:
        db.session.execute(this.values(dropped_at=now))
        return
    tries, created_at = db.session.execute(sa.select(Mail.tries, Mail.created_at).where(Mail.id == id)).one()
    if created_at < now - GIVE_UP:
        logger.error("mail %s was tried %s times and is given up; the inbox has what it says", id, tries)
        db.session.execute(this.values(dropped_at=now))
        return
    wait = WAITS[min(tries, len(WAITS)) - 1]
    if outcome == Outcome.DOWN:
        wait = min(wait, SERVER_WAITS)
        waiting = (Mail.sent_at.is_(None), Mail.dropped_at.is_(None), Mail.next_at <= now)
        db.session.execute(sa.update(Mail).where(*waiting).values(next_at=now + wait), execution_options={"synchronize_session": False})
    db.session.execute(this.values(next_at=now + wait))


def waiting(before: datetime) -> tuple[int, datetime]:
    """How many letters were put in before that moment and have not gone out, and when the oldest was."""
    late = (Mail.sent_at.is_(None), Mail.dropped_at.is_(None), Mail.created_at < before)
    count, oldest = db.session.execute(sa.select(sa.func.count(), sa.func.min(Mail.created_at)).where(*late)).one()
    return count, oldest or before


def clear_away() -> int:
    """Letters that were sent or given up a month ago are forgotten; returns how many."""
    before: datetime = clock.now() - KEPT
    old = sa.or_(Mail.sent_at < before, Mail.dropped_at < before)
    done = db.session.execute(sa.delete(Mail).where(old), execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
