"""Writing down decisions and promises in one line, and what becomes of a promise: ticked off, carried over, dropped, put right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import clock
from ..accounts.queries import departments, doers
from ..authorization import find, requires
from ..causes.models import Problem
from ..db import db
from ..domain import Refused
from ..forms import tidy
from ..history.models import LIVE_REVIEW
from ..issues.models import Issue
from ..language import language, weekday
from ..permissions import allows
from ..places import add_panel
from ..rendering import changed, here, is_htmx, page, part, target
from . import bp
from .capture import read
from .forms import MORE_KINDS, CaptureForm, CarryForm, DropForm, NewCapture, RevisionForm, new_capture
from .models import Action, ActionStatus, Decision
from .queries import OpenActions, agreements, open_with


@bp.get("/actions")
@requires("issue.view")
def index() -> Response:
    """The promises that are still open: mine, of a department, or everybody's."""
    shown = OpenActions.of(request.args)
    return page("actions/index.html", shown=shown, groups=shown.groups(current_user), departments=departments())


@bp.post("/captures")
@requires("action.promise")
def capture() -> Response:
    """Write down a decision or a promise."""
    form = CaptureForm()
    issue = find(Issue, form.issue.data) if form.issue.data else None
    problem = find(Problem, form.problem.data) if form.problem.data else None
    if issue and (other := MORE_KINDS.get(request.form.get("kind", ""))):
        if not allows(current_user, other.permission, issue):
            abort(403)
        if not form.review.data or form.review.data == db.session.scalar(LIVE_REVIEW):
            return other.write(issue)
    if form.is_decision and not allows(current_user, "decision.record"):
        abort(403)
    if form.review.data and form.review.data != db.session.scalar(LIVE_REVIEW):
        raise Refused(_("This review was closed just now. Your text is still here; write it down at the issue itself."))
    about: dict[str, Any] = {"issue": issue, "problem": problem, "step": form.step.data or None}
    if form.validate_on_submit():
        if form.is_decision and not form.promises_anyway:
            Decision.record_one(form.text.data or "", by=current_user, **about)
            return _written_down(issue, problem, _("The decision is written down."))
        if promised := form.read_line():
            title, owner, due = promised
            if problem is None or problem.is_visible_to(owner):
                Action.promise(title, owner=owner, due=due, by=current_user, **about)
                told = _("Written down for %(name)s, by %(day)s.", name=owner.name, day=weekday(due))
                if form.is_decision:
                    told = _("Written down as an action for %(name)s, because it names a person and a day.", name=owner.name)
                return _written_down(issue, problem, told)
            form.owner.errors = (_("%(name)s may not see this restricted problem. Choose somebody who may.", name=owner.name),)
    return ask_again(form, "decision" if form.is_decision else "action", **about)


def ask_again(form: CaptureForm, kind: str, **about: Any) -> Response:
    """The line with what is missing in it."""
    return page("actions/capture.html", fragment="actions/_capture.html", status=422, capture=NewCapture(form, kind=kind, place=about["issue"].key if about["issue"] else "", **about))


def _written_down(issue: Issue | None, problem: Problem | None, message: str) -> Response:
    db.session.commit()
    return changed(here(_about(issue, problem)), message=message)


def _about(issue: Issue | None, problem: Problem | None) -> str:
    """The page of what it is about; without one, the open actions."""
    if issue:
        return url_for("issues.show", id=issue.id)
    return url_for("causes.show", id=problem.id) if problem else url_for("actions.index")


@bp.get("/captures/reading")
@requires("action.promise")
def reading() -> Response:
    """What is recognised in a line while it is being typed."""
    if other := MORE_KINDS.get(request.args.get("kind", "")):
        return other.read(request.args.get("text", ""))
    text = tidy(request.args.get("text", "").encode(errors="ignore").decode())
    line = read(text, doers(), clock.today(), language())
    return page("actions/reading.html", fragment="actions/_reading.html", line=line, text=text)


