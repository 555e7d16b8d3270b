"""Journeys: the list, and one journey as a double lane, which the regisseur keeps where everybody reads it."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import Department
from ..authorization import me, requires
from ..db import db
from ..domain import Refused
from ..rendering import changed, here, page
from . import bp, moodline
from .forms import FACTS, LANES, JourneyForm, StageForm, TouchpointForm, fact_form, tools_in
from .lanes import CUSTOMER, EMPLOYEE, at_the_side, columns, sketches
from .models import Journey, Stage
from .moods import FEWEST, PERIOD
from .queries import furnished, journeys, names
from .touchpoints import Touchpoint


@bp.get("/journeys")
@requires("journey.view")
def index() -> Response:
    """Every journey; when there is just one, that one."""
    every = journeys()
    if len(every) == 1:
        return redirect(url_for(".show", id=every[0].id))
    return page("journeys/index.html", sketches=sketches(every, me()), draw=moodline.draw, moods_told=moodline.told, form=JourneyForm(formdata=None))


@bp.get("/journeys/new")
@requires("journey.manage")
def new() -> Response:
    return page("journeys/new.html", fragment="journeys/_new_form.html", form=JourneyForm(formdata=None))


@bp.post("/journeys")
@requires("journey.manage")
def add() -> Response:
    form = JourneyForm()
    if not form.validate_on_submit():
        return page("journeys/new.html", fragment="journeys/_new_form.html", status=422, form=form)
    journey = Journey.named(form.name.data, by=current_user)
    db.session.commit()
    return changed(url_for(".show", id=journey.id), message=_("The journey %(name)s is there. Add its stages in order.", name=journey.name))


@bp.get("/journeys/<int:id>")
@requires("journey.view", Journey)
def show(journey: Journey) -> Response:
    return lanes_of(journey)


@bp.get("/journeys/<int:id>/stages/<int:stage>")
@requires("journey.view", Journey)
def stage(journey: Journey, stage: int) -> Response:
    """The same, with one stage opened at the side."""
    return lanes_of(journey, stage)


def lanes_of(journey: Journey, opened: int | None = None) -> Response:
    stages = furnished(journey)
    found = columns([s for s in stages if not s.archived], me())
    side = next((s for s in stages if s.id == opened), None)
    if opened is not None and side is None:
        abort(404)
    column = next((c for c in found if c.stage is side), None)
    return page(
        "journeys/show.html", journey=journey, columns=found, mood_line=moodline.draw(found), archived=[s for s in stages if s.archived], others=names(),
        places=(CUSTOMER, EMPLOYEE), opened=side, column=column,
        side_cells=at_the_side(side, column, me()) if side else [], touchpoint_form=TouchpointForm(formdata=None), fewest=FEWEST, period=PERIOD, moods_told=moodline.told,
    )  # fmt: skip


@bp.get("/journeys/<int:id>/name")
@requires("journey.manage", Journey)
def edit(journey: Journey) -> Response:
    return page("journeys/edit.html", fragment="journeys/_edit_form.html", journey=journey, form=JourneyForm(formdata=None, obj=journey, version=journey.seen_as))


@bp.post("/journeys/<int:id>/name")
@requires("journey.manage", Journey)
def rename(journey: Journey) -> Response:
    form = JourneyForm()
    again: dict[str, Any] = {"template": "journeys/edit.html", "fragment": "journeys/_edit_form.html", "status": 422, "journey": journey, "form": form}
    if not form.validate_on_submit():
        return page(**again)
    try:
        journey.rename(form.name.data, by=current_user, seen=form.version.data)
    except Refused as error:
        form.name.errors = (str(error.message),)
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(here(url_for(".show", id=journey.id)), message=_("Saved"))


@bp.get("/journeys/<int:id>/stages/new")
@requires("journey.manage", Journey)
def new_stage(journey: Journey) -> Response:
    form = StageForm(formdata=None, data={"after": request.args.get("after", "")})
    return page("journeys/new_stage.html", fragment="journeys/_new_stage_form.html", journey=journey, form=form, after=stage_after(journey, form))


@bp.post("/journeys/<int:id>/stages")
@requires("journey.manage", Journey)
def add_stage(journey: Journey) -> Response:
    form = StageForm()
    after = stage_after(journey, form)
    again: dict[str, Any] = {"template": "journeys/new_stage.html", "fragment": "journeys/_new_stage_form.html", "status": 422, "journey": journey, "form": form, "after": after}
    if not form.validate_on_submit():
        return page(**again)
    try:
        added = journey.add_stage(form.name.data, by=current_user, after=after)
    except Refused as error:
        form.name.errors = (str(error.message),)
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(url_for(".stage", id=journey.id, stage=added.id), message=_("Saved"))


def stage_after(journey: Journey, form: StageForm) -> Stage | None:
    """The stage that the new one comes right after; None for a new last one."""
    return next((s for s in journey.open_stages if str(s.id) == form.after.data), None)


# one stage


@bp.get("/stages/<int:id>/facts/<name>")
@requires("journey.manage", Stage)
def fact(stage: Stage, name: str) -> Response:
    if name not in FACTS:
        abort(404)
    return page("journeys/fact.html", fragment="journeys/_fact_form.html", stage=stage, name=name, form=fact_form(name, stage))


@bp.post("/stages/<int:id>/facts/<name>")
@requires("journey.manage", Stage)
def save_fact(stage: Stage, name: str) -> Response:
    if name not in FACTS:
        abort(404)
    form = fact_form(name, stage)
    again: dict[str, Any] = {"template": "journeys/fact.html", "fragment": "journeys/_fact_form.html", "status": 422, "stage": stage, "name": name, "form": form}
    if not form.validate_on_submit():
        return page(**again)
    try:
        if name in LANES:
            stage.set_mood(LANES[name], int(form.value.data) if form.value.data else None, by=current_user, seen=form.version.data)
        else:
            stage.edit(by=current_user, seen=form.version.data, **{name: meant(name, form.value.data)})
    except Refused as error:
        form.value.errors = (str(error.message),)
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(here(of(stage)), message=_("Saved"))


def meant(name: str, value: Any) -> Any:
    """What a form holds, as the model keeps it."""
    if name == "tools":
        return tools_in(value or "")
    if name == "departments":
        return [d for d in (db.session.get(Department, id) for id in value or []) if d]
    return value or ""


def of(stage: Stage) -> str:
    """The address of a stage in its journey."""
    return url_for(".stage", id=stage.journey_id, stage=stage.id)


@bp.post("/stages/<int:id>/earlier")
@requires("journey.manage", Stage)
def move_earlier(stage: Stage) -> Response:
    stage.move(-1, by=current_user)
    db.session.commit()
    return changed(here(of(stage)))


@bp.post("/stages/<int:id>/later")
@requires("journey.manage", Stage)
def move_later(stage: Stage) -> Response:
    stage.move(1, by=current_user)
    db.session.commit()
    return changed(here(of(stage)))


@bp.post("/stages/<int:id>/archive")
@requires("journey.manage", Stage)
def archive_stage(stage: Stage) -> Response:
    stage.archive(by=current_user)
    db.session.commit()
    return changed(url_for(".show", id=stage.journey_id), message=_("%(name)s is archived. Issues that have it keep it.", name=stage.name))


@bp.post("/stages/<int:id>/return")
@requires("journey.manage", Stage)
def restore_stage(stage: Stage) -> Response:
    stage.restore(by=current_user)
    db.session.commit()
    return changed(here(of(stage)), message=_("%(name)s is open again.", name=stage.name))


# its touchpoints


@bp.post("/stages/<int:id>/touchpoints")
@requires("journey.manage", Stage)
def add_touchpoint(stage: Stage) -> Response:
    form = TouchpointForm()
    again: dict[str, Any] = {"template": "journeys/new_touchpoint.html", "fragment": "journeys/_new_touchpoint_form.html", "status": 422, "stage": stage, "touchpoint_form": form}
    if not form.validate_on_submit():
        return page(**again)
    try:
        stage.add_touchpoint(form.name.data, channel=form.channel.data or "", by=current_user)
    except Refused as error:
        form.name.errors = (str(error.message),)
        db.session.rollback()
        return page(**again)
    db.session.commit()
    return changed(here(of(stage)), message=_("Saved"))


@bp.get("/touchpoints/<int:id>")
@requires("journey.manage", Touchpoint)
def touchpoint(touchpoint: Touchpoint) -> Response:
    form = TouchpointForm(formdata=None, obj=touchpoint, version=touchpoint.seen_as)
    return page("journeys/touchpoint.html", fragment="journeys/_touchpoint_form.html", touchpoint=touchpoint, form=form)


@bp.post("/touchpoints/<int:id>")
@requires("journey.manage", Touchpoint)
def save_touchpoint(touchpoint: Touchpoint) -> Response:
    form = TouchpointForm()
    if not form.validate_on_submit():
        return page("journeys/touchpoint.html", fragment="journeys/_touchpoint_form.html", status=422, touchpoint=touchpoint, form=form)
    touchpoint.edit(name=form.name.data, channel=form.channel.data or "", by=current_user, seen=form.version.data)
    db.session.commit()
    return changed(here(of(touchpoint.stage)), message=_("Saved"))


@bp.post("/touchpoints/<int:id>/earlier")
@requires("journey.manage", Touchpoint)
def touchpoint_earlier(touchpoint: Touchpoint) -> Response:
    touchpoint.move(-1, by=current_user)
    db.session.commit()
    return changed(here(of(touchpoint.stage)))


@bp.post("/touchpoints/<int:id>/later")
@requires("journey.manage", Touchpoint)
def touchpoint_later(touchpoint: Touchpoint) -> Response:
    touchpoint.move(1, by=current_user)
    db.session.commit()
    return changed(here(of(touchpoint.stage)))


@bp.post("/touchpoints/<int:id>/removal")
@requires("journey.manage", Touchpoint)
def remove_touchpoint(touchpoint: Touchpoint) -> Response:
    stage, name = touchpoint.stage, touchpoint.name
    touchpoint.remove(by=current_user)
    db.session.commit()
    return changed(here(of(stage)), message=_("%(name)s is no touchpoint any more.", name=name))


# where journeys used to be kept


@bp.get("/settings/journeys")
@requires("journey.view")
def manage() -> Response:
    return redirect(url_for(".index"))


@bp.get("/settings/journeys/<int:id>")
@requires("journey.view", Journey)
def manage_one(journey: Journey) -> Response:
    return redirect(url_for(".show", id=journey.id))


@bp.get("/settings/stages/<int:id>")
@requires("journey.view", Stage)
def manage_stage(stage: Stage) -> Response:
    return redirect(of(stage))
