"""The `cxboard` command: it does what it says, and says in one sentence why it can't."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result

from cxboard import demo
from cxboard.cli import main
from tests.database import EMPTY
from tests.imports.sheets import dutch

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def cxboard(tmp_path, monkeypatch):
    """Runs the command on a data folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CXBOARD_DATA_DIR", str(tmp_path / "data"))

    def run(*words: str, input: str = "") -> Result:
        return CliRunner().invoke(main, words, input=input)

    return run


@pytest.fixture
def migrated(databases, tmp_path):
    """The data folder has a database that was migrated before."""
    (tmp_path / "data").mkdir()
    databases.fresh("sqlite").copy(EMPTY, tmp_path / "data" / "cxboard.db")


def ask(tmp_path: Path, question: str) -> list[tuple]:
    connection = sqlite3.connect(tmp_path / "data" / "cxboard.db")
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def test_upgrade_twice_says_what_happened(cxboard):
    assert "is migrated" in cxboard("upgrade").output
    assert "already" in cxboard("upgrade").output


def test_downgrade_asks_first_and_goes_back(cxboard, tmp_path):
    cxboard("upgrade")

    assert cxboard("downgrade", "base").exit_code == 1
    assert cxboard("downgrade", "nowhere", "--yes").exit_code == 1
    assert cxboard("downgrade", "base", "--yes").exit_code == 0
    assert ask(tmp_path, "select count(*) from sqlite_master where name = 'issue'") == [(0,)]


def test_a_command_on_a_database_that_is_not_migrated_says_so(cxboard):
    result = cxboard("user", "add", "--email", "a@example.org", "--name", "A")

    assert result.exit_code == 1
    assert "cxboard upgrade" in result.output


def test_a_newer_database_is_left_alone(cxboard, migrated, tmp_path):
    connection = sqlite3.connect(tmp_path / "data" / "cxboard.db")
    with connection:
        connection.execute("update alembic_version set version_num = '20991231_from_the_future'")
    connection.close()

    for words in (("serve",), ("upgrade",), ("tick",)):
        result = cxboard(*words)
        assert result.exit_code == 1
        assert "newer than this cxboard" in result.output
    assert "newer than this cxboard" in cxboard("doctor").output
    assert ask(tmp_path, "select version_num from alembic_version") == [("20991231_from_the_future",)]


def test_https_without_a_secret_does_not_start(cxboard, monkeypatch):
    monkeypatch.setenv("CXBOARD_BASE_URL", "https://cx.example.org")

    result = cxboard("serve")

    assert result.exit_code != 0
    assert "CXBOARD_SECRET_KEY" in str(result.exception) + result.output


def test_a_taken_port_is_said(cxboard):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = cxboard("serve", "--port", str(taken.getsockname()[1]))

    assert result.exit_code == 1
    assert "another port" in result.output


def test_a_database_that_is_not_there_is_said(cxboard, monkeypatch):
    monkeypatch.setenv("CXBOARD_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    for words in (("upgrade",), ("tick",), ("demo",)):
        result = cxboard(*words)
        assert result.exit_code == 1
        assert "does not answer" in result.output
    assert cxboard("doctor").exit_code == 1


def test_people_are_added_with_a_password_or_a_link(cxboard, migrated, tmp_path):
    words = ("user", "add", "--email", "Roos@Example.org", "--name", "Roos van Dijk", "--role", "regisseur", "--department", "ks")

    result = cxboard(*words, "--password-stdin", input="vier woorden op rij\n")

    assert result.exit_code == 0
    assert "roos@example.org" in result.output
    assert "password/" not in result.output
    assert ask(tmp_path, "select email, role, password_hash is null from person") == [("roos@example.org", "regisseur", 0)]
    linked = cxboard("user", "add", "--email", "mo@example.org", "--name", "Mo")
    assert re.search(r"http://\S+/password/\S{20,}", linked.output)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--email", "roos", "--name", "R"), "no e-mail address"),
        (("--email", "r@example.org", "--name", " "), "1 to 80"),
        (("--email", "r@example.org", "--name", "R", "--department", "?"), "no department code"),
        (("--email", "r@example.org", "--name", "R", "--password-stdin"), "8 characters"),
    ],
)
def test_a_person_who_can_not_be_added_is_not(cxboard, migrated, tmp_path, words, says):
    result = cxboard("user", "add", *words, input="kort\n")

    assert result.exit_code == 1
    assert says in result.output
    assert ask(tmp_path, "select count(*) from person") == [(0,)]


def test_an_address_is_used_once(cxboard, migrated):
    words = ("user", "add", "--email", "roos@example.org", "--name", "Roos")
    cxboard(*words)

    assert "is here already" in cxboard(*words).output


def test_issues_are_imported_once(cxboard, migrated, tmp_path):
    cxboard("user", "add", "--email", "roos@example.org", "--name", "Roos", "--role", "regisseur")
    (tmp_path / "lijst.csv").write_bytes(dutch())

    looked = cxboard("import", "issues", "lijst.csv", "--dry-run")
    assert "5 new issues" in looked.output
    assert ask(tmp_path, "select count(*) from issue") == [(0,)]
    assert "5 issues were imported" in cxboard("import", "issues", "lijst.csv").output
    assert "5 were here already" in cxboard("import", "issues", "lijst.csv").output
    assert ask(tmp_path, "select count(*) from issue") == [(5,)]


