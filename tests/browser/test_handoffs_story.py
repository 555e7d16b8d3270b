"""Asking another department for help, and what comes back, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from cxboard.db import db
from cxboard.issues.status import Status
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.makers import make_handoff, make_issue


@pytest.fixture
def issue(person, at):
    at("2026-11-23 09:00")
    for name in ("Roos", "Eva"):
        person(name)
    return make_issue(by=person("Mo"), status=Status.ANALYSING)


def test_mo_asks_with_one_key_and_the_card_says_whom_it_waits_for(page_as, issue, at):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.keyboard.press("h")
    line = page.locator("#ask-panel-text")
    expect(line).to_be_focused()
    page.keyboard.type("@it vr Kan de datum in het scherm?")
    expect(page.locator("#ask-panel-reading")).to_contain_text("Afdeling IT")
    expect(page.locator("#ask-panel-reading")).to_contain_text("27 Nov")
    page.keyboard.press("Enter")
    row = page.locator("#handoffs li", has_text="Kan de datum in het scherm?")
    expect(row).to_contain_text("asked today")
    expect(line).to_have_value("")

    page.keyboard.type("Zonder afdeling")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Which department do you ask? Choose one.")).to_be_visible()
    expect(line).to_have_value("Zonder afdeling")

    at("2026-11-26 09:00")
    page.goto("/board")
    card = page.locator(f"#card-{issue.id}")
    expect(card).to_contain_text("Waits for IT")
    expect(card).to_contain_text("3 days")
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("#ask-dialog-text")).to_be_focused()
    page.keyboard.type("@it ma En wie betaalt dat?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Afdeling IT is asked.")).to_be_visible()
    expect(page.locator("#dialog")).to_be_hidden()


def test_eva_answers_on_her_phone_and_it_is_seen_between_departments(page_as, person, issue, axe):
    make_handoff("Kan de datum in het scherm?", by=person("Mo"), issue=issue)
    declined = make_handoff("Wie betaalt dat?", by=person("Mo"), issue=issue)
    phone = page_as("Eva", phone=True, dark=True, lang="en")
    phone.goto(f"/issues/{issue.id}#handoffs")
    row = phone.locator("#handoffs > ul > li", has_text="Kan de datum in het scherm?")
    row.get_by_role("button", name="Accept").tap()
    expect(row).to_contain_text("accepted, by Fri 27 Nov")
    row.locator("summary", has_text="Answer").tap()
    row.get_by_label("Your answer").fill("Ja, vanaf maandag.")
    row.get_by_role("button", name="Answer", exact=True).tap()
    expect(row).to_have_count(0)
    other = phone.locator(f"#handoff-{declined.id}")
    other.locator("summary", has_text="Decline").tap()
    other.get_by_role("button", name="Decline, back to KS").tap()
    expect(other).to_contain_text("The other department reads the reason.")
    other.get_by_label(re.compile("Why not")).fill("Geen budget.")
    other.get_by_role("button", name="Decline, back to KS").tap()
    expect(other).to_contain_text("back with KS since today")
    axe(phone)

    page = page_as("Roos", lang="en")
    page.goto("/connections")
    axe(page)
    page.get_by_role("link", name=re.compile("2 hand-offs from KS to IT")).click()
    expect(page.locator("#cell")).to_contain_text("Ja, vanaf maandag.")
    expect(page).to_have_url(re.compile("from=KS&to=IT"))
    phone.goto("/connections?from=KS&to=IT")
    expect(phone.locator("#cell")).to_contain_text("Geen budget.")
    axe(phone)


def test_help_is_asked_in_the_review_with_h(page_as, person, at):
    at("2026-10-01 10:00")
    person("Eva")
    issue = make_issue("Staat al lang stil", by=person("Mo"), status=Status.ANALYSING)
    at("2026-11-24 10:00")
    review = Review.plan_one(at("2026-11-24 10:00"), by=person("Roos"))
    db.session.commit()
    review.start(by=person("Roos"))
    review.turn(Step.STUCK, by=person("Roos"))
    db.session.commit()
    page = page_as("Roos", lang="en")
    page.goto(f"/reviews/{review.id}")
    page.keyboard.press("h")
    page.keyboard.type("@it thu Wie kan hiernaar kijken?")
    expect(page.locator("#capture-reading")).to_contain_text("Afdeling IT")
    page.keyboard.press("Enter")
    expect(page.locator("#spot-asked")).to_contain_text("Wie kan hiernaar kijken?")
    expect(page.locator("#capture-text")).to_have_value("")
    assert issue.handoffs[0].review_id == review.id
