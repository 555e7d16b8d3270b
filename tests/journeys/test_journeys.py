"""Journeys, the order of their stages, and what the regisseur keeps in their lanes."""

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from cxboard.history.sentences import sentence
from cxboard.journeys.models import Journey
from cxboard.journeys.moods import Lane, Mood
from cxboard.journeys.queries import stages
from tests.makers import make_department


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


# stages


@pytest.mark.parametrize(("name", "steps", "after"), [
    ("Overdracht", -1, ["Overdracht", "Aankondigen", "Eindnota", "Nieuw adres"]),
    ("Overdracht", 1, ["Aankondigen", "Eindnota", "Overdracht", "Nieuw adres"]),
    ("Aankondigen", -1, ["Aankondigen", "Overdracht", "Eindnota", "Nieuw adres"]),
    ("Nieuw adres", 1, ["Aankondigen", "Overdracht", "Eindnota", "Nieuw adres"]),
])  # fmt: skip
def test_a_stage_moves_one_place(person, journey, name, steps, after):
    next(s for s in journey.stages if s.name == name).move(steps, by=person("Roos"))
    db.session.commit()

    assert order(journey) == after


def test_a_stage_is_added_between_two_others(person, journey):
    journey.stages[1].archive(by=person("Roos"))
    journey.add_stage("Meterstand", by=person("Roos"), after=journey.open_stages[0])
    db.session.commit()

    assert order(journey) == ["Aankondigen", "Meterstand", "Eindnota", "Nieuw adres"]
    assert [s.name for s in journey.archived_stages] == ["Overdracht"]


def test_an_archived_stage_is_passed_over_and_comes_back_last(person, journey):
    roos, second = person("Roos"), journey.stages[1]
    second.archive(by=roos)
    second.move(1, by=roos)
    db.session.commit()
    assert order(journey) == ["Aankondigen", "Eindnota", "Nieuw adres"]
    assert "Overdracht" not in [s[2] for s in stages()]

    journey.open_stages[1].move(-1, by=roos)
    db.session.commit()
    assert order(journey) == ["Eindnota", "Aankondigen", "Nieuw adres"]
    second.restore(by=roos)
    db.session.commit()

    assert order(journey) == ["Eindnota", "Aankondigen", "Nieuw adres", "Overdracht"]


def test_a_name_in_use_is_refused(person, journey):
    Journey.named("Betalen")
    db.session.commit()

    with pytest.raises(Refused, match="Betalen"):
        journey.rename("Betalen", by=person("Roos"))
    with pytest.raises(Refused, match="Overdracht"):
        journey.add_stage("Overdracht", by=person("Roos"))
    with pytest.raises(Refused, match="Overdracht"):
        journey.stages[0].edit(name="Overdracht", by=person("Roos"))


def test_the_same_name_finds_the_same_journey(journey):
    assert Journey.named("VERHUIZEN") is journey


# what stands in the lanes


def test_touchpoints_are_added_renamed_ordered_and_removed(person, journey):
    roos, stage = person("Roos"), journey.stages[0]
    for name, channel in (("Bellen", "telefoon"), ("Brief", "post"), ("App", "app")):
        stage.add_touchpoint(name, channel=channel, by=roos)
    db.session.commit()

    call, letter, app = stage.touchpoints
    app.move(-1, by=roos)
    call.edit(name="Bellen naar de klantenservice", channel="", by=roos)
    letter.remove(by=roos)
    app.move(-5, by=roos)
    db.session.commit()
    db.session.expire_all()

    assert [(t.name, t.channel) for t in stage.touchpoints] == [("App", "app"), ("Bellen naar de klantenservice", "")]
    for n in range(18):
        stage.add_touchpoint(f"Nog een {n}", by=roos)
    with pytest.raises(Refused, match="Twenty"):
        stage.add_touchpoint("Te veel", by=roos)


def test_tools_and_departments_of_a_stage(person, journey):
    roos, stage, ks, it = person("Roos"), journey.stages[0], make_department("KS"), make_department("IT")
    stage.edit(by=roos, tools=["CRM", "Belscript"], departments=[it, ks], work="Overtypen")
    db.session.commit()
    stage.edit(by=roos, tools=["Belscript", "Kennisbank", "CRM"])
    db.session.commit()
    db.session.expire_all()

    assert stage.tools == ["Belscript", "Kennisbank", "CRM"]
    assert [d.code for d in stage.departments] == ["IT", "KS"]
    assert stage.work == "Overtypen"
    with pytest.raises(Refused, match="Twelve"):
        stage.edit(by=roos, tools=[f"Tool {n}" for n in range(13)])


