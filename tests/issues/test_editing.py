"""Editing facts, the ranking, duplicates, and two people at once."""

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from cxboard.issues import models
from cxboard.issues.models import Issue, spread_ranks
from cxboard.issues.status import Confidence, Status
from tests.makers import make_cause, make_department, make_issue, make_problem


def test_pain_and_score_show_only_when_their_inputs_are_known(person):
    issue = make_issue(by=person("Mo"))
    assert (issue.pain, issue.score) == (None, None)

    issue.edit(by=person("Mo"), reach=3200.0, severity=4, confidence=Confidence.MEDIUM)
    assert issue.pain == pytest.approx(10_240)
    assert issue.score is None

    issue.edit(by=person("Mo"), effort=12.0)
    assert issue.score == pytest.approx(853.33, abs=0.01)


def test_every_change_writes_one_event_with_from_and_to(person):
    issue, eva = make_issue("Oud", by=person("Mo")), person("Eva")
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))

    issue.edit(by=eva, title="Nieuw", due=None)
    db.session.commit()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == before + 1
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert (event.kind, event.field, event.before, event.after, event.by.name) == (
        "changed",
        "title",
        "Oud",
        "Nieuw",
        "Eva Smit",
    )


def test_two_people_on_the_same_fact_the_second_sees_both(person):
    issue = make_issue("Eindnota", by=person("Mo"))
    opened = issue.version
    issue.edit(by=person("Mo"), version=opened, title="Eindnota komt te laat")

    with pytest.raises(Stale) as stale:
        issue.edit(by=person("Eva"), version=opened, title="Eindnota klopt niet")

    assert stale.value.who == "Mo Amrani"
    assert list(stale.value.fields.values()) == [("Eindnota klopt niet", "Eindnota komt te laat")]


def test_two_people_on_different_facts_are_no_conflict(person):
    issue = make_issue(by=person("Mo"))
    opened = issue.version
    issue.edit(by=person("Mo"), version=opened, title="Anders")
    issue.edit(by=person("Eva"), version=opened, story="Een verhaal")

    assert (issue.title, issue.story) == ("Anders", "Een verhaal")


def test_the_owner_works_at_the_lead_department(person):
    issue = make_issue(by=person("Mo"), lead="KS")

    with pytest.raises(Refused, match="lead department"):
        issue.edit(by=person("Mo"), owner=person("Eva"))
    issue.edit(by=person("Mo"), owner=person("Mo"))
    person("Eva")
    issue.edit(by=person("Mo"), lead=make_department("IT"))

    assert issue.owner is None, "an owner of the old lead department does not stay"


def test_the_ranking_keeps_every_issue_once_however_it_is_shuffled(person, monkeypatch):
    monkeypatch.setattr(models, "RANK_STEP", 2)
    issues = [make_issue(f"Punt {n}", by=person("Roos")) for n in range(6)]
    order = list(issues)
    for mover, before in ((5, 0), (4, 0), (3, 0), (0, 5), (1, None), (2, 4), (5, 3), (4, 3)):
        one = issues[mover]
        other = issues[before] if before is not None else None
        one.rank_before(other, by=person("Roos"))
        order.remove(one)
        order.insert(order.index(other) if other else len(order), one)
        db.session.flush()
        assert list(db.session.scalars(sa.select(Issue.id).order_by(Issue.rank, Issue.id))) == [i.id for i in order]
    assert len({i.rank for i in issues}) == 6


def test_spreading_the_ranks_keeps_their_order(person):
    issues = [make_issue(f"Punt {n}", by=person("Roos")) for n in range(4)]
    for rank, issue in enumerate(reversed(issues), 1):
        issue.rank = rank
    spread_ranks()

    assert list(db.session.scalars(sa.select(Issue.rank).order_by(Issue.rank))) == [
        models.RANK_STEP * n for n in (1, 2, 3, 4)
    ]
    assert list(db.session.scalars(sa.select(Issue.id).order_by(Issue.rank))) == [i.id for i in reversed(issues)]


