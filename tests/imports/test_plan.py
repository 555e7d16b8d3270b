"""Every row is judged first; then everything is written at once, or nothing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import Department
from cxboard.causes.models import Category, Cause, Certainty, Problem
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.domain import Refused
from cxboard.history import Event
from cxboard.imports.plan import Plan
from cxboard.imports.reading import read
from cxboard.issues.models import Issue, Stay
from cxboard.issues.queries import standing_still
from cxboard.issues.status import Confidence, Status
from cxboard.issues.views import declined_reason
from cxboard.journeys.models import Journey
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.models import Review
from cxboard.reviews.queries import figures
from cxboard.reviews.sentences import why
from cxboard.reviews.steps import Step
from tests.imports.sheets import HEADER, ROWS, dutch
from tests.makers import make_department, make_problem


def plan(*rows: str, header: str = HEADER, **options) -> Plan:
    return Plan(read(dutch(*rows, header=header), "lijst.csv"), **options)


def issues() -> dict[str, Issue]:
    return {i.title: i for i in db.session.scalars(sa.select(Issue).order_by(Issue.rank))}


def sentences(found: Plan) -> str:
    return "\n".join(w.sentence for w in found.wrong)


def test_a_dutch_backlog_comes_in_as_it_is(person, at):
    at("2026-11-24 09:00")
    make_department("IT")
    found = plan()
    assert not found.wrong
    assert found.needed_departments == ["BAL", "C3", "HR"]

    done = found.carry_out(by=person("Roos"))
    db.session.commit()

    assert (done.added, done.here) == (5, 0)
    assert list(issues()) == ["Wachten (Balie)", "Folder klopt niet", "Formulier kwijt", "Parkeren", "Bellen lukt"]
    first = issues()["Wachten (Balie)"]
    assert (first.status, first.lead.code, first.reach, first.severity, first.stage.name) == (Status.NEW, "BAL", 8.4, 4, "Balie")
    assert first.stage.journey.name == "Lijst"
    assert first.story.startswith('"Ik stond er, 40 minuten ;-)"\n')
    assert first.created_at.date() == date(2026, 1, 11)
    assert first.confidence == Confidence.MEDIUM
    second = issues()["Folder klopt niet"]
    assert second.reach == 1200.5
    assert [d.code for d in second.contributing] == ["HR", "IT"]
    assert second.status == Status.READY


def test_a_suspected_problem_is_made_once_and_linked(person):
    plan().carry_out(by=person("Roos"))

    problems = {p.title: p for p in db.session.scalars(sa.select(Problem))}
    assert set(problems) == {"Te weinig mensen", "Oud systeem"}
    assert problems["Te weinig mensen"].category == Category.WORKLOAD
    assert [c.issue.title for c in problems["Te weinig mensen"].causes] == ["Wachten (Balie)", "Folder klopt niet"]
    cause = problems["Te weinig mensen"].causes[0]
    assert (cause.certainty, cause.evidence) == (Certainty.SUSPECTED, "12 keer")


def test_a_problem_that_is_here_is_used_again(person):
    there = make_problem("Te weinig mensen", by=person("Mo"), category=Category.WORKLOAD)
    found = plan()
    assert (found.new_problems(person("Roos")), found.causes) == (1, 3)

    found.carry_out(by=person("Roos"))

    assert len(there.causes) == 2


def test_the_preview_counts_the_problems_and_the_links_that_will_be_made(person):
    found = plan()
    assert (found.new_problems(person("Roos")), found.causes) == (2, 3)
    assert {"2 new EX problems.", "3 links from an issue to a suspected cause."} <= set(found.lines(person("Roos")))

    found.carry_out(by=person("Roos"))

    assert len(db.session.scalars(sa.select(Problem)).all()) == 2
    assert len(db.session.scalars(sa.select(Cause)).all()) == 3


def test_a_stage_of_any_journey_is_used_and_only_others_make_one_called_after_the_file(person):
    moving = Journey.named("Verhuizen", by=person("Ada"))
    moving.add_stage("balie", by=person("Ada"))
    db.session.commit()
    found = Plan(read(dutch(), "mijn-lijst_2026.csv"))
    assert (found.needed_stages, found.journey) == (["Thuis"], "Mijn lijst 2026")

    found.carry_out(by=person("Roos"))
    db.session.commit()

    assert issues()["Wachten (Balie)"].stage.journey is moving
    assert issues()["Folder klopt niet"].stage.journey.name == "Mijn lijst 2026"


def test_a_file_whose_name_says_nothing_makes_a_journey_called_import(person):
    assert Plan(read(dutch(), "---.csv")).journey == "Import"


def test_columns_that_mean_nothing_here_are_named(person):
    found = plan("Bellen lukt niet;Ik wacht lang;120;x", header="Titel;Wat er gebeurt;Klanten;Kleur")

    assert found.columns == ["title", "story", "reach", ""]
    assert found.left_out == ["Kleur"]
    assert "Left out: “Kleur”." in found.lines(person("Roos"))


def test_a_department_that_will_be_added_is_said_also_beside_what_is_wrong(person):
    found = plan("A;XYZ;3", "B;XYZ;9", header="Titel;Afdeling;Ernst")

    assert found.wrong
    assert found.needed_departments == ["XYZ"]
    assert "New departments: XYZ." in found.lines(person("Roos"))


def test_a_note_without_a_cause_becomes_a_comment(person):
    plan().carry_out(by=person("Roos"))

    comments = list(db.session.scalars(sa.select(Comment)))
    assert [(c.issue_id, c.text) for c in comments] == [(issues()["Formulier kwijt"].id, "navragen")]


def test_the_file_says_where_an_issue_stands_and_that_overrules_no_gate(person):
    plan().carry_out(by=person("Roos"))
    db.session.commit()

    started = issues()["Formulier kwijt"]
    assert started.status == Status.IN_PROGRESS
    happened = list(db.session.scalars(sa.select(Event).where(Event.issue_id == started.id).order_by(Event.id)))
    assert [e.kind for e in happened] == ["reported", "imported", "commented"]
    assert happened[1].after == {"file": "lijst.csv", "row": 4}


def test_since_when_an_issue_stands_where_it_stands_is_not_known_so_it_counts_from_the_import(person, at):
    now = at("2026-11-24 09:00")
    plan().carry_out(by=person("Roos"))
    db.session.commit()

    started = issues()["Formulier kwijt"]
    stay = db.session.scalars(sa.select(Stay).where(Stay.issue_id == started.id)).one()
    assert started.created_at.date() == date(2026, 5, 14)
    assert started.status_since == stay.since == started.touched_at == now
    assert (stay.status, stay.until) == (Status.IN_PROGRESS, None)
    assert db.session.scalars(sa.select(Issue).where(standing_still())).all() == []


def test_the_first_review_after_an_import_is_calm(person, at):
    at("2026-11-24 09:00")
    plan().carry_out(by=person("Roos"))
    db.session.commit()

    review = Review.plan_one(clock.now() + timedelta(hours=1), by=person("Roos"))
    items = agenda_for(review)

    assert [(i.step, i.issue.title, why(i)) for i in items] == [
        (Step.NEW, "Wachten (Balie)", "Brought in from lijst.csv, reported on 11 Jan."),
    ]
    assert {f.name: f.value for f in figures(review, person("Roos")) if f.name in ("started", "done", "still")} == {"started": 0, "done": 0, "still": 0}


def test_what_the_file_declined_keeps_its_note_as_the_reason(person):
    plan("7;Gratis koffie;;BAL;;Afgewezen;03-05-2026;;;;;;te duur").carry_out(by=person("Roos"))
    db.session.commit()

    declined = issues()["Gratis koffie"]
    assert declined.status == Status.DECLINED
    assert declined_reason(declined) == "te duur"
    assert db.session.scalars(sa.select(Comment)).all() == []


def test_parked_without_a_date_comes_back_in_thirty_days(person, at):
    at("2026-11-24 09:00")

    plan().carry_out(by=person("Roos"))

    assert issues()["Parkeren"].parked_until == date(2026, 12, 24)


def test_running_it_twice_adds_nothing(person, rows):
    plan().carry_out(by=person("Roos"))
    db.session.commit()
    before = {table: rows(table) for table in ("issue", "event", "problem", "cause", "comment", "stage", "department")}

    again = plan()
    done = again.carry_out(by=person("Roos"))
    db.session.commit()

    assert (done.added, done.here) == (0, 5)
    assert {table: rows(table) for table in before} == before


def test_a_title_that_the_team_changed_is_still_the_same_row(person):
    plan().carry_out(by=person("Roos"))
    issues()["Parkeren"].edit(by=person("Roos"), title="Parkeren bij de balie")
    db.session.commit()

    assert plan().here == 5


def test_a_number_that_is_another_issue_here_is_said(person):
    plan().carry_out(by=person("Roos"))
    db.session.commit()

    other = plan("2;Iets heel anders;;BAL;;Nieuw;;;;;;;")

    assert "Row 2" in sentences(other)
    assert "Folder klopt niet" in sentences(other)


def test_rows_without_a_number_are_known_by_their_title(person):
    header = "Titel;Afdeling"
    plan("Lange wachttijd;KS", header=header).carry_out(by=person("Roos"))

    assert plan("lange WACHTTIJD;KS", "Iets nieuws;KS", header=header).here == 1


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("9;;;BAL;;Nieuw;;;;;;;", "Verbeterpunt", "no title"),
        (f"9;{'x' * 161};;BAL;;Nieuw;;;;;;;", "Verbeterpunt", "161"),
        ("9;Titel;;BAL;;Halverwege;;;;;;;", "Status", "Halverwege"),
        ("9;Titel;;BAL;;Nieuw;31-02-2026;;;;;;", "Gemeld op", "27-11-2026"),
        ("9;Titel;;BAL;;Nieuw;01-01-2199;;;;;;", "Gemeld op", "to come"),
        ("9;Titel;;BAL;;Nieuw;;veel;;;;;", "Klanten per maand", "3200 or 4,6"),
        ("9;Titel;;BAL;;Nieuw;;-3;;;;;", "Klanten per maand", "3200 or 4,6"),
        ("9;Titel;;BAL;;Nieuw;;;6;;;;", "Ernst (1-5)", "from 1 to 5"),
        ("9;Titel;;BAL;;Nieuw;;;4;;Oorzaak;gevoel;", "Soort oorzaak", "workload"),
        ("9;Titel;;?;;Nieuw;;;;;;;", "Trekker", "KS"),
        ("9;Titel;;BAL;;Nieuw;;;;;;;x;nog een cel", "", "beyond the last header"),
        ("1;Titel;;BAL;;Nieuw;;;;;;;", "Nr", "row 2"),
    ],
)
def test_what_is_wrong_is_named_with_its_row_and_column(person, rows, row, column, says):
    found = plan(ROWS[0], row)

    assert "Row 3" in sentences(found)
    assert column in sentences(found)
    assert says in sentences(found)
    with pytest.raises(Refused, match="Row 3"):
        found.carry_out(by=person("Roos"))
    assert rows("issue") == 0


def test_row_900_of_a_thousand_is_wrong_and_nothing_is_written(person, rows):
    lines = [f"Verbeterpunt {n};KS;{n}" for n in range(2, 1002)]
    lines[898] = "Verbeterpunt 900;KS;veel"
    found = plan(*lines, header="Titel;Afdeling;Bereik")

    assert len(found.wrong) == 1
    assert "Row 900" in found.wrong[0].sentence
    with pytest.raises(Refused, match="Row 900"):
        found.carry_out(by=person("Roos"))
    db.session.commit()
    assert rows("issue") == rows("department") - 1 == 0


def test_an_owner_is_found_by_name_or_address_and_works_at_the_lead(person):
    header = "Titel;Afdeling;Eigenaar"
    mo = person("Mo")

    good = plan("A;KS;mo amrani", f"B;KS;{mo.email}", header=header)
    bad = plan("A;IT;Mo Amrani", "B;KS;Jan Onbekend", header=header)

    assert [d.facts["owner"] for d in good.drafts] == [mo, mo]
    assert "Mo Amrani" in sentences(bad)
    assert "Jan Onbekend" in sentences(bad)


def test_an_archived_department_is_not_used(person):
    make_department("OUD").archive(by=person("Ada"))

    assert "archived" in sentences(plan("A;OUD", header="Titel;Afdeling"))


def test_a_department_with_a_name_gets_a_code_of_its_own(person):
    make_department("KS", name="Klantenservice")

    found = plan("A;Klantenservice", "B;Kwaliteit Service", "C;kwaliteit service", "D;ks2", "E;zorg", header="Titel;Afdeling")

    assert [d.facts["lead"] for d in found.drafts] == ["KS", "KS2", "KS2", "KS2", "ZORG"]
    assert found.needed_departments == ["KS2", "ZORG"]
    assert found.told_departments == ["Kwaliteit Service (KS2)", "ZORG"]
    found.carry_out(by=person("Roos"))
    assert db.session.scalar(sa.select(Department.name).where(Department.code == "KS2")) == "Kwaliteit Service"


def test_english_headers_and_words_do_as_well(person):
    header = "Title,Lead department,Status,Reach (customers a month),Suspected EX problem,Kind of EX problem".replace(",", ";")

    found = plan("Bill is late;FIN;In progress;1,200.5;Old system;Systems and tools", header=header)

    facts = found.drafts[0].facts
    assert (facts["status"], facts["reach"], facts["category"]) == (Status.IN_PROGRESS, 1200.5, Category.SYSTEMS)


def test_without_a_title_column_it_asks_for_one(person):
    found = plan("x;y", header="Foo;Bar")

    assert "title" in found.wrong[0].sentence
    assert not plan("x;y", header="Foo;Bar", columns=["title", ""]).wrong
    assert "Two columns" in plan("x;y", header="Foo;Bar", columns=["title", "title"]).wrong[0].sentence


def test_a_thousand_rows_take_few_statements_to_judge(person, queries):
    with queries() as few:
        plan("A;KS", header="Titel;Afdeling")
    with queries() as many:
        plan(*[f"A{n};KS" for n in range(1000)], header="Titel;Afdeling")

    assert len(many) == len(few)
