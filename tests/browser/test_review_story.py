"""A whole review in the browser: two people, one of whom turns the pages, from the agenda to the minutes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action
from cxboard.db import db
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence, Status
from cxboard.reviews.models import Review, Series
from cxboard.reviews.steps import Step
from tests.makers import make_action, make_cause, make_issue, make_problem

Person = Callable[[str], User]
PageAs = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def review(person: Person) -> Review:
    """A board with something for each step, and a review that is planned for now."""
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    focus = make_issue(
        "Verhuizing doorgeven lukt niet in één keer", by=roos, status=Status.ANALYSING, days=5, story="Ik zat met twee kinderen in het donker.",
        reach=3200.0, severity=4, confidence=Confidence.HIGH,
    )  # fmt: skip
    Focus.put(focus, by=roos)
    make_cause(focus, make_problem("Alles zes keer overtypen", by=eva), by=eva, share=60, whys=["Adres staat in zes systemen", "Niemand mag er een opheffen"])
    make_issue("Storing melden kost drie telefoontjes", by=mo, days=2)
    make_issue("Opzeggen kan alleen per brief", by=mo, days=1)
    make_issue("App toont oud verbruik", by=roos, lead="IT", status=Status.READY, days=40)
    make_issue("Wachtwoord resetten duurt een dag", by=roos, status=Status.DONE, days=1)
    make_action("Veldenlijst naar IT sturen", owner=mo, due=clock.today(), issue=focus)
    Series.set(weekday=(clock.today().weekday() + 1) % 7, at="10:00", by=roos, chair=roos)
    review = Review.plan_one(clock.now(), by=roos, chair=roos)
    db.session.commit()
    return review


def turned(page: Page, step: str) -> None:
    expect(page.locator("#main")).to_have_attribute("data-turned", re.compile(f"^{step}-"))


def test_a_regisseur_runs_a_whole_review_while_a_member_follows(person: Person, page_as: PageAs, review: Review) -> None:
    person("Mo"), person("Eva")
    path = f"/reviews/{review.id}"
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en")

    roos.goto("/reviews")
    roos.get_by_role("link", name="See the agenda").click()
    expect(roos.get_by_role("heading", name="Focus")).to_be_visible()
    roos.get_by_role("button", name="Open the review").click()
    expect(roos.get_by_text("Ik zat met twee kinderen in het donker.")).to_be_visible()
    mo.goto(path)
    expect(mo.get_by_text("Live since")).to_be_visible()

    # who is there
    roos.get_by_role("link", name="Who is there").click()
    expect(roos.get_by_role("button", name="Everybody not marked yet is there")).to_be_focused()
    roos.get_by_role("button", name="Everybody not marked yet is there").click()
    expect(roos.locator("#dialog [aria-pressed=true]")).to_have_count(3)
    roos.get_by_label("Name of a guest").fill("Mr. De Vries, jurist")
    roos.get_by_role("button", name="Add").click()
    expect(roos.locator("#dialog").get_by_text("Mr. De Vries, jurist")).to_be_visible()
    roos.get_by_role("button", name="Done").click()
    expect(roos.locator("#dialog")).to_be_hidden()

    # numbers and promises, with the arrow keys; the other screen follows by itself
    roos.keyboard.press("ArrowRight")
    turned(roos, "numbers")
    turned(mo, "numbers")
    roos.locator("main").get_by_role("link", name="stand still").click()
    expect(roos.locator("#dialog").get_by_text("App toont oud verbruik")).to_be_visible()
    roos.keyboard.press("Escape")
    roos.keyboard.press("ArrowRight")
    turned(roos, "promises")
    roos.get_by_role("checkbox", name="Done: Veldenlijst naar IT sturen").click()
    expect(roos.get_by_role("checkbox", name="Done: Veldenlijst naar IT sturen")).to_be_checked()

    # new: one of four answers
    roos.get_by_role("button", name="Next: New").click()
    turned(roos, "new")
    expect(roos.locator("#spot-head")).to_be_focused()
    roos.get_by_role("link", name="Decline").click()
    roos.locator("#dialog textarea, #dialog input[name=reason]").first.fill("Dat lossen we op in de app")
    roos.locator("#dialog button.primary").click()
    expect(roos.locator("#spot .status")).to_have_text(re.compile("Declined"))
    roos.get_by_role("button", name=re.compile("^Next: CX-")).click()
    expect(roos.locator("#spot-head")).to_have_text("Opzeggen kan alleen per brief")
    expect(mo.locator("#spot-head")).to_have_text("Opzeggen kan alleen per brief")

    # a member is typing while the page turns: the text stays, with what it was about
    mo.locator("#capture-text").click()
    mo.keyboard.type("Opzeggen mag vanaf nu online")
    roos.get_by_role("button", name="Next week").click()
    turned(roos, "stuck")
    turned(mo, "stuck")
    expect(mo.locator("#capture-text")).to_have_value("Opzeggen mag vanaf nu online")
    expect(mo.locator("#capture-text")).to_be_focused()
    mo.keyboard.press("Enter")
    expect(mo.locator("#capture-text")).to_have_value("")

    # focus: a decision in two actions, a promise in one line
    roos.locator(".ribbon-steps").get_by_role("button", name=re.compile("Focus")).click()
    turned(roos, "focus")
    expect(roos.get_by_text("Niemand mag er een opheffen")).to_be_visible()
    roos.keyboard.press("b")
    expect(roos.locator("#capture-text")).to_be_focused()
    roos.keyboard.type("Klantenservice mag een voorlopige datum noemen")
    roos.keyboard.press("Enter")
    expect(roos.locator("#agreed-now").get_by_text("Klantenservice mag een voorlopige datum noemen")).to_be_visible()
    expect(mo.locator("#agreed-now").get_by_text("Klantenservice mag een voorlopige datum noemen")).to_be_visible()
    roos.locator("#capture label", has_text="Action").click()
    expect(roos.locator("#capture-text")).to_be_focused()
    roos.keyboard.type("@mo over 2 weken Bel de top-10 klanten")
    roos.keyboard.press("Enter")
    expect(roos.locator("#agreed-now").get_by_text("Bel de top-10 klanten")).to_be_visible()
    roos.locator("#step-notes summary").click()
    roos.locator("#notes-text").fill("Marieke vertelde over de proef.")
    roos.get_by_role("button", name="Keep the notes").click()
    expect(roos.get_by_text("The notes are kept.")).to_be_visible()
    roos.get_by_role("button", name="+2 min").click()
    expect(roos.locator(".ribbon-steps [aria-current]")).to_contain_text("27 min")

    # wrap-up
    roos.get_by_role("button", name="Next: Wrap-up").click()
    turned(roos, "wrap_up")
    turned(mo, "wrap_up")
    expect(roos.get_by_text("Dat lossen we op in de app")).to_be_visible()
    mo.locator(".rating label", has_text="8").click()
    expect(mo.get_by_text("1 mark so far.")).to_be_visible()
    asked: list[str] = []
    roos.once("dialog", lambda box: (asked.append(box.message), box.accept()))
    roos.get_by_role("button", name="Close the review").click()
    expect(roos.get_by_role("heading", name=re.compile("Weekly review, week"))).to_be_visible()
    expect(mo.get_by_role("heading", name=re.compile("Weekly review, week"))).to_be_visible()
    assert "fixes the minutes" in asked[0]
    assert "2 points were not reached" in asked[0] or "1 point was not reached" in asked[0]
    minutes = roos.locator(".minutes-doc")
    expect(minutes.get_by_text("None: 1 mark was given")).to_be_visible()
    for said in ("Klantenservice mag een voorlopige datum noemen", "Bel de top-10 klanten", "Opzeggen mag vanaf nu online", "Mr. De Vries, jurist",
                 "Dat lossen we op in de app", "Marieke vertelde over de proef.", "Wachtwoord resetten duurt een dag"):  # fmt: skip
        expect(minutes.get_by_text(said).first).to_be_visible()

    promise = db.session.scalars(sa.select(Action).where(Action.title == "Bel de top-10 klanten")).one()
    assert (promise.owner.name, promise.due, promise.review_id) == ("Mo Amrani", clock.today() + timedelta(weeks=2), review.id)
    put_off = db.session.scalars(sa.select(Issue).where(Issue.title == "Opzeggen kan alleen per brief")).one()
    assert put_off.status == Status.NEW
    roos.goto("/reviews")
    expect(roos.get_by_role("row", name=re.compile("Roos van Dijk"))).to_contain_text("2")


def test_a_member_looks_around_and_comes_back_and_writes_about_what_they_see(person: Person, page_as: PageAs, axe: Axe, review: Review) -> None:
    chair = person("Roos")
    review.start(by=chair)
    db.session.commit()
    roos, mo = page_as("Roos", lang="en"), page_as("Mo", lang="en", dark=True)
    roos.goto(f"/reviews/{review.id}")
    expect(roos.get_by_text("1 present", exact=True)).to_be_visible()
    mo.goto(f"/reviews/{review.id}")
    expect(roos.get_by_text("1 present", exact=True)).to_be_visible()  # who only looks in is not there
    mo.get_by_role("button", name="I am here").click()
    expect(roos.get_by_text("2 present", exact=True)).to_be_visible()
    expect(mo.get_by_role("button", name="I am here")).to_have_count(0)

    # the arrows look around; the meeting goes on, and this screen is not dragged along
    mo.keyboard.press("ArrowRight")
    turned(mo, "numbers")
    expect(mo.locator("#away")).to_contain_text("The meeting is at Customer at the table.")
    axe(mo)
    roos.locator(".ribbon-steps").get_by_role("button", name=re.compile("Focus")).click()
    turned(roos, "focus")
    expect(mo.locator("#away")).to_contain_text("The meeting is at Focus: CX-")
    turned(mo, "numbers")
    mo.reload()
    turned(mo, "numbers")
    mo.keyboard.press("r")
    turned(mo, "focus")
    expect(mo.locator("#away")).to_have_count(0)
    expect(mo).to_have_url(re.compile(r"/reviews/\d+$"))

    # a line that is begun here stays about this point while the page turns
    mo.keyboard.press("c")
    mo.keyboard.type("De klant van dinsdag belde weer")
    roos.get_by_role("button", name="Next: Wrap-up").click()
    turned(mo, "wrap_up")
    expect(mo.locator("#capture-about")).to_have_text(re.compile("^This line stays about CX-"))
    mo.keyboard.press("Enter")
    expect(mo.locator("#capture-text")).to_have_value("")
    roos.keyboard.press("ArrowLeft")
    expect(roos.locator("#agreed-now").get_by_text("De klant van dinsdag belde weer")).to_be_visible()
    expect(mo.locator("#agreed-now").get_by_text("De klant van dinsdag belde weer")).to_be_visible()

    # a status in two actions, a cause in one line
    roos.keyboard.press("m")
    roos.locator("#dialog").get_by_role("button", name="Ready to start").click()
    expect(mo.locator("#spot .status").first).to_have_text(re.compile("Ready to start"))
    make_problem("Niemand mag een datum noemen", by=person("Eva"))
    mo.locator("#capture label", has_text="Cause").click()
    mo.keyboard.type("datum noemen")
    expect(mo.locator("#capture-reading")).to_contain_text("Niemand mag een datum noemen")
    mo.keyboard.press("Enter")
    expect(roos.locator("#spot")).to_contain_text("and 1 other cause")

    # the chair goes over; who handed it over looks around from there
    ada = person("Ada")
    roos.get_by_role("link", name="Hand over").click()
    roos.locator("#dialog select").select_option(str(ada.id))
    axe(roos)
    roos.locator("#dialog").get_by_role("button", name="Hand over").click()
    expect(roos.get_by_text(f"{ada.name} turns the page")).to_be_visible()
    roos.locator(".ribbon-steps").get_by_role("link", name=re.compile("Promises")).click()
    turned(roos, "promises")
    turned(mo, "focus")
    expect(roos.get_by_role("button", name="Bring everybody here")).to_have_count(0)
    roos.keyboard.press("r")
    turned(roos, "focus")
    roos.get_by_role("link", name="Take over").click()
    roos.locator("#dialog form").get_by_role("button").last.click()
    expect(roos.get_by_text("You turn the page for everybody")).to_be_visible()
    roos.keyboard.press("ArrowLeft")
    turned(mo, "stuck")


@pytest.mark.parametrize(("phone", "dark"), [(False, True), (True, False)], ids=["desk-dark", "phone-light"])
def test_every_page_of_the_review_is_for_everybody(person: Person, page_as: PageAs, axe: Axe, review: Review, phone: bool, dark: bool) -> None:
    roos = person("Roos")
    page = page_as("Roos", phone=phone, dark=dark)
    for path in ("/reviews", f"/reviews/{review.id}", "/reviews/rhythm", "/reviews/new", "/reviews/promises", f"/reviews/{review.id}/moment"):
        page.goto(path)
        axe(page)
        assert_no_sideways(page)
    review.start(by=roos)
    db.session.commit()
    for step in Step:
        review.turn(step, by=roos)
        db.session.commit()
        page.goto(f"/reviews/{review.id}")
        axe(page)
        assert_no_sideways(page)
    page.goto(f"/reviews/{review.id}/attendance")
    axe(page)
    assert_no_sideways(page)
    review.close(by=roos)
    db.session.commit()
    page.goto(f"/reviews/{review.id}")
    axe(page)
    assert_no_sideways(page)


def assert_no_sideways(page: Page) -> None:
    """Nothing sticks out to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def test_the_room_reads_along_at_five_metres(person: Person, page_as: PageAs, axe: Axe, review: Review) -> None:
    review.start(by=person("Roos"))
    review.turn(Step.FOCUS, by=person("Roos"))
    db.session.commit()
    page = page_as("Roos", lang="en")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"/reviews/{review.id}")
    before = page.locator("#spot-head").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="Large, for a screen in the room").click()
    after = page.locator("#spot-head").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert after >= before * 1.15
    assert after >= 40
    axe(page)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-scale", "room")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
