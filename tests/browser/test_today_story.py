"""The day begins with what waits, and ends with nothing that does, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from cxboard.db import db
from cxboard.issues.status import Status
from tests.makers import make_action, make_handoff, make_issue


@pytest.fixture
def morning(person, at):
    at("2026-10-01 09:00")
    for name in ("Roos", "Eva"):
        person(name)
    still = make_issue("Staat stil bij Mo", by=person("Mo"), status=Status.ANALYSING)
    still.edit(by=person("Roos"), owner=person("Mo"))
    db.session.commit()
    at("2026-11-23 09:00")
    return still


def test_mo_empties_today_on_the_phone(page_as, person, morning, axe):
    make_action("Top-10 klanten bellen", owner=person("Mo"))
    make_handoff("Welke vragen krijgen jullie?", by=person("Eva"), asking="IT", asked="KS")
    page = page_as("Mo", phone=True, dark=True, lang="en")
    page.goto("/")
    axe(page)

    page.get_by_role("checkbox", name="Done: Top-10 klanten bellen").tap()
    expect(page.locator("#today-actions")).to_have_count(0)
    page.get_by_role("button", name="Undo").tap()
    page.get_by_role("checkbox", name="Done: Top-10 klanten bellen").tap()
    expect(page.locator("#today-actions")).to_have_count(0)

    asked = page.locator("#today-handoffs")
    asked.locator("summary", has_text="Answer").tap()
    asked.get_by_label("Your answer").fill("Vooral over de eindnota.")
    asked.get_by_role("button", name="Answer", exact=True).tap()
    expect(asked).to_have_count(0)

    still = page.locator("#today-still")
    still.locator("summary", has_text="Write where it stands").tap()
    still.get_by_label(re.compile("Where does it stand")).fill("Donderdag weten we meer.")
    still.get_by_role("button", name="Write down").tap()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    expect(page).to_have_url(re.compile("/$"))


def test_roos_answers_what_is_new_without_leaving_the_page(page_as, person, morning, axe):
    issue = make_issue("Net gemeld", by=person("Mo"), story="“Ik heb het nu drie keer uitgelegd aan jullie.”")
    page = page_as("Roos", lang="en")
    page.goto("/")
    axe(page)
    expect(page.locator(".today-voice")).to_contain_text("drie keer uitgelegd")
    row = page.locator(f"#today-new-{issue.id}")
    row.get_by_role("link", name=f"{issue.key}: Accept").click()
    page.locator("#dialog").get_by_role("button", name="Accept").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
