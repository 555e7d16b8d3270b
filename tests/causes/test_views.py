"""The list of problems and a problem's page, over HTTP: who gets what, and what a form answers."""

import re

import pytest
import sqlalchemy as sa

from cxboard.causes.models import Category, Problem, ProblemStatus
from cxboard.db import db
from cxboard.issues.status import Confidence
from tests.makers import make_cause, make_department, make_issue, make_problem

WEIGHED = {"reach": 1000, "severity": 4, "confidence": Confidence.HIGH}
EVERYBODY = ["Roos", "Mo", "Eva", "Finn", "Ada"]
NEW = {"title": "Iedereen typt over", "category": "systems", "department": "", "description": "**Zes** schermen"}


@pytest.fixture
def problem(person):
    return make_problem(by=person("Eva"))


def newest() -> Problem:
    return db.session.scalars(sa.select(Problem).order_by(Problem.id.desc())).first()


# the list


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_list_and_the_page(sign_in, problem, who):
    client = sign_in(who)

    assert problem.title in client.get("/problems").text
    assert problem.title in client.get(f"/problems/{problem.id}").text
    assert client.get(f"/problems/{problem.id}/leverage").status_code == 200


def test_who_is_not_signed_in_signs_in_first(client, problem):
    answer = client.get(f"/problems/{problem.id}")

    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_an_empty_list_offers_the_first_step(sign_in):
    assert "Signal the first" in sign_in("Mo").get("/problems").text
    assert "Signal the first" not in sign_in("Finn").get("/problems").text


def test_filters_are_addresses_and_what_makes_no_sense_is_ignored(sign_in, person, problem):
    make_problem("Regel", by=person("Eva"), category=Category.POLICY, department="FIN")
    client = sign_in("Mo")

    assert "Regel" not in client.get("/problems?category=systems").text
    assert problem.title not in client.get(f"/problems?department={make_department('FIN').id}").text
    assert "No problem fits" in client.get("/problems?category=culture").text
    for nonsense in ("category=x", "department=x", "department=99999999999999", "department=-1", "department=１", "status=", "page=0", "page=9e9", "page=999"):
        answer = client.get(f"/problems?{nonsense}")
        assert answer.status_code == 200
        assert problem.title in answer.text


def test_the_figure_in_the_list_opens_to_its_rows(sign_in, person, problem):
    issue = make_issue(by=person("Mo"), **WEIGHED)
    make_cause(issue, problem, by=person("Mo"), share=60)
    client = sign_in("Finn")

    assert f'href="/problems/{problem.id}/leverage"' in client.get("/problems").text
    row = client.get(f"/problems/{problem.id}/leverage", htmx=f"rows-{problem.id}").text
    assert row.strip().startswith("<tr")
    for figure in (issue.key, "4,000", "× 60%", "× 0.5", "1,200"):
        assert figure in row


def test_the_chart_folds_what_comes_after_the_eleventh(sign_in, person):
    eva = person("Eva")
    for n in range(14):
        make_cause(make_issue(by=eva, **WEIGHED | {"reach": 1000 - n}), make_problem(f"Nummer {n}", by=eva), by=eva)

    text = sign_in("Mo").get("/problems").text

    assert text.count('class="hit"') == 13  # and what is not explained, because they are all suspected
    assert "3 others" in text
    assert "7 problems explain 25%" in text


def test_the_chart_says_so_when_one_problem_carries_most(sign_in, person, problem):
    make_cause(make_issue(by=person("Mo"), **WEIGHED), problem, by=person("Mo"))

    assert f"{problem.key} explains 50%" in sign_in("Mo").get("/problems").text


def test_without_any_pain_there_is_no_chart_but_the_way_to_one(sign_in, problem):
    text = sign_in("Mo").get("/problems").text

    assert 'id="pareto"' not in text
    assert "no leverage to draw yet" in text


def test_a_long_list_has_pages(sign_in, person):
    eva = person("Eva")
    for n in range(101):
        Problem.signal(title=f"Nummer {n}", category=Category.SKILLS, by=eva)
    db.session.commit()
    client = sign_in("Mo")

    assert client.get("/problems").text.count('id="problem-') == 100
    assert client.get("/problems?page=2").text.count('id="problem-') == 1


