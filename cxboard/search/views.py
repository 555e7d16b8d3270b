"""The page that searches, the palette that does so from anywhere, and the overview of all keys."""

from flask import request
from werkzeug.wrappers import Response

from ..authorization import me, requires
from ..issues.queries import board_departments
from ..rendering import page
from . import bp
from .kinds import KINDS
from .queries import PERIODS, Asked, find


@bp.get("/search")
@requires("issue.view")
def index() -> Response:
    """Everything that fits, page by page."""
    asked = Asked.read(request.args)
    found = find(me(), asked)
    departments = [(d.code, d.name) for d in board_departments().values() if not d.archived]
    return page("search/index.html", asked=asked, found=found, kinds=KINDS, departments=departments, periods=PERIODS)
