"""Asking another department for help in one line, what comes back, and how departments are connected."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _, lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from ..actions.forms import MoreKind, add_kind
from ..authorization import requires
from ..db import db
from ..domain import Refused
from ..forms import tidy
from ..history import Event
from ..history.queries import last_of
from ..issues.models import Issue
from ..issues.views import board_parts, on_board
from ..permissions import allows
from ..places import add_panel
from ..rendering import changed, here, is_htmx, page, target
from . import bp
from .forms import AnswerForm, AskForm, ChangeForm, DeclineForm, SeenForm, read_ask
from .models import BOUNCES, Handoff
from .queries import PERIODS, Connections, bounced, departments_to_ask, matrix, of_issue, waiting_on

# asking


@bp.get("/issues/<int:id>/handoffs")
@requires("handoff.ask", Issue)
def ask_form(issue: Issue) -> Response:
    """The line to ask with, as a page or in a dialog."""
    return page("handoffs/ask.html", fragment="handoffs/_ask_form.html", issue=issue, form=AskForm(current_user, issue, formdata=None), place="dialog")


@bp.post("/issues/<int:id>/handoffs")
@requires("handoff.ask", Issue)
def ask(issue: Issue) -> Response:
    return write_down(issue)


def write_down(issue: Issue) -> Response:
    """Ask another department, or ask what is missing for that."""
    form = AskForm(current_user, issue)
    if form.validate_on_submit() and (read := form.read_line()):
        question, asking, asked, due = read
        Handoff.make(issue=issue, asking=asking, asked=asked, ask=question, needed_by=due, by=current_user)
        return _done(issue, message=_("%(department)s is asked.", department=asked.name))
    place = "dialog" if target() == "dialog-body" else "panel"
    return page("handoffs/ask.html", fragment="handoffs/_ask_form.html", status=422, issue=issue, form=form, place=place)


def _done(issue: Issue, message: str | None = None, undo: str | None = None) -> Response:
    db.session.flush()
    parts = board_parts(issue) if on_board() else []
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), *parts, message=message, undo=undo)


@bp.get("/handoffs/reading")
@requires("issue.report")
def reading() -> Response:
    """What is recognised in a line while it is being typed."""
    return read_line(request.args.get("text", ""))


def read_line(written: str) -> Response:
    text = tidy(written.encode(errors="ignore").decode())
    line, asked = read_ask(text, departments_to_ask())
    return page("handoffs/reading.html", fragment="handoffs/_reading.html", line=line, asked=asked, text=text, place=request.args.get("place", ""))


# what comes back


@bp.post("/handoffs/<int:id>/acceptance")
@requires("handoff.react", Handoff)
def accept(handoff: Handoff) -> Response:
    """We will do it."""
    form = SeenForm()
    form.validate_on_submit()
    handoff.accept(by=current_user, version=form.version.data)
    return _reacted(handoff, _("Accepted."))


@bp.post("/handoffs/<int:id>/answer")
@requires("handoff.react", Handoff)
def answer(handoff: Handoff) -> Response:
    """This is the answer."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _again(handoff, form, "handoffs/answer.html", "handoffs/_answer_form.html")
    handoff.give_answer(form.answer.data or "", by=current_user, version=form.version.data)
    return _reacted(handoff, _("Answered."))


@bp.post("/handoffs/<int:id>/declining")
@requires("handoff.react", Handoff)
def decline(handoff: Handoff) -> Response:
    """We can't, and why."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return _again(handoff, form, "handoffs/decline.html", "handoffs/_decline_form.html")
    handoff.decline(form.reason.data or "", by=current_user, version=form.version.data)
    told = _("Declined; it is back with %(department)s.", department=handoff.asking.name)
    db.session.flush()
    if bounced(handoff) >= BOUNCES:
        told = _("Declined; it went back and forth so often that the next review talks about it.")
    return _reacted(handoff, told)


def _reacted(handoff: Handoff, message: str) -> Response:
    """Said, with the way back while that is there."""
    db.session.flush()
    event = last_of("handoff", handoff.id)
    undo = url_for(".undo", id=handoff.id, event=event.id) if event and event.by_id == current_user.id else None
    return _done(handoff.issue, message, undo)


def _again(handoff: Handoff, form: Any, whole: str, fragment: str) -> Response:
    """The form once more; without a place for it the sentence alone."""
    if is_htmx() and not target():
        raise Refused(form.first_error)
    return page(whole, fragment=fragment, status=422, handoff=handoff, form=form)


# on the asking side


@bp.route("/handoffs/<int:id>/revision", methods=["GET", "POST"])
@requires("handoff.change", Handoff)
def revise(handoff: Handoff) -> Response:
    """Another text or day; what was declined is asked again with it."""
    form = ChangeForm(handoff)
    if not form.validate_on_submit():
        return page("handoffs/revise.html", fragment="handoffs/_revision.html", status=422 if form.is_submitted() else 200, handoff=handoff, form=form)
    again = handoff.turn is handoff.asking
    handoff.change(ask=form.ask.data or "", needed_by=form.needed_by.data, by=current_user, version=form.version.data)
    return _done(handoff.issue, _("%(department)s is asked again.", department=handoff.asked.name) if again else _("Saved."))


@bp.post("/handoffs/<int:id>/withdrawal")
@requires("handoff.withdraw", Handoff)
def withdraw(handoff: Handoff) -> Response:
    """Not needed any more."""
    handoff.withdraw(by=current_user)
    return _reacted(handoff, _("Withdrawn."))


@bp.post("/handoffs/<int:id>/undo/<int:event>")
@requires("issue.view", Handoff)
def undo(handoff: Handoff, event: int) -> Response:
    """Take one's own newest step back."""
    done = db.session.get(Event, event)
    if done is None or done.subject != "handoff" or done.subject_id != handoff.id:
        abort(404)
    if not (allows(current_user, "handoff.react", handoff) or allows(current_user, "handoff.withdraw", handoff)):
        abort(403)
    handoff.undo(done, by=current_user)
    return _done(handoff.issue, _("Taken back."))


# between departments


@bp.get("/connections")
@requires("issue.view")
def connections() -> Response:
    """Who asks whom, how quickly that goes, and what lies behind each figure."""
    shown = Connections.read(request.args)
    return page("handoffs/connections.html", shown=shown, matrix=matrix(shown), rows=shown.rows(), periods=PERIODS)


# on other pages


@bp.app_template_global()
def handoff_forms() -> dict[str, Any]:
    """Empty forms to react with, for `handoffs/_row.html`."""
    return {"answer": AnswerForm(formdata=None), "decline": DeclineForm(formdata=None)}


def of_one(issue: Issue, person: Any) -> dict[str, Any] | None:
    """What is asked about an issue and those merged into it, and the line to ask with."""
    asked = of_issue(issue.merged_ids)
    may_ask = allows(person, "handoff.ask", issue) and (issue.status.is_open or issue.status.value == "parked")
    if not asked and not may_ask:
        return None
    return {"asked": asked, "form": AskForm(person, issue, formdata=None) if may_ask else None, "issue": issue}


def for_today(_person: Any, person: Any) -> dict[str, Any] | None:
    """What waits for a department of this person."""
    rows = waiting_on(person.department_ids)
    return {"handoffs": rows} if rows else None


add_panel("issue", 30, "handoffs/_issue_handoffs.html", of_one)
add_panel("today", 20, "handoffs/_today.html", for_today)
add_kind(MoreKind("help", _l("Help"), "hand-helping", "h", _l("@it fri Can the date go into the screen?"), "handoff.ask", write_down, read_line))
