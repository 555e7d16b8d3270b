"""The outbox and a mail server that is away, slow, lying or half broken: nothing is lost, nothing comes twice, no page waits."""

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock, delivery, ticker
from cxboard.db import db
from cxboard.delivery import Outcome, Postbox
from cxboard.doctor import examine
from cxboard.notifications import outbox
from cxboard.notifications.models import Mail, Notification
from tests.makers import make_action, make_issue
from tests.notifications.mailserver import both, free_port, mumbling, seconds

PATIENCE = 30  # seconds; a server that mumbles on goes on for three minutes


@pytest.fixture
def asked(server, person, at):
    """Something was asked of Mo, and the mail about it waits in the outbox."""
    at("2026-11-24 10:00")
    return make_action("Bel de klant", owner=person("Mo"), by=person("Roos"), issue=make_issue(by=person("Eva")))


def waiting() -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Mail).where(Mail.sent_at.is_(None), Mail.dropped_at.is_(None))))


def test_a_request_is_mailed_after_a_few_minutes(asked, server, person, tick):
    assert tick(1) == 0
    assert tick(4) == 1

    (mail,) = server.to(person("Mo").email)
    assert mail["Subject"] == f"{asked.issue.key} Eindnota komt weken te laat: Roos van Dijk wrote down for you, by Fri 27 Nov: “Bel de klant”"
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert tick(10) == 0


def test_requests_of_a_few_minutes_are_one_mail(asked, server, person, tick):
    tick(1)
    make_action("Schrijf de brief", owner=person("Mo"), by=person("Eva"))
    tick(1)
    make_action("Nog een", owner=person("Mo"), by=person("Roos"))
    tick(1)
    assert tick(1) == 1
    text, html = both(server.to(person("Mo").email)[0])

    assert server.mails[0]["Subject"] == "3 requests for you"
    for words in ("Bel de klant", "Schrijf de brief", "Nog een"):
        assert words in text
        assert words in html


@pytest.mark.parametrize("mode", ["later", "data-later", "busy", "drop"])
def test_a_server_that_takes_nothing_for_now_gets_it_later_and_once(asked, server, tick, mode):
    server.mode = mode
    assert tick(1) == tick(4) == 0
    assert server.raw == []
    tries = server.tried
    assert tick(0.5) == 0
    assert server.tried == tries, "it waits before it tries again"

    server.mode = "ok"
    assert [tick(2), tick(20), tick(60)] == [1, 0, 0]
    assert len(server.raw) == 1


@pytest.mark.parametrize("mode", ["never", "data-never"])
def test_a_server_that_says_never_is_not_asked_again(asked, server, tick, mode):
    server.mode = mode
    assert tick(1) == tick(4) == 0
    tries = server.tried

    server.mode = "ok"
    assert tick(600) == 0
    assert server.tried == tries
    assert waiting() == []


def test_a_mail_of_which_nobody_knows_whether_it_arrived_is_the_same_mail_again(asked, server, tick):
    server.mode = "took-and-dropped"
    tick(1)
    assert tick(4) == 0
    server.mode = "ok"
    assert tick(2) == 1

    assert len({m["Message-ID"] for m in server.mails}) == 1
    assert server.mails[0]["Message-ID"].startswith("<")


