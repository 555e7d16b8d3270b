"""The pages of journeys: who reads, who keeps, both answers, and what is to be corrected."""

import re

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.journeys.models import Journey, Stage
from cxboard.journeys.moods import Lane
from tests.makers import make_department

READERS, KEEPERS = ("Finn", "Mo", "Roos", "Ada"), ("Roos", "Ada")


@pytest.fixture
def journey(person):
    journey = Journey.named("Verhuizen", by=person("Roos"))
    for name in ("Aankondigen", "Overdracht"):
        journey.add_stage(name, work="Overtypen", by=person("Roos"))
    journey.stages[0].add_touchpoint("Bellen", channel="telefoon", by=person("Roos"))
    db.session.commit()
    return journey


def test_everybody_reads_and_only_the_regisseur_keeps(sign_in, journey):
    stage, touchpoint = journey.stages[0], journey.stages[0].touchpoints[0]
    reads = [f"/journeys/{journey.id}", f"/journeys/{journey.id}/stages/{stage.id}"]
    keeps = ["/journeys/new", f"/journeys/{journey.id}/name", f"/journeys/{journey.id}/stages/new", f"/stages/{stage.id}/facts/customer", f"/touchpoints/{touchpoint.id}"]
    changes = [f"/stages/{stage.id}/facts/work", f"/stages/{stage.id}/later", f"/stages/{stage.id}/touchpoints", f"/touchpoints/{touchpoint.id}/removal", f"/journeys/{journey.id}/stages"]
    for who in READERS:
        browser = sign_in(who)
        assert [browser.get(url).status_code for url in reads] == [200, 200]
        assert {browser.get(url).status_code for url in keeps} == {200 if who in KEEPERS else 403}
        if who not in KEEPERS:
            assert {browser.post(url, data={"value": "x", "name": "x"}).status_code for url in changes} == {403}
            assert all(f'action="{url}"' not in browser.get(reads[1]).text for url in changes)
    assert stage.work == "Overtypen"


def test_the_only_journey_opens_at_once_and_more_are_a_list(sign_in, journey):
    finn = sign_in("Finn")
    assert finn.get("/journeys").location == f"/journeys/{journey.id}"
    Journey.named("Betalen")
    db.session.commit()

    page = finn.get("/journeys")

    assert page.status_code == 200
    assert f'href="/journeys/{journey.id}"' in page.text


def test_an_empty_house_offers_the_first_step_to_who_may_take_it(sign_in):
    assert 'action="/journeys"' in sign_in("Roos").get("/journeys").text
    assert "The CX regisseur draws the first one." in sign_in("Finn").get("/journeys").text
    roos = sign_in("Roos")
    assert roos.post("/journeys", data={"name": "Verhuizen"}).status_code == 303
    journey = db.session.scalar(sa.select(Journey))
    assert "Add the first stage" in roos.get(f"/journeys/{journey.id}").text
    assert roos.post(f"/journeys/{journey.id}/stages", data={"name": "Aankondigen"}).status_code == 303
    assert [s.name for s in journey.open_stages] == ["Aankondigen"]


def test_the_old_addresses_in_the_settings_lead_to_the_one_place(sign_in, journey):
    roos = sign_in("Roos")
    assert roos.get("/settings/journeys").location == "/journeys"
    assert roos.get(f"/settings/journeys/{journey.id}").location == f"/journeys/{journey.id}"
    assert roos.get(f"/settings/stages/{journey.stages[1].id}").location == f"/journeys/{journey.id}/stages/{journey.stages[1].id}"


def test_facts_are_saved_with_both_answers(sign_in, journey):
    roos, stage, ks = sign_in("Roos"), journey.stages[0], make_department("KS")
    plain = roos.post(f"/stages/{stage.id}/facts/tools", data={"value": "CRM, Belscript\ncrm\n Kennisbank "})
    assert (plain.status_code, plain.location) == (303, f"/journeys/{journey.id}/stages/{stage.id}")
    for name, value in (("name", "Melden"), ("work", "Drie systemen"), ("departments", [ks.id]), ("customer", "-2"), ("employee", "1")):
        htmx = roos.post(f"/stages/{stage.id}/facts/{name}", data={"value": value}, htmx="fact-form", headers={"HX-Current-URL": f"http://localhost/journeys/{journey.id}"})
        assert (htmx.status_code, "HX-Location" in htmx.headers) == (200, True), name
    db.session.expire_all()

    assert (stage.name, stage.work, stage.tools, stage.departments) == ("Melden", "Drie systemen", ["CRM", "Belscript", "Kennisbank"], [ks])
    assert (stage.mood(Lane.CUSTOMER).value, stage.mood(Lane.EMPLOYEE).value) == (-2, 1)
    page = roos.get(f"/journeys/{journey.id}").text
    assert "set by hand" in page
    assert re.search(r"<b class=\"num\">−2</b>", page)


