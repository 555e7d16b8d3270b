"""After the meeting: the minutes on paper."""

from __future__ import annotations

from flask import Response, abort

from ..authorization import me, requires
from . import bp, minutes, pdf
from .models import Review


@bp.get("/reviews/<int:id>/minutes.pdf")
@requires("review.view", Review)
def minutes_as_pdf(review: Review) -> Response:
    """The minutes as a PDF, as this person may read them."""
    if not review.is_closed:
        abort(404)
    file = Response(pdf.as_pdf(review, minutes.for_reader(review, me())), mimetype="application/pdf")
    file.headers["Content-Disposition"] = f'attachment; filename="cxboard-{review.week}.pdf"'
    file.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    file.headers["Cache-Control"] = "private, no-store"
    return file
