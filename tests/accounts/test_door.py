"""The door: a next page of ours, a language before signing in, and the first administrator once (assurance A9, A12)."""

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import Role, User
from cxboard.db import db
from tests.client import Client
from tests.makers import PASSWORD

ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "http:evil.example",
    "http://evil.example", "https://evil.example", "HTTPS://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "%2f%2fevil.example", "/%2f%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/\tevil.example", "/\t/evil.example",
    "/\r\nLocation: https://evil.example", "\t//evil.example", " //evil.example", "evil.example", "@evil.example", "https://127.0.0.1@evil.example",
    "//127.0.0.1@evil.example", "/./\\evil.example", "/.//evil.example", "/..//evil.example", "/" + "x" * 2_000, "//[::1", "/\u2028/evil.example", "\x00//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(client, person, target):
    answer = client.post("/sign-in", data={"email": person("Mo").email, "password": PASSWORD, "next": target})

    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("target", ["/board?department=KS&text=a%20b", "/issues/12", "/settings/people"])
def test_signing_in_leads_where_one_wanted_to_be(client, person, target):
    answer = client.post("/sign-in", data={"email": person("Mo").email, "password": PASSWORD, "next": target})

    assert answer.location == target


def test_who_is_in_already_goes_on(sign_in):
    assert sign_in("Mo").get("/sign-in?next=/more").location == "/more"


def test_the_door_speaks_the_language_that_was_chosen_there(client, person):
    person("Mo")
    assert 'lang="nl"' in client.get("/sign-in", headers={"Accept-Language": "nl,en;q=0.5"}).text
    assert '<html lang="en"' in client.get("/sign-in?lang=en", headers={"Accept-Language": "nl"}).text
    assert '<html lang="en"' in client.get("/password/forgotten", headers={"Accept-Language": "nl"}).text
    assert '<html lang="nl"' in client.get("/sign-in?lang=nl", headers={"Accept-Language": "en"}).text
    assert '<html lang="nl"' in client.get("/sign-in?lang=fr", headers={"Accept-Language": "en"}).text


def test_the_choice_of_language_keeps_the_next_page(client, person):
    person("Mo")
    assert "/sign-in?lang=en&amp;next=/settings/people%3Fa%3D1" in client.get("/sign-in?next=/settings/people%3Fa%3D1").text.replace("%2F", "/")


def test_inside_the_person_s_own_choice_counts(sign_in):
    assert '<html lang="en"' in sign_in("Mo").get("/profile?lang=nl").text


SETUP = {"name": "Ada Bakker", "email": "ada@example.org", "password": PASSWORD}


def test_the_first_to_come_becomes_administrator_once(client, rows):
    assert client.get("/sign-in").location == "/setup"
    assert client.get("/setup").status_code == 200

    answer = client.post("/setup", data=SETUP)

    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/settings/people").status_code == 200
    assert client.get("/setup").status_code == 404
    assert Client(client.application).post("/setup", data=SETUP | {"email": "eve@example.org"}).status_code == 404
    assert [(p.email, p.role) for p in db.session.scalars(sa.select(User))] == [("ada@example.org", Role.ADMIN)]


@pytest.mark.parametrize("wrong", [{"password": "kort"}, {"email": "no address"}, {"name": "  "}, {"password": "cxboard2026"}])
def test_a_setup_that_is_not_right_makes_nobody(client, rows, wrong):
    assert client.post("/setup", data=SETUP | wrong).status_code == 422
    assert rows("person") == 0


def test_ten_who_set_up_at_the_same_moment_make_one_administrator(app, at_once, rows):
    answers = at_once(*[(Client(app), "/setup", SETUP | {"email": f"ada{n}@example.org"}) for n in range(10)])

    assert sorted(a.status_code for a in answers) == [303] + [404] * 9
    assert rows("person") == 1


def test_there_is_no_default_account(rows):
    assert rows("person") == 0
