"""Problems and causes: who judges, what fits, and what is never overwritten or given away."""

import pytest

from cxboard.causes.models import Category, Cause, Certainty, Problem, ProblemStatus
from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history.queries import last_of
from cxboard.history.sentences import sentence
from cxboard.permissions import allows
from tests.makers import make_cause, make_department, make_issue, make_person, make_problem


@pytest.fixture
def linked(person):
    return make_cause(make_issue(by=person("Mo")), make_problem(by=person("Mo")), by=person("Mo"), share=60, whys=["Een", "Twee"])


def test_a_link_is_suspected_until_the_department_confirms_it(person, linked, at):
    assert linked.certainty == Certainty.SUSPECTED

    at("2026-11-24 10:00")
    linked.confirm(Certainty.LIKELY, by=person("Eva"))

    assert (linked.certainty, linked.confirmed_by) == (Certainty.LIKELY, person("Eva"))
    assert linked.confirmed_at is not None


def test_a_confirmation_can_be_taken_back(person, linked):
    linked.confirm(Certainty.PROVEN, by=person("Eva"))
    linked.confirm(Certainty.SUSPECTED, by=person("Eva"))

    assert (linked.certainty, linked.confirmed_by, linked.confirmed_at) == (Certainty.SUSPECTED, None, None)


@pytest.mark.parametrize(("who", "may"), [("Eva", True), ("Mo", False), ("Roos", False), ("Ada", False), ("Finn", False)])
def test_only_people_of_the_department_that_has_the_problem_judge_it(person, linked, who, may):
    assert allows(person(who), "cause.confirm", linked) is may


@pytest.mark.parametrize(("who", "may"), [("Eva", False), ("Mo", False), ("Roos", True), ("Ada", True), ("Finn", False)])
def test_a_problem_that_no_department_has_is_judged_by_a_regisseur(person, who, may):
    cause = make_cause(make_issue(by=person("Mo")), make_problem(by=person("Mo"), department=None), by=person("Mo"))

    assert allows(person(who), "cause.confirm", cause) is may


def test_a_viewer_of_the_department_judges_nothing(person, linked):
    assert not allows(make_person("Vera", "viewer", ("IT",)), "cause.confirm", linked)


def test_a_pair_is_linked_once(person, linked):
    with pytest.raises(Refused, match="already"):
        Cause.link(issue=linked.issue, problem=linked.problem, by=person("Mo"))


def test_a_merged_issue_gets_no_causes(person):
    roos = person("Roos")
    kept, gone = make_issue(by=roos), make_issue(by=roos)
    gone.merge(into=kept, by=roos)

    with pytest.raises(Refused, match=kept.key):
        Cause.link(issue=gone, problem=make_problem(by=roos), by=roos)


def test_shares_add_up_to_a_hundred_at_most_and_the_error_says_what_is_left(person, linked):
    mo = person("Mo")
    other = make_cause(linked.issue, make_problem("Ander", by=mo), by=mo, share=40)

    third = make_problem("Derde", by=mo)
    with pytest.raises(Refused, match="0 % is left"):
        Cause.link(issue=linked.issue, problem=third, by=mo, share=1)
    db.session.refresh(other)
    with pytest.raises(Refused, match="60 % is left"):
        linked.revise(by=mo, share=61)


@pytest.mark.parametrize("share", [0, -1, 101])
def test_a_share_is_one_to_a_hundred(person, linked, share):
    with pytest.raises(Refused):
        linked.revise(by=person("Mo"), share=share)


def test_a_share_can_be_left_open_again(person, linked):
    linked.revise(by=person("Mo"), share=None)
    db.session.flush()

    assert linked.share is None
    assert "left the share" in sentence(last_of("cause", linked.id))


def test_what_still_fits_tells_nobody_the_share_of_a_cause_they_may_not_see(person, linked):
    roos, mo = person("Roos"), person("Mo")
    make_cause(linked.issue, make_problem("Geheim", by=roos, restricted=True), by=roos, share=15)
    db.session.refresh(linked.issue)

    for share in (61, 85, 86, 100):
        with pytest.raises(Refused, match="restricted") as refused:
            linked.revise(by=mo, share=share)
        assert "15" not in str(refused.value.message)
        assert "left." not in str(refused.value.message)
    linked.revise(by=mo, share=50)
    linked.revise(by=mo, share=None)
    assert linked.share is None


