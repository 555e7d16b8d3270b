"""Putting an issue in focus, and taking it out."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ..authorization import requires
from ..db import db
from ..forms import Form, Number
from ..issues.models import Issue
from ..issues.views import board_parts, on_board
from ..rendering import changed, here
from . import bp
from .models import Focus


class FocusForm(Form):
    place = Number(low=1, high=3)


@bp.post("/issues/<int:id>/focus")
@requires("issue.focus", Issue)
def put(issue: Issue) -> Response:
    form = FocusForm()
    place = form.place.data if form.validate_on_submit() else None
    focus = Focus.put(issue, place=place, by=current_user)
    db.session.flush()
    parts = board_parts(*[f.issue for f in Focus.now()]) if on_board() else []
    db.session.commit()
    return changed(
        here(url_for("issues.show", id=issue.id)),
        *parts,
        message=_("%(key)s is focus %(place)s", key=issue.key, place=focus.place),
    )


@bp.post("/issues/<int:id>/focus/end")
@requires("issue.focus", Issue)
def take_out(issue: Issue) -> Response:
    Focus.take_out(issue, by=current_user)
    db.session.flush()
    parts = board_parts(issue, *[f.issue for f in Focus.now()]) if on_board() else []
    db.session.commit()
    return changed(
        here(url_for("issues.show", id=issue.id)), *parts, message=_("%(key)s is out of focus", key=issue.key)
    )
