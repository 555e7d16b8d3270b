"""A whole review over a full board: three people at once, from planned to minutes, through a reload and a broken connection."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.fill import fill
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.issues.status import OPEN, Status
from cxboard.reviews.models import Review, Series
from cxboard.reviews.steps import Step
from tests.makers import make_action, make_issue

Person = Callable[[str], User]
PageAs = Callable[..., Page]
PRESSABLE = "#main form, #main button:visible, #main input:visible, #main textarea:visible, #main select:visible"


@pytest.fixture
def review(person: Person) -> Review:
    """A board with 300 open issues, and a review that is planned for now."""
    roos, mo = person("Roos"), person("Mo")
    person("Finn")
    fill(issues=296, open=296, comments=1)
    first, second = (make_issue(title, by=mo, status=Status.ANALYSING, days=5) for title in ("Verhuizing lukt niet in één keer", "Nota noemt een oud adres"))
    for issue in (first, second):
        Focus.put(issue, by=roos)
    make_issue("Opzeggen kan alleen per brief", by=mo, days=1)
    make_issue("Storing melden kost drie telefoontjes", by=mo, days=1)
    make_action("Veldenlijst naar IT sturen", owner=mo, due=clock.today(), issue=first)
    Series.set(weekday=(clock.today().weekday() + 1) % 7, at="10:00", by=roos, chair=roos)
    review = Review.plan_one(clock.now(), by=roos, chair=roos)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Issue).where(Issue.status.in_(OPEN))) == 300
    return review


def turned(step: str, *pages: Page) -> None:
    """All of these screens are at this step."""
    for page in pages:
        expect(page.locator("#main")).to_have_attribute("data-turned", re.compile(f"^{step}-"))


def head(text: str, *pages: Page) -> None:
    """All of these screens show this point."""
    for page in pages:
        expect(page.locator("#spot-head")).to_have_text(text)


def agreed(text: str, *pages: Page) -> None:
    """It stands once, on each of these screens."""
    for page in pages:
        expect(page.locator("#agreed-now").get_by_text(text)).to_have_count(1)


def only_looks(page: Page) -> None:
    """Nothing on this screen changes anything: what can be pressed is about this screen itself."""
    allowed = page.locator("#room-scale, [data-fullscreen]")
    expect(page.locator(PRESSABLE).and_(page.locator(":not(#room-scale):not([data-fullscreen])"))).to_have_count(0)
    assert allowed.count()


def line(page: Page) -> Locator:
    return page.locator("#capture-text")


def test_three_people_hold_a_whole_review_over_300_issues(person: Person, page_as: PageAs, complaints: list[str], review: Review) -> None:
    roos, mo, finn = page_as("Roos", lang="en"), page_as("Mo", lang="en"), page_as("Finn", lang="en")
    everybody = (roos, mo, finn)

    # planned: all three have the agenda open, and it becomes the meeting by itself
    roos.goto("/reviews")
    roos.get_by_role("link", name="See the agenda").click()
    for page in (mo, finn):
        with page.expect_response(lambda answer: "/live?" in answer.url):
            page.goto(f"/reviews/{review.id}")
        expect(page.get_by_role("button", name="Open the review")).to_have_count(0)
    roos.get_by_role("button", name="Open the review").click()
    turned("customer", *everybody)
    only_looks(finn)

    # promises: what is ticked on one screen is ticked on all
    roos.locator(".ribbon-steps").get_by_role("button", name=re.compile("Promises")).click()
    turned("promises", *everybody)
    mo.get_by_role("checkbox", name="Done: Veldenlijst naar IT sturen").click()
    expect(roos.get_by_role("checkbox", name="Done: Veldenlijst naar IT sturen")).to_be_checked()
    only_looks(finn)

    # focus: two people write at the same time, and neither line is lost
    roos.locator(".ribbon-steps").get_by_role("button", name=re.compile("Focus")).click()
    turned("focus", *everybody)
    head("Verhuizing lukt niet in één keer", *everybody)
    only_looks(finn)
    for page, text in ((roos, "Klantenservice mag een voorlopige datum noemen"), (mo, "De brief vervalt")):
        page.keyboard.press("b")
        page.keyboard.type(text)
    for page in (roos, mo):
        page.keyboard.press("Enter")
    for text in ("Klantenservice mag een voorlopige datum noemen", "De brief vervalt"):
        agreed(text, *everybody)

    # the chair reloads in the middle of a line: the meeting is where it was, the line too
    roos.locator("#capture label", has_text="Action").click()
    roos.keyboard.type("@mo over 2 weken Bel de top-10 klanten")
    roos.reload()
    head("Verhuizing lukt niet in één keer", roos)
    expect(roos.locator("#capture [value=action]")).to_be_checked()
    expect(line(roos)).to_have_value("@mo over 2 weken Bel de top-10 klanten")
    line(roos).press("Enter")
    expect(line(roos)).to_have_value("")
    agreed("Bel de top-10 klanten", *everybody)

    # the member's connection breaks in the middle of a line; the meeting goes on, the line stays about its point
    mo.keyboard.type("De nota volgt ")
    mo.context.set_offline(True)
    mo.keyboard.type("het nieuwe adres")
    expect(mo.locator("#lost")).to_be_visible()
    mo.keyboard.press("Enter")
    expect(mo.get_by_text("connection", exact=False).first).to_be_visible()
    roos.locator(".stage-foot .primary").click()
    head("Nota noemt een oud adres", roos, finn)
    head("Verhuizing lukt niet in één keer", mo)
    expect(line(mo)).to_have_value("De nota volgt het nieuwe adres")
    mo.context.set_offline(False)
    expect(line(mo)).to_have_value("")
    head("Nota noemt een oud adres", mo)
    expect(mo.locator("#lost")).to_be_hidden()
    complaints[:] = [c for c in complaints if "Failed to fetch" not in c]  # the browser says so too, as it should
    roos.keyboard.press("ArrowLeft")
    head("Verhuizing lukt niet in één keer", *everybody)
    agreed("De nota volgt het nieuwe adres", *everybody)

    # wrap-up and minutes, seen by all
    roos.locator(".ribbon-steps").get_by_role("button", name=re.compile("Wrap-up")).click()
    turned("wrap_up", *everybody)
    only_looks(finn)
    mo.locator(".rating label", has_text="8").click()
    expect(roos.get_by_text("1 mark so far.")).to_be_visible()
    roos.once("dialog", lambda box: box.accept())
    roos.get_by_role("button", name="Close the review").click()
    for page in everybody:
        expect(page.get_by_role("heading", name=re.compile("Weekly review, week"))).to_be_visible()
        minutes = page.locator(".minutes-doc")
        for said in ("Klantenservice mag een voorlopige datum noemen", "De brief vervalt", "De nota volgt het nieuwe adres", "Bel de top-10 klanten", "Veldenlijst naar IT sturen"):
            expect(minutes.get_by_text(said)).to_have_count(1)
        expect(minutes.locator("dt", has_text="Present").locator("+ dd")).to_have_text(re.compile("Mo Amrani, Roos van Dijk"))
        expect(minutes.get_by_text("Finn Visser")).to_have_count(0)
    expect(finn.locator("#main form")).to_have_count(0)

    assert sorted(db.session.scalars(sa.select(Decision.text))) == ["De brief vervalt", "De nota volgt het nieuwe adres", "Klantenservice mag een voorlopige datum noemen"]
    about = db.session.scalars(sa.select(Issue.title).join(Decision, Decision.issue_id == Issue.id)).all()
    assert set(about) == {"Verhuizing lukt niet in één keer"}
    promise = db.session.scalars(sa.select(Action).where(Action.title == "Bel de top-10 klanten")).one()
    assert (promise.owner.name, promise.due) == ("Mo Amrani", clock.today() + timedelta(weeks=2))


COUNT = """() => {
  const steps = window.steps = { n: 0, key: false, typing: false };
  const other = () => { if (steps.key) steps.n++; steps.key = false; };  // a key that wrote nothing counts by itself
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    if (steps.key) steps.typing = false;
    other();
    steps.key = true;
    if (event.key.length > 1) { other(); steps.typing = false; }
  }, true);
  addEventListener("input", (event) => {
    if (!event.isTrusted || !steps.key) return;
    if (!steps.typing) steps.n++;
    [steps.typing, steps.key] = [true, false];
  }, true);
  addEventListener("pointerdown", (event) => { if (event.isTrusted) { other(); steps.typing = false; steps.n++; } }, true);
}"""


def steps(page: Page) -> int:
    """How many things were done on this page since it was asked last: each press or click is one, and so is a stretch of typing."""
    return int(page.evaluate("() => { const s = window.steps, n = s.n + s.key; Object.assign(s, { n: 0, key: false, typing: false }); return n; }"))


def test_what_a_meeting_does_takes_two_actions(person: Person, page_as: PageAs) -> None:
    roos, mo = person("Roos"), person("Mo")
    issue = make_issue("Verhuizing lukt niet in één keer", by=mo, status=Status.ANALYSING, days=5)
    Focus.put(issue, by=roos)
    review = Review.plan_one(clock.now(), by=roos, chair=roos)
    review.start(by=roos)
    review.turn(Step.FOCUS, by=roos)
    db.session.commit()
    for who in ("Roos", "Mo"):
        page = page_as(who, lang="en")
        page.goto(f"/reviews/{review.id}")
        page.evaluate(COUNT)
        head("Verhuizing lukt niet in één keer", page)
        assert steps(page) == 0

        # a decision: type, Enter
        page.keyboard.press("Shift+B")  # the B of Brieven, not the key of the page
        page.keyboard.type(f"rieven vervallen, zegt {who}")
        page.keyboard.press("Enter")
        agreed(f"Brieven vervallen, zegt {who}", page)
        assert steps(page) == 2

        # an action with owner and date: one line, Enter
        page.locator("#spot-head").evaluate("head => head.focus()")
        page.keyboard.type(f"@mo over 2 weken Bel de klanten van {who}")
        page.keyboard.press("Enter")
        agreed(f"Bel de klanten van {who}", page)
        assert steps(page) == 2

        # another status: M, and which one
        page.locator("#spot-head").evaluate("head => head.focus()")
        page.keyboard.press("m")
        page.locator("#dialog").get_by_role("button", name="Ready to start" if who == "Roos" else "Analysing").click()
        expect(page.locator("#spot .status").first).to_have_text(re.compile("Ready to start" if who == "Roos" else "Analysing"))
        assert steps(page) == 2

    assert sorted(db.session.scalars(sa.select(Decision.text))) == ["Brieven vervallen, zegt Mo", "Brieven vervallen, zegt Roos"]
    promised = db.session.scalars(sa.select(Action)).all()
    assert {(a.title, a.owner.name, a.due) for a in promised} == {(f"Bel de klanten van {who}", "Mo Amrani", clock.today() + timedelta(weeks=2)) for who in ("Roos", "Mo")}


def test_the_counter_counts_what_a_detour_adds(person: Person, page_as: PageAs) -> None:
    review = Review.plan_one(clock.now(), by=person("Roos"), chair=person("Roos"))
    review.start(by=person("Roos"))
    db.session.commit()
    page = page_as("Roos", lang="en")
    page.goto(f"/reviews/{review.id}")
    page.evaluate(COUNT)
    page.keyboard.press("b")
    page.keyboard.type("De brief vervalt")
    page.keyboard.press("Enter")
    expect(line(page)).to_have_value("")
    assert steps(page) == 3
    line(page).click()
    page.keyboard.type("De brief blijft")
    page.get_by_role("button", name="Write down").click()
    expect(line(page)).to_have_value("")
    assert steps(page) == 3
