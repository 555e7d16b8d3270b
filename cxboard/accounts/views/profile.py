"""A person's own settings: name, language, appearance, password, and where they are signed in."""

import sqlalchemy as sa
from flask import abort, redirect, request, url_for
from flask_babel import gettext as _, refresh
from flask_login import current_user
from werkzeug.wrappers import Response

from ... import mail
from ...authorization import requires
from ...db import db
from ...domain import Refused
from ...rendering import changed, here, page, to_page
from .. import bp
from ..forms import ChangePasswordForm, ProfileForm
from ..models import UserSession
from ..queries import sessions_of
from ..signing_in import check_attempts, count_attempt, current_session


@bp.get("/settings")
@requires("profile.edit")
def settings() -> Response:
    """To the first entry: everybody may see their own."""
    return redirect(url_for(".profile"))


@bp.get("/profile")
@requires("profile.edit")
def profile() -> Response:
    return show()


def show(status: int = 200, form: ProfileForm | None = None, password_form: ChangePasswordForm | None = None) -> Response:
    """The page, with the form that is to be corrected, if there is one."""
    return page(
        "accounts/profile.html",
        status=status,
        form=form or ProfileForm(formdata=None, obj=current_user),
        password_form=password_form or ChangePasswordForm(formdata=None),
        sessions=sessions_of(current_user),
        this_session=current_session(),
    )


@bp.post("/profile")
@requires("profile.edit")
def save_profile() -> Response:
    form = ProfileForm()
    if not form.validate_on_submit():
        return show(422, form=form)
    current_user.edit(by=current_user, name=form.name.data)
    current_user.prefer(locale=form.locale.data, theme=form.theme.data, single_keys=form.single_keys.data)
    db.session.commit()
    refresh()
    return changed(url_for(".profile"), message=_("Saved"))


@bp.post("/profile/appearance")
@requires("profile.edit")
def prefer() -> Response:
    """One choice of the profile by itself, where one is: the language, or light or dark."""
    form = ProfileForm()
    chosen = {field.name: field.data for field in (form.locale, form.theme) if field.name in request.form and field.validate(form)}
    current_user.prefer(**{"locale": current_user.locale, "theme": current_user.theme, "single_keys": current_user.single_keys} | chosen)
    db.session.commit()
    return to_page(here(url_for(".profile")))


@bp.post("/profile/password")
@requires("profile.edit")
def change_password() -> Response:
    """Needs the password of now; signs out everywhere else."""
    form = ChangePasswordForm()
    account = f"password:{current_user.email}"
    try:
        check_attempts(account)
        if not form.validate_on_submit():
            return show(422, password_form=form)
        if not current_user.has_password(form.current.data):
            count_attempt(account)
            db.session.commit()
            form.current.errors = (_("This is not your password."),)
            return show(422, password_form=form)
    except Refused as error:
        form.current.errors = (error.message,)
        return show(429, password_form=form)
    try:
        current_user.set_password(form.password.data, by=current_user, keep=current_session())
    except Refused as error:
        form.password.errors = (error.message,)
        return show(422, password_form=form)
    db.session.commit()
    mail.tell_of_password(current_user)
    return changed(url_for(".profile"), message=_("Your new password counts from now on. You are signed out everywhere else."))


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
