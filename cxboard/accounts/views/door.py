"""Signing in and out, and the first administrator."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ...authorization import public
from ...db import db
from ...domain import Refused
from ...language import language
from ...rendering import page, to_page
from .. import bp
from ..forms import SetupForm, SignInForm
from ..models import Role, User
from ..queries import person_with, someone_exists
from ..signing_in import (
    check_attempts,
    count_attempt,
    forget_attempts,
    sign_in as start_session,
    sign_out as end_session,
)


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
    if not form.validate_on_submit():
        return page("accounts/sign_in.html", status=422, form=form, next=target)
    try:
        check_attempts(form.email.data)
    except Refused as error:
        form.password.errors = [error.message]
        return page("accounts/sign_in.html", status=429, form=form, next=target)
    person = person_with(form.email.data)
    right = (person or User(email="", name="")).has_password(form.password.data)
    if person is None or not right or not person.is_active:
        count_attempt(form.email.data)
        db.session.commit()
        form.password.errors = [_("This address and password do not belong together.")]
        return page("accounts/sign_in.html", status=422, form=form, next=target)
    forget_attempts(form.email.data)
    start_session(person)
    db.session.commit()
    return to_page(target)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    end_session()
    db.session.commit()
    answer = to_page(url_for(".sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def local_target() -> str:
    """Where to go after signing in: only ever a path of ours."""
    target = request.values.get("next", "")
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
        form.password.errors = [error.message]
        return page("accounts/setup.html", status=422, form=form)
    start_session(person)
    db.session.commit()
    current_app.logger.info("first administrator created")
    return to_page("/")
