"""The departments: everybody sees them; an administrator adds, changes, archives and restores."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ...authorization import requires
from ...db import db
from ...domain import Refused
from ...permissions import allows
from ...rendering import changed, page
from .. import bp
from ..forms import DepartmentForm, NewDepartmentForm
from ..models import Department, NameTaken
from ..queries import departments as all_departments, headcounts, lead_names, leads_for


@bp.get("/settings/departments")
@requires("person.view")
def departments() -> Response:
    return show()


def show(status: int = 200, form: NewDepartmentForm | None = None) -> Response:
    """The list, and for an administrator the row to add one."""
    if form is None and allows(current_user, "department.manage"):
        form = NewDepartmentForm(formdata=None)
    shown = all_departments(archived=True)
    return page("accounts/departments.html", status=status, departments=shown, headcounts=headcounts(), leads=lead_names(), form=form)


def say_refused(form: NewDepartmentForm, error: Refused) -> None:
    """What is taken is said at its field."""
    (form.name if isinstance(error, NameTaken) else form.code).errors = (error.message,)


@bp.post("/settings/departments")
@requires("department.manage")
def add_department() -> Response:
    form = NewDepartmentForm()
    if not form.validate_on_submit():
        return show(422, form)
    try:
        department = Department.open(name=form.name.data, code=form.code.data, by=current_user)
    except Refused as error:
        say_refused(form, error)
        return show(422, form)
    db.session.commit()
    return changed(url_for(".departments"), message=_("%(name)s is a department now.", name=department.name))


@bp.get("/settings/departments/<int:id>")
@requires("department.manage", Department)
def department(department: Department) -> Response:
    names = ("name", "code", "colour", "wip_limit", "change_limit", "mandate", "version")
    facts = {name: getattr(department, name) for name in names} | {"lead": department.lead_id}
    form = DepartmentForm(formdata=None, data=facts).offer(leads_for(department))
    return page("accounts/department.html", fragment="accounts/_department_form.html", department=department, form=form)


@bp.post("/settings/departments/<int:id>")
@requires("department.manage", Department)
def save_department(department: Department) -> Response:
    people = leads_for(department)
    form = DepartmentForm().offer(people)
    again: dict[str, Any] = {"template": "accounts/department.html", "fragment": "accounts/_department_form.html", "status": 422, "department": department, "form": form}
    if not form.validate_on_submit():
        return page(**again)
    names = ("name", "code", "colour", "wip_limit", "change_limit", "mandate")
    facts = {name: form[name].data for name in names}
    facts["lead"] = next((p for p in people if p.id == form.lead.data), None)
    try:
        department.edit(by=current_user, version=form.version.data, **facts)
    except Refused as error:
        say_refused(form, error)
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(url_for(".departments"), message=_("Saved"))


@bp.post("/settings/departments/<int:id>/closure")
@requires("department.manage", Department)
def archive_department(department: Department) -> Response:
    department.archive(by=current_user)
    db.session.commit()
    return changed(url_for(".departments"), message=_("%(name)s is archived. What it did stays.", name=department.name), undo=url_for(".restore_department", id=department.id))


@bp.post("/settings/departments/<int:id>/reopening")
@requires("department.manage", Department)
def restore_department(department: Department) -> Response:
    department.restore(by=current_user)
    db.session.commit()
    return changed(url_for(".departments"), message=_("%(name)s is open again.", name=department.name))
