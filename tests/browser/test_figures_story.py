"""The rhythm in figures, in a real browser: from the reviews to a figure and its rows, at a desk and on a phone."""

from datetime import timedelta

from playwright.sync_api import expect

from cxboard import clock
from cxboard.actions.models import Decision
from cxboard.db import db
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.makers import make_action, make_issue


def held(at, person, day: str) -> None:
    roos, *others = people = [person(n) for n in ("Roos", "Mo", "Eva", "Finn", "Ada")]
    now = at(f"{day} 10:00")
    make_action(owner=roos, due=clock.today()).carry(due=clock.today() + timedelta(days=1), by=roos)
    make_action(owner=others[0], due=clock.today()).finish(by=roos)
    review = Review.plan_one(now, by=roos)
    review.start(by=roos)
    Decision.record_one("Zo doen we het", by=roos, issue=make_issue(by=roos, days=9))
    review.turn(Step.FOCUS, by=roos)
    clock.set(now + timedelta(minutes=31))
    for somebody in people:
        review.rate(8, by=somebody)
    review.close(by=roos)
    db.session.commit()


def test_from_the_reviews_to_a_figure_and_its_rows(page_as, axe, person, at):
    for day in ("2026-11-03", "2026-11-10"):
        held(at, person, day)
    at("2026-11-24 09:00")
    page = page_as("Finn", lang="en")
    page.goto("/reviews")
    page.get_by_role("link", name="Figures").click()

    steps = page.get_by_role("region", name="Minutes per step")
    expect(steps.get_by_role("row", name="Focus")).to_contain_text("2 of 2")
    steps.get_by_role("link", name="31 min").first.click()
    rows = page.locator("dialog #figure-rows")
    expect(rows.get_by_role("listitem").first).to_contain_text("31 of 25 min")
    rows.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Half a year").click()
    expect(page.get_by_text("2 reviews were held since 27 May.")).to_be_visible()
    page.locator("summary", has_text="The rating of each review").first.click()
    axe(page)

    phone = page_as("Finn", phone=True, lang="en")
    phone.goto("/reviews/figures")
    axe(phone)
    for screen in (page, phone):
        assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
