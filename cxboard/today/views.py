"""The page that the day begins with: its sections come from the slices, each thing is done in its place and is gone then."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ..authorization import me, requires
from ..causes.models import Problem
from ..db import db
from ..discussion.models import Comment, Mention
from ..discussion.queries import mentions_for
from ..issues.models import Issue
from ..permissions import allows
from ..places import add_panel, panels
from ..rendering import changed, here, page
from . import bp, queries
from .forms import ReplyForm, StepForm


@bp.get("/")
@requires("issue.view")
def index() -> Response:
    """What waits for me, and what changed for customers."""
    person = me()
    left, side = panels("today", person, person), panels("today-side", person, person)
    return page("today/index.html", left=left, side=side, review=queries.next_review())


@bp.post("/issues/<int:id>/steps")
@requires("issue.comment", Issue)
def write_step(issue: Issue) -> Response:
    """One line about where an issue stands; it is read in its stream."""
    form = StepForm()
    if not form.validate_on_submit():
        return page("today/step.html", fragment="today/_step_form.html", status=422, issue=issue, form=form)
    Comment.say(form.text.data or "", by=current_user, issue=issue)
    db.session.commit()
    return changed(here(url_for(".index")), message=_("Written down at %(key)s.", key=issue.key))


@bp.post("/mentions/<int:id>/replies")
@requires("issue.view", Mention)
def reply(mention: Mention) -> Response:
    """Answer where I was called in; I have seen it then."""
    about = mention.comment.issue or mention.comment.problem
    assert about is not None
    issue = (about.merged_into or about) if isinstance(about, Issue) else None
    if not allows(current_user, "issue.comment" if issue else "problem.comment", about):
        abort(403)
    form = ReplyForm()
    if not form.validate_on_submit():
        return page("today/reply.html", fragment="today/_reply_form.html", status=422, mention=mention, form=form)
    Comment.say(form.text.data or "", by=me(), issue=issue, problem=about if isinstance(about, Problem) else None)
    mention.see(by=me())
    db.session.commit()
    return changed(here(url_for(".index")), message=_("Your reply is at %(key)s.", key=(issue or about).key))


@bp.app_template_global()
def reply_form() -> ReplyForm:
    """An empty reply, for `today/_mentions.html`."""
    return ReplyForm(formdata=None)


@bp.app_template_global()
def step_form() -> StepForm:
    """An empty line, for `today/_issue.html`."""
    return StepForm(formdata=None)


def standing_still(_person: Any, person: Any) -> dict[str, Any] | None:
    """My issues that stand still."""
    issues = queries.still_with(person)
    return {"issues": issues} if issues else None


def mentioned(_person: Any, person: Any) -> dict[str, Any] | None:
    """Where I am called in and have not seen it yet."""
    found = mentions_for(person, limit=queries.MOST)
    return {"mentions": found} if found else None


def for_the_next_review(_person: Any, person: Any) -> dict[str, Any] | None:
    """What to prepare: answers to what is new, for who gives them, and a line about what is in focus with me."""
    triage = queries.to_triage() if allows(person, "issue.triage") else []
    prepare = queries.to_prepare(person)
    return {"triage": triage, "prepare": prepare} if triage or prepare else None


def for_customers(_person: Any, _same: Any) -> dict[str, Any] | None:
    """What changed for customers this week."""
    week = queries.for_customers()
    return {"week": week} if week else None


add_panel("today", 30, "today/_still.html", standing_still)
add_panel("today", 40, "today/_mentions.html", mentioned)
add_panel("today", 50, "today/_next_review.html", for_the_next_review)
add_panel("today-side", 10, "today/_customers.html", for_customers)
