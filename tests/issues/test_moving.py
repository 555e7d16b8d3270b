"""Moving an issue: the gates, parking, declining, and taking a move back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.history import Event
from cxboard.issues.jobs import return_parked
from cxboard.issues.models import Issue
from cxboard.issues.status import Status, Verdict
from tests.makers import make_cause, make_department, make_issue, make_problem


def test_a_new_issue_is_last_in_the_ranking_and_led_by_the_reporters_own_department(person):
    first, second = (Issue.report(title=t, by=person("Mo")) for t in ("Eindnota te laat", "Wachtmuziek liegt"))

    assert second.rank > first.rank
    assert second.lead.code == "KS"
    assert second.status == Status.NEW


def test_somebody_of_no_department_reports_without_a_lead(person):
    assert Issue.report(title="Iets", by=person("Ada")).lead is None


@pytest.mark.parametrize("to", [Status.ANALYSING, Status.READY, Status.VERIFYING])
def test_without_a_lead_nothing_starts(person, to):
    issue = make_issue(by=person("Ada"), lead=None)

    assert issue.missing(to)[0].name == "lead"


def test_an_issue_without_a_cause_asks_why_before_work_starts(person):
    issue = make_issue(by=person("Mo"), status=Status.READY, owner=person("Mo"))

    with pytest.raises(Refused, match="root cause"):
        issue.move(Status.IN_PROGRESS, by=person("Mo"))

    assert issue.status == Status.READY


def test_a_cause_or_a_note_why_there_is_none_opens_the_gate(person):
    with_cause = make_issue(by=person("Mo"), status=Status.READY, owner=person("Mo"))
    make_cause(with_cause, make_problem(by=person("Eva")), by=person("Mo"))
    with_note = make_issue(by=person("Mo"), status=Status.READY, owner=person("Mo"), no_cause_note="wettelijke termijn")

    assert with_cause.missing(Status.IN_PROGRESS) == []
    assert with_note.missing(Status.IN_PROGRESS) == []


def test_a_department_at_its_limit_is_asked_to_finish_first(person):
    make_department("KS", wip_limit=1)
    make_issue(by=person("Mo"), status=Status.IN_PROGRESS)
    issue = make_issue(by=person("Mo"), status=Status.READY, owner=person("Mo"), no_cause_note="-")

    assert [g.name for g in issue.missing(Status.IN_PROGRESS)] == ["wip"]


def test_a_reason_passes_a_gate_and_is_kept(person):
    issue = make_issue(by=person("Mo"), status=Status.READY)

    event = issue.move(Status.IN_PROGRESS, by=person("Mo"), reason="Wettelijke termijn, 1 januari")

    assert issue.status == Status.IN_PROGRESS
    assert (event.kind, event.reason) == ("moved_anyway", "Wettelijke termijn, 1 januari")
    assert event.after["missing"] == ["owner", "cause"]


def test_measuring_asks_what_should_change_and_done_asks_whether_it_did(person):
    issue = make_issue(by=person("Mo"), status=Status.IN_PROGRESS)

    assert [g.name for g in issue.missing(Status.VERIFYING)] == ["effect"]
    issue.edit(by=person("Mo"), expected_effect="CES van 4,6 naar 3,5")
    assert issue.missing(Status.VERIFYING) == []
    assert [g.name for g in issue.missing(Status.DONE)] == ["verdict"]
    issue.edit(by=person("Mo"), verdict=Verdict.IMPROVED)
    assert issue.missing(Status.DONE) == []


def test_parking_wants_a_later_day_and_declining_a_reason(person):
    issue = make_issue(by=person("Mo"))

    with pytest.raises(Refused, match="day after today"):
        issue.park(until=clock.today(), by=person("Roos"))
    with pytest.raises(Refused, match="reporter reads"):
        issue.move(Status.DECLINED, by=person("Roos"))


def test_parking_proposes_a_day_four_weeks_ahead_or_the_day_it_has(person, sign_in, at):
    at("2026-11-24 10:00")
    issue = make_issue(by=person("Roos"))
    address = f"/issues/{issue.id}/move?to=parked"
    assert 'value="2026-12-22"' in sign_in("Roos").get(address).text

    issue.park(until=clock.today() + timedelta(days=3), by=person("Roos"))
    db.session.commit()
    assert 'value="2026-11-27"' in sign_in("Roos").get(address).text


def test_a_parked_issue_comes_back_on_its_day_to_where_it_was(person, at):
    at("2026-11-24 09:00")
    issue = make_issue(by=person("Mo"), status=Status.ANALYSING)
    issue.park(until=clock.today() + timedelta(days=3), by=person("Mo"))

    at("2026-11-26 23:30")
    assert return_parked() == 0
    at("2026-11-27 00:10")
    assert return_parked() == 1
    assert issue.status == Status.ANALYSING
    assert issue.parked_until is None


def test_an_issue_that_was_parked_longer_still_comes_back_to_where_it_was(person, at):
    at("2026-11-24 09:00")
    issue = make_issue(by=person("Mo"), status=Status.ANALYSING)
    issue.park(until=clock.today() + timedelta(days=3), by=person("Mo"))
    issue.park(until=clock.today() + timedelta(days=10), by=person("Mo"))

    at("2026-12-04 00:10")
    return_parked()
    assert issue.status == Status.ANALYSING


def test_a_move_can_be_taken_back_within_ten_seconds_with_its_days_and_rank(person, at):
    at("2026-11-24 09:00")
    issue = make_issue(by=person("Roos"), days=6)
    other = make_issue(by=person("Roos"))
    since, rank, stays = issue.status_since, other.rank, len(issue.stays)
    event = other.move(Status.ANALYSING, by=person("Roos"), before=issue)
    assert other.rank < issue.rank
    other.undo(event, by=person("Roos"))
    event = issue.move(Status.ANALYSING, by=person("Roos"))

    at("2026-11-24 09:00:09")
    issue.undo(event, by=person("Roos"))

    assert (issue.status, issue.status_since, len(issue.stays)) == (Status.NEW, since, stays)
    assert other.rank == rank


def test_taken_back_it_has_a_rank_of_its_own_when_somebody_has_its_old_one(person):
    roos = person("Roos")
    first, second, third, fourth = (make_issue(str(n), by=roos) for n in range(4))
    event = second.rank_before(None, by=roos)
    db.session.flush()
    fourth.rank_before(third, by=roos)
    db.session.flush()
    second.undo(event, by=roos)
    db.session.flush()
    in_order = list(db.session.scalars(sa.select(Issue).order_by(Issue.rank)))
    assert len({i.rank for i in in_order}) == 4
    assert in_order == [first, second, fourth, third]


def test_a_move_is_not_taken_back_late_by_others_or_over_a_later_change(person, at):
    at("2026-11-24 09:00")
    issue = make_issue(by=person("Mo"))
    event = issue.move(Status.ANALYSING, by=person("Mo"))

    with pytest.raises(Refused):
        issue.undo(event, by=person("Eva"))
    issue.edit(by=person("Mo"), title="Anders")
    with pytest.raises(Refused):
        issue.undo(event, by=person("Mo"))
    event = issue.move(Status.READY, by=person("Mo"))
    at("2026-11-24 09:01")
    with pytest.raises(Refused):
        issue.undo(event, by=person("Mo"))


def test_taking_back_is_not_taken_back(person):
    roos = person("Roos")
    issue, into = make_issue(by=roos), make_issue(by=roos)
    merged = issue.merge(into=into, by=roos)
    db.session.flush()
    issue.undo(merged, by=roos)
    undone = db.session.scalars(sa.select(Event).where(Event.kind == "undone")).one()

    with pytest.raises(Refused):
        issue.undo(undone, by=roos)

    assert (issue.status, issue.merged_into) == (Status.NEW, None)


def test_moving_to_where_it_stands_does_nothing(person):
    issue = make_issue(by=person("Mo"))
    version = issue.version

    assert issue.move(Status.NEW, by=person("Mo")) is None
    assert issue.version == version
