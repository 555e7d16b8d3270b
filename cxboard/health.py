"""/healthz: the process lives. /readyz: the database answers and is migrated."""

import sqlalchemy as sa
from flask import Blueprint, Response, current_app

from .authorization import public
from .db import db, revisions

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> Response:
    try:
        db.session.execute(sa.text("select 1"))
        current, newest, _known = revisions(current_app._get_current_object())  # type: ignore[attr-defined]
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    if current != newest:
        return Response("the database is not migrated: run `cxboard upgrade`\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
