"""Days and times as minutes tell them: on the clocks of where the review was held, and with the year, so that they never read
differently later."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from .. import language
from .models import Review


def held(review: Review) -> str:
    """`Tue 24 Nov 2026, 10:00 to 11:00`."""
    assert review.started_at and review.closed_at
    began, ended = (_there(moment, review) for moment in (review.started_at, review.closed_at))
    return _("%(day)s, %(from)s to %(to)s", **{"day": dated(began.date()), "from": f"{began:%H:%M}", "to": f"{ended:%H:%M}"})


def frozen(review: Review) -> str:
    """`24 Nov 2026, 11:00`."""
    assert review.closed_at
    ended = _there(review.closed_at, review)
    return f"{language.day(ended.date(), year=True)}, {ended:%H:%M}"


def dated(day: date | str) -> str:
    """`Fri 27 Nov 2026`, of a day or of how minutes keep it (`2026-11-27`)."""
    return language.weekday(date.fromisoformat(day) if isinstance(day, str) else day, year=True)


def _there(moment: datetime, review: Review) -> datetime:
    return moment.astimezone(ZoneInfo(review.zone))
