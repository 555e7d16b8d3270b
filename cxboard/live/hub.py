"""The hub: one thread in each server process that sees what was committed, by whichever process, and tells the listeners.

SQLite: `pragma data_version` moves when another connection has committed, and this process says at once that it has.
PostgreSQL: LISTEN. Each listener is one stream that holds a thread of the server, so there is a limit; who comes after it polls.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection
from queue import Empty, SimpleQueue
from typing import Any

import sqlalchemy as sa
from flask import Flask, g

from ..db import db
from .models import CHANNEL, Row
from .topics import restricted_among, split

LOOK_EVERY = 0.2  # seconds, on SQLite, for what another process committed
CHECK_EVERY = 10.0  # seconds between two looks at whether the listeners are still signed in
START_WITHIN = 5.0
PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds, while the database is away
MOST_OF_ONE = 12  # streams of one signed-in browser
ACCESS = "access"  # `access-5`: what person 5 may do has changed

Batch = tuple[list[Row], frozenset[int]]
People = Callable[[Collection[int]], dict[int, Any]]
_log = logging.getLogger(__name__)


class Full(Exception):
    """No stream is free: poll."""


class Listener:
    """One open stream: what it follows, of whom, and what it has yet to tell. An empty batch wakes it; None ends it."""

    def __init__(self, session: int, person: int, topics: frozenset[str]) -> None:
        self.session, self.person, self.topics = session, person, topics
        self.waiting: SimpleQueue[Batch | None] = SimpleQueue()

    def next(self, seconds: float) -> Batch | None:
        """The changes since the last time, at most `seconds` later (then none); None when the stream ends."""
        try:
            found = self.waiting.get(timeout=seconds)
        except Empty:
            return [], frozenset()
        if found is None:
            return None
        rows, hidden = list(found[0]), found[1]
        while True:
            try:
                more = self.waiting.get_nowait()
            except Empty:
                return rows, hidden
            if more is None:
                return None
            rows, hidden = rows + more[0], hidden | more[1]


class Hub:
    """The listeners of this process. `people` gives, of the sessions asked for, those that still count and whose they are."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people: People = lambda sessions: {}
        self.listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._run: _Run | None = None

    @property
    def most(self) -> int:
        return int(self.app.config["LIVE_STREAMS"])

    @property
    def spread(self) -> int:
        """Milliseconds over which those who listen had better spread their fetching."""
        return min(700, 12 * len(self.listeners))

    def join(self, session: int, person: int, topics: frozenset[str]) -> Listener:
        """Listen from now on. Raises Full when there are as many streams as there may be."""
        listener = Listener(session, person, topics)
        with self._lock:
            own = sum(1 for other in self.listeners if other.session == session)
            if len(self.listeners) >= self.most or own >= MOST_OF_ONE:
                raise Full
            if self._run is None or not self._run.alive:
                self._run = _Run(self)
            run = self._run
            self.listeners.add(listener)
        if not run.ready.wait(START_WITHIN):
            self.leave(listener)
            raise Full
        return listener

    def leave(self, listener: Listener) -> None:
        with self._lock:
            self.listeners.discard(listener)

    def close(self) -> None:
        """End the thread and every stream at once. Takes no lock: a signal may call it at any moment."""
        run, self._run = self._run, None
        if run:
            run.stop.set()
            run.woken.set()
        for listener in list(self.listeners):
            listener.waiting.put(None)
        self.listeners.clear()

    def wake(self) -> None:
        """Look now: this process has committed a change."""
        if run := self._run:
            run.woken.set()

    def tell(self, rows: list[Row]) -> None:
        """Hand these changes to everybody who is listening."""
        with self.app.app_context():
            g.only_reads = True
            hidden = restricted_among(rows)
        changed = {number for kind, number in (split(row.topic) for row in rows) if kind == ACCESS}
        for listener in list(self.listeners):
            listener.waiting.put((rows, hidden))
            if listener.person in changed:
                listener.waiting.put(None)  # it comes back, and then gets what it may have now

    def check_sessions(self) -> None:
        """End the streams of those who are not signed in any more."""
        listening = list(self.listeners)
        if not listening:
            return
        with self.app.app_context():
            g.only_reads = True
            counting = self.people({listener.session for listener in listening})
        for listener in listening:
            if listener.session not in counting:
                listener.waiting.put(None)


class _Run:
    """One life of the hub's thread, in one process."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.process = hub, os.getpid()
        self.stop, self.ready, self.woken = threading.Event(), threading.Event(), threading.Event()
        self.last, self.pause = -1, PAUSE
        self.thread = threading.Thread(target=self._run, name="live", daemon=True)
        self.thread.start()

    @property
    def alive(self) -> bool:
        return self.process == os.getpid() and self.thread.is_alive() and not self.stop.is_set()

    def _run(self) -> None:
        """Until it is stopped. When the database is away for a moment nothing is lost: what was missed is read later."""
        while not self.stop.is_set():
            try:
                self._watch()
            except Exception as error:
                if self.stop.is_set():
                    return
                _log.warning("live: the database does not answer (%s); trying again", type(error).__name__)
                self.stop.wait(self.pause)
                self.pause = min(LONGEST_PAUSE, self.pause * 2)

    def _watch(self) -> None:
        with self.hub.app.app_context():
            watch = (_Postgresql if db.engine.dialect.name == "postgresql" else _Sqlite)(db.engine)
        checked = time.monotonic()
        try:
            if self.last < 0:
                self.last = watch.newest()
            self.ready.set()
            self.pause, moved = PAUSE, True
            while not self.stop.is_set():
                if moved and (rows := watch.after(self.last)):
                    self.hub.tell(rows)
                    self.last = rows[-1].id
                if time.monotonic() - checked > CHECK_EVERY:
                    self.hub.check_sessions()
                    checked = time.monotonic()
                moved = watch.wait(self.woken)
        finally:
            watch.close()


class _Watch:
    """A database connection of the hub's own, that is not in the pool."""

    mark = "?"

    def __init__(self, engine: sa.Engine) -> None:
        raw = engine.raw_connection()
        self.connection: Any = raw.driver_connection
        raw.detach()

    def close(self) -> None:
        self.connection.close()

    def newest(self) -> int:
        return self.connection.execute("select coalesce(max(id), 0) from change").fetchone()[0]  # type: ignore[no-any-return]

    def after(self, number: int) -> list[Row]:
        rows = self.connection.execute(f"select id, topic, about from change where id > {self.mark} order by id", (number,))  # noqa: S608
        return [Row(*row) for row in rows.fetchall()]

    def wait(self, woken: threading.Event) -> bool:
        raise NotImplementedError


class _Sqlite(_Watch):
    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.connection.execute("pragma query_only=on")
        self.version = self._version()

    def _version(self) -> int:
        return self.connection.execute("pragma data_version").fetchone()[0]  # type: ignore[no-any-return]

    def wait(self, woken: threading.Event) -> bool:
        """Until the next look; whether anybody has committed since the last one."""
        woken.wait(LOOK_EVERY)
        woken.clear()
        before, self.version = self.version, self._version()
        return before != self.version


class _Postgresql(_Watch):
    mark = "%s"

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.connection.autocommit = True
        self.connection.execute(f"listen {CHANNEL}")

    def wait(self, woken: threading.Event) -> bool:
        """Until somebody has announced something, a second at most."""
        return any(True for _ in self.connection.notifies(timeout=1.0, stop_after=1))
