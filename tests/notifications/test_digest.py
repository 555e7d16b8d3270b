"""The week in one mail: at the chosen hour on the team's clocks, once, only when something changed, and only what is mine to see."""

import re
from datetime import date, timedelta

import pytest
from flask_babel import force_locale

from cxboard import clock
from cxboard.causes.models import Cause
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.domain import Refused
from cxboard.issues.status import Status
from cxboard.notifications import digest
from cxboard.notifications.models import Digest, Kind, Silence
from tests.makers import make_action, make_handoff, make_issue, make_problem
from tests.notifications.mailserver import both


def change_something(person) -> None:
    """Roos changes an issue of Mo's department, on this moment."""
    make_issue(by=person("Mo"), lead="KS").edit(by=person("Roos"), owner=person("Mo"))
    db.session.commit()


def weeks(person, name: str, **chosen: int) -> None:
    """From now on this person gets a digest."""
    digest.start(Digest.of(person(name)), clock.now())
    digest.choose(person(name), **({"weekday": 0, "hour": 8} | chosen))
    Silence.keep(person("Roos"), Kind.DIGEST)
    for kind in (Kind.ASSIGNED, Kind.DUE, Kind.HANDOFF):  # not what these tests are about
        Silence.keep(person(name), kind)
    db.session.commit()


@pytest.mark.parametrize(
    ("day", "early", "late"),
    [("2026-10-19", "06:30", "07:02"), ("2026-10-26", "06:59", "07:02"), ("2026-03-30", "06:59", "07:02"), ("2027-01-04", "06:59", "07:02")],
)  # summer, the Monday after summer time ended, the one after it began, winter in ISO week 1
def test_it_comes_at_the_local_hour_summer_and_winter(server, person, at, tick, day, early, late):
    at(f"{date.fromisoformat(day) - timedelta(days=3)} 12:00")
    weeks(person, "Mo", hour=7)
    change_something(person)
    at(f"{day} {early}")
    assert tick(0) == 0
    at(f"{day} {late}")
    assert tick(0) == 1
    assert tick(60) == 0

    assert server.to(person("Mo").email)[0]["Subject"] == "Your week: 1 issue changed"


def test_nothing_changed_is_no_mail(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    with clock.at(clock.now() - timedelta(days=30)):
        issue = make_issue(by=person("Mo"), lead="KS")
        make_action("Al lang beloofd", owner=person("Mo"), by=person("Mo"), issue=issue)
    at("2026-11-23 09:00")

    assert tick(0) == 0
    assert server.raw == []


def test_ones_own_changes_are_no_news(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    issue = make_issue(by=person("Mo"), lead="KS")
    issue.edit(by=person("Mo"), owner=person("Mo"))
    Comment.say("Van mij", by=person("Mo"), issue=issue)
    at("2026-11-23 09:00")

    assert tick(0) == 0


def test_it_says_what_changed_and_what_waits(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    issue = make_issue("Eindnota te laat", by=person("Mo"), lead="KS")
    make_issue("Van een ander", by=person("Eva"), lead="IT").edit(by=person("Roos"), severity=3)
    issue.move(Status.ANALYSING, by=person("Roos"))
    Comment.say("Wij hebben dit ook", by=person("Eva"), issue=issue)
    make_action("Bel de klant", owner=person("Mo"), by=person("Roos"), due=date(2026, 11, 25))
    make_handoff("Kan het sneller?", by=person("Eva"), issue=make_issue(by=person("Eva"), lead="IT"), asking="IT", asked="KS")
    at("2026-11-23 09:00")
    tick(0)
    tick(10)
    (mail,) = server.to(person("Mo").email)
    text, html = both(mail)

    assert text.index("What waits for you") < text.index("Bel de klant, by Wed 25 Nov") < text.index("What changed") < text.index("moved this from New to Analysing")
    assert "1 comment" in text
    assert "Kan het sneller?" in text
    assert "Van een ander" not in text
    assert "moved this from New to Analysing" in html
    assert [url for url in re.findall(r"https?:[^\s\"<>]+", text + html) if url.count("://") != 1 or not url.startswith("http://127.0.0.1:5000/")] == []


def test_what_was_taken_back_did_not_happen(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    issue = make_issue(by=person("Mo"), lead="KS")
    event = issue.decline(by=person("Roos"), reason="Vergissing")
    db.session.commit()
    issue.undo(event, by=person("Roos"))
    at("2026-11-23 09:00")

    assert tick(0) == 0


def test_what_is_restricted_is_in_nobody_elses(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    issue = make_issue(by=person("Mo"), lead="KS")
    secret = make_problem("Teamleider Jan houdt alles tegen", by=person("Eva"), department="IT", restricted=True)
    Cause.link(issue=issue, problem=secret, by=person("Eva"))
    at("2026-11-23 09:00")

    assert tick(0) == 0


def test_one_a_week_also_for_who_changes_the_day(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    change_something(person)
    at("2026-11-23 09:00")
    assert tick(0) == 1
    digest.choose(person("Mo"), weekday=4, hour=16)
    change_something(person)
    at("2026-11-27 17:00")
    assert tick(0) == 0
    at("2026-12-04 17:00")
    assert tick(0) == 1


def test_who_chooses_a_moment_that_is_over_waits_for_the_next(server, person, at, tick):
    at("2026-11-25 12:00")
    Silence.keep(person("Roos"), Kind.DIGEST)
    digest.choose(person("Mo"), weekday=1, hour=9)
    change_something(person)
    assert tick(0) == 0
    at("2026-12-01 10:00")

    assert tick(0) == 1


def test_it_looks_back_to_the_one_before(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    change_something(person)
    at("2026-11-23 09:00")
    assert tick(0) == 1
    at("2026-11-30 09:00")

    assert tick(0) == 0, "nothing after the last one"


def test_who_wants_none_gets_none(server, person, at, tick):
    at("2026-11-20 12:00")
    weeks(person, "Mo")
    change_something(person)
    Silence.keep(person("Mo"), Kind.DIGEST)
    at("2026-11-23 09:00")

    assert tick(0) == 0


def test_only_whole_hours_of_the_day_are_offered(person):
    with force_locale("en"), pytest.raises(Refused):
        digest.choose(person("Mo"), weekday=0, hour=3)
    assert db.session.get(Digest, person("Mo").id) is None
