"""What is done to several issues at once, and views that are saved: their forms and their answers."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from werkzeug.wrappers import Response
from wtforms import BooleanField

from ..accounts.models import Department, User
from ..authorization import me, requires
from ..db import BIGGEST_ID, db
from ..domain import Refused
from ..forms import Choice, Day, Form, HiddenField, Line
from ..permissions import allows
from ..rendering import Part, changed, current_page, here, page, part
from . import bp
from .forms import department_choices, owners_for
from .saved import PAGES, RailView, SavedView, tidy, views_for, views_of
from .together import ACTIONS, MOST, ManyChanged, NotAll, Obstacle, change, chosen

# several issues at once


class ManyForm(Form):
    """Which issues (`12:3` is CX-12 as it was at version 3), what to change, and to what."""

    what = Choice(_l("What changes"), required=True)
    lead = Choice(_l("Lead department"), ids=True)
    owner = Choice(_l("Owner"), ids=True)
    tag = Line(_l("Label"), at_most=40, required=False)
    until = Day(_l("Until"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what.choices = what_choices()
        self.lead.choices = department_choices(_("No lead yet"))
        self.owner.choices = [("", _("Nobody yet")), *owners_for(None)]


def what_choices() -> list[tuple[str, str]]:
    words = {
        "lead": _("Lead department"), "owner": _("Owner"), "tag": _("Add a label"), "untag": _("Take a label off"),
        "top": _("To the top of the ranking"), "bottom": _("To the bottom of the ranking"), "park": _("Park until a day"),
    }  # fmt: skip
    return [(what, label) for what, label in words.items() if ACTIONS[what] != "issue.rank" or allows(me(), "issue.rank")]


def asked_for(values: list[str]) -> dict[int, int | None]:
    """Number -> version, of `12:3` or `12`, several with commas between; what is no number is left out."""
    found: dict[int, int | None] = {}
    for one in re.findall(r"(?<![\d:])(\d{1,10})(?::(\d{1,9}))?(?![\d:])", ",".join(values)[:20_000], re.ASCII):
        if 0 < int(one[0]) <= BIGGEST_ID:
            found[int(one[0])] = int(one[1]) if one[1] else None
    return found


@bp.get("/issues/changes")
@requires("issue.report")
def change_form() -> Response:
    """Several issues, and what is to change about all of them."""
    versions = asked_for(request.args.getlist("ids"))
    form = ManyForm(formdata=None)
    form.what.data = request.args.get("what") if request.args.get("what") in ACTIONS else ""
    return ask(form, versions)


def ask(form: ManyForm, versions: dict[int, int | None], *, status: int = 200, obstacles: list[Obstacle] | None = None) -> Response:
    issues = chosen(sorted(versions)[: MOST + 1], lock=False) if versions else []
    given = ",".join(f"{i.id}:{versions[i.id] if versions[i.id] is not None else i.version}" for i in issues)
    return page("issues/changes.html", fragment="issues/_changes_form.html", status=status, form=form, issues=issues, given=given, obstacles=obstacles or [], most=MOST)


@bp.post("/issues/changes")
@requires("issue.report")
def change_many() -> Response:
    """The same change to each; all or none."""
    form, versions = ManyForm(), asked_for(request.form.getlist("ids"))
    if not form.validate_on_submit():
        return ask(form, versions, status=422)
    what = form.what.data
    if what in ("tag", "untag") and not form.tag.data:
        form.tag.errors = (_("Which label?"),)
        return ask(form, versions, status=422)
    if what == "park" and form.until.data is None:
        form.until.errors = (_("Until when? Choose a day after today."),)
        return ask(form, versions, status=422)
    lead = db.session.get(Department, form.lead.data) if form.lead.data else None
    owner = db.session.get(User, form.owner.data) if form.owner.data else None
    try:
        done, count = change(versions, what, by=me(), lead=lead, owner=owner, tag=form.tag.data or "", until=form.until.data)
    except NotAll as error:
        db.session.rollback()
        return ask(form, versions, status=422, obstacles=error.obstacles)
    undo = url_for(".undo_many", id=done.id) if done else None
    db.session.commit()
    message = ngettext("%(num)s issue changed", "%(num)s issues changed", count) if count else _("They were so already")
    return changed(here(url_for(".index")), message=message, undo=undo)


@bp.post("/issues/changes/<int:id>/undo")
@requires("issue.report")
def undo_many(id: int) -> Response:
    """Take all of it back."""
    done = db.session.get(ManyChanged, id)
    if done is None or done.by_id != me().id:
        abort(404)
    issues = done.undo(by=me())
    db.session.commit()
    return changed(here(url_for(".index")), message=ngettext("Taken back: %(num)s issue is as it was", "Taken back: %(num)s issues are as they were", len(issues)))


# views that are saved


@bp.app_template_global()
def rail_views() -> tuple[RailView, ...]:
    """The saved views in the rail of whoever is signed in."""
    return views_for(me()) if me().is_authenticated else ()


@bp.app_template_global()
def view_here(views: tuple[RailView, ...]) -> int:
    """The id of the saved view that this page shows, 0 when it is none of them."""
    at = request.full_path.rstrip("?")
    return next((v.id for v in views if v.path == at), 0)


def rail(path: str = "") -> list[Part]:
    """The rail as it is now, and the lists of views where one looks at them. The page with `path` is the one that is shown."""
    shown = rail_views()
    parts = [part("rail-views", "issues/_rail_views.html", views=shown, view=next((v.id for v in shown if v.path == path), 0))]
    if current_page().path == url_for(".views"):
        own, others = views_of(me())
        parts.append(part("views-lists", "issues/_views_lists.html", own=own, others=others))
    return parts


class ViewForm(Form):
    """A filter's name, and whether everybody sees it."""

    name = Line(_l("Name"), at_most=60, missing=_l("Give it a name."))
    shared = BooleanField(_l("Everybody sees it"))
    page = HiddenField()
    query = HiddenField()


