"""Staying signed in: Flask-Login on sessions that live on the server. The only module that knows Flask-Login's insides."""

import hashlib
from datetime import timedelta

import flask
import sqlalchemy as sa
from flask import Flask, g, has_request_context, request
from flask_login import AnonymousUserMixin, current_user

from .. import clock
from ..db import db
from ..domain import Refused
from ..extensions import login
from .models import SignInAttempt, User, UserSession

SEEN_EVERY = timedelta(hours=1)
PER_ACCOUNT = 10
PER_ADDRESS = 50
WINDOW = timedelta(minutes=15)


class Nobody(AnonymousUserMixin):
    """Somebody who is not signed in."""

    locale = None
    theme = "system"


def start(app: Flask) -> None:
    """Bind Flask-Login; the cookie's id is the session's token, looked up at every request."""
    login.init_app(app)
    login.anonymous_user = Nobody
    login.session_protection = None

    @login.user_loader
    def person_of(token: str) -> User | None:
        session = UserSession.of(token)
        if session is None:
            return None
        g.user_session = session
        return session.user

    @app.before_request
    def remember_the_visit() -> None:
        session = current_session()
        if session and clock.now() - session.seen_at > SEEN_EVERY:
            seen, g.may_write = session.id, True
            db.session.rollback()
            db.session.execute(sa.update(UserSession).where(UserSession.id == seen).values(seen_at=clock.now()))
            db.session.commit()
            g.may_write = False


def current_session() -> UserSession | None:
    """The session of this request, if somebody is signed in."""
    if not has_request_context():
        return None
    return g.get("user_session") if current_user.is_authenticated else None


def sign_in(person: User) -> None:
    """Start a fresh session; whatever the browser brought along is thrown away."""
    flask.session.clear()
    session, token = UserSession.start(person, agent=request.headers.get("User-Agent", ""))
    flask.session.permanent = True
    flask.session["_user_id"] = token
    flask.session["_fresh"] = True
    g.user_session = session
    g._login_user = person


def sign_out() -> None:
    """End the session on the server; a copy of the cookie opens nothing."""
    if session := current_session():
        session.end()
    flask.session.clear()


def key_of(kind: str, value: str) -> str:
    """What an attempt is counted by; hashed, so that the table holds no addresses."""
    return hashlib.sha256(f"{kind}:{value.strip().casefold()}".encode("utf-8", "replace")).hexdigest()


def keys(account: str) -> list[tuple[str, int]]:
    """The counters of an attempt on `account` from this request's address, each with its limit."""
    return [(key_of("account", account), PER_ACCOUNT), (key_of("address", request.remote_addr or ""), PER_ADDRESS)]


def check_attempts(account: str) -> None:
    """Raises Refused when there were too many wrong attempts on this account or from this address in 15 minutes."""
    from flask_babel import gettext as _

    since = clock.now() - WINDOW
    for key, limit in keys(account):
        count = db.session.scalar(sa.select(sa.func.count()).where(SignInAttempt.key == key, SignInAttempt.at > since)) or 0
        if count >= limit:
            raise Refused(_("Too many wrong attempts. Wait a quarter of an hour, or ask for a new password."))


def count_attempt(account: str) -> None:
    """Remember a wrong attempt; old ones are cleared away."""
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < clock.now() - timedelta(hours=1)))
    db.session.add_all(SignInAttempt(key=key) for key, _limit in keys(account))
