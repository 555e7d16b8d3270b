"""The exceptions of the rhythm, and the private link of one's own calendar, in a real browser."""

from datetime import date

from playwright.sync_api import expect

from cxboard.db import db
from cxboard.reviews.calendar import RhythmChange
from cxboard.reviews.models import Series


def test_a_free_day_another_chair_and_a_later_rhythm(page_as, axe, person, at):
    at("2026-12-14 09:00")
    roos, _ada = person("Roos"), person("Ada")
    series = Series.set(weekday=4, at="10:00", zone="Europe/Amsterdam", by=roos, chair=roos)
    RhythmChange.plan(series, date(2027, 2, 1), weekday=3, at="14:00", zone="Europe/Amsterdam", by=roos)
    db.session.commit()
    page = page_as("Roos", lang="en")
    page.goto("/reviews/rhythm")
    weeks = page.locator("#coming-weeks li")

    page.get_by_label("What day is it?").fill("Eerste kerstdag")
    page.locator("#free-day").fill("2026-12-25")
    page.get_by_role("button", name="Add this day").click()
    expect(weeks.nth(1)).to_contain_text("Nobody meets on that day: Eerste kerstdag")

    page.get_by_label("Change the review of Fri 18 Dec").click()
    weeks.first.get_by_role("link", name="Somebody else leads it").click()
    page.locator("#lead-form").get_by_label("Chair").select_option(label="Ada Bakker")
    page.get_by_role("button", name="Let them lead").click()
    expect(page.get_by_text("Ada Bakker leads it")).to_be_visible()
    page.goto("/reviews/rhythm")
    expect(weeks.first).to_contain_text("other chair")
    axe(page)

    page.get_by_role("button", name="Take away 25 Dec, Eerste kerstdag").click()
    expect(weeks.nth(1)).not_to_contain_text("Nobody meets")
    page.get_by_role("button", name="Take back the rhythm from 1 Feb 2027 on").click()
    expect(page.get_by_text("every Thursday at 14:00")).to_have_count(0)


def test_the_private_link_is_told_once_and_read_without_signing_in(page_as, axe, person):
    page = page_as("Finn", phone=True, lang="en")
    page.goto("/profile")
    page.get_by_role("button", name="Make my private link").click()
    address = page.get_by_label("Your private link").input_value()
    axe(page)
    path = "/calendar/" + address.rpartition("/")[2]
    assert page.request.get(path).ok

    page.get_by_role("button", name="Revoke the link").click()
    expect(page.get_by_role("button", name="Make my private link")).to_be_visible()
    assert page.request.get(path).status == 404
