"""The exceptions of the rhythm: another one from a date on, days on which nobody meets, another chair; and reviews in one's own calendar."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as st
from icalendar import Calendar

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from cxboard.history.sentences import sentence
from cxboard.reviews.calendar import CalendarLink, FreeDay, RhythmChange, ask_to_lead, differs, led_as_seen
from cxboard.reviews.jobs import plan_reviews
from cxboard.reviews.models import Review, ReviewStatus, Series, wall_time
from tests.client import Client
from tests.makers import make_issue
from tests.reviews.making import closed

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
AMSTERDAM = "Europe/Amsterdam"


def rhythm(by: User, weekday: int = 1, at: str = "10:00", zone: str = AMSTERDAM, **more: object) -> Series:
    series = Series.set(weekday=weekday, at=at, zone=zone, by=by, **more)  # type: ignore[arg-type]
    db.session.commit()
    return series


def from_day_on(series: Series, day: date, by: User, weekday: int, at: str = "10:00", **more: object) -> RhythmChange:
    change = RhythmChange.plan(series, day, weekday=weekday, at=at, zone=series.zone, by=by, **more)  # type: ignore[arg-type]
    db.session.commit()
    return change


def reviews() -> list[Review]:
    return list(db.session.scalars(sa.select(Review).order_by(Review.starts_at)))


def days(status: ReviewStatus = ReviewStatus.PLANNED) -> list[str]:
    return [f"{r.local_day} {r.time}" for r in reviews() if r.status == status]


def told(kind: str) -> list[str]:
    events = db.session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.id))
    return [sentence(e).striptags() for e in events]


# another rhythm from a date on


def test_what_is_planned_before_the_date_stays(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    change = from_day_on(rhythm(person("Roos")), date(2026, 12, 9), person("Roos"), weekday=3, at="14:00")

    assert days() == ["2026-11-24 10:00", "2026-12-01 10:00", "2026-12-08 10:00", "2026-12-17 14:00"]
    assert change.first_day == date(2026, 12, 17)
    assert told("rhythm_planned") == ["Roos van Dijk planned another weekly rhythm from 9 Dec on: Thursday at 14:00"]
    assert told("review_followed") == ["Roos van Dijk changed the rhythm, and this review went along from 15 Dec 2026, 10:00 to 17 Dec 2026, 14:00"]


def test_what_was_planned_after_the_date_goes_along_and_comes_back(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    change = from_day_on(rhythm(roos), date(2026, 11, 30), roos, weekday=4, at="09:00")
    assert days() == ["2026-11-24 10:00", "2026-12-04 09:00", "2026-12-11 09:00", "2026-12-18 09:00"]
    assert told("review_followed")[0] == "Roos van Dijk changed the rhythm, and this review went along from 1 Dec 2026, 10:00 to 4 Dec 2026, 09:00"

    change.take_back(by=roos)
    db.session.commit()
    assert days() == ["2026-11-24 10:00", "2026-12-01 10:00", "2026-12-08 10:00", "2026-12-15 10:00"]
    assert Series.current().changes == []  # type: ignore[union-attr]


def test_the_change_becomes_the_rhythm_when_its_day_comes(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    series = rhythm(roos)
    from_day_on(series, date(2026, 11, 30), roos, weekday=4, at="09:00", place="Zaal 2")
    planned = days()

    at("2026-11-30 00:30")
    assert plan_reviews() == 1
    db.session.commit()
    assert (series.weekday, series.at, series.place, series.changes) == (4, "09:00", "Zaal 2", [])
    assert days() == [*planned, "2026-12-25 09:00"]
    assert told("rhythm_began") == ["cxboard began the weekly rhythm that was planned for today: Friday at 09:00"]


def test_two_changes_make_a_season(person: Person, at: At) -> None:
    at("2026-12-14 09:00")
    roos = person("Roos")
    series = rhythm(roos)
    from_day_on(series, date(2027, 1, 4), roos, weekday=1)
    from_day_on(series, date(2026, 12, 21), roos, weekday=2, at="08:30")

    assert days() == ["2026-12-15 10:00", "2026-12-23 08:30", "2026-12-30 08:30", "2027-01-05 10:00"]


def test_what_was_moved_by_hand_stays_where_it_is(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    series = rhythm(roos)
    reviews()[1].move(wall_time(date(2026, 12, 2), "15:00", AMSTERDAM), by=roos)
    from_day_on(series, date(2026, 11, 30), roos, weekday=4)

    assert days() == ["2026-11-24 10:00", "2026-12-02 15:00", "2026-12-11 10:00", "2026-12-18 10:00"]
    assert [differs(r) for r in reviews()] == [(), ("moved",), (), ()]


def test_who_saw_another_rhythm_is_shown_both(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    series = rhythm(roos)
    seen = series.seen_as
    from_day_on(series, date(2026, 12, 9), roos, weekday=3, seen=seen)
    from_day_on(series, date(2026, 12, 9), roos, weekday=3, seen=seen)

    with pytest.raises(Stale) as stale:
        from_day_on(series, date(2026, 12, 9), person("Ada"), weekday=4, seen=seen)
    assert stale.value.fields == {"the weekly rhythm": ("from 9 Dec on: Friday at 10:00", "Tuesday at 10:00; from 9 Dec on: Thursday at 10:00")}
    with pytest.raises(Stale):
        Series.set(weekday=0, at="10:00", zone=AMSTERDAM, by=person("Ada"), seen=seen)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 1), date(2031, 1, 1)])
def test_a_change_begins_on_a_day_that_is_ahead(person: Person, at: At, day: date) -> None:
    at("2026-11-23 09:00")
    with pytest.raises(Refused, match="tomorrow"):
        from_day_on(rhythm(person("Roos")), day, person("Roos"), weekday=3)


def test_another_rhythm_keeps_who_was_asked_to_lead(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos, ada = person("Roos"), person("Ada")
    rhythm(roos, chair=roos)
    ask_to_lead(reviews()[1], ada, by=roos)
    rhythm(roos, weekday=2, chair=None)

    assert [r.chair for r in reviews()] == [None, ada, None, None]


BEGINNINGS = ["2026-10-19 12:00", "2026-12-20 12:00", "2027-03-21 12:00", "2026-12-31 23:30", "2020-12-27 12:00"]
TIMES = st.sampled_from(["00:00", "02:30", "09:00", "23:45"])
WHEN = st.tuples(st.integers(0, 6), TIMES)


@pytest.mark.databases("sqlite")
@given(
    now=st.sampled_from(BEGINNINGS), zone=st.sampled_from([AMSTERDAM, "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"]),
    first=WHEN, second=WHEN, third=WHEN, ahead=st.tuples(st.integers(1, 40), st.integers(1, 40)), take_back=st.booleans(),
)  # fmt: skip
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_week_keeps_one_review_whatever_changes(
    app: object, person: Person, now: str, zone: str, first: tuple[int, str], second: tuple[int, str], third: tuple[int, str], ahead: tuple[int, int], take_back: bool
) -> None:
    """Around daylight saving, week 53 and the turn of the year, in four zones: none doubled, none lost, all on their own clocks' time."""
    roos = person("Roos")
    start = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
    with clock.at(start):
        series = Series.set(weekday=first[0], at=first[1], zone=zone, by=roos)
        changes = [
            RhythmChange.plan(series, start.date() + timedelta(days=n), weekday=then[0], at=then[1], zone=zone, by=roos)
            for n, then in zip(ahead, (second, third), strict=True)
        ]
        db.session.flush()
        if take_back and len(set(ahead)) == 2:
            changes[0].take_back(by=roos)
    before = min(ahead[1:] if take_back else ahead)
    for week in range(0, 10, 3):
        with clock.at(start + timedelta(weeks=week, hours=1)):
            series.plan()
    planned = db.session.scalars(sa.select(Review).where(Review.series_id == series.id).order_by(Review.starts_at)).all()
    weeks = [r.week for r in planned]
    first_week = planned[0].day
    expected = [clock.iso_week(first_week + timedelta(weeks=n)) for n in range(len(planned))]
    assert weeks == expected
    assert len(planned) >= 12
    assert all(r.week == clock.iso_week(r.local_day) for r in planned)
    for r in planned:
        allowed = {first, second, third}
        shown = r.starts_at.astimezone(ZoneInfo(zone))
        assert any(shown == wall_time(r.day, t, zone) and r.day.weekday() == w for w, t in allowed)
        if r.day < start.date() + timedelta(days=before):
            assert (r.day.weekday(), r.starts_at) == (first[0], wall_time(r.day, first[1], zone))
    db.session.rollback()


