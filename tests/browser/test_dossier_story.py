"""The dossier in a real browser: adjust an assumption, see what follows, keep it, print it on two pages, and send a link."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from cxboard.db import db
from cxboard.dossiers.models import Assumption
from cxboard.dossiers.reckoning import Name, Range
from tests.dossiers.making import assume_all, make_problem_of


def test_adjust_keep_print_and_share(page_as, axe, person):
    problem, _issues = make_problem_of(person("Mo"), person("Eva"))
    assume_all(problem, person("Eva"), person("Roos"))
    page = page_as("Eva", lang="en")
    page.goto(f"/problems/{problem.id}")
    page.get_by_role("link", name="Dossier", exact=True).click()
    expect(page.locator(".doc-claim")).to_contain_text("about 5,300 hours")

    hours = page.get_by_label("Hours lost", exact=True)
    hours.fill("drie")
    expect(hours).to_have_attribute("aria-invalid", "true")
    hours.fill("3")
    expect(page.locator(".doc-claim")).to_contain_text("about 11,000 hours")
    expect(hours).to_be_focused()
    expect(hours).not_to_have_attribute("aria-invalid", "true")
    expect(page).to_have_url(re.compile(r"hours=3\.00"))
    expect(page.locator("#note-hours")).to_contain_text("Your version; kept: 1.5 (1 to 2)")
    page.reload()
    expect(page.locator(".doc-claim")).to_contain_text("about 11,000 hours")
    page.get_by_text("Keep this version").click()
    page.get_by_label("Where does it come from?").fill("Tijdmeting, n = 23")
    page.get_by_role("button", name="Keep it, with my name").click()
    expect(page.locator("#note-hours")).to_contain_text("Tijdmeting, n = 23")
    expect(page).to_have_url(re.compile(r"/dossier$"))
    expect(page.get_by_label("Hours lost, high")).to_have_value("3")

    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 2
    text = re.sub(r"\s+", " ", " ".join(p.extract_text() for p in printed.pages))
    for words in ("What is not known", "Tijdmeting, n = 23", "Figures of", f"/problems/{problem.id}/dossier"):
        assert words in text
    assert "Nothing is stored" not in text, "the panel is not printed"

    page.get_by_role("link", name="Send a link").click()
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("The private link", exact=True).input_value()
    axe(page)
    stranger = page_as(None, phone=True)
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(problem.title)
    axe(stranger)
    assert stranger.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


def test_who_keeps_a_version_sees_that_a_colleague_kept_another_one_meanwhile(page_as, person):
    problem, _issues = make_problem_of(person("Mo"), person("Eva"))
    assume_all(problem, person("Eva"), person("Roos"))
    page = page_as("Roos", lang="en")
    page.goto(f"/problems/{problem.id}/dossier")
    hours = page.get_by_label("Hours lost", exact=True)
    hours.fill("3")
    expect(page.locator(".doc-claim")).to_contain_text("about 11,000 hours")
    Assumption.keep(problem, Name.HOURS, Range(1.0, 1.8, 2.0), by=person("Eva"), source="Geteld", guess=False)
    db.session.commit()
    hours.fill("3.5")
    expect(page.locator("#note-hours")).to_contain_text("kept: 1.8")
    page.get_by_text("Keep this version").click()
    page.get_by_role("button", name="Keep it, with my name").click()
    expect(page.get_by_role("dialog")).to_contain_text("Eva")
    kept = Assumption.of(problem, Name.HOURS)
    assert kept.range.likely == 1.8
    assert kept.source == "Geteld"


def test_a_phone_and_the_dark(page_as, axe, person):
    problem, _issues = make_problem_of(person("Mo"), person("Eva"))
    page = page_as("Finn", phone=True, lang="en", dark=True)
    page.goto(f"/problems/{problem.id}/dossier?hours=veel")
    expect(page.get_by_text("cannot be read").first).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
