"""A forgotten password, and choosing one through the link in an invitation or a reset mail."""

from typing import Any

from werkzeug.wrappers import Response

from ... import mail
from ...authorization import public
from ...db import db
from ...domain import Refused
from ...language import language
from ...rendering import page, to_page
from .. import bp
from ..forms import ForgotForm, NewPasswordForm
from ..models import UserLink
from ..queries import person_with
from ..signing_in import check_attempts, count_attempt, sign_in as start_session


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
    try:
        check_attempts(f"reset:{form.email.data}")
    except Refused as error:
        form.email.errors = (error.message,)
        return page("accounts/forgotten.html", status=429, form=form, sent=False)
    count_attempt(f"reset:{form.email.data}")
    person = person_with(form.email.data)
    token = UserLink.make(person, "reset") if person and person.is_active else None
    db.session.commit()
    if person and token:
        mail.send_link(person, token, "reset")
    return page("accounts/forgotten.html", form=form, sent=True)


@bp.get("/password/<token>")
@public
def choose_password(token: str) -> Response:
    link = UserLink.of(token)
    if link is None:
        return page("accounts/link_closed.html", status=410)
    return page("accounts/choose_password.html", form=NewPasswordForm(), token=token, person=link.user, purpose=link.purpose)


@bp.post("/password/<token>")
@public
def save_password(token: str) -> Response:
    """The link works once. Who comes in by invitation reads on in the language of this page."""
    form = NewPasswordForm()
    try:
        check_attempts(None)
    except Refused:
        return page("accounts/link_closed.html", status=429)
    link = UserLink.of(token)
    if link is None:
        count_attempt(None)
        db.session.commit()
        return page("accounts/link_closed.html", status=410)
    again: dict[str, Any] = {"form": form, "token": token, "person": link.user, "purpose": link.purpose}
    if not form.validate_on_submit():
        return page("accounts/choose_password.html", status=422, **again)
    try:
        person = link.use(form.password.data)
    except Refused as error:
        form.password.errors = (error.message,)
        return page("accounts/choose_password.html", status=422, **again)
    if link.purpose == "invite":
        person.locale = language()
    start_session(person)
    db.session.commit()
    mail.tell_of_password(person)
    return to_page("/")
