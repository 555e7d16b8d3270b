"""The audit log: everything, for who may see it, by person, kind and day, and as a file."""

import csv
import io

import pytest

from cxboard.accounts.models import Department
from cxboard.audit.queries import PER_PAGE, Filter, matching
from cxboard.audit.views import row
from cxboard.db import db
from tests.makers import make_department, make_issue, make_problem

CANARY = "Kanarie in de kolenmijn"


def cells(answer):
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_newest_first_with_who_and_what(at, sign_in, person):
    at("2026-11-24 09:00")
    ks = make_department("KS", "Klantenservice")
    at("2026-11-24 10:00")
    ks.edit(by=person("Ada"), wip_limit=7)

    page = sign_in("Roos").get("/settings/audit").text

    assert "<b>Ada Bakker</b> changed limit of issues in progress from “3” to “7”" in page
    assert page.index("changed limit") < page.index("added the department Klantenservice")


def test_an_issue_is_named_and_linked(sign_in, person):
    issue = make_issue(by=person("Mo"))

    assert f'href="/issues/{issue.id}">CX-{issue.id}</a>' in sign_in("Roos").get("/settings/audit").text


@pytest.mark.parametrize(("query", "seen"), [
    ("", {"early", "late", "issue"}), ("kind=department", {"early", "late"}), ("kind=issue", {"issue"}), ("from=2026-11-24", {"late", "issue"}),
    ("to=2026-11-23", {"early"}), ("from=2026-11-23&to=2026-11-23", {"early"}), ("kind=nonsense", {"early", "late", "issue"}),
    ("from=ooit&to=nooit&before=x&person=%00", {"early", "late", "issue"}), ("person=999999999999999", {"early", "late", "issue"}),
    ("person=99999", set()),
])  # fmt: skip
def test_the_filter_is_the_address(at, sign_in, person, query, seen):
    at("2026-11-23 23:30")
    make_department("EA", "Vroeg")
    at("2026-11-24 00:30")
    make_department("LA", "Laat")
    make_issue(by=person("Mo"), lead=None)

    table = sign_in("Roos").get(f"/settings/audit?{query}").text.partition("<tbody>")[2]

    words = {"early": "department Vroeg", "late": "department Laat", "issue": "reported this"}
    assert {name for name, word in words.items() if word in table} == seen


def test_by_person(sign_in, person):
    make_issue(by=person("Mo"))
    make_department("KS").edit(by=person("Ada"), wip_limit=7)

    table = sign_in("Roos").get(f"/settings/audit?person={person('Mo').id}").text.partition("<tbody>")[2]

    assert "Mo Amrani" in table
    assert "changed limit" not in table


def test_pages_follow_each_other_without_gaps(sign_in, person):
    ks, ada = make_department("KS"), person("Ada")
    for n in range(PER_PAGE + 20):
        ks.edit(by=ada, mandate=1_000 + n)
    roos = sign_in("Roos")

    first = roos.get("/settings/audit?kind=department")
    older = first.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = roos.get(older)

    assert "kind=department" in older
    assert first.text.count("<tr><td") == PER_PAGE
    assert second.text.count("<tr><td") == 21  # twenty, and the department itself
    assert "Newest" in second.text


def test_a_restricted_problem_is_only_there_for_who_may_see_it(person, sign_in):
    make_problem(CANARY, by=person("Eva"), restricted=True)
    shown = {who: len(db.session.scalars(matching(Filter(kind="problem"), person(who))).all()) for who in ("Finn", "Mo", "Eva", "Roos")}

    assert shown["Finn"] == shown["Mo"] == 0
    assert shown["Eva"] == shown["Roos"] > 0
    assert sign_in("Mo").get("/settings/audit").status_code == 403
    assert CANARY not in sign_in("Mo").get("/settings/audit.csv").text


def test_the_file_holds_the_same_rows_and_no_formulas(sign_in, person):
    make_department("KS", "Klantenservice").edit(by=person("Ada"), name="Klant;contact, \"KC\"")
    person("Ada").edit(by=person("Ada"), name="=HYPERLINK(1)")

    answer = sign_in("Roos").get("/settings/audit.csv?kind=department")

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="cxboard-audit-')
    rows = cells(answer)
    assert rows[0] == ["Moment", "Who", "About", "What happened", "Reason"]
    assert rows[1][1:4] == ["'=HYPERLINK(1)", 'Klant;contact, "KC"', "'=HYPERLINK(1) changed name from “Klantenservice” to “Klant;contact, \"KC\"”"]
    assert len(rows) == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_no_cell_starts_a_formula(start):
    assert next(csv.reader(io.StringIO(row([f"{start}cmd()"]), newline=""))) == [f"'{start}cmd()"]


def test_ten_times_the_events_take_as_many_queries(sign_in, person, queries):
    make_issue(by=person("Mo"))
    roos = sign_in("Roos")
    with queries() as few:
        roos.get("/settings/audit")
    for n in range(20):
        Department.open(name=f"Afdeling {n}", code=f"A{chr(65 + n)}", by=person("Ada"))
        make_issue(f"Nummer {n}", by=person("Eva"))
    db.session.commit()
    with queries() as many:
        roos.get("/settings/audit")

    assert len(many) == len(few)


def test_an_empty_result_says_so(sign_in):
    assert "No change fits what you asked for." in sign_in("Roos").get("/settings/audit?from=2199-01-01").text
