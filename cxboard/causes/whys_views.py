"""Building the tree of whys of an issue: every answer saved at once, where it ends, taking away and putting back."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ..authorization import me, requires
from ..db import db
from ..domain import Refused
from ..issues.models import Issue
from ..permissions import allows
from ..rendering import changed, is_htmx, page, part, refused, target
from . import bp
from .forms import NEW
from .models import MOST_WHYS, Category, Problem
from .queries import issue_to_link, problem_to_link
from .views import department, own_department_id
from .whys import Node, Tree, Why, grown
from .whys_forms import NOT_OURS, OPEN, AnswerForm, EndForm, EvidenceForm, PlaceForm, RewordForm
from .whys_queries import issues_to_end, problems_to_end, removal_by


@bp.get("/issues/<int:id>/whys")
@requires("issue.view", Issue)
def tree(issue: Issue) -> Response:
    if issue.merged_into_id:
        return redirect(url_for(".tree", id=issue.merged_into_id))
    return page("causes/whys.html", **shown(issue))


def shown(issue: Issue) -> dict[str, Any]:
    """What the tree needs to be drawn."""
    return {"issue": issue, "tree": grown(issue, me()), "building": allows(current_user, "cause.link") and not issue.merged_into_id, "deepest": MOST_WHYS}


def found(issue: Issue, ref: str) -> tuple[Tree, Node]:
    """The answer of this name, as far as the person sees it; else 404."""
    seen = grown(issue, me())
    return seen, seen.find(ref) or abort(404)


def redrawn(issue: Issue, *, message: str | None = None, undo: str | None = None, at: str = "") -> Response:
    """The tree again, or the page with the tree."""
    db.session.commit()
    return changed(url_for(".tree", id=issue.id, _anchor=at or None), part("whys", "causes/_whys.html", **shown(issue)), message=message, undo=undo)


def lines(issue: Issue, *refs: str) -> Response:
    """Only the lines of these answers: what somebody builds stands where they build it."""
    db.session.commit()
    now = shown(issue)
    nodes = [node for ref in refs if (node := now["tree"].find(ref))]
    return changed(url_for(".tree", id=issue.id, _anchor=f"why-{refs[0]}"), *(part(f"line-{n.why.ref}", "causes/_whys_line.html", node=n, **now) for n in nodes))


# answers


@bp.get("/issues/<int:id>/whys/new")
@requires("cause.link", Issue)
def new_answer(issue: Issue) -> Response:
    """A form for one answer, where no script makes the line in its place."""
    return answer_page(issue, AnswerForm(), 200)


def answer_page(issue: Issue, form: AnswerForm, status: int) -> Response:
    above = grown(issue, me()).find(form.parent.data or request.args.get("under", ""))
    return page("causes/whys_new.html", fragment="causes/_whys_new_form.html", status=status, issue=issue, form=form, above=above)


@bp.post("/issues/<int:id>/whys")
@requires("cause.link", Issue)
def answer(issue: Issue) -> Response:
    form = AnswerForm()
    if not form.validate_on_submit():
        return answer_page(issue, form, 422) if not is_htmx() or target() == "dialog-body" else refused(form.first_error or "", 422)
    seen = grown(issue, me())
    parent, after = seen.find(form.parent.data or ""), seen.find(form.after.data or "")
    if form.parent.data and parent is None:
        raise Refused(_("That answer is not there any more."))
    why = Why.answer(form.text.data, issue=issue, by=current_user, parent=parent.why if parent else None, after=after.why if after else None, ref=form.ref.data)
    if is_htmx() and form.ref.data == why.ref:
        return lines(issue, why.ref, *([parent.why.ref] if parent else []))
    return redrawn(issue, at=f"why-{why.ref}")


@bp.get("/issues/<int:id>/whys/<ref>")
@requires("cause.link", Issue)
def one_answer(issue: Issue, ref: str) -> Response:
    """Everything that can be done with one answer."""
    _seen, node = found(issue, ref)
    return answer_of(issue, node, RewordForm(data={"text": node.why.text}), EvidenceForm(data={"evidence": node.why.evidence}))


def answer_of(issue: Issue, node: Node, form: RewordForm, how: EvidenceForm, status: int = 200) -> Response:
    return page("causes/whys_one.html", fragment="causes/_whys_one.html", status=status, issue=issue, node=node, form=form, how=how)


@bp.post("/issues/<int:id>/whys/<ref>")
@requires("cause.link", Issue)
def reword(issue: Issue, ref: str) -> Response:
    _seen, node = found(issue, ref)
    form = RewordForm()
    if not form.validate_on_submit():
        if is_htmx() and target() != "dialog-body":
            return refused(form.first_error or "", 422)
        return answer_of(issue, node, form, EvidenceForm(formdata=None, data={"evidence": node.why.evidence}), 422)
    node.why.reword(form.text.data, by=current_user, version=form.version.data)
    return lines(issue, ref)


@bp.post("/issues/<int:id>/whys/<ref>/evidence")
@requires("cause.link", Issue)
def prove(issue: Issue, ref: str) -> Response:
    _seen, node = found(issue, ref)
    how = EvidenceForm()
    if not how.validate_on_submit():
        return answer_of(issue, node, RewordForm(formdata=None, data={"text": node.why.text}), how, 422)
    node.why.prove(how.evidence.data or "", by=current_user, version=how.version.data)
    return lines(issue, ref)


@bp.post("/issues/<int:id>/whys/<ref>/standing")
@requires("cause.link", Issue)
def let_stand(issue: Issue, ref: str) -> Response:
    """The question about its words was heard."""
    _seen, node = found(issue, ref)
    node.why.let_stand(by=current_user)
    return lines(issue, ref)


@bp.post("/issues/<int:id>/whys/<ref>/place")
@requires("cause.link", Issue)
def place_answer(issue: Issue, ref: str) -> Response:
    _seen, node = found(issue, ref)
    form = PlaceForm()
    if not form.validate_on_submit():
        abort(400)
    node.why.move(-1 if form.way.data == "up" else 1, by=current_user)
    return redrawn(issue, at=f"why-{ref}")


# where it ends


@bp.get("/issues/<int:id>/whys/<ref>/end")
@requires("cause.link", Issue)
def end_of(issue: Issue, ref: str) -> Response:
    _seen, node = found(issue, ref)
    return end_page(issue, node, EndForm(data={"department": own_department_id()}))


@bp.get("/issues/<int:id>/whys/<ref>/choices")
@requires("cause.link", Issue)
def end_choices(issue: Issue, ref: str) -> Response:
    """The problems and issues that match what is typed."""
    _seen, node = found(issue, ref)
    return end_page(issue, node, EndForm(request.args), fragment="causes/_whys_ends.html")


def end_page(issue: Issue, node: Node, form: EndForm, *, status: int = 200, fragment: str = "causes/_whys_end_form.html") -> Response:
    text = form.text.data or ""
    problems, issues = problems_to_end(issue, current_user, text), issues_to_end(issue, text)
    return page("causes/whys_end.html", fragment=fragment, status=status, issue=issue, node=node, form=form, problems=problems, issues=issues)


@bp.post("/issues/<int:id>/whys/<ref>/end")
@requires("cause.link", Issue)
def end(issue: Issue, ref: str) -> Response:
    _seen, node = found(issue, ref)
    form = EndForm()
    if form.find.data and not is_htmx():  # by script the list follows the typing
        return end_page(issue, node, form)
    problem: Problem | None = None
    other: Issue | None = None
    kind, number = form.end.data or ("", 0)
    if form.validate_on_submit():
        problem = problem_to_link(number, current_user) if kind == "problem" else None
        other = issue_to_link(number) if kind == "issue" else None
        if (kind == "problem" and problem is None) or (kind == "issue" and other is None):
            form.end.errors = (_("Choose one of the list, or one of the last lines."),)
    if form.errors:
        return end_page(issue, node, form, status=422)
    said, why = None, node.why
    if kind == OPEN:
        why.open_again(by=current_user)
    elif kind == NOT_OURS:
        why.end_not_ours(form.text.data, by=current_user)
    elif other is not None:
        why.end_elsewhere(other, by=current_user)
    else:
        if kind == NEW:
            problem = Problem.signal(title=form.text.data, category=Category(form.category.data), department=department(form.department.data), by=current_user)
        assert problem is not None
        why.end_in_problem(problem, by=current_user)
        if problem.restricted:
            said = _("%(key)s is restricted, so the answers that lead only there are seen only by those who see it.", key=problem.key)
    return redrawn(issue, message=said, at=f"why-{ref}")


# taking away


@bp.get("/issues/<int:id>/whys/<ref>/removal")
@requires("cause.link", Issue)
def removal_of(issue: Issue, ref: str) -> Response:
    """What goes along, before it goes."""
    _seen, node = found(issue, ref)
    return page("causes/whys_remove.html", fragment="causes/_whys_remove_form.html", issue=issue, node=node, along=len(list(node.branch)) - 1)


@bp.post("/issues/<int:id>/whys/<ref>/removal")
@requires("cause.link", Issue)
def remove_answer(issue: Issue, ref: str) -> Response:
    _seen, node = found(issue, ref)
    event = node.why.remove(by=current_user)
    db.session.flush()
    return redrawn(issue, message=_("Removed. What it ended in stays linked."), undo=url_for(".put_back", id=issue.id, removal=event.id))


@bp.post("/issues/<int:id>/whys/removals/<int:removal>")
@requires("cause.link", Issue)
def put_back(issue: Issue, removal: int) -> Response:
    """Undo a removal of one's own."""
    gone = removal_by(current_user, issue, removal) or abort(404)
    Why.put_back(gone, by=current_user)
    return redrawn(issue, message=_("Put back"))