def test_the_pages_ask_as_many_queries_with_ten_times_the_rows(sign_in, person, queries, problem):
    eva, mo = person("Eva"), person("Mo")
    first = make_issue(by=eva, **WEIGHED)
    make_cause(first, problem, by=eva, whys=["a", "b"])
    client, counts = sign_in(mo), []
    for more in (2, 20):
        for n in range(more):
            make_cause(make_issue(f"{more}.{n}", by=eva, **WEIGHED), problem, by=eva, whys=["x"])
            make_cause(first, make_problem(f"{more}.{n}", by=eva), by=eva, whys=["x", "y"])
        per_page = []
        for url in ("/problems", f"/problems/{problem.id}", f"/problems/{problem.id}/leverage", f"/issues/{first.id}", f"/issues/{first.id}/causes"):
            client.get(url)  # what is kept for a while is kept
            with queries() as seen:
                assert client.get(url).status_code == 200
            per_page.append(len([s for s in seen if s.lstrip().upper().startswith(("SELECT", "WITH"))]))
        counts.append(per_page)

    assert counts[0] == counts[1]


# signalling


def test_a_member_signals_a_problem(sign_in, person):
    answer = sign_in("Mo").post("/problems", data=NEW)

    problem = newest()
    assert (answer.status_code, answer.location) == (303, f"/problems/{problem.id}")
    assert (problem.title, problem.category, problem.department, problem.reporter) == (NEW["title"], Category.SYSTEMS, None, person("Mo"))
    assert "<strong>Zes</strong>" in sign_in("Finn").get(f"/problems/{problem.id}").text


def test_the_dialog_gets_the_form_alone_and_the_page_all_of_it(sign_in):
    client = sign_in("Mo")

    assert "<html" not in client.get("/problems/new", htmx="dialog-body").text
    assert "<html" in client.get("/problems/new").text
    assert 'id="dialog-title"' in client.get("/problems/new", htmx="dialog-body").text


def test_htmx_goes_to_the_new_problem(sign_in):
    answer = sign_in("Mo").post("/problems", data=NEW, htmx="dialog-body")

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == f"/problems/{newest().id}"


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "  \u202e "}, {"title": "x" * 161}, {"category": ""}, {"category": "nonsense"}, {"department": "99999"}, {"department": "x"}, {"description": "x" * 20_001}],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, rows, wrong):
    typed = {"description": "Dit blijft staan"} | wrong
    answer = sign_in("Mo").post("/problems", data=NEW | typed)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert typed["description"][:10] in answer.text
    assert rows("problem") == 0


def test_a_viewer_signals_nothing(sign_in):
    assert sign_in("Finn").get("/problems/new").status_code == 403
    assert sign_in("Finn").post("/problems", data=NEW).status_code == 403


def test_who_signals_a_restricted_problem_of_another_department_is_told_that_it_went_out_of_sight(sign_in, person):
    client = sign_in("Mo")
    answer = client.post("/problems", data=NEW | {"department": make_department("IT").id, "restricted": "y"})

    problem = newest()
    assert (answer.status_code, answer.location) == (303, "/problems")
    landed = client.get("/problems")
    assert "It is restricted" in landed.text
    assert problem.title not in landed.text
    assert client.get(f"/problems/{problem.id}").status_code == 404
    assert sign_in("Eva").get(f"/problems/{problem.id}").status_code == 200


# facts


@pytest.mark.parametrize(
    ("name", "typed", "attribute"),
    [
        ("title", "Beter gezegd", "Beter gezegd"),
        ("description", "Een\r\ntwee", "Een\ntwee"),
        ("category", "policy", Category.POLICY),
        ("status", "funded", ProblemStatus.FUNDED),
        ("employees", "1.200", 1200),
        ("hours_lost", "1,4", 1.4),
        ("investment", "165.000", 165000),
        ("restricted", "yes", True),
        ("department", "", None),
        ("employees", "", None),
    ],
)
def test_a_fact_is_edited_in_its_place(sign_in, problem, name, typed, attribute):
    client = sign_in("Eva")
    form = client.get(f"/problems/{problem.id}/facts/{name}", htmx=f"fact-{name}").text
    version = re.search(r'name="version" value="(\d+)"', form)

    answer = client.post(f"/problems/{problem.id}/facts/{name}", data={"value": typed, "version": version.group(1)})

    if name == "department":  # without it Eva still sees it, for it is not restricted
        assert client.get(f"/problems/{problem.id}").status_code == 200
    assert (answer.status_code, answer.location) == (303, f"/problems/{problem.id}")
    db.session.refresh(problem)
    assert getattr(problem, name) == attribute


