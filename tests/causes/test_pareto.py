"""The Pareto divides the pain of all open issues: every bar and every row behind it, counted again with loops."""

import random
import re

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import User
from cxboard.causes import pareto
from cxboard.causes.map_queries import pain
from cxboard.causes.models import Category, Certainty, Problem, ProblemStatus
from cxboard.causes.pareto import By
from cxboard.causes.queries import Asked, leverage
from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence, Status
from tests.causes.test_leverage import recounted
from tests.makers import make_cause, make_department, make_issue, make_problem

WEIGHED = {"reach": 1000, "severity": 4, "confidence": Confidence.HIGH}  # pain 4,000
OPEN = ("new", "analysing", "ready", "in_progress", "verifying")


def whole() -> float:
    """The pain of all open issues, with a loop."""
    total = 0.0
    for issue in db.session.scalars(sa.select(Issue)):
        if issue.status.value in OPEN and None not in (issue.reach, issue.severity, issue.confidence):
            total += issue.reach * issue.severity * {"low": 0.5, "medium": 0.8, "high": 1.0}[issue.confidence.value]
    return total


def company(person, dice: random.Random) -> None:
    """Problems of every kind, some restricted, solved or rejected, behind issues in every state."""
    eva, roos = person("Eva"), person("Roos")
    problems = [
        make_problem(f"P{n}", by=eva, department=dice.choice(["IT", "FIN", "HR", None]), category=dice.choice(list(Category)), restricted=dice.random() < 0.2)
        for n in range(14)
    ]
    for n in range(16):
        status = Status.DONE if n % 6 == 5 else dice.choice([Status.NEW, Status.ANALYSING, Status.READY])
        facts = WEIGHED | {"reach": dice.choice([None, 40, 900, 3000]), "confidence": dice.choice(list(Confidence))}
        issue, left = make_issue(f"I{n}", by=roos, status=status, **facts), 100
        for problem in dice.sample(problems, dice.randint(0, 4)):
            share = dice.choice([None, None, min(left, 10), min(left, 45)]) or None
            left -= share or 0
            make_cause(issue, problem, by=roos, share=share).confirm(dice.choice(list(Certainty)), by=roos)
    for problem, status in zip(problems, (ProblemStatus.RESOLVED, ProblemStatus.FIXING, ProblemStatus.RESOLVED, ProblemStatus.REJECTED), strict=False):
        problem.edit(by=roos, status=status)
    db.session.commit()


def open_points(person: User, keep) -> dict[int, float]:
    points = recounted(person)
    return {p.id: points[p.id] for p in db.session.scalars(sa.select(Problem)) if points.get(p.id) and keep(p)}


@pytest.mark.parametrize("who", ["Roos", "Mo"])
def test_every_bar_is_what_a_recount_gives(person, who):
    company(person, random.Random(7))
    reader = person(who)
    known, total = pain(reader), whole()
    assert known.total == pytest.approx(total)

    of = {
        By.PROBLEM: lambda p: str(p.id),
        By.CATEGORY: lambda p: p.category.value,
        By.DEPARTMENT: lambda p: str(p.department_id) if p.department_id else "none",
    }
    it = make_department("IT").id
    choices = [(Asked(), lambda p: p.status.value not in ("resolved", "rejected")), (Asked(status=ProblemStatus.RESOLVED), lambda p: p.status.value == "resolved"),
               (Asked(department=it), lambda p: p.status.value not in ("resolved", "rejected") and p.department_id == it)]  # fmt: skip
    for asked, keep in choices:
        points = open_points(reader, keep)
        others = sum(open_points(reader, lambda p: p.status.value not in ("resolved", "rejected") and p.id not in points).values())  # noqa: B023
        for by, part_of in of.items():
            sums: dict[str, float] = {}
            for id, n in points.items():
                sums[part_of(db.session.get(Problem, id))] = sums.get(part_of(db.session.get(Problem, id)), 0) + n
            found = pareto.draw(known, asked, by, str)
            assert found, "the company is too small for this choice"

            shown = {p.of: p.amount for p in found.parts if p.of != "tail"}
            assert shown == {k: pytest.approx(v) for k, v in sums.items() if k in shown}
            assert sum(p.amount for p in found.parts) == pytest.approx(sum(points.values()))
            rests = {p.of: p.amount for p in found.rests}
            assert rests.get("others", 0) == pytest.approx(others)
            assert rests.get("rest", 0) == pytest.approx(total - others - sum(points.values()))
            assert found.chart.steps[-1].cumulated == pytest.approx(100)
            for part in (*found.parts, *found.rests):
                rows = pareto.behind(known, asked, by, part.of)
                assert rows.total == pytest.approx(part.amount)
                assert sum([*(r.points for r in rows.links), *(r.rest for r in rows.left)]) == pytest.approx(part.amount)
    assert pareto.behind(known, Asked(), By.PROBLEM, "all").total == pytest.approx(total)


