"""How an answer looks: a page to read, or what changed. The only file that says HX-.

`page()` gives the whole page, or just its fragment when a part of the page asked for it. `changed()` answers a form that
was carried out: fragments for htmx, a redirect (303) for everybody else.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import Response, flash, g, make_response, redirect, render_template, request
from markupsafe import Markup

MAIN = "main"
SHOWS_MESSAGES = "Shows-Messages"


@dataclass(frozen=True)
class Toast:
    """What happened, in a sentence, and how to undo it (a URL that takes a POST)."""

    message: str
    undo: str | None = None


@dataclass(frozen=True)
class Part:
    """One fragment that replaces (`outerMorph`) or joins (`beforeend`, `afterbegin`) the element with the id `target`."""

    target: str
    template: str
    context: dict[str, Any]
    swap: str = "outerMorph"


def is_htmx() -> bool:
    """Whether htmx asked, so that a part will do."""
    return request.headers.get("HX-Request") == "true"


def shows_messages() -> bool:
    """Whether this answer is where a waiting message comes into view: a whole page, or what `changed()` fetches again.

    What is fetched because somebody else changed something leaves the message for the one that shows it.
    """
    return not is_htmx() or SHOWS_MESSAGES in request.headers


def target() -> str:
    """The id of the element that asked, or '' (htmx writes `tag#id`)."""
    return request.headers.get("HX-Target", "").rpartition("#")[2]


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """A page to read; status 422 for a form to correct. A dialog or another part of a page that asks gets the `fragment`."""
    if fragment and is_htmx() and target() not in ("", MAIN, "body"):
        return make_response(render_template(fragment, **context), status)
    return make_response(render_template(template, **context), status)


def part(target: str, template: str, *, swap: str = "outerMorph", **context: Any) -> Part:
    """Name a fragment for `changed()`."""
    return Part(target, template, context, swap)


def changed(url: str, *parts: Part, message: str | None = None, undo: str | None = None) -> Response:
    """It is done. With parts: htmx gets just those. Without: when the browser shows `url`, htmx fetches it again and
    morphs what differs; otherwise it goes there.

    Everybody else is redirected to `url`, which shows the message.
    """
    if not is_htmx():
        if message:
            flash(json.dumps({"message": str(message), "undo": undo}), "toast")
        return redirect(url, 303)  # type: ignore[return-value]
    if not parts:
        if message:
            flash(json.dumps({"message": str(message), "undo": undo}), "toast")
        if not same_page(url):
            return to_page(url)
        again = make_response("", 200)
        again.headers["HX-Location"] = json.dumps(
            {
                "path": url,
                "target": "#main",
                "select": "#main",
                "swap": "outerMorph",
                "selectOOB": "#toasts:beforeend",
                "push": "false",
                "headers": {SHOWS_MESSAGES: "true"},
            }
        )
        again.headers["HX-Trigger"] = "cx:done"
        return again
    toasts = (
        [part("toasts", "components/_toast.html", swap="beforeend", toast=Toast(str(message), undo))] if message else []
    )
    done = answer(*parts, *toasts)
    done.headers["HX-Trigger"] = "cx:done"
    return done


def answer(*parts: Part, status: int = 200) -> Response:
    """Only these fragments, each for its own place on the page."""
    g.repeatable = True
    return make_response("\n".join(_partial(p) for p in parts), status)


def for_everybody(template: str, **context: Any) -> Markup:
    """A fragment without anything that is for one person: to `may()` nobody may do anything, and a form can't be made."""
    before, g.for_everybody = g.get("for_everybody", False), True
    try:
        return Markup(render_template(template, **context))
    finally:
        g.for_everybody = before


def tell(event: str, **detail: str) -> Response:
    """Nothing to show: the scripts of the page hear of it."""
    told = make_response("", 200)
    told.headers["HX-Trigger"] = json.dumps({event: detail})
    return told


def is_repeatable() -> bool:
    """Whether this answer may be given again to whoever repeats the request: fragments may, a page that tells a secret once not."""
    return bool(g.get("repeatable"))


def instructions(response: Response) -> dict[str, str]:
    """What the answer tells the browser to do."""
    return {name: value for name, value in response.headers if name.startswith("HX-") or name in ("Location", "Content-Type")}


def same_page(url: str) -> bool:
    """Whether the browser already shows this address."""
    return request.headers.get("HX-Current-URL", "").split("#")[0].endswith(url.split("#")[0])


def current_page() -> SplitResult:
    """The address that the browser shows, as htmx tells it; empty when nobody tells or it is no address."""
    return _split(request.headers.get("HX-Current-URL", "") if is_htmx() else "")


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def here(default: str) -> str:
    """The page that the person is on (htmx says which, a plain form carries it as `back`), else `default`: also when
    that page is the form itself, which is done now.
    """
    if "Form-Is-Page" in request.headers:
        return default
    page_now = current_page() if is_htmx() else _split(request.form.get("back", ""))
    path = page_now.path + (f"?{page_now.query}" if page_now.query else "")
    if (is_htmx() and page_now.netloc != request.host) or (not is_htmx() and page_now.netloc):
        return default
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else default


def refused(message: str, status: int = 409) -> Response:
    """Not done, and why: into the flash region, leaving the page and what was typed as they are."""
    if is_htmx():
        toast = part("toasts", "components/_toast.html", swap="beforeend", toast=Toast(message), refused=True)
        return answer(toast, status=status)
    return make_response(render_template("errors/refused.html", message=message), status)


def _partial(piece: Part) -> Markup:
    body = render_template(piece.template, **piece.context)
    return (
        Markup('<hx-partial hx-target="#%s" hx-swap="%s">') % (piece.target, piece.swap)
        + Markup(body)
        + Markup("</hx-partial>")
    )


def to_page(url: str) -> Response:
    """Leave this page for another, whoever asks."""
    if is_htmx():
        elsewhere = make_response("", 200)
        elsewhere.headers["HX-Redirect"] = url
        return elsewhere
    return redirect(url, 303)  # type: ignore[return-value]
