"""The house stands: the database is migrated and new for every test, the cast can get in, and the server starts and stops."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cxboard import clock
from cxboard.db import db, downgrade, revisions, upgrade
from cxboard.web import HEADERS

ROOT = Path(__file__).resolve().parents[1]


def test_the_database_is_at_the_newest_revision(app):
    current, newest, known = revisions(app)

    assert current == newest
    assert known


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_starts_without_people(turn, rows, person):
    assert rows("person") == 0

    assert person("Eva").id == 1
    assert rows("person") == 1


def test_the_migrations_go_down_to_nothing_and_up_again(new_app):
    app = new_app()

    upgrade(app)
    downgrade(app, "base")
    upgrade(app)

    assert revisions(app)[0] == revisions(app)[1]


@pytest.mark.databases("postgresql")
def test_postgresql_is_a_real_one(app):
    assert db.engine.dialect.name == "postgresql"
    assert db.session.connection().exec_driver_sql("select version()").scalar().startswith("PostgreSQL")
    assert db.session.connection().exec_driver_sql("show jit").scalar() == "off"
    assert db.session.connection().exec_driver_sql("show plan_cache_mode").scalar() == "force_custom_plan"


def test_two_browsers_do_not_share_who_is_signed_in(sign_in, client):
    assert "Mo Amrani" in sign_in("Mo").get("/", follow_redirects=True).text
    assert "Eva Smit" in sign_in("Eva").get("/", follow_redirects=True).text
    assert client.get("/").status_code == 302


def test_the_clock_stands_still(at):
    at("2026-11-24 09:00")

    assert clock.now().isoformat() == "2026-11-24T08:00:00+00:00"


def test_the_server_starts_answers_and_stops_when_told(database, tmp_path):
    """`cxboard serve` on a database that is new: it migrates, answers, and leaves politely."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"CXBOARD_DATA_DIR": str(tmp_path), "CXBOARD_DATABASE_URL": database.new()}
    command = [sys.executable, "-m", "cxboard.cli", "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        assert wait_for(f"http://127.0.0.1:{port}/readyz", server) == 200, (tmp_path / "log").read_text()
        assert wait_for(f"http://127.0.0.1:{port}/healthz", server) == 200
        for refused in (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"nothing\r\n\r\n"):  # gunicorn answers these
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(refused)
                answer = line.recv(4_000)
            assert answer.startswith(b"HTTP/1.1 4"), answer
            assert all(f"\r\n{name}: {value}\r\n".encode() in answer for name, value in HEADERS.items()), answer
    finally:
        server.send_signal(signal.SIGTERM)
        stopped = server.wait(timeout=15)
    assert stopped == 0, (tmp_path / "log").read_text()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> int | None:
    """The status of `url`, once anything answers there."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            if server.poll() is not None:
                return None
            time.sleep(0.1)
    return None
