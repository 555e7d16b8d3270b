"""Reviews in New York and in Auckland: of a team that works there, and of a team in Amsterdam that meets with people there.

The promises T1 to T4: ISO weeks are those of the local day, ten o'clock stays ten o'clock when the clocks change, a day that
somebody promised lasts until midnight where the team is.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.reviews import ics, queries
from cxboard.reviews.agenda import agenda_for, since
from cxboard.reviews.models import Review, Series
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_issue
from tests.reviews.making import closed

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
NEW_YORK, AUCKLAND, AMSTERDAM = "America/New_York", "Pacific/Auckland", "Europe/Amsterdam"
TEAMS = pytest.mark.parametrize("team", ["there", "in Amsterdam"])
ZONES = pytest.mark.parametrize("zone", [NEW_YORK, AUCKLAND])


@pytest.fixture
def works(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Where the team works: in the zone of its reviews, or elsewhere."""

    def works(team: str, zone: str) -> None:
        monkeypatch.setitem(app.config, "TIME_ZONE", zone if team == "there" else AMSTERDAM)

    return works


def at(moment: str, zone: str) -> datetime:
    """The clock stands still at what clocks in that zone show."""
    when = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
    clock.set(when)
    return when.astimezone(UTC)


CLOCKS_CHANGE = [  # the week before, the two UTC times of ten o'clock
    (NEW_YORK, "2026-10-20 12:00", 14, 15),
    (NEW_YORK, "2027-03-02 12:00", 15, 14),
    (AUCKLAND, "2026-09-15 12:00", 22, 21),
    (AUCKLAND, "2027-03-23 12:00", 21, 22),
]


@TEAMS
@pytest.mark.parametrize(("zone", "now", "before", "after"), CLOCKS_CHANGE)
def test_ten_o_clock_stays_ten_o_clock_also_in_the_calendar(person: Person, works: Callable[[str, str], None], team: str, zone: str, now: str, before: int, after: int) -> None:
    works(team, zone)
    at(now, zone)
    Series.set(weekday=2, at="10:00", zone=zone, by=person("Roos"))
    db.session.flush()
    reviews = db.session.query(Review).order_by(Review.starts_at).all()

    assert len(reviews) == 4
    assert [(r.time, r.local_day.weekday()) for r in reviews] == [("10:00", 2)] * 4
    assert [b.local_day - a.local_day for a, b in pairwise(reviews)] == [timedelta(weeks=1)] * 3
    assert (reviews[0].starts_at.astimezone(UTC).hour, reviews[-1].starts_at.astimezone(UTC).hour) == (before, after)
    file = Calendar.from_ical(ics.calendar(reviews))
    assert [str(t["TZID"]) for t in file.walk("VTIMEZONE")] == [zone]
    entries = file.walk("VEVENT")
    assert [e["DTSTART"].params["TZID"] for e in entries] == [zone] * 4
    assert [(e.decoded("dtstart").hour, e.decoded("dtend").hour) for e in entries] == [(10, 11)] * 4
    assert [e.decoded("dtstart").astimezone(UTC) for e in entries] == [r.starts_at for r in reviews]


WEEKS = [  # a moment where it is held, its UTC day, the week
    (NEW_YORK, "2027-01-03 20:00", date(2027, 1, 4), "2026-W53"),
    (NEW_YORK, "2027-01-04 09:00", date(2027, 1, 4), "2027-W01"),
    (AUCKLAND, "2026-12-28 09:00", date(2026, 12, 27), "2026-W53"),
    (AUCKLAND, "2027-01-04 08:00", date(2027, 1, 3), "2027-W01"),
    (AUCKLAND, "2027-01-01 10:00", date(2026, 12, 31), "2026-W53"),
]


@TEAMS
@pytest.mark.parametrize(("zone", "moment", "utc_day", "week"), WEEKS)
def test_the_week_is_that_of_the_day_where_it_is_held(person: Person, works: Callable[[str, str], None], sign_in: SignIn, team: str, zone: str, moment: str, utc_day: date, week: str) -> None:
    works(team, zone)
    starts = at(moment, zone)
    assert starts.date() == utc_day
    roos = person("Roos")
    review = Review.plan_one(starts, by=roos, chair=roos, zone=zone)
    db.session.commit()

    assert (review.week, review.local_day, review.time) == (week, date.fromisoformat(moment[:10]), moment[11:])
    agenda = sign_in("Mo").get(f"/reviews/{review.id}").get_data(as_text=True)
    assert f"at {moment[11:]}" in agenda
    review.start(by=roos)
    clock.set(starts + timedelta(minutes=50))
    review.close(by=roos)
    db.session.commit()
    page = sign_in("Mo").get(f"/reviews/{review.id}").get_data(as_text=True)
    assert f"Weekly review, week {int(week[-2:])}<" in page
    ended = (datetime.fromisoformat(moment) + timedelta(minutes=50)).strftime("%H:%M")
    assert f"{moment[11:]} to {ended}" in page
    assert date.fromisoformat(moment[:10]).strftime("%a %-d %b %Y") in page


