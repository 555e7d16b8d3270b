"""EX problems by leverage, a problem's page, and linking problems to issues from either side."""

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import places
from ..accounts.models import Department, User
from ..accounts.queries import departments
from ..authorization import requires
from ..db import db
from ..domain import Refused
from ..issues.models import Issue
from ..permissions import allows
from ..rendering import changed, here, is_htmx, page
from . import bp
from .forms import FACTS, NEW, CauseForm, CertaintyForm, LinkForm, LinkIssueForm, ProblemForm, WithWhys, fact_form
from .models import Category, Cause, Certainty, Problem, ProblemStatus
from .pareto_views import drawn
from .queries import (
    PAGE,
    Asked,
    causes_of,
    contributions,
    issue_to_link,
    issues_to_link,
    leverage,
    problem_to_link,
    problems_to_link,
)
from .whys import grown

IN_DIALOG = ("title", "description")


@bp.get("/problems")
@requires("problem.view")
def index() -> Response:
    asked = Asked.of(request.args)
    ranked = leverage(current_user, asked)
    pages = max(1, -(-len(ranked) // PAGE))
    first = (min(asked.page, pages) - 1) * PAGE
    return page(
        "causes/index.html", asked=asked, ranked=ranked[first : first + PAGE], count=len(ranked), pages=pages, **drawn(asked),
        categories=list(Category), statuses=list(ProblemStatus), departments=departments(archived=True),
    )  # fmt: skip


@bp.get("/problems/new")
@requires("problem.signal")
def new() -> Response:
    form = ProblemForm(data={"department": own_department_id()})
    return page("causes/new.html", fragment="causes/_new_form.html", form=form)


@bp.post("/problems")
@requires("problem.signal")
def signal() -> Response:
    form = ProblemForm()
    if not form.validate_on_submit():
        return page("causes/new.html", fragment="causes/_new_form.html", status=422, form=form)
    problem = Problem.signal(
        title=form.title.data, category=Category(form.category.data), department=department(form.department.data), by=current_user,
        description=form.description.data or "", restricted=form.restricted.data,
    )  # fmt: skip
    db.session.commit()
    if not problem.is_visible_to(current_user):
        return changed(url_for(".index"), message=_("Passed on. It is restricted, so from here on only its department, its sponsor and the CX regisseur see it."))
    return changed(url_for(".show", id=problem.id), message=_("%(key)s is signalled.", key=problem.key))


@bp.get("/problems/<int:id>")
@requires("problem.view", Problem)
def show(problem: Problem) -> Response:
    return page("causes/show.html", problem=problem, **weighed(problem))


@bp.get("/problems/<int:id>/leverage")
@requires("problem.view", Problem)
def rows(problem: Problem) -> Response:
    """The figure opened to its rows: as a page, or as the row under it in the list."""
    return page("causes/leverage.html", fragment="causes/_leverage_row.html", problem=problem, **weighed(problem))


def weighed(problem: Problem) -> dict[str, Any]:
    """The leverage of a problem with the rows that it is the sum of."""
    found = contributions(problem, current_user)
    return {"rows": found, "leverage": sum(r.points for r in found)}


@bp.get("/problems/<int:id>/facts/<name>")
@requires("problem.edit", Problem)
def fact(problem: Problem, name: str) -> Response:
    if name not in FACTS:
        abort(404)
    if request.args.get("shown"):
        return page("causes/fact.html", fragment="causes/_fact.html", problem=problem, name=name, form=fact_form(name, problem))
    return page("causes/fact.html", fragment=fact_fragment(name), problem=problem, name=name, form=fact_form(name, problem))


@bp.post("/problems/<int:id>/facts/<name>")
@requires("problem.edit", Problem)
def save_fact(problem: Problem, name: str) -> Response:
    if name not in FACTS:
        abort(404)
    if name == "restricted" and not allows(current_user, "problem.restrict", problem):
        abort(403)
    form = fact_form(name, problem)
    if not form.validate_on_submit():
        return page("causes/fact.html", fragment=fact_fragment(name), status=422, problem=problem, name=name, form=form)
    problem.edit(by=current_user, version=form.version.data, **{name: meant(name, form.value.data)})
    db.session.commit()
    return changed(here(url_for(".show", id=problem.id)), message=_("Saved"))


def fact_fragment(name: str) -> str:
    return "causes/_words_form.html" if name in IN_DIALOG else "causes/_fact_form.html"


def meant(name: str, value: Any) -> Any:
    """What a form holds, as the model keeps it."""
    if name == "restricted":
        return value == "yes"
    if name == "description":
        return value or ""
    if name in ("department", "sponsor"):
        return db.session.get(Department if name == "department" else User, value) if value else None
    return {"category": Category, "status": ProblemStatus}.get(name, lambda v: v)(value)


def department(id: int | None) -> Department | None:
    return db.session.get(Department, id) if id else None


def own_department_id() -> int | None:
    """The reporter's department, if there is just one."""
    mine = current_user.departments
    return mine[0].id if len(mine) == 1 else None


# from the issue to what is behind it


@bp.get("/issues/<int:id>/causes")
@requires("cause.link", Issue)
def link(issue: Issue) -> Response:
    return link_page(issue, LinkForm(data={"department": own_department_id()}))


@bp.get("/issues/<int:id>/causes/choices")
@requires("cause.link", Issue)
def problem_choices(issue: Issue) -> Response:
    """The problems that match what is typed."""
    return link_page(issue, LinkForm(request.args), fragment="causes/_problem_choices.html")


@bp.post("/issues/<int:id>/causes")
@requires("cause.link", Issue)
def add_cause(issue: Issue) -> Response:
    form = LinkForm()
    if form.find.data and not is_htmx():  # by script the list follows the typing
        return link_page(issue, form)
    problem = None
    if form.validate_on_submit() and form.problem.data != NEW:
        problem = problem_to_link(form.problem.data, current_user)
        if problem is None:
            form.problem.errors = (_("Choose a problem from the list, or the last line for a new one."),)
    if form.errors:
        return link_page(issue, form, status=422)
    try:
        problem = problem or Problem.signal(
            title=form.text.data, category=Category(form.category.data), department=department(form.department.data), by=current_user
        )
        Cause.link(issue=issue, problem=problem, by=current_user, **shape(form))
    except Refused as error:
        db.session.rollback()
        return link_page(issue, refusal(form, error), status=409)
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("%(problem)s stands behind %(issue)s now.", problem=problem.key, issue=issue.key))


def link_page(issue: Issue, form: LinkForm, *, status: int = 200, fragment: str = "causes/_link_form.html") -> Response:
    found = problems_to_link(issue, current_user, form.text.data or "")
    chosen = form.problem.data
    if isinstance(chosen, int) and chosen not in [p.id for p in found] and (kept := problem_to_link(chosen, current_user)):
        found = [kept, *found]
    return page("causes/link.html", fragment=fragment, status=status, issue=issue, form=form, found=found)


def shape(form: CauseForm) -> dict[str, Any]:
    """The link itself, from whichever form carries it."""
    whys = {"whys": form.whys.data or []} if isinstance(form, WithWhys) else {}
    return {"share": form.share.data, "evidence": form.evidence.data or ""} | whys


def refusal(form: CauseForm, error: Refused) -> Any:
    """What the rules refuse is nearly always the share; say it there, and keep what was typed."""
    form.share.errors = (str(error.message),)
    return form


# from the problem to what it causes


@bp.get("/problems/<int:id>/issues")
@requires("cause.link", Problem)
def link_issue(problem: Problem) -> Response:
    return link_issue_page(problem, LinkIssueForm())


@bp.get("/problems/<int:id>/issues/choices")
@requires("cause.link", Problem)
def issue_choices(problem: Problem) -> Response:
    """The issues that match what is typed."""
    return link_issue_page(problem, LinkIssueForm(request.args), fragment="causes/_issue_choices.html")


@bp.post("/problems/<int:id>/issues")
@requires("cause.link", Problem)
def add_issue(problem: Problem) -> Response:
    form = LinkIssueForm()
    if form.find.data and not is_htmx():
        return link_issue_page(problem, form)
    issue = None
    if form.validate_on_submit() and form.issue.data != NEW:
        issue = issue_to_link(form.issue.data)
        if issue is None:
            form.issue.errors = (_("Choose an issue from the list, or the last line for a new one."),)
    if form.errors:
        return link_issue_page(problem, form, status=422)
    try:
        issue = issue or Issue.report(title=form.text.data, by=current_user)
        Cause.link(issue=issue, problem=problem, by=current_user, **shape(form))
    except Refused as error:
        db.session.rollback()
        return link_issue_page(problem, refusal(form, error), status=409)
    db.session.commit()
    return changed(here(url_for(".show", id=problem.id)), message=_("%(problem)s stands behind %(issue)s now.", problem=problem.key, issue=issue.key))


def link_issue_page(problem: Problem, form: LinkIssueForm, *, status: int = 200, fragment: str = "causes/_link_issue_form.html") -> Response:
    found = issues_to_link(problem, form.text.data or "")
    chosen = form.issue.data
    if isinstance(chosen, int) and chosen not in [i.id for i in found] and (kept := issue_to_link(chosen)):
        found = [kept, *found]
    return page("causes/link_issue.html", fragment=fragment, status=status, problem=problem, form=form, found=found)


# the link itself


@bp.get("/causes/<int:id>/revision")
@requires("cause.edit", Cause)
def revision(cause: Cause) -> Response:
    form = CauseForm(data={"share": cause.share, "evidence": cause.evidence, "version": cause.version})
    return page("causes/revise.html", fragment="causes/_revise_form.html", cause=cause, form=form)


@bp.post("/causes/<int:id>/revision")
@requires("cause.edit", Cause)
def revise(cause: Cause) -> Response:
    form = CauseForm()
    if not form.validate_on_submit():
        return page("causes/revise.html", fragment="causes/_revise_form.html", status=422, cause=cause, form=form)
    try:
        cause.revise(by=current_user, version=form.version.data, **shape(form))
    except Refused as error:
        db.session.rollback()
        return page("causes/revise.html", fragment="causes/_revise_form.html", status=409, cause=cause, form=refusal(form, error))
    db.session.commit()
    return changed(here(url_for("issues.show", id=cause.issue_id)), message=_("Saved"))


@bp.post("/causes/<int:id>/confirmation")
@requires("cause.confirm", Cause)
def confirm(cause: Cause) -> Response:
    form = CertaintyForm()
    if not form.validate_on_submit():
        abort(400)
    cause.confirm(Certainty(form.certainty.data), by=current_user)
    db.session.commit()
    said = {
        Certainty.SUSPECTED: _("%(key)s is a suspicion again.", key=cause.problem.key),
        Certainty.LIKELY: _("%(key)s is confirmed as likely.", key=cause.problem.key),
        Certainty.PROVEN: _("%(key)s is confirmed as proven.", key=cause.problem.key),
    }
    return changed(here(url_for("issues.show", id=cause.issue_id)), message=said[cause.certainty])


@bp.get("/causes/<int:id>/removal")
@requires("cause.edit", Cause)
def removal(cause: Cause) -> Response:
    return page("causes/remove.html", fragment="causes/_remove_form.html", cause=cause)


@bp.post("/causes/<int:id>/removal")
@requires("cause.edit", Cause)
def remove(cause: Cause) -> Response:
    issue, problem = cause.issue, cause.problem
    cause.unlink(by=current_user)
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("%(problem)s is no cause of %(issue)s any more.", problem=problem.key, issue=issue.key))


# on the issue's page


def on_issue(issue: Issue, person: User) -> dict[str, Any]:
    """Why it happens, as far as this person may see."""
    return {"issue": issue, "why": causes_of(issue, person), "tree": grown(issue, person)}


places.add_panel("issue", 20, "causes/_issue_causes.html", on_issue)