def test_what_is_to_be_corrected_comes_back_in_its_place(sign_in, journey):
    roos, stage = sign_in("Roos"), journey.stages[0]
    for url, data in (
        (f"/stages/{stage.id}/facts/name", {"value": " "}), (f"/stages/{stage.id}/facts/name", {"value": "Overdracht"}), (f"/stages/{stage.id}/facts/customer", {"value": "7"}),
        (f"/stages/{stage.id}/facts/tools", {"value": "x" * 61}), (f"/stages/{stage.id}/facts/departments", {"value": "99"}), (f"/stages/{stage.id}/touchpoints", {"name": ""}),
        (f"/touchpoints/{stage.touchpoints[0].id}", {"name": ""}), ("/journeys", {"name": ""}), (f"/journeys/{journey.id}/name", {"name": ""}),
        (f"/journeys/{journey.id}/stages", {"name": "Overdracht"}),
    ):  # fmt: skip
        for htmx in (False, "dialog-body"):
            answer = roos.post(url, data=data, htmx=htmx)
            assert answer.status_code == 422, (url, data)
            assert ("<html" in answer.text) is not bool(htmx)
            assert "err" in answer.text
    assert roos.get(f"/stages/{stage.id}/facts/nothing").status_code == 404
    assert roos.get(f"/journeys/{journey.id}/stages/99").status_code == 404


def test_stages_and_touchpoints_are_ordered_without_script(sign_in, journey):
    roos, stage = sign_in("Roos"), journey.stages[0]
    roos.post(f"/stages/{stage.id}/touchpoints", data={"name": "Brief", "channel": "post"})
    letter = stage.touchpoints[1]
    assert roos.post(f"/touchpoints/{letter.id}/earlier").status_code == 303
    assert roos.post(f"/touchpoints/{letter.id}", data={"name": "Brief met formulier", "channel": "post"}).status_code == 303
    assert roos.post(f"/journeys/{journey.id}/stages", data={"name": "Meterstand", "after": stage.id}).status_code == 303
    assert roos.post(f"/stages/{stage.id}/later").status_code == 303
    db.session.expire_all()
    assert [t.name for t in stage.touchpoints] == ["Brief met formulier", "Bellen"]
    assert [s.name for s in journey.open_stages] == ["Meterstand", "Aankondigen", "Overdracht"]

    assert roos.post(f"/touchpoints/{letter.id}/removal").status_code == 303
    assert roos.post(f"/stages/{stage.id}/archive").status_code == 303
    assert "This stage is archived" in roos.get(f"/journeys/{journey.id}/stages/{stage.id}").text
    assert roos.post(f"/stages/{stage.id}/return").status_code == 303
    db.session.expire_all()
    assert [s.name for s in journey.open_stages] == ["Meterstand", "Overdracht", "Aankondigen"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Stage)) == 3


def test_the_stages_that_were_put_away_stay_in_reach_when_none_is_left(sign_in, person, journey):
    for stage in journey.stages:
        stage.archive(by=person("Roos"))
    db.session.commit()
    page, way = f"/journeys/{journey.id}", f'href="/journeys/{journey.id}/stages/{journey.stages[0].id}"'
    shown = sign_in("Roos").get(page).text
    assert "No stages yet" in shown
    assert way in shown
    assert way not in sign_in("Finn").get(page).text


def test_removing_a_touchpoint_is_asked_about(sign_in, journey):
    form = sign_in("Roos").get(f"/touchpoints/{journey.stages[0].touchpoints[0].id}").text
    assert [m for m in re.findall(r"<form[^>]*>", form) if "hx-confirm" in m and "/removal" in m]


def test_what_people_type_is_shown_as_text(sign_in, person, journey):
    nasty, roos, stage = "<img src=x onerror=alert(1)> {{7*7}}", person("Roos"), journey.stages[0]
    stage.edit(by=roos, name=nasty, work=nasty, tools=[nasty])
    stage.add_touchpoint(nasty, channel="<b>", by=roos)
    journey.rename(nasty, by=roos)
    Journey.named("Nog een")
    db.session.commit()

    for url in ("/journeys", f"/journeys/{journey.id}", f"/journeys/{journey.id}/stages/{stage.id}"):
        page = sign_in("Roos").get(url).text
        assert "<img src=x" not in page
        assert "{{7*7}}" in page
