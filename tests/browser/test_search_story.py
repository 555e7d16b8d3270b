"""Searching from anywhere, in a real browser: the palette by keys alone, late answers, the page, and both for everybody."""

import re
import time

import pytest
from playwright.sync_api import expect

from cxboard.discussion.models import Comment
from cxboard.issues.status import Status
from tests.makers import make_issue, make_problem, make_voice


@pytest.fixture
def lantern(person, at):
    at("2026-11-21 10:00")
    issue = make_issue("Lantaarn brandt niet", by=person("Mo"), story="De **lantaarn** is uit")
    make_issue("Lantaarn lekt", by=person("Mo"), status=Status.DONE)
    make_problem("Lantaarns zijn op", by=person("Eva"))
    Comment.say("Mijn lantaarn ook", by=person("Eva"), issue=issue)
    return issue


def test_mo_finds_an_issue_without_a_mouse(page_as, lantern, axe):
    page = page_as("Mo", lang="en")
    page.goto("/board")

    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search, go somewhere, or do something")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="New issue")).to_be_visible()
    page.keyboard.type("lantar")
    page.keyboard.press("Backspace")
    page.keyboard.type("arn niet")
    options = page.locator("#palette [role=option]")
    expect(page.locator("#palette-said")).to_have_text("4 results")
    page.keyboard.type(" brandt")
    expect(page.locator("#palette-said")).to_have_text("1 result")
    expect(options.first).to_contain_text("Lantaarn brandt niet")
    for _again in range(6):
        page.keyboard.press("Backspace")
    expect(page.locator("#palette-said")).to_have_text("4 results")
    expect(options.first.locator("mark").first).to_have_text("Lantaarns")
    expect(page.locator("#palette [data-closed]")).to_contain_text("Done")
    axe(page)

    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("palette-.+"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette-all")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/problems/1$"))

    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="All keys")).to_be_visible()
    expect(page.locator("#dialog-body header, #dialog-body main")).to_have_count(0)  # the overview alone, not its page
    expect(page.locator(".keys-place").first).to_contain_text("On the page of an issue")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_an_answer_that_comes_late_is_not_shown_and_enter_waits_for_the_newest(page_as, lantern):
    page = page_as("Mo", lang="en")
    page.goto("/board")

    def slow(route):
        if route.request.url.endswith("q=la"):
            time.sleep(0.6)
        route.continue_()

    page.route("**/search/palette?q=*", slow)
    page.keyboard.press("Control+k")
    page.keyboard.type("la")
    page.wait_for_timeout(250)
    page.keyboard.type("ntaarn lekt")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Lantaarn lekt")


def test_commands_run_in_both_languages(page_as, lantern):
    page = page_as("Finn", lang="en")
    page.goto("/problems")

    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    expect(page.locator("#palette-dark")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(re.compile("/problems$"))
    page.keyboard.press("Control+k")
    page.keyboard.type("nederlands")
    expect(page.locator("#palette-dutch")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    page.keyboard.press("Control+k")
    page.locator("#palette-text").fill("nieuw")
    expect(page.locator("#palette-all")).to_be_visible()
    expect(page.locator("#palette-new-issue")).to_have_count(0)  # a viewer reports nothing


def test_the_page_works_without_script_and_on_a_phone(page_as, lantern):
    page = page_as("Mo", lang="en", script=False)
    page.goto("/board")
    page.locator(".rail-search").click()
    page.get_by_label("What are you looking for?").fill("lantaarns")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("4 hits")).to_be_visible()
    page.get_by_role("link", name="Comments").click()
    expect(page.locator(".hits li")).to_have_count(1)

    phone = page_as("Mo", lang="en", phone=True)
    phone.goto("/more")
    phone.get_by_role("link", name="Search").first.tap()
    phone.locator("#palette-text").fill("lantaarn")
    expect(phone.locator("#palette [role=option]").first).to_contain_text("antaarn")
    phone.locator("#palette [role=option]").first.tap()
    expect(phone).to_have_url(re.compile(f"/issues/{lantern.id}$|/problems/"))


def test_what_customers_said_comes_with_it(page_as, lantern, axe):
    make_voice("In de hal is het pikdonker, ook de lantaarn", by=lantern.reporter)
    make_voice("Pikdonker om zes uur", by=lantern.reporter)
    page = page_as("Finn", lang="en")
    page.goto("/search?q=lantaarn")

    expect(page.locator(".search-found h2")).to_have_text(["4 hits", "1 voice"])
    page.goto("/search?q=pikdonker")
    expect(page.get_by_role("heading", name="2 voices")).to_be_visible()
    expect(page.get_by_text("Nothing found for “pikdonker”")).to_be_hidden()
    axe(page)
    page.get_by_role("link", name="Pikdonker om zes uur").click()
    page.wait_for_url("**/voices/*")
    page.goto("/search?q=onvindbaar")
    expect(page.get_by_text("Nothing found for “onvindbaar”")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_is_accessible(page_as, axe, lantern, dark):
    page = page_as("Mo", lang="en", dark=dark, phone=dark)
    page.goto("/search?q=lantaarn")
    axe(page)
    page.goto("/search?q=onvindbaar")
    axe(page)
    page.goto("/search/keys")
    axe(page)
