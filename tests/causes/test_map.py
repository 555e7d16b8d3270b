"""The root-cause map: every figure counted again with loops, what comes in goes out, and nothing lies over anything else."""

import random
import re
import time
from collections import defaultdict
from itertools import combinations

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import User
from cxboard.causes.map import Narrowed, draw, root_causes
from cxboard.causes.map_queries import pain
from cxboard.causes.models import Category, Cause, Certainty, Problem, ProblemStatus
from cxboard.causes.pain import Explained, Hurt, Pain, Place, Source
from cxboard.causes.queries import Mark
from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence, Status
from cxboard.journeys.models import Journey, Stage
from tests.causes.test_pareto import OPEN, company
from tests.makers import make_cause, make_department, make_issue, make_problem

WEIGHED = {"reach": 1000, "severity": 4, "confidence": Confidence.HIGH}  # pain 4,000
FACTORS = {"low": 0.5, "medium": 0.8, "high": 1.0}


def address(**chosen: object) -> str:
    return "?" + "&".join(f"{k}={v}" for k, v in sorted(chosen.items()))


def staged(person, dice: random.Random) -> list[Stage]:
    """The issues of the company get a stage of one of two journeys, or none."""
    stages = [journey.add_stage(name) for journey in (Journey.named("Klant zijn"), Journey.named("Verhuizen")) for name in ("Begin", "Einde")]
    for issue in db.session.scalars(sa.select(Issue).order_by(Issue.id)).all():
        issue.edit(by=person("Roos"), stage=dice.choice([None, *stages]))
    db.session.commit()
    return stages


def recounted(person: User, keep_issue=lambda i: True, wanted=lambda p: True, partly=False) -> dict[tuple[str, int, str], float]:
    """(from where, issue, to which stage) and how much, with loops over the rows."""
    found: dict[tuple[str, int, str], float] = defaultdict(float)
    for issue in db.session.scalars(sa.select(Issue)):
        if issue.status.value not in OPEN or None in (issue.reach, issue.severity, issue.confidence) or not keep_issue(issue):
            continue
        whole = issue.reach * issue.severity * FACTORS[issue.confidence.value]
        seen = [c for c in issue.causes if c.problem.is_visible_to(person)]
        without, left = sum(c.share is None for c in seen), 100 - sum(c.share or 0 for c in seen)
        parts, rest = [], whole
        for cause in seen:
            carries = whole * (cause.share if cause.share is not None else left / without) / 100
            if cause.problem.status.value not in ("resolved", "rejected") and carries > 0:
                parts.append((cause.problem, carries))
                rest -= carries
        if partly and not any(wanted(p) for p, _n in parts):
            continue
        to = f"s{issue.stage_id}" if issue.stage_id else "s-none"
        for problem, carries in parts:
            found[f"p{problem.id}" if wanted(problem) else "others", issue.id, to] += carries
        if rest > 1e-6:
            found["rest", issue.id, to] += rest
    return found