def test_the_sponsor_is_a_person(sign_in, person, problem):
    sign_in("Eva").post(f"/problems/{problem.id}/facts/sponsor", data={"value": person("Finn").id})

    db.session.refresh(problem)
    assert problem.sponsor.name == "Finn Visser"


def test_cancelling_gives_the_fact_back(sign_in, problem):
    text = sign_in("Eva").get(f"/problems/{problem.id}/facts/category?shown=1", htmx="fact-category").text

    assert "Systems and tools" in text
    assert "<form" not in text


@pytest.mark.parametrize(
    ("name", "typed"),
    [("title", ""), ("category", ""), ("category", "x"), ("status", "done"), ("employees", "-1"), ("employees", "vijf"), ("employees", "9" * 30), ("hours_lost", "169"), ("hours_lost", "nan"), ("sponsor", "424242"), ("department", "x"), ("restricted", "maybe"), ("investment", "1e9")],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_value_is_said_at_the_field(sign_in, problem, name, typed, htmx):
    answer = sign_in("Eva").post(f"/problems/{problem.id}/facts/{name}", data={"value": typed}, htmx=f"fact-{name}" if htmx else False)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert ("<html" in answer.text) is not htmx


def test_an_older_version_shows_both_texts_and_keeps_the_newer(sign_in, problem):
    opened = problem.version
    eva = sign_in("Eva")
    eva.post(f"/problems/{problem.id}/facts/title", data={"value": "Van Eva", "version": opened})

    answer = sign_in("Roos").post(f"/problems/{problem.id}/facts/title", data={"value": "Van Roos", "version": opened}, htmx="fact-title")

    assert answer.status_code == 409
    assert "Van Eva" in answer.text
    assert "Van Roos" in answer.text
    db.session.refresh(problem)
    assert problem.title == "Van Eva"


@pytest.mark.parametrize(("who", "status"), [("Mo", 403), ("Finn", 403), ("Roos", 303), ("Ada", 303), ("Eva", 303)])
def test_only_the_department_and_regisseurs_edit(sign_in, problem, who, status):
    client = sign_in(who)

    assert client.post(f"/problems/{problem.id}/facts/title", data={"value": "Anders"}).status_code == status
    assert (f"/problems/{problem.id}/facts/title" in client.get(f"/problems/{problem.id}").text) is (status == 303)


@pytest.mark.parametrize("name", ["id", "version", "reporter", "created_at", "__class__", "x"])
def test_what_is_no_fact_is_not_there(sign_in, problem, name):
    assert sign_in("Eva").get(f"/problems/{problem.id}/facts/{name}").status_code == 404
    assert sign_in("Eva").post(f"/problems/{problem.id}/facts/{name}", data={"value": "1"}).status_code == 404


def test_a_member_who_would_shut_themselves_out_is_told_whom_to_ask(sign_in, person):
    problem = make_problem(by=person("Mo"))

    answer = sign_in("Mo").post(f"/problems/{problem.id}/facts/restricted", data={"value": "yes"})

    assert answer.status_code == 409
    assert "Ask the CX regisseur" in answer.text
    db.session.refresh(problem)
    assert not problem.restricted


@pytest.mark.parametrize("id", [0, 999, 2**31 - 1, 2**31, 2**64])
def test_a_problem_that_is_not_there_is_404(sign_in, id):
    client = sign_in("Roos")
    for url in ("", "/leverage", "/facts/title", "/issues", "/issues/choices"):
        assert client.get(f"/problems/{id}{url}").status_code == 404
