"""What the production server adds around the app: only a few requests are worked on at once, and a thread tidies up."""

import shutil
import sqlite3
import threading
import time
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from cxboard import server
from cxboard.db import db, start_tidying
from cxboard.server import SMALL, AFewAtOnce, warm_up


class Kitchen:
    """An app that takes as long as it is told, and notes how many it served at the same moment."""

    def __init__(self, takes=0.05):
        self.takes, self.now, self.most, self.bodies = takes, 0, 0, []
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.takes)
        self.bodies.append(environ["wsgi.input"].read())
        with self.lock:
            self.now -= 1
        return [b""]


class SlowBody:
    """The body of somebody with a bad connection."""

    def __init__(self, come: threading.Event):
        self.come = come

    def read(self, _size=-1):
        assert self.come.wait(5)
        return b"slow"


def ask(app, path="/board", body=b"", length=None, stream=None, **more):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "CONTENT_LENGTH": str(len(body) if length is None else length), "wsgi.input": stream or BytesIO(body), **more}
    return b"".join(app(environ, lambda *_: None))


def all_at_once(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)


def test_of_many_requests_only_a_few_are_worked_on_and_all_are_answered():
    kitchen = Kitchen()
    app = AFewAtOnce(kitchen, at_once=2, patience=10)

    all_at_once(12, lambda: ask(app, body=b"a=1"))

    assert kitchen.most == 2
    assert kitchen.bodies == [b"a=1"] * 12


def test_whoever_waited_long_enough_goes_in_anyway():
    kitchen = Kitchen(takes=0.6)
    app = AFewAtOnce(kitchen, at_once=1, patience=0.05)

    all_at_once(3, lambda: ask(app))

    assert kitchen.most == 3
    assert app.places.acquire(blocking=False), "who had no place gives none back"
    assert not app.places.acquire(blocking=False)


def test_a_rush_is_not_let_in_all_at_once():
    """Whoever waited long shares a few places more, until nobody can say any more how long it will take."""
    kitchen = Kitchen(takes=0.2)
    app = AFewAtOnce(kitchen, at_once=1, patience=0.1, more=2)

    all_at_once(6, lambda: ask(app))

    assert kitchen.most == 3
    assert len(kitchen.bodies) == 6


def test_who_writes_waits_for_who_writes_and_keeps_nobody_from_reading():
    kitchen, come = Kitchen(takes=0), threading.Event()
    app = AFewAtOnce(kitchen, at_once=2, patience=10)
    stuck = threading.Event()

    def slowly(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            stuck.set()
            assert come.wait(5)
        return kitchen(environ, start_response)

    app.app = slowly
    writers = [threading.Thread(target=lambda: ask(app, body=b"write", REQUEST_METHOD="POST")) for _ in range(3)]
    for writer in writers:
        writer.start()
    assert stuck.wait(5)

    ask(app, body=b"read")
    assert kitchen.bodies == [b"read"], "one place is left for who reads, however many want to write"
    come.set()
    for writer in writers:
        writer.join(5)

    assert kitchen.bodies == [b"read", b"write", b"write", b"write"]


def test_a_slow_connection_takes_nobodys_place():
    kitchen, come = Kitchen(takes=0), threading.Event()
    app = AFewAtOnce(kitchen, at_once=1, patience=10)
    slow = threading.Thread(target=lambda: ask(app, length=4, stream=SlowBody(come)))
    slow.start()
    time.sleep(0.05)

    began = time.monotonic()
    ask(app, body=b"quick")
    assert time.monotonic() - began < 1
    come.set()
    slow.join(5)

    assert kitchen.bodies == [b"quick", b"slow"]


def test_a_stream_a_big_file_and_a_body_of_unknown_length_need_no_place():
    kitchen = Kitchen(takes=0.3)
    app = AFewAtOnce(kitchen, at_once=1, patience=10)
    others = iter([{"path": "/live"}, {"length": SMALL + 1}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"length": "-1"}, {}])

    all_at_once(5, lambda: ask(app, **next(others)))

    assert kitchen.most == 5


def test_a_place_is_given_back_when_the_app_fails():
    def broken(_environ, _start):
        raise RuntimeError

    app = AFewAtOnce(broken, at_once=1, patience=10)
    for _ in range(3):
        try:
            ask(app)
        except RuntimeError:
            continue
    assert app.places.acquire(blocking=False)


@pytest.mark.databases("sqlite")
def test_a_thread_of_its_own_keeps_the_log_of_sqlite_short(app, person, monkeypatch, tmp_path):
    monkeypatch.setattr("cxboard.db.TIDY_EVERY", 0.02)
    person("Roos")
    db.session.commit()
    file, stop = Path(str(db.engine.url.database)), threading.Event()

    def in_the_file_itself() -> int:
        """People in the database file without its log."""
        alone = shutil.copyfile(file, tmp_path / "alone.db")
        with closing(sqlite3.connect(f"file:{alone}?immutable=1", uri=True)) as look:
            return int(look.execute("select count(*) from person").fetchone()[0])

    assert in_the_file_itself() == 0
    start_tidying(app, stop)
    ended = time.monotonic() + 10
    while in_the_file_itself() == 0 and time.monotonic() < ended:
        time.sleep(0.02)
    stop.set()

    assert in_the_file_itself() == 1


def test_templates_are_compiled_before_anybody_waits_for_them(new_app, monkeypatch):
    monkeypatch.setattr(server, "BREATH", 0)
    app = new_app()
    assert not app.jinja_env.cache

    warm_up(app, threading.Event())

    assert {name for _loader, name in app.jinja_env.cache} == set(app.jinja_env.list_templates())


def test_a_server_that_stops_compiles_nothing_more(new_app):
    app, stopped = new_app(), threading.Event()
    stopped.set()

    warm_up(app, stopped)

    assert not app.jinja_env.cache