def test_an_extra_review_takes_no_week(person: Person, at: At) -> None:
    at("2026-12-28 09:00")
    roos = person("Roos")
    Review.plan_one(wall_time(date(2026, 12, 31), "15:00", AMSTERDAM), by=roos)
    rhythm(roos)

    assert [r.week for r in reviews()] == ["2026-W53", "2026-W53", "2027-W01", "2027-W02", "2027-W03"]
    assert differs(reviews()[1]) == ("extra",)


# days on which nobody meets


def test_a_review_on_a_free_day_is_skipped_and_says_why(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-12-14 09:00")
    roos = person("Roos")
    rhythm(roos, weekday=4)
    FreeDay.keep(date(2026, 12, 25), "Eerste kerstdag", by=roos)
    db.session.commit()

    assert days() == ["2026-12-18 10:00", "2027-01-01 10:00", "2027-01-08 10:00"]
    assert days(ReviewStatus.CANCELLED) == ["2026-12-25 10:00"]
    assert told("review_skipped") == ["Roos van Dijk skipped this review: nobody meets on that day (Eerste kerstdag)"]
    skipped = reviews()[1]
    assert "nobody meets on that day (Eerste kerstdag)" in sign_in("Mo").get(f"/reviews/{skipped.id}").text
    assert plan_reviews() == 0


def test_taking_the_day_away_plans_it_again(person: Person, at: At) -> None:
    at("2026-12-14 09:00")
    roos = person("Roos")
    rhythm(roos, weekday=4)
    free = FreeDay.keep(date(2026, 12, 25), "Eerste kerstdag", by=roos)
    cancelled = reviews()[2]
    cancelled.cancel(reason="Nieuwjaar", by=roos)
    free.give_back(by=roos)
    free.give_back(by=roos)
    db.session.commit()

    assert days() == ["2026-12-18 10:00", "2026-12-25 10:00", "2027-01-08 10:00"]
    assert days(ReviewStatus.CANCELLED) == ["2027-01-01 10:00"]
    assert told("review_not_skipped") == ["Roos van Dijk planned this review again: its day is not free any more"]
    assert told("free_day_given_back") == ["Roos van Dijk noted that people meet on 25 Dec after all (it was Eerste kerstdag)"]
    assert FreeDay.keep(date(2026, 12, 25), "Kerst", by=roos) is not free


def test_a_free_day_that_was_there_first_is_skipped_when_it_is_planned(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    FreeDay.keep(date(2026, 12, 22), "Personeelsdag", by=roos)
    rhythm(roos)
    at("2026-11-24 10:01")
    plan_reviews()
    db.session.commit()

    assert days(ReviewStatus.CANCELLED) == ["2026-12-22 10:00"]
    assert told("review_skipped") == ["cxboard skipped this review: nobody meets on that day (Personeelsdag)"]


def test_a_skipped_review_follows_another_rhythm_off_the_free_day_and_onto_it(person: Person, at: At) -> None:
    at("2026-12-14 09:00")
    roos = person("Roos")
    rhythm(roos, weekday=4)
    FreeDay.keep(date(2026, 12, 25), "Eerste kerstdag", by=roos)
    rhythm(roos, weekday=2)
    assert days() == ["2026-12-16 10:00", "2026-12-23 10:00", "2026-12-30 10:00", "2027-01-06 10:00"]

    rhythm(roos, weekday=4)
    assert days(ReviewStatus.CANCELLED) == ["2026-12-25 10:00"]


def test_a_skipped_review_can_be_held_on_another_day(person: Person, at: At) -> None:
    at("2026-12-14 09:00")
    roos = person("Roos")
    rhythm(roos, weekday=4)
    free = FreeDay.keep(date(2026, 12, 25), "Eerste kerstdag", by=roos)
    skipped = reviews()[1]
    with pytest.raises(Refused, match="Nobody meets on 25 Dec: Eerste kerstdag"):
        skipped.move(wall_time(date(2026, 12, 25), "15:00", AMSTERDAM), by=roos)
    skipped.move(wall_time(date(2026, 12, 23), "15:00", AMSTERDAM), by=roos)
    free.give_back(by=roos)

    assert days() == ["2026-12-18 10:00", "2026-12-23 15:00", "2027-01-01 10:00", "2027-01-08 10:00"]
    with pytest.raises(Refused, match="already"):
        [FreeDay.keep(date(2026, 12, 28), name, by=roos) for name in ("Een", "Twee")]


def test_an_extra_review_is_not_planned_on_a_free_day(person: Person, at: At) -> None:
    at("2026-12-14 09:00")
    FreeDay.keep(date(2026, 12, 25), "Eerste kerstdag", by=person("Roos"))
    with pytest.raises(Refused, match="Choose another day"):
        Review.plan_one(wall_time(date(2026, 12, 25), "10:00", AMSTERDAM), by=person("Roos"))
    with pytest.raises(Refused, match="today or a later day"):
        FreeDay.keep(date(2026, 12, 13), "Gisteren", by=person("Roos"))


# who leads one review


def test_somebody_else_leads_one_review(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos, ada = person("Roos"), person("Ada")
    rhythm(roos, chair=roos)
    review = reviews()[0]
    seen = led_as_seen(review)
    ask_to_lead(review, ada, by=roos, seen=seen)

    assert review.chair is ada
    assert differs(review) == ("chair",)
    assert told("review_chair_changed") == ["Roos van Dijk asked Ada Bakker to lead this review"]
    with pytest.raises(Stale) as stale:
        ask_to_lead(review, roos, by=ada, seen=seen)
    assert stale.value.fields == {"chair": ("Roos van Dijk", "Ada Bakker")}
    with pytest.raises(Refused, match="CX regisseur"):
        ask_to_lead(review, person("Mo"), by=roos)
    review.start(by=roos)
    with pytest.raises(Refused, match="not begun"):
        ask_to_lead(review, roos, by=roos)


# a person's own calendar


def read(body: bytes) -> dict[str, dict[str, object]]:
    """The entries of a file by their day."""
    calendar = Calendar.from_ical(body)
    return {e["dtstart"].dt.date().isoformat(): e for e in calendar.walk("VEVENT")}


def link_of(client: Client) -> str:
    """The path that the page tells once."""
    page = client.post("/profile/calendar").text
    return "/calendar/" + page.split("/calendar/")[1].split('"')[0]


def test_the_calendar_holds_when_who_and_where_and_nothing_of_the_agenda(person: Person, sign_in: SignIn, client: Client, at: At) -> None:
    at("2026-10-20 09:00")
    roos = person("Roos")
    make_issue("Eindnota komt te laat")
    rhythm(roos, at="10:00", chair=roos, place="Zaal 2")
    closed(roos)
    next(r for r in reviews() if r.local_day == date(2026, 10, 27)).cancel(reason="Geheime reden", by=roos)
    body = client.get(link_of(sign_in("Mo"))).data

    entries = read(body)
    assert {day: str(e["status"]) for day, e in entries.items()} == {
        "2026-10-20": "CONFIRMED", "2026-10-27": "CANCELLED", "2026-11-03": "CONFIRMED", "2026-11-10": "CONFIRMED",
    }  # fmt: skip
    assert str(entries["2026-11-03"]["location"]) == "Zaal 2"
    text = body.decode().replace("\r\n ", "")
    assert "BEGIN:VTIMEZONE" in text
    assert [line for line in text.splitlines() if line.startswith("DTSTART;TZID=Europe/Amsterdam:20261103T100000")]
    assert entries["2026-10-20"]["dtstart"].dt.utcoffset() == timedelta(hours=2)  # type: ignore[attr-defined]
    assert entries["2026-11-03"]["dtstart"].dt.utcoffset() == timedelta(hours=1)  # type: ignore[attr-defined]
    for secret in ("Eindnota", "Geheime reden", "@waddenstroom", "CX-1"):
        assert secret not in text


def test_a_calendar_knows_the_newer_of_two_copies(person: Person, sign_in: SignIn, client: Client, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    rhythm(roos)
    path = link_of(sign_in("Mo"))
    before = read(client.get(path).data)["2026-11-24"]
    reviews()[0].move(wall_time(date(2026, 11, 25), "11:00", AMSTERDAM), by=roos)
    moved = read(client.get(path).data)["2026-11-25"]
    rhythm(roos, place="Zaal 3")
    later = read(client.get(path).data)["2026-12-01"]

    assert before["uid"] == moved["uid"]
    assert moved["sequence"] > before["sequence"]
    assert later["sequence"] > before["sequence"]
    assert str(later["location"]) == "Zaal 3"


def test_the_feed_is_in_the_language_of_whose_it_is(person: Person, sign_in: SignIn, client: Client, at: At) -> None:
    at("2026-11-23 09:00")
    rhythm(person("Roos"))
    person("Mo").locale = "en"
    answer = client.get(link_of(sign_in("Mo")))

    assert "SUMMARY:Weekly review\\, week 48" in answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_link_that_is_unknown_revoked_or_of_somebody_who_left_opens_nothing(person: Person, sign_in: SignIn, client: Client, rows: Callable[[str], int]) -> None:
    mo = sign_in("Mo")
    first = link_of(mo)
    second = link_of(mo)
    assert [client.get(path).status_code for path in (first, second, "/calendar/x.ics", f"{second}x")] == [404, 200, 404, 404]
    assert second.split("/")[-1].removesuffix(".ics") not in str(db.session.execute(sa.text("select * from calendar_link")).all())

    mo.post("/profile/calendar/removal")
    mo.post("/profile/calendar/removal")
    assert client.get(second).status_code == 404
    assert told("calendar_link_revoked") == ["Mo Amrani revoked the private calendar link"]

    third = link_of(mo)
    person("Mo").deactivate(by=person("Ada"))
    assert client.get(third).status_code == 404
    assert rows("calendar_link") == 3


def test_the_address_is_told_once(person: Person, sign_in: SignIn) -> None:
    mo = sign_in("Mo")
    token = link_of(mo).split("/")[-1].removesuffix(".ics")
    page = mo.get("/profile").text

    assert token not in page
    assert "Make a new link" in page
    assert CalendarLink.of(token).person is person("Mo")  # type: ignore[union-attr]


def test_one_review_as_a_file(person: Person, sign_in: SignIn, client: Client, at: At) -> None:
    at("2026-11-23 09:00")
    rhythm(person("Roos"), place="Zaal 2", chair=person("Roos"))
    path = f"/reviews/{reviews()[0].id}/invitation.ics"
    answer = sign_in("Finn").get(path)

    entry = read(answer.data)["2026-11-24"]
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(hours=1)  # type: ignore[attr-defined]
    assert "Roos van Dijk" in str(entry["description"])
    assert str(entry["url"]).endswith(f"/reviews/{reviews()[0].id}")
    assert 'filename="cxboard-2026-W48.ics"' in answer.headers["Content-Disposition"]
    assert client.get(path).status_code == 302


# the pages


def test_only_a_regisseur_makes_exceptions(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    series = rhythm(roos)
    change = from_day_on(series, date(2026, 12, 9), roos, weekday=3)
    free = FreeDay.keep(date(2026, 12, 25), "Eerste kerstdag", by=roos)
    review = reviews()[0].id
    changes = [
        (f"/reviews/{review}/lead", {"chair": str(person("Ada").id)}), ("/reviews/free-days", {"day": "2026-12-28", "name": "Brugdag"}),
        (f"/reviews/free-days/{free.id}/removal", {}), (f"/reviews/rhythms/{change.id}/removal", {}),
    ]  # fmt: skip
    for who, status in (("Mo", 403), ("Finn", 403), ("Roos", 303)):
        browser = sign_in(who)
        assert [browser.post(path, data=form).status_code for path, form in changes] == [status] * len(changes), who
    assert sign_in("Mo").get(f"/reviews/{review}/lead").status_code == 403
    assert [f.name for f in FreeDay.coming()] == ["Brugdag"]


def test_the_page_of_the_rhythm_shows_and_takes_all_of_it(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-12-14 09:00")
    client = sign_in("Roos")
    facts = {"weekday": "4", "at": "10.00", "zone": AMSTERDAM, "duration": "60", "chair": "", "place": ""}
    assert client.post("/reviews/rhythm", data=facts).location == "/reviews"
    assert client.post("/reviews/rhythm", data={**facts, "weekday": "1", "from_day": "2027-01-01"}).location == "/reviews/rhythm"
    assert client.post("/reviews/free-days", data={"day": "25-12-2026", "name": "Eerste kerstdag"}).location == "/reviews/rhythm"
    page = client.get("/reviews/rhythm").text

    assert "From 1 Jan 2027 on: every Tuesday at 10:00" in page
    assert "Nobody meets on that day: Eerste kerstdag" in page
    past = client.post("/reviews/rhythm", data={**facts, "from_day": "2026-12-01"})
    assert (past.status_code, "That day has passed" in past.text) == (422, True)
    wrong = client.post("/reviews/free-days", data={"day": "ooit", "name": ""})
    assert (wrong.status_code, "This is no date" in wrong.text, "People read why" in wrong.text) == (422, True, True)
    assert client.post(f"/reviews/{reviews()[0].id}/lead", data={"chair": "999"}, htmx="dialog-body").status_code == 422
