"""One form, one thing: a double click, a repeated request, a second tab, a server that fell over in between."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock, form_keys, ticker
from cxboard.db import db
from cxboard.form_keys import FormKey, new_key
from tests.client import Client
from tests.makers import make_action, make_issue, make_problem
from tests.nothing_lost.conftest import key_in

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def says(client: Client, issue_id: int, text: str = "Ik bel hem.", key: str = "one-and-the-same", **how):
    return client.post(f"/issues/{issue_id}/comments", data={"text": text, "form_key": key}, **how)


@pytest.mark.parametrize("htmx", [False, "comment-form"])
def test_ten_times_at_once_makes_one_and_all_hear_the_same(issue, sign_in, together, another_window, rows, htmx):
    mo, id = sign_in("Mo"), issue.id
    mo.csrf_token()
    windows = [another_window(mo) for _n in range(10)]

    answers = together(*(lambda w=w: says(w, id, htmx=htmx) for w in windows))

    assert {(a.status_code, a.location, a.data) for a in answers} == {(answers[0].status_code, answers[0].location, answers[0].data)}
    assert answers[0].status_code == (200 if htmx else 303)
    assert rows("comment") == 1


def test_the_answer_that_got_lost_is_given_again(issue, sign_in, rows):
    mo = sign_in("Mo")
    first = says(mo, issue.id, htmx="comment-form")

    again = says(mo, issue.id, htmx="comment-form")

    assert again.data == first.data
    assert "Ik bel hem." in again.text
    assert again.headers["HX-Trigger"] == first.headers["HX-Trigger"]
    assert rows("comment") == 1


def test_a_server_that_started_again_knows_what_it_did(app, database, issue, sign_in, rows):
    mo = sign_in("Mo")
    first = says(mo, issue.id, htmx="comment-form")
    restarted = database.make_app(app.config["SQLALCHEMY_DATABASE_URI"])
    same_browser = Client(restarted)
    same_browser._cookies = mo._cookies.copy()

    again = says(same_browser, issue.id, htmx="comment-form")
    database.let_go(restarted)

    assert again.data == first.data
    assert rows("comment") == 1


def test_a_header_does_what_the_field_does(issue, sign_in, rows):
    mo = sign_in("Mo")
    for _n in range(2):
        mo.post(f"/issues/{issue.id}/comments", data={"text": "Ik bel hem."}, headers={"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"})

    assert rows("comment") == 1


def test_without_a_key_each_request_counts(issue, sign_in, rows):
    mo = sign_in("Mo")
    for _n in range(2):
        assert mo.post(f"/issues/{issue.id}/comments", data={"text": "Ik bel hem."}).status_code == 303

    assert rows("comment") == 2


def test_the_same_key_with_another_text_is_asked_about_and_the_text_is_kept(issue, sign_in, rows):
    mo = sign_in("Mo")
    says(mo, issue.id)

    plain, dialog = says(mo, issue.id, "Ik bel hem morgen."), says(mo, issue.id, "Ik bel hem morgen.", htmx="comment-form")

    for answer in (plain, dialog):
        assert answer.status_code == 422
        assert "This form was sent before, with another text" in answer.text
        assert 'name="text" value="Ik bel hem morgen."' in answer.text
    assert rows("comment") == 1
    assert says(mo, issue.id, "Ik bel hem morgen.", key_in(plain, "main")).status_code == 303
    assert rows("comment") == 2


def test_what_is_not_carried_out_leaves_the_key_free(issue, person, sign_in, rows):
    mo, finn = sign_in("Mo"), sign_in("Finn")

    assert says(mo, issue.id, "").status_code == 422
    assert says(mo, issue.id).status_code == 303
    assert says(finn, issue.id).status_code == 403
    assert rows("form_key") == 1


def test_what_breaks_while_the_answer_is_made_changes_nothing(app, issue, sign_in, rows, monkeypatch):
    mo = sign_in("Mo")
    with monkeypatch.context() as broken:
        broken.setattr("cxboard.discussion.views.changed", lambda *_, **__: 1 / 0)
        assert says(mo, issue.id).status_code == 500
    assert (rows("comment"), rows("form_key")) == (0, 0)

    assert says(mo, issue.id).status_code == 303
    assert rows("comment") == 1


def test_an_answer_that_refuses_keeps_what_the_view_did_keep_and_leaves_the_key_free(app, person, sign_in, rows, at):
    """A wrong password in the question in between is counted."""
    moment = at("2026-11-24 09:00")
    ada, mo = sign_in("Ada"), person("Mo")
    clock.set(moment + timedelta(minutes=20))

    asked = ada.post(f"/settings/people/{mo.id}/departure", data={"form_key": "a-key-of-ada"})
    wrong = ada.post(f"/settings/people/{mo.id}/departure", data={"form_key": "a-key-of-ada", "confirm": "not this"})

    assert (asked.status_code, wrong.status_code) == (403, 422)
    assert rows("sign_in_attempt") > 0
    assert rows("form_key") == 0


def test_a_key_belongs_to_one_person_and_one_address(issue, person, sign_in, rows):
    other = make_issue(by=person("Mo"))

    for client, id in ((sign_in("Mo"), issue.id), (sign_in("Eva"), issue.id), (sign_in("Mo"), other.id)):
        assert says(client, id).status_code == 303

    assert rows("comment") == 3


def test_the_same_form_in_two_tabs_makes_one_thing(issue, sign_in, rows, at):
    moment = at("2026-11-24 09:00")
    mo, address = sign_in("Mo"), f"/issues/{issue.id}"
    here, there = key_in(mo.get(address)), key_in(mo.get(address))
    assert here != there
    clock.set(moment + timedelta(minutes=2))

    first, second = says(mo, issue.id, key=here), says(mo, issue.id, key=there)
    assert (second.status_code, second.location) == (first.status_code, first.location)
    assert rows("comment") == 1

    clock.set(moment + timedelta(minutes=3))
    says(mo, issue.id, key=key_in(mo.get(address)))
    assert rows("comment") == 2, "said again on purpose, on a page that shows the first"


def test_the_same_form_in_two_tabs_at_the_same_moment_makes_one_thing(issue, sign_in, together, another_window, rows):
    mo, id = sign_in("Mo"), issue.id
    mo.csrf_token()
    keys, windows = [new_key() for _n in range(6)], [another_window(mo) for _n in range(6)]

    answers = together(*(lambda w=w, k=k: says(w, id, key=k) for w, k in zip(windows, keys, strict=True)))

    assert {a.status_code for a in answers} == {303}
    assert rows("comment") == 1


def test_a_tick_may_be_meant_twice(person, sign_in, at, issue):
    moment = at("2026-11-24 09:00")
    action, mo = make_action(owner=person("Mo")), sign_in("Mo")
    keys = [new_key(), new_key(), new_key()]
    clock.set(moment + timedelta(minutes=1))

    for key, status in zip(keys, ("done", "open", "done"), strict=True):
        noun = "completion" if status == "done" else "reopening"
        mo.post(f"/actions/{action.id}/{noun}", data={"form_key": key})
        db.session.refresh(action)
        assert action.status.value == status


def test_what_an_answer_showed_is_not_shown_to_who_may_not_see_it_any_more(person, sign_in, rows):
    problem, mo = make_problem(by=person("Eva")), sign_in("Mo")
    address, said = f"/problems/{problem.id}/comments", {"text": "Alleen hier gezegd.", "form_key": "one-and-the-same"}
    assert "Alleen hier gezegd." in mo.post(address, data=said, htmx="comment-form").text
    problem.restricted = True
    db.session.commit()

    again = mo.post(address, data=said, htmx="comment-form")

    assert again.status_code == 200
    assert "Alleen hier gezegd." not in again.text
    assert rows("comment") == 1


def test_a_secret_that_is_told_once_is_not_kept(person, sign_in, rows):
    ada = sign_in("Ada")
    new = {"name": "Noor Nieuw", "email": "noor@example.org", "role": "member", "form_key": "one-and-the-same"}
    link = re.search(r"/password/[\w-]{20,}", ada.post("/settings/people", data=new).text)
    assert link

    again = ada.post("/settings/people", data=new)

    assert again.status_code == 303
    assert link[0] not in again.text
    assert rows("person") == 2


def test_an_answer_is_forgotten_after_a_quarter_of_an_hour_and_a_key_after_a_day(issue, sign_in, rows, at):
    moment = at("2026-11-24 09:00")
    mo = sign_in("Mo")
    says(mo, issue.id, htmx="comment-form")
    clock.set(moment + form_keys.SHOWN_FOR + timedelta(minutes=1))
    ticker.tick()

    assert db.session.scalar(sa.select(FormKey.shown)) is None
    again = says(mo, issue.id, htmx="comment-form")
    assert again.status_code == 200
    assert "Ik bel hem." not in again.text
    assert rows("comment") == 1

    clock.set(moment + form_keys.KEPT_FOR + timedelta(minutes=1))
    ticker.tick()
    assert rows("form_key") == 0


def test_after_signing_in_again_the_forms_of_a_repeated_answer_work(issue, person, sign_in, rows):
    says(sign_in("Mo"), issue.id, htmx="comment-form")
    mo = sign_in("Mo")
    again = says(mo, issue.id, htmx="comment-form")
    token = re.search(r'name="csrf_token" value="([^"]+)"', again.text)
    assert token

    said = mo.post(f"/issues/{issue.id}/comments", data={"text": "Nog iets.", "csrf_token": token[1]}, csrf=False)

    assert said.status_code == 303
    assert rows("comment") == 2


def test_reading_a_page_asks_nothing_for_keys_and_a_form_two_questions_more(issue, sign_in, queries):
    mo = sign_in("Mo")
    mo.get(f"/issues/{issue.id}")
    with queries() as read:
        mo.get(f"/issues/{issue.id}")
    with queries() as without:
        mo.post(f"/issues/{issue.id}/comments", data={"text": "Ik bel hem."})
    with queries() as keyed:
        says(mo, issue.id)

    assert not [s for s in read if "form_key" in s]
    assert len([s for s in keyed if "form_key" in s]) == 2
    assert len(keyed) - len(without) <= 2


def test_a_key_that_is_none_is_refused(issue, sign_in, rows):
    mo = sign_in("Mo")

    assert says(mo, issue.id, key="x" * 201).status_code == 400
    assert says(mo, issue.id, key="é").status_code == 400
    assert rows("comment") == 0


def test_no_fragment_that_is_kept_by_its_content_holds_a_form_with_a_key(app):
    """Otherwise many people would be given one key."""
    templates = app.jinja_env.loader
    kept = set()
    for name in templates.list_templates():
        kept |= set(re.findall(r"kept\(\s*['\"]([\w/.]+)['\"]", templates.get_source(app.jinja_env, name)[0]))

    assert kept
    assert [name for name in sorted(kept) if re.search(r"csrf\(|csrf_token|form_key", templates.get_source(app.jinja_env, name)[0])] == []


