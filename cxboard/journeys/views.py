"""Settings: the journeys and the order of their stages, kept by the regisseur."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ..authorization import requires
from ..db import db
from ..domain import Refused
from ..rendering import changed, page
from . import bp
from .forms import JourneyForm, StageForm
from .models import Journey, Stage
from .queries import journeys


@bp.get("/settings/journeys")
@requires("journey.manage")
def manage() -> Response:
    return show()


def show(status: int = 200, form: JourneyForm | None = None, stage_form: StageForm | None = None, adding_to: Journey | None = None) -> Response:
    """Every journey with its stages; a form that is to be corrected stands at its own journey (`adding_to`)."""
    return page(
        "journeys/manage.html",
        status=status,
        journeys=journeys(),
        form=form or JourneyForm(formdata=None),
        stage_form=stage_form or StageForm(formdata=None),
        empty_form=StageForm(formdata=None),
        adding_to=adding_to,
    )


@bp.post("/settings/journeys")
@requires("journey.manage")
def add() -> Response:
    form = JourneyForm()
    if not form.validate_on_submit():
        return show(422, form=form)
    Journey.named(form.name.data, by=current_user)
    db.session.commit()
    return changed(url_for(".manage"), message=_("The journey %(name)s is there. Add its stages in order.", name=form.name.data))


@bp.get("/settings/journeys/<int:id>")
@requires("journey.manage", Journey)
def edit(journey: Journey) -> Response:
    return page("journeys/edit.html", fragment="journeys/_edit_form.html", journey=journey, form=JourneyForm(formdata=None, obj=journey, version=journey.seen_as))


@bp.post("/settings/journeys/<int:id>")
@requires("journey.manage", Journey)
def rename(journey: Journey) -> Response:
    form = JourneyForm()
    again = {"template": "journeys/edit.html", "fragment": "journeys/_edit_form.html", "status": 422, "journey": journey, "form": form}
    if not form.validate_on_submit():
        return page(**again)
    try:
        journey.rename(form.name.data, by=current_user, seen=form.version.data)
    except Refused as error:
        form.name.errors = [error.message]
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(url_for(".manage"), message=_("Saved"))


@bp.post("/settings/journeys/<int:id>/stages")
@requires("journey.manage", Journey)
def add_stage(journey: Journey) -> Response:
    form = StageForm()
    if not form.validate_on_submit():
        return show(422, stage_form=form, adding_to=journey)
    try:
        journey.add_stage(form.name.data, work=form.work.data or "", by=current_user)
    except Refused as error:
        form.name.errors = [error.message]
        db.session.rollback()
        return show(422, stage_form=form, adding_to=journey)
    db.session.commit()
    return changed(url_for(".manage", _anchor=f"journey-{journey.id}"), message=_("Saved"))


@bp.get("/settings/stages/<int:id>")
@requires("journey.manage", Stage)
def stage(stage: Stage) -> Response:
    return page("journeys/stage.html", fragment="journeys/_stage_form.html", stage=stage, form=StageForm(formdata=None, obj=stage, version=stage.seen_as))


@bp.post("/settings/stages/<int:id>")
@requires("journey.manage", Stage)
def save_stage(stage: Stage) -> Response:
    form = StageForm()
    again = {"template": "journeys/stage.html", "fragment": "journeys/_stage_form.html", "status": 422, "stage": stage, "form": form}
    if not form.validate_on_submit():
        return page(**again)
    try:
        stage.edit(name=form.name.data, work=form.work.data or "", by=current_user, seen=form.version.data)
    except Refused as error:
        form.name.errors = [error.message]
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(url_for(".manage"), message=_("Saved"))


@bp.post("/settings/stages/<int:id>/earlier")
@requires("journey.manage", Stage)
def move_earlier(stage: Stage) -> Response:
    stage.move(-1, by=current_user)
    db.session.commit()
    return changed(url_for(".manage"))


@bp.post("/settings/stages/<int:id>/later")
@requires("journey.manage", Stage)
def move_later(stage: Stage) -> Response:
    stage.move(1, by=current_user)
    db.session.commit()
    return changed(url_for(".manage"))


@bp.post("/settings/stages/<int:id>/archive")
@requires("journey.manage", Stage)
def archive_stage(stage: Stage) -> Response:
    stage.archive(by=current_user)
    db.session.commit()
    return changed(url_for(".manage"), message=_("%(name)s is archived. Issues that have it keep it.", name=stage.name))


@bp.post("/settings/stages/<int:id>/return")
@requires("journey.manage", Stage)
def restore_stage(stage: Stage) -> Response:
    stage.restore(by=current_user)
    db.session.commit()
    return changed(url_for(".manage"), message=_("%(name)s is open again.", name=stage.name))