@ZONES
def test_a_promise_is_due_until_midnight_where_the_team_is(person: Person, works: Callable[[str, str], None], zone: str) -> None:
    works("there", zone)
    starts = at("2026-11-24 23:30", zone)
    mo = person("Mo")
    today, gone = make_action("Bel vandaag", owner=mo, due=date(2026, 11, 24)), make_action("Gemist", owner=mo, due=date(2026, 11, 25))
    gone.due = date(2026, 11, 23)
    review = Review.plan_one(starts, by=person("Roos"), zone=zone)
    db.session.flush()

    assert (clock.today(), today.is_late, gone.is_late) == (date(2026, 11, 24), False, True)
    assert {i.action.title: i.why for i in agenda_for(review) if i.action} == {"Bel vandaag": "promise_today", "Gemist": "promise_late"}
    at("2026-11-25 00:01", zone)
    assert today.is_late


@ZONES
def test_a_review_that_is_today_over_there_is_the_coming_one(person: Person, works: Callable[[str, str], None], sign_in: SignIn, zone: str) -> None:
    works("in Amsterdam", zone)
    roos = person("Roos")
    starts = datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    review = Review.plan_one(starts, by=roos, chair=roos, zone=zone)
    db.session.commit()
    clock.set(starts - timedelta(minutes=30))
    found = queries.overview(roos)
    assert (found.coming, found.unopened) == (review, [])
    assert "Open the review" in sign_in("Roos").get("/reviews").get_data(as_text=True)
    clock.set(datetime(2026, 11, 25, 0, 30, tzinfo=ZoneInfo(zone)))
    found = queries.overview(roos)
    assert (found.coming, found.unopened) == (None, [review])


@ZONES
def test_two_reviews_in_one_week_are_one_week_of_the_rhythm(person: Person, works: Callable[[str, str], None], zone: str) -> None:
    works("there", zone)
    roos = person("Roos")
    for day, title in (("2026-12-29 09:00", "eerste"), ("2027-01-03 20:00", "tweede")):  # both in 2026-W53
        at(day, zone)
        make_issue(title, by=roos)
        review = closed(roos, reaching=(Step.CUSTOMER,))
        assert review.week == "2026-W53"
    first, second = db.session.query(Review).order_by(Review.id).all()

    assert since(second) == first.closed_at
    weeks, in_a_row = queries.weeks_held()
    assert [w.week for w in weeks if w.held] == ["2026-W53"]
    assert (weeks[-1].week, in_a_row) == ("2026-W53", 1)
    at("2027-01-04 08:00", zone)
    weeks, in_a_row = queries.weeks_held()
    assert ([w.week for w in weeks][-2:], in_a_row) == (["2026-W53", "2027-W01"], 1)


@ZONES
def test_what_comes_in_on_a_sunday_evening_belongs_to_that_week(person: Person, works: Callable[[str, str], None], zone: str) -> None:
    works("there", zone)
    roos = person("Roos")
    at("2027-01-03 23:30", zone)  # already Monday in UTC, or still Sunday morning
    make_issue("Zondagavond", by=roos)
    at("2027-01-04 00:30", zone)
    make_issue("Maandagnacht", by=roos)
    at("2027-01-05 10:00", zone)

    assert [(f.week, f.came) for f in queries.flow(clock.now())][-2:] == [("2026-W53", 1), ("2027-W01", 1)]


@ZONES
def test_a_clock_that_jumps_plans_nothing_twice(person: Person, works: Callable[[str, str], None], zone: str) -> None:
    works("there", zone)
    at("2026-12-29 09:00", zone)
    series = Series.set(weekday=1, at="10:00", zone=zone, by=person("Roos"))
    for jump in (timedelta(hours=-1), timedelta(days=1), timedelta(hours=-25), timedelta(days=1)):
        clock.set(clock.now() + jump)
        series.plan()
        db.session.flush()
    reviews = db.session.query(Review).order_by(Review.starts_at).all()
    assert len({r.week for r in reviews}) == len(reviews) == 5
    assert reviews[0].week == "2026-W53"
    assert reviews[1].week == "2027-W01"


def test_whether_a_day_has_passed_is_that_of_where_it_is_held(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    at("2026-12-29 01:00", AMSTERDAM)  # still the evening of the 28th in New York, the afternoon of the 29th in Auckland
    there = Review.plan_one(clock.now() + timedelta(days=2), by=roos, zone=NEW_YORK)
    db.session.commit()
    browser = sign_in("Roos")
    assert browser.post(f"/reviews/{there.id}/moment", data={"day": "2026-12-28", "at": "22:00"}).status_code == 303
    assert (there.local_day, there.time) == (date(2026, 12, 28), "22:00")
    at("2026-12-28 13:00", AMSTERDAM)  # the 29th in Auckland
    early = Review.plan_one(clock.now() + timedelta(days=2), by=roos, zone=AUCKLAND)
    db.session.commit()
    assert browser.post(f"/reviews/{early.id}/moment", data={"day": "2026-12-28", "at": "22:00"}).status_code == 422