def test_the_page_turner_is_always_in_view(person: Person, page_as: PageAs, review: Review, width: int, height: int) -> None:
    issue = db.session.scalars(sa.select(Focus)).one().issue
    issue.story = "Ik heb zes keer gebeld en steeds een ander aan de lijn. " * 60
    review.start(by=person("Roos"))
    review.turn(Step.FOCUS, by=person("Roos"))
    db.session.commit()
    page = page_as("Roos", lang="en")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/reviews/{review.id}")
    for room in (False, True):
        if room:
            page.evaluate("document.documentElement.dataset.scale = 'room'")
        expect(page.locator(".stage-foot .primary")).to_be_in_viewport(ratio=1)
        story = page.locator("#spot .prose")
        clamped = story.bounding_box()
        assert clamped
        page.get_by_text("Whole story").click()
        whole = story.bounding_box()
        assert whole
        assert whole["height"] > clamped["height"] + 40
        expect(page.locator(".stage-foot .primary")).to_be_in_viewport(ratio=1)
        page.get_by_text("Whole story").click()
        facts = page.get_by_role("link", name="Facts and whole history (opens in a new tab)")
        expect(facts).to_have_attribute("target", "_blank")
    assert page.locator("#main a[href]:not([hx-get], [target], [data-look], .brand, [href^='#'])").count() == 0