@pytest.mark.parametrize("who", ["Roos", "Mo"])
def test_every_figure_is_what_a_recount_gives(person, who):
    dice = random.Random(11)
    company(person, dice)
    stages = staged(person, dice)
    reader, it = person(who), make_department("IT").id
    known, mine = pain(person(who)), recounted(person(who))
    problem = int(next(source for source, _i, _s in mine if source.startswith("p"))[1:])
    issue = next(i for _p, i, _s in mine)
    choices = [
        ({}, {}),
        ({"department": it}, {"wanted": lambda p: p.department_id == it, "partly": True}),
        ({"category": "systems"}, {"wanted": lambda p: p.category == Category.SYSTEMS, "partly": True}),
        ({"problem": problem}, {"wanted": lambda p: p.id == problem, "partly": True}),
        ({"journey": stages[0].journey_id}, {"keep_issue": lambda i: i.stage and i.stage.journey_id == stages[0].journey_id}),
        ({"stage": stages[1].id}, {"keep_issue": lambda i: i.stage_id == stages[1].id}),
        ({"stage": "none"}, {"keep_issue": lambda i: i.stage_id is None}),
        ({"issue": issue}, {"keep_issue": lambda i: i.id == issue}),
    ]
    for asked, how in choices:
        found = root_causes(known, Narrowed.of({k: str(v) for k, v in asked.items()}))
        expected = recounted(reader, **how)
        assert expected, f"nothing fits {asked}"
        assert {(r.source, r.issue.id, r.target): r.carries for r in found.rows} == {k: pytest.approx(v) for k, v in expected.items()}
        assert found.total == pytest.approx(sum(expected.values()))

        drawn = draw(found, address)
        sizes: dict[str, float] = defaultdict(float)
        for (source, number, stage), carries in expected.items():
            for key in (source, f"i{number}", stage):
                sizes[key] += carries
        assert {p.node.key: p.node.size for p in drawn.chart.nodes} == {k: pytest.approx(v) for k, v in sizes.items()}
    unexplained = root_causes(known, Narrowed(problem="none"))
    assert {r.issue.id for r in unexplained.rows} == {i for source, i, _s in mine if source == "rest"}


def test_who_may_not_see_a_restricted_problem_sees_no_trace_of_it(person, sign_in):
    roos = person("Roos")
    issue = make_issue(by=roos, **WEIGHED)
    secret = make_problem("Geheim", by=roos, department="HR", restricted=True)
    make_cause(issue, secret, by=roos, share=60)
    make_cause(issue, make_problem("Open", by=roos), by=roos)

    assert {(r.source, r.carries) for r in root_causes(pain(roos), Narrowed()).rows} == {("p1", 2400), ("p2", 1600)}
    assert {(r.source, r.carries) for r in root_causes(pain(person("Mo")), Narrowed()).rows} == {("p2", 4000)}
    mo = sign_in("Mo")
    for query in ("", "?view=table", f"?problem={secret.id}", f"?department={make_department('HR').id}", f"?issue={issue.id}"):
        text = mo.get(f"/causes{query}").text
        assert "Geheim" not in text
        assert secret.key not in text
    assert "Geheim" in sign_in("Roos").get("/causes").text


def test_what_a_solved_problem_explained_is_not_explained_while_the_issue_is_open(person):
    roos = person("Roos")
    solved = make_problem("Opgelost", by=roos)
    make_cause(make_issue(by=roos, **WEIGHED), solved, by=roos, share=75)
    solved.edit(by=roos, status=ProblemStatus.RESOLVED)

    assert [(r.source, r.carries) for r in root_causes(pain(roos), Narrowed()).rows] == [("rest", 4000)]


# a large company, without rows


def large(problems: int = 60, issues: int = 300, stages: int = 12, seed: int = 5) -> Pain:
    dice = random.Random(seed)
    places = {n: Place(n, f"Rekening en betalen {n}", 1 + n % 2, "Klant worden en verhuizen") for n in range(1, stages + 1)}
    departments = [Mark(n, f"AF{n}", f"Afdeling {n}", "hemel") for n in range(8)]
    sources = [
        Source(n, "Eindnota's worden op vrijdagmiddag met de hand gecontroleerd", dice.choice(list(Category)), ProblemStatus.CONFIRMED, False, dice.choice([None, *departments]))
        for n in range(1, problems + 1)
    ]
    hurts = {
        n: Hurt(n, "Verhuizing doorgeven lukt niet in één keer, ook niet met hulp", Status.NEW, dice.expovariate(1 / 900) + 1, dice.choice([None, *places]))
        for n in range(1, issues + 1)
    }
    links = []
    for hurt in hurts.values():
        for source in dice.sample(sources, min(problems, dice.choice([0, 1, 1, 2, 3]))):
            links.append(Explained(len(links), hurt, source, dice.choice([10.0, 20, 33]), True, dice.choice(list(Certainty))))
    return Pain(hurts, tuple(links), places)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("seed", range(4))
