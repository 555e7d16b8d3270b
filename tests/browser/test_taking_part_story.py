"""Taking part in a live review: who counts as there, and voting, at a desk, on a narrow screen and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.issues.status import Status
from cxboard.reviews import presence
from cxboard.reviews.models import AgendaItem, Review
from cxboard.reviews.steps import Step
from tests.browser.test_review_story import assert_no_sideways
from tests.makers import make_issue
from tests.reviews.making import live

Person = Callable[[str], User]
PageAs = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def review(person: Person) -> Review:
    """A live review at its focus step, with more points than fit."""
    roos = person("Roos")
    review = live(roos)
    for n in range(6):
        issue = make_issue(f"Verhuizing {n} lukt niet in een keer en kost klanten weken", by=roos, status=Status.ANALYSING)
        review.items.append(AgendaItem(step=Step.FOCUS, why="not_reached", issue=issue, facts={}, carried=1, position=100 + n))
    db.session.flush()
    review.turn(Step.FOCUS, by=roos)
    db.session.commit()
    return review


def test_who_stays_or_does_something_is_there_and_who_looks_in_is_not(person: Person, page_as: PageAs, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    person("Eva")
    monkeypatch.setattr(presence, "STAY", 2)
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    roos.goto(f"/reviews/{review.id}")

    mo.goto(f"/reviews/{review.id}?step=numbers")
    mo.wait_for_timeout(3_500)
    expect(roos.get_by_text("1 present", exact=True)).to_be_visible()  # looking around is not being there
    mo.keyboard.press("r")
    expect(roos.get_by_text("2 present", exact=True)).to_be_visible()
    mo.get_by_role("link", name="Who is there").click()
    mo.get_by_role("button", name="I only look along").click()
    expect(roos.get_by_text("1 present", exact=True)).to_be_visible()
    mo.get_by_role("button", name="Done").click()
    expect(mo.get_by_role("button", name="I am here")).to_be_visible()
    mo.wait_for_timeout(3_500)
    expect(roos.get_by_text("1 present", exact=True)).to_be_visible()
    mo.locator("#capture-text").fill("De brief vervalt")
    mo.keyboard.press("Enter")
    expect(roos.get_by_text("2 present", exact=True)).to_be_visible()
    expect(mo.get_by_role("button", name="I am here")).to_have_count(0)


@pytest.mark.parametrize(("width", "height", "phone"), [(1024, 768, False), (390, 844, True)], ids=["narrow", "phone"])
def test_votes_are_given_and_counted_without_room_for_the_agenda(person: Person, page_as: PageAs, axe: Axe, review: Review, width: int, height: int, phone: bool) -> None:
    roos, mo = (page_as(who, lang="en", phone=phone, dark=who == "Mo") for who in ("Roos", "Mo"))
    for page in (roos, mo):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/reviews/{review.id}")
    expect(mo.get_by_role("button", name="I am here")).to_be_visible()
    roos.get_by_role("button", name="Open the vote").click()
    last = mo.get_by_role("button", name="Vote for CX-6")
    expect(last).to_be_visible()
    axe(mo)
    assert_no_sideways(mo)
    last.click()
    expect(mo.get_by_role("button", name="My vote for CX-6")).to_be_visible()
    expect(mo.get_by_text("You have 2 votes left.")).to_be_visible()
    expect(roos.get_by_text("1 person has voted.")).to_be_visible()
    roos.get_by_role("button", name="Close the vote").click()
    expect(roos.locator("#spot-head")).to_contain_text("Verhuizing 5")
    expect(mo.locator("#spot-head")).to_contain_text("Verhuizing 5")
    expect(mo.get_by_role("listitem").filter(has_text="CX-6 1 vote")).to_be_visible()
    axe(mo)
    assert_no_sideways(mo)


def with_the_rest_held(page_as: PageAs, review: Review) -> tuple[Page, Page, list[Route], Callable[[], None]]:
    """Roos and Mo in the review; what Mo's screen asks for beside the page that is the same for everybody waits to be let go."""
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
    held: list[Route] = []
    whole = f"**/reviews/{review.id}"
    mo.route(whole, lambda route: held.append(route))

    def let_go() -> None:
        for route in held:
            route.continue_()
        mo.unroute(whole)

    return roos, mo, held, let_go


