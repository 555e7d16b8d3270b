"""What every test may ask for: the app on a fresh database, the cast, clients that are signed in, a clock that stands still."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event
from xdist.scheduler import LoadScopeScheduling

from cxboard import clock
from cxboard.accounts import models as accounts
from cxboard.accounts.models import User
from cxboard.db import db
from tests import cast
from tests.client import Client
from tests.database import NAMES, Database, Databases

# As cheap as argon2 can be; only tests/accounts looks at how dear it really is.
accounts.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=[*NAMES, "both", "each"], default="sqlite", help="the database to run on (sqlite); `both`: each test on those it is about; `each`: every test on each")


def pytest_configure() -> None:
    """No setting of whoever runs the tests reaches them."""
    for name in [n for n in os.environ if n.startswith("CXBOARD_") and not n.startswith("CXBOARD_TEST_")]:
        del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever asks for the app runs once on each database that it is about and that --database names.

    What people ask and get through pages is tested on SQLite: it does not differ by database, and every page and every form
    is walked through on both (tests/architecture). Verbs, queries and whatever happens at once run on both. With
    `--database=each` (`make test-each`) the others do too.
    """
    if "database" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("database")
    on_each, asked = asked == "each", list(NAMES) if asked in ("both", "each") else [asked]
    marker = metafunc.definition.get_closest_marker("databases")
    at_once = "at_once" in (*metafunc.fixturenames, metafunc.module.__name__.rpartition("test_")[2])
    on_one = {"live", "queries", "sign_in", "client"} & set(metafunc.fixturenames) and not at_once
    about = marker.args if marker else ("sqlite",) if on_one and not on_each else NAMES
    metafunc.parametrize("database", [name for name in asked if name in about] or about, indirect=True)


class OneHouse(LoadScopeScheduling):  # type: ignore[misc]
    """Tests go one by one to whichever process is free, but all that walk through the house on one database to the same.

    There its pages and forms are known already, which takes longer to find out than most of these tests. By their names,
    because the marks of `--dist=loadgroup` don't arrive (pytest-xdist 3.8 with pytest 9.2: pytest-dev/pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(("tests/architecture/", "tests/language/")):
            return "the house on postgresql" if "postgresql" in nodeid else "the house"
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return OneHouse(config, log) if config.getoption("dist") == "load" else None


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    own = tmp_path_factory.getbasetemp()
    started = Databases(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
    yield started
    started.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, databases: Databases) -> Database:
    """The migrated and otherwise empty database of this test."""
    return databases.fresh(request.param)


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """The app on the test's own database, with a session of the test's own (`db.session`)."""
    with database.app.app_context():
        yield database.app
        db.session.rollback()
    clock.set(None)


@pytest.fixture
def new_app(database: Database) -> Iterator[Callable[..., Flask]]:
    """Makes another app, with settings of its own, on a database that is new and still empty (not migrated)."""
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        made.append(database.make_app(database.new(), **settings))
        return made[-1]

    yield make
    for app in made:
        database.let_go(app)


@pytest.fixture
def person(app: Flask) -> Callable[[str], User]:
    """The cast by first name: Roos, Mo, Eva, Finn, Ada (see tests/cast.py); each joins when first asked for."""
    return cast.person


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser without script in which nobody is signed in."""
    return Client(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str | User], Client]:
    """A browser without script in which this person is signed in."""

    def sign_in(who: str | User) -> Client:
        return Client(app).signed_in_as(cast.person(who) if isinstance(who, str) else who)

    return sign_in


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """Stops the clock: `at("2026-11-24 09:00")`, as the clocks in Amsterdam show it. Call it again to move on."""

    def at(moment: str) -> datetime:
        when = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(clock.DEFAULT_ZONE))
        clock.set(when)
        return when

    yield at
    clock.set(None)


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """The statements that the app sends: `with queries() as seen: …`, then `len(seen)`."""

    @contextmanager
    def queries() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return queries


@pytest.fixture
def rows(app: Flask) -> Callable[[str], int]:
    """How many rows a table has."""
    return lambda table: db.session.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0
