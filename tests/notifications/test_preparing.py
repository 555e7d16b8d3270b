"""What to prepare, by mail on the day before a review: only to who asked, once, and never about a review that is not tomorrow."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.db import db
from cxboard.issues.status import Status
from cxboard.notifications import outbox, preparing as letters
from cxboard.notifications.models import Digest, Kind, Mail, Silence, wanted
from cxboard.notifications.unsubscribing import off_link
from cxboard.reviews import preparing
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.makers import make_issue, make_person
from tests.notifications.mailserver import both


def review_on(moment: str, by, zone: str = "Europe/Amsterdam") -> Review:
    review = Review.plan_one(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)), by=by, zone=zone)
    db.session.commit()
    return review


def wants(person) -> None:
    Silence.end(person, Kind.PREPARING)
    db.session.commit()


def go(minutes: float = 0) -> int:
    """What the clock does for these letters."""
    db.session.commit()
    clock.set(clock.now() + timedelta(minutes=minutes))
    letters.queue_due()
    return outbox.send_due()


@pytest.fixture
def stuck(person, at):
    """On Monday something of Mo's department stands still, and Tuesday at ten is the review. Mo wants to hear of it."""
    at("2026-11-23 07:00")
    issue = make_issue("Eindnota komt te laat", by=person("Roos"), lead="KS", status=Status.ANALYSING, days=40)
    wants(person("Mo"))
    return review_on("2026-11-24 10:00", person("Roos")), issue


def test_it_comes_the_day_before_at_the_hour_of_the_digest_and_says_what_today_says(server, person, at, stuck):
    _review, issue = stuck
    make_issue("Van een ander", by=person("Roos"), lead="IT", status=Status.ANALYSING, days=40)
    at("2026-11-23 07:59")
    assert go() == 0
    at("2026-11-23 08:00")
    assert go() == 1
    assert go(5) == 0

    ((to, _raw),) = server.raw
    assert to == person("Mo").email
    mail = server.to(to)[0]
    assert mail["Subject"] == "Review on Tue 24 Nov: 1 point to prepare"
    for said in both(mail):
        assert f"{issue.key} Eindnota komt te laat" in said
        assert "To prepare for the review on Tue 24 Nov at 10:00" in said
        assert f"/issues/{issue.id}" in said
        assert "Van een ander" not in said
        assert off_link(person("Mo"), [Kind.PREPARING]) in said
    assert mail["List-Unsubscribe"] == f"<{off_link(person('Mo'), [Kind.PREPARING])}>"


def test_who_gets_no_digest_hears_at_nine_and_who_chose_an_hour_at_that_hour(server, person, at, stuck):
    Silence.keep(person("Mo"), Kind.DIGEST)
    late = make_person("Noor", departments=("KS",), locale="nl")
    wants(late)
    db.session.add(Digest(person_id=late.id, weekday=4, hour=16, week=""))
    at("2026-11-23 08:59")
    assert go() == 0
    at("2026-11-23 09:00")
    assert go() == 1
    at("2026-11-23 16:00")
    assert go() == 1

    assert [to for to, _ in server.raw] == [person("Mo").email, late.email]
    assert '<html lang="nl">' in both(server.to(late.email)[0])[1]


@pytest.mark.parametrize(
    ("moment", "zone", "early", "due"),
    [
        ("2026-03-30 10:00", "Europe/Amsterdam", "2026-03-29T06:59Z", "2026-03-29T07:00Z"),  # summer time begins on the day before
        ("2026-03-29 10:00", "Europe/Amsterdam", "2026-03-28T07:59Z", "2026-03-28T08:00Z"),  # and on the day itself
        ("2026-10-26 10:00", "Europe/Amsterdam", "2026-10-25T07:59Z", "2026-10-25T08:00Z"),  # it ends on the day before
        ("2027-01-01 10:00", "Europe/Amsterdam", "2026-12-31T07:59Z", "2026-12-31T08:00Z"),
        ("2026-11-24 08:00", "Pacific/Auckland", "2026-11-22T19:59Z", "2026-11-22T20:00Z"),  # still Sunday evening here
    ],
)
def test_nine_is_nine_on_the_clocks_of_the_review(server, person, moment, zone, early, due):
    roos, mo = person("Roos"), person("Mo")
    clock.set(datetime.fromisoformat(due) - timedelta(days=1))
    make_issue(by=roos, lead="KS", status=Status.ANALYSING, days=60)
    wants(mo)
    Silence.keep(mo, Kind.DIGEST)
    review_on(moment, roos, zone)
    clock.set(datetime.fromisoformat(early))
    assert go() == 0
    clock.set(datetime.fromisoformat(due))
    assert go() == 1


