"""Taking part in a live review: who counts as there, and voting, at a desk, on a narrow screen and on a phone."""

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


def test_a_turned_page_is_there_before_what_one_may_do_on_it(person: Person, page_as: PageAs, review: Review) -> None:
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")
    for page in (roos, mo):
        page.goto(f"/reviews/{review.id}")
    held: list[Route] = []
    whole = f"**/reviews/{review.id}"
    mo.route(whole, lambda route: held.append(route))
    roos.locator(".agenda").get_by_role("button", name="CX-2").click()
    expect(mo.locator("#spot-head")).to_contain_text("Verhuizing 1")  # the page that is the same for everybody
    expect(mo.locator("#review-points [aria-current]")).to_contain_text("CX-2")
    expect(mo.locator("#capture [name=issue]")).to_have_value("2")
    link = mo.locator("#spot").get_by_role("link", name="Link a cause")
    expect(link).to_have_count(0)
    mo.keyboard.press("c")  # a key of the page waits for the rest
    mo.wait_for_timeout(300)
    for route in held:
        route.continue_()
    mo.unroute(whole)
    expect(link).to_be_visible()
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
