"""Private links to one dossier: made, listed and revoked by who may; and the page for whoever has one."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, make_response, render_template, request, url_for
from flask_babel import force_locale, gettext as _
from werkzeug.wrappers import Response

from .. import language
from ..accounts.signing_in import key_of, network, note_attempts, too_often
from ..authorization import me, public, requires
from ..causes.models import Problem
from ..db import db
from ..rendering import changed, is_htmx, page
from . import bp, pdf
from .forms import LinkForm
from .links import DossierLink, Outsider
from .queries import case
from .views import shown

MOST_WRONG = 30  # addresses that lead nowhere, from one network in a quarter of an hour
MOST_PAPERS = 20  # PDFs by one link in a quarter of an hour


@bp.get("/problems/<int:id>/dossier/links")
@requires("problem.share", Problem)
def links(problem: Problem) -> Response:
    return links_page(problem, LinkForm(formdata=None, locale=language.language()))


def links_page(problem: Problem, form: LinkForm, *, status: int = 200, **told: Any) -> Response:
    context = {"problem": problem, "form": form, "links": DossierLink.of_problem(problem), "address": None, **told}
    return page("dossiers/links.html", fragment="dossiers/_links.html", status=status, **context)


@bp.post("/problems/<int:id>/dossier/links")
@requires("problem.share", Problem)
def make_link(problem: Problem) -> Response:
    """A new private address, which is told once."""
    form = LinkForm()
    if not form.validate_on_submit():
        return links_page(problem, form, status=422)
    link, token = DossierLink.make(problem, by=me(), days=int(form.days.data), locale=form.locale.data, receiver=form.receiver.data or "")
    db.session.commit()
    told = f"{current_app.config['BASE_URL']}{url_for('.shared', token=token)}"
    return links_page(problem, LinkForm(formdata=None, locale=language.language()), address=told, made=link)


@bp.post("/dossier-links/<int:id>/revocation")
@requires("problem.share", DossierLink)
def revoke_link(link: DossierLink) -> Response:
    """Whoever may make one may revoke any."""
    link.end(by=me())
    db.session.commit()
    if is_htmx():
        return links_page(link.problem, LinkForm(formdata=None, locale=language.language()))
    return changed(url_for(".links", id=link.problem_id), message=_("Revoked: nothing is under that address any more."))


# whoever has a link


@bp.get("/d/<token>")
@public
def shared(token: str) -> Response:
    """The dossier, for whoever has this private address; to them nothing else of cxboard exists."""
    link = opened(token)
    if not isinstance(link, DossierLink):
        return link
    reader = Outsider(link.problem_id)
    found = case(link.problem, reader)
    with force_locale(link.locale):
        told = render_template("dossiers/shared.html", link=link, token=token, **shown(found, reader, links=False))
    count(link)
    return closed_off(make_response(told))


@bp.get("/d/<token>/dossier.pdf")
@public
def shared_pdf(token: str) -> Response:
    """The same on paper."""
    link = opened(token)
    if not isinstance(link, DossierLink):
        return link
    key = key_of("dossier paper", str(link.id))
    if too_often(key, MOST_PAPERS):
        return nothing_here(429)
    reader = Outsider(link.problem_id)
    with force_locale(link.locale):
        file = pdf.file(shown(case(link.problem, reader), reader, links=False))
    count(link, key)
    return closed_off(file)


def opened(token: str) -> DossierLink | Response:
    """The link that this token opens; else the answer that says nothing about why not."""
    key = key_of("dossier", network())
    if too_often(key, MOST_WRONG):
        return nothing_here(429)
    link = DossierLink.of(token)
    if link is not None:
        return link
    g.may_write = True
    db.session.rollback()
    note_attempts(key)
    db.session.commit()
    return nothing_here(404)


def count(link: DossierLink, key: str = "") -> None:
    """It was opened; a reading request writes that alone. Who only asks whether it is there opens nothing."""
    if request.method == "HEAD":
        return
    id, g.may_write = link.id, True
    db.session.rollback()
    again = db.session.get(DossierLink, id)
    if again:
        again.count_visit()
    if key:
        note_attempts(key)
    db.session.commit()


def nothing_here(status: int) -> Response:
    """Unknown, revoked, expired, cut off: all the same."""
    return closed_off(make_response(render_template("dossiers/nothing_here.html", too_often=status == 429), status))


def closed_off(answer: Response) -> Response:
    """Found by no search engine, kept by no cache, and told to no other site."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
