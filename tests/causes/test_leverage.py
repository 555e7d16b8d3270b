"""The leverage of a problem is the sum that product.md describes, counted again here in plain Python."""

import random
from collections import defaultdict

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import User
from cxboard.causes import queries as causes
from cxboard.causes.models import Category, Cause, Certainty, Problem, ProblemStatus
from cxboard.causes.queries import Asked
from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence, Status
from tests.makers import make_cause, make_department, make_issue, make_problem

WEIGHED = {"reach": 1000, "severity": 4, "confidence": Confidence.HIGH}  # pain 4,000


def recounted(person: User) -> dict[int, float]:
    """pain x share x certainty, with loops."""
    by_issue: dict[int, list[Cause]] = defaultdict(list)
    for cause in db.session.scalars(sa.select(Cause)):
        if not cause.problem.restricted or person.is_regisseur or person.id == cause.problem.sponsor_id or cause.problem.department_id in person.department_ids:
            by_issue[cause.issue_id].append(cause)
    total: dict[int, float] = defaultdict(float)
    for its_causes in by_issue.values():
        left, open_ones = 100.0, 0
        for cause in its_causes:
            left -= cause.share or 0
            open_ones += cause.share is None
        for cause in its_causes:
            issue = cause.issue
            if issue.status.value not in ("new", "analysing", "ready", "in_progress", "verifying"):
                continue
            if issue.reach is None or issue.severity is None or issue.confidence is None:
                continue
            pain = issue.reach * issue.severity * {"low": 0.5, "medium": 0.8, "high": 1.0}[issue.confidence.value]
            share = cause.share if cause.share is not None else left / open_ones
            total[cause.problem_id] += pain * share / 100 * (0.5 if cause.certainty.value == "suspected" else 1)
    return total


def ranked(person: User, **asked: object) -> dict[str, float]:
    return {p.title: round(p.leverage, 6) for p in causes.leverage(person, Asked(**asked))}


def test_a_confirmed_share_counts_whole_and_a_suspected_one_half(person):
    eva = person("Eva")
    issue = make_issue(by=eva, **WEIGHED)
    make_cause(issue, make_problem("Suspected", by=eva), by=eva, share=50)
    make_cause(issue, make_problem("Confirmed", by=eva), by=eva, share=30).confirm(Certainty.LIKELY, by=eva)

    assert ranked(eva) == {"Confirmed": 1200, "Suspected": 1000}


def test_shares_that_nobody_gave_split_what_the_given_ones_leave(person):
    eva = person("Eva")
    issue = make_issue(by=eva, **WEIGHED)
    make_cause(issue, make_problem("Given", by=eva), by=eva, share=40)
    for title in ("One", "Two", "Three"):
        make_cause(issue, make_problem(title, by=eva), by=eva).confirm(Certainty.PROVEN, by=eva)

    assert ranked(eva) == {"Given": 800, "One": 800, "Two": 800, "Three": 800}


def test_when_the_given_shares_explain_all_the_others_move_nothing(person):
    eva = person("Eva")
    issue = make_issue(by=eva, **WEIGHED)
    make_cause(issue, make_problem("All", by=eva), by=eva, share=100)
    make_cause(issue, make_problem("Rest", by=eva), by=eva)

    assert ranked(eva) == {"All": 2000, "Rest": 0}


@pytest.mark.parametrize("status", [Status.DONE, Status.PARKED, Status.DECLINED])
def test_only_open_issues_count(person, status):
    eva = person("Eva")
    problem = make_problem(by=eva)
    make_cause(make_issue(by=eva, status=status, **WEIGHED), problem, by=eva)

    assert [(p.leverage, p.issues) for p in causes.leverage(eva)] == [(0, 0)]
    assert [(c.points, c.status) for c in causes.contributions(problem, eva)] == [(0, status)]


def test_a_problem_without_issues_and_an_issue_without_pain_are_listed_with_nothing(person):
    eva = person("Eva")
    unknown = make_problem("Of an issue without pain", by=eva)
    make_problem("Alone", by=eva)
    make_cause(make_issue(by=eva, reach=100), unknown, by=eva)

    assert ranked(eva) == {"Of an issue without pain": 0, "Alone": 0}
    assert [c.pain for c in causes.contributions(unknown, eva)] == [None]


def test_solved_and_rejected_problems_are_listed_only_when_asked_for(person):
    eva = person("Eva")
    make_problem("Solved", by=eva).edit(by=eva, status=ProblemStatus.RESOLVED)
    make_problem("Open", by=eva)

    assert list(ranked(eva)) == ["Open"]
    assert list(ranked(eva, status=ProblemStatus.RESOLVED)) == ["Solved"]


