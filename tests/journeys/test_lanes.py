"""What a journey shows of each stage: every figure recounted from the rows, what is restricted, and how many statements that takes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.causes.journey import at_side, in_lane
from cxboard.causes.models import Cause
from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence, Status
from cxboard.journeys.lanes import CUSTOMER, EMPLOYEE, Asked, columns, sketches
from cxboard.journeys.models import Journey, Stage
from cxboard.journeys.moodline import draw, told
from cxboard.journeys.moods import Lane, step, words
from cxboard.journeys.queries import furnished, journeys
from cxboard.voices.models import Scale, Voice
from tests.makers import make_cause, make_department, make_issue, make_problem, make_voice


@pytest.fixture
def journey(person, at):
    """Four stages: one that is fine, one explained, one that nobody looked into, one with hidden causes only."""
    at("2026-11-23 09:00")
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    journey = Journey.named("Verhuizen", by=roos)
    fine, explained, blind, hidden = (journey.add_stage(n, by=roos) for n in ("Vinden", "Doorgeven", "Wachten", "Betalen"))
    for stage, moods in ((fine, (1, 2)), (explained, (-1, -1)), (blind, (-2, -1)), (hidden, (-1, -2))):
        for lane, mood in zip(Lane, moods, strict=True):
            stage.set_mood(lane, mood, by=roos)
    db.session.commit()
    weigh = {"severity": 3, "confidence": Confidence.MEDIUM}
    late = make_issue("Bevestiging komt te laat", by=mo, status=Status.ANALYSING, stage=explained, reach=200.0, **weigh)
    lost = make_issue("Bericht raakt kwijt", by=mo, stage=explained, reach=50.0, **weigh)
    make_issue("Nog niet gewogen", by=mo, stage=explained)
    make_issue("Klaar", by=mo, stage=explained, status=Status.DONE, reach=9000.0, **weigh)
    make_issue("Weken stil", by=mo, stage=blind, reach=10.0, **weigh)
    double = make_issue("Dubbel betaald", by=mo, stage=hidden, reach=20.0, **weigh)
    systems, secret = make_problem("Zes systemen", by=eva), make_problem("Iets over Jan", by=eva, restricted=True)
    make_cause(late, systems, by=mo)
    make_cause(lost, systems, by=mo)
    make_cause(late, secret, by=eva)
    make_cause(double, secret, by=eva)
    for n in range(4):
        make_voice(f"Wachten {n}", by=mo, stage=blind, score=n, scale=Scale.NPS, days=n)
    for score, scale in ((1, Scale.CSAT), (2, Scale.CSAT), (5, Scale.CSAT), (2, Scale.CSAT), (1, Scale.CSAT), (7, Scale.CES), (2, Scale.CES)):
        make_voice(f"Doorgeven {scale.value} {score}", by=mo, stage=explained, score=score, scale=scale, days=3)
    make_voice("Te oud", by=mo, stage=explained, score=5, scale=Scale.CSAT, days=90)
    make_voice("Weggelegd", by=mo, stage=explained, score=5, scale=Scale.CSAT).set_aside("reclame", by=mo)
    db.session.commit()
    return journey


def seen_by(person, journey):
    return {c.stage.name: c for c in columns([s for s in furnished(journey) if not s.archived], person)}


def test_every_figure_is_a_plain_recount_of_the_rows(person, journey):
    for name, column in seen_by(person("Finn"), journey).items():
        stage = db.session.scalar(sa.select(Stage).where(Stage.name == name))
        issues = [i for i in db.session.scalars(sa.select(Issue)) if i.stage_id == stage.id and i.status in (Status.NEW, Status.ANALYSING, Status.READY, Status.IN_PROGRESS, Status.VERIFYING)]
        assert column.issues == len(issues)
        assert column.pain == pytest.approx(sum(i.pain or 0 for i in issues))
        assert column.explained is any(c.issue_id in [i.id for i in issues] for c in db.session.scalars(sa.select(Cause)))
        scored = [v for v in db.session.scalars(sa.select(Voice)) if v.stage_id == stage.id and v.score is not None and not v.set_aside_at and v.said_on > clock.today() - timedelta(days=90)]
        good = [(v.score - {"nps": 0}.get(v.scale.value, 1)) / {"nps": 10, "csat": 4, "ces": 6}[v.scale.value] for v in scored]
        if len(good) >= 5:
            assert column.customer.value == pytest.approx(4 * sum(good) / len(good) - 2)
            assert column.customer.measured.n == len(good)
        else:
            assert column.customer.value == stage.mood(Lane.CUSTOMER).value
        csat = [v.score for v in scored if v.scale == Scale.CSAT]
        assert (column.score and (column.score.scale, column.score.mean, column.score.n)) == (("CSAT", pytest.approx(sum(csat) / len(csat)), len(csat)) if len(csat) >= 5 else None)
        assert column.employee.value == stage.mood(Lane.EMPLOYEE).value


def test_what_is_measured_counts_and_what_was_set_by_hand_waits_beside_it(person, journey):
    found = seen_by(person("Finn"), journey)
    assert found["Doorgeven"].customer.is_measured
    assert found["Doorgeven"].customer.by_hand.value == -1
    four = found["Wachten"].customer
    assert (four.is_measured, four.measured.n, four.value) == (False, 4, -2)

    stage = db.session.scalar(sa.select(Stage).where(Stage.name == "Wachten"))
    make_voice("Eindelijk", by=person("Mo"), stage=stage, score=10, scale=Scale.NPS)
    stage.set_mood(Lane.CUSTOMER, 2, by=person("Roos"))  # later, and still no match for what customers said
    db.session.commit()

    five = seen_by(person("Finn"), journey)["Wachten"].customer
    assert (five.is_measured, five.measured.n, five.value) == (True, 5, pytest.approx(4 * 0.32 - 2))


def test_a_stage_where_both_hurt_and_nobody_linked_a_cause_is_not_looked_into(person, journey):
    found = seen_by(person("Roos"), journey)

    assert [name for name, c in found.items() if c.hurts_both] == ["Doorgeven", "Wachten", "Betalen"]
    assert [name for name, c in found.items() if c.not_looked_into] == ["Wachten"]
    issue = db.session.scalar(sa.select(Issue).where(Issue.title == "Weken stil"))
    make_cause(issue, make_problem("Wachtlijst", by=person("Mo")), by=person("Mo"))
    assert not seen_by(person("Roos"), journey)["Wachten"].not_looked_into
    issue.move(Status.DONE, by=person("Roos"), reason="klaar")
    db.session.commit()
    assert seen_by(person("Roos"), journey)["Wachten"].not_looked_into  # only open issues count


def test_a_restricted_problem_is_said_to_be_there_and_no_more(person, journey):
    asked = Asked(tuple(s.id for s in journey.stages))

    def gaps(who):
        return {db.session.get(Stage, id).name: says.shown for id, says in in_lane(asked, person(who))["stages"].items()}

    assert {name: ([p.title for p in gap.first], gap.restricted) for name, gap in gaps("Mo").items()} == {"Doorgeven": (["Zes systemen"], True), "Betalen": ([], True)}
    for who in ("Eva", "Roos"):
        assert {name: ([p.title for p in gap.first], gap.restricted) for name, gap in gaps(who).items()} == {
            "Doorgeven": (["Zes systemen", "Iets over Jan"], False), "Betalen": (["Iets over Jan"], False),
        }  # fmt: skip
    assert gaps("Mo")["Doorgeven"].first[0].issues == 2
    assert [c.not_looked_into for c in seen_by(person("Mo"), journey).values()] == [c.not_looked_into for c in seen_by(person("Roos"), journey).values()]
    unexplained = [i.title for s in journey.stages for says in at_side(Asked((s.id,)), person("Mo"))["stages"].values() for i in says.shown.without]
    assert unexplained == ["Nog niet gewogen", "Weken stil"]


def test_the_newest_words_are_quoted_unless_others_are_pinned(person, journey):
    stage = db.session.scalar(sa.select(Stage).where(Stage.name == "Doorgeven"))

    def quote():
        return next(c.says.shown.quote for c in seen_by(person("Mo"), journey)["Doorgeven"].cells[CUSTOMER] if c.template.startswith("voices/"))

    make_voice("Vandaag gezegd", by=person("Mo"), stage=stage)
    assert (quote().text, quote().pinned) == ("Vandaag gezegd", False)
    issue = db.session.scalar(sa.select(Issue).where(Issue.title == "Bericht raakt kwijt"))
    older = make_voice("Vorige maand gezegd", by=person("Mo"), stage=stage, days=30, supports=issue)
    older.pin(issue, by=person("Mo"))
    db.session.commit()
    assert (quote().text, quote().pinned) == ("Vorige maand gezegd", True)
    older.set_aside("te oud", by=person("Mo"))
    db.session.commit()
    assert quote().text == "Vandaag gezegd"


def test_the_list_tells_the_same_as_the_journey(person, journey):
    Journey.named("Leeg")
    db.session.commit()

    empty, moving = sketches(journeys(), person("Finn"))

    full = list(seen_by(person("Finn"), journey).values())
    assert (empty.journey.name, empty.issues, empty.columns) == ("Leeg", 0, [])
    assert moving.issues == sum(c.issues for c in full) == 5
    assert [c.stage.name for c in moving.not_looked_into] == ["Wachten"]
    assert [(c.customer.value, c.employee.value, c.pain) for c in moving.columns] == [(c.customer.value, c.employee.value, c.pain) for c in full]


def test_the_mood_line_breaks_where_nobody_knows(person, journey):
    roos, stages = person("Roos"), journey.open_stages
    stages[1].set_mood(Lane.EMPLOYEE, None, by=roos)
    db.session.commit()
    found = list(seen_by(roos, journey).values())

    employee, customer = draw(found).lines

    assert [d.y is None for d in employee.chart.dots] == [False, True, False, False]
    assert len(employee.chart.paths) == 1
    assert [d.few for d in customer.chart.dots] == [True, False, True, True]  # hollow: set by hand
    assert customer.chart.dots[0].y < customer.chart.dots[2].y  # better is higher
    assert [d.x for d in customer.chart.dots] == [60, 180, 300, 420]
    assert "Doorgeven not known yet" in told(found)
    assert "Wachten −2" in told(found)


@pytest.mark.parametrize(("value", "mood"), [(2, 2), (1.5, 1), (0.6, 1), (0.5, 0), (-0.5, 0), (-0.51, -1), (-1.5, -1), (-2, -2)])
def test_a_mood_between_two_is_called_the_milder_one(value, mood):
    assert step(value) == mood
    assert words(value)


@pytest.mark.databases("sqlite")
def test_each_figure_opens_its_rows(sign_in, person, journey):
    finn, column = sign_in("Finn"), seen_by(person("Finn"), journey)["Doorgeven"]
    voices = next(c.says.shown for c in column.cells[CUSTOMER] if c.template.startswith("voices/"))

    for address, count in ((voices.href, voices.voices), (column.score.href, column.score.n), (voices.too_few[0].href, 2)):
        assert finn.get(address).text.count('class="said-link"') == count, address
    assert [i.title in finn.get(f"/board?stage={column.stage.id}").text for i in db.session.scalars(sa.select(Issue).where(Issue.stage_id == column.stage.id, Issue.status != Status.DONE))] == [True] * column.issues


@pytest.mark.databases("sqlite")
def test_more_stages_and_issues_take_as_many_statements(sign_in, person, journey, queries):
    def statements(url):
        with queries() as seen:
            assert sign_in("Mo").get(url).status_code == 200
        return len(seen)

    Journey.named("Nog een reis")
    db.session.commit()
    urls = ("/journeys", f"/journeys/{journey.id}", f"/journeys/{journey.id}/stages/{journey.stages[1].id}")
    few = [statements(url) for url in urls]
    roos, ks = person("Roos"), make_department("KS")
    problem = make_problem("Overal", by=roos)
    for n in range(6):
        stage = journey.add_stage(f"Fase {n}", by=roos)
        stage.edit(by=roos, tools=["CRM", "Telefoon"], departments=[ks], work="Bellen")
        stage.add_touchpoint("Bellen", by=roos)
        for lane in Lane:
            stage.set_mood(lane, -1, by=roos)
        make_cause(make_issue(f"Iets {n}", by=roos, stage=stage), problem, by=roos)
        make_voice(f"Zo is het {n}", by=roos, stage=stage, score=1, scale=Scale.CSAT)
    db.session.commit()

    assert [statements(url) for url in urls] == few
    assert max(few) <= 26
    assert EMPLOYEE in seen_by(roos, journey)["Fase 5"].cells
