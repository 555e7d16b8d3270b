"""The inbox in the page: what is unread, reading one, a thing or all of it, other people's, and how many statements it takes."""

import re
from datetime import timedelta

import pytest

from cxboard import clock
from cxboard.db import db
from cxboard.notifications import hearing, queries
from cxboard.notifications.models import Kind, Notification, Silence
from cxboard.notifications.unsubscribing import off_link
from tests.makers import make_action, make_issue, make_problem


@pytest.fixture
def issue(person, at, tick):
    """Two actions for Mo about one issue, one about none, all unread."""
    at("2026-11-24 10:00")
    issue = make_issue(by=person("Eva"))
    for n in range(2):
        make_action(f"Actie {n}", owner=person("Mo"), by=person("Roos"), issue=issue)
    tick()
    make_action("Zomaar", owner=person("Mo"), by=person("Roos"))
    tick()
    db.session.commit()
    return issue


def unread(person) -> int:
    db.session.rollback()
    return queries.unread(person)


def test_it_is_grouped_by_thing_with_the_newest_first(issue, person):
    things = queries.inbox(person("Mo")).things

    assert [(t.name, len(t.rows), t.unread) for t in things] == [("actions-0", 1, 1), (f"issue-{issue.id}", 2, 2)]


def test_the_page_marks_what_is_new_in_words(issue, sign_in):
    page = sign_in("Mo").get("/inbox")

    assert page.status_code == 200
    assert page.text.count(">New</span>") == 3
    assert re.search(rf'<a href="/issues/{issue.id}#action-[0-9]+">Roos van Dijk wrote down for you[^<]+Actie 1', page.text)


def test_reading_one_a_thing_and_all(issue, person, sign_in):
    mo = sign_in("Mo")
    one = queries.inbox(person("Mo")).things[1].rows[0].id
    assert mo.post(f"/inbox/{one}/reading").status_code == 303
    assert unread(person("Mo")) == 2
    assert mo.post(f"/inbox/about/issue-{issue.id}/reading", htmx=True).status_code == 200
    assert unread(person("Mo")) == 1
    mo.post("/inbox/reading")
    assert unread(person("Mo")) == 0
    assert "Mark all as read" not in mo.get("/inbox").text


def test_opening_the_page_of_a_thing_reads_it(issue, person, sign_in):
    mo = sign_in("Mo")
    says = re.search(r'hx-post="(/inbox/about/[^"]+)"', mo.get(f"/issues/{issue.id}").text)
    assert says
    answer = mo.post(says[1], data={"opened": "yes"}, htmx=True)

    assert 'id="bell"' in answer.text
    assert unread(person("Mo")) == 1
    assert "/inbox/about/" not in mo.get(f"/issues/{issue.id}").text
    assert "/inbox/about/actions-0" in mo.get("/actions").text
    assert "/inbox/about/" not in sign_in("Eva").get(f"/issues/{issue.id}").text


def test_the_bell_counts_and_is_empty_when_all_is_read(issue, sign_in):
    mo = sign_in("Mo")
    assert "3 unread messages" in mo.get("/inbox/bell", htmx="bell").text
    assert mo.get("/inbox/bell").status_code == 200
    mo.post("/inbox/reading")

    assert re.search(r'id="bell"[^>]* hidden>', mo.get("/inbox/bell", htmx="bell").text)


def test_somebody_elses_is_as_missing_as_one_that_never_was(issue, person, sign_in):
    one = queries.inbox(person("Mo")).things[0].rows[0].id

    assert sign_in("Eva").post(f"/inbox/{one}/reading").status_code == 404
    assert sign_in("Ada").post("/inbox/99999/reading").status_code == 404
    assert unread(person("Mo")) == 3


@pytest.mark.parametrize("thing", ["issue", "issue-x", "person-1", "issue-99999999999", "issue-1-2", "%00"])
def test_a_thing_that_is_none_is_missing(issue, sign_in, thing):
    assert sign_in("Mo").post(f"/inbox/about/{thing}/reading").status_code == 404


def test_what_is_older_folds(issue, person, sign_in, tick):
    sign_in("Mo").post("/inbox/reading")
    clock.set(clock.now() + timedelta(days=15))
    make_action("Nieuw", owner=person("Mo"), by=person("Roos"), issue=make_issue(by=person("Eva")))
    tick()
    inbox = queries.inbox(person("Mo"))

    assert ([len(t.rows) for t in inbox.things], [t.name for t in inbox.older]) == ([1], ["actions-0", f"issue-{issue.id}"])
    page = sign_in("Mo").get("/inbox").text
    assert page.index("Nieuw") < page.index("<details") < page.index("Zomaar")


