"""A question between two departments: who has to act, who is first, and what becomes of it with the issue."""

from datetime import date

import pytest
from sqlalchemy import select

from cxboard.clock import today
from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.handoffs.models import Handoff, HandoffStatus
from cxboard.handoffs.queries import bounced, waiting_on
from cxboard.history import Event
from cxboard.history.queries import last_of
from cxboard.issues.status import Status
from tests.makers import make_department, make_handoff, make_issue

MONDAY = "2026-11-23 09:00"


@pytest.fixture
def asked(person, at):
    """Mo (KS) asks IT on a Monday, for Friday."""
    at(MONDAY)
    person("Eva")
    return make_handoff(by=person("Mo"))


def kinds(handoff):
    return list(db.session.scalars(select(Event.kind).where(Event.subject == "handoff", Event.subject_id == handoff.id).order_by(Event.id)))


def test_the_clock_runs_against_whoever_has_to_act(asked, person, at):
    assert (asked.turn.code, asked.due) == ("IT", date(2026, 11, 25))
    at("2026-11-25 23:00")
    assert not asked.is_late
    at("2026-11-26 00:30")
    assert asked.is_late

    asked.accept(by=person("Eva"))
    assert (asked.turn.code, asked.due, asked.is_late) == ("IT", date(2026, 11, 27), False)
    asked.decline("Kan pas na de overgang.", by=person("Eva"))
    assert (asked.turn.code, asked.due) == ("KS", date(2026, 11, 30))
    asked.change(ask="En met een handmatige lijst?", needed_by=date(2026, 12, 4), by=person("Mo"))
    assert (asked.turn.code, asked.status, asked.due) == ("IT", HandoffStatus.ASKED, date(2026, 11, 30))
    asked.give_answer("Dat kan, vanaf maandag.", by=person("Eva"))
    assert asked.turn is None
    assert kinds(asked) == ["handoff_asked", "handoff_accepted", "handoff_declined", "handoff_asked_again", "handoff_answered"]
    assert asked.reacted_at == asked.accepted_at


def test_what_can_not_be_asked_is_refused(person, at):
    at(MONDAY)
    mo = person("Mo")
    issue = make_issue(by=mo)
    ks, it, gone = make_department("KS"), make_department("IT"), make_department("OUD")
    gone.archive(by=mo)
    for asked, day, words in ((ks, today(), "ask itself"), (gone, today(), "closed"), (it, date(2026, 11, 20), "behind us")):
        with pytest.raises(Refused) as refused:
            Handoff.make(issue=issue, asking=ks, asked=asked, ask="Kan dit?", needed_by=day, by=mo)
        assert words in str(refused.value.message)
    issue.move(Status.DONE, by=mo, reason="klaar")
    with pytest.raises(Refused, match="ended"):
        Handoff.make(issue=issue, asking=ks, asked=it, ask="Kan dit?", needed_by=today(), by=mo)


def test_declining_needs_a_reason_and_answering_an_answer(asked, person):
    for verb in (asked.decline, asked.give_answer):
        with pytest.raises(Refused):
            verb("", by=person("Eva"))
    assert asked.status == HandoffStatus.ASKED


