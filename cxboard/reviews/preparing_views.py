"""Preparing a review: the order and the points of its agenda, what people have ready to say, and who can't be there."""

from __future__ import annotations

import re

from flask import abort, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..authorization import me, requires
from ..db import BIGGEST_ID, db
from ..domain import Refused
from ..issues.models import Issue
from ..issues.queries import find_by_words
from ..permissions import allows
from ..rendering import changed, here, page
from . import bp, preparing, queries
from .agenda import agenda_for, may_read
from .models import AgendaItem, Review
from .news import News, news
from .preparing import EARLIER, LATER, Preparation
from .preparing_forms import AnswerForm, ExcuseForm, MinutesForm, PointForm, SkipForm
from .sentences import why
from .steps import Step

NAME = re.compile("([a-z_]{1,20})-(issue|action)-([0-9]{1,9})")


def named(name: str) -> tuple[Step, int | None, int | None]:
    """What `stuck-issue-12` says; 404 for anything else."""
    known = NAME.fullmatch(name)
    if known is None or known[1] not in {s.value for s in Step} or int(known[3]) > BIGGEST_ID:
        abort(404)
    id = int(known[3])
    return Step(known[1]), id if known[2] == "issue" else None, id if known[2] == "action" else None


def on_agenda(review: Review, name: str) -> AgendaItem:
    """A point as this person may read it; 404 when it is not (or no longer) on the agenda."""
    wanted = named(name)
    points = queries.points_of(review, me()) if not review.is_planned else [i for i in agenda_for(review, only=wanted[0]) if may_read(i, me())]
    return next((i for i in points if (i.step, i.issue_id, i.action_id) == wanted), None) or abort(404)


def said_of(review: Review, name: str) -> Preparation:
    """What was prepared for a point that may be off the agenda by now."""
    wanted = named(name)
    found = next((p for p in preparing.of(review) if (p.step, p.issue_id, p.action_id) == wanted), None)
    if found is None or not found.may_be_read_by(me()):
        abort(404)
    return found


def agenda_again(review: Review, message: str | None = None, undo: str | None = None) -> Response:
    db.session.commit()
    return changed(here(url_for(".show", id=review.id)), message=message, undo=undo)


# one point


@bp.get("/reviews/<int:id>/points/<point>")
@requires("review.take_part", Review)
def prepare(review: Review, point: str) -> Response:
    """What somebody wants to say about a point; for the regisseur also whether it comes."""
    item = on_agenda(review, point)
    own = next((a.text for a in _answers(review, item) if a.by_id == current_user.id), "")
    return _point(review, item, AnswerForm(text=own), SkipForm())


def _answers(review: Review, item: AgendaItem) -> list[preparing.PreparedAnswer]:
    return preparing.answers_by_thing(review).get((item.issue_id, item.action_id), [])


def _point(review: Review, item: AgendaItem, form: AnswerForm, skipping: SkipForm, status: int = 200) -> Response:
    others = [a for a in _answers(review, item) if a.by_id != current_user.id]
    return page(
        "reviews/prepare.html", fragment="reviews/_prepare_point.html", status=status, review=review, item=item, form=form, skipping=skipping, others=others,
        why=why,
    )  # fmt: skip


@bp.post("/reviews/<int:id>/points/<point>/answer")
@requires("review.take_part", Review)
def prepare_answer(review: Review, point: str) -> Response:
    item = on_agenda(review, point)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _point(review, item, form, SkipForm(formdata=None), 422)
    preparing.answer(review, item, form.text.data or "", by=me())
    return agenda_again(review, _("Your answer is read at this point.") if form.text.data else _("Written down: nothing to add."))


@bp.post("/reviews/<int:id>/points/<point>/earlier")
@requires("review.plan", Review)
def put_earlier(review: Review, point: str) -> Response:
    return _shift(review, point, EARLIER)


@bp.post("/reviews/<int:id>/points/<point>/later")
@requires("review.plan", Review)
def put_later(review: Review, point: str) -> Response:
    return _shift(review, point, LATER)


def _shift(review: Review, name: str, way: int) -> Response:
    wanted = named(name)
    points = agenda_for(review, only=wanted[0])
    item = next((i for i in points if (i.step, i.issue_id, i.action_id) == wanted), None) or abort(404)
    preparing.shift(review, points, item, way, by=me())
    return agenda_again(review)


@bp.post("/reviews/<int:id>/points/<point>/skipping")
@requires("review.plan", Review)
def skip(review: Review, point: str) -> Response:
    item = on_agenda(review, point)
    form = SkipForm()
    if not form.validate_on_submit():
        return _point(review, item, AnswerForm(formdata=None), form, 422)
    preparing.skip(review, item, reason=form.reason.data or "", by=me())
    return agenda_again(review, _("Skipped this time."), url_for(".put_back", id=review.id, point=point))


@bp.post("/reviews/<int:id>/points/<point>/return")
@requires("review.plan", Review)
def put_back(review: Review, point: str) -> Response:
    """Not skipped after all."""
    preparing.put_back(said_of(review, point), by=me())
    return agenda_again(review)