@bp.post("/actions/<int:id>/completion")
@requires("action.edit", Action)
def complete(action: Action) -> Response:
    """Tick it off."""
    action.finish(by=current_user)
    return _row(action)


@bp.post("/actions/<int:id>/reopening")
@requires("action.edit", Action)
def reopen(action: Action) -> Response:
    """Not done after all."""
    action.reopen(by=current_user)
    return _row(action)


def _row(action: Action) -> Response:
    db.session.commit()
    if urlsplit(here("")).path == "/":  # of a list of what waits it is gone, with the way back
        if action.status == ActionStatus.OPEN:
            return changed(here("/"))
        return changed(here("/"), message=_("Done: %(title)s", title=action.title), undo=url_for(".reopen", id=action.id))
    return changed(here(_about(action.issue, action.problem)), part(f"action-{action.id}", "actions/_row.html", action=action))


@bp.post("/actions/<int:id>/carrying")
@requires("action.edit", Action)
def carry(action: Action) -> Response:
    """Carry it over to a later day."""
    form = CarryForm()
    if not form.validate_on_submit():
        return _again(action, carrying=form)
    action.carry(due=form.due.data, by=current_user)
    db.session.commit()
    return changed(here(_about(action.issue, action.problem)), message=_("Carried over."))


@bp.post("/actions/<int:id>/dropping")
@requires("action.edit", Action)
def drop(action: Action) -> Response:
    """We will not do this, and why."""
    form = DropForm()
    if not form.validate_on_submit():
        return _again(action, dropping=form)
    action.drop(by=current_user, reason=form.reason.data or "")
    db.session.commit()
    return changed(here(_about(action.issue, action.problem)), message=_("Dropped."))


@bp.route("/actions/<int:id>/revision", methods=["GET", "POST"])
@requires("action.edit", Action)
def revise(action: Action) -> Response:
    """Put right what was written down."""
    form = RevisionForm(action)
    if not form.validate_on_submit():
        return _again(action, form=form, status=422 if form.is_submitted() else 200)
    action.revise(by=current_user, version=form.version.data, title=form.title.data or "", owner=form.chosen, due=form.due.data)
    db.session.commit()
    return changed(here(_about(action.issue, action.problem)), message=_("Saved."))


def _again(action: Action, *, status: int = 422, **forms: Any) -> Response:
    """The promise with its three forms, the wrong one to correct; a row without room for forms says it in a sentence."""
    wrong = next(iter(forms.values()))
    if status == 422 and is_htmx() and target() != "dialog-body":
        raise Refused(wrong.first_error)
    blank = {"form": RevisionForm(action, formdata=None), "carrying": CarryForm(formdata=None), "dropping": DropForm(formdata=None)}
    return page("actions/revise.html", fragment="actions/_revision.html", status=status, action=action, **(blank | forms))


@bp.post("/decisions/<int:id>/withdrawal")
@requires("decision.withdraw", Decision)
def withdraw(decision: Decision) -> Response:
    """It was written down by mistake."""
    decision.withdraw(by=current_user)
    db.session.commit()
    return changed(here(_about(decision.issue, decision.problem)), message=_("The decision is withdrawn."))


def of_issue(issue: Issue, person: Any) -> dict[str, Any]:
    """What was agreed about an issue and those merged into it, and the form for more."""
    return {"agreed": agreements(person, issue_ids=issue.merged_ids), "capture": new_capture(issue=issue)}


def of_problem(problem: Problem, person: Any) -> dict[str, Any]:
    """What was agreed about an EX problem, and the form for more."""
    return {"agreed": agreements(person, problem_id=problem.id), "capture": new_capture(problem=problem)}


def for_today(_person: Any, person: Any) -> dict[str, Any] | None:
    """What this person has promised and not done yet."""
    actions = open_with(person)
    return {"actions": actions} if actions else None


add_panel("today", 10, "actions/_today.html", for_today)
add_panel("issue", 40, "actions/_issue_actions.html", of_issue)
add_panel("problem", 40, "actions/_issue_actions.html", of_problem)