def test_the_list_is_filtered_by_category_and_department(person):
    eva = person("Eva")
    make_problem("Rule", by=eva, department="FIN", category=Category.POLICY)
    make_problem("Screen", by=eva)

    assert list(ranked(eva, category=Category.POLICY)) == ["Rule"]
    assert list(ranked(eva, department=make_department("IT").id)) == ["Screen"]
    assert ranked(eva, category=Category.POLICY, department=make_department("IT").id) == {}


def test_portions_add_up_to_all_and_the_largest_comes_first(person):
    eva = person("Eva")
    for reach in (100, 400, 300, 200):
        make_cause(make_issue(by=eva, **WEIGHED | {"reach": reach}), make_problem(str(reach), by=eva), by=eva, share=100)

    found = causes.leverage(eva)

    assert [p.title for p in found] == ["400", "300", "200", "100"]
    assert [p.portion for p in found] == pytest.approx([40, 30, 20, 10])
    assert [p.cumulated for p in found] == pytest.approx([40, 70, 90, 100])


def test_a_restricted_cause_is_unexplained_to_others_so_that_its_share_can_not_be_worked_out(person):
    eva, mo, roos = person("Eva"), person("Mo"), person("Roos")
    issue = make_issue(by=eva, **WEIGHED)
    make_cause(issue, make_problem("Restricted", by=eva, restricted=True), by=eva, share=60)
    make_cause(issue, make_problem("Known", by=eva), by=eva)

    assert ranked(roos) == {"Restricted": 1200, "Known": 800}
    assert ranked(mo) == {"Known": 2000}
    assert causes.causes_of(issue, mo).unexplained == 100
    assert causes.causes_of(issue, mo).restricted
    assert not causes.causes_of(issue, roos).restricted


@pytest.mark.parametrize("seed", range(4))
def test_any_board_gives_the_same_sums_as_a_plain_recount(person, seed):
    dice = random.Random(seed)
    eva, mo, finn, roos, ada = (person(n) for n in ("Eva", "Mo", "Finn", "Roos", "Ada"))
    problems = [
        make_problem(f"Problem {n}", by=roos, department=dice.choice(["IT", "KS", "FIN", None]), restricted=dice.random() < 0.3) for n in range(9)
    ]
    problems[0].edit(by=roos, sponsor=finn, restricted=True)
    for n in range(14):
        facts = {"reach": dice.choice([None, 10, 250.5, 3200]), "severity": dice.choice([None, 1, 5]), "confidence": dice.choice([None, *Confidence])}
        issue = make_issue(f"Issue {n}", by=roos, status=dice.choice([*Status][:8]), **facts)
        for problem in dice.sample(problems, dice.randint(0, 4)):
            free = 100 - sum(c.share or 0 for c in issue.causes)
            share = dice.choice([None, *([dice.randint(1, free)] if free else [])])
            Cause.link(issue=issue, problem=problem, by=roos, share=share).confirm(dice.choice([*Certainty]), by=roos)
    db.session.commit()

    for somebody in (eva, mo, finn, roos, ada):
        mine = recounted(somebody)
        listed = causes.leverage(somebody)
        assert {p.id: p.leverage for p in listed} == {p.id: pytest.approx(mine[p.id]) for p in listed}
        assert {p.id for p in listed} == {p.id for p in problems if p.is_visible_to(somebody)}
        for row in listed:
            opened = causes.contributions(db.session.get_one(Problem, row.id), somebody)
            assert sum(c.points for c in opened) == pytest.approx(row.leverage)
            assert sum(c.status.is_open for c in opened) == row.issues
            unsure = sum(c.points for c in opened if c.certainty == Certainty.SUSPECTED)
            assert unsure == pytest.approx(row.suspected)


def test_one_query_ranks_them_all_however_many_there_are(person, queries):
    eva = person("Eva")
    counts = []
    for more in (3, 30):
        for n in range(more):
            make_cause(make_issue(f"Issue {more}.{n}", by=eva, **WEIGHED), make_problem(f"Problem {more}.{n}", by=eva), by=eva)
        db.session.expire_all()
        eva.department_ids  # noqa: B018  the reader is loaded by the request already
        with queries() as seen:
            causes.leverage(eva)
        counts.append(len([s for s in seen if s.lstrip().upper().startswith("SELECT")]))

    assert counts == [1, 1]


def test_the_pain_of_an_issue_in_sql_is_the_pain_of_the_issue(person):
    eva = person("Eva")
    for confidence in Confidence:
        make_issue(by=eva, reach=123.4, severity=3, confidence=confidence)

    for issue in db.session.scalars(sa.select(Issue)):
        assert db.session.scalar(sa.select(causes.PAIN).where(Issue.id == issue.id)) == pytest.approx(issue.pain)
