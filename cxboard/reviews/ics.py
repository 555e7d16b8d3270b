"""Reviews as an iCalendar file (RFC 5545), in the reader's language: when, who leads, where, and a link.

Nothing of an agenda or of minutes is in it: the address of a calendar is easily passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from ..db import db
from ..history import Event
from .models import Review, ReviewStatus

REFRESH = timedelta(hours=1)  # how often a calendar may look again


def calendar(reviews: Sequence[Review], *, name: str | None = None) -> bytes:
    """The file; with a `name` it is a calendar to subscribe to, that says so itself."""
    from icalendar import Calendar  # takes a fifth of a second, so not at the start

    file = Calendar()
    file.add("prodid", "-//cxboard//weekly review//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    if name:
        file.add("name", name)
        file.add("x-wr-calname", name)
        file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        file.add("x-published-ttl", "PT1H")
    changed_at = last_changes(reviews)
    for review in reviews:
        file.add_component(entry(review, changed_at.get(review.id, review.starts_at)))
    if reviews:
        around = timedelta(days=400)  # a calendar is given the clock changes of the years that it shows
        days = [r.local_day for r in reviews]
        file.add_missing_timezones(first_date=min(days) - around, last_date=max(days) + around)
    return bytes(file.to_ical())


def entry(review: Review, changed_at: datetime) -> Any:
    """One review; its number of changes tells a calendar which of two copies is newer."""
    from icalendar import Event as Entry

    base = current_app.config["BASE_URL"]
    address = base + current_app.url_map.bind("").build("reviews.show", {"id": review.id})
    zone = ZoneInfo(review.zone)
    found = Entry()
    found.add("uid", f"review-{review.id}@{urlsplit(base).hostname}")
    found.add("sequence", review.version)
    found.add("dtstamp", changed_at)
    found.add("last-modified", changed_at)
    found.add("dtstart", review.starts_at.astimezone(zone))
    found.add("dtend", (review.starts_at + timedelta(minutes=review.duration)).astimezone(zone))
    found.add("summary", _("Weekly review, week %(week)s", week=review.number))
    found.add("status", "CANCELLED" if review.status == ReviewStatus.CANCELLED else "CONFIRMED")
    found.add("transp", "TRANSPARENT" if review.status == ReviewStatus.CANCELLED else "OPAQUE")
    if review.place:
        found.add("location", review.place)
    led = _("%(name)s leads it.", name=review.chair.name) if review.chair else ""
    found.add("description", "\n".join(filter(None, [led, _("Agenda and minutes: %(address)s", address=address)])))
    found.add("url", address)
    return found


def last_changes(reviews: Sequence[Review]) -> dict[int, datetime]:
    """When the last thing happened to each."""
    about = sa.and_(Event.subject == "review", Event.subject_id.in_([r.id for r in reviews]))
    rows = db.session.execute(sa.select(Event.subject_id, sa.func.max(Event.at)).where(about).group_by(Event.subject_id))
    return {id: at for id, at in rows if at}
