"""A session that ended under one's hands: signing in where one is, and what was sent goes on."""

import json
import re

import pytest

from cxboard.db import db
from tests.client import Client
from tests.makers import PASSWORD


@pytest.fixture
def signed_out(issue, person, sign_in) -> Client:
    """Mo, whose session has just been ended from elsewhere."""
    mo = sign_in("Mo")
    mo.get(f"/issues/{issue.id}")
    person("Mo").end_sessions()
    db.session.commit()
    return mo


def sign_in_again(client: Client, who, **more: str):
    """As the dialog does: on a page of Mo."""
    return client.post("/sign-in", data={"email": who.email, "password": PASSWORD, **more}, htmx="door-body")


def test_the_door_opens_in_place_for_what_is_read_and_for_what_is_sent(signed_out, issue, rows):
    read = signed_out.get(f"/issues/{issue.id}", htmx="main")
    sent = signed_out.post(f"/issues/{issue.id}/comments", data={"text": "Hoi", "form_key": "mine"}, htmx="comment-form")

    for answer in (read, sent):
        assert answer.status_code == 401
        assert answer.headers["Sign-In"] == "again"
        assert 'id="sign-in-again"' in answer.text
        assert "<html" not in answer.text
    assert (rows("comment"), rows("form_key")) == (0, 0)


def test_the_same_person_goes_on_with_a_token_of_now_and_the_same_key(signed_out, issue, person, rows):
    back = sign_in_again(signed_out, person("Mo"), **{"as": str(person("Mo").id)})
    token = json.loads(back.headers["HX-Trigger"])["cx:signed-in"]["token"]
    sent = {"text": "Hoi", "form_key": "mine", "csrf_token": token}

    answers = [signed_out.post(f"/issues/{issue.id}/comments", data=sent, csrf=False, htmx="comment-form") for _n in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert rows("comment") == 1


def test_another_person_gets_a_page_of_their_own(signed_out, person):
    answer = sign_in_again(signed_out, person("Eva"), **{"as": str(person("Mo").id)})

    assert answer.headers["HX-Redirect"] == "/"
    assert "HX-Trigger" not in answer.headers


def test_guessing_is_slowed_down_here_too(signed_out, person):
    mo = {"as": str(person("Mo").id)}
    wrong = [sign_in_again(signed_out, person("Mo"), password="niet het goede", **mo).status_code for _n in range(10)]
    right = sign_in_again(signed_out, person("Mo"), **mo)

    assert set(wrong) == {422}
    assert right.status_code == 429
    assert "Too many wrong attempts" in right.text
    assert "<html" not in right.text


def test_a_reader_without_script_is_led_to_the_door_and_back(signed_out, issue):
    answer = signed_out.get(f"/issues/{issue.id}?stream=comments")

    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next=/issues/{issue.id}?stream%3Dcomments"


def held_in(page) -> str:
    found = re.search(r'name="held" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_a_plain_form_travels_along_and_is_sent_with_one_click(signed_out, issue, person, rows):
    asked = signed_out.post(f"/issues/{issue.id}/comments", data={"text": "Hoi allemaal", "back": f"/issues/{issue.id}"})
    assert asked.status_code == 401
    assert "What you filled in is kept" in asked.text

    wrong = signed_out.post("/sign-in", data={"email": person("Mo").email, "password": "niet dit", "held": held_in(asked)})
    inside = signed_out.post("/sign-in", data={"email": person("Mo").email, "password": PASSWORD, "held": held_in(wrong)})

    assert inside.status_code == 200
    assert f'action="/issues/{issue.id}/comments"' in inside.text
    assert 'name="text" value="Hoi allemaal"' in inside.text
    assert rows("comment") == 0


def test_what_was_sent_is_for_nobody_else(signed_out, issue, person):
    asked = signed_out.post(f"/issues/{issue.id}/comments", data={"text": "Hoi allemaal"})

    eva = signed_out.post("/sign-in", data={"email": person("Eva").email, "password": PASSWORD, "held": held_in(asked)})

    assert eva.status_code == 303
    assert "Hoi allemaal" not in eva.text


@pytest.mark.parametrize("spoilt", ["", "x", "[1]", "é"])
def test_only_what_was_sent_here_is_shown(signed_out, issue, person, spoilt):
    asked = signed_out.post(f"/issues/{issue.id}/comments", data={"text": "Hoi allemaal"})
    held = held_in(asked)[:-3] + spoilt

    answer = signed_out.post("/sign-in", data={"email": person("Mo").email, "password": PASSWORD, "held": held})

    assert answer.status_code == 303


def test_a_page_whose_token_is_of_another_session_gets_the_token_of_now(issue, sign_in, rows):
    mo = sign_in("Mo")
    sent = {"text": "Hoi", "form_key": "mine", "csrf_token": Client(mo.application).csrf_token()}

    refused = mo.post(f"/issues/{issue.id}/comments", data=sent, csrf=False, htmx="comment-form")
    assert refused.status_code == 400
    again = mo.post(f"/issues/{issue.id}/comments", data=sent | {"csrf_token": refused.headers["X-CSRFToken"]}, csrf=False, htmx="comment-form")

    assert again.status_code == 200
    assert rows("comment") == 1


def test_a_page_that_lost_its_cookie_is_asked_to_sign_in(issue, client):
    answer = client.post(f"/issues/{issue.id}/comments", data={"text": "Hoi"}, csrf=False, htmx="comment-form")

    assert answer.status_code == 401
    assert answer.headers["Sign-In"] == "again"


def test_a_plain_form_with_an_old_token_shows_what_was_typed_but_no_password(issue, sign_in, rows):
    mo = sign_in("Mo")

    said = mo.post(f"/issues/{issue.id}/comments", data={"text": "Een heel verhaal."}, csrf=False)
    secret = mo.post("/profile/password", data={"current": PASSWORD, "password": "Nieuw en geheim 1"}, csrf=False)

    assert (said.status_code, secret.status_code) == (400, 400)
    assert "Een heel verhaal." in said.text
    assert PASSWORD not in secret.text
    assert "Nieuw en geheim 1" not in secret.text
    assert rows("comment") == 0
