"""Every route of people, settings and the audit log: who gets in, and nothing without a token (assurance I5, Z2)."""

import pytest
import sqlalchemy as sa

from cxboard.db import db
from tests.client import Client
from tests.makers import PASSWORD, make_department

EVERYBODY, REGISSEURS, ADMINS = {"Finn", "Mo", "Roos", "Ada"}, {"Roos", "Ada"}, {"Ada"}
READS = {
    "/settings": EVERYBODY, "/profile": EVERYBODY, "/more": EVERYBODY, "/settings/people": EVERYBODY, "/settings/departments": EVERYBODY,
    "/settings/people/{person}": ADMINS, "/settings/departments/{department}": ADMINS,
    "/settings/audit": REGISSEURS, "/settings/audit.csv": REGISSEURS,
}  # fmt: skip
CHANGES = {
    "/profile": EVERYBODY, "/profile/appearance": EVERYBODY, "/profile/password": EVERYBODY, "/profile/sessions/{session}/end": EVERYBODY,
    "/settings/people": ADMINS, "/settings/people/{person}": ADMINS, "/settings/people/{person}/link": ADMINS,
    "/settings/people/{person}/departure": ADMINS, "/settings/people/{person}/return": ADMINS,
    "/settings/departments": ADMINS, "/settings/departments/{department}": ADMINS,
    "/settings/departments/{department}/closure": ADMINS, "/settings/departments/{department}/reopening": ADMINS,
}  # fmt: skip
PUBLIC = {"/sign-in", "/sign-out", "/password/forgotten", "/password/{token}", "/setup"}
BLUEPRINTS = ("accounts", "audit")


@pytest.fixture
def there(person):
    """One of everything, by the names in the addresses above."""
    department = make_department("KS")
    person("Ada")
    db.session.commit()
    return {"person": person("Eva").id, "department": department.id, "session": 99_999, "token": "x"}


def digest():
    """The whole database, but for who signed in when."""
    db.session.expire_all()
    tables = sa.inspect(db.engine).get_table_names()
    kept = {t: sorted(map(str, db.session.execute(sa.text(f'select * from "{t}"')))) for t in tables if t not in ("user_session", "sign_in_attempt")}
    db.session.commit()
    return kept


def test_every_route_is_in_the_table(app):
    known = {("GET", u) for u in READS} | {("POST", u) for u in CHANGES} | {(m, u) for u in PUBLIC for m in ("GET", "POST")}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in BLUEPRINTS:
            shape = rule.rule.replace("<token>", "{token}")
            for method in rule.methods & {"GET", "POST"}:
                assert any(m == method and same(shape, url) for m, url in known), f"{method} {rule.rule} is not in the table"


def same(rule, url):
    pairs = list(zip(rule.split("/"), url.split("/"), strict=False))
    return len(rule.split("/")) == len(url.split("/")) and all(a == b or (a.startswith("<") and b.startswith("{")) for a, b in pairs)


def test_who_reads(client, sign_in, there):
    browsers = {who: sign_in(who) for who in EVERYBODY}
    for url, may in READS.items():
        assert client.get(url.format(**there)).status_code == 302, url
        for who, browser in browsers.items():
            for htmx in (False, True):
                status = browser.get(url.format(**there), htmx=htmx).status_code
                assert status in ((200, 302) if who in may else (403,)), (url, who, htmx)


def test_who_changes(client, sign_in, there):
    """First those who may not, about everything; only then those who may."""
    browsers = {who: sign_in(who) for who in EVERYBODY}
    before = digest()
    for url, may in CHANGES.items():
        assert client.post(url.format(**there)).status_code == 401, url
        for who in EVERYBODY - may:
            for htmx in (False, True):
                assert browsers[who].post(url.format(**there), data={"name": "x", "role": "admin"}, htmx=htmx).status_code == 403, (url, who)
        assert digest() == before, url
    for url, may in CHANGES.items():
        for who in sorted(may):
            assert browsers[who].post(url.format(**there)).status_code in (200, 303, 404, 409, 422), (url, who)


def test_nothing_is_changed_without_a_token_of_this_browser(app, sign_in, there):
    ada, other = sign_in("Ada"), sign_in("Ada")
    good = ada.csrf_token()
    before = digest()
    for url in (*CHANGES, "/sign-out", "/sign-in", "/password/forgotten", "/setup"):
        for headers in ({}, {"X-CSRFToken": other.csrf_token()}, {"X-CSRFToken": good[:-3]}, {"X-CSRFToken": ""}):
            answer = ada.post(url.format(**there), csrf=False, headers=headers, data={"name": "Nieuw", "code": "NW", "password": PASSWORD})
            assert answer.status_code == 400, (url, headers)
        override = ada.get(url.format(**there), headers={"X-HTTP-Method-Override": "POST"}, query_string={"_method": "POST", "name": "Nieuw"})
        assert override.status_code in (200, 302, 303, 404, 405), url
        assert digest() == before, url

    assert ada.get("/profile").status_code == 200


def test_reading_changes_nothing(sign_in, there):
    ada = sign_in("Ada")
    before = digest()
    for url in sorted({*READS, *CHANGES, *PUBLIC}):
        ada.get(url.format(**there), query_string={"name": "Nieuw", "role": "admin"})
        ada.head(url.format(**there))

        assert digest() == before, url


def test_an_address_that_names_nothing_is_missing(sign_in):
    ada = sign_in("Ada")
    for url in (url for url in READS if "{" in url):
        for id in ("0", "-1", "99999", "2147483648", "18446744073709551616", "1e309", "１", "x", "%00"):
            address = url.format(person=id, department=id)
            assert ada.get(address, htmx="dialog-body").status_code == 404, address


NASTY = ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "\u202eabc", "' or 1=1 --", "{{7*7}}", "<script>alert(1)</script>", "=cmd()", "9" * 400, "x" * 10_000]


def test_no_input_breaks_it(sign_in, there):
    """Every value in every field of every form, and something else in each field at the same time."""
    names = ["name", "email", "role", "departments", "code", "colour", "lead", "wip_limit", "mandate", "version", "locale", "theme", "current", "password", "confirm"]
    for url in CHANGES:
        ada = sign_in("Ada")
        for shift in range(len(NASTY)):
            values = {name: [NASTY[(n + shift) % len(NASTY)]] * 2 for n, name in enumerate(names)}
            assert ada.post(url.format(**there), data=values, htmx="dialog-body").status_code < 500, (url, shift)


def test_what_people_type_is_shown_as_text(sign_in, person):
    nasty = "<img src=x onerror=alert(1)> {{7*7}}"
    person("Eva").edit(by=person("Ada"), name=nasty)
    make_department("KS").edit(by=person("Ada"), name=nasty)
    db.session.commit()

    for url in ("/settings/people", "/settings/departments", "/settings/audit"):
        page = sign_in("Ada").get(url).text
        assert "<img src=x" not in page
        assert "{{7*7}}" in page


def test_a_signed_out_form_is_told_so(app):
    assert Client(app).post("/profile").status_code == 401
