"""Every page that can be fetched: a title, a language, one heading, ids that are unique, fields with labels, and safe headers."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from cxboard.discussion.files import CAN_DO_NOTHING
from cxboard.web import HEADERS
from tests.architecture.house import SECRET, House, Reader
from tests.client import Client

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def faults(html: str, *, whole: bool) -> list[str]:
    """What is wrong with a page, or with a fragment of one."""
    page = Reader(html)
    wrong = [f"id {i!r} twice" for i in {i for i in page.ids if page.ids.count(i) > 1}]
    for field in page.fields:
        if field.get("aria-hidden") == "true" and "readonly" in field:
            continue  # for password managers, not for people
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("in label") or field.get("id") in page.labels
        if not named:
            wrong.append(f"no label for {field.get('name') or field.get('id')}")
    if re.search(r"\son[a-z]+=|\sstyle=|javascript:", re.sub(r"<script[^>]*>|<textarea.*?</textarea>", "", html, flags=re.DOTALL)):
        wrong.append("inline style or script")
    if not whole:
        return wrong
    if not page.title.strip(" ·\n").removesuffix("cxboard").strip(" ·\n"):
        wrong.append("no title")
    if page.lang not in ("nl", "en"):
        wrong.append("no language")
    if page.tags.count("h1") != 1:
        wrong.append(f"{page.tags.count('h1')} headings")
    if page.tags.count("main") != 1:
        wrong.append(f"{page.tags.count('main')} mains")
    return wrong


def test_every_page_is_well_formed(house: House, database):
    wrong = []
    for who in ("Roos", "Ada", "Finn") if database.name == "sqlite" else ("Roos",):
        for rule in house.reads():
            for address in house.addresses(rule)[: None if who == "Roos" else 1]:
                answer = house.see(who, address)
                if answer.status_code >= 500:
                    wrong.append(f"{who} {answer.status_code} {address}")
                    continue
                if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
                    wrong += [f"{who} {answer.status_code} {address}: {fault}" for fault in faults(answer.text, whole=True)]

    assert not wrong, "\n".join(wrong)


@pytest.mark.databases("sqlite")  # each page is opened on both
def test_every_part_of_a_page_is_well_formed(house: House):
    wrong = []
    for rule in house.reads():
        for address in house.addresses(rule):
            answer = house.see("Ada", address, "dialog-body")
            if answer.status_code >= 500:
                wrong.append(f"{answer.status_code} {address}")
            elif answer.mimetype == "text/html" and answer.status_code not in (302, 303):
                whole = "<html" in answer.text
                wrong += [f"{answer.status_code} {address}: {fault}" for fault in faults(answer.text, whole=whole)]

    assert not wrong, "\n".join(wrong)


def test_the_pages_for_strangers_are_well_formed(house: House):
    wrong = []
    for rule in house.reads():
        answer = house.see("", house.address(rule))
        if answer.status_code == 200 and answer.mimetype == "text/html":
            wrong += [f"{rule}: {fault}" for fault in faults(answer.text, whole=True)]

    assert not wrong, "\n".join(wrong)


@pytest.mark.databases("sqlite")
def test_every_answer_carries_the_headers_that_protect_it(house: House, sign_in, client: Client):
    roos, finn = sign_in("Roos"), sign_in("Finn")
    issue = house.ids["issues"][0]
    answers = [(f"GET {house.address(r)}", house.see("Roos", house.address(r), h)) for r in house.reads() for h in ("", "dialog-body")]
    answers += [(f"{r} without a token", roos.post(house.address(r), csrf=False)) for r in house.changes()]
    answers += [
        ("302", client.get("/board")),
        ("401", client.post(f"/issues/{issue}/comments", data={"text": "x"})),
        ("403", finn.post(f"/issues/{issue}/comments", data={"text": "x"})),
        ("404", roos.get("/nowhere")),
        ("404 of an id", roos.get("/issues/99999999999")),
        ("405", roos.get(f"/issues/{issue}/comments")),
        ("405 PUT", roos.put("/board")),
        ("413", roos.post(f"/issues/{issue}/comments", data={"text": "x" * 600_000})),
        ("422", roos.post(f"/issues/{issue}/comments", data={"text": ""})),
        ("303", roos.post(f"/issues/{issue}/comments", data={"text": "x"})),
        ("static", client.get("/static/css/base.css")),
        ("static 404", client.get("/static/nothing.css")),
        ("static traversal", client.get("/static/../../etc/passwd")),
        ("host", client.get("/sign-in", headers={"Host": "evil.example"})),
        ("options", client.options("/board")),
    ]
    expected = {"302": 302, "401": 401, "403": 403, "404": 404, "405": 405, "413": 413, "422": 422, "303": 303, "host": 400, "static": 200}
    wrong = [f"{name} answers {a.status_code}" for name, a in answers if name in expected and a.status_code != expected[name]]
    for name, answer in answers:
        for header, value in HEADERS.items():
            if header == "Referrer-Policy" and name.startswith("GET /d/"):
                value = "no-referrer"  # the address itself is the secret
            a_file = header == "Content-Security-Policy" and "Content-Disposition" in answer.headers and "/attachments/" in name
            if answer.headers.get(header) != (CAN_DO_NOTHING if a_file else value):
                wrong.append(f"{name}: {header} is {answer.headers.get(header)!r}")
        may_keep = "private" if name.startswith("GET /calendar/") else "no-store"  # only the calendar that asked keeps it, for five minutes
        if not name.startswith("static") and may_keep not in answer.headers.get("Cache-Control", ""):
            wrong.append(f"{name}: may be kept by a cache")
        if "Server" in answer.headers:
            wrong.append(f"{name}: says which server it is")

    assert not wrong, "\n".join(wrong)


def test_the_content_policy_allows_nothing_inline_and_nothing_foreign():
    policy = MultiDict(part.strip().partition(" ")[::2] for part in HEADERS["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_no_page_fetches_anything_from_elsewhere(house: House):
    wrong = []
    for rule in house.reads():
        html = house.see("Roos", house.address(rule)).text
        wrong += [f"{rule}: {found}" for found in re.findall(r"<(?:script|link|img|form|iframe)[^>]+(?:src|href|action)=\"(?:https?:)?//[^\"]+", html)]

    assert wrong == []


def test_a_restricted_problem_shows_nowhere_to_those_who_may_not_see_it(house: House, database):
    leaks, on_sqlite = [], database.name == "sqlite"
    for who in ("Mo", "Finn") if on_sqlite else ("Mo",):
        for rule in house.reads():
            for address in house.addresses(rule):
                if SECRET in house.see(who, address).text or (on_sqlite and house.address(rule) == address and SECRET in house.see(who, address, "dialog-body").text):
                    leaks.append(f"{who}: {address}")

    assert leaks == []