def test_nobody_gets_it_unasked_and_who_has_nothing_to_prepare_can_not_be_there_or_may_not_gets_none(server, person, at, stuck):
    review, issue = stuck
    for name in ("Eva", "Finn", "Ada"):  # nothing of IT stands still, Finn is a viewer, Ada has no department
        wants(person(name))
    excused = make_person("Noor", departments=("KS",))
    wants(excused)
    preparing.excuse(review, by=excused)
    make_person("Sam", departments=("KS",))
    item = next(i for i in agenda_for(review, only=Step.STUCK) if i.issue_id == issue.id)
    preparing.answer(review, item, "", by=person("Mo"))  # nothing to add
    at("2026-11-23 09:30")
    assert go() == 0
    assert db.session.scalars(sa.select(Mail)).all() == []

    issue.edit(by=person("Roos"), lead=person("Eva").departments[0])
    assert go(5) == 1
    assert [to for to, _ in server.raw] == [person("Eva").email]


def test_a_cancelled_review_is_prepared_by_nobody_also_when_the_letter_waits_already(server, person, at, stuck):
    review, _issue = stuck
    at("2026-11-23 08:00")
    letters.queue_due()
    review.cancel(reason="Storm", by=person("Roos"))
    assert go(1) == 0
    assert go(5) == 0


def test_a_review_that_is_moved_after_the_letter_was_queued_is_told_of_on_the_day_before_its_new_day_once(server, person, at, stuck):
    review, _issue = stuck
    at("2026-11-23 08:00")
    letters.queue_due()
    review.move(datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Amsterdam")), by=person("Roos"))
    assert go(1) == 0
    at("2026-11-24 12:00")
    assert go() == 0
    at("2026-11-25 08:01")
    assert go() == 1
    assert "Thu 26 Nov at 10:00" in both(server.to(person("Mo").email)[0])[0]

    review.move(datetime(2026, 11, 27, 10, tzinfo=ZoneInfo("Europe/Amsterdam")), by=person("Roos"))
    at("2026-11-26 08:01")
    assert go() == 0, "one letter for each person and review"


def test_another_hour_of_the_same_day_is_told_as_it_is_when_the_letter_goes_out(server, person, at, stuck):
    review, _issue = stuck
    at("2026-11-23 08:00")
    letters.queue_due()
    review.move(datetime(2026, 11, 24, 14, 30, tzinfo=ZoneInfo("Europe/Amsterdam")), by=person("Roos"))
    assert go(1) == 1
    assert "Tue 24 Nov at 14:30" in both(server.to(person("Mo").email)[0])[0]


def test_a_letter_that_waited_too_long_does_not_come_after_the_review_has_begun(server, person, at, stuck):
    at("2026-11-23 08:00")
    letters.queue_due()
    db.session.commit()
    at("2026-11-24 10:00")
    assert go() == 0


def test_the_day_before_has_passed_means_no_letter(server, person, at, stuck):
    at("2026-11-24 08:30")
    assert go() == 0


def test_many_processes_put_it_in_once(server, app, person, at, stuck):
    at("2026-11-23 08:00")
    db.session.commit()
    start, wrong, queued = threading.Barrier(4), [], []

    def race() -> None:
        with app.app_context():
            start.wait()
            try:
                queued.append(letters.queue_due())
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (wrong, sum(queued)) == ([], 1)
    assert go(1) == 1


def test_it_is_switched_on_with_the_other_kinds_and_off_by_its_own_link(person, sign_in, client, app):
    mo = sign_in("Mo")
    assert 'value="preparing" checked' not in mo.get("/profile").text
    mo.post("/profile/mail", data={"kinds": ["mention", "preparing"], "weekday": "0", "hour": "8"})
    assert wanted(person("Mo")) == {Kind.MENTION, Kind.PREPARING}
    assert 'value="preparing" checked' in mo.get("/profile").text

    path = off_link(person("Mo"), [Kind.PREPARING]).removeprefix(app.config["BASE_URL"])
    assert "The day before the review" in client.get(path).text
    assert wanted(person("Mo")) == {Kind.MENTION, Kind.PREPARING}
    client.post(path, csrf=False)
    assert wanted(person("Mo")) == {Kind.MENTION}


def test_a_switch_that_was_turned_off_stops_the_letter_that_waits(server, person, at, stuck):
    at("2026-11-23 08:00")
    letters.queue_due()
    Silence.keep(person("Mo"), Kind.PREPARING)
    assert go(1) == 0


def test_one_failing_person_keeps_nobody_else_from_it(server, person, at, stuck, monkeypatch, caplog):
    wants(make_person("Aad", departments=("KS",)))
    broken = letters.concerned
    monkeypatch.setattr(letters, "concerned", lambda review, person: 1 / 0 if person.name == "Mo Amrani" else broken(review, person))
    at("2026-11-23 08:00")
    assert letters.queue_due() == 1
    assert "preparation mail failed" in caplog.text
    assert date(2026, 11, 24).isoformat() == db.session.scalar(sa.select(Mail)).facts["day"]
