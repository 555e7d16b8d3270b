"""The double lane of a journey in a real browser: kept in its place, one stage a swipe, and on one landscape page."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from cxboard.db import db
from cxboard.issues.status import Confidence
from cxboard.journeys.models import Journey
from cxboard.journeys.moods import Lane
from cxboard.voices.models import Scale
from tests.makers import make_cause, make_department, make_issue, make_problem, make_voice

STAGES = ("Oriënteren", "Overstappen", "Welkom", "Verhuizen", "Rekening en betalen", "Hulp vragen", "Monteur aan huis", "Opzeggen")


@pytest.fixture
def draw(person, at):
    """Draws a journey of stages that are as full as stages get; in the last one nobody has looked into what hurts."""
    at("2026-11-23 09:00")
    return lambda names: drawn(person, names)


def drawn(person, names):
    roos, mo = person("Roos"), person("Mo")
    departments = [make_department(code) for code in ("KS", "IT", "FIN")]
    journey = Journey.named("Klant worden en verhuizen", by=roos)
    problem = make_problem("Zes systemen voor één klantvraag, en geen ervan kent de andere", by=person("Eva"))
    for name in names:
        work = "Klantenservice legt de verhuizing vast in zes systemen; facturatie sluit het oude adres af en maakt de eindnota."
        stage = journey.add_stage(name, work=work, by=roos)
        for touchpoint in ("Verhuizing doorgeven", "Meterstand doorgeven", "Bevestiging", "Eindnota oude adres"):
            stage.add_touchpoint(touchpoint, channel="telefoon", by=roos)
        stage.edit(by=roos, tools=["CRM", "Facturatiesysteem", "Meterportaal", "Kennisbank"], departments=departments)
        for lane in Lane:
            stage.set_mood(lane, -1, by=roos)
        db.session.commit()
        blind = name == names[-1]
        for n in range(1 if blind else 3):
            issue = make_issue(f"Verhuizing doorgeven lukt niet in één keer, hoe vaak men ook belt ({name} {n})", by=mo, stage=stage, reach=3200.0, severity=4, confidence=Confidence.MEDIUM)
            if not blind:
                make_cause(issue, problem, by=mo)
        make_voice("U zegt dat alles geregeld is. Dat zei uw collega vorige week ook, en de week daarvoor al net zo.", by=mo, stage=stage, score=1, scale=Scale.CES, channel="telefoon")
    return journey


def test_roos_keeps_a_stage_where_she_reads_it_and_looks_into_what_nobody_did(page_as, draw, axe):
    journey = draw(STAGES[-3:])
    page = page_as("Roos", lang="en")
    page.goto("/journeys")
    expect(page).to_have_url(f"/journeys/{journey.id}")
    axe(page)
    page.get_by_role("link", name="Not looked into yet").click()
    side = page.locator("#side")
    side.get_by_role("link", name="Link a cause").click()
    expect(page.locator("#dialog")).to_contain_text("CX-")
    page.keyboard.press("Escape")
    axe(page)

    side.locator("#fact-work a").click()
    side.locator("#fact-work textarea").fill("Bellen en mailen")
    side.locator("#fact-work textarea").press("Control+Enter")
    expect(page.locator("#fact-work")).to_contain_text("Bellen en mailen")
    expect(page.locator(f"#stage-{journey.stages[2].id} .work")).to_have_text("Bellen en mailen")
    side.locator("#fact-employee a").press("Enter")
    side.locator("#fact-employee select").select_option("2")
    side.locator("#fact-employee button").press("Enter")
    expect(page.locator("#fact-employee")).to_contain_text("+2 very pleased")
    expect(page.get_by_text("Not looked into yet")).to_have_count(0)
    side.get_by_role("textbox", name="Touchpoint").fill("Afscheidsmail")
    side.get_by_role("textbox", name="Channel").fill("mail")
    side.get_by_role("textbox", name="Channel").press("Enter")
    expect(side.locator(".touchpoint-list li")).to_have_count(5)
    expect(side.get_by_role("textbox", name="Touchpoint")).to_have_value("")
    side.locator(".touchpoint-list a", has_text="Afscheidsmail").click()
    side.get_by_role("button", name="Move Afscheidsmail earlier").click()
    expect(side.locator(".touchpoint-list li").nth(3)).to_contain_text("Afscheidsmail")
    side.get_by_role("button", name="Earlier", exact=True).click()
    expect(page.locator(".lane-head h2").nth(1)).to_contain_text("Opzeggen")


def test_on_a_phone_one_stage_at_a_time_without_script(page_as, draw, axe):
    journey = draw(STAGES[:3])
    page = page_as("Finn", lang="en", phone=True, script=False)
    page.goto(f"/journeys/{journey.id}")
    first, second = (page.locator(f"#stage-{s.id}") for s in journey.stages[:2])
    expect(first.locator("h2")).to_be_in_viewport()
    expect(second.locator("h2")).not_to_be_in_viewport()
    customers, employees = (first.get_by_text(f"Mood of {who}").bounding_box() for who in ("customers", "employees"))
    assert customers["y"] < employees["y"]
    first.get_by_role("link", name="To Overstappen").tap()
    expect(second.locator("h2")).to_be_in_viewport()
    expect(first.locator("h2")).not_to_be_in_viewport()
    second.locator("h2 a").tap()
    expect(page.locator("#side")).to_contain_text("Zes systemen voor één klantvraag")
    expect(page.locator("#side .edit, #side form")).to_have_count(0)

    again = page_as("Finn", lang="en", phone=True)
    again.goto(f"/journeys/{journey.id}")
    axe(again)
    roos = page_as("Roos", lang="en", phone=True)
    roos.goto(again.url)
    roos.locator(".journey-others summary").click()
    roos.get_by_role("link", name="Add stage").click()
    expect(roos.get_by_role("dialog").get_by_label("Stage")).to_be_visible()


def test_eight_full_stages_print_on_one_landscape_page(page_as, draw):
    journey = draw(STAGES)
    page = page_as("Finn", lang="nl")
    page.goto(f"/journeys/{journey.id}")

    pages = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    assert len(pages) == 1
    assert pages[0].mediabox.width > pages[0].mediabox.height
    text = pages[0].extract_text()
    for name in ("Oriënteren", "Opzeggen", "Meterportaal"):
        assert name in text
