"""@requires: sign in, find the record through what this person may see, check the permission, hand the record to the view.

A route without a declared permission can't start: `check_routes()` runs in create_app().
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Flask, abort, current_app, request
from flask_login import current_user

from .db import READS, db
from .permissions import PERMISSIONS, allows

PUBLIC = "public"
View = Callable[..., Any]


def requires(action: str, model: type[Any] | None = None, *, argument: str = "id") -> Callable[[View], View]:
    """Declare what a route needs. With `model`, the URL's `argument` names the record that the view receives.

    A record that this person may not see is as missing as one that does not exist (404). A change locks the record.
    """
    if action != PUBLIC and action not in PERMISSIONS:
        raise KeyError(f"{action!r} is not in the permission table")

    def declare(view: View) -> View:
        @wraps(view)
        def checked(**url: Any) -> Any:
            if action == PUBLIC:
                return view(**url)
            if not current_user.is_authenticated:
                abort(401)
            if model is None:
                if not allows(current_user, action):
                    abort(403)
                return view(**url)
            thing = find(model, url.pop(argument), lock=request.method not in READS)
            if not allows(current_user, action, thing):
                abort(403)
            return view(thing, **url)

        def may_now(**url: Any) -> bool:
            """Whether the person may, without turning anybody away."""
            if model is None:
                return allows(current_user, action)
            thing = db.session.scalar(seen(model, url[argument]))
            return thing is not None and allows(current_user, action, thing)

        checked.permission = action  # type: ignore[attr-defined]
        checked.may_now = may_now  # type: ignore[attr-defined]
        return checked

    return declare


def me() -> Any:
    """The person who asks, themself: for a loop over many rows a proxy that looks them up each time is slow."""
    return current_user._get_current_object()


def public(view: View) -> View:
    """A route that needs nobody to be signed in."""
    return requires(PUBLIC)(view)


def find(model: type[Any], id: int, *, lock: bool = False) -> Any:
    """The record, seen through what the current person may see; else 404."""
    select = seen(model, id)
    if lock:
        if hasattr(model, "lock_first"):  # what is changed together is always locked in the same order
            db.session.execute(model.lock_first(id))
        # Not the stronger FOR UPDATE: history that names this row as its author must not have to wait for it.
        select = select.with_for_update(of=model, key_share=True)
    return db.session.scalar(select) or abort(404)


def seen(model: type[Any], id: int) -> sa.Select[Any]:
    """The record, through what the current person may see."""
    select = sa.select(model).where(model.id == id)
    return select.where(model.visible_to(current_user)) if hasattr(model, "visible_to") else select


def is_public() -> bool:
    """Whether what this request asks for needs nobody to be signed in; what does not exist asks for nobody either."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "permission", PUBLIC) == PUBLIC


def may_still() -> bool:
    """Whether this person may (still) do what this request asks for, about something that is (still) there."""
    view: Any = current_app.view_functions[request.endpoint or ""]
    return bool(view.may_now(**(request.view_args or {})))


def check_routes(app: Flask) -> None:
    """Every route declares a permission. Raises RuntimeError, so that the app does not start otherwise."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        if not hasattr(app.view_functions[rule.endpoint], "permission"):
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) declares no permission: add @requires(…) or @public")