def test_a_duplicate_brings_its_causes_once_and_can_be_taken_out_again(person):
    into, duplicate = make_issue("Eindnota te laat", by=person("Mo")), make_issue("Nota laat", by=person("Eva"))
    shared, own = make_problem("Gedeeld", by=person("Eva")), make_problem("Eigen", by=person("Eva"))
    make_cause(into, shared, by=person("Mo"))
    make_cause(duplicate, shared, by=person("Mo"))
    make_cause(duplicate, own, by=person("Mo"))

    duplicate.merge(into=into, by=person("Roos"))
    db.session.commit()

    assert sorted(c.problem.title for c in into.causes) == ["Eigen", "Gedeeld"]
    assert (duplicate.status, duplicate.merged_into, into.merged) == (Status.MERGED, into, [duplicate])

    duplicate.unmerge(by=person("Roos"))
    db.session.commit()

    assert [c.problem.title for c in into.causes] == ["Gedeeld"]
    assert sorted(c.problem.title for c in duplicate.causes) == ["Eigen", "Gedeeld"]
    assert (duplicate.status, duplicate.merged_into) == (Status.NEW, None)


def test_a_share_that_did_not_fit_where_it_was_merged_comes_back_with_its_cause(person):
    into, duplicate = make_issue("Eindnota te laat", by=person("Mo")), make_issue("Nota laat", by=person("Eva"))
    make_cause(into, make_problem("Dit", by=person("Eva")), by=person("Mo"), share=80)
    cause = make_cause(duplicate, make_problem("Dat", by=person("Eva")), by=person("Mo"), share=60)

    duplicate.merge(into=into, by=person("Roos"))
    assert cause.share is None
    duplicate.unmerge(by=person("Roos"))

    assert (cause.issue, cause.share) == (duplicate, 60)


def test_an_issue_that_was_parked_when_it_was_merged_still_comes_back_by_itself(person):
    into, duplicate = make_issue(by=person("Mo")), make_issue(by=person("Eva"), status=Status.PARKED)
    until = duplicate.parked_until

    duplicate.merge(into=into, by=person("Roos"))
    duplicate.unmerge(by=person("Roos"))

    assert (duplicate.status, duplicate.parked_until) == (Status.PARKED, until)


def test_a_department_that_takes_the_lead_no_longer_just_contributes(person):
    issue = make_issue(by=person("Mo"), lead="KS")
    it, lo = make_department("IT"), make_department("LO")
    issue.edit(by=person("Mo"), contributing=[it, lo])

    issue.edit(by=person("Mo"), lead=it)

    assert issue.departments == [it, lo]


def test_no_issue_is_merged_with_itself_or_twice(person):
    one, two, three = (make_issue(t, by=person("Mo")) for t in ("Een", "Twee", "Drie"))

    with pytest.raises(Refused):
        one.merge(into=one, by=person("Roos"))
    one.merge(into=two, by=person("Roos"))
    with pytest.raises(Refused):
        one.merge(into=three, by=person("Roos"))
    with pytest.raises(Refused):
        three.merge(into=one, by=person("Roos"))


@pytest.mark.parametrize(
    ("story", "quote"),
    [
        ("", None),
        ("Klanten wachten lang.", None),
        ("Zo gaat het.\n\n> Ik heb het drie keer\n> doorgegeven.\n\nEn zo verder.", "Ik heb het drie keer doorgegeven."),
        ("Zij zei: “De mevrouw was heel aardig.” En hing op.", "De mevrouw was heel aardig."),
        ('"Rang at 1.30am in agony" / "I waited on the phone"', "Rang at 1.30am in agony"),
    ],
)
def test_what_a_customer_literally_said_is_found_in_the_story(story, quote):
    assert Issue(story=story).quote == quote
