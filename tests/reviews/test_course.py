"""Of each focus issue the agenda says whether it is on course, and if not, why."""

from collections.abc import Callable
from datetime import datetime

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action
from cxboard.db import db
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.sentences import why
from cxboard.reviews.steps import Step
from tests.makers import make_action, make_handoff, make_issue, make_problem
from tests.reviews.making import closed, days, planned

Person = Callable[[str], User]
At = Callable[[str], datetime]


def said(roos: User) -> dict[str, str]:
    """What the agenda of now says of each focus issue."""
    return {i.issue.title: why(i) for i in agenda_for(planned(roos), only=Step.FOCUS) if i.issue}


def in_focus(title: str, by: User, **facts: object) -> Issue:
    issue = make_issue(title, by=by, lead="KS", **facts)  # type: ignore[arg-type]
    Focus.put(issue, by=by)
    return issue


def test_what_moved_since_the_last_review_and_has_a_next_step_is_on_course(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-11-10 09:00")
    moved, _waiting = in_focus("moved", roos, status=Status.ANALYSING), in_focus("waiting", roos, status=Status.VERIFYING)
    promised = in_focus("promised", roos, status=Status.READY)
    for issue in (moved, promised):
        make_action(owner=mo, issue=issue, due=clock.today() + days(30))
    closed(roos)
    at("2026-11-12 09:00")
    moved.move(Status.READY, by=mo)

    at("2026-11-13 09:00")
    assert said(roos) == {
        "moved": "Focus 1 is on course: it came to Ready to start since the last review.",
        "waiting": "Focus 2 is on course: nothing is late.",
        "promised": "Focus 3 is on course: 1 promise is open and not late.",
    }


def test_what_is_late_waits_or_stands_still_is_off_course_with_all_reasons(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-10-12 09:00")
    still = in_focus("still", roos, status=Status.ANALYSING)
    make_action(owner=mo, issue=still, due=clock.today() + days(5))
    at("2026-11-10 09:00")
    bare = in_focus("bare", roos, status=Status.IN_PROGRESS)
    asked = in_focus("asked", roos, status=Status.IN_PROGRESS)
    make_action(owner=mo, issue=asked, due=clock.today() + days(60))
    make_handoff(by=mo, issue=asked)
    db.session.commit()

    at("2026-11-20 09:00")
    found = said(roos)
    assert found["still"] == "Focus 1 is off course: nothing happened for 39 days; 1 promise is late."
    assert found[bare.title] == "Focus 2 is off course: nobody has promised a next step."
    assert found["asked"] == "Focus 3 is off course: IT has had to act for 10 days."


def test_a_promise_for_the_day_of_the_review_itself_is_not_late(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-11-10 09:00")
    make_action(owner=mo, issue=in_focus("today", roos, status=Status.READY), due=clock.today() + days(3))

    at("2026-11-13 09:00")
    assert "off course" not in said(roos)["today"]
    at("2026-11-14 09:00")
    assert said(roos)["today"] == "Focus 1 is off course: 1 promise is late."


def test_an_agenda_that_was_written_down_without_a_course_still_says_why(person: Person) -> None:
    roos = person("Roos")
    in_focus("old", roos)
    [point] = agenda_for(planned(roos), only=Step.FOCUS)
    point.facts = {"place": 1}

    assert why(point) == "Focus 1: one of the priorities now."


def test_what_is_promised_about_a_restricted_problem_is_not_counted_before_everybody(person: Person, at: At) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    at("2026-11-10 09:00")
    issue = in_focus("bare", roos, status=Status.IN_PROGRESS)
    secret = make_problem("Teamleider houdt alles tegen", by=eva, restricted=True)
    at("2026-11-12 09:00")
    before = said(roos)
    Action.promise("In stilte", owner=eva, by=eva, issue=issue, problem=secret, due=clock.today() - days(1))
    assert said(roos) == before
    make_action(owner=mo, issue=issue, due=clock.today() - days(1))
    assert said(roos) != before
