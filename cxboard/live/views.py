"""The stream of what changed (`/live`), and the same for who can't have a stream (`/live/changes`)."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, current_app, g, make_response, request

from ..authorization import me, requires
from ..db import BIGGEST_ID
from . import bp
from .hub import Full, Hub, Listener
from .models import Row, since
from .topics import MOST_PER_STREAM, allowed, may_see, message, restricted_among, told

PING_EVERY = 5.0  # seconds
LOOK_EVERY = 1.0  # seconds between two looks at whether the browser is still there


@bp.get("/live")
@requires("live.follow")
def stream() -> Response:
    """What changes on the topics that are asked for, as it happens. 204 when no stream is free: then poll."""
    person, topics = me(), followed()
    hub: Hub = current_app.extensions["live"]
    if request.method == "HEAD":
        return events("")
    try:
        listener = hub.join(g.user_session.id, person.id, topics)
    except Full:
        full = make_response("", 204)
        full.headers["Live"] = "poll"
        return full
    try:
        # Only now: what is committed from here on reaches the listener, so nothing falls in between.
        newest, missed = so_far(topics)
    except BaseException:
        hub.leave(listener)
        raise
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    body = Stream(app, hub, listener, newest, hello(newest, hub, topics) + missed, connection)
    answer = events(body)
    answer.call_on_close(body.close)
    return answer


@bp.get("/live/changes")
@requires("live.follow")
def changes() -> Response:
    """What changed after `since`, at once; 204 when nothing did."""
    topics = followed()
    newest, missed = so_far(topics)
    if asked_since() == newest:
        return make_response("", 204)
    return events(hello(newest, current_app.extensions["live"], topics) + missed)


def followed() -> frozenset[str]:
    """The topics that were asked for, as far as this person may hear of them; 404 when that is none."""
    person = me()
    topics = frozenset(t for t in request.args.getlist("topic")[:MOST_PER_STREAM] if allowed(t, person))
    return topics or abort(404)


def asked_since() -> int | None:
    number = request.args.get("since", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 10 and int(number) <= BIGGEST_ID else None


def so_far(topics: frozenset[str]) -> tuple[int, str]:
    """The newest number, and what this person missed after the number that they had seen."""
    newest, rows = since(asked_since())
    if rows is None:
        return newest, message("resync", "", newest)
    person = me()
    return newest, "".join(told(rows, topics, restricted_among(rows), lambda id: may_see(id, person)))


def hello(newest: int, hub: Hub, topics: frozenset[str]) -> str:
    """Where we are, over how many milliseconds to spread the fetching, and which topics are followed."""
    return message("hello", f"{newest} {hub.spread} {' '.join(sorted(topics))}", newest)


def events(body: Any) -> Response:
    """An answer that no cache and no proxy holds back."""
    answer = Response(body, mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


class Stream:
    """The body of a stream. It holds no database session, and ends when its browser has gone or its listener is told to."""

    def __init__(self, app: Flask, hub: Hub, listener: Listener, newest: int, first: str, connection: socket.socket | None) -> None:
        self.app, self.hub, self.listener, self.newest, self.connection = app, hub, listener, newest, connection
        self.first, self.spread = first, hub.spread

    def __iter__(self) -> Iterator[bytes]:
        yield self.first.encode()
        told_at = time.monotonic()
        while (batch := self.listener.next(LOOK_EVERY)) is not None:
            rows, hidden = batch
            text = self._told([row for row in rows if row.id > self.newest], hidden)
            if not text and time.monotonic() - told_at >= PING_EVERY:
                text = ": still here\n\n"
            if text:
                told_at = time.monotonic()
                yield text.encode()
            elif gone(self.connection):
                return
        yield message("end", "").encode()

    def _told(self, rows: list[Row], hidden: frozenset[int]) -> str:
        if not rows:
            return ""
        self.newest = rows[-1].id
        text = "".join(told(rows, self.listener.topics, hidden, self._may_see))
        if text and abs(self.hub.spread - self.spread) > self.spread / 4:  # more or fewer listen by now than when it began
            self.spread = self.hub.spread
            text = message("spread", str(self.spread)) + text
        return text

    def _may_see(self, id: int) -> bool:
        """Asked anew each time, because rights change while a stream is open."""
        with self.app.app_context():
            g.only_reads = True
            person = self.hub.people({self.listener.session}).get(self.listener.session)
            return person is not None and may_see(id, person)

    def close(self) -> None:
        self.hub.leave(self.listener)


def gone(connection: socket.socket | None) -> bool:
    """Whether the other side has hung up; otherwise that shows only after two pings."""
    if connection is None:
        return False
    try:
        look = select.poll()
        look.register(connection, select.POLLIN)
        return bool(look.poll(0)) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