def test_a_process_that_dies_between_sending_and_marking_sends_the_same_mail_again_but_not_at_once(asked, server, tick, monkeypatch):
    tick(1)
    with monkeypatch.context() as dying:
        dying.setattr(outbox, "note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tick(4)

    assert tick(1) == 0, "the lease holds"
    assert tick(5) == 1
    assert len(server.raw) == 2
    assert len({m["Message-ID"] for m in server.mails}) == 1


def test_a_server_that_is_away_for_a_day_loses_nothing(asked, server, app, person, tick, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    make_action("Ook Eva", owner=person("Eva"), by=person("Roos"))
    assert [tick(m) for m in (1, 4, 20, 120, 600, 600)] == [0] * 6

    complaint = [f.text for f in examine(app) if f.mark == "problem" and "mails wait" in f.text]
    assert complaint == ["2 mails wait since 24-11-2026 10:01. Is CXBOARD_SMTP_URL right, and does cxboard serve or tick?"]

    monkeypatch.setitem(app.config, "SMTP_URL", server.url)
    assert tick(16) == 2
    assert [f for f in examine(app) if "mails wait" in f.text] == []
    assert sorted(to for to, _ in server.raw) == sorted([person("Mo").email, person("Eva").email])
    assert tick(300) == 0


def test_after_three_days_it_is_given_up_and_the_inbox_has_it(asked, server, tick, caplog):
    server.mode = "later"
    tick(1)
    (letter,) = waiting()
    for _ in range(3):
        tick(1500)

    assert letter.id not in [m.id for m in waiting()]
    assert "given up" in caplog.text
    assert db.session.scalar(sa.select(Notification.read_at).where(Notification.mail_id == letter.id)) is None


@pytest.mark.parametrize(("first", "pause"), [(b"", None), (b"220 te", None), (b"220 tests\r\n", None), (b"", 0.02), (b"220 tests\r\n250-", 0.02)])
def test_a_server_that_hangs_mumbles_or_hangs_up_half_way_costs_no_more_than_its_time(app, monkeypatch, first, pause):
    monkeypatch.setattr(delivery, "DEADLINE", 0.3)
    began = time.monotonic()
    with mumbling(first, pause=pause) as url, Postbox(url, app.logger) as postbox:
        message = delivery.envelope(to="mo@example.org", subject="x", sender="b@example.org")
        assert postbox.send(message) == Outcome.DOWN

    assert seconds(began) < PATIENCE


def test_a_deadline_that_passes_before_there_is_a_connection_holds_too(app, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0)
    began = time.monotonic()
    with mumbling(b"", pause=0.02) as url, Postbox(url, app.logger) as postbox:
        assert postbox.send(delivery.envelope(to="mo@example.org", subject="x", sender="b@example.org")) == Outcome.DOWN

    assert seconds(began) < PATIENCE


def test_a_silent_server_is_left_after_its_time(app, monkeypatch):
    monkeypatch.setattr(delivery, "TIMEOUT", 0.2)
    began = time.monotonic()
    with mumbling(pause=60) as url, Postbox(url, app.logger) as postbox:
        assert postbox.send(delivery.envelope(to="mo@example.org", subject="x", sender="b@example.org")) == Outcome.DOWN

    assert seconds(began) < PATIENCE


def test_a_server_without_the_encryption_that_was_asked_for_gets_nothing(app, asked, server, tick, monkeypatch):
    tick(1)
    monkeypatch.setitem(app.config, "SMTP_URL", server.url.replace("smtp://", "smtps://"))
    assert tick(4) == 0
    monkeypatch.setattr(delivery, "LOCAL", ())
    monkeypatch.setitem(app.config, "SMTP_URL", server.url.replace("smtp://", "smtp://me:secret@"))
    assert tick(20) == 0

    assert (server.raw, server.tried) == ([], 0)
    assert len(waiting()) == 1


def test_one_mail_that_is_refused_keeps_no_other_from_going_out(asked, server, person, tick):
    tick(1)
    make_action("Voor Eva", owner=person("Eva"), by=person("Roos"))
    server.mode = "later"
    tick(4)
    server.mode = "ok"

    assert tick(3) == 2


def test_no_page_speaks_to_the_mail_server(server, sign_in, person, at, monkeypatch, rows):
    at("2026-11-24 10:00")
    issue, client = make_issue(by=person("Eva")), sign_in("Roos")
    monkeypatch.setattr(delivery.Watched, "__init__", lambda *_: pytest.fail("a page waits for the mail server"))
    answer = client.post("/captures", data={"kind": "action", "text": "Bellen @mo vr", "issue": issue.id, "owner": person("Mo").id, "due": "2026-11-27"})
    pages = [client.get(path).status_code for path in ("/board", f"/issues/{issue.id}", "/inbox", "/profile")]

    assert (answer.status_code, pages) == (303, [200] * 4)
    assert (rows("action"), rows("mail")) == (1, 0)


def test_nobody_gets_a_mail_twice_however_many_tick(asked, server, app, person, tick):
    for n in range(4):
        make_action(f"Eva {n}", owner=person("Eva"), by=person("Roos"))
        make_action(f"Finn {n}", owner=person("Finn"), by=person("Roos"))
    db.session.commit()
    server.mode = "slow"
    wrong, start = [], threading.Barrier(4)

    def race() -> None:
        with app.app_context():
            start.wait()
            try:
                ticker.tick()
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    for minutes in (1, 4, 1):
        clock.set(clock.now() + timedelta(minutes=minutes))
        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert wrong == []
    assert sorted(to for to, _ in server.raw) == sorted(person(n).email for n in ("Mo", "Eva", "Finn"))


def test_claims_at_the_same_moment_never_give_out_the_same_letter(server, app, person, at):
    at("2026-11-24 10:00")
    for n in range(20):
        outbox.queue(f"digest:{n}", person("Mo"), "digest", since="2026-11-17T10:00:00+00:00", until="2026-11-24T09:00:00+00:00")
    db.session.commit()
    claimed, start = [], threading.Barrier(4)

    def race() -> None:
        with app.app_context():
            start.wait()
            while (id := outbox.claim()) is not None:
                claimed.append(id)
            db.session.remove()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == len(set(claimed)) == 20


def test_without_a_mail_server_nothing_is_queued_and_the_inbox_works(person, at, tick, rows):
    at("2026-11-24 10:00")
    make_action(owner=person("Mo"), by=person("Roos"))
    tick(1)

    assert rows("mail") == 0
    assert rows("notification") == 1


def test_the_outbox_holds_no_text_no_address_and_no_link(asked, tick):
    tick(1)
    (letter,) = waiting()

    assert (letter.facts, letter.key.split(":")[0]) == ({}, "direct")
    assert set(Mail.__table__.columns.keys()) == {"id", "key", "person_id", "kind", "facts", "created_at", "next_at", "tries", "sent_at", "dropped_at"}


def test_what_was_sent_long_ago_is_forgotten(asked, server, tick, rows):
    tick(1)
    assert tick(4) == 1
    clock.set(clock.now() + timedelta(days=31))
    assert outbox.clear_away() == 1
    db.session.commit()

    assert (rows("mail"), rows("notification")) == (0, 1)