def test_the_letter_after_a_key_is_not_lost(person: Person, page_as: PageAs, review: Review) -> None:
    review.start(by=person("Roos"))
    db.session.commit()
    page = page_as("Mo", lang="en")
    page.goto(f"/reviews/{review.id}")
    line = page.locator("#capture-text")
    expect(line).to_have_attribute("placeholder", re.compile("provisional date"))
    at_once = """key => { document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); return document.activeElement.id; }"""
    assert page.evaluate(at_once, "a") == "capture-text"
    expect(page.locator("#capture [value=action]")).to_be_checked()
    expect(line).to_have_attribute("placeholder", re.compile("^@mo"))


def test_a_review_of_another_day_is_opened_only_on_purpose(person: Person, page_as: PageAs, review: Review) -> None:
    review.move(clock.now() + timedelta(days=3), by=person("Roos"))
    db.session.commit()
    page = page_as("Roos", lang="en")
    page.goto(f"/reviews/{review.id}")
    page.once("dialog", lambda box: box.dismiss())
    page.get_by_role("button", name="Open the review").click()
    expect(page.get_by_role("button", name="Open the review")).to_be_visible()
    page.once("dialog", lambda box: box.accept())
    page.get_by_role("button", name="Open the review").click()
    expect(page.get_by_text("Live since")).to_be_visible()