def test_the_tail_of_a_large_company_is_folded_and_nothing_lies_over_anything(app, seed):
    found = root_causes(large(seed=seed), Narrowed())
    chart = draw(found, address).chart

    columns = [[p for p in chart.nodes if p.column == c] for c in range(3)]
    assert [len(c) for c in columns] == [14, 20, 13]
    assert chart.height < 1000
    heads = [p.head for p in columns[0] + columns[1]]
    assert "and 48 more" in heads
    assert "and 281 more" in heads
    for column in columns:
        assert sum(p.node.size for p in column) == pytest.approx(found.total)
        assert [p.node.last for p in sorted(column, key=lambda p: p.y)] == sorted(p.node.last for p in column)
    shapes = [(p.x, p.y, p.x + p.width, p.y + p.height) for p in chart.nodes] + [p.box for p in chart.nodes]
    for one, other in combinations(shapes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 0.2 or other[3] <= one[1] + 0.2, (one, other)
    assert all(left >= 0 and right <= chart.width for left, _top, right, _bottom in shapes)


@pytest.mark.databases("sqlite")
def test_a_folded_tail_opens_by_its_address_and_draws_the_same(app):
    known = large()
    drawn = draw(root_causes(known, Narrowed()), address)
    href = drawn.of["more-issues"]["href"]
    assert href == "?all=issues&view=map"

    opened = draw(root_causes(known, Narrowed.of({"all": "issues", "view": "map"})), address)
    assert len([p for p in opened.chart.nodes if p.column == 1]) == 300
    assert {p.node.key: p.node.size for p in opened.chart.nodes if p.column == 0} == {p.node.key: pytest.approx(p.node.size) for p in drawn.chart.nodes if p.column == 0}
    assert "more-problems" in opened.of


@pytest.mark.databases("sqlite")
def test_a_path_is_what_hangs_together_with_a_node(app):
    marks = [Source(n, "P", Category.SKILLS, ProblemStatus.CONFIRMED, False, None) for n in (1, 2)]
    hurts = {n: Hurt(n, "I", Status.NEW, 100.0, stage) for n, stage in ((1, 7), (2, 8))}
    links = (Explained(1, hurts[1], marks[0], 100, True, Certainty.PROVEN), Explained(2, hurts[2], marks[0], 50, True, Certainty.PROVEN),
             Explained(3, hurts[2], marks[1], 50, True, Certainty.SUSPECTED))  # fmt: skip
    places = {n: Place(n, f"S{n}", 1, "J") for n in (7, 8)}
    paths = draw(root_causes(Pain(hurts, links, places), Narrowed()), address).paths

    assert paths["p1"] == "i1 i2 p1 s7 s8"
    assert paths["p2"] == "i2 p2 s8"
    assert paths["s7"] == "i1 p1 s7"
    assert paths["p1", "i1"] == "i1 p1 s7"
    assert paths["i2", "s8"] == "i2 p1 p2 s8"


@pytest.mark.databases("sqlite")
def test_a_node_narrows_the_map_and_one_that_did_leads_to_its_page(app):
    known = large(3, 9, 2)
    wide, narrow = (draw(root_causes(known, Narrowed(problem=p)), address).of for p in (None, 2))

    assert wide["p2"]["href"] == "?problem=2"
    assert narrow["p2"]["href"] == "/problems/2"
    assert narrow["others"]["href"] == "?"
    assert wide["rest"]["href"] == "?problem=none"


@pytest.mark.databases("sqlite")
def test_a_large_map_is_laid_out_well_within_its_half_second(app):
    known = large()
    began = time.process_time()
    draw(root_causes(known, Narrowed()), address)

    assert time.process_time() - began < 0.25


# the page


def test_everybody_opens_the_map_and_what_makes_no_sense_is_ignored(sign_in, person):
    company(person, random.Random(2))
    staged(person, random.Random(2))

    for who in ("Roos", "Finn", "Ada"):
        assert 'class="chart flow-map"' in sign_in(who).get("/causes").text
    client = sign_in("Mo")
    whole = client.get("/causes?view=map").text.count("data-node=")
    for nonsense in ("category=x", "department=99999999999", "department=x", "journey=-1", "view=x", "all=x,y", "sort=x", "page=0", "page=9999", "stage=x", "problem=１"):
        answer = client.get(f"/causes?{nonsense}")
        assert answer.status_code == 200
        assert answer.text.count("data-node=") == whole
    assert "Nothing fits this choice" in client.get("/causes?problem=999").text


def test_the_table_has_the_rows_of_the_map_and_is_sorted_by_its_address(sign_in, person):
    roos = person("Roos")
    for n, reach in enumerate((300, 100, 200)):
        issue = make_issue(f"Nummer {n}", by=roos, **WEIGHED | {"reach": reach})
        make_cause(issue, make_problem(f"Oorzaak {n}", by=roos), by=roos, share=40)
    client = sign_in("Finn")

    def rows(query: str) -> list[tuple[str, str]]:
        body = client.get(f"/causes?view=table{query}").text.partition("<tbody>")[2].partition("</tbody>")[0]
        return [(re.search(r"EX-\d+|Not explained yet", row)[0], re.search(r"CX-\d+", row)[0]) for row in body.split("<tr>")[1:]]

    assert rows("") == [("Not explained yet", "CX-1"), ("EX-1", "CX-1"), ("Not explained yet", "CX-3"), ("EX-3", "CX-3"), ("Not explained yet", "CX-2"), ("EX-2", "CX-2")]
    assert rows("&sort=-carries") == [("EX-2", "CX-2"), ("Not explained yet", "CX-2"), ("EX-3", "CX-3"), ("EX-1", "CX-1"), ("Not explained yet", "CX-3"), ("Not explained yet", "CX-1")]
    assert [p for p, _i in rows("&sort=problem")] == ["EX-1", "EX-2", "EX-3", *["Not explained yet"] * 3]
    assert [i for _p, i in rows("&sort=-issue")] == ["CX-3", "CX-3", "CX-2", "CX-2", "CX-1", "CX-1"]
    assert 'aria-sort="descending"' in client.get("/causes?view=table").text
    assert "data-node=" not in client.get("/causes?view=table").text
    assert 'id="map-rows"' not in client.get("/causes?view=map").text


def test_an_empty_map_says_what_belongs_there(sign_in, person):
    client = sign_in("Mo")
    assert "Nothing to draw yet" in client.get("/causes").text

    make_issue(by=person("Mo"), **WEIGHED)
    text = client.get("/causes").text
    assert "None of the pain is explained yet" in text
    assert "Not explained yet" in text


def test_the_map_and_the_pareto_ask_as_many_statements_with_ten_times_the_rows(sign_in, person, queries):
    roos, counts = person("Roos"), []
    client = sign_in("Mo")
    for more in (1, 10):
        for n in range(more):
            issue = make_issue(f"{more}.{n}", by=roos, **WEIGHED)
            Journey.named(f"Reis {more}.{n}").add_stage("Begin")
            make_cause(issue, make_problem(f"{more}.{n}", by=roos, department=f"D{more}{n}"), by=roos)
        counts.append([])
        for url in ("/causes", "/causes?view=table", "/problems?by=department", "/problems/pain"):
            client.get(url)
            with queries() as seen:
                assert client.get(url).status_code == 200
            counts[-1].append(len(seen))

    assert counts[0] == counts[1]
    assert counts[0][0] <= 9


def test_causes_are_not_counted_of_an_issue_that_is_merged_or_done(person):
    roos = person("Roos")
    problem = make_problem(by=roos)
    make_cause(make_issue(by=roos, status=Status.DONE, **WEIGHED), problem, by=roos)
    make_cause(make_issue(by=roos, **WEIGHED), problem, by=roos)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Cause)) == 2
    assert root_causes(pain(roos), Narrowed()).total == 4000
    assert db.session.get(Problem, problem.id).key in {r.problem.key for r in root_causes(pain(roos), Narrowed()).rows if r.problem}