def test_whoever_is_second_hears_who_was_first(asked, person):
    asked.give_answer("Ja.", by=person("Eva"))
    for second in (
        lambda: asked.give_answer("Nee.", by=person("Eva")), lambda: asked.decline("Nee.", by=person("Eva")), lambda: asked.accept(by=person("Eva")),
        lambda: asked.withdraw(by=person("Mo")), lambda: asked.change(ask="Anders", needed_by=today(), by=person("Mo")),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            second()
        assert "Eva Smit answered" in str(refused.value.message)
    assert asked.answer == "Ja."


def test_a_withdrawn_question_takes_no_answer(asked, person):
    asked.withdraw(by=person("Mo"))
    with pytest.raises(Refused, match="Mo Amrani withdrew"):
        asked.give_answer("Ja.", by=person("Eva"))


def test_nobody_reacts_to_a_question_they_have_not_read(asked, person):
    seen = asked.version
    asked.change(ask="Kan de datum in het scherm én in de brief?", needed_by=asked.needed_by, by=person("Mo"))
    with pytest.raises(Refused, match="changed the question"):
        asked.accept(by=person("Eva"), version=seen)
    with pytest.raises(Stale):
        asked.change(ask="Iets anders", needed_by=asked.needed_by, by=person("Mo"), version=seen)
    asked.accept(by=person("Eva"), version=asked.version)


@pytest.mark.parametrize("verb", ["accept", "give_answer", "decline", "withdraw"])
def test_a_reaction_can_be_taken_back_at_once_and_not_later(asked, person, at, verb):
    by = person("Mo") if verb == "withdraw" else person("Eva")
    words = ("Woorden",) if verb in ("give_answer", "decline") else ()
    before = (asked.status, asked.turn_at, asked.reacted_at, asked.bounces, asked.reason, asked.answer)
    getattr(asked, verb)(*words, by=by)
    db.session.flush()
    asked.undo(last_of("handoff", asked.id), by=by)
    db.session.flush()
    assert (asked.status, asked.turn_at, asked.reacted_at, asked.bounces, asked.reason, asked.answer) == before

    getattr(asked, verb)(*words, by=by)
    db.session.flush()
    event = last_of("handoff", asked.id)
    at("2026-11-23 09:02")
    with pytest.raises(Refused):
        asked.undo(event, by=by)


def test_a_second_no_that_is_taken_back_leaves_the_first(asked, person, at):
    eva = person("Eva")
    asked.decline("Geen tijd", by=eva)
    asked.change(ask="En volgende week?", needed_by=asked.needed_by, by=person("Mo"))
    db.session.commit()
    first = asked.declined_at
    at("2026-11-23 11:00")
    asked.decline("Verkeerde knop", by=eva)
    db.session.commit()
    asked.undo(last_of("handoff", asked.id), by=eva)
    db.session.commit()

    assert (asked.reason, asked.declined_at, asked.declined_by, asked.bounces) == ("Geen tijd", first, eva, 1)


def test_three_bounces_between_two_departments_are_counted_in_both_directions(asked, person):
    eva, mo = person("Eva"), person("Mo")
    back = make_handoff(by=eva, issue=asked.issue, asking="IT", asked="KS")
    asked.decline("Nee", by=eva)
    back.decline("Ook niet", by=mo)
    assert bounced(asked) == 2
    asked.change(ask="En zo?", needed_by=asked.needed_by, by=mo)
    asked.decline("Nog niet", by=eva)
    other = make_handoff(by=mo, issue=asked.issue, asked="JUR")
    other.decline("Nee", by=mo)
    assert bounced(asked) == bounced(back) == 3


def test_what_waits_for_a_department_is_what_it_has_to_act_on(asked, person):
    ks, it = make_department("KS"), make_department("IT")
    assert waiting_on([it.id]) == [asked]
    assert waiting_on([ks.id]) == waiting_on([]) == []
    asked.decline("Nee", by=person("Eva"))
    assert (waiting_on([it.id]), waiting_on([ks.id])) == ([], [asked])
    asked.withdraw(by=person("Mo"))
    assert waiting_on([ks.id, it.id]) == []


def test_open_questions_end_with_the_issue_and_come_back_when_that_is_undone(asked, person):
    roos, issue = person("Roos"), asked.issue
    asked.accept(by=person("Eva"))
    answered = make_handoff(by=person("Mo"), issue=issue)
    answered.give_answer("Ja", by=person("Eva"))
    event = issue.move(Status.DECLINED, by=roos, reason="Doen we niet")
    db.session.flush()
    assert (asked.status, answered.status) == (HandoffStatus.WITHDRAWN, HandoffStatus.ANSWERED)
    assert kinds(asked)[-1] == "handoff_ended"

    issue.undo(event, by=roos)
    assert asked.status == HandoffStatus.ACCEPTED


def test_open_questions_go_along_with_a_merge_and_back(asked, person):
    roos, issue = person("Roos"), asked.issue
    into = make_issue("Dezelfde", by=person("Mo"))
    issue.merge(into=into, by=roos)
    db.session.flush()
    assert asked.issue is into
    assert kinds(asked)[-1] == "handoff_moved"
    issue.unmerge(by=roos)
    db.session.flush()
    assert asked.issue is issue
