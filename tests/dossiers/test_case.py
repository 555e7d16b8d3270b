"""The dossier as a reader sees it: its figures equal a plain recount from the rows, and what is kept is kept with who and when."""

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.causes.models import Certainty
from cxboard.db import db
from cxboard.domain import Stale
from cxboard.dossiers.models import Assumption, Dossier, seen_as
from cxboard.dossiers.queries import Origin, case, earlier_values
from cxboard.dossiers.reckoning import Name, Part, Range
from cxboard.history import Event
from cxboard.history.sentences import sentence
from tests.dossiers.making import assume_all, make_problem_of
from tests.makers import make_cause, make_issue, make_problem


def likely(found):
    return {a.name: a.now.likely for a in found.assumed.values() if a.now}


def test_every_figure_equals_a_plain_recount_of_the_rows(person):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem, _issues = make_problem_of(mo, eva)
    assume_all(problem, eva, roos)
    found = case(problem, mo)

    rows = db.session.execute(sa.text(
        "select i.reach, i.severity, c.share, c.certainty from cause c join issue i on i.id = c.issue_id where c.problem_id = :p and i.status not in ('done', 'declined', 'merged', 'parked')"
    ), {"p": problem.id}).all()  # fmt: skip
    half = {"suspected": 0.5, "likely": 1.0, "proven": 1.0}
    customers = sum(reach * share / 100 * half[certainty] for reach, _severity, share, certainty in rows)
    leverage = sum(reach * severity * share / 100 * half[certainty] for reach, severity, share, certainty in rows)
    [(employees, hours, asked)] = db.session.execute(sa.text("select employees, hours_lost, investment from problem where id = :p"), {"p": problem.id})
    kept = {(n, p): v for n, p, v in db.session.execute(sa.text("select name, problem_id, likely from assumption"))}
    value = lambda name: kept.get((name, problem.id), kept.get((name, None)))  # noqa: E731
    lost = employees * hours * value("weeks") * value("hour_cost")
    calls = 12 * value("contacts") * value("contact_cost")
    leaving = 12 * customers * value("leave_chance") / 100 * value("customer_value")
    benefit = (lost + calls + leaving) * value("won_back") / 100 - value("running")

    assert customers == pytest.approx(500 + 60)
    assert found.leverage == pytest.approx(leverage)
    assert found.share == pytest.approx(100 * leverage / (1_000 * 4 + 400 * 4))
    parts = {part: r.likely for part, r in found.figures.parts.items() if r}
    assert parts == pytest.approx({Part.HOURS: lost, Part.CONTACTS: calls, Part.CUSTOMERS: leaving})
    assert found.figures.cost.likely == pytest.approx(lost + calls + leaving)
    assert found.figures.payback.likely == pytest.approx(12 * asked / benefit)
    touched = found.assumed[Name.CUSTOMERS]
    assert (touched.origin, touched.now) == (Origin.ROWS, Range(500, 560, 620))


def test_what_is_not_known_is_said_and_by_whom_it_could_be(person):
    problem, _issues = make_problem_of(person("Mo"), person("Eva"))
    found = case(problem, person("Finn"))

    assert found.figures.cost is None
    said = " ".join(u.what + u.who for u in found.unknown)
    for words in ("Weeks worked, Cost of an hour", "Human resources", "Extra contacts", "How much of the cost goes away", "Only suspected as a cause of CX-2"):
        assert words in said


def test_what_a_reader_may_not_see_is_not_in_their_figures(person):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem, issues = make_problem_of(mo, eva)
    secret = make_problem("Teamleider houdt tegen", by=eva, department="IT", restricted=True)
    before = case(problem, mo).leverage
    make_cause(make_issue("Klacht", by=mo, reach=50.0), secret, by=eva, share=40)
    make_cause(issues[0], secret, by=eva).confirm(Certainty.PROVEN, by=eva)
    db.session.commit()

    assert case(problem, mo).leverage == before
    assert secret.id not in [r.id for r in case(problem, mo).ranking]
    assert secret.id in [r.id for r in case(problem, roos).ranking]


