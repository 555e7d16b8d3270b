"""The people: everybody sees who is here; an administrator invites, changes and ends access."""

from typing import Any

from flask import current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ... import mail
from ...authorization import requires
from ...db import db
from ...domain import Refused
from ...permissions import allows
from ...rendering import changed, page
from .. import bp
from ..forms import PersonForm
from ..models import Role, User, UserLink
from ..queries import departments, people as everybody
from ..signing_in import fresh


@bp.get("/settings/people")
@requires("person.view")
def people() -> Response:
    return show()


def show(status: int = 200, form: PersonForm | None = None, **told: Any) -> Response:
    """The list, and for an administrator the row to add somebody; `told` is what was just done (a link, and whose)."""
    manages = allows(current_user, "person.manage")
    if form is None and manages:
        form = PersonForm(formdata=None, data={"role": Role.MEMBER.value}).offer(departments())
    told = {"invited": None, "link": None, "purpose": None, **told}
    return page("accounts/people.html", status=status, people=everybody(inactive=manages), form=form, **told)


@bp.post("/settings/people")
@fresh
@requires("person.manage")
def invite() -> Response:
    """Add a person and send the link to choose a password; where no mail server is set, the administrator hands it over."""
    form = PersonForm().offer(departments())
    if not form.validate_on_submit():
        return show(422, form)
    chosen = [d for d in departments() if d.id in form.departments.data]
    try:
        person = User.join(
            email=form.email.data, name=form.name.data, role=Role(form.role.data), departments=chosen, by=current_user,
            locale=str(current_app.config["DEFAULT_LOCALE"]),
        )  # fmt: skip
    except Refused as error:
        form.email.errors = (error.message,)
        return show(422, form)
    token = person.invite(by=current_user)
    db.session.commit()
    return told_of_link(person, mail.send_link(person, token, "invite"), "invite")


def told_of_link(person: User, link: str, purpose: str) -> Response:
    """The link is told once, and only where no mail brings it."""
    flash(request.form.get("form_key", ""), "done")  # this page lets go of what was kept of the form
    return show(invited=person, link=None if mail.is_set() else link, purpose=purpose)


@bp.get("/settings/people/<int:id>")
@requires("person.manage", User)
def person(person: User) -> Response:
    facts = {"name": person.name, "email": person.email, "role": person.role.value, "departments": [d.id for d in person.departments]}
    form = PersonForm(formdata=None, data={**facts, "version": person.version}).offer(departments_for(person))
    return page("accounts/person.html", fragment="accounts/_person_form.html", person=person, form=form)


def departments_for(person: User) -> list[Any]:
    """The open departments, and archived ones that this person still belongs to."""
    return [d for d in departments(archived=True) if d.archived_at is None or d.id in person.department_ids]


@bp.post("/settings/people/<int:id>")
@fresh
@requires("person.manage", User)
def save_person(person: User) -> Response:
    """Another role signs the person out everywhere; the person hears of another role or address."""
    form = PersonForm().offer(departments_for(person))
    again: dict[str, Any] = {"template": "accounts/person.html", "fragment": "accounts/_person_form.html", "status": 422, "person": person, "form": form}
    if not form.validate_on_submit():
        return page(**again)
    address, role = person.email, person.role
    chosen = [d for d in departments_for(person) if d.id in form.departments.data]
    try:
        person.edit(
            by=current_user, version=form.version.data,
            name=form.name.data, email=form.email.data, role=Role(form.role.data), departments=chosen,
        )  # fmt: skip
    except Refused as error:
        (form.email if form.email.data != address else form.role).errors = (error.message,)
        db.session.rollback()
        return page(**again)
    db.session.commit()
    if person.email != address:
        mail.tell_of_email(person, address)
    if person.role != role:
        mail.tell_of_role(person)
    return changed(url_for(".people"), message=_("Saved"))


@bp.post("/settings/people/<int:id>/link")
@fresh
@requires("person.manage", User)
def send_link(person: User) -> Response:
    """A new link to choose a password: an invitation for who has never come in, a reset for who has."""
    if not person.is_active:
        raise Refused(_("%(name)s has no access. Give it back first.", name=person.name))
    purpose = "reset" if person.has_come_in else "invite"
    token = UserLink.make(person, "reset") if person.has_come_in else person.invite(by=current_user)
    db.session.commit()
    return told_of_link(person, mail.send_link(person, token, purpose), purpose)


@bp.post("/settings/people/<int:id>/departure")
@fresh
@requires("person.manage", User)
def deactivate(person: User) -> Response:
    person.deactivate(by=current_user)
    db.session.commit()
    return changed(url_for(".people"), message=_("%(name)s has no access any more. What was done keeps the name.", name=person.name))


@bp.post("/settings/people/<int:id>/return")
@fresh
@requires("person.manage", User)
def reactivate(person: User) -> Response:
    person.reactivate(by=current_user)
    db.session.commit()
    return changed(url_for(".people"), message=_("%(name)s has access again.", name=person.name))
