"""Attaching files to issues and problems, showing them, and removing them."""

from __future__ import annotations

from typing import Any

from flask import abort, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..authorization import me, requires
from ..causes.models import Problem
from ..db import db
from ..domain import Refused
from ..issues.models import Issue
from ..places import add_panel
from ..rendering import changed, here, is_htmx, page, part
from . import bp, store, uploading
from .attachments import Attachment
from .kinds import ACCEPT
from .queries import attached_to

# A file can do nothing but be looked at: no script, no form, no other file.
CAN_DO_NOTHING = "sandbox; default-src 'none'"


@bp.post("/issues/<int:id>/attachments")
@requires("issue.comment", Issue)
def attach(issue: Issue) -> Response:
    """Attach files to an issue, or keep them for the comment that is being written (`draft`)."""
    return _attach(issue, url_for("issues.show", id=issue.id))


@bp.post("/problems/<int:id>/attachments")
@requires("problem.comment", Problem)
def attach_to_problem(problem: Problem) -> Response:
    """Attach files to an EX problem, or keep them for a comment."""
    return _attach(problem, url_for("causes.show", id=problem.id))


def _attach(about: Issue | Problem, shown_at: str) -> Response:
    sent = uploading.uploads()
    if not sent:
        raise Refused(_("Choose a file first."))
    taken = [Attachment.take(upload, by=me(), about=about) for upload in sent]
    draft = bool(request.form.get("draft")) and is_htmx()
    if not draft:
        for attachment in taken:
            attachment.attach(by=me())
    db.session.commit()
    if draft:
        return page("discussion/attachment.html", fragment="discussion/_draft.html", status=201, attachment=taken[0])
    return changed(here(shown_at) + "#attachments", part("attachments", "discussion/_attachments.html", **_files(about)))


@bp.get("/attachments/<int:id>")
@requires("attachment.view", Attachment)
def attachment(attachment: Attachment) -> Response:
    """The file: a picture is shown, everything else is downloaded."""
    return _send(attachment)


@bp.get("/attachments/<int:id>/small")
@requires("attachment.view", Attachment)
def small(attachment: Attachment) -> Response:
    """A picture, small."""
    return _send(attachment, small=True) if attachment.what.is_picture else abort(404)


def _send(attachment: Attachment, *, small: bool = False) -> Response:
    place = store.path(attachment.stored, small=small)
    if not place.is_file():
        abort(404)
    kind = attachment.what
    sent = send_file(
        place, mimetype="image/webp" if small else kind.mimetype, as_attachment=not kind.is_picture, download_name=attachment.name, etag=f"{attachment.sha256}{small}",
        last_modified=None,
    )  # fmt: skip
    sent.headers["Content-Security-Policy"] = CAN_DO_NOTHING
    sent.headers["Cache-Control"] = "private, no-store"
    return sent


@bp.get("/attachments/<int:id>/removal")
@requires("attachment.remove", Attachment)
def removal(attachment: Attachment) -> Response:
    return page("discussion/detach.html", fragment="discussion/_detach_form.html", attachment=attachment, back=_where(attachment))


@bp.post("/attachments/<int:id>/removal")
@requires("attachment.remove", Attachment)
def detach(attachment: Attachment) -> Response:
    where, name = _where(attachment), attachment.name
    gone = [part(f"draft-{attachment.id}", "discussion/_draft.html", swap="delete", attachment=attachment)] if attachment.is_draft else []
    attachment.detach(by=me())
    db.session.flush()
    answer = changed(here(where), *gone, message=None if gone else _("“%(name)s” is removed", name=name))
    db.session.commit()
    return answer


def _where(attachment: Attachment) -> str:
    if attachment.comment_id:
        return url_for("discussion.show", id=attachment.comment_id)
    if attachment.issue:
        return url_for("issues.show", id=attachment.issue.merged_into_id or attachment.issue_id)
    return url_for("causes.show", id=attachment.problem_id)


def _files(about: Issue | Problem) -> dict[str, Any]:
    if isinstance(about, Issue):
        found, url, may = attached_to(issue_ids=about.merged_ids), url_for("discussion.attach", id=about.id), "issue.comment"
    else:
        found, url, may = attached_to(problem_id=about.id), url_for("discussion.attach_to_problem", id=about.id), "problem.comment"
    return {"files": found, "attached_at": url, "attaches": may, "about": about}


def on_page(about: Issue | Problem, person: Any) -> dict[str, Any]:
    """The files of an issue or a problem."""
    return _files(about)


bp.record_once(lambda state: state.app.jinja_env.globals.update(ATTACHABLE=ACCEPT))
add_panel("issue", 80, "discussion/_files_panel.html", on_page)
add_panel("problem", 80, "discussion/_files_panel.html", on_page)