def test_each_change_is_kept_with_who_and_when_and_earlier_values_stay_readable(person, at):
    problem, _issues = make_problem_of(person("Mo"), person("Eva"))
    at("2026-11-03 10:00")
    Assumption.keep(problem, Name.CONTACTS, Range(1, 4, 9), by=person("Eva"), guess=True)
    at("2026-11-10 10:00")
    kept = Assumption.keep(problem, Name.CONTACTS, Range(3, 5, 6), by=person("Mo"), source="Geteld in week 44")
    db.session.commit()

    assert (kept.range, kept.source, kept.guess, kept.by.name, kept.at) == (Range(3, 5, 6), "Geteld in week 44", False, "Mo Amrani", clock.now())
    said = [sentence(e).striptags() for e in earlier_values(kept)]
    assert said == [
        "Mo Amrani changed the assumption “Extra contacts” of the dossier from 4 (1 to 9), a guess to 5 (3 to 6), Geteld in week 44",
        "Eva Smit set the assumption “Extra contacts” of the dossier to 4 (1 to 9), a guess",
    ]
    assert db.session.scalar(sa.select(sa.func.count()).where(Event.kind.like("assumption%"), Event.problem_id == problem.id)) == 2


def test_a_fact_of_the_problem_stays_one_truth(person):
    eva = person("Eva")
    problem, _issues = make_problem_of(person("Mo"), eva)
    Assumption.keep(problem, Name.HOURS, Range(1, 2.5, 4), by=eva, source="Tijdmeting")
    assert problem.hours_lost == 2.5
    problem.edit(by=eva, hours_lost=5.0)
    db.session.commit()
    assert case(problem, eva).assumed[Name.HOURS].now == Range(1, 5, 5), "changed elsewhere, it still lies within its range"
    Assumption.keep(problem, Name.HOURS, None, by=eva)
    assert problem.hours_lost is None
    assert Name.HOURS not in case(problem, eva).values


def test_a_dossier_goes_by_the_company_until_it_has_a_value_of_its_own(person):
    roos, eva = person("Roos"), person("Eva")
    problem, _issues = make_problem_of(person("Mo"), eva)
    Assumption.keep(None, Name.HOUR_COST, Range(45, 48, 52), by=roos, source="Finance")
    assert case(problem, eva).assumed[Name.HOUR_COST].origin == Origin.COMPANY
    Assumption.keep(problem, Name.HOUR_COST, Range.only(60), by=eva, source="Inhuur")
    assert likely(case(problem, eva))[Name.HOUR_COST] == 60
    Assumption.keep(problem, Name.HOUR_COST, None, by=eva)
    assert likely(case(problem, eva))[Name.HOUR_COST] == 48


def test_whoever_kept_another_value_meanwhile_is_not_overwritten(person):
    roos, eva = person("Roos"), person("Eva")
    problem, _issues = make_problem_of(person("Mo"), eva)
    seen = seen_as(problem, Name.HOURS, None)
    Assumption.keep(problem, Name.HOURS, Range.only(2), by=eva, source="Team", seen=seen)
    db.session.commit()
    with pytest.raises(Stale) as told:
        Assumption.keep(problem, Name.HOURS, Range.only(3), by=roos, source="Ik", seen=seen)
    assert told.value.who == "Eva Smit"
    assert next(iter(told.value.fields.values())) == ("3, Ik", "2, Team")
    Assumption.keep(problem, Name.HOURS, Range.only(2), by=roos, source="Team", seen=seen)  # the same is no conflict


def test_what_is_asked_is_kept_and_guarded(person):
    roos, eva = person("Roos"), person("Eva")
    problem, _issues = make_problem_of(person("Mo"), eva)
    Dossier.put(problem, ask="Eén scherm", decide_by=clock.today(), by=eva, version=0)
    db.session.commit()
    with pytest.raises(Stale):
        Dossier.put(problem, ask="Twee schermen", decide_by=None, by=roos, version=0)
    assert Dossier.of(problem).ask == "Eén scherm"


@pytest.mark.databases("sqlite")
def test_a_case_takes_as_many_statements_with_ten_times_the_rows(person, queries):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem, _issues = make_problem_of(mo, eva)
    assume_all(problem, eva, roos)
    with queries() as few:
        case(problem, roos).unknown  # noqa: B018
    for n in range(12):
        make_cause(make_issue(f"Punt {n}", by=mo, reach=10.0), make_problem(f"Probleem {n}", by=mo), by=mo)
        make_cause(make_issue(f"Nog een {n}", by=mo, reach=10.0), problem, by=mo)
    with queries() as many:
        case(problem, roos).unknown  # noqa: B018
    assert len(many) == len(few) <= 9
