"""The demo company loads on both databases, on any day, and keeps every rule of the product."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from cxboard import clock, demo
from cxboard.accounts.models import Role, User
from cxboard.actions.models import Action, ActionStatus, Decision
from cxboard.causes.models import Cause, Certainty, Problem
from cxboard.db import Base, db
from cxboard.demo.company import PASSWORD, PEOPLE
from cxboard.demo.issues import ISSUES
from cxboard.demo.story import REVIEW_TAKES
from cxboard.demo.weeks import WEEKS
from cxboard.focus.models import Focus
from cxboard.history import Event
from cxboard.issues.models import Issue
from cxboard.issues.status import BOARD, Status
from cxboard.reviews.models import Presence, Review, ReviewStatus


def every(model):
    return list(db.session.scalars(sa.select(model).order_by(model.id)))


# Days of a weekend fall together, and in the first minutes of a Monday with what was on Friday.
@pytest.mark.databases("postgresql")
def test_the_demo_is_a_company_that_the_rules_allow(app, at):
    at("2026-11-23 00:05")
    tell_and_look()


@pytest.mark.databases("sqlite")
def test_the_story_can_be_told_at_the_end_of_a_week(app, at):
    at("2026-11-29 23:30")
    tell_and_look()


def tell_and_look():
    summary = demo.load()

    assert (summary.issues, summary.reviews) == (len(ISSUES), 11)
    issues_are_everywhere_and_consistent()
    reviews_are_closed_with_minutes()
    promises_have_every_fate()
    causes_fit()
    nothing_is_still_to_come()
    everybody_can_sign_in()


def issues_are_everywhere_and_consistent():
    issues = every(Issue)
    assert {i.status for i in issues} == set(Status)
    assert [i.title for i in issues] == [t.title for t in ISSUES.values()]
    for issue in issues:
        stays = issue.stays
        assert stays[-1].until is None
        assert stays[-1].status == issue.status
        assert all(a.until == b.since and a.since <= a.until for a, b in pairwise(stays))
        assert issue.owner is None or issue.lead_id in issue.owner.department_ids or issue.status == Status.MERGED
        assert issue.status not in BOARD[3:] or issue.owner
        assert issue.status != Status.DONE or issue.verdict_note
        assert issue.status != Status.PARKED or issue.parked_until > clock.today()
    assert [f.issue_id for f in Focus.now()] == [12, 27, 19]


def reviews_are_closed_with_minutes():
    closed = [r for r in every(Review) if r.status == ReviewStatus.CLOSED]
    assert len(closed) == 11
    for review in closed:
        assert datetime.fromisoformat(review.minutes["closed_at"]) <= clock.now()
        assert len(review.ratings) >= 5
        assert timedelta(minutes=30) < review.closed_at - review.started_at <= timedelta(minutes=65)
        assert sum(a.presence == Presence.PRESENT for a in review.attendance) >= 5
    planned = [r for r in every(Review) if r.status == ReviewStatus.PLANNED]
    assert len(planned) >= 4
    assert all(r.starts_at + REVIEW_TAKES > clock.now() for r in planned)
    assert planned[0].starts_at - clock.now() <= timedelta(days=7)
    assert {r.status for r in every(Review)} == {ReviewStatus.CLOSED, ReviewStatus.PLANNED}


def promises_have_every_fate():
    actions = every(Action)
    assert {a.status for a in actions} == set(ActionStatus)
    assert {a.carried for a in actions} >= {0, 1, 2}
    assert any(a.was_on_time for a in actions)
    assert all(a.review_id for a in actions)
    assert len(every(Decision)) == sum(len(w.decisions) for w in WEEKS)
    assert all(d.review_id for d in every(Decision))


def causes_fit():
    assert {c.certainty for c in every(Cause)} == set(Certainty)
    for issue in every(Issue):
        assert sum(c.share or 0 for c in issue.causes) <= 100
    for cause in every(Cause):
        assert len(cause.whys) <= 7
        assert cause.confirmed_by is None or cause.judged_by(cause.confirmed_by)
    hidden = [p for p in every(Problem) if p.restricted]
    assert len(hidden) == 1
    outside = next(u for u in every(User) if u.name == "Tom Bakker")
    assert not hidden[0].is_visible_to(outside)


def nothing_is_still_to_come():
    """No column that says when something happened is in the future."""
    planned = {"starts_at", "next_at", "expires_at"}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, type(Event.__table__.c.at.type)) and column.name not in planned:
                newest = db.session.scalar(sa.select(sa.func.max(column)))
                assert newest is None or newest <= clock.now(), f"{table.name}.{column.name}"


def everybody_can_sign_in():
    people = {u.email: u for u in every(User)}
    assert {u.role for u in people.values()} == set(Role)
    assert all(people[p.email].has_password(PASSWORD) for p in PEOPLE)
    lines = "\n".join(demo.sign_in_lines())
    assert PASSWORD in lines
    assert all(p.email in lines for p in PEOPLE)


def test_the_story_names_no_day_that_passes():
    """What is told is told again next year: no months, years to come or week numbers."""
    texts = [t.story + t.title + str(t) for t in ISSUES.values()] + [str(w) for w in WEEKS]
    months = r"januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december"
    assert not [m for text in texts for m in re.findall(rf"\b(?:{months}|week \d+|202[3-9])\b", text)]
