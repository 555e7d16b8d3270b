"""The page that searches, the palette that does so from anywhere, and the overview of all keys."""

import re

from flask import request
from werkzeug.wrappers import Response

from ..authorization import me, requires
from ..issues.queries import board_departments
from ..rendering import current_page, page
from ..words import key_in
from . import bp
from .commands import at_first, matching
from .keys import overview
from .kinds import KINDS
from .queries import PERIODS, Asked, Found, find, glance, with_keys


@bp.get("/search")
@requires("issue.view")
def index() -> Response:
    """Everything that fits, page by page."""
    asked = Asked.read(request.args)
    found = find(me(), asked)
    departments = [(d.code, d.name) for d in board_departments().values() if not d.archived]
    return page("search/index.html", asked=asked, found=found, kinds=KINDS, departments=departments, periods=PERIODS)


@bp.get("/search/palette")
@requires("issue.view")
def palette() -> Response:
    """What fits what is typed so far: hits and commands. Before anything is typed: what was opened lately (`recent`), and commands."""
    person, text = me(), Asked.read(request.args).text
    if text:
        commands, found = matching(person, text), glance(person, text)
    else:
        keys = re.findall("(?:CX|EX)-[0-9]{1,9}", request.args.get("recent", "")[:200])[:6]
        commands, found = at_first(person), Found(with_keys(person, [k for k in map(key_in, keys) if k]))
    return page("search/palette.html", fragment="search/_palette_list.html", text=text, commands=commands, found=found, by_key=bool(key_in(text)), kinds=KINDS)


@bp.get("/search/keys")
@requires("profile.edit")
def keys() -> Response:
    """All keys, those of the page one is on first."""
    path = request.args.get("page", "") or current_page().path
    return page("search/keys.html", fragment="search/_keys.html", places=overview(me(), path))
