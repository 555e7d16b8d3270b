"""The rhythm in figures, and the rows behind each of them."""

from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _, lazy_gettext as _l

from ..authorization import me, requires
from ..rendering import page
from . import bp, figures as asked
from .figures import OTHERS, PERIODS, Period

TITLES = {
    "attendance": _l("Somebody was there"),
    "promises": _l("Promises done on time"),
    "carried": _l("Promises carried over"),
    "minutes": _l("Minutes per step"),
    "decided": _l("From reported to decided"),
}
LENGTHS = {12: _l("12 weeks"), 26: _l("Half a year"), 52: _l("A year")}


@bp.get("/reviews/figures")
@requires("review.view")
def figures() -> Response:
    """Who was at the table, what was kept, how the hour was spent and how long a decision took."""
    period = Period.read(request.args)
    return page("reviews/figures.html", figures=asked.of(period, me()), period=period, periods=PERIODS, lengths=LENGTHS, others=OTHERS)


@bp.get("/reviews/figures/<name>")
@requires("review.view")
def figure(name: str) -> Response:
    """The rows behind one figure; `of` says of which department, step or number of times."""
    if name not in TITLES:
        abort(404)
    period, chosen = Period.read(request.args), request.args.get("of", "")
    rows, of = behind(name, period, chosen)
    more: dict[str, Any] = {"name": name, "title": TITLES[name], "rows": rows, "of": of, "period": period, "length": LENGTHS[period.weeks]}
    return page("reviews/figure.html", fragment="reviews/_figure_rows.html", **more)


def behind(name: str, period: Period, chosen: str) -> tuple[list[Any], str]:
    """The rows, and what they are of in words."""
    if name == "attendance":
        department, reviews = asked.attendance_behind(period, chosen)
        return list(reviews), department.name if department else ""
    if name == "minutes":
        step, visits = asked.minutes_behind(period, chosen)
        return list(visits), step.label if step else _("The whole meeting")
    if name == "promises":
        share, promises = asked.promises_behind(period, me(), chosen)
        return list(promises), share.department.name if share.department else _("%(n)s of %(total)s", n=share.n, total=share.of)
    if name == "carried":
        return list(asked.carried_behind(period, me(), chosen)), ""
    return list(asked.decided_behind(period, me(), chosen)), ""