def test_a_turned_page_is_there_before_what_one_may_do_on_it(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo, _held, let_go = with_the_rest_held(page_as, review)
    roos.locator(".agenda").get_by_role("button", name="CX-2").click()
    expect(mo.locator("#spot-head")).to_contain_text("Verhuizing 1")  # the page that is the same for everybody
    expect(mo.locator("#review-points [aria-current]")).to_contain_text("CX-2")
    expect(mo.locator("#capture [name=issue]")).to_have_value("2")
    link = mo.locator("#spot").get_by_role("link", name="Link a cause")
    expect(link).to_have_count(0)
    expect(mo.locator("#agreed-now")).to_be_hidden()  # that of the page before
    mo.keyboard.press("c")  # a key of the page waits for the rest, and so do those after it
    mo.keyboard.type("Bij mij ookk")
    mo.keyboard.press("Backspace")
    mo.keyboard.press("Enter")
    mo.wait_for_timeout(300)
    let_go()
    expect(link).to_be_visible()
    expect(mo.locator("#agreed-now")).to_be_visible()
    expect(mo.locator("#capture-text")).to_be_focused()
    expect(mo.get_by_text("Bij mij ook", exact=True)).to_be_visible()
    expect(mo.locator("#capture-text")).to_have_value("")
    mo.keyboard.press("Escape")  # out of the line, back to the keys of the page
    expect(mo.locator("#capture-text")).not_to_be_focused()
    mo.keyboard.press("c")
    expect(mo.locator("#capture-text")).to_be_focused()

    # who is still writing when the review is closed keeps the text, and hears of it
    mo.keyboard.type("De klant belde weer")
    roos.locator(".ribbon-steps").get_by_role("button", name="Wrap-up").click()
    expect(mo.locator("#capture-about")).to_have_text("This line stays about CX-2.")
    expect(mo.locator("#over")).to_be_hidden()
    roos.on("dialog", lambda dialog: dialog.accept())
    roos.get_by_role("button", name="Close the review").click()
    expect(roos.get_by_role("heading", name="Weekly review, week")).to_be_visible()
    expect(mo.locator("#over")).to_be_visible()
    expect(mo.locator("#over")).to_contain_text("This review was closed.")
    expect(mo.locator("#capture-text")).to_have_value("De klant belde weer")
    mo.get_by_role("link", name="To the minutes").click()
    expect(mo.get_by_role("heading", name="Weekly review, week")).to_be_visible()


def test_the_rest_of_a_turned_page_comes_when_the_connection_is_back(person: Person, page_as: PageAs, review: Review, complaints: list[str]) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
    whole = f"**/reviews/{review.id}"
    away: list[Route] = []
    mo.route(whole, lambda route: (away.append(route), route.abort()))
    roos.locator(".agenda").get_by_role("button", name="CX-2").click()
    expect(mo.locator("#spot-head")).to_contain_text("Verhuizing 1")
    mo.mouse.move(300, 300)
    mo.mouse.move(310, 310)
    mo.wait_for_timeout(300)
    complaints.clear()  # htmx says on the console that it could not fetch
    assert len(away) == 1, "who moves about without a network asks once"
    expect(mo.locator("#agreed-now")).to_be_hidden()
    mo.unroute(whole)
    expect(mo.locator("#agreed-now")).to_be_visible()  # nothing is done for it
    expect(mo.locator("#spot").get_by_role("link", name="Link a cause")).to_be_visible()


def test_who_writes_on_a_page_stays_on_it_when_it_is_turned(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
    mo.locator("#step-notes summary").click()
    notes = mo.locator("#notes-text")
    notes.press_sequentially("De halve zin")
    roos.locator(".ribbon-steps").get_by_role("button", name="Wrap-up").click()
    expect(mo.locator("#away")).to_contain_text("You are looking around. The meeting is at Wrap-up.")
    expect(notes).to_be_focused()
    notes.press_sequentially(" is nu heel")
    expect(notes).to_have_value("De halve zin is nu heel")
    mo.get_by_role("button", name="Keep the notes").click()
    expect(mo.get_by_text("The notes are kept.")).to_be_visible()
    mo.get_by_role("link", name="Back to the meeting").click()
    expect(mo.locator("#spot-head")).to_contain_text("What did we agree?")
    expect(mo).to_have_url(re.compile(rf"/reviews/{review.id}$"))


def test_a_line_that_was_refused_is_still_there_when_others_write(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
    line = mo.locator("#capture-text")
    mo.locator("#capture label", has_text="Action").click()
    line.fill("Kosten uitzoeken")
    line.press("Enter")
    expect(mo.locator("#capture .err").first).to_be_visible()
    roos.locator("#capture-text").fill("We wachten niet langer")
    roos.locator("#capture-text").press("Enter")
    expect(mo.locator("#agreed-now")).to_contain_text("We wachten niet langer")
    expect(line).to_have_value("Kosten uitzoeken")
    expect(mo.locator("#capture .err").first).to_be_visible()

    # once it is emptied, it is a new line: about the page that is seen then
    roos.locator(".agenda").get_by_role("button", name="CX-2").click()
    expect(mo.locator("#capture-about")).to_be_visible()
    line.fill("")
    expect(mo.locator("#capture-about")).to_be_hidden()
    expect(mo.locator("#capture [name=issue]")).to_have_value("2")


def test_two_write_notes_and_the_second_chooses_theirs(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
        page.locator("#step-notes summary").click()
    mo.locator("#notes-text").press_sequentially("Van Mo")
    roos.locator("#notes-text").fill("Van Roos")
    roos.get_by_role("button", name="Keep the notes").click()
    expect(roos.get_by_text("The notes are kept.")).to_be_visible()
    mo.get_by_role("button", name="Keep the notes").click()
    conflict = mo.get_by_role("dialog")
    expect(conflict).to_contain_text("Van Roos")
    conflict.get_by_role("button", name="Save mine in its place").click()
    expect(mo.get_by_text("The notes are kept.")).to_be_visible()
    mo.reload()
    expect(mo.locator("#notes-text")).to_have_value("Van Mo")


def test_two_write_notes_and_both_are_kept(person: Person, page_as: PageAs, review: Review, axe: Callable[[Page], None]) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    roos.goto(f"/reviews/{review.id}")
    roos.locator("#step-notes summary").click()
    roos.locator("#notes-text").fill("Er is koffie.")
    roos.get_by_role("button", name="Keep the notes").click()
    expect(roos.get_by_text("The notes are kept.")).to_be_visible()
    mo.goto(f"/reviews/{review.id}")
    expect(mo.locator("#notes-text")).to_have_value("Er is koffie.")
    mo.locator("#notes-text").press("End")
    mo.locator("#notes-text").press_sequentially(" Van Mo")
    roos.locator("#notes-text").fill("Er is koffie. Van Roos")
    roos.get_by_role("button", name="Keep the notes").click()
    expect(roos.locator("#notes-form[hx-morph-skip]")).to_have_count(0)
    mo.get_by_role("button", name="Keep the notes").click()
    conflict = mo.get_by_role("dialog")
    expect(conflict).to_contain_text("Van Roos")
    axe(mo)
    conflict.get_by_role("button", name="Keep both").click()
    expect(mo.get_by_text("The notes are kept.")).to_be_visible()
    for page in (mo, roos):
        expect(page.locator("#notes-text")).to_have_value("Er is koffie. Van Roos\nVan Mo")
    mo.reload()
    expect(mo.locator("#notes-text")).to_have_value("Er is koffie. Van Roos\nVan Mo")
    expect(mo.get_by_text("is back.")).to_have_count(0)


def test_a_kind_that_a_step_does_not_have_gives_way_to_the_first(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
    with_help = mo.locator("#capture label", has_text="Help")
    for _n in range(8):
        if with_help.count():
            break
        roos.keyboard.press("ArrowRight")
        mo.wait_for_timeout(700)
    with_help.click()
    for _n in range(12):
        if not with_help.count():
            break
        roos.keyboard.press("ArrowRight")
        mo.wait_for_timeout(700)
    expect(with_help).to_have_count(0)
    expect(mo.locator("#capture [name=kind]:checked")).to_have_count(1)


def test_a_page_that_is_answered_with_the_minutes_does_not_take_away_what_is_being_written(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo, held, let_go = with_the_rest_held(page_as, review)
    mo.locator("#capture-text").click()
    mo.keyboard.type("De klant belde weer")
    roos.locator(".ribbon-steps").get_by_role("button", name="Wrap-up").click()
    expect(mo.locator("#spot")).to_have_attribute("data-step", "wrap_up")  # the rest of this page is still to come
    for _n in range(100):
        if held:
            break
        mo.wait_for_timeout(50)
    assert held
    roos.on("dialog", lambda dialog: dialog.accept())
    roos.get_by_role("button", name="Close the review").click()
    expect(roos.get_by_role("heading", name="Weekly review, week")).to_be_visible()
    let_go()
    expect(mo.locator("#over")).to_be_visible()
    mo.wait_for_timeout(700)
    expect(mo.locator("#capture-text")).to_have_value("De klant belde weer")