@bp.post("/reviews/<int:id>/points/<point>/minutes")
@requires("review.plan", Review)
def give_time(review: Review, point: str) -> Response:
    item = on_agenda(review, point)
    form = MinutesForm()
    if not form.validate_on_submit():
        raise Refused(_("Give a point 0 to 60 minutes."))
    preparing.give_time(review, item, int(form.minutes.data), by=me())
    return agenda_again(review)


@bp.post("/reviews/<int:id>/points/<point>/removal")
@requires("review.take_part", Review)
def take_off(review: Review, point: str) -> Response:
    """A point that I (or, for a regisseur, somebody) added."""
    said = said_of(review, point)
    if said.added_by_id != current_user.id and not current_user.is_regisseur:
        abort(403)
    preparing.take_off(said, by=me())
    return agenda_again(review, _("Taken off the agenda."))


@bp.post("/reviews/<int:id>/points/<point>/completion")
@requires("review.take_part", Review)
def done_already(review: Review, point: str) -> Response:
    """A promise that was kept before the meeting."""
    action = on_agenda(review, point).action or abort(404)
    if not allows(current_user, "action.edit", action):
        abort(403)
    action.finish(by=me())
    return agenda_again(review, _("Done: %(title)s", title=action.title), url_for("actions.reopen", id=action.id))


# another point


@bp.get("/reviews/<int:id>/points/new")
@requires("review.take_part", Review)
def new_point(review: Review) -> Response:
    return _new_point(review, PointForm(step=Step.STUCK.value), [])


def _new_point(review: Review, form: PointForm, alike: list[Issue], status: int = 200) -> Response:
    return page("reviews/prepare_new.html", fragment="reviews/_prepare_new.html", status=status, review=review, form=form, alike=alike)


@bp.post("/reviews/<int:id>/points")
@requires("review.take_part", Review)
def add_point(review: Review) -> Response:
    """An issue by its number or by words; several that fit are shown to choose from."""
    form = PointForm()
    if not form.validate_on_submit():
        return _new_point(review, form, [], 422)
    found = find_by_words(form.wanted)
    if len(found) != 1:
        form.text.errors = (_("Choose one of these.") if found else _("No open issue has this number or these words."),)
        return _new_point(review, form, found, 422)
    there = next((p for p in agenda_for(review) if p.issue_id == found[0].id and p.why != "added"), None)
    try:
        if there and form.why.data:
            preparing.say_more(review, there, form.why.data, by=me())
            return agenda_again(review, _("%(key)s was on the agenda already; your reason stands with it.", key=found[0].key))
        preparing.add(review, found[0], Step(form.step.data), by=me(), why=form.why.data or "")
    except Refused as refused:
        form.step.errors = (str(refused.message),)
        return _new_point(review, form, [], 422)
    return agenda_again(review, _("%(key)s is on the agenda.", key=found[0].key))


# who can't be there


@bp.get("/reviews/<int:id>/excuse")
@requires("review.take_part", Review)
def excuse_form(review: Review) -> Response:
    own = next((e for e in preparing.excuses(review) if e.person_id == current_user.id), None)
    form = ExcuseForm(current_user, stand_in=own.stand_in_id if own else None)
    return page("reviews/prepare_excuse.html", fragment="reviews/_prepare_excuse.html", review=review, form=form, own=own)


@bp.post("/reviews/<int:id>/excuse")
@requires("review.take_part", Review)
def excuse(review: Review) -> Response:
    """I can't be there."""
    form = ExcuseForm(current_user)
    if not form.validate_on_submit():
        return page("reviews/prepare_excuse.html", fragment="reviews/_prepare_excuse.html", status=422, review=review, form=form, own=None)
    stand_in = db.session.get(User, form.stand_in.data) if form.stand_in.data else None
    preparing.excuse(review, by=me(), stand_in=stand_in)
    return agenda_again(review, _("You are excused. Ask %(name)s.", name=stand_in.name) if stand_in else _("You are excused."))


@bp.post("/reviews/<int:id>/excuse/end")
@requires("review.take_part", Review)
def come_after_all(review: Review) -> Response:
    preparing.come_after_all(review, by=me())
    return agenda_again(review, _("You are expected again."))


# what other pages show of it


@bp.app_template_global()
def preparation_of(review: Review, items: list[AgendaItem]) -> preparing.Plan:
    """What was prepared for these points, as the reader may know it."""
    return preparing.plan(review, items, me())


@bp.app_template_global()
def review_news(review: Review) -> News:
    """What changed since the last review, as the reader may know it."""
    return news(review, me())


@bp.app_template_global()
def prepared_answers(review: Review) -> dict[preparing.Thing, list[preparing.PreparedAnswer]]:
    """What people have ready to say, by what it is about: for the stage."""
    return preparing.answers_by_thing(review)


@bp.app_template_global()
def point_name(item: AgendaItem | Preparation) -> str:
    """What a point is called in an address."""
    return preparing.name_of(item)


@bp.app_template_global()
def stand_ins(review: Review) -> dict[int, str]:
    """Who is to be asked instead of whom."""
    return {e.person_id: e.stand_in.name for e in preparing.excuses(review) if e.stand_in}
