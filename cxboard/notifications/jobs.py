"""What the clock does: hear what happened, tell what is due tomorrow, queue the week and what to prepare, send what is due, clear away what is old."""

import time
from datetime import timedelta

from ..db import db
from ..ticker import every
from . import digest, hearing, outbox, preparing, rules

BREATH = 0.02  # seconds in which somebody else can begin to write


@every(timedelta(seconds=10), "hear")
def hear() -> int:
    """Tell what happened since the last time, a little at a time, so that those who want to write get their turn."""
    heard = 0
    while (some := hearing.hear()) == hearing.AT_ONCE:
        heard += some
        db.session.commit()
        time.sleep(BREATH)
    return heard + some


@every(timedelta(minutes=10), "tell_of_promises_due")
def tell_of_promises_due() -> int:
    """Tell what was promised for tomorrow."""
    return rules.tell_of_promises_due()


@every(timedelta(minutes=5), "queue_digests")
def queue_digests() -> int:
    """Queue the digests whose hour has come."""
    return digest.queue_due()


@every(timedelta(minutes=5), "queue_preparing")
def queue_preparing() -> int:
    """Queue what can be prepared for tomorrow's review."""
    return preparing.queue_due()


@every(timedelta(hours=24), "clear_notifications_away")
def clear_away() -> int:
    """Forget what was read or sent long ago."""
    return hearing.clear_away() + outbox.clear_away()


@every(timedelta(seconds=20), "send_mail")
def send_mail() -> int:
    """Send what is due; the last of the jobs, since a mail server may take its time."""
    return outbox.send_due()
