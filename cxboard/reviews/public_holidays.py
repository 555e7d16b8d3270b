"""The public holidays of a country in the coming year, to keep free with one press instead of typing each.

The days come from the library `holidays` (python-holidays, MIT); what nobody meets on is what somebody chose from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel.core import Locale, get_global
from flask import request, url_for
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import clock
from ..accounts.models import User
from ..authorization import requires
from ..db import db
from ..forms import Choice, Choices, Form
from ..language import language, weekday
from ..rendering import changed, page
from . import bp
from .calendar import FreeDay
from .models import Series

AHEAD = timedelta(days=365)
WORKING = range(5)  # Monday to Friday


@cache
def countries() -> frozenset[str]:
    """The countries of which the library knows the days (ISO 3166-1, two capitals)."""
    import holidays  # a second's work, for a page that is opened once a year

    return frozenset(holidays.list_supported_countries(include_aliases=False))


def of(country: str) -> list[tuple[date, str]]:
    """The public holidays of a country from today, a year ahead, by name in the reader's language where that is known.

    Only working days, and without those that are kept free already. Raises KeyError for a country that is not known.
    """
    import holidays

    if country not in countries():
        raise KeyError(country)
    first, last = clock.today(), clock.today() + AHEAD
    taken = {f.day for f in FreeDay.coming()}
    known = holidays.country_holidays(country)
    spoken = next((name for name in known.supported_languages or () if name.split("_")[0] == language()), None)
    days = holidays.country_holidays(country, years=range(first.year, last.year + 1), language=spoken)
    return [(day, name) for day, name in sorted(days.items()) if first <= day <= last and day.weekday() in WORKING and day not in taken]


def country_of_the_team() -> str:
    """Where the reviews are held, by their time zone; the Netherlands when that says nothing."""
    series = Series.current()
    found = get_global("zone_territories").get(series.zone if series else clock.zone().key, "")
    return found if found in countries() else "NL"


def keep(chosen: Sequence[tuple[date, str]], *, by: User) -> int:
    """Nobody meets on these days; how many there are. Raises Refused for what can't be kept free."""
    for day, name in chosen:
        FreeDay.keep(day, name[:80], by=by)
    return len(chosen)


# choosing


class HolidaysForm(Form):
    """Which of the days of which country."""

    country = Choice(_l("Country"), required=True)
    days = Choices(_l("Days on which nobody meets"))

    def __init__(self, found: list[tuple[date, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = Locale.parse(language()).territories
        self.country.choices = sorted(((code, names.get(code, code)) for code in countries()), key=lambda c: c[1])
        self.days.choices = [(number(day), f"{weekday(day)}, {name}") for day, name in found]


def number(day: date) -> int:
    """A day as what a checkbox sends: 20261225."""
    return int(day.strftime("%Y%m%d"))


def offer(form: HolidaysForm, found: list[tuple[date, str]], status: int = 200) -> Response:
    return page("reviews/holidays.html", fragment="reviews/_holidays_form.html", status=status, form=form, found=found)


@bp.get("/reviews/free-days/holidays")
@requires("review.plan")
def holidays() -> Response:
    """The days of a country (the one that the address names, or the team's own) with a tick each."""
    asked = request.args.get("country", "")
    country = asked if asked in countries() else country_of_the_team()
    found = of(country)
    return offer(HolidaysForm(found, formdata=None, country=country, days=[number(day) for day, _name in found]), found)


@bp.post("/reviews/free-days/holidays")
@requires("review.plan")
def keep_holidays() -> Response:
    country = request.form.get("country", "")
    found = of(country) if country in countries() else []
    form = HolidaysForm(found)
    if not form.validate_on_submit() or not form.days.data:
        if not form.errors:
            form.days.errors = (_("Choose at least one day."),)
        return offer(form, found, 422)
    kept = keep([(day, name) for day, name in found if number(day) in form.days.data], by=current_user)
    db.session.commit()
    return changed(url_for(".rhythm"), message=ngettext("%(num)s day is kept free.", "%(num)s days are kept free.", kept))
