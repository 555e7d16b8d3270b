"""What a mail says and carries: in the reader's language, nothing that people typed can add a header or markup, one link for each kind."""

import re

import pytest
from flask_babel import gettext as _

from cxboard.db import db
from cxboard.notifications.models import Kind, Silence
from tests.makers import make_action, make_issue, make_person
from tests.notifications.mailserver import both


@pytest.fixture(autouse=True)
def tuesday(at):
    at("2026-11-24 10:00")


def mailed(tick, server, person):
    tick(1)
    tick(4)
    return server.to(person.email)[0]


def test_nothing_that_people_typed_adds_a_header_or_a_recipient(server, person, tick):
    roos, title = person("Roos"), "x\r\nBcc: e@evil.example\r\n\r\n<script>alert(1)</script>"
    roos.name = "Roos\r\nBcc: e@evil.example <b>x</b>"
    issue = make_issue(by=person("Eva"))
    issue.title = title
    make_action("{{7*7}} ${7*7} %(name)s {0.__class__} <img src=x onerror=alert(1)>\n.\nBcc: e", owner=person("Mo"), by=roos, issue=issue)
    mail = mailed(tick, server, person("Mo"))
    text, html = both(mail)

    assert [to for to, _raw in server.raw] == [person("Mo").email]
    assert mail.get_all("Bcc") is None
    assert len(mail.get_all("Subject")) == 1
    assert len(server.raw[0][1].split(b"\r\n\r\n")[0].splitlines()) < 25
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    for literal in ("{{7*7}} ${7*7} %(name)s {0.__class__}",):
        assert literal in text
        assert literal in html


def test_it_is_in_the_language_of_whoever_reads_it(server, person, tick):
    noor = make_person("Noor", locale="nl")
    make_action(owner=noor, by=person("Roos"))
    mail = mailed(tick, server, noor)
    _text, html = both(mail)

    assert '<html lang="nl">' in html
    assert "vr 27 nov" in html


def test_links_lead_to_the_address_in_the_settings(server, person, tick, app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://cx.example.org")
    make_action(owner=person("Mo"), by=person("Roos"), issue=make_issue(by=person("Eva")))
    text, html = both(mailed(tick, server, person("Mo")))

    links = re.findall(r"https?://[^\s\"<>]+", text + html)
    assert len(links) > 4
    assert {link.split("/")[2] for link in links} == {"cx.example.org"}


def test_the_link_to_unsubscribe_stands_whole_in_its_header(server, person, tick, app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://a-quite-long-name-for-a-board.customer-experience.example.org")
    make_action(owner=person("Mo"), by=person("Roos"))
    mailed(tick, server, person("Mo"))
    head = server.raw[0][1].split(b"\r\n\r\n")[0].decode()

    assert re.search(r"(?m)^List-Unsubscribe: <https://a-quite-long-name[^\s<>]+/mail/off/[\w.-]+>\r?$", head)
    assert re.search(r"(?m)^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$", head)
    assert max(len(line) for line in head.splitlines() if not line.startswith("List-Unsubscribe")) <= 998


def test_nothing_in_it_is_fetched_and_nothing_is_styled(server, person, tick):
    make_action(owner=person("Mo"), by=person("Roos"))
    _text, html = both(mailed(tick, server, person("Mo")))

    assert not re.search(r"<(img|link|script|style|iframe)|style=|src=", html)
    assert "<title>" in html
    assert 'lang="en"' in html


def test_what_was_read_in_the_page_meanwhile_is_not_mailed(server, person, tick, sign_in):
    make_action(owner=person("Mo"), by=person("Roos"))
    tick(1)
    sign_in("Mo").post("/inbox/reading")

    assert tick(5) == 0
    assert server.raw == []


def test_what_was_done_meanwhile_is_not_mailed(server, person, tick):
    action = make_action(owner=person("Mo"), by=person("Roos"))
    tick(1)
    action.finish(by=person("Mo"))

    assert tick(5) == 0


def test_a_kind_that_is_switched_off_is_not_mailed_but_stands_in_the_inbox(server, person, tick, rows):
    Silence.keep(person("Mo"), Kind.ASSIGNED)
    make_action(owner=person("Mo"), by=person("Roos"))
    make_action(owner=person("Eva"), by=person("Roos"))
    tick(1)
    Silence.keep(person("Eva"), Kind.ASSIGNED)
    db.session.commit()

    assert tick(5) == 0
    assert rows("notification") == 2


def test_every_kind_has_words(app):
    assert all(kind.label and _(kind.label) for kind in Kind)
