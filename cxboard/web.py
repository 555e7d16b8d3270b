"""What every answer carries (security headers), what every template may use, and which numbers a URL takes."""

import hashlib
import json
import re
from collections.abc import Hashable, MutableMapping
from datetime import timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    get_flashed_messages,
    has_request_context,
    request,
    send_file,
    url_for,
)
from flask.templating import Environment
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup
from werkzeug.routing import IntegerConverter

from . import clock, markdown
from .db import BIGGEST_ID, READS
from .permissions import allows
from .places import panels
from .rendering import Toast, shows_messages

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SmallInteger(IntegerConverter):
    """Plain digits up to what a database column holds; anything else is no address of ours."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Any, **kwargs: Any) -> None:
        super().__init__(map, max=BIGGEST_ID, **kwargs)


TAKES_FILES: set[str] = set()  # the endpoints that take attachments; only these may get more than MAX_CONTENT_LENGTH
TAKES_MORE: dict[str, int] = {}  # the endpoints that take one bigger file, and how many bytes it may have
JOINED = {"css/all.css": "text/css", "js/all.js": "text/javascript"}  # files that are made of those beside them
AROUND_A_FILE = 512 * 1024  # bytes of a form that are not its file


class SmallForms(Request):
    """A form without files is read at once, so its limit (MAX_FORM_MEMORY_SIZE) counts for the whole of it."""

    @property  # type: ignore[misc]
    def max_content_length(self) -> int | None:  # type: ignore[override]
        limit = super().max_content_length
        if self.url_rule is not None and self.url_rule.endpoint in TAKES_FILES:
            limit = max(limit or 0, current_app.config["FILE_BYTES"] + AROUND_A_FILE)
        elif self.url_rule is not None and self.url_rule.endpoint in TAKES_MORE:
            limit = max(limit or 0, TAKES_MORE[self.url_rule.endpoint] + AROUND_A_FILE)
        small = self.max_form_memory_size
        return small if small and self.mimetype == "application/x-www-form-urlencoded" else limit


class Templates(Environment):
    """All templates know the same globals, so none needs a copy of them, which Jinja would make at each include and import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def start(app: Flask) -> None:
    """Bind the converter, the headers and the template globals."""
    app.url_map.converters["int"] = SmallInteger
    app.request_class = SmallForms
    static = Path(app.static_folder or "")

    @app.before_request
    def refuse_foreign_pages() -> None:
        """A form comes from a page of ours. The token proves it; what the browser says of the page must not speak against it."""
        origin = request.headers.get("Origin")
        ours = (request.host, urlsplit(app.config["BASE_URL"]).netloc)
        if request.method not in READS and (
            request.headers.get("Sec-Fetch-Site") == "cross-site" or (origin and urlsplit(origin).netloc not in ours)
        ):
            abort(403)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint == "static":
            if "v" not in request.args and not request.path.startswith("/static/fonts/"):
                response.headers["Cache-Control"] = "public, max-age=300"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("Vary", "Cookie")
        response.headers.pop("Server", None)
        return response

    @cache
    def version_of(path: str) -> str:
        file = static / path
        content = joined(path) if path in JOINED else file.read_bytes() if file.exists() else None
        return "0" if content is None else hashlib.sha256(content).hexdigest()[:10]

    @cache
    def asset(path: str) -> str:
        """The address of a static file, with its content's hash, so that browsers may keep it for a year."""
        return f"/static/{path}?v={version_of(path)}"

    @cache
    def joined(path: str) -> bytes:
        """The files of a folder that every page needs, as one, in the order of its order.txt: a browser asks once, not sixty times."""
        folder = (static / path).parent
        return b"".join((folder / name).read_bytes() for name in (folder / "order.txt").read_text().split())

    def static_file(filename: str) -> Response:
        if filename not in JOINED:
            return app.send_static_file(filename)
        return send_file(BytesIO(joined(filename)), JOINED[filename], etag=version_of(filename), max_age=app.get_send_file_max_age(filename))

    app.view_functions["static"] = static_file

    @lru_cache(maxsize=1_000)
    def icon(name: str, size: str = "") -> Markup:
        """A Lucide icon, as large as the text or `xs`, `s`, `m`, `l`; more classes may follow the size. Says nothing to a screen reader."""
        return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
            f" {size}" if size else "", asset("icons/icons.svg"), name
        )

    @cache
    def inline_icons(*names: str) -> Markup:
        """These icons' symbols in the page itself, where hundreds of short references to them follow."""
        sprite = (static / "icons" / "icons.svg").read_text()
        found = (re.search(rf'<symbol id="i-{name}".*?</symbol>', sprite, re.DOTALL) for name in names)
        return Markup("".join(symbol[0] for symbol in found if symbol))

    @lru_cache(maxsize=5_000)
    def render_kept(template: str, locale: str, values: tuple[tuple[str, Hashable], ...]) -> Markup:
        return Markup(app.jinja_env.get_template(template).render(dict(values)))

    def kept(template: str, **values: Hashable) -> Markup:
        """A fragment kept by what it shows: everything in it follows from `values` and the reader's language."""
        return render_kept(template, str(get_locale()), tuple(values.items()))

    def waiting(category: str) -> list[str]:
        return cast("list[str]", get_flashed_messages(category_filter=[category])) if shows_messages() else []

    def toasts() -> list[Toast]:
        return [Toast(**json.loads(message)) for message in waiting("toast")]

    def may(action: str, thing: Any = None) -> bool:
        return not g.get("for_everybody") and allows(current_user, action, thing)

    def markdown_for_reader(text: str | None) -> Markup:
        known = markdown.links([text], current_user) if text and has_request_context() and current_user.is_authenticated else {}
        return markdown.render(text, markdown.known_in(text or "", known))

    app.jinja_env.globals.update(
        asset=asset,
        icon=icon,
        inline_icons=inline_icons,
        kept=kept,
        toasts=toasts,
        waiting=waiting,
        may=may,
        clock=clock,
        today=clock.today,
        timedelta=timedelta,
        panels=panels,
    )
    app.jinja_env.globals["url_for"] = url_for
    app.jinja_env.filters["markdown"] = markdown_for_reader
