"""What the tests of notifications share: a real mail server, and the clock that does what is due."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from cxboard import clock
from cxboard.db import db
from cxboard.notifications import digest, hearing, outbox, rules
from tests.notifications.mailserver import Mailserver, mailserver


@pytest.fixture(scope="session")
def one_server() -> Iterator[Mailserver]:
    with mailserver() as server:
        yield server


@pytest.fixture
def server(app: Flask, one_server: Mailserver, monkeypatch: pytest.MonkeyPatch) -> Mailserver:
    """The mail server of this test; it takes everything until its `mode` is another."""
    one_server.mode, one_server.tried = "ok", 0
    one_server.raw.clear()
    monkeypatch.setitem(app.config, "SMTP_URL", one_server.url)
    return one_server


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with force_locale("en"):
        yield


@pytest.fixture
def tick(app: Flask) -> Callable[..., int]:
    """So many minutes later the clock does what is due; returns how many mails went out."""

    def tick(minutes: float = 1) -> int:
        db.session.commit()
        clock.set(clock.now() + timedelta(minutes=minutes))
        hearing.hear()
        rules.tell_of_promises_due()
        digest.queue_due()
        return outbox.send_due()

    return tick
