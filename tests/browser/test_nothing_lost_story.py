"""What is typed stays, what is sent arrives once: over reloads, ended sessions, a server that is away, and two tabs."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.discussion.models import Comment
from tests.browser.conftest import PATIENCE
from tests.makers import PASSWORD, make_issue

BACK = "is back."


@pytest.fixture
def issue(person):
    person("Eva")
    return make_issue(by=person("Mo"), story="Klanten wachten.")


def said() -> list[str]:
    db.session.commit()
    return list(db.session.scalars(sa.select(Comment.text).order_by(Comment.id)))


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('cx:draft:'))")


def type_comment(page: Page, text: str) -> None:
    page.locator("#comment-text").fill(text)
    wait_until_kept(page)


def wait_until_kept(page: Page) -> None:
    for _n in range(100):
        if kept(page):
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was kept")


def test_half_a_comment_is_back_after_a_reload_and_leaves_no_trace_once_it_is_said(page_as, issue):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    type_comment(page, "Ik bel hem morg")

    page.reload()
    field = page.locator("#comment-text")
    expect(field).to_have_value("Ik bel hem morg")
    expect(page.get_by_text(BACK)).to_be_visible()
    page.get_by_role("button", name="Throw away").click()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    assert kept(page) == []

    type_comment(page, "Ik bel hem morgen")
    page.reload()
    field.press("Control+Enter")
    expect(page.locator("#stream-list")).to_contain_text("Ik bel hem morgen")
    expect(page.get_by_text(BACK)).to_have_count(0)
    assert kept(page) == []
    assert said() == ["Ik bel hem morgen"]


def test_an_ended_session_asks_to_sign_in_in_place_and_the_comment_goes_through(page_as, axe, issue, person, complaints):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.locator("#comment-text").fill("Dit mag niet verloren gaan.")
    person("Mo").end_sessions()

    page.get_by_role("button", name="Comment").click()
    door = page.get_by_role("dialog", name="Sign in again")
    expect(door).to_be_visible()
    axe(page)
    door.get_by_label("E-mail address").fill(person("Mo").email)
    door.get_by_label("Password").fill("niet het goede")
    door.get_by_role("button", name="Sign in").click()
    expect(door).to_contain_text("do not belong together")
    door.get_by_label("Password").fill(PASSWORD)
    door.get_by_role("button", name="Sign in").click()

    expect(page.locator("#stream-list")).to_contain_text("Dit mag niet verloren gaan.")
    expect(door).to_be_hidden()
    assert said() == ["Dit mag niet verloren gaan."]
    page.locator("#comment-text").fill("En nog iets.")
    page.locator("#comment-text").press("Control+Enter")
    expect(page.locator("#stream-list")).to_contain_text("En nog iets.")
    complaints.clear()


def test_who_signs_in_instead_gets_a_page_of_their_own_and_none_of_the_text(page_as, issue, person):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.locator("#comment-text").fill("Alleen van Mo.")
    person("Mo").end_sessions()
    page.get_by_role("button", name="Comment").click()
    door = page.get_by_role("dialog", name="Sign in again")
    door.get_by_label("E-mail address").fill(person("Eva").email)
    door.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        door.get_by_role("button", name="Sign in").click()

    page.goto(f"/issues/{issue.id}")
    expect(page.locator("#comment-text")).to_have_value("")
    assert kept(page) == []
    assert said() == []


def test_nothing_typed_is_left_behind_after_signing_out(page_as, issue):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    type_comment(page, "Over een collega")
    page.goto("/profile")
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_could_not_be_sent_waits_and_arrives_once_also_when_only_the_answer_was_lost(page_as, issue, complaints):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    tries = []

    def away_twice(route):
        tries.append(route.request.post_data)
        if len(tries) == 1:
            route.abort("connectionrefused")
        elif len(tries) == 2:
            route.fetch(timeout=3 * PATIENCE)  # it arrives, the answer does not
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/comments", away_twice)
    page.locator("#comment-text").fill("Onderweg.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#comment-form .waiting")).to_contain_text("No connection. We keep what you type and send it later.")

    expect(page.locator("#stream-list")).to_contain_text("Onderweg.")
    expect(page.locator("#comment-text")).to_have_value("")
    keys = [re.findall(r'name="form_key"\r\n\r\n(.+?)\r\n', tried) for tried in tries]
    assert len(keys) == 3
    assert keys[0]
    assert keys == [keys[0]] * 3, "the same key each time"
    assert len(tries) == 3
    assert said() == ["Onderweg."]
    complaints.clear()


def test_a_double_click_and_a_second_tab_make_one(page_as, issue):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")
    tab = page.context.new_page()
    tab.goto(f"/issues/{issue.id}")

    page.locator("#comment-text").fill("Eén keer gezegd.")
    tab.locator("#comment-text").fill("Eén keer gezegd.")
    page.get_by_role("button", name="Comment").dblclick()
    expect(page.locator("#stream-list")).to_contain_text("Eén keer gezegd.")
    tab.get_by_role("button", name="Comment").click()
    expect(tab.locator("#stream-list")).to_contain_text("Eén keer gezegd.")

    assert said() == ["Eén keer gezegd."]


def test_a_form_that_leaves_the_page_is_kept_until_the_page_after_it(page_as, person):
    page = page_as("Roos", lang="en")
    page.goto("/journeys")
    page.get_by_label("Name of the journey").fill("Verhuizen")
    wait_until_kept(page)
    page.reload()
    expect(page.get_by_label("Name of the journey")).to_have_value("Verhuizen")
    page.get_by_role("button", name="Add journey").click()

    expect(page.get_by_role("heading", name="Verhuizen")).to_be_visible()
    assert kept(page) == []


def test_a_kept_text_does_not_overwrite_what_another_wrote_meanwhile(page_as, issue, person):
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}/facts/story")
    page.locator("textarea").first.fill("Klanten wachten drie weken.")
    wait_until_kept(page)
    issue.edit(by=person("Roos"), story="Klanten wachten op post.")
    db.session.commit()

    page.reload()
    expect(page.locator("textarea").first).to_have_value("Klanten wachten drie weken.")
    page.locator("form:has(textarea) button.primary").first.click()

    expect(page.get_by_text("Roos van Dijk has just changed this")).to_be_visible()
    expect(page.get_by_text("Klanten wachten op post.").first).to_be_visible()


def test_without_script_what_was_sent_goes_on_after_signing_in(page_as, issue, person):
    page = page_as("Mo", lang="en", script=False)
    page.goto(f"/issues/{issue.id}")
    page.locator("#comment-text").fill("Zonder script.")
    db.session.get(User, person("Mo").id).end_sessions()
    page.get_by_role("button", name="Comment").click()

    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible()
    page.get_by_label("E-mail address").fill(person("Mo").email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Zonder script.")).to_be_visible()
    page.get_by_role("button", name="Send it").click()

    expect(page.locator("#stream-list")).to_contain_text("Zonder script.")
    assert said() == ["Zonder script."]


def test_what_is_typed_while_the_line_before_is_on_its_way_is_the_next_line(page_as, issue, complaints):
    page = page_as("Mo", lang="en")

    on_its_way = []
    page.route("**/*", lambda route: on_its_way.append(route) if route.request.method == "POST" else route.continue_())

    def arrives() -> None:
        for _n in range(100):
            if on_its_way:
                on_its_way.pop().continue_()
                return
            page.wait_for_timeout(50)
        raise AssertionError("nothing was sent")

    page.goto("/board")
    page.locator("#quick-title").click()
    page.keyboard.type("Eerste regel")
    page.keyboard.press("Enter")
    page.keyboard.type("Facturen kloppen niet")
    page.keyboard.press("Enter")  # while the first is on its way
    arrives()
    expect(page.locator("#board h3").filter(has_text=re.compile("^Eerste regel$"))).to_have_count(1)
    page.keyboard.type("Derde")
    arrives()
    expect(page.locator("#board h3").filter(has_text=re.compile("^Facturen kloppen niet$"))).to_have_count(1)
    expect(page.locator("#quick-title")).to_have_value("Derde")

    page.goto(f"/issues/{issue.id}")
    comment = page.locator("#comment-text")
    comment.click()
    page.keyboard.type("Dit is een")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("En dit is twee")
    arrives()
    expect(page.locator("#stream").get_by_text("Dit is een")).to_be_visible()
    expect(comment).to_have_value("En dit is twee")
    line = page.locator("#capture textarea")
    line.click()
    page.keyboard.type("@niemand vr Bel")
    page.keyboard.press("Enter")
    page.keyboard.type(" ze op")
    arrives()
    expect(page.get_by_text("Nobody here is called @niemand.")).to_be_visible()
    expect(line).to_have_value("@niemand vr Bel ze op")
