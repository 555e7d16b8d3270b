"""The board in a real browser: drag, keys, gates, undo, filters, one line to report, on a desk and on a phone."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from tests.makers import make_issue


def drag(page: Page, card: str, column: str) -> None:
    """As a hand does it: press, a few moves, release."""
    source, target = page.locator(card).bounding_box(), page.locator(f"{column} [data-list]").bounding_box()
    assert source
    assert target
    page.mouse.move(source["x"] + 40, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 60, source["y"] + 20, steps=4)
    page.mouse.move(target["x"] + 60, target["y"] + 24, steps=12)
    page.wait_for_timeout(50)
    page.mouse.up()


def status_of(issue: Issue) -> Status:
    db.session.rollback()
    status = db.session.scalar(sa.select(Issue.status).where(Issue.id == issue.id))
    db.session.rollback()  # an open transaction of the test would keep the app from writing
    return status


def test_a_card_is_dragged_and_the_move_taken_back(person, page_as):
    issue = make_issue("Eindnota komt weken te laat", by=person("Mo"), lead="KS")
    page = page_as("Mo", lang="en")
    page.goto("/board")

    drag(page, f"#card-{issue.id}", "#col-analysing")
    expect(page.locator(f"#col-analysing #card-{issue.id}")).to_be_visible()
    expect(page.locator("#col-analysing .count")).to_have_text("1")
    expect(page.locator("#toasts")).to_contain_text(f"CX-{issue.id}: Analysing")
    expect(page.locator("#spoken")).to_contain_text("Analysing")
    assert status_of(issue) == Status.ANALYSING

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#col-new #card-{issue.id}")).to_be_visible()
    assert status_of(issue) == Status.NEW


def test_a_gate_asks_at_the_drop_and_the_card_waits_where_it_was(person, page_as, axe):
    issue = make_issue("Monteur staat voor een dichte deur", by=person("Mo"), lead="KS", status=Status.READY)
    page = page_as("Mo", lang="en")
    page.goto("/board")

    drag(page, f"#card-{issue.id}", "#col-in_progress")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Start without an owner?")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator(f"#col-ready #card-{issue.id}")).to_be_visible()

    drag(page, f"#card-{issue.id}", "#col-in_progress")
    dialog.get_by_label("Reason", exact=True).fill("Wettelijke termijn")
    dialog.get_by_role("button", name="Start").click()
    expect(page.locator(f"#col-in_progress #card-{issue.id}")).to_be_visible()
    expect(dialog).to_be_hidden()
    assert status_of(issue) == Status.IN_PROGRESS


def test_everything_by_keyboard(person, page_as):
    first, second = make_issue("Een", by=person("Roos"), lead="KS"), make_issue("Twee", by=person("Roos"), lead="KS")
    page = page_as("Roos", lang="en")
    page.goto("/board")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Twee", exact=True)).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#col-new [data-card]").first).to_have_attribute("data-card", str(second.id))
    expect(page.get_by_role("link", name="Twee", exact=True)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(f"#col-analysing #card-{second.id}")).to_be_visible()
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_role("button", name="Parked").click()
    page.get_by_role("dialog").get_by_label("Until").fill("2199-01-04")
    page.get_by_role("dialog").get_by_role("button", name="Park").click()
    expect(page.locator(f"#card-{second.id}")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.locator("#quick-title")).to_be_focused()
    page.keyboard.type("Brief is niet te begrijpen")
    page.keyboard.press("Enter")
    expect(page.locator("#col-new")).to_contain_text("Brief is niet te begrijpen")
    assert first.id


def test_one_line_and_enter_reports_an_issue_and_the_line_is_ready_for_the_next(person, page_as):
    page = page_as("Mo")
    page.goto("/board")
    line = page.locator("#quick-title")
    line.fill("Wachtmuziek liegt")
    line.press("Enter")
    expect(page.locator("#col-new")).to_contain_text("Wachtmuziek liegt")
    expect(line).to_have_value("")
    expect(line).to_be_focused()
    line.fill("Brief liegt ook")
    line.press("Enter")
    expect(page.locator("#col-new [data-card]")).to_have_count(2)


def test_a_viewer_reads_the_board_and_can_move_nothing(person, page_as, axe):
    make_issue(by=person("Roos"), lead="KS")
    page = page_as("Finn", lang="en")
    page.goto("/board")

    expect(page.locator("[data-movable], [data-move], #quick-title")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(("phone", "dark", "lang"), [(False, False, "nl"), (True, True, "en")])
def test_the_board_and_an_issue_satisfy_axe(person, page_as, axe, phone, dark, lang):
    for status in (Status.NEW, Status.ANALYSING, Status.IN_PROGRESS, Status.DONE):
        issue = make_issue(
            f"Punt {status.value}",
            by=person("Roos"),
            lead="KS",
            status=status,
            days=30,
            story="Een **verhaal**\n\n- a\n- b",
        )
    page = page_as("Roos", phone=phone, dark=dark, lang=lang)
    for url in ("/board", "/board?lanes=department", f"/issues/{issue.id}", "/issues", "/issues/new"):
        page.goto(url)
        axe(page)
        wide = page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        assert not wide, f"{url} scrolls sideways"


def test_on_a_phone_a_card_moves_by_its_menu(person, page_as):
    issue = make_issue(by=person("Mo"), lead="KS")
    page = page_as("Mo", phone=True, lang="en")
    page.goto("/board")
    page.locator(f"#card-{issue.id} [data-move]").tap()
    page.get_by_role("dialog").get_by_role("button", name="Analysing").tap()
    expect(page.locator(f"#col-analysing #card-{issue.id}")).to_have_count(1)


def test_without_script_the_menu_moves_too(person, page_as):
    issue = make_issue(by=person("Mo"), lead="KS")
    page = page_as("Mo", lang="en", script=False)
    page.goto("/board")
    page.locator(f"#card-{issue.id} [data-move]").click()
    page.get_by_role("button", name="Analysing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(issue.title)
    assert status_of(issue) == Status.ANALYSING


def test_a_fact_is_edited_in_place_and_escape_leaves_it(person, page_as):
    issue = make_issue("Oude titel", by=person("Mo"), lead="KS")
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.get_by_role("link", name="Change the title").click()
    page.get_by_label("Title", exact=True).fill("Nieuwe titel")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oude titel")
    page.get_by_role("link", name="Change the title").click()
    page.get_by_label("Title", exact=True).fill("Nieuwe titel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nieuwe titel")


def test_the_second_of_two_editors_sees_both_and_keeps_the_text(person, page_as, complaints):
    issue = make_issue("Begin", by=person("Mo"), lead="KS", story="Begin")
    mo, roos = page_as("Mo", lang="en"), page_as("Roos", lang="en")
    for page, text in ((mo, "Wat Mo weet"), (roos, "Wat Roos weet")):
        page.goto(f"/issues/{issue.id}")
        page.get_by_role("link", name="Rewrite").click()
        page.locator("#fact-story textarea").fill(text)
    mo.locator("#fact-story").get_by_role("button", name="Save").click()
    expect(mo.locator(".prose")).to_contain_text("Wat Mo weet")
    roos.locator("#fact-story").get_by_role("button", name="Save").click()
    dialog = roos.get_by_role("dialog")
    expect(dialog).to_contain_text("Wat Mo weet")
    expect(dialog).to_contain_text("Wat Roos weet")
    dialog.get_by_role("button", name="Back to my text").click()
    expect(roos.locator("#fact-story textarea")).to_have_value("Wat Roos weet")


def test_the_keyboard_goes_on_where_it_was(person, page_as):
    make_issue("Eerste", by=person("Mo"), lead="KS", status=Status.READY)
    make_issue("Tweede", by=person("Mo"), lead="KS", status=Status.ANALYSING)
    page = page_as("Roos", lang="en")
    page.goto("/board")
    expect(page.locator("[data-figure=open]")).to_contain_text("2 open")
    card = page.locator("#col-ready h3 a")
    card.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_focused()

    page.locator("#col-analysing h3 a").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#col-new h3 a")).to_be_focused()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#col-analysing h3 a")).to_be_focused()

    page.locator("#quick-title").fill("Derde")
    page.locator("#quick-title").press("Enter")
    expect(page.locator("[data-figure=open]")).to_contain_text("3 open")

    page.locator("#filter-text").fill("tweede")
    page.locator("#filter-text").press("Enter")
    expect(page.locator("#board h3")).to_have_count(1)
    page.go_back()
    expect(page.locator("#board h3")).to_have_count(3)
    expect(page.locator("#filter-text")).to_have_value("")

    page.locator("#board h3 a", has_text="Tweede").click()
    page.wait_for_url("**/issues/*")
    fact = page.locator("#fact-due a")
    fact.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#edit-due")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#fact-due a")).to_be_focused()


def test_one_that_looks_alike_is_merged_with_a_click(person, page_as):
    issue = make_issue("Eindnota komt laat", by=person("Mo"), lead="KS")
    make_issue("Eindnota komt weken te laat", by=person("Mo"), lead="KS")
    page = page_as("Roos", lang="en")
    page.goto(f"/issues/{issue.id}/merge")
    page.get_by_role("button", name="Eindnota komt weken te laat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Eindnota komt weken te laat")
    assert status_of(issue) == Status.MERGED
