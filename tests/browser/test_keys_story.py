"""Keys and hands: several issues chosen and changed by keys alone, views kept, dragging after the board was fetched anew, and fingers that only scroll."""

import pytest
from playwright.sync_api import expect

from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from tests.makers import make_department, make_issue


@pytest.fixture
def four(person, at):
    at("2026-11-21 10:00")
    make_department("IT")
    return [make_issue(f"Punt {n}", by=person("Roos"), lead="KS") for n in range(4)]


def test_roos_changes_several_by_keys_and_takes_it_back(page_as, four, axe):
    page = page_as("Roos", lang="en")
    page.goto("/board")

    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    bar = page.get_by_role("region", name="Chosen issues")
    expect(bar).to_contain_text("2 chosen")
    axe(page)
    bar.get_by_role("button", name="Label").press("Enter")
    page.get_by_label("Label", exact=True).fill("samen")
    expect(page.get_by_label("Until", exact=True)).to_be_hidden()
    axe(page)
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 issues changed")).to_be_visible()
    expect(bar).to_be_hidden()
    db.session.expire_all()
    assert [db.session.get(Issue, i.id).tags for i in four] == [["samen"], [], ["samen"], []]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: 2 issues are as they were")).to_be_visible()


def test_a_chosen_card_stays_chosen_when_somebody_else_changes_it(page_as, four, person):
    page = page_as("Roos", lang="en")
    page.goto("/board")
    card = page.locator(f"#card-{four[0].id}")
    card.hover()
    card.get_by_role("checkbox").check()
    page.mouse.move(2, 2)

    for title in ("Anders", "Nog anders"):  # the second is fetched a second later
        four[0].edit(by=person("Mo"), title=title)
        db.session.commit()
        expect(card).to_contain_text(title)
        expect(card.get_by_role("checkbox")).to_be_checked()
    expect(page.locator("#picked")).to_contain_text("1 chosen")


def test_the_list_takes_a_range_and_says_who_is_in_the_way(page_as, four, person):
    theirs = make_issue("Van IT", by=person("Eva"), lead="IT")
    page = page_as("Mo", lang="en")
    page.goto("/issues")

    page.get_by_role("checkbox", name=f"Choose {theirs.key}").check()
    page.get_by_role("checkbox", name=f"Choose {four[2].key}").click(modifiers=["Shift"])
    expect(page.locator("#picked")).to_contain_text("3 chosen")
    page.locator("#picked").get_by_role("button", name="Park").click()
    page.get_by_label("Until", exact=True).fill("2026-12-01")
    page.get_by_role("button", name="Change 3 issues").click()
    expect(page.get_by_role("alert")).to_contain_text(f"{theirs.key} Van IT: It belongs to another department")
    expect(page.get_by_label("Until", exact=True)).to_have_value("2026-12-01")


def test_a_filter_is_kept_renamed_and_removed(page_as, four, axe):
    page = page_as("Roos", lang="en")
    page.goto("/board?department=KS")
    page.get_by_role("link", name="Keep as view").click()
    page.get_by_label("Name").fill("Van ons")
    page.keyboard.press("Enter")
    expect(page.locator(".views a[aria-current]")).to_contain_text("Van ons")

    page.goto("/views")
    axe(page)
    page.get_by_role("link", name="Rename Van ons").click()
    page.get_by_label("Name", exact=True).fill("Klantenservice")
    page.get_by_label("Everybody sees it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".views-list")).to_contain_text("shared")
    page.get_by_role("button", name="Remove Klantenservice").click()
    expect(page.get_by_text("No views yet")).to_be_visible()
    expect(page.locator("#rail-views")).to_be_hidden()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".views-list")).to_contain_text("Klantenservice")


def test_a_board_that_was_fetched_anew_can_be_dragged_on(page_as, four):
    page = page_as("Roos", lang="en")
    page.goto("/board")
    page.evaluate("htmx.ajax('GET', '/board', { source: document.body, target: '#main', select: '#main', swap: 'outerHTML' })")
    page.wait_for_function("document.getElementById('board').dataset.ready === 'yes'")

    page.locator(f"#card-{four[0].id}").drag_to(page.locator("#col-analysing [data-list]"))

    expect(page.locator("#col-analysing").get_by_text("Punt 0")).to_be_visible()


def test_a_finger_scrolls_the_board_and_never_moves_a_card(page_as, four, person):
    for n in range(12):
        make_issue(f"Meer {n}", by=person("Roos"), lead="KS", status=Status.ANALYSING)
    page = page_as("Roos", lang="en", phone=True)
    page.goto("/board")
    moved = []
    page.on("request", lambda request: moved.append(request.url) if request.method == "POST" else None)
    card = page.locator(f"#card-{four[1].id}").bounding_box()
    assert card
    touch = page.context.new_cdp_session(page)

    def swipe(dx: int, dy: int, rest: int = 0) -> None:
        x, y = card["x"] + 60, card["y"] + 30
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(rest)
        for step in range(1, 9):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + dx * step / 8, "y": y + dy * step / 8}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(150)

    swipe(0, -180)
    swipe(-260, 0)
    swipe(0, -150, rest=500)  # a finger that rests first

    db.session.expire_all()
    assert (moved, {db.session.get(Issue, i.id).status for i in four}) == ([], {Status.NEW})
    small = page.evaluate(
        "[...document.querySelectorAll('.tabbar a, .col-tabs a, .filters > .chip, .filters summary')].filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 40).map((e) => e.textContent.trim())"
    )
    assert small == []
