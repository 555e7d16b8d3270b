"""Stories in a real browser: the real app behind a real address, pages of the cast, and axe. Whatever a browser complains of fails."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright._impl._sync_base import SyncBase
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, ViewportSize, expect
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from cxboard.accounts.models import User
from cxboard.db import db
from tests.browser import chromium
from tests.cast import person as one_of_the_cast
from tests.client import Client

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
FILES: dict[tuple[str, str], tuple[Any, list[bytes]]] = {}  # every test's browser asks for the same sixty; nothing is kept between contexts
PATIENCE = 10_000  # milliseconds; on two busy cores

expect.set_options(timeout=PATIENCE)


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as the real server does, and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None: ...


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that `make test` found or installed; Playwright's own when there is no other."""
    return {**browser_type_launch_args, "args": chromium.FLAGS, "executable_path": chromium.find()}


@pytest.fixture
def live(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the app, served from this process: the test shares its database and its clock."""

    def at_once(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The server does not close a file when a browser hangs up half way: all but the stream is read before it is sent."""
        asked = environ["PATH_INFO"], environ["QUERY_STRING"]
        if asked in FILES:
            start_response("200 OK", FILES[asked][0])
            return FILES[asked][1]
        began: list[Any] = []
        answer = app(environ, lambda *beginning: began.append(beginning) or start_response(*beginning))
        if environ["PATH_INFO"] == "/live":
            return answer
        with closing(answer):  # type: ignore[type-var]
            body = [b"".join(answer)]
        if environ["PATH_INFO"].startswith("/static/") and began[0][0] == "200 OK":
            FILES[asked] = began[0][1], body
        return body

    server: BaseWSGIServer = make_server("127.0.0.1", 0, at_once, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setitem(app.config, "BASE_URL", address)
    yield address
    server.shutdown()
    server.server_close()


@pytest.fixture
def letting_go(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each step in the browser, what the test has made is committed, and what it has looked at is let go.

    Otherwise the test's own transaction would keep the app from writing, and the test from seeing what the app wrote.
    """
    session, step = db.session(), SyncBase._sync

    def step_with_open_hands(self: SyncBase, awaitable: Any) -> Any:
        if session.in_transaction():
            session.commit()
        return step(self, awaitable)

    monkeypatch.setattr(SyncBase, "_sync", step_with_open_hands)


class Complaints(list[str]):
    """What went wrong in a browser behind the story's back. A test that provokes one takes it out: `complaints.clear()`."""

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self.note_console)
        context.on("weberror", lambda error: self.append(f"script error: {error.error}"))
        context.on("response", self.note_response)

    def note_console(self, message: ConsoleMessage) -> None:
        # A 4xx answer to a form (a gate that asks, a stale version) is said on the console too; note_response judges those.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.append(f"console on {message.page.url if message.page else '?'}: {message.text}")

    def note_response(self, response: Response) -> None:
        missing = response.status == 404 and response.request.resource_type not in ("document", "fetch", "xhr")
        if response.status >= 500 or missing:
            self.append(f"{response.status} for {response.request.method} {response.url}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Errors on the console, violations of the content security policy, 5xx answers and missing files; any fails the test."""
    complaints = Complaints()
    yield complaints
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page_as(
    app: Flask, live: str, letting_go: None, complaints: Complaints, new_context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """A browser of one of the cast, signed in, with relative addresses: `page_as("Mo", phone=True).goto("/board")`.

    `page_as(None)` is somebody who is not signed in. Each call is another browser, with cookies of its own.
    `--screenshot`, `--video` and `--tracing` of pytest-playwright work, for finding out what a story stumbles over.
    """

    def page_as(
        who: str | User | None, *, phone: bool = False, dark: bool = False, lang: str = "nl", script: bool = True
    ) -> Page:
        context = new_context(
            base_url=live,
            viewport=PHONE if phone else DESK,
            device_scale_factor=2 if phone else 1,
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale={"nl": "nl-NL", "en": "en-GB"}[lang],
            timezone_id="Europe/Amsterdam",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        complaints.watch(context)
        if who is not None:
            person = one_of_the_cast(who) if isinstance(who, str) else who
            person.locale = lang
            cookie = Client(app).signed_in_as(person).get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
            assert cookie
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": live, "httpOnly": True, "sameSite": "Lax"}]
            )
        return context.new_page()

    return page_as


# Nothing but the colours differs between the schemes, so the other one is looked at for its contrast only. Behind an open
# dialog nothing can be reached; the page itself is looked at without one.
IN_BOTH_SCHEMES = """async (tags) => {
  const root = document.documentElement, theme = root.dataset.theme;
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const shown = document.querySelector(":modal") ?? document;
  const look = async (type, values) => (await axe.run(shown, {runOnly: {type, values}, resultTypes: ["violations"], preload: false})).violations;
  const found = await look("tag", tags);
  root.dataset.theme = dark ? "light" : "dark";
  found.push(...await look("rule", ["color-contrast"]));
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  return found;
}"""


# On a phone the same page is only laid out otherwise; every tour looks at each page at a desk too.
ON_A_PHONE = """async () => (await axe.run(document, {
  runOnly: {type: "rule", values: ["target-size", "scrollable-region-focusable", "aria-hidden-focus"]},
  resultTypes: ["violations"], preload: false,
})).violations"""


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fails when axe finds anything on the page: WCAG 2.2 A and AA, and its best practices; its contrast in light and in dark.

    On a phone: what differs there.
    """

    def axe(page: Page) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text())
        narrow = page.viewport_size and page.viewport_size["width"] < 600
        found = page.evaluate(*((ON_A_PHONE, None) if narrow else (IN_BOTH_SCHEMES, AXE_TAGS)))
        problems = [f"{rule['id']}: {rule['help']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
        assert not problems, f"axe on {page.url}:\n" + "\n".join(problems)

    return axe
