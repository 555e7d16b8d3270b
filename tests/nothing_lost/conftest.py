"""Somebody on the page of an issue, and requests that start together."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cxboard.db import db
from cxboard.issues.models import Issue
from tests.client import Client
from tests.makers import make_issue

Act = Callable[[], TestResponse]


@pytest.fixture
def issue(person) -> Issue:
    return make_issue(by=person("Mo"))


@pytest.fixture
def together(app: Flask) -> Callable[..., list[TestResponse]]:
    """The answers of requests that start together, each in a thread of its own, in the order asked."""

    def together(*acts: Act) -> list[TestResponse]:
        db.session.commit()
        start = Barrier(len(acts))

        def act(request: Act) -> TestResponse:
            start.wait()
            with app.app_context():
                return request()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(act, acts))

    return together


@pytest.fixture
def another_window() -> Callable[[Client], Client]:
    """The same browser, for a thread of its own: the cookies are the same, the session is the same."""

    def another_window(client: Client) -> Client:
        window = Client(client.application)
        window._cookies = client._cookies.copy()  # type: ignore[has-type]
        return window

    return another_window


def key_in(page: TestResponse, form: str = "comment-form") -> str:
    """The key of a form on a page."""
    found = re.search(rf'id="{form}".*?name="form_key" value="([^"]+)"', page.text, re.DOTALL)
    assert found, f"{form} has no key"
    return found[1]
