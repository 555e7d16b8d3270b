"""The stream on the pages of issues and problems: saying something there, saying it better, taking it back, reacting to it."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, has_request_context, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..authorization import me, requires
from ..causes.models import Problem
from ..db import db
from ..issues.models import Issue
from ..places import add_panel
from ..rendering import changed, here, is_htmx, page, part
from . import bp, meant, uploading
from .attachments import Attachment
from .forms import CommentForm, ReactionForm, RevisionForm
from .models import Comment, Mention, Reacting
from .queries import in_minutes_of, one, place_of, stream

WRITTEN_IN = ("text", "story", "value", "description")  # the names of the fields that take Markdown
LONGEST_PREVIEW = 20_000

# saying something


@bp.post("/issues/<int:id>/comments")
@requires("issue.comment", Issue)
def comment(issue: Issue) -> Response:
    """Say something about an issue."""
    return _say(issue)


@bp.post("/problems/<int:id>/comments")
@requires("problem.comment", Problem)
def comment_on_problem(problem: Problem) -> Response:
    """Say something about an EX problem."""
    return _say(problem)


def _say(about: Issue | Problem) -> Response:
    form, told = CommentForm(), _addresses(about)
    uploads, chosen = uploading.uploads(), uploading.chosen(about)
    if uploads or chosen:
        form = form.with_files()
    told["drafts"] = chosen
    if not form.validate_on_submit():
        return page("discussion/comment.html", fragment="discussion/_comment_form.html", status=422, form=form, **told)
    if isinstance(about, Issue) and about.merged_into:
        return page("discussion/comment.html", fragment="discussion/_comment_form.html", status=409, form=form, **{**told, "moved": about})
    said = Comment.say(form.text.data or "", by=me(), **_about(about))
    for draft in (*chosen, *(Attachment.take(u, by=me(), about=about) for u in uploads)):
        draft.attach(by=me(), comment=said)
    db.session.commit()
    return changed(
        here(told["shown_at"]) + "#stream",
        part("stream-list", "discussion/_said.html", swap="afterbegin", row=one(said, me())),
        part("comment-form", "discussion/_comment_form.html", form=CommentForm(formdata=None), **{**told, "drafts": ()}),
    )


def _about(about: Issue | Problem) -> dict[str, Any]:
    return {"issue": about} if isinstance(about, Issue) else {"problem": about}


def _addresses(about: Issue | Problem) -> dict[str, Any]:
    """Where the stream stands, where a comment goes, and who can be called in."""
    if isinstance(about, Issue):
        names = {"shown_at": "issues.show", "said_at": "discussion.comment", "meant_at": "discussion.mentionable", "attached_at": "discussion.attach"}
    else:
        names = {"shown_at": "causes.show", "said_at": "discussion.comment_on_problem", "meant_at": "discussion.mentionable_about_problem", "attached_at": "discussion.attach_to_problem"}
    return {**{name: url_for(endpoint, id=about.id) for name, endpoint in names.items()}, "moved": None, "drafts": ()}


@bp.get("/issues/<int:id>/mentionable")
@requires("issue.comment", Issue)
def mentionable(issue: Issue) -> Response:
    """Whom one can call in about an issue."""
    return _mentionable(None)


@bp.get("/problems/<int:id>/mentionable")
@requires("problem.comment", Problem)
def mentionable_about_problem(problem: Problem) -> Response:
    """Whom one can call in about a problem: about a restricted one only those who may see it."""
    return _mentionable(problem)


def _mentionable(problem: Problem | None) -> Response:
    typed = request.args.get("q", "")[:60]
    found = meant.matching(typed, meant.candidates(problem))
    return page("discussion/mentionable.html", fragment="discussion/_mentionable.html", found=found)


@bp.post("/preview")
@requires("issue.report")
def preview() -> Response:
    """What is being written as it will look."""
    text = next((request.form[name] for name in WRITTEN_IN if name in request.form), "")[:LONGEST_PREVIEW]
    return page("discussion/preview.html", fragment="discussion/_preview.html", text=text)


# one comment


@bp.get("/comments/<int:id>")
@requires("comment.view", Comment)
def show(comment: Comment) -> Response:
    """The comment in its place, or by itself for who had it open to change it."""
    if is_htmx():
        return page("discussion/comment.html", fragment="discussion/_said.html", row=one(comment, me()))
    number = place_of(comment)
    about: dict[str, Any] = {"stream": "comments", "pages": number} if number > 1 else {}
    if comment.issue:
        url = url_for("issues.show", id=comment.issue.merged_into_id or comment.issue_id, **about)
    else:
        url = url_for("causes.show", id=comment.problem_id, **about)
    return redirect(f"{url}#comment-{comment.id}")


@bp.get("/comments/<int:id>/revision")
@requires("comment.edit", Comment)
def revision(comment: Comment) -> Response:
    form = RevisionForm(data={"text": comment.text, "version": comment.version})
    return _revision(comment, form)


@bp.post("/comments/<int:id>/revision")
@requires("comment.edit", Comment)
def revise(comment: Comment) -> Response:
    form = RevisionForm()
    if not form.validate_on_submit():
        return _revision(comment, form, status=422)
    comment.edit(form.text.data or "", by=me(), version=form.version.data)
    db.session.commit()
    week = in_minutes_of(comment)
    message = _("Saved. The minutes of week %(week)s keep what was written then.", week=week) if week else _("Saved")
    return _changed(comment, message=message)


def _revision(comment: Comment, form: RevisionForm, status: int = 200) -> Response:
    if comment.is_removed:
        abort(404)
    told = _addresses(comment.issue or comment.problem or abort(404))
    return page("discussion/revision.html", fragment="discussion/_revision_form.html", status=status, comment=comment, form=form, **told)


@bp.get("/comments/<int:id>/earlier")
@requires("comment.view", Comment)
def earlier(comment: Comment) -> Response:
    """What it said before."""
    if comment.is_removed or not comment.earlier:
        abort(404)
    return page("discussion/earlier.html", fragment="discussion/_earlier.html", comment=comment)


@bp.post("/comments/<int:id>/removal")
@requires("comment.remove", Comment)
def remove(comment: Comment) -> Response:
    comment.remove(by=me())
    db.session.commit()
    week = in_minutes_of(comment)
    message = _("The comment is removed. It still stands in the minutes of week %(week)s: those don't change.", week=week) if week else _("The comment is removed")
    return _changed(comment, message=message, undo=url_for(".restore", id=comment.id))


@bp.post("/comments/<int:id>/restoration")
@requires("comment.remove", Comment)
def restore(comment: Comment) -> Response:
    comment.restore(by=me())
    db.session.commit()
    return _changed(comment, message=_("The comment is back"))


@bp.post("/comments/<int:id>/reactions")
@requires("comment.react", Comment)
def react(comment: Comment) -> Response:
    """React, or take that back."""
    form = ReactionForm()
    if not form.validate_on_submit():
        abort(400)
    comment.react(Reacting(form.kind.data), by=me())
    db.session.commit()
    return changed(_where(comment), part(f"reactions-{comment.id}", "discussion/_reactions.html", row=one(comment, me())))


def _changed(comment: Comment, **told: Any) -> Response:
    return changed(_where(comment), part(f"comment-{comment.id}", "discussion/_said.html", row=one(comment, me())), **told)


def _where(comment: Comment) -> str:
    """The page that the person is on, else the one that the comment stands on."""
    return here(url_for(".show", id=comment.id))


@bp.post("/mentions/<int:id>/seen")
@requires("profile.edit", Mention)
def see(mention: Mention) -> Response:
    """I have seen where I am called in."""
    mention.see(by=me())
    db.session.commit()
    return changed(here(url_for(".show", id=mention.comment_id)))


# on the pages of issues and problems


def _chosen() -> dict[str, Any]:
    """What of the stream to show, from the address: `?stream=comments`, `?pages=2`."""
    args = request.args if has_request_context() else {}
    pages = str(args.get("pages", ""))
    return {"only_comments": args.get("stream") == "comments", "pages": int(pages) if re.fullmatch("[0-9]{1,3}", pages) else 1}


def of_issue(issue: Issue, person: Any) -> dict[str, Any]:
    """The stream of an issue and of those merged into it."""
    told = stream(person, issue_ids=issue.merged_ids, **_chosen())
    return {"stream": told, "form": CommentForm(formdata=None), "comments": "issue.comment", "about": issue, **_addresses(issue)}


def of_problem(problem: Problem, person: Any) -> dict[str, Any]:
    """The stream of an EX problem."""
    told = stream(person, problem_id=problem.id, **_chosen())
    return {"stream": told, "form": CommentForm(formdata=None), "comments": "problem.comment", "about": problem, **_addresses(problem)}


add_panel("issue", 90, "discussion/_stream.html", of_issue)
add_panel("problem", 90, "discussion/_stream.html", of_problem)