@pytest.mark.parametrize("count", [8, 20])
def test_more_than_seven_whys_are_too_many(person, linked, count):
    with pytest.raises(Refused, match="Seven"):
        Cause.link(issue=linked.issue, problem=make_problem("Ander", by=person("Mo")), by=person("Mo"), whys=[str(n) for n in range(count)])


def test_whys_keep_their_order_and_empty_ones_are_left_out(person, linked):
    other = make_cause(linked.issue, make_problem("Ander", by=person("Mo")), by=person("Mo"), whys=["Drie", " ", "Vier", "Een"])
    db.session.expire_all()

    assert (linked.whys, other.whys) == (["Een", "Twee"], ["Drie", "Vier", "Een"])


def test_what_two_people_change_at_once_is_not_overwritten(person, linked):
    opened = linked.version
    linked.revise(by=person("Eva"), version=opened, evidence="Van Eva")
    db.session.commit()

    with pytest.raises(Stale) as stale:
        linked.revise(by=person("Mo"), version=opened, evidence="Van Mo")
    assert stale.value.who == "Eva Smit"
    assert stale.value.fields == {"the evidence": ("Van Mo", "Van Eva")}


def test_two_people_may_change_different_things_of_a_link_at_once(person, linked):
    opened = linked.version
    linked.revise(by=person("Eva"), version=opened, evidence="Van Eva")
    db.session.commit()

    linked.revise(by=person("Mo"), version=opened, share=20)

    assert (linked.evidence, linked.share) == ("Van Eva", 20)


def test_a_link_that_is_taken_away_leaves_its_history(person, linked):
    issue, id = linked.issue, linked.id
    linked.unlink(by=person("Mo"))
    db.session.commit()

    assert issue.causes == []
    assert "took EX-" in sentence(last_of("cause", id))


def test_a_change_of_status_is_told_in_the_words_of_problems(person):
    problem = make_problem(by=person("Eva"))
    problem.edit(by=person("Eva"), status=ProblemStatus.FUNDED)
    db.session.flush()

    assert "from “Signalled” to “Funded”" in sentence(last_of("problem", problem.id))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("title", "Nieuw", "to “Nieuw”"),
        ("description", "Lang", "rewrote what employees"),
        ("category", Category.POLICY, "to “Policy and rules”"),
        ("restricted", True, "only the department"),
        ("employees", 85, "to “85”"),
        ("hours_lost", 1.25, "to “1.25”"),
        ("investment", 165000, "to “€ 165,000”"),
        ("department", None, "removed owning department"),
    ],
)
def test_every_change_of_a_fact_is_a_sentence(app, person, name, value, said):
    problem = make_problem(by=person("Roos"))
    problem.edit(by=person("Roos"), **{name: value})
    db.session.flush()

    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert said in sentence(last_of("problem", problem.id))


def test_a_fact_that_somebody_else_changed_meanwhile_is_not_overwritten(person):
    eva, roos = person("Eva"), person("Roos")
    problem = make_problem(by=eva)
    opened = problem.version
    problem.edit(by=eva, version=opened, status=ProblemStatus.CONFIRMED, employees=5)
    db.session.commit()

    problem.edit(by=roos, version=opened, hours_lost=2.0)
    with pytest.raises(Stale) as stale:
        problem.edit(by=roos, version=opened, status=ProblemStatus.REJECTED)
    assert stale.value.fields == {"status": ("Rejected", "Confirmed")}


def test_nobody_shuts_themselves_out_by_restricting_a_problem(person):
    mo = person("Mo")
    problem = make_problem(by=mo)

    with pytest.raises(Refused, match="yourself"):
        problem.edit(by=mo, restricted=True)


def test_the_circle_of_a_restricted_problem(person):
    problem = make_problem(by=person("Mo"), restricted=True)
    problem.sponsor = person("Finn")
    db.session.commit()

    seen = {n: problem.is_visible_to(person(n)) for n in ("Roos", "Mo", "Eva", "Finn", "Ada")}
    assert seen == {"Roos": True, "Mo": False, "Eva": True, "Finn": True, "Ada": True}
    for name, may in seen.items():
        assert bool(db.session.query(Problem).where(Problem.visible_to(person(name))).count()) is may


def test_a_department_that_is_archived_keeps_its_problems(person):
    problem = make_problem(by=person("Eva"))
    make_department("IT").archive(by=person("Ada"))

    assert problem.department.code == "IT"
