"""Public holidays: offered for the coming year in the reader's language, and kept free with one press."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from cxboard.accounts.models import User
from cxboard.reviews import public_holidays
from cxboard.reviews.calendar import FreeDay
from tests.client import Client

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]


def test_the_working_days_of_a_year_that_are_not_free_yet(person: Person, at: At) -> None:
    at("2026-11-24 10:00")
    FreeDay.keep(date(2027, 3, 29), "Pasen", by=person("Roos"))
    with force_locale("nl"):
        offered = dict(public_holidays.of("NL"))
    assert offered[date(2026, 12, 25)] == "Eerste kerstdag"
    assert date(2026, 12, 26) not in offered, "a Saturday"
    assert date(2027, 3, 29) not in offered, "free already"
    assert offered[date(2027, 4, 27)] == "Koningsdag"
    assert all(date(2026, 11, 24) <= day <= date(2027, 11, 24) and day.weekday() < 5 for day in offered)
    assert dict(public_holidays.of("NL"))[date(2027, 4, 27)] == "King's Day"
    assert date(2027, 7, 21) in dict(public_holidays.of("BE"))
    with pytest.raises(KeyError):
        public_holidays.of("XX")


def test_the_country_is_that_of_the_time_zone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from cxboard.reviews.models import Series

    for zone, country in (("Europe/Amsterdam", "NL"), ("Europe/Brussels", "BE"), ("America/New_York", "US"), ("UTC", "NL")):
        monkeypatch.setattr(Series, "current", classmethod(lambda cls, zone=zone: Series(zone=zone)))
        assert public_holidays.country_of_the_team() == country


def test_a_regisseur_keeps_them_free(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-24 10:00")
    roos = sign_in("Roos")
    shown = roos.get("/reviews/free-days/holidays").get_data(as_text=True)
    assert "25 Dec" in shown
    assert "King" in shown
    assert "21 Jul" in roos.get("/reviews/free-days/holidays?country=BE").get_data(as_text=True)
    assert roos.get("/reviews/free-days/holidays?country=nonsense").status_code == 200

    done = roos.post("/reviews/free-days/holidays", data={"country": "NL", "days": ["20261225", "20270427"]})
    assert done.status_code == 303
    assert [(f.day, f.name) for f in FreeDay.coming()] == [(date(2026, 12, 25), "Christmas Day"), (date(2027, 4, 27), "King's Day")]

    for nonsense in ({"country": "NL"}, {"country": "XX", "days": ["20261225"]}, {"country": "NL", "days": ["20261225"]}, {"days": ["20270329"]}, {"country": "NL", "days": ["x", "99999999999999"]}):
        assert roos.post("/reviews/free-days/holidays", data=nonsense).status_code == 422, nonsense
    assert len(FreeDay.coming()) == 2
    assert sign_in("Mo").get("/reviews/free-days/holidays").status_code == 403
