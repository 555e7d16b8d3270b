"""What the tests of people and access share: a mailbox, and requests that arrive at the same moment."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cxboard.db import db
from tests.accounts.mailbox import Mailbox


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """The mail server that the app sends to in this test."""
    with Mailbox() as mailbox:
        monkeypatch.setitem(app.config, "SMTP_URL", mailbox.url)
        yield mailbox


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[TestResponse]]:
    """POSTs of several clients at the same moment: `at_once((client, "/setup", {...}), …)`."""

    def at_once(*posts: tuple[Any, str, dict[str, Any]]) -> list[TestResponse]:
        db.session.commit()
        start, answers = threading.Barrier(len(posts)), []

        def post(client: Any, path: str, data: dict[str, Any], token: str) -> None:
            start.wait()
            answers.append(FlaskClient.open(client, path, method="POST", data=data, headers={"X-CSRFToken": token}))

        tokens = [client.csrf_token() for client, _path, _data in posts]
        threads = [threading.Thread(target=post, args=(*p, t)) for p, t in zip(posts, tokens, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return at_once
