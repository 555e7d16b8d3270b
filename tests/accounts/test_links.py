"""Links that let somebody in: once, for a short time, from our own address, and nowhere to be read back (assurance A8, A16, I6)."""

import logging
import re

import pytest
import sqlalchemy as sa

from cxboard import delivery, mail
from cxboard.accounts.models import Role, UserLink
from cxboard.db import db
from tests.client import Client
from tests.makers import PASSWORD, make_person

NEW = "een heel ander zinnetje"


@pytest.fixture
def link(person):
    """A fresh reset link of Mo."""
    token = UserLink.make(person("Mo"), "reset")
    db.session.commit()
    return f"/password/{token}"


def choose(client, link, password=NEW):
    return client.post(link, data={"password": password})


def test_a_link_works_once_and_signs_in(client, person, link):
    assert person("Mo").email in client.get(link).text

    answer = choose(client, link)

    assert answer.status_code == 303
    assert client.get("/profile").status_code == 200
    assert person("Mo").has_password(NEW)
    assert choose(Client(client.application), link, "nog een ander zinnetje").status_code == 410
    assert client.get(link).status_code == 410


def test_a_weak_password_leaves_the_link_open(client, link):
    assert choose(client, link, "welkom01").status_code == 422
    assert choose(client, link).status_code == 303


@pytest.mark.parametrize("closing", ["signing in", "a newer link", "a password change", "an hour", "another address", "deactivation"])
def test_a_link_is_closed_by(at, client, person, closing):
    at("2026-11-24 09:00")
    mo, ada = person("Mo"), person("Ada")
    link = f"/password/{UserLink.make(mo, 'reset')}"
    if closing == "signing in":
        Client(client.application).post("/sign-in", data={"email": mo.email, "password": PASSWORD})
    elif closing == "a newer link":
        UserLink.make(mo, "reset")
    elif closing == "a password change":
        mo.set_password("nog een ander zinnetje", by=mo)
    elif closing == "an hour":
        at("2026-11-24 10:00")
    elif closing == "another address":
        mo.edit(by=ada, email="mo.a@example.org")
    else:
        mo.deactivate(by=ada)
        mo.reactivate(by=ada)

    assert client.get(link).status_code == 410
    assert choose(client, link).status_code == 410


def test_an_invitation_lasts_two_days(at, client, person):
    at("2026-11-24 09:00")
    noor = make_person("Noor")
    link = f"/password/{noor.invite(by=person('Ada'))}"

    at("2026-11-26 08:59")
    assert client.get(link).status_code == 200
    at("2026-11-26 09:00")
    assert client.get(link).status_code == 410


def test_who_comes_in_by_invitation_reads_on_in_the_language_of_the_page(client, person):
    noor = make_person("Noor", locale="nl")
    link = f"/password/{noor.invite(by=person('Ada'))}"

    client.get(f"{link}?lang=en")
    choose(client, link)

    db.session.refresh(noor)
    assert noor.locale == "en"


def test_the_database_does_not_know_the_token(client, link):
    token = link.rpartition("/")[2]

    kept = db.session.execute(sa.text("select * from user_link")).all()

    assert token not in str(kept)
    assert len(token) >= 43


def test_ten_uses_of_one_link_at_the_same_moment_are_one_use(app, at_once, person, link):
    answers = at_once(*[(Client(app), link, {"password": f"zin nummer {n} is anders"}) for n in range(10)])

    assert sorted(a.status_code for a in answers) == [303] + [410] * 9


def test_wrong_links_from_elsewhere_do_not_close_the_door_for_everybody(client, link):
    for n in range(60):
        client.post(f"/password/wrong-{n}", data={"password": NEW}, environ_overrides={"REMOTE_ADDR": "192.0.2.66"})

    assert client.post("/password/wrong", data={"password": NEW}, environ_overrides={"REMOTE_ADDR": "192.0.2.66"}).status_code == 429
    assert choose(client, link).status_code == 303


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_the_link_in_the_mail_starts_with_our_own_address(app, client, person, mailbox, header):
    answer = client.post("/password/forgotten", data={"email": person("Mo").email}, headers={header: "evil.example"})
    if answer.status_code == 400:
        return

    to, sent = mailbox.next()
    assert to == [person("Mo").email]
    assert re.search(r"https?://\S+", sent.get_content()).group().startswith(f"{app.config['BASE_URL']}/password/")
    assert "evil" not in sent.as_string()


def test_without_a_mail_server_the_link_is_in_the_log(app, client, person, caplog):
    with caplog.at_level(logging.WARNING):
        client.post("/password/forgotten", data={"email": person("Mo").email})

    link = re.search(r"/password/\S+", caplog.text).group()
    assert client.get(link).status_code == 200


def test_an_unknown_address_gets_no_mail(client, person, mailbox):
    client.post("/password/forgotten", data={"email": "nobody@example.org"})
    client.post("/password/forgotten", data={"email": person("Mo").email})

    to, _sent = mailbox.next()
    assert to == [person("Mo").email]
    assert mailbox.is_empty


def test_a_name_can_not_add_headers_to_a_mail(app, person, mailbox):
    noor = make_person("Noor")
    noor.name = "Noor\r\nBcc: e@evil.example <b>x</b>"
    mail.send_link(noor, "token", "invite")

    to, sent = mailbox.next()
    assert to == [noor.email]
    assert sent.get_all("Bcc") is None
    assert len(sent.get_all("Subject")) == 1
    assert sent.get_content_type() == "text/plain"


def test_a_subject_can_not_add_headers_either(app, mailbox):
    mail.send("mo@example.org", "Hallo\r\nBcc: e@evil.example", "Dag")

    to, sent = mailbox.next()
    assert to == ["mo@example.org"]
    assert sent["Subject"] == "Hallo Bcc: e@evil.example"


def test_a_mail_server_that_is_away_hurts_nobody(app, client, person, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")

    assert client.post("/password/forgotten", data={"email": person("Mo").email}).status_code == 200
    assert mail.deliver(mail.EmailMessage(), "smtp://127.0.0.1:1", app.logger) is False


def test_a_password_is_not_given_to_a_server_without_encryption(app, mailbox, monkeypatch, caplog):
    monkeypatch.setattr(delivery, "LOCAL", ())
    sent = mail.EmailMessage()
    sent["To"], sent["From"] = "a@example.org", "b@example.org"

    assert mail.deliver(sent, mailbox.url.replace("smtp://", "smtp://me:secret@"), app.logger) is False
    assert "no encryption" in caplog.text
    assert mailbox.is_empty


@pytest.mark.parametrize(("change", "word"), [("password", "password"), ("role", "role"), ("email", "mo.new@example.org")])
def test_the_owner_hears_of_another_password_role_or_address(sign_in, person, mailbox, change, word):
    mo, ada = person("Mo"), sign_in("Ada")
    form = {"name": mo.name, "email": mo.email, "role": mo.role.value, "departments": [d.id for d in mo.departments]}
    if change == "password":
        sign_in("Mo").post("/profile/password", data={"current": PASSWORD, "password": NEW})
    elif change == "role":
        ada.post(f"/settings/people/{mo.id}", data=form | {"role": Role.VIEWER.value})
    else:
        ada.post(f"/settings/people/{mo.id}", data=form | {"email": "mo.new@example.org"})

    told = [mailbox.next() for _ in range(2 if change == "email" else 1)]
    assert word in told[0][1].get_content()
    assert {to for tos, _sent in told for to in tos} == ({"mo.amrani@example.org", "mo.new@example.org"} if change == "email" else {mo.email})
    assert all(NEW not in sent.as_string() for _to, sent in told)