def test_the_clock_counts_past_zero_and_says_so_in_words(person: Person, page_as: PageAs, axe: Axe, review: Review) -> None:
    review.start(by=person("Roos"))
    box = review.box(Step.CUSTOMER)
    assert box.began_at
    box.began_at -= timedelta(minutes=6, seconds=20)
    db.session.commit()
    page = page_as("Mo", lang="en")
    page.goto(f"/reviews/{review.id}")
    expect(page.locator("#timer [data-time]")).to_have_text(re.compile(r"^1:2\d over$"))
    axe(page)
    first = page.locator("#timer [data-time]").inner_text()
    expect(page.locator("#timer [data-time]")).not_to_have_text(first)


def test_a_review_runs_without_script(person: Person, page_as: PageAs, review: Review) -> None:
    page = page_as("Roos", lang="en", script=False)
    page.goto(f"/reviews/{review.id}")
    page.get_by_role("button", name="Open the review").click()
    page.get_by_role("button", name="Next: Numbers").click()
    expect(page.get_by_role("heading", name="Numbers", exact=True, level=2).last).to_be_visible()
    page.locator("#capture label", has_text="Decision").click()
    page.locator("#capture-text").fill("We doen het zo")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("We doen het zo")).to_be_visible()
    page.get_by_role("button", name="Wrap-up").first.click()
    page.get_by_role("button", name="Close the review").click()
    expect(page.locator(".decisions").get_by_text("We doen het zo")).to_be_visible()
