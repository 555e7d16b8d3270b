"""Guessing is slow, and does not tell which addresses are known (assurance A6, A7)."""

import re

import pytest
import sqlalchemy as sa

from cxboard.accounts import models
from cxboard.accounts.models import SignInAttempt
from cxboard.db import db
from tests.client import Client
from tests.makers import PASSWORD


def try_password(client, email, password="niet het goede", **headers):
    return client.post("/sign-in", data={"email": email, "password": password}, headers=headers)


def test_after_ten_wrong_passwords_the_right_one_is_refused_for_a_while(at, client, person):
    at("2026-11-24 09:00")
    mo, eva = person("Mo"), person("Eva")
    for _ in range(10):
        assert try_password(client, mo.email).status_code == 422

    assert try_password(client, mo.email, PASSWORD).status_code == 429
    assert try_password(client, mo.email.upper(), PASSWORD).status_code == 429
    assert try_password(client, eva.email, PASSWORD).status_code == 303

    at("2026-11-24 09:16")
    assert try_password(Client(client.application), mo.email, PASSWORD).status_code == 303


def test_another_forwarded_address_does_not_help(client, person):
    mo = person("Mo")
    for n in range(10):
        try_password(client, mo.email, **{"X-Forwarded-For": f"10.0.0.{n}"})

    assert try_password(client, mo.email, PASSWORD, **{"X-Forwarded-For": "10.9.9.9"}).status_code == 429


def test_one_source_that_tries_many_accounts_is_stopped(client, person):
    for n in range(50):
        try_password(client, f"somebody{n}@example.org")

    assert try_password(client, person("Mo").email, PASSWORD).status_code == 429
    other = client.post("/sign-in", data={"email": person("Mo").email, "password": PASSWORD}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 303


def test_an_ipv6_network_counts_as_one_source(client, person):
    for n in range(50):
        client.post("/sign-in", data={"email": f"n{n}@example.org", "password": "x"}, environ_overrides={"REMOTE_ADDR": f"2001:db8::{n:x}"})

    answer = client.post(
        "/sign-in", data={"email": person("Mo").email, "password": PASSWORD}, environ_overrides={"REMOTE_ADDR": "2001:db8::ffff"}
    )
    assert answer.status_code == 429


def test_the_right_password_wipes_the_slate_of_the_account(client, person):
    mo = person("Mo")
    for _ in range(9):
        try_password(client, mo.email)
    try_password(client, mo.email, PASSWORD)
    client.post("/sign-out")

    for _ in range(9):
        assert try_password(client, mo.email).status_code == 422
    assert try_password(client, mo.email, PASSWORD).status_code == 303


def test_asking_for_links_is_limited_in_the_same_way(client, person):
    for email in (person("Mo").email, "nobody@example.org"):
        answers = [client.post("/password/forgotten", data={"email": email}).status_code for _ in range(11)]
        assert answers == [200] * 10 + [429]


def test_guessing_the_password_of_now_is_limited(sign_in, person):
    browser = sign_in("Mo")
    wrong = {"current": "niet het goede", "password": "een heel ander zinnetje"}
    assert [browser.post("/profile/password", data=wrong).status_code for _ in range(11)] == [422] * 10 + [429]

    answer = browser.post("/profile/password", data=wrong | {"current": PASSWORD})

    assert answer.status_code == 429
    assert person("Mo").has_password(PASSWORD)


def test_what_is_counted_holds_no_addresses(client, person):
    try_password(client, person("Mo").email)

    keys = db.session.scalars(sa.select(SignInAttempt.key)).all()

    assert keys
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)


def without_what_was_typed(text, *typed):
    for word in typed:
        text = text.replace(word, "…")
    return re.sub(r'(csrf_token" value="|X-CSRFToken": ")[^"]+', r"\1…", text)


@pytest.mark.parametrize("url", ["/sign-in", "/password/forgotten"])
def test_a_known_and_an_unknown_address_get_the_same_answer(client, person, url):
    known, unknown, gone = person("Mo"), "nobody@example.org", person("Eva")
    gone.deactivate(by=person("Ada"))
    answers = [(client.post(url, data={"email": e, "password": "niet het goede"}), e) for e in (known.email, unknown, gone.email)]

    assert len({a.status_code for a, _email in answers}) == 1
    assert len({without_what_was_typed(a.text, email) for a, email in answers}) == 1


def test_a_wrong_address_costs_as_much_hashing_as_a_wrong_password(client, person, monkeypatch):
    hashed = []

    class Counting:
        def __init__(self, hasher):
            self.hasher = hasher

        def verify(self, hash, password):
            hashed.append(hash)
            return self.hasher.verify(hash, password)

    mo = person("Mo")
    monkeypatch.setattr(models, "hasher", Counting(models.hasher))
    for email in (mo.email, "nobody@example.org"):
        hashed.clear()
        try_password(client, email)
        assert len(hashed) == 1


def test_the_stand_in_hash_is_as_dear_as_a_real_one():
    assert models.NO_PASSWORD.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