def test_a_mood_that_was_set_is_kept_when_another_is_set(person, journey, at):
    roos, stage = person("Roos"), journey.stages[0]
    at("2026-11-20 09:00")
    stage.set_mood(Lane.CUSTOMER, -1, by=roos)
    stage.set_mood(Lane.EMPLOYEE, 2, by=roos)
    at("2026-11-23 09:00")
    stage.set_mood(Lane.CUSTOMER, -2, by=roos)
    stage.set_mood(Lane.EMPLOYEE, None, by=roos)
    db.session.commit()
    db.session.expire_all()

    assert (stage.mood(Lane.CUSTOMER).value, stage.mood(Lane.CUSTOMER).set_by, stage.mood(Lane.EMPLOYEE)) == (-2, roos, None)
    kept = db.session.scalars(sa.select(Mood).order_by(Mood.id)).all()
    assert [(m.lane, m.value, m.until is None) for m in kept] == [(Lane.CUSTOMER, -1, False), (Lane.EMPLOYEE, 2, False), (Lane.CUSTOMER, -2, True)]
    with pytest.raises(Refused, match="whole number"):
        stage.set_mood(Lane.CUSTOMER, 3, by=roos)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(person, journey):
    roos, ada, stage = person("Roos"), person("Ada"), journey.stages[0]
    touchpoint = stage.add_touchpoint("Bellen", by=roos)
    seen = {fact: stage.seen_as(fact) for fact in ("work", "tools", "departments")} | {"touchpoint": touchpoint.seen_as}
    stage.edit(by=ada, work="Overtypen", tools=["CRM"], departments=[make_department("KS")])
    touchpoint.edit(name="Opbellen", channel="", by=ada)
    stage.set_mood(Lane.CUSTOMER, 1, by=ada)
    db.session.commit()

    for mine in ({"work": "Niets"}, {"tools": ["Excel"]}, {"departments": [make_department("IT")]}):
        [fact] = mine
        with pytest.raises(Stale) as stale:
            stage.edit(by=roos, seen=seen[fact], **mine)
        assert stale.value.who == "Ada Bakker"
    with pytest.raises(Stale) as stale:
        touchpoint.edit(name="Telefoon", channel="", by=roos, seen=seen["touchpoint"])
    assert stale.value.fields == {"Touchpoint": ("Telefoon", "Opbellen")}
    with pytest.raises(Stale):
        stage.set_mood(Lane.CUSTOMER, -1, by=roos, seen=0)
    stage.edit(by=roos, name="Melden", seen=stage.seen_as("name"))  # another fact is no conflict
    stage.set_mood(Lane.CUSTOMER, 1, by=roos, seen=0)  # neither is the same answer


def test_every_change_is_in_the_history_in_a_whole_sentence(person, journey):
    roos, stage = person("Roos"), journey.stages[2]
    before = db.session.scalar(sa.select(sa.func.max(Event.id)))

    journey.rename("Ik ga verhuizen", by=roos)
    stage.edit(name="Slotnota", work="Met de hand", tools=["CRM"], departments=[make_department("KS")], by=roos)
    stage.set_mood(Lane.EMPLOYEE, -2, by=roos)
    stage.set_mood(Lane.EMPLOYEE, None, by=roos)
    touchpoint = stage.add_touchpoint("Brief", by=roos)
    stage.add_touchpoint("Mail", by=roos)
    touchpoint.move(1, by=roos)
    touchpoint.edit(name="Envelop", channel="post", by=roos)
    touchpoint.remove(by=roos)
    stage.move(-1, by=roos)
    stage.archive(by=roos)
    stage.restore(by=roos)
    db.session.commit()

    events = db.session.scalars(sa.select(Event).where(Event.subject == "journey", Event.id > before).order_by(Event.id)).all()
    told = [str(sentence(e)).replace("<b>Roos van Dijk</b> ", "") for e in events]
    assert told == [
        "called the journey Verhuizen from now on Ik ga verhuizen",
        "called the stage Eindnota from now on Slotnota",
        "rewrote what employees do in the stage Slotnota",
        "changed the tools of the stage Slotnota to: CRM",
        "changed the departments of the stage Slotnota to: KS",
        "set the mood of employees in the stage Slotnota to −2",
        "took back the mood of employees in the stage Slotnota",
        "added the touchpoint Brief to the stage Slotnota",
        "added the touchpoint Mail to the stage Slotnota",
        "moved the touchpoint Brief of the stage Slotnota to place 2",
        "changed the touchpoint Brief of the stage Slotnota to Envelop",
        "removed the touchpoint Envelop from the stage Slotnota",
        "moved the stage Slotnota to place 2",
        "archived the stage Slotnota",
        "opened the stage Slotnota again",
    ]
