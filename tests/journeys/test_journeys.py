"""Journeys and the order of their stages."""

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.domain import Refused
from cxboard.history import Event
from cxboard.journeys.models import Journey, Stage
from cxboard.journeys.queries import stages


@pytest.fixture
def journey(person):
    """Moving house, in four stages."""
    journey = Journey.named("Verhuizen", by=person("Roos"))
    for name in ("Aankondigen", "Overdracht", "Eindnota", "Nieuw adres"):
        journey.add_stage(name, by=person("Roos"))
    db.session.commit()
    return journey


def order(journey):
    db.session.expire_all()
    return [s.name for s in journey.open_stages]


def test_the_regisseur_makes_a_journey_and_its_stages_in_order(sign_in):
    roos = sign_in("Roos")
    assert roos.post("/settings/journeys", data={"name": "Verhuizen"}).status_code == 303
    journey = db.session.scalar(sa.select(Journey))

    for name in ("Aankondigen", "Overdracht"):
        assert roos.post(f"/settings/journeys/{journey.id}/stages", data={"name": name}).status_code == 303

    assert order(journey) == ["Aankondigen", "Overdracht"]
    assert [s[2] for s in stages()] == ["Aankondigen", "Overdracht"]
    assert db.session.scalars(sa.select(Event.kind).where(Event.subject == "journey").order_by(Event.id)).all() == ["journey_added", "stage_added", "stage_added"]


@pytest.mark.parametrize(("name", "to", "after"), [
    ("Overdracht", "earlier", ["Overdracht", "Aankondigen", "Eindnota", "Nieuw adres"]),
    ("Overdracht", "later", ["Aankondigen", "Eindnota", "Overdracht", "Nieuw adres"]),
    ("Aankondigen", "earlier", ["Aankondigen", "Overdracht", "Eindnota", "Nieuw adres"]),
    ("Nieuw adres", "later", ["Aankondigen", "Overdracht", "Eindnota", "Nieuw adres"]),
])  # fmt: skip
def test_a_stage_moves_one_place(sign_in, journey, name, to, after):
    stage = next(s for s in journey.stages if s.name == name)

    assert sign_in("Roos").post(f"/settings/stages/{stage.id}/{to}").status_code == 303

    assert order(journey) == after


def test_an_archived_stage_is_passed_over_and_comes_back_last(sign_in, journey):
    roos, second = sign_in("Roos"), journey.stages[1]
    roos.post(f"/settings/stages/{second.id}/archive")
    assert order(journey) == ["Aankondigen", "Eindnota", "Nieuw adres"]
    assert "Overdracht" not in [s[2] for s in stages()]

    roos.post(f"/settings/stages/{journey.open_stages[1].id}/earlier")
    assert order(journey) == ["Eindnota", "Aankondigen", "Nieuw adres"]
    roos.post(f"/settings/stages/{second.id}/return")

    assert order(journey) == ["Eindnota", "Aankondigen", "Nieuw adres", "Overdracht"]
    assert "archived stage" not in roos.get("/settings/journeys").text


def test_moving_an_archived_stage_does_nothing(sign_in, person, journey):
    second = journey.stages[1]
    second.archive(by=person("Roos"))
    db.session.commit()

    assert sign_in("Roos").post(f"/settings/stages/{second.id}/later").status_code == 303
    assert order(journey) == ["Aankondigen", "Eindnota", "Nieuw adres"]


def test_stages_and_journeys_are_renamed(sign_in, journey):
    roos = sign_in("Roos")

    assert roos.post(f"/settings/journeys/{journey.id}", data={"name": "Ik ga verhuizen"}).status_code == 303
    assert roos.post(f"/settings/stages/{journey.stages[0].id}", data={"name": "Melden", "work": "Drie systemen"}).status_code == 303

    db.session.expire_all()
    assert (journey.name, journey.stages[0].name, journey.stages[0].work) == ("Ik ga verhuizen", "Melden", "Drie systemen")


def test_a_name_in_use_is_refused(sign_in, person, journey):
    Journey.named("Betalen")
    db.session.commit()
    roos, first = sign_in("Roos"), journey.stages[0]

    assert roos.post(f"/settings/journeys/{journey.id}", data={"name": "Betalen"}).status_code == 422
    assert roos.post(f"/settings/journeys/{journey.id}/stages", data={"name": "Overdracht"}).status_code == 422
    assert roos.post(f"/settings/stages/{first.id}", data={"name": "Overdracht", "work": ""}, htmx="dialog-body").status_code == 422
    with pytest.raises(Refused, match="Overdracht"):
        first.edit(name="Overdracht", work="", by=person("Roos"))


def test_the_same_name_finds_the_same_journey(journey):
    assert Journey.named("VERHUIZEN") is journey


def test_an_empty_name_comes_back(sign_in, journey):
    roos = sign_in("Roos")
    for url in ("/settings/journeys", f"/settings/journeys/{journey.id}", f"/settings/journeys/{journey.id}/stages", f"/settings/stages/{journey.stages[0].id}"):
        assert roos.post(url, data={"name": "  "}).status_code == 422


def test_every_change_is_in_the_history(person, journey):
    roos, stage = person("Roos"), journey.stages[2]
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))

    journey.rename("Ik ga verhuizen", by=roos)
    stage.edit(name="Slotnota", work="Met de hand", by=roos)
    stage.move(-1, by=roos)
    stage.archive(by=roos)
    stage.restore(by=roos)
    db.session.commit()

    kinds = db.session.scalars(sa.select(Event.kind).order_by(Event.id).offset(before)).all()
    assert kinds == ["journey_renamed", "stage_changed", "stage_moved", "stage_archived", "stage_restored"]


def test_ten_times_the_stages_take_as_many_queries(sign_in, journey, queries):
    roos = sign_in("Roos")
    with queries() as few:
        roos.get("/settings/journeys")
    for n in range(10):
        other = Journey.named(f"Reis {n}")
        for m in range(4):
            other.add_stage(f"Fase {m}")
    db.session.commit()
    with queries() as many:
        roos.get("/settings/journeys")

    assert len(many) == len(few)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Stage)) == 44