def test_an_import_with_a_mistake_names_it_and_writes_nothing(cxboard, migrated, tmp_path):
    cxboard("user", "add", "--email", "mo@example.org", "--name", "Mo")
    (tmp_path / "lijst.csv").write_bytes(b"Titel;Ernst\nGoed;3\nFout;9\n")

    assert "nobody to import in the name of" in cxboard("import", "issues", "lijst.csv").output
    assert "may not import" in cxboard("import", "issues", "lijst.csv", "--by", "mo@example.org").output
    cxboard("user", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "admin")
    result = cxboard("import", "issues", "lijst.csv")
    assert result.exit_code == 1
    assert "Row 3, column “Ernst”" in result.output
    assert ask(tmp_path, "select count(*) from issue") == [(0,)]


def test_the_demo_wants_an_empty_database(cxboard, migrated):
    cxboard("user", "add", "--email", "roos@example.org", "--name", "Roos")

    result = cxboard("demo")

    assert result.exit_code == 1
    assert "not empty" in result.output


def test_fill_adds_what_was_asked(cxboard, migrated, tmp_path):
    result = cxboard("fill", "--issues", "300", "--open", "40", "--comments", "2")

    assert "300 issues (40 open) with 600 comments" in result.output
    assert ask(tmp_path, "select count(*) from issue") == [(300,)]
    assert ask(tmp_path, "select count(*) from issue where status in ('new','analysing','ready','in_progress','verifying')") == [(40,)]
    assert ask(tmp_path, "select count(*) from stay where until is null") == [(300,)]
    assert ask(tmp_path, "select count(*) from event where kind = 'reported'") == [(300,)]
    assert ask(tmp_path, "pragma foreign_key_check") == []
    cxboard("fill", "--issues", "10", "--open", "10", "--comments", "0")
    assert ask(tmp_path, "select count(*), count(distinct rank) from issue") == [(310, 310)]


def test_the_doctor_says_what_to_do(cxboard):
    sick = cxboard("doctor")
    assert sick.exit_code == 1
    assert "PROBLEM  The database is not migrated. Run: cxboard upgrade" in sick.output

    cxboard("upgrade")
    well = cxboard("doctor")

    assert well.exit_code == 0, well.output
    assert "All is well." in well.output


def test_routes_lists_each_with_its_permission(cxboard):
    routes = json.loads(cxboard("routes", "--json").output)

    assert all(set(r) == {"rule", "endpoint", "methods", "permission"} for r in routes)
    board = next(r for r in routes if r["endpoint"] == "issues.board" and r["rule"] == "/board")
    assert (board["methods"], board["permission"]) == (["GET"], "issue.view")
    assert "issues.board" in cxboard("routes").output


def test_tick_does_what_is_due(cxboard, migrated):
    assert cxboard("tick").output.startswith("Done: ")
    assert "Nothing was due" in cxboard("tick").output


class Serving:
    """`cxboard serve` as a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = (folder / "serve.log").open("w+")
        settings = {**os.environ, "CXBOARD_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cxboard.cli", "serve", "--port", str(self.port), *words], env=settings, stdout=self.log, stderr=self.log
        )

    def wait(self) -> str:
        """What it said, once it answers."""
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return self.said()
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        said = self.said()
        self.process.kill()
        raise AssertionError(said)

    def said(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        finally:
            self.process.kill()
            self.process.wait()
            self.log.close()


def test_serve_alone_has_no_account_and_says_how_to_begin(tmp_path):
    server = Serving(tmp_path)
    said = server.wait()

    assert server.stop() == 0
    assert "/setup to become the first administrator" in said
    assert ask(tmp_path, "select count(*) from person") == [(0,)]


def test_serve_with_the_demo_prints_the_address_and_who_can_sign_in(tmp_path):
    server = Serving(tmp_path, "--demo", "--workers", "2")
    said = server.wait()

    assert server.stop() == 0
    assert f"http://127.0.0.1:{server.port}" in said
    assert all(line in said for line in demo.sign_in_lines())
    assert ask(tmp_path, "select count(*) from issue") == [(48,)]


def test_a_stop_signal_lets_requests_finish(tmp_path):
    server = Serving(tmp_path)
    server.wait()
    lock = sqlite3.connect(tmp_path / "data" / "cxboard.db", isolation_level=None)
    lock.execute("begin immediate")
    answers: list[int] = []

    def first_administrator() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        connection.request("GET", "/setup")
        shown = connection.getresponse()
        page, cookie = shown.read().decode(), shown.headers["Set-Cookie"].split(";")[0]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        names = re.findall(r'<input[^>]+name="(\w+)"', page)
        values = {"csrf_token": token, "name": "Ada", "email": "ada@example.org"}
        form = {n: values.get(n, "vier woorden op rij") for n in names}
        asked.set()
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/setup", urlencode(form), headers)
        answers.append(connection.getresponse().status)
        connection.close()

    asked = threading.Event()
    client = threading.Thread(target=first_administrator)
    client.start()
    assert asked.wait(10)
    time.sleep(1)
    server.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    lock.execute("rollback")
    lock.close()
    client.join(20)
    assert server.stop() == 0

    assert answers == [303]
    assert ask(tmp_path, "select email from person") == [("ada@example.org",)]
