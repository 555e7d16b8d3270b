"""Signing in and out, signing in again where one was, and the first administrator."""

from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from ...authorization import public
from ...db import READS, db
from ...domain import Refused
from ...forms import NOT_TYPED
from ...language import language
from ...rendering import is_htmx, page, tell, to_page
from .. import bp
from ..forms import SetupForm, SignInForm
from ..models import Role, User
from ..queries import person_with, someone_exists
from ..signing_in import (
    check_attempts,
    count_attempt,
    forget_attempts,
    person_of_the_cookie,
    sign_in as start_session,
    sign_out as end_session,
)

BIGGEST_HELD = 100_000


@bp.get("/sign-in")
@public
def sign_in() -> Response:
    if current_user.is_authenticated:
        return to_page(local_target())
    if not someone_exists():
        return redirect(url_for(".setup"))
    return page("accounts/sign_in.html", form=SignInForm(), next=local_target())


@bp.post("/sign-in")
@public
def open_session() -> Response:
    """A wrong address and a wrong password get the same answer, after the same work."""
    form = SignInForm()
    target = local_target()
    again: dict[str, Any] = {"template": "accounts/sign_in.html", "fragment": "accounts/_sign_in_again.html", "form": form, "next": target}
    if not form.validate_on_submit():
        return page(**again, status=422)
    try:
        check_attempts(form.email.data)
    except Refused as error:
        form.password.errors = (error.message,)
        return page(**again, status=429)
    person = person_with(form.email.data)
    right = (person or User(email="", name="")).has_password(form.password.data)
    if person is None or not right or not person.is_active:
        count_attempt(form.email.data)
        db.session.commit()
        form.password.errors = (_("This address and password do not belong together."),)
        return page(**again, status=422)
    forget_attempts(form.email.data)
    start_session(person)
    db.session.commit()
    if is_htmx() and request.form.get("as") == str(person.id):
        return tell("cx:signed-in", token=generate_csrf())
    if held := held_for(person):
        return page("accounts/send_again.html", next=target, **held)
    return to_page("/" if is_htmx() else target)


@bp.app_errorhandler(401)
def signed_out(error: Unauthorized) -> Response:
    """Whoever is not signed in (any more) is asked to where they are, and what they sent goes through afterwards.

    A reader is led to the door and back. By script the door opens in place, and the request is sent again. A plain form
    travels along with the signing in.
    """
    if is_htmx():
        asked = page("accounts/_sign_in_again.html", status=401, form=SignInForm(formdata=None))
        asked.headers["Sign-In"] = "again"
        return asked
    if request.method in READS:
        target = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", next=None if target == "/" else target))
    return page("accounts/sign_in.html", status=401, form=SignInForm(formdata=None), next=local_target(request.form.get("back", "")), held=hold())


def hold() -> str | None:
    """What was sent with a plain form, sealed, for the one who sent it; None when that is not known or it is too much."""
    person_id = person_of_the_cookie()
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in (*NOT_TYPED, "password", "confirm", "current")]
    if person_id is None or not typed or request.content_length is None or request.content_length > BIGGEST_HELD:
        return None
    return str(seal().dumps([person_id, request.full_path.rstrip("?"), typed]))


def held_for(person: User) -> dict[str, Any] | None:
    """What this person had sent before they were asked to sign in again; nobody else's."""
    try:
        person_id, url, typed = seal().loads(request.form.get("held", ""))
    except BadData:
        return None
    return {"url": url, "typed": typed} if person_id == person.id else None


def seal() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="held")


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    end_session()
    db.session.commit()
    answer = to_page(url_for(".sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def local_target(target: str | None = None) -> str:
    """Where to go after signing in (`next` of the request, unless given): only ever a path of ours."""
    target = request.values.get("next", "") if target is None else target
    plain = target.isascii() and target.isprintable() and len(target) < 1000 and "\\" not in target and " " not in target
    try:
        parts = urlsplit(target) if plain else None
    except ValueError:
        parts = None
    if parts is None or parts.netloc or parts.scheme or not target.startswith("/") or target.startswith("//"):
        return "/"
    return "/" if parts.path.lower().startswith(("/%2f", "/%5c", "/./", "/../")) else target


@bp.get("/setup")
@public
def setup() -> Response:
    if someone_exists():
        abort(404)
    return page("accounts/setup.html", form=SetupForm())


@bp.post("/setup")
@public
def first_administrator() -> Response:
    """Once, for whoever comes first; afterwards this address does not exist."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("lock table person in exclusive mode"))
    if someone_exists():
        abort(404)
    form = SetupForm()
    if not form.validate_on_submit():
        return page("accounts/setup.html", status=422, form=form)
    person = User.join(email=form.email.data, name=form.name.data, role=Role.ADMIN, departments=[], by=None, locale=language())
    try:
        person.set_password(form.password.data, by=person)
    except Refused as error:
        db.session.rollback()
        form.password.errors = (error.message,)
        return page("accounts/setup.html", status=422, form=form)
    start_session(person)
    db.session.commit()
    current_app.logger.info("first administrator created")
    return to_page("/")
