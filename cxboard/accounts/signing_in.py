"""Staying signed in: Flask-Login on sessions that live on the server. The only module that knows Flask-Login's insides."""

import hashlib
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import wraps
from ipaddress import IPv6Address, ip_address
from typing import Any

import flask
import sqlalchemy as sa
from flask import Flask, g, has_request_context, request
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, current_user

from .. import clock
from ..db import db
from ..domain import Refused
from ..extensions import login
from ..forms import NOT_TYPED
from ..rendering import page
from .models import SignInAttempt, User, UserLink, UserSession, digest

SEEN_EVERY = timedelta(hours=1)
FOR_NOBODY = ("static", "health.healthz", "health.readyz")  # a page asks for sixty files; whose they are is all the same
PER_ACCOUNT = 10
PER_ADDRESS = 50
WINDOW = timedelta(minutes=15)


def people_of(sessions: Collection[int]) -> dict[int, User]:
    """Of these sessions, those that still count, and whose they are."""
    select = sa.select(UserSession).where(UserSession.id.in_(sessions))
    return {session.id: session.user for session in db.session.scalars(select) if session.counts}


class Nobody(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody who is not signed in."""

    locale = None
    theme = "system"


def start(app: Flask) -> None:
    """Bind Flask-Login; the cookie's id is the session's token, looked up at every request."""
    login.init_app(app)
    login.anonymous_user = Nobody
    login.session_protection = None

    @login.user_loader  # type: ignore[untyped-decorator]
    def person_of(token: str) -> User | None:
        session = UserSession.of(token)
        if session is None:
            return None
        g.user_session = session
        g.newest_change = session.newest_change
        return session.user

    app.extensions["live"].people = people_of

    @app.before_request
    def remember_the_visit() -> None:
        if request.endpoint in FOR_NOBODY:
            return
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


def person_of_the_cookie() -> int | None:
    """Whose session this browser had, though it has ended."""
    token = flask.session.get("_user_id")
    return db.session.scalar(sa.select(UserSession.user_id).where(UserSession.token_hash == digest(token))) if token else None


def sign_in(person: User) -> None:
    """Start a fresh session; whatever the browser brought along is thrown away, and an earlier session of it ended."""
    if earlier := current_session():
        earlier.end()
    flask.session.clear()
    UserLink.close_all(person)
    session, token = UserSession.start(person, agent=request.headers.get("User-Agent", ""))
    flask.session.permanent = True
    flask.session["_user_id"] = token
    flask.session["_fresh"] = True
    g.user_session = session
    g._login_user = person
    g.pop("csrf_token", None)  # made for the session that was


def sign_out() -> None:
    """End the session on the server; a copy of the cookie opens nothing."""
    if session := current_session():
        session.end()
    flask.session.clear()


def fresh(view: Callable[..., Any]) -> Callable[..., Any]:
    """A change of rights wants the password of the last quarter of an hour: asks for it, and does nothing before.

    Stands above @requires. What was filled in travels along in the question, and is carried out when the answer is right.
    """

    @wraps(view)
    def asked_first(**url: Any) -> Any:
        session = current_session()
        if session is None or session.is_confirmed:
            return view(**url)
        account = f"confirm:{session.user.email}"
        given, error, status = request.form.get("confirm", ""), None, 403
        try:
            check_attempts(account)
            if given and len(given) <= 128 and session.user.has_password(given):
                session.confirm()
                db.session.commit()
                return view(**url)
            if given:
                count_attempt(account)
                db.session.commit()
                error, status = _("This is not your password."), 422
        except Refused as refused:
            error, status = str(refused.message), 429
        typed = [(k, v) for k, v in request.form.items(multi=True) if k not in (*NOT_TYPED, "confirm", "password")]
        return page("accounts/confirm.html", fragment="accounts/_confirm_form.html", status=status, error=error, typed=typed)

    return asked_first


def key_of(kind: str, value: str) -> str:
    """What an attempt is counted by; hashed, so that the table holds no addresses."""
    return hashlib.sha256(f"{kind}:{value.strip().casefold()}".encode("utf-8", "replace")).hexdigest()


def network() -> str:
    """Where the request comes from: its address, or the network of an IPv6 address, of which one person has billions."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)


def keys(account: str | None) -> list[tuple[str, int]]:
    """The counters of an attempt: on `account` (where it is about one), and from this request's network, each with its limit."""
    on_account = [(key_of("account", account), PER_ACCOUNT)] if account else []
    return [*on_account, (key_of("address", network()), PER_ADDRESS)]


def check_attempts(account: str | None) -> None:
    """Raises Refused when there were too many wrong attempts on this account or from this network in 15 minutes."""
    for key, limit in keys(account):
        if too_often(key, limit):
            raise Refused(_("Too many wrong attempts. Wait a quarter of an hour, or ask for a new password."))


def count_attempt(account: str | None) -> None:
    """Remember a wrong attempt."""
    note_attempts(*(key for key, _limit in keys(account)))


def too_often(key: str, limit: int) -> bool:
    """Whether so many attempts were counted under this key in 15 minutes."""
    counted = sa.select(sa.func.count()).where(SignInAttempt.key == key, SignInAttempt.at > clock.now() - WINDOW)
    return (db.session.scalar(counted) or 0) >= limit


def note_attempts(*keys: str) -> None:
    """Count one under each of these keys; old ones are cleared away."""
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < clock.now() - timedelta(hours=1)))
    db.session.add_all(SignInAttempt(key=key) for key in keys)


def forget_attempts(account: str) -> None:
    """The right password: what went wrong before on this account no longer counts (from this network it does)."""
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.key == key_of("account", account)))
