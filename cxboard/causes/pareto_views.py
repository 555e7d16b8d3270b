"""The Pareto above the list of problems, and the rows behind each part of it."""

from typing import Any

from flask import Response, abort, request, url_for

from ..authorization import me, requires
from ..rendering import page
from . import bp, pareto
from .map_queries import pain
from .pareto import By
from .queries import Asked


def drawn(asked: Asked) -> dict[str, Any]:
    """What the list of problems shows above itself."""
    by, known = By.read(request.args.get("by")), pain(me())

    def address(of: str) -> str:
        return url_for(".show", id=int(of)) if by is By.PROBLEM and of.isdigit() else rows_of(asked, by, of)

    found = pareto.draw(known, asked, by, address)
    return {"pareto": found, "pain": known, "by": by, "every_by": list(By), "rows_of": lambda of: rows_of(asked, by, of), "added_up": found.added_up() if found else {}}


def rows_of(asked: Asked, by: By, of: str) -> str:
    """The address of the rows behind a part."""
    chosen: dict[str, Any] = asked.but(page=1)
    return url_for(".pain_rows", by=by.value, of=of, **chosen)


@bp.get("/problems/pain")
@requires("problem.view")
def pain_rows() -> Response:
    """The rows that add up to one part of the Pareto (`of`), for the same filters."""
    asked, by = Asked.of(request.args), By.read(request.args.get("by"))
    known = pain(me())
    rows = pareto.behind(known, asked, by, request.args.get("of", pareto.ALL))
    if rows is None:
        abort(404)
    chosen: dict[str, Any] = asked.but() | ({} if by is By.PROBLEM else {"by": by.value})
    return page("causes/pain.html", fragment="causes/_pain_rows.html", rows=rows, pain=known, back=url_for(".index", **chosen))
