"""Writing down in one line, ticking off, and talking about an issue, in a real browser."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.makers import make_action, make_issue, make_person


@pytest.fixture
def issue(person, at):
    at("2026-11-21 10:00")
    person("Eva")
    return make_issue(by=person("Mo"))


def test_mo_writes_down_a_promise_in_one_line_and_ticks_it_off(page_as, issue):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")

    page.keyboard.press("a")
    line = page.locator("#capture-text")
    expect(line).to_be_focused()
    page.keyboard.type("Bel de top-10 klanten @eva vr")
    expect(page.locator("#capture-reading")).to_contain_text("Eva Smit")
    expect(page.locator("#capture-reading")).to_contain_text("27 Nov")
    page.keyboard.press("Enter")

    row = page.locator("#agreed li", has_text="Bel de top-10 klanten")
    expect(row).to_be_visible()
    expect(row).to_contain_text("Eva Smit")
    expect(line).to_have_value("")
    expect(line).to_be_focused()
    expect(page.locator("#capture-reading")).to_be_hidden()

    row.get_by_role("checkbox").click()
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(row.get_by_role("checkbox")).to_be_focused()


def test_what_is_missing_is_asked_in_place(page_as, issue):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")

    line = page.locator("#capture-text")
    line.fill("Lijst maken")
    line.press("Enter")
    expect(page.get_by_text("Who does it? Choose a person.")).to_be_visible()
    expect(line).to_have_value("Lijst maken")
    page.get_by_label("Who does it?").select_option(label="Eva Smit")
    page.get_by_label("By when?", exact=True).fill("2026-12-01")
    page.get_by_role("button", name="Write down").click()

    expect(page.locator("#agreed li", has_text="Lijst maken")).to_be_visible()
    expect(page.locator("#capture-text")).to_have_value("")
    expect(page.get_by_text("Who does it? Choose a person.")).to_have_count(0)
    expect(page.get_by_label("Who does it?")).to_be_hidden()


def test_a_decision_is_one_key_away(page_as, issue):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")

    page.keyboard.press("b")
    page.keyboard.type("Vanaf morgen belt @eva zelf")
    page.keyboard.press("Enter")

    expect(page.locator("#agreed li", has_text="Vanaf morgen belt @eva zelf")).to_be_visible()


def test_text_that_is_being_typed_survives_what_others_change(page_as, issue, person):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.locator("#comment-text").fill("Nog niet klaar")
    make_action("Van een ander", owner=person("Eva"), issue=issue)

    page.locator("#capture-text").fill("@mo vr Lijst maken")
    page.locator("#capture-text").press("Enter")

    expect(page.locator("#agreed li", has_text="Van een ander")).to_be_visible()
    expect(page.locator("#comment-text")).to_have_value("Nog niet klaar")


def test_a_comment_appears_on_top_and_the_field_is_empty_again(page_as, issue):
    page = page_as("Eva", lang="en")
    page.goto(f"/issues/{issue.id}")

    field = page.locator("#comment-text")
    field.fill("Ik zoek het uit, zie https://example.org")
    field.press("Control+Enter")

    first = page.locator("#stream-list > li").first
    expect(first).to_contain_text("Ik zoek het uit")
    expect(first.get_by_role("link")).to_have_attribute("href", "https://example.org")
    expect(field).to_have_value("")
    expect(field).to_be_focused()

    page.get_by_role("link", name="only comments").click()
    expect(page.locator("#stream-list > li")).to_have_count(1)


def test_a_promise_is_carried_over_in_a_dialog(page_as, issue, person):
    action = make_action(owner=person("Mo"), issue=issue, due=date(2026, 11, 24))
    page = page_as("Mo", lang="en")
    page.goto("/actions")

    page.locator(f"#action-{action.id}").hover()
    page.get_by_role("link", name="Change: Top-10 klanten bellen").click()
    page.get_by_label("Carry over to").fill("2026-12-01")
    page.get_by_role("button", name="Carry over").click()

    expect(page.locator(f"#action-{action.id}")).to_contain_text("carried over once")
    expect(page.locator("#dialog")).to_be_hidden()


def test_everything_works_without_script(page_as, issue):
    page = page_as("Mo", lang="en", script=False)
    page.goto(f"/issues/{issue.id}")

    page.locator("#capture-text").fill("@eva vr Lijst maken")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("#agreed li", has_text="Lijst maken")).to_be_visible()
    page.locator("#comment-text").fill("Gezegd")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#stream-list")).to_contain_text("Gezegd")


@pytest.mark.parametrize("phone", [False, True])
def test_the_pages_are_accessible(page_as, axe, issue, person, phone):
    late = make_action("Te laat", owner=person("Roos"), issue=issue, due=date(2026, 11, 20))
    late.carry(due=date(2026, 11, 21), by=person("Roos"))
    make_action("Later", owner=make_person("Mo Jansen"), issue=issue).finish(by=person("Mo"))
    page = page_as("Roos", phone=phone, dark=phone, lang="en")

    page.goto("/actions?whose=all")
    axe(page)
    page.goto(f"/issues/{issue.id}")
    page.locator("#capture-text").fill("@mo vr Lijst maken")
    expect(page.locator("#capture-reading")).to_contain_text("Mo Jansen")
    page.locator("#capture-text").press("Enter")
    expect(page.get_by_text("Who is @mo: Mo Amrani, Mo Jansen?")).to_be_visible()
    axe(page)
    page.goto(f"/actions/{late.id}/revision")
    axe(page)
