"""What a refused, missing, stale or broken request looks like. Generic to the reader, complete in the log."""

import sqlite3
from typing import Any

import sqlalchemy.exc
from flask import Flask, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkExtension, InvalidChunkSize
from werkzeug.exceptions import BadRequest, HTTPException, Unauthorized
from werkzeug.wrappers import Response

from .authorization import is_public
from .db import db
from .domain import Refused, Stale
from .forms import NOT_TYPED
from .rendering import answer, is_htmx, part, refused


def start(app: Flask) -> None:
    """Bind the handlers."""
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(Stale, on_stale)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(sqlalchemy.exc.OperationalError, on_busy)
    app.register_error_handler(sqlite3.OperationalError, on_busy)  # a BEGIN that waited in vain is not wrapped
    for broken_body in (InvalidChunkSize, InvalidChunkExtension, ChunkMissingTerminator):
        app.register_error_handler(broken_body, on_broken_body)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_broken)


def on_refused(error: Refused) -> Response:
    db.session.rollback()
    return refused(str(error.message))


def on_stale(error: Stale) -> Response:
    """Both versions side by side; what was typed stays in the browser's field and in the answer."""
    db.session.rollback()
    context: dict[str, Any] = {
        "stale": error,
        "typed": [(k, error.seen.get(k, v)) for k, v in request.form.items(multi=True) if k not in (*NOT_TYPED, "version")],
    }
    context["both"] = [(k, error.joined.get(k, v)) for k, v in context["typed"]] if error.joined else []
    if is_htmx():
        return answer(part("dialog-body", "errors/_stale.html", swap="innerHTML", **context), status=409)
    return make_response(render_template("errors/stale.html", **context), 409)


def on_csrf(error: CSRFError) -> Response:
    """A page that stood open for long, or a session that ended and began again meanwhile. Nothing typed is lost.

    By script the answer brings the token of now, and the request is sent again by itself; who is not signed in does that first.
    """
    if is_htmx() and not current_user.is_authenticated and not is_public():
        return current_app.make_response(current_app.handle_user_exception(Unauthorized()))
    said = _page(
        400,
        _("This form is too old"),
        _("You were signed out or the page stood open for long. Open it again; what you typed stands below.")
        if not is_htmx()
        else _("You were signed out or the page stood open for long. Open it again; your text is still in the field."),
        typed=typed(),
    )
    if is_htmx():
        said.headers["X-CSRFToken"] = generate_csrf()
    return said


def typed() -> list[str]:
    """What a person wrote into the form, to copy from; no passwords, and nothing that was only chosen."""
    hidden = ("back", "next", "version", "password", "current", "confirm", "email")
    written = ((name, value) for name, value in request.form.items(multi=True) if name not in (*NOT_TYPED, *hidden))
    return [value for _name, value in written if any(c.isspace() or c.isupper() for c in value)]


def on_busy(error: Exception) -> Response:
    """The database is locked or away: say so, and when to try again."""
    db.session.rollback()
    current_app.logger.error("database unavailable: %s", type(error).__name__)
    busy = _page(
        503,
        _("This did not work just now"),
        _("The database is busy. Your text is still in the field; try again in a minute."),
    )
    busy.headers["Retry-After"] = "5"
    return busy


def on_broken_body(error: Exception) -> Response:
    """The body came in pieces that do not fit; nothing more can be read from this connection."""
    said = on_http(BadRequest())
    said.headers["Connection"] = "close"
    return said


def on_http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    title, text = {
        400: (
            _("This request is not complete"),
            _("Something in the address or the form was not as expected. Go back and try again."),
        ),
        403: (_("This is not yours to do"), _("Your role does not include this. Ask the CX regisseur.")),
        404: (
            _("There is nothing here"),
            _("The page was moved, or the address has a typing error. Or it is only for others to see."),
        ),
        405: (_("This can't be done here"), _("The address does not take this kind of request.")),
        413: (
            _("This is too much at once"),
            _("The text or the file is larger than cxboard takes: %(megabytes)s MB for a file, 500 kB for a field.", megabytes=current_app.config["FILE_BYTES"] // 1024**2),
        ),
    }.get(code, (_("This did not work"), _("Go back and try again.")))
    shown = _page(code, title, text)
    if code == 413:  # the rest of it is not read
        shown.headers["Connection"] = "close"
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            shown.headers[name] = value
    return shown


def on_broken(error: Exception) -> Response:
    db.session.rollback()
    current_app.logger.exception("request failed")
    return _page(
        500,
        _("This did not work"),
        _(
            "Your text is still in the field; try again in a minute. If it happens again, give the administrator this number: %(id)s.",
            id=g.get("request_id", "-"),
        ),
    )


def _page(status: int, title: str, text: str, typed: list[str] | None = None) -> Response:
    if is_htmx():
        return refused(f"{title}. {text}", status)
    return make_response(render_template("errors/error.html", status=status, title=title, text=text, typed=typed), status)
