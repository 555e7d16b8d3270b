"""A browser without script: forms, links and cookies, and htmx's headers when asked for."""

import secrets
from typing import Any, Self

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from cxboard.accounts.models import User, UserSession
from cxboard.db import db


class Client(FlaskClient):
    """`get` and `post` as Flask's own client has them, and:

    - what the test has made is committed before each request, and what it holds is read again after it;
    - each request has a session and a `g` of its own, as in real life, though the test is inside the app's context;
    - a POST carries this browser's CSRF token, unless `csrf=False`; a form key only when the test gives one, so each POST counts;
    - an answer is read to its end, unless `buffered=False`;
    - `htmx=True` asks as htmx does, `htmx="card-12"` on behalf of the element with that id.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__(app, app.response_class)

    def signed_in_as(self, person: User) -> Self:
        """Signed in without the sign-in page, through a session on the server like any other."""
        _session, token = UserSession.start(person, agent="tests")
        db.session.commit()
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie.permanent = True
            cookie.update(_user_id=token, _fresh=True)
        return self

    def csrf_token(self) -> str:
        """A token that the app accepts from this browser now."""
        with self.session_transaction() as cookie:
            known = cookie.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token").dumps(known))

    def open(self, *args: Any, csrf: bool = True, htmx: bool | str = False, **kwargs: Any) -> TestResponse:
        headers = Headers(kwargs.pop("headers", None))
        if csrf and kwargs.get("method") == "POST":
            headers.setdefault("X-CSRFToken", self.csrf_token())
        if htmx:
            headers["HX-Request"] = "true"
        if isinstance(htmx, str):
            headers["HX-Target"] = f"div#{htmx}"
        db.session.commit()
        with self.application.app_context():
            response = super().open(*args, headers=headers, **({"buffered": True} | kwargs))
        response.request.environ["wsgi.input"].close()  # A large upload is a file.
        return response
