"""A review that was held on paper is entered by its regisseur, line by line, and gets its minutes; in a real browser."""

from datetime import datetime, timedelta

from playwright.sync_api import expect

from cxboard import clock
from cxboard.issues.status import Status
from tests.makers import make_issue
from tests.reviews.making import planned


def test_roos_enters_what_was_agreed_and_makes_the_minutes(page_as, person, axe):
    roos, mo = person("Roos"), person("Mo")
    one, two = (make_issue(f"Staat stil {n}", by=roos, status=Status.ANALYSING, days=40 - n) for n in range(2))
    yesterday = clock.today() - timedelta(days=1)
    review = planned(roos, datetime(yesterday.year, yesterday.month, yesterday.day, 10, tzinfo=clock.zone()))
    page = page_as("Roos", lang="en")
    page.goto("/reviews")
    page.get_by_role("link", name="Enter what was agreed").click()
    expect(page.get_by_text("First keep when it was held")).to_be_visible()

    page.get_by_label("Mo Amrani").check()
    row = page.locator(f"#after-stuck-issue-{one.id}")
    line = row.get_by_label(f"What was agreed about {one.key}?")
    line.fill("Wij bellen iedereen")
    line.press("Enter")  # two things: type, Enter
    expect(row.locator(".after-lines")).to_contain_text("Wij bellen iedereen")
    expect(line).to_be_focused()
    expect(line).to_have_value("")
    expect(row.get_by_label("Kind")).to_have_value("decision")
    line.fill("@mo fri Bel de klant")
    line.press("Enter")
    expect(row.locator(".after-lines")).to_contain_text("Bel de klant Mo Amrani")
    row.get_by_label("Kind").select_option("action")
    line.fill("Stuur de brief")
    line.press("Enter")
    expect(row.get_by_text("Who does it? Choose a person.")).to_be_visible()
    axe(page)
    row.get_by_role("combobox", name="Who does it?").select_option(str(mo.id))
    row.get_by_label("By when?").fill((clock.today() + timedelta(days=3)).isoformat())
    row.get_by_role("button", name="Write down").click()
    expect(row.locator(".after-lines li")).to_have_count(3)
    page.get_by_role("button", name=f"{two.key}: Talked about, nothing agreed").click()
    expect(page.locator(f"#after-stuck-issue-{two.id} .after-lines")).to_be_visible()
    page.get_by_role("button", name="Strike “Stuur de brief”").click()
    expect(row.locator(".after-lines li")).to_have_count(2)

    expect(page.get_by_label("Mo Amrani")).to_be_checked()  # not lost by what came in between
    page.get_by_role("button", name="Keep this").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Close and make the minutes").click()
    expect(page.get_by_role("heading", name=f"Weekly review, week {review.number}")).to_be_visible()
    for said in ("afterwards, by Roos van Dijk", "10:00 to 11:00", "Wij bellen iedereen", "Bel de klant"):
        expect(page.locator(".minutes-doc")).to_contain_text(said)


def test_it_can_be_entered_on_a_phone(page_as, person, axe):
    roos = person("Roos")
    issue = make_issue("Staat stil", by=roos, status=Status.ANALYSING, days=40)
    review = planned(roos, clock.now() - timedelta(hours=24))
    phone = page_as("Roos", phone=True, dark=True, lang="en")
    phone.goto(f"/reviews/{review.id}/afterwards")
    row = phone.locator(f"#after-stuck-issue-{issue.id}")
    row.get_by_label(f"What was agreed about {issue.key}?").fill("Wij bellen iedereen")
    row.get_by_role("button", name="Write down").tap()
    expect(row.locator(".after-lines")).to_contain_text("Wij bellen iedereen")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_form_that_is_a_page_is_put_right_where_it_stands(page_as, person):
    person("Roos")
    page = page_as("Roos", lang="en")
    page.goto("/reviews/new")
    day, place = page.get_by_label("Day", exact=True), page.locator("#new-place")
    day.fill((clock.today() - timedelta(days=60)).isoformat())
    place.fill("Kamer 3")
    page.get_by_role("button", name="Plan it").click()
    expect(day).to_have_attribute("aria-invalid", "true")  # once: no dialog with the same form above it
    expect(day).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(place).to_have_value("Kamer 3")
    day.fill((clock.today() + timedelta(days=3)).isoformat())
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("The review is planned.")).to_be_visible()


def test_times_that_cannot_be_are_named_and_put_right(page_as, person):
    roos, _mo = person("Roos"), person("Mo")
    yesterday = clock.today() - timedelta(days=1)
    review = planned(roos, datetime(yesterday.year, yesterday.month, yesterday.day, 10, tzinfo=clock.zone()))
    page = page_as("Roos", lang="en")
    page.goto(f"/reviews/{review.id}/afterwards")
    began, ended, keep = page.get_by_label("It began at"), page.get_by_label("It ended at"), page.get_by_role("button", name="Keep this")
    page.get_by_label("Mo Amrani").check()
    began.fill("half")
    keep.click()
    expect(began).to_have_attribute("aria-invalid", "true")
    expect(began).to_be_focused()
    expect(began).to_have_value("half")
    expect(page.get_by_label("Mo Amrani")).to_be_checked()

    began.fill("11:30")
    ended.fill("10:00")
    keep.click()
    expect(page.get_by_text("It ended before it began.")).to_be_visible()
    ended.fill("12:00")
    keep.click()
    expect(page.get_by_text("Kept by Roos van Dijk")).to_be_visible()
    expect(page.get_by_text("It ended before it began.")).to_be_hidden()
    expect(page.locator("#after-times-form .err")).to_have_count(0)
