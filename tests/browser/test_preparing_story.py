"""A planned review is put in order by its regisseur and prepared by a member, in a real browser."""

from datetime import timedelta

from playwright.sync_api import expect

from cxboard import clock
from cxboard.issues.status import Status
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.steps import Step
from tests.makers import make_issue
from tests.reviews.making import keys, planned


def test_roos_orders_skips_and_adds_and_mo_has_an_answer_ready(page_as, person, axe):
    roos = person("Roos")
    person("Mo")
    a, b, c = (make_issue(f"Staat stil {n}", by=roos, status=Status.ANALYSING, days=40 - n) for n in range(3))
    other = make_issue("Telefoon wordt niet opgenomen", by=roos, status=Status.ANALYSING)
    review = planned(roos, clock.now() + timedelta(days=2))
    page = page_as("Roos", lang="en")
    page.goto(f"/reviews/{review.id}")
    axe(page)

    page.get_by_role("button", name=f"{c.key} earlier").click()
    stuck = page.locator("[id^=point-stuck-issue]")
    expect(stuck).to_contain_text([a.key, c.key, b.key])

    page.locator(f"#min-stuck-issue-{c.id}").fill("30")
    page.locator(f"#min-stuck-issue-{c.id}").press("Enter")
    expect(page.get_by_text("about 24 minutes too many")).to_be_visible()

    page.get_by_role("link", name=f"Prepare {a.key}").click()
    page.get_by_text("Skip this point this time").click()
    page.get_by_label("Why is it skipped?").fill("Volgende week pas")
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.locator("#prepare-skipped")).to_contain_text("Volgende week pas")
    expect(stuck).to_contain_text([c.key, b.key])

    page.get_by_role("link", name="Add a point").click()
    page.get_by_label("Which issue?").fill("telefoon opgenomen")
    page.get_by_role("button", name="Add the point").click()
    expect(stuck).to_contain_text([c.key, b.key, other.key])

    phone = page_as("Mo", phone=True, dark=True, lang="en")
    phone.goto(f"/reviews/{review.id}")
    phone.get_by_role("link", name=f"Prepare {b.key}").tap()
    axe(phone)
    phone.get_by_label("Your answer").fill("IT antwoordt donderdag")
    phone.get_by_role("button", name="Prepare this").tap()
    expect(phone.locator(f"#point-stuck-issue-{b.id}")).to_contain_text("IT antwoordt donderdag")
    expect(page.locator(f"#point-stuck-issue-{b.id}")).to_contain_text("IT antwoordt donderdag")
    assert keys(agenda_for(review), Step.STUCK) == [c.key, b.key, other.key]
