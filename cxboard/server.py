"""The production server, embedded: gunicorn with threads, migrated before it serves, ticking while it runs."""

from __future__ import annotations

import logging
import socket
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from . import ticker
from .db import READS, db, revisions, start_tidying, upgrade
from .logs import AsJson
from .web import HEADERS

THREADS = 96
REQUESTS = 24  # threads that no live stream gets, so that pages are always answered
STILL = 15  # seconds that a client may keep a thread waiting without a byte
AT_ONCE = 2  # requests that are worked on at the same moment in one process
MORE = 3  # places for those who waited long
PATIENCE = 1.0  # seconds after which a request takes one of those
SMALL = 1024 * 1024  # bytes of a request that is waited for before it is worked on
BREATH = 0.05  # seconds between two templates that are compiled ahead
GRACE = 8  # seconds that requests get to finish after a stop signal


class CannotServe(Exception):
    """The server can't start; the message says what to do."""


class JsonLogger(Logger):
    """gunicorn's own messages in the shape of ours."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(AsJson())


class WithHeaders:
    """A socket on which gunicorn writes an answer of its own, which it gives no headers of ours."""

    def __init__(self, client: socket.socket) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def sendall(self, answer: bytes) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**HEADERS, "Cache-Control": "no-store"}.items())
        first, _, rest = answer.partition(b"\r\n")
        self.client.sendall(first + b"\r\n" + lines.encode() + rest)


class AFewAtOnce:
    """Of all requests that have arrived, only a few are worked on at the same moment, in the order in which they came.

    The threads of a process share one processor's worth of Python: a hundred at once are done no sooner than one after
    another, but each keeps all others waiting, and whoever holds a lock of the database keeps it for as long. So one that
    writes also waits for the one before it here, where it keeps nobody from reading. A request first arrives whole, so that
    a slow connection takes nobody's place; one with a big file, which can't, needs no place, nor does a live stream.

    Whoever waited for `patience` seconds takes one of a few places more, because one long job must not hold up the house;
    whoever waited five times as long goes in anyway. Were all let in at once, a short rush would become a long one.
    """

    def __init__(self, app: Any, *, at_once: int = AT_ONCE, patience: float = PATIENCE, more: int = MORE) -> None:
        self.app, self.patience = app, patience
        self.writing, self.places, self.more = (threading.Semaphore(n) for n in (1, at_once, more))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/live" or not arrived(environ):
            return self.app(environ, start_response)
        taken = self.take_place(writes=environ["REQUEST_METHOD"] not in READS)
        try:
            return self.app(environ, start_response)
        finally:
            for place in taken:
                place.release()

    def take_place(self, *, writes: bool) -> list[threading.Semaphore]:
        """Wait for one's turn; what was taken is to be given back."""
        taken = []
        until = time.monotonic() + self.patience
        if writes and self.writing.acquire(timeout=self.patience):
            taken.append(self.writing)
        if self.places.acquire(timeout=max(0.0, until - time.monotonic())):
            taken.append(self.places)
        elif self.more.acquire(timeout=4 * self.patience):
            taken.append(self.more)
        return taken


