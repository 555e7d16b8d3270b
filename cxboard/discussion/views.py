"""The stream on the pages of issues and problems, and saying something there."""

from __future__ import annotations

import re
from typing import Any

from flask import has_request_context, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ..authorization import requires
from ..causes.models import Problem
from ..db import db
from ..issues.models import Issue
from ..places import add_panel
from ..rendering import changed, here, page, part
from . import bp
from .forms import CommentForm
from .models import Comment
from .queries import shown, stream


@bp.post("/issues/<int:id>/comments")
@requires("issue.comment", Issue)
def comment(issue: Issue) -> Response:
    """Say something about an issue."""
    return _say(issue=issue)


@bp.post("/problems/<int:id>/comments")
@requires("problem.comment", Problem)
def comment_on_problem(problem: Problem) -> Response:
    """Say something about an EX problem."""
    return _say(problem=problem)


def _say(issue: Issue | None = None, problem: Problem | None = None) -> Response:
    form = CommentForm()
    about = _addresses(issue or problem)
    if not form.validate_on_submit():
        return page("discussion/comment.html", fragment="discussion/_comment_form.html", status=422, form=form, **about)
    said = Comment.say(form.text.data or "", by=current_user, issue=issue, problem=problem)
    db.session.commit()
    return changed(
        here(about["shown_at"]) + "#stream",
        part("stream-list", "discussion/_said.html", swap="afterbegin", row=shown([(said, None)], current_user)[0]),
        part("comment-form", "discussion/_comment_form.html", form=CommentForm(formdata=None), **about),
    )


def _addresses(about: Issue | Problem | None) -> dict[str, str]:
    """Where the stream stands, and where a comment goes."""
    assert about is not None
    if isinstance(about, Issue):
        return {"shown_at": url_for("issues.show", id=about.id), "said_at": url_for("discussion.comment", id=about.id)}
    return {"shown_at": url_for("causes.show", id=about.id), "said_at": url_for("discussion.comment_on_problem", id=about.id)}


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
