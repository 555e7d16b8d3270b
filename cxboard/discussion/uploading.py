"""What comes in: files are looked at and cleaned before a form of this slice is carried out.

That takes up to a second for a big picture, and nobody's change should wait for it: so it is done before the request
changes anything, when the database is not locked yet.
"""

from __future__ import annotations

import re

from flask import abort, current_app, g, request
from flask_login import current_user

from ..authorization import me
from ..causes.models import Problem
from ..db import BIGGEST_ID, db
from ..domain import Refused
from ..issues.models import Issue
from ..permissions import allows
from ..web import TAKES_FILES
from . import bp
from .attachments import AT_ONCE, Attachment, Upload, look_at
from .queries import drafts

TAKES_FILES.update(f"{bp.name}.{view}" for view in ("comment", "comment_on_problem", "attach", "attach_to_problem"))


@bp.before_app_request
def look_at_files() -> None:
    """Read the files of a request that brings any. What is wrong with one is said when the form is carried out."""
    if request.endpoint not in TAKES_FILES or request.method != "POST" or request.mimetype != "multipart/form-data":
        return
    if not current_user.is_authenticated or not allows(current_user, "issue.comment"):
        return
    db.session.commit()  # who asks is known; let go of the database until the files are ready
    g.uploads = []
    most = current_app.config["FILE_BYTES"]
    sent = [f for f in request.files.getlist("file") if f.filename][: AT_ONCE + 1]
    for file in sent if len(sent) <= AT_ONCE else []:
        data = file.stream.read(most + 1)
        file.stream.seek(0)
        if len(data) > most:
            abort(413)
        try:
            g.uploads.append(look_at(data, file.filename or ""))
        except Refused as error:
            g.uploads.append(error)
    if len(sent) > AT_ONCE:
        abort(413)


def uploads() -> list[Upload]:
    """The files that came with this request. Raises Refused for the first that can't be taken."""
    found: list[Upload | Refused] = g.get("uploads", [])
    for upload in found:
        if isinstance(upload, Refused):
            raise upload
    return [u for u in found if isinstance(u, Upload)]


def chosen(about: Issue | Problem) -> list[Attachment]:
    """The drafts that the form names, as far as they are this person's own and for this."""
    named = [int(n) for n in request.form.getlist("attachments")[: AT_ONCE * 2] if re.fullmatch("[0-9]{1,10}", n) and int(n) <= BIGGEST_ID]
    return drafts(named, by=me(), about=about) if named else []
