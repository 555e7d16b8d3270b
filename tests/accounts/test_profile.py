"""A person's own settings."""

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import User
from cxboard.db import db
from tests.client import Client
from tests.makers import PASSWORD

MINE = {"name": "Mo Amrani", "locale": "en", "theme": "system", "single_keys": "y"}
NEW = "een heel ander zinnetje"


def mo():
    return db.session.scalar(sa.select(User).where(User.email == "mo.amrani@example.org"))


def test_language_and_appearance_hold_from_the_next_page(sign_in):
    browser = sign_in("Mo")

    answer = browser.post("/profile", data=MINE | {"name": "Mohamed", "locale": "nl", "theme": "dark", "single_keys": ""})

    assert answer.status_code == 303
    page = browser.get("/profile").text
    assert '<html lang="nl" data-theme="dark">' in page
    assert 'data-single-keys="off"' in page or 'data-single-keys="on"' in page
    assert (mo().name, mo().locale, mo().theme) == ("Mohamed", "nl", "dark")


def test_single_keys_are_off_when_the_box_is_not_ticked(sign_in):
    browser = sign_in("Mo")
    browser.post("/profile", data={k: v for k, v in MINE.items() if k != "single_keys"})

    assert mo().single_keys is False
    assert 'data-single-keys="off"' in browser.get("/profile").text


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 81}, {"locale": "fr"}, {"theme": "pink"}])
def test_a_choice_that_does_not_exist_comes_back(sign_in, wrong):
    assert sign_in("Mo").post("/profile", data=MINE | wrong).status_code == 422


@pytest.mark.parametrize("missing", ["locale", "theme"])
def test_a_choice_that_is_left_out_changes_nothing(sign_in, missing):
    before = (sign_in("Mo") and mo().locale, mo().theme)

    answer = sign_in("Mo").post("/profile", data={k: v for k, v in MINE.items() if k != missing})

    assert answer.status_code in (303, 422)
    assert (mo().locale, mo().theme) == before


def test_another_password_needs_the_one_of_now_and_ends_other_sessions(client, sign_in):
    here, there = sign_in("Mo"), sign_in("Mo")

    assert here.post("/profile/password", data={"current": "niet het goede", "password": NEW}).status_code == 422
    assert here.post("/profile/password", data={"current": PASSWORD, "password": "welkom01"}).status_code == 422
    assert there.get("/profile").status_code == 200
    assert here.post("/profile/password", data={"current": PASSWORD, "password": NEW}).status_code == 303

    assert here.get("/profile").status_code == 200
    assert there.get("/profile").status_code == 302
    assert client.post("/sign-in", data={"email": mo().email, "password": PASSWORD}).status_code == 422
    assert client.post("/sign-in", data={"email": mo().email, "password": NEW}).status_code == 303


def test_settings_lead_to_the_profile(sign_in):
    assert sign_in("Finn").get("/settings").location == "/profile"


ENTRIES = {
    "Finn": {"/profile", "/settings/people", "/settings/departments"},
    "Mo": {"/profile", "/settings/people", "/settings/departments"},
    "Roos": {"/profile", "/settings/people", "/settings/departments", "/settings/audit"},
    "Ada": {"/profile", "/settings/people", "/settings/departments", "/settings/audit"},
}


@pytest.mark.parametrize("who", ENTRIES)
@pytest.mark.parametrize("url", ["/profile", "/more"])
def test_settings_offer_what_the_person_may_and_all_of_it_opens(sign_in, who, url):
    browser = sign_in(who)
    page = browser.get(url).text
    every = ENTRIES["Ada"]

    assert {entry for entry in every if f'href="{entry}"' in page} == ENTRIES[who]
    assert all(browser.get(entry).status_code == 200 for entry in ENTRIES[who])


def test_signing_out_needs_a_button_not_a_link(sign_in):
    browser = sign_in("Mo")

    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out", csrf=False).status_code == 400
    assert browser.get("/profile").status_code == 200


def test_signing_out_twice_is_no_error(app):
    assert Client(app).post("/sign-out").status_code == 303
