"""A browser without script: forms, links and cookies, and htmx's headers when asked for."""

import secrets
from typing import Any, Self

import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from cxboard import clock
from cxboard.accounts.models import User, UserSession, digest
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
        token = secrets.token_urlsafe(32)
        now = clock.now()
        row = {"user_id": person.id, "token_hash": digest(token), "agent": "tests", "started_at": now, "seen_at": now, "confirmed_at": now}
        db.session.execute(sa.insert(UserSession.__table__).values(row))
        db.session.commit()
        signer = SecureCookieSessionInterface().get_signing_serializer(self.application)
        assert signer
        self.set_cookie(
            str(self.application.config["SESSION_COOKIE_NAME"]), signer.dumps({"_permanent": True, "_user_id": token, "_fresh": True}), httponly=True
        )
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
