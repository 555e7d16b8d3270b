"""Logging what a customer said from the page of an issue, and reading on with the keyboard, in a real browser."""

import pytest
from playwright.sync_api import expect

from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.voices.models import Scale, Voice
from tests.makers import make_issue, make_voice


@pytest.fixture
def issue(person, at):
    at("2026-11-24 10:00")
    return make_issue("Eindnota komt weken te laat", by=person("Mo"))


def test_mo_puts_the_telephone_down_and_writes_down_what_was_said(page_as, issue, axe):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.wait_for_function("document.querySelector('.nav-add')._htmx")  # by then a key opens the dialog, before that the page
    page.keyboard.press("v")
    quote = page.get_by_label("What did the customer say?")
    expect(quote).to_be_focused()
    page.keyboard.type("Ik wacht al drie maanden")
    page.get_by_text("Telephone", exact=True).click()
    page.get_by_text("CSAT", exact=True).click()
    expect(page.get_by_text("How likely are they")).to_be_hidden()
    page.locator("label", has=page.locator("[value=csat-2]")).click()
    axe(page)
    quote.press("Control+Enter")

    panel = page.locator("#issue-voices")
    expect(panel).to_contain_text("Ik wacht al drie maanden")
    expect(panel).to_contain_text("CSAT 2")
    expect(page.locator("#fact-weight")).to_contain_text("follows from 1 voice")
    panel.get_by_role("button", name="Pin this voice").click()
    expect(panel.get_by_role("button", name="Pinned")).to_be_visible()

    page.keyboard.press("v")
    expect(page.locator("#dialog [value=phone]")).to_be_checked()  # as the last time


def test_mo_reads_with_the_keyboard_and_lets_two_support_an_issue(page_as, issue, person, axe):
    for n in range(4):
        make_voice(f"Stem {n} over een nota", by=person("Mo"), days=n, score=n + 1, scale=Scale.CSAT, tags=["nota"])
    page = page_as("Mo", lang="en")
    page.goto("/voices")
    axe(page)
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("#picked")).to_contain_text("2 chosen")
    page.keyboard.press("s")
    field = page.get_by_label("Which issue?", exact=True)
    expect(field).to_be_focused()
    hit = page.locator("#issue-hits").get_by_role("radio")
    field.fill(str(issue.id))
    expect(hit).to_be_checked()
    field.press_sequentially("9999")
    field.press("Enter")  # at once, before its own answer is there: what stands in the field counts
    expect(field).to_have_attribute("aria-invalid", "true")  # the answer is there
    expect(page.locator("#dialog")).to_contain_text("No issue has this number")
    field.fill("eindnota")
    expect(hit).to_be_checked()  # the only one that fits
    axe(page)
    field.press("Enter")

    expect(page.get_by_text(f"2 voices support CX-{issue.id} now")).to_be_visible()
    expect(page.locator(".said > li", has_text=f"CX-{issue.id}")).to_have_count(2)
    expect(page.locator("#picked")).to_be_hidden()
    db.session.expire_all()
    assert db.session.get_one(Issue, issue.id).voice_count == 2
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".said > li", has_text=f"CX-{issue.id}")).to_have_count(0)

    page.keyboard.press("j")  # nothing chosen: the one that is read is meant
    page.keyboard.press("z")
    page.get_by_label("Why is it set aside?").fill("Dubbel")
    page.keyboard.press("Enter")
    expect(page.locator(".said > li")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Supports")).to_be_visible()
    axe(page)


def test_without_script_one_writes_down_chooses_and_sets_aside(page_as, issue):
    page = page_as("Mo", lang="en", script=False)
    page.goto(f"/voices/new?issue={issue.id}")
    page.get_by_label("What did the customer say?").fill("Zonder script gezegd")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("#issue-voices")).to_contain_text("Zonder script gezegd")
    page.goto("/voices")
    page.locator(".pick").check()
    page.locator("#pick-form").get_by_role("button", name="Set aside").click()
    page.get_by_label("Why is it set aside?").fill("Proef")
    page.locator("#changes-form").get_by_role("button", name="Set aside").click()
    expect(page.get_by_text("No voices yet")).to_be_visible()
    [voice] = db.session.query(Voice).all()
    db.session.refresh(voice)
    assert voice.is_set_aside
