"""Signing in and out, choosing a password, the first administrator, and a person's own settings."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import mail
from ..authorization import public, requires
from ..db import db
from ..domain import Refused
from ..rendering import changed, page, to_page
from . import bp
from .forms import ChangePasswordForm, ForgotForm, NewPasswordForm, ProfileForm, SetupForm, SignInForm
from .models import Role, User, UserLink, UserSession
from .queries import person_with, someone_exists
from .signing_in import check_attempts, count_attempt, current_session, sign_in as start_session, sign_out as end_session


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
    known = person.has_password(form.password.data) if person else User(email="", name="").has_password(form.password.data)
    if not known or person is None or not person.is_active:
        count_attempt(form.email.data)
        db.session.commit()
        form.password.errors = [_("This address and password do not belong together.")]
        return page("accounts/sign_in.html", status=422, form=form, next=target)
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
    parts = urlsplit(target) if target.isprintable() and len(target) < 1000 and "\\" not in target else None
    if not target.startswith("/") or target.startswith("//") or parts is None or parts.netloc or parts.scheme or "%2f%2f" in target.lower()[:8]:
        return "/"
    return target


@bp.get("/password/forgotten")
@public
def forgotten() -> Response:
    return page("accounts/forgotten.html", form=ForgotForm(), sent=False)


@bp.post("/password/forgotten")
@public
def send_reset() -> Response:
    """The same answer for an address that is known and one that is not."""
    form = ForgotForm()
    if not form.validate_on_submit():
        return page("accounts/forgotten.html", status=422, form=form, sent=False)
    check_attempts(f"reset:{form.email.data}")
    count_attempt(f"reset:{form.email.data}")
    person = person_with(form.email.data)
    if person and person.is_active:
        mail.send_link(person, UserLink.make(person, "reset"), "reset")
    db.session.commit()
    return page("accounts/forgotten.html", form=form, sent=True)


@bp.get("/password/<token>")
@public
def choose_password(token: str) -> Response:
    link = UserLink.of(token)
    if link is None:
        return page("accounts/link_closed.html", status=410)
    return page("accounts/choose_password.html", form=NewPasswordForm(), token=token, person=link.user)


@bp.post("/password/<token>")
@public
def save_password(token: str) -> Response:
    check_attempts("link")
    link = UserLink.of(token)
    if link is None:
        count_attempt("link")
        db.session.commit()
        return page("accounts/link_closed.html", status=410)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return page("accounts/choose_password.html", status=422, form=form, token=token, person=link.user)
    try:
        person = link.use(form.password.data)
    except Refused as error:
        form.password.errors = [error.message]
        return page("accounts/choose_password.html", status=422, form=form, token=token, person=link.user)
    start_session(person)
    db.session.commit()
    return to_page("/")


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
    person = User.join(email=form.email.data, name=form.name.data, role=Role.ADMIN, departments=[], by=None)
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


@bp.get("/profile")
@requires("profile.edit")
def profile() -> Response:
    return page("accounts/profile.html", form=ProfileForm(obj=current_user), password_form=ChangePasswordForm(), sessions=sessions())


@bp.post("/profile")
@requires("profile.edit")
def save_profile() -> Response:
    form = ProfileForm()
    if not form.validate_on_submit():
        return page("accounts/profile.html", status=422, form=form, password_form=ChangePasswordForm(), sessions=sessions())
    current_user.name, current_user.locale = form.name.data, form.locale.data
    current_user.theme, current_user.single_keys = form.theme.data, bool(form.single_keys.data)
    db.session.commit()
    from flask_babel import refresh

    refresh()
    return to_page(url_for(".profile"))


@bp.post("/profile/password")
@requires("profile.edit")
def change_password() -> Response:
    form = ChangePasswordForm()
    account = f"password:{current_user.email}"
    check_attempts(account)
    if form.validate_on_submit():
        if not current_user.has_password(form.current.data):
            count_attempt(account)
            db.session.commit()
            form.current.errors = [_("This is not your password.")]
        else:
            try:
                current_user.set_password(form.password.data, by=current_user, keep=current_session())
                db.session.commit()
                return changed(url_for(".profile"), message=_("Your new password counts from now on. You are signed out everywhere else."))
            except Refused as error:
                form.password.errors = [error.message]
    return page("accounts/profile.html", status=422, form=ProfileForm(formdata=None, obj=current_user), password_form=form, sessions=sessions())


def sessions() -> list[UserSession]:
    """My open sessions, newest first."""
    rows = db.session.scalars(
        sa.select(UserSession).where(UserSession.user_id == current_user.id, UserSession.ended_at.is_(None)).order_by(UserSession.seen_at.desc())
    )
    return [s for s in rows if s.counts]


@bp.post("/profile/sessions/<int:id>/end")
@requires("profile.edit")
def end_one_session(id: int) -> Response:
    """End one of my own sessions; somebody else's is as missing as one that never was."""
    session = db.session.scalar(sa.select(UserSession).where(UserSession.id == id, UserSession.user_id == current_user.id))
    if session is None:
        abort(404)
    session.end()
    db.session.commit()
    return changed(url_for(".profile"), message=_("That session is ended."))


@bp.get("/more")
@requires("profile.edit")
def more() -> Response:
    """What the phone's bottom bar has no room for."""
    return page("accounts/more.html")
