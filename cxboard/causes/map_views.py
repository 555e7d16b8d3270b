"""The root-cause map, drawn or as a table."""

from typing import Any

from flask import Response, request, url_for

from ..accounts.queries import departments
from ..authorization import me, requires
from ..rendering import page
from . import bp
from .map import Narrowed, draw, root_causes
from .map_queries import pain
from .models import Category


def address(**chosen: Any) -> str:
    return url_for(".root_causes_map", **chosen)


@bp.get("/causes")
@requires("problem.view")
def root_causes_map() -> Response:
    """Problems, issues and stages with the pain between them; what is narrowed is in the address."""
    narrowed = Narrowed.of(request.args)
    found = root_causes(pain(me()), narrowed)
    drawn = draw(found, address) if found.rows and narrowed.view != "table" else None
    places = list(found.pain.places.values())
    journeys = {p.journey_id: p.journey for p in places}
    chips = {
        "problem": next((p for p in found.problems.values() if p.id == narrowed.problem), None),
        "issue": found.issues.get(narrowed.issue or 0),
        "stage": next((p for p in places if p.id == narrowed.stage), None),
    }
    return page(
        "causes/map.html", found=found, narrowed=narrowed, drawn=drawn, chips=chips, journeys=journeys, address=address, under="map",
        categories=list(Category), departments=departments(archived=True),
    )  # fmt: skip