@bp.get("/views")
@requires("view.keep")
def views() -> Response:
    """One's own views in order, and what others share."""
    own, others = views_of(me())
    return page("issues/views.html", own=own, others=others)


@bp.get("/views/new")
@requires("view.keep")
def new_view() -> Response:
    """A name for the filter that the board or the list shows."""
    form = ViewForm(formdata=None)
    form.page.data = request.args.get("page", "") if request.args.get("page") in PAGES else "board"
    form.query.data = tidy(form.page.data, request.args.get("query", ""))
    return page("issues/view.html", fragment="issues/_view_form.html", form=form, view=None)


@bp.post("/views")
@requires("view.keep")
def keep_view() -> Response:
    form = ViewForm()
    if form.page.data not in PAGES:
        form.page.data = "board"
    if not form.validate_on_submit():
        return page("issues/view.html", fragment="issues/_view_form.html", status=422, form=form, view=None)
    view = SavedView.keep(name=form.name.data, page=form.page.data, query=form.query.data or "", by=me(), shared=bool(form.shared.data) and allows(me(), "view.share"))
    db.session.commit()
    return changed(view.path, *rail(view.path), message=_("“%(name)s” is kept", name=view.name))


@bp.get("/views/<int:id>/revision")
@requires("view.edit", SavedView)
def view_form(view: SavedView) -> Response:
    return page("issues/view.html", fragment="issues/_view_form.html", form=ViewForm(formdata=None, obj=view), view=view)


@bp.post("/views/<int:id>/revision")
@requires("view.edit", SavedView)
def revise_view(view: SavedView) -> Response:
    form = ViewForm()
    if not form.validate_on_submit():
        return page("issues/view.html", fragment="issues/_view_form.html", status=422, form=form, view=view)
    view.revise(name=form.name.data, shared=bool(form.shared.data) and allows(me(), "view.share"))
    db.session.commit()
    return changed(here(url_for(".views")), *rail(), message=_("Saved"))


@bp.post("/views/<int:id>/removal")
@requires("view.edit", SavedView)
def remove_view(view: SavedView) -> Response:
    view.remove()
    db.session.commit()
    return changed(here(url_for(".views")), *rail(), message=_("“%(name)s” is removed", name=view.name), undo=url_for(".put_view_back", id=view.id))


@bp.post("/views/<int:id>/return")
@requires("view.keep")
def put_view_back(id: int) -> Response:
    """A removed view, back by whoever may edit it."""
    view = db.session.get(SavedView, id)
    if view is None or not allows(me(), "view.edit", view):
        abort(404)
    view.put_back()
    db.session.commit()
    return changed(here(url_for(".views")), *rail(), message=_("“%(name)s” is back", name=view.name))


@bp.post("/views/<int:id>/earlier")
@requires("view.order", SavedView)
def view_earlier(view: SavedView) -> Response:
    return _step(view, -1)


@bp.post("/views/<int:id>/later")
@requires("view.order", SavedView)
def view_later(view: SavedView) -> Response:
    return _step(view, 1)


def _step(view: SavedView, direction: int) -> Response:
    if view.removed_at:
        raise Refused(_("This view was removed."))
    view.step(direction)
    db.session.commit()
    return changed(here(url_for(".views")), *rail())