def test_what_was_read_long_ago_is_cleared_away(issue, person, rows, tick):
    Notification.read(person("Mo"), Notification.issue_id == issue.id)
    clock.set(clock.now() + timedelta(days=100))
    hearing.clear_away()
    db.session.commit()
    assert rows("notification") == 1


def test_the_inbox_takes_as_many_statements_with_ten_times_as_much(issue, person, sign_in, queries, tick):
    mo = sign_in("Mo")
    mo.get("/inbox")
    with queries() as few:
        mo.get("/inbox")
    for n in range(10):
        make_action(f"Meer {n}", owner=person("Mo"), by=person("Roos"), issue=make_issue(by=person("Eva")))
    tick()
    with queries() as many:
        mo.get("/inbox")
    with queries() as bell:
        mo.get("/inbox/bell", htmx="bell")

    assert len(many) == len(few) <= 5
    assert len(bell) <= 4


def test_an_empty_inbox_says_what_belongs_there(sign_in):
    assert "Nothing to read." in sign_in("Finn").get("/inbox").text


# what comes by mail


def test_a_viewer_chooses_what_comes_by_mail_too(person, sign_in, at):
    at("2026-11-24 10:00")
    finn = sign_in("Finn")
    assert finn.get("/profile").text.count('name="kinds"') == 7
    answer = finn.post("/profile/mail", data={"kinds": ["mention", "digest"], "weekday": "3", "hour": "16"})

    assert answer.status_code == 303
    assert Silence.of(person("Finn")) == {Kind.HANDOFF, Kind.ASSIGNED, Kind.DUE, Kind.REVIEW}
    page = finn.get("/profile").text
    assert page.count('name="kinds" value="mention" checked') == 1
    assert '<option selected value="16">' in page
    assert "Thursday" in page


@pytest.mark.parametrize("data", [{"kinds": ["secrets"], "weekday": "1", "hour": "8"}, {"weekday": "9", "hour": "8"}, {"weekday": "1", "hour": "3"}, {}])
def test_a_choice_that_is_not_offered_changes_nothing(person, sign_in, data):
    assert sign_in("Mo").post("/profile/mail", data=data).status_code == 422
    assert Silence.of(person("Mo")) == set()


def test_the_link_in_the_mail_asks_first_and_a_post_switches_off_exactly_that_kind(person, client, app):
    path = off_link(person("Mo"), [Kind.ASSIGNED]).removeprefix(app.config["BASE_URL"])
    asked = client.get(path)
    assert (asked.status_code, Silence.of(person("Mo"))) == (200, set())
    assert "Somebody writes down an action for you" in asked.text

    done = client.post(path, data={"List-Unsubscribe": "One-Click"}, csrf=False)
    assert (done.status_code, Silence.of(person("Mo"))) == (200, {Kind.ASSIGNED})
    assert client.post(path, csrf=False).status_code == 200
    assert client.get("/inbox").status_code == 302, "it signs nobody in"


def test_the_link_speaks_the_language_of_the_mail(person, client, app):
    noor = person("Mo")
    noor.locale = "nl"
    path = off_link(noor, [Kind.DIGEST]).removeprefix(app.config["BASE_URL"])

    assert '<html lang="nl"' in client.get(path).text


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "A" + t[1:], lambda t: t.split(".")[0], lambda t: t + "x", lambda t: ".".join(reversed(t.split("."))), lambda t: "%F0%9F"])
def test_a_link_that_was_tampered_with_does_nothing(person, client, app, spoil):
    token = off_link(person("Mo"), [Kind.ASSIGNED]).rpartition("/")[2]
    path = f"/mail/off/{spoil(token)}"

    assert (client.get(path).status_code, client.post(path, csrf=False).status_code) == (404, 404)
    assert Silence.of(person("Mo")) == set()


def test_a_problem_is_read_under_its_own_page(person, sign_in, at):
    at("2026-11-24 10:00")
    problem = make_problem(by=person("Eva"))
    hearing.tell(person("Mo"), Kind.MENTION, "x", subject=("comment", 1), problem_id=problem.id, text="Hoi @mo")
    db.session.commit()
    page = sign_in("Mo").get("/inbox").text

    assert f'href="/problems/{problem.id}"' in page
    assert f"/inbox/about/problem-{problem.id}" in sign_in("Mo").get(f"/problems/{problem.id}").text
