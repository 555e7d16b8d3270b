"""The dossier of a problem: to read, to play with, to keep; what is asked; and what counts for all dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from .. import places
from ..accounts.models import User
from ..authorization import me, requires
from ..causes.models import Problem
from ..db import db
from ..rendering import answer, changed, is_htmx, page, part, target
from ..voices.queries import count_for_problem, quotes_for_problem
from . import bp, drawing, pdf, telling
from .assumptions import COMPANY, SOLVING, Kind, kind_of
from .forms import AskForm, AssumptionForm, KeepForm, LetterheadForm, in_address, tried
from .models import Assumption, Dossier, Letterhead, seen_as
from .queries import Case, assumptions, case, caused_by, company_assumptions, dossiers_with_own, earlier_values, touched
from .reckoning import Name, Part

MOST_QUOTES = 2
GROUPS = (*((part.value, part.factors) for part in Part), ("solving", SOLVING))


@bp.get("/problems/<int:id>/dossier")
@requires("problem.view", Problem)
def dossier(problem: Problem) -> Response:
    """The case; what stands in the address is tried out in place of what is kept, and nothing of it is stored."""
    found = tried_case(problem, request.args)
    context = {**shown(found, me(), links=True), "keep": KeepForm(formdata=None), "address": address(found)}
    if is_htmx() and target() == "play":
        notes = [part(f"note-{n.value}", "dossiers/_note.html", a=a, **context) for n, a in found.assumed.items()]
        return answer(part("dossier", "dossiers/_paper.html", **context), part("version", "dossiers/_version.html", **context), *notes)
    return page("dossiers/dossier.html", groups=GROUPS, **context)


def tried_case(problem: Problem, args: Mapping[str, str]) -> Case:
    """The dossier with what these fields say in place of what is kept."""
    kept = case(problem, me())
    found, wrong = tried(args, {name: telling.fields(a.kind, a.kept) for name, a in kept.assumed.items()})
    return kept.trying(found, wrong)


def shown(found: Case, reader: Any, *, links: bool) -> dict[str, Any]:
    """What the paper needs; `links` lead into cxboard."""
    return {
        "case": found, "problem": found.problem, "telling": telling, "links": links, "Part": Part, "Name": Name, "bands": drawing.bands(found, links=links),
        "pareto": drawing.pareto(found, links=links), "swings": drawing.swings(found), "quotes": quotes_for_problem(found.problem, reader, limit=MOST_QUOTES),
        "voices": count_for_problem(found.problem, reader), "reader": reader,
    }  # fmt: skip


def address(found: Case) -> str:
    """The address of this version, for a colleague."""
    version: dict[str, Any] = {**in_address({a.name: a.tried for a in found.mine})}
    return url_for("dossiers.dossier", id=found.problem.id, **version)


@bp.get("/problems/<int:id>/dossier.pdf")
@requires("problem.view", Problem)
def paper(problem: Problem) -> Response:
    """The same on two sheets, with what stands in the address in place of what is kept."""
    found = tried_case(problem, request.args)
    return pdf.file(shown(found, me(), links=True), pdf.address_of(found))


# keeping


@bp.post("/problems/<int:id>/dossier/assumptions")
@requires("problem.edit", Problem)
def keep(problem: Problem) -> Response:
    """Keep all that was tried out. What has no source is kept as a guess."""
    form = KeepForm()
    found = tried_case(problem, request.form)
    if not form.validate_on_submit() or found.errors or not found.mine:
        context = {**shown(found, me(), links=True), "keep": form, "address": address(found)}
        if is_htmx() and form.errors:
            return answer(part("version", "dossiers/_version.html", **context), status=422)
        return page("dossiers/dossier.html", status=422 if form.errors or found.errors else 200, groups=GROUPS, **context)
    seen: dict[str, int] = form.version.data or {}
    for a in found.mine:
        source = form.source.data or ""
        Assumption.keep(problem, a.name, a.tried, by=me(), source=source, guess=form.guess.data or not source, seen=seen.get(a.name.value))
    db.session.commit()
    return changed(url_for(".dossier", id=problem.id), message=_("Kept, with your name and the date."))


@bp.get("/problems/<int:id>/dossier/assumptions/<name>")
@requires("problem.view", Problem)
def assumption(problem: Problem, name: str) -> Response:
    """One assumption: what it is, where it comes from, and every value that it had."""
    kind = kind_or_404(name)
    return assumption_page(problem, kind, filled(kind, problem))


@bp.post("/problems/<int:id>/dossier/assumptions/<name>")
@requires("problem.edit", Problem)
def keep_one(problem: Problem, name: str) -> Response:
    kind = kind_or_404(name)
    form = AssumptionForm(kind)
    if not form.validate_on_submit():
        return assumption_page(problem, kind, form, status=422)
    keep_as_said(problem, kind, form)
    return changed(url_for(".dossier", id=problem.id), message=_("Kept, with your name and the date."))


def keep_as_said(problem: Problem | None, kind: Kind, form: AssumptionForm) -> None:
    """Keep what a form says of one assumption."""
    seen: dict[str, int] = form.version.data or {}
    source = form.source.data or ""
    Assumption.keep(problem, kind.name, form.held, by=me(), source=source, guess=form.guess.data or not source, seen=seen.get(kind.column))
    db.session.commit()


def kind_or_404(name: str) -> Kind:
    return kind_of(name) or abort(404)


def filled(kind: Kind, problem: Problem | None) -> AssumptionForm:
    """The form with what counts now."""
    kept = Assumption.of(problem, kind.name)
    held = kept.range if kept else None
    source, guess = (kept.source, kept.guess) if kept else ("", False)
    if problem:
        now = assumptions(problem, touched(caused_by(problem, me())) if kind.name == Name.CUSTOMERS else None)[kind.name]
        held, source, guess = now.kept, now.source, now.guess
    low, likely, high = telling.fields(kind, held)
    form = AssumptionForm(kind, formdata=None, low=low, likely=likely, high=high, source=source, guess=guess)
    form.version.data = {kind.column: seen_as(problem, kind.name, kept)}
    return form


def assumption_page(problem: Problem | None, kind: Kind, form: AssumptionForm, status: int = 200) -> Response:
    own = Assumption.of(problem, kind.name)
    return page(
        "dossiers/assumption.html", fragment="dossiers/_assumption_form.html", status=status, problem=problem, kind=kind, form=form, own=own,
        earlier=earlier_values(own), company=Assumption.of(None, kind.name) if problem and kind.company else None, sentence_of=told_value,
    )  # fmt: skip


def told_value(kind: Kind, value: dict[str, Any] | None) -> str:
    """What history keeps of a value, in words."""
    from .sentences import kept

    return kept(kind, value) if value else _("taken back")


# what is asked


@bp.get("/problems/<int:id>/dossier/ask")
@requires("problem.edit", Problem)
def ask(problem: Problem) -> Response:
    found = Dossier.of(problem)
    form = AskForm(formdata=None, ask=found.ask if found else "", decide_by=found.decide_by if found else None, version=found.version if found else 0)
    return page("dossiers/ask.html", fragment="dossiers/_ask_form.html", problem=problem, form=form)


@bp.post("/problems/<int:id>/dossier/ask")
@requires("problem.edit", Problem)
def put_ask(problem: Problem) -> Response:
    form = AskForm()
    if not form.validate_on_submit():
        return page("dossiers/ask.html", fragment="dossiers/_ask_form.html", status=422, problem=problem, form=form)
    Dossier.put(problem, ask=form.ask.data or "", decide_by=form.decide_by.data, by=me(), version=form.version.data)
    db.session.commit()
    return changed(url_for(".dossier", id=problem.id), message=_("Saved"))


# for all dossiers


@bp.get("/dossiers/assumptions")
@requires("dossier.settle")
def company() -> Response:
    return company_page(LetterheadForm(formdata=None, organisation=Letterhead.name()))


def company_page(form: LetterheadForm, status: int = 200) -> Response:
    kept, own = company_assumptions(), dossiers_with_own()
    rows = [(kind, kept.get(kind.name), own.get(kind.name, 0)) for kind in COMPANY]
    return page("dossiers/company.html", status=status, rows=rows, form=form, telling=telling)


@bp.post("/dossiers/letterhead")
@requires("dossier.settle")
def put_letterhead() -> Response:
    form = LetterheadForm()
    if not form.validate_on_submit():
        return company_page(form, status=422)
    Letterhead.put(form.organisation.data or "", by=me())
    db.session.commit()
    return changed(url_for(".company"), message=_("Saved"))


@bp.get("/dossiers/assumptions/<name>")
@requires("dossier.settle")
def company_assumption(name: str) -> Response:
    kind = company_kind(name)
    return assumption_page(None, kind, filled(kind, None))


@bp.post("/dossiers/assumptions/<name>")
@requires("dossier.settle")
def keep_for_all(name: str) -> Response:
    kind = company_kind(name)
    form = AssumptionForm(kind)
    if not form.validate_on_submit():
        return assumption_page(None, kind, form, status=422)
    keep_as_said(None, kind, form)
    return changed(url_for(".company"), message=_("Kept, with your name and the date. It counts for every dossier without a value of its own."))


def company_kind(name: str) -> Kind:
    kind = kind_or_404(name)
    return kind if kind.company else abort(404)


# on the problem's page


def on_problem(problem: Problem, _person: User) -> dict[str, Any]:
    """The way to the dossier."""
    return {"problem": problem}


places.add_panel("problem-head", 10, "dossiers/_problem_head.html", on_problem)