def test_the_order_and_the_added_up_line_are_those_of_the_list(person):
    company(person, random.Random(3))
    eva = person("Eva")
    ranked = [p for p in leverage(eva) if p.leverage]
    found = pareto.draw(pain(eva), Asked(), By.PROBLEM, str)

    so_far, expected = 0.0, {}
    for problem in ranked:
        so_far += problem.leverage
        expected[problem.id] = pytest.approx(100 * so_far / whole())
    assert found.added_up() == expected
    assert [p.of for p in found.parts][:5] == [str(p.id) for p in ranked][:5]


def test_the_title_says_how_few_carry_half_of_what_is_explained(person):
    eva = person("Eva")
    for reach, category in ((100, Category.SKILLS), (50, Category.POLICY), (40, Category.POLICY), (10, Category.CULTURE)):
        cause = make_cause(make_issue(by=eva, **WEIGHED | {"reach": reach}), make_problem(by=eva, category=category), by=eva)
        cause.confirm(Certainty.PROVEN, by=eva)
    make_issue(by=eva, **WEIGHED | {"reach": 200})
    known = pain(eva)

    assert pareto.draw(known, Asked(), By.PROBLEM, str).finding == "EX-1 explains 25% of the pain"
    assert pareto.draw(known, Asked(category=Category.POLICY), By.PROBLEM, str).finding == "EX-2 explains 12% of the pain"
    assert pareto.draw(known, Asked(), By.CATEGORY, str).finding == "Skills and knowledge: this kind of cause explains 25% of the pain"
    assert pareto.draw(known, Asked(), By.DEPARTMENT, str).finding == "Afdeling IT: problems in its house explain 50% of the pain"
    assert pareto.draw(known, Asked(category=Category.WORKLOAD), By.PROBLEM, str) is None


def test_what_a_restricted_problem_explains_is_not_explained_for_who_may_not_see_it(person, sign_in):
    roos = person("Roos")
    issue = make_issue(by=roos, **WEIGHED)
    make_cause(issue, make_problem("Geheim", by=roos, department="HR", restricted=True, category=Category.CULTURE), by=roos, share=60).confirm(Certainty.PROVEN, by=roos)
    make_cause(issue, make_problem("Open", by=roos), by=roos, share=10).confirm(Certainty.PROVEN, by=roos)

    drawn = {who: [pareto.draw(pain(person(who)), Asked(), by, str) for by in By] for who in ("Roos", "Mo")}
    seen = {who: {p.of: p.amount for found in every for p in found.parts + found.rests} for who, every in drawn.items()}
    assert (seen["Roos"]["rest"], seen["Mo"]["rest"]) == (1200, 3600)
    assert [{p.name for p in found.parts} for found in drawn["Roos"][1:]] == [{"Culture and leadership", "Systems and tools"}, {"Afdeling HR", "Afdeling IT"}]
    assert [{p.name for p in found.parts} for found in drawn["Mo"][1:]] == [{"Systems and tools"}, {"Afdeling IT"}]
    mo = sign_in("Mo")
    for page in ("/problems", "/problems?by=category", "/problems/pain?of=rest", "/problems/pain?of=all"):
        assert "Geheim" not in mo.get(page).text
    assert mo.get("/problems/pain?by=category&of=culture").status_code == 404


def test_every_figure_opens_its_rows(sign_in, person):
    company(person, random.Random(5))
    client = sign_in("Finn")

    for by in By:
        text = client.get(f"/problems?by={by.value}&category=").text
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/problems/pain\?[^"]+)"', text)}
        assert len(links) > 4
        for link in links:
            page, part = client.get(link), client.get(link, htmx="dialog-body")
            assert (page.status_code, part.status_code) == (200, 200)
            assert 'id="dialog-title"' in part.text
            assert "<html" not in part.text
    assert client.get("/problems?by=x").text.count('id="pareto"') == 1
    for nonsense in ("of=x", "of=999", "by=category&of=1", "of=tail"):
        assert client.get(f"/problems/pain?{nonsense}&category=skills").status_code == 404
