"""Live: who has something open hears that it changed, and fetches it again as far as they may see it.

A verb that changes something calls `announce("issue-12")` (history does so for every event). The topic is written down in
the same transaction; a thread in each server process reads what was written down and tells the browsers that are open.
No content travels along: a topic, a number that rises, and for the board the numbers of the issues.
"""

from flask import Blueprint, Flask, current_app, g
from sqlalchemy import event
from sqlalchemy.orm import Session

from ..db import db
from ..rendering import is_htmx

bp = Blueprint("live", __name__)

from . import jobs, models, views  # noqa: E402,F401
from .hub import Hub  # noqa: E402
from .models import announce, newest, newest_but  # noqa: E402
from .topics import add_topic  # noqa: E402

__all__ = ["Hub", "add_topic", "announce", "bp", "newest", "newest_but", "start"]


def start(app: Flask) -> None:
    """Make the hub of this process (it begins with its first listener), and tell browsers which changes are their own."""
    hub = app.extensions["live"] = Hub(app)
    app.extensions["cxboard_caches"].append(hub.close)
    app.jinja_env.globals["newest_change"] = lambda: g.get("newest_change", 0)
    models.listen(db.session)
    if not event.contains(db.session, "after_commit", wake):
        event.listen(db.session, "after_commit", wake)

    @app.after_request
    def tell_own_changes(response):  # type: ignore[no-untyped-def]
        if is_htmx() and (own := db.session.info.get(models.WRITTEN)):
            response.headers["Live-Changes"] = ",".join(map(str, own))
        return response


def wake(session: Session) -> None:
    """What this process announced is heard at once, not at the hub's next look."""
    if session.info.get(models.WRITTEN):
        current_app.extensions["live"].wake()
