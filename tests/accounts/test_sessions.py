"""Sessions live on the server: what is ended there is dead everywhere (assurance A1 to A5, A14, H5)."""

import re

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import Role, UserSession, digest
from cxboard.db import db, upgrade
from tests.client import Client
from tests.makers import PASSWORD, make_department, make_person

PROTECTED = ["/profile", "/settings/people", "/more"]


def sign_in_by_page(client, person, **data):
    return client.post("/sign-in", data={"email": person.email, "password": PASSWORD, **data})


def copy_of(client, app):
    """Another browser with a copy of this one's cookie."""
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    thief = Client(app)
    thief.set_cookie(cookie.key, cookie.value)
    return thief


def signed_in(client):
    return [client.get(url).status_code for url in PROTECTED] == [200] * len(PROTECTED)


def turned_away(client):
    answers = [client.get(url) for url in PROTECTED]
    return all(a.status_code == 302 and a.location.startswith("/sign-in") for a in answers)


def test_the_right_password_opens_the_place_that_was_asked_for(client, person):
    asked = client.get("/settings/people?q=1")
    assert asked.location == "/sign-in?next=/settings/people?q%3D1"

    answer = sign_in_by_page(client, person("Mo"), next="/settings/people?q=1")

    assert (answer.status_code, answer.location) == (303, "/settings/people?q=1")
    assert signed_in(client)


def test_a_copied_cookie_is_dead_after_sign_out(app, client, person):
    sign_in_by_page(client, person("Mo"))
    thief = copy_of(client, app)
    assert signed_in(thief)

    answer = client.post("/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert turned_away(client)
    assert turned_away(thief)


@pytest.mark.parametrize(("moments", "counts"), [
    (["2026-11-15 08:00"], True),
    (["2026-11-15 10:00"], False),  # fourteen days idle
    (["2026-11-14 09:00", "2026-11-27 09:00", "2026-12-01 08:00"], True),
    (["2026-11-14 09:00", "2026-11-27 09:00", "2026-12-01 10:00"], False),  # thirty days in all
])  # fmt: skip
def test_a_session_ends_by_itself(at, client, person, moments, counts):
    at("2026-11-01 09:00")
    sign_in_by_page(client, person("Mo"))

    for moment in moments:
        at(moment)
        answer = client.get("/profile")

    assert answer.status_code == (200 if counts else 302)


def test_signing_in_starts_a_fresh_session(app, client, person):
    client.get("/sign-in?lang=en")
    planted = client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    sign_in_by_page(client, person("Mo"))

    thief = Client(app)
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], planted)

    assert turned_away(thief)
    assert client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value != planted


def test_the_cookie_holds_a_token_of_which_the_database_knows_only_the_digest(client, person):
    sign_in_by_page(client, person("Mo"))
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]

    kept = db.session.scalars(sa.select(UserSession.token_hash)).all()

    assert len(token) >= 43  # 32 random bytes
    assert token not in kept
    assert digest(token) in kept


@pytest.mark.parametrize("how", ["deactivated", "password", "role", "reset"])
def test_what_happens_to_a_person_ends_all_their_sessions_at_once(app, person, sign_in, how):
    mo, ada = person("Mo"), person("Ada")
    browsers = [sign_in("Mo") for _ in range(3)]
    assert all(signed_in(b) for b in browsers)

    if how == "deactivated":
        mo.deactivate(by=ada)
    elif how == "role":
        mo.change_role(Role.VIEWER, by=ada)
    else:
        mo.set_password("een heel ander zinnetje", by=ada if how == "reset" else mo)
    db.session.commit()

    assert all(turned_away(b) for b in browsers)


def test_a_session_that_was_ended_is_not_brought_back_by_a_request_on_its_way(at, sign_in, person):
    at("2026-11-24 09:00")
    browser = sign_in("Mo")
    at("2026-11-24 11:00")
    person("Mo").end_sessions()

    assert turned_away(browser)  # though this request would have noted the visit
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession).where(UserSession.ended_at.is_(None))) == 0


def test_other_departments_count_from_the_next_request(person, sign_in):
    eva, browser = person("Eva"), sign_in("Eva")
    assert b"d-" in browser.get("/profile").data

    eva.change_departments([make_department("LOG", "Logistiek")], by=person("Ada"))

    assert b"LOG</abbr>" in browser.get("/profile").data


def test_i_end_one_of_my_sessions_and_stay_in_this_one(person, sign_in):
    here, there = sign_in("Mo"), sign_in("Mo")
    other = db.session.scalars(sa.select(UserSession).order_by(UserSession.id.desc())).first()

    answer = here.post(f"/profile/sessions/{other.id}/end")

    assert answer.status_code == 303
    assert signed_in(here)
    assert turned_away(there)


def test_nobody_ends_the_session_of_somebody_else(person, sign_in):
    mo, eva = sign_in("Mo"), sign_in("Eva")
    mine = db.session.scalars(sa.select(UserSession.id).where(UserSession.user_id == person("Eva").id)).all()

    answers = {id: eva.post(f"/profile/sessions/{id}/end").status_code for id in range(1, 201) if id not in mine}

    assert set(answers.values()) == {404}
    assert signed_in(mo)


def test_the_page_names_the_browsers(client, person):
    client.post("/sign-in", data={"email": person("Mo").email, "password": PASSWORD}, headers={
        "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"})  # fmt: skip

    assert "Firefox, Windows" in client.get("/profile").text


def test_the_cookie_on_plain_http(client, person):
    lines = sign_in_by_page(client, person("Mo")).headers.getlist("Set-Cookie")

    assert len(lines) == 1
    assert re.fullmatch(r"cxboard=[^;]+; Expires=[^;]+; HttpOnly; Path=/; SameSite=Lax", lines[0])


def test_the_cookie_on_https_is_bound_to_this_host_and_secure(new_app):
    app = new_app(CXBOARD_BASE_URL="https://cx.example.org")
    upgrade(app)
    with app.app_context():
        mo = make_person("Mo Amrani", password=PASSWORD)
        client = Client(app)
        with client.session_transaction(base_url="https://cx.example.org") as cookie:
            cookie["csrf_token"] = "known"
        from itsdangerous import URLSafeTimedSerializer

        token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("known")
        answer = client.post("/sign-in", base_url="https://cx.example.org", csrf=False, data={"email": mo.email, "password": PASSWORD},
                             headers={"X-CSRFToken": token, "Referer": "https://cx.example.org/sign-in"})  # fmt: skip
        db.session.remove()

    lines = answer.headers.getlist("Set-Cookie")
    assert answer.status_code == 303
    assert len(lines) == 1
    assert len(lines[0]) < 4096
    assert re.fullmatch(r"__Host-cxboard=[^;]+; Expires=[^;]+; Secure; HttpOnly; Path=/; SameSite=Lax", lines[0])
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_headers_that_claim_to_be_somebody_else_change_nothing(app, client, sign_in, person):
    claims = {
        "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Real-IP": "10.0.0.1",
        "Remote-User": person("Ada").email, "X-Remote-User": person("Ada").email, "X-Auth-User": "1", "Forwarded": "for=10.0.0.1;host=evil.example",
    }  # fmt: skip
    assert client.get("/profile", headers=claims).status_code == 302
    page = client.get("/sign-in", headers=claims).text

    assert "evil.example" not in page


@pytest.mark.parametrize("url", [*PROTECTED, "/sign-in", "/password/forgotten", "/settings/departments"])
def test_no_page_is_kept_by_the_browser(sign_in, url):
    assert sign_in("Mo").get(url).headers["Cache-Control"] == "no-store"