def arrived(environ: dict[str, Any]) -> bool:
    """Take the body in, when it says that it is small; whether the request is complete now."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if environ.get("HTTP_TRANSFER_ENCODING") or not length.isdecimal() or int(length) > SMALL:
        return False
    if length != "0":
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
    return True


class PatientWorker(ThreadWorker):
    """gunicorn's threads, which give up on a client that sends or takes nothing for a while: it would hold a thread for ever."""

    def handle(self, conn: Any) -> Any:
        conn.sock.settimeout(STILL)
        return super().handle(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """What gunicorn answers by itself (a line too long, broken headers) carries our headers too."""
        super().handle_error(req, WithHeaders(client), addr, exc)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Streams end at once: they would otherwise hold up the stop until their time is over."""
        self.app.app.extensions["live"].close()
        super().handle_exit(sig, frame)


class Server(BaseApplication):
    """gunicorn around one app that was made before the workers; each worker opens its own database connections."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        assert self.cfg is not None
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> AFewAtOnce:
        return AFewAtOnce(self.app)


def migrate(app: Flask) -> bool:
    """Bring the database to the newest revision; True when that took work. Raises CannotServe with what to do."""
    try:
        current, newest, known = revisions(app)
    except sa.exc.SQLAlchemyError as error:
        raise CannotServe(f"The database does not answer ({why(error)}). {check_database(app)}") from None
    if not known:
        raise CannotServe(
            f"The database is newer than this cxboard: it is at {current}, the code knows up to {newest}. "
            "Install the newer cxboard again, or restore the backup that you made before upgrading."
        )
    if current == newest:
        return False
    from .search import index  # a slice, and slices are loaded by create_app()

    upgrade(app)
    with app.app_context():
        if index.missing():
            index.rebuild()
        db.session.remove()
    return True


def why(error: Exception) -> str:
    """The first line of what the database driver said; it holds no secrets, but may hold a file name."""
    original = getattr(error, "orig", None) or error
    return (str(original).strip().splitlines() or [type(original).__name__])[0].rstrip(".")


def check_database(app: Flask) -> str:
    """What to look at when the database does not answer."""
    if str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite"):
        return f"Is the folder {app.config['DATA_DIR']} there, and may this user write in it (CXBOARD_DATA_DIR)?"
    return "Does it run, and are the name and password in CXBOARD_DATABASE_URL right?"


def serve(app: Flask, *, host: str, port: int, workers: int = 1, threads: int = THREADS, ready: Any = None) -> None:
    """Serve until a stop signal; requests that are being answered are finished first. Does not return.

    `ready()` is called once when the address is open. Raises CannotServe when it is taken.
    """
    check_address(host, port)
    app.config["LIVE_STREAMS"] = max(0, threads - REQUESTS)
    app.config["WORKS_APART"] = True
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection crosses the fork
    memory = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat files, which must not lie on a disk
    options: dict[str, Any] = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "proc_name": "cxboard",
        "worker_class": PatientWorker,
        "workers": workers,
        "threads": threads,
        "preload_app": True,
        "graceful_timeout": GRACE,
        "timeout": 60,
        "keepalive": 30,
        "limit_request_line": 8190,
        "worker_tmp_dir": str(memory) if memory.is_dir() else None,
        "control_socket_disable": True,
        "errorlog": "-",
        "loglevel": "warning",
        "logger_class": JsonLogger,
        "when_ready": lambda _arbiter: ready() if ready else None,
        "post_worker_init": start_ticking,
        "worker_exit": stop_ticking,
    }
    Server(app, {name: value for name, value in options.items() if value is not None}).run()


def check_address(host: str, port: int) -> None:
    """Raises CannotServe when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CannotServe(
                f"Nothing can listen on {host}:{port} ({error}). Choose another port, for example --port {port % 65000 + 80}."
            ) from None


def start_ticking(worker: Any) -> None:
    """In each worker, after the fork. Jobs are claimed in the database, so several workers do each job once."""
    worker.ticking = ticker.start_thread(worker.app.app)
    start_tidying(worker.app.app, worker.ticking)
    threading.Thread(target=warm_up, args=(worker.app.app, worker.ticking), name="warm-up", daemon=True).start()


def warm_up(app: Flask, stop: threading.Event) -> None:
    """Compile the templates in the first seconds, between requests, so that whoever opens a page first does not wait for that."""
    for name in app.jinja_env.list_templates():
        if stop.wait(BREATH):
            return
        app.jinja_env.get_template(name)


def stop_ticking(_arbiter: Any, worker: Any) -> None:
    if ticking := getattr(worker, "ticking", None):
        ticking.set()
    logging.shutdown()
