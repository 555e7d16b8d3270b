"""The inbox in a real browser: the bell, reading by opening, emptying it, and choosing what comes by mail."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cxboard import clock
from cxboard.db import db
from cxboard.notifications import hearing
from cxboard.notifications.models import Kind, Silence
from cxboard.notifications.unsubscribing import off_link
from tests.makers import make_action, make_issue


@pytest.fixture
def issue(person, at):
    """An action for Mo about an issue and one about none, both told."""
    at("2026-11-24 10:00")
    issue = make_issue(by=person("Eva"))
    make_action("Bel de klant", owner=person("Mo"), by=person("Roos"), issue=issue)
    make_action("Zomaar", owner=person("Mo"), by=person("Roos"))
    hear()
    return issue


def hear() -> None:
    clock.set(clock.now() + timedelta(minutes=1))
    hearing.hear()
    db.session.commit()


def test_the_bell_counts_opening_a_thing_reads_it_and_the_rest_is_emptied(page_as, issue, person):
    page = page_as("Mo", lang="en")
    page.goto("/board")
    bell = page.locator("#bell")
    expect(bell).to_contain_text("2")

    page.goto("/inbox")
    expect(page.locator(".told-row .new-mark")).to_have_count(2)
    page.get_by_role("link", name=re.compile("Bel de klant")).click()
    expect(page).to_have_url(re.compile(f"/issues/{issue.id}"))
    expect(bell).to_contain_text("1")

    make_action("Van daarnet", owner=person("Mo"), by=person("Roos"))
    hear()
    page.goto("/inbox")
    expect(page.locator(".told-row .new-mark")).to_have_count(2)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".told-row .new-mark")).to_have_count(0)
    expect(bell).to_be_hidden()


def test_what_is_told_while_the_inbox_is_open_appears_there(page_as, issue, person):
    page = page_as("Mo", lang="en")
    page.goto("/inbox")
    expect(page.locator("#bell")).to_contain_text("2")
    page.wait_for_timeout(500)
    make_action("Net bedacht", owner=person("Mo"), by=person("Roos"))
    hear()

    expect(page.locator("#inbox")).to_contain_text("Net bedacht")
    expect(page.locator("#bell")).to_contain_text("3")


def test_without_script_it_is_read_and_emptied_too_and_mail_is_chosen(page_as, issue, person):
    page = page_as("Mo", lang="en", script=False)
    page.goto("/inbox")
    page.locator(f"#read-issue-{issue.id}").click()
    expect(page.locator(".told-row .new-mark")).to_have_count(1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".told-row .new-mark")).to_have_count(0)

    page.goto("/profile")
    page.get_by_label("Somebody writes down an action for you").uncheck()
    page.get_by_label("On", exact=True).select_option(label="Thursday")
    page.locator("#your-mail").get_by_role("button", name="Save").click()
    expect(page.get_by_label("Somebody writes down an action for you")).not_to_be_checked()
    assert Silence.of(person("Mo")) == {Kind.ASSIGNED}


def test_a_kind_of_mail_is_stopped_with_the_link_in_it(page_as, person, axe, app):
    page = page_as(None, lang="en")
    page.goto(off_link(person("Mo"), [Kind.DIGEST]))
    axe(page)
    page.get_by_role("button", name="Stop this mail").click()

    expect(page.get_by_role("heading", name="You get no more of this mail")).to_be_visible()
    assert Silence.of(person("Mo")) == {Kind.DIGEST}


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_the_pages_are_accessible(page_as, axe, issue, phone, dark):
    page = page_as("Mo", phone=phone, dark=dark, lang="en")
    page.goto("/inbox")
    if not phone:
        expect(page.locator("#bell")).to_contain_text("2")
    axe(page)
    page.goto("/profile")
    axe(page)
