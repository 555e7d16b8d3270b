"""The databases that tests run on: migrated once in a run, and put back as they were before every test.

What many tests begin with and what is dear to make can be kept too (`Databases.keep`): it is made once in a process,
and every test that asks for it gets it as it was then.
"""

import itertools
import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from psycopg import sql

from cxboard import clock, create_app
from cxboard.db import db, upgrade
from tests.postgresql import Server, quick_folder

NAMES = ("sqlite", "postgresql")
Found = TypeVar("Found")

# What every app under test is started with; a test may add to it.
SETTINGS: Mapping[str, object] = {
    "TESTING": True,
    "CXBOARD_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "CXBOARD_LOG_LEVEL": "WARNING",  # a line for each request would bury what went wrong
    "LIVE_STREAMS": 8,
    "CXBOARD_LOCALE": "en",  # the cast reads English; tests/language is about Dutch
}


EMPTY = "empty"
LEFT_LYING = 20  # files of SQLite of earlier tests


class Database:
    """One database with the app that works on it. `keep` keeps a state of it, `reset` puts one back.

    `shared` is a folder of all processes of this run: there templates are compiled once.
    """

    name: str

    def __init__(self, shared: Path) -> None:
        self.templates = FileSystemBytecodeCache(str(shared))
        # What was opened is closed again, last first, also when the rest could not be started.
        self.leaving = ExitStack()
        self.folder = quick_folder(self.name)
        self.leaving.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.numbers = itertools.count(1)
        try:
            self.start()
        except BaseException:
            self.leaving.close()
            raise

    def start(self) -> None:
        """Make the app and migrate its database."""
        self.app = self.make_app(self.new())
        self.leaving.callback(self.let_go, self.app)
        upgrade(self.app)

    def new(self) -> str:
        """The address of a new and empty database."""
        raise NotImplementedError

    def keep(self, state: str) -> None:
        """Keep what is in the database now under this name. What the migrations left is `EMPTY`."""
        raise NotImplementedError

    def reset(self, state: str) -> None:
        raise NotImplementedError

    def make_app(self, url: str, **settings: object) -> Flask:
        app = create_app({**SETTINGS, "CXBOARD_DATA_DIR": str(self.folder), "CXBOARD_DATABASE_URL": url, **settings})
        app.jinja_env.bytecode_cache = self.templates
        return app

    def let_go(self, app: Flask) -> None:
        """Close the app's session and connections."""
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class Sqlite(Database):
    name = "sqlite"

    def start(self) -> None:
        super().start()
        self.file, self.files = self.folder / "1.db", deque[Path]()
        self.keep(EMPTY)

    def new(self) -> str:
        return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"

    def keep(self, state: str) -> None:
        self.let_go(self.app)
        connection = sqlite3.connect(self.file)
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()
        shutil.copyfile(self.file, self.folder / f"{state}.kept")

    def reset(self, state: str) -> None:
        """A copy of the kept file under a name of its own, to which the app's address leads from now on.

        Whoever still holds the old one open, such as a request that a browser no longer waits for, keeps that one, unseen.
        SQLite finds a file's log by its name: under the same name it would read, and begin anew, that of the new one. The
        last ones stay for a while, since nothing can be read any more of a file that is gone.
        """
        self.let_go(self.app)
        new = self.folder / f"{next(self.numbers)}.db"
        self.copy(state, new)
        leading = self.folder / "leading"
        leading.symlink_to(new)
        leading.replace(self.file)
        self.files.append(new)
        if len(self.files) > LEFT_LYING:
            old = self.files.popleft()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{old}{suffix}").unlink(missing_ok=True)

    def copy(self, state: str, to: Path) -> None:
        """Put a kept file where an app will look for it."""
        shutil.copyfile(self.folder / f"{state}.kept", to)


class Postgresql(Database):
    """Deleting all rows takes a few milliseconds here; a copy of the whole database, or truncating each table, takes a hundred."""

    name = "postgresql"

    def start(self) -> None:
        self.server = self.leaving.enter_context(Server())
        self.admin = self.leaving.enter_context(self.server.connect())
        self.names: list[str] = []
        super().start()
        self.connection = self.leaving.enter_context(self.server.connect(self.names[0]))
        # No triggers and no foreign keys while rows are put back.
        self.connection.execute("set session_replication_role = replica")
        self.connection.execute("set client_min_messages = warning")
        self.putting_back: dict[str, sql.Composed] = {}
        self.keep(EMPTY)

    def new(self) -> str:
        name = f"cxboard_test_{os.getpid()}_{next(self.numbers)}"
        self.admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        self.leaving.callback(self.admin.execute, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        self.names.append(name)
        return self.server.url.set(database=name).render_as_string(hide_password=False)

    def keep(self, state: str) -> None:
        """Remember the statements that bring every table and sequence back to where they are now."""
        with self.app.app_context():
            db.session.remove()
        question = "select tablename from pg_tables where schemaname = 'public'"
        tables = [name for (name,) in self.connection.execute(question).fetchall()]
        statements = [sql.SQL("delete from {}").format(sql.Identifier(name)) for name in tables]
        self.connection.execute(sql.SQL("create schema {}").format(sql.Identifier(f"kept_{state}")))
        for name in tables:
            table = sql.Identifier(name)
            if self.connection.execute(sql.SQL("select exists(select from {})").format(table)).fetchone() == (True,):
                kept = sql.Identifier(f"kept_{state}", name)
                columns = self.columns(name)
                self.connection.execute(sql.SQL("create table {} as select {} from {}").format(kept, columns, table))
                put = sql.SQL("insert into {} ({}) overriding system value select {} from {}")
                statements.append(put.format(table, columns, columns, kept))
        question = "select sequencename, last_value, start_value from pg_sequences where schemaname = 'public'"
        for name, last, start in self.connection.execute(question):
            begin = sql.SQL("select setval({}, {}, {})")
            statements.append(begin.format(sql.Literal(name), sql.Literal(last or start), sql.Literal(last is not None)))
        self.putting_back[state] = sql.SQL("; ").join([sql.SQL("begin"), *statements, sql.SQL("commit")])

    def columns(self, table: str) -> sql.Composed:
        """What is written in a table, not what follows from that."""
        question = (
            "select column_name from information_schema.columns"
            " where table_schema = 'public' and table_name = %s and is_generated = 'NEVER' order by ordinal_position"
        )
        return sql.SQL(", ").join(sql.Identifier(name) for (name,) in self.connection.execute(question, [table]))

    def reset(self, state: str) -> None:
        with self.app.app_context():
            db.session.remove()
        # Whoever is still in a transaction would make the statements wait for it.
        self.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'"
        )
        self.connection.execute(self.putting_back[state])


class Databases:
    """The databases of one test process, each started when the first test asks for it. `shared` is a folder of all processes of this run."""

    kinds: Mapping[str, Callable[[Path], Database]] = {"sqlite": Sqlite, "postgresql": Postgresql}

    def __init__(self, shared: Path) -> None:
        self.shared = shared
        self.started: dict[str, Database] = {}
        self.failed: dict[str, BaseException] = {}
        self.kept: dict[tuple[str, str], Any] = {}

    def fresh(self, name: str, state: str = EMPTY) -> Database:
        """The named database as the migrations left it, or in a state that was kept, with nothing remembered of earlier tests."""
        if name in self.failed:
            raise self.failed[name]
        if name in self.started:
            self.started[name].reset(state)
        else:
            self.started[name] = self.start(name)
        for clear in self.started[name].app.extensions["cxboard_caches"]:
            clear()
        clock.set(None)
        return self.started[name]

    def furnished(self, name: str, state: str, furnish: Callable[[], Found]) -> Found:
        """Put the named database, which is fresh, in this state: by `furnish` the first time, and as that left it from then on.

        What `furnish` returns is the same each time, so it must hold ids, not rows. It runs in the app's context.
        """
        if (name, state) in self.kept:
            moment = clock.now()
            db.session.remove()
            self.fresh(name, state)
            clock.set(moment)
        else:
            self.kept[name, state] = furnish()
            db.session.commit()
            db.session.remove()
            self.started[name].keep(state)
        found: Found = self.kept[name, state]
        return found

    def start(self, name: str) -> Database:
        """Once: when it fails, it fails for every test in the same way, without trying again."""
        try:
            return self.kinds[name](self.shared)
        except BaseException as error:
            self.failed[name] = error
            raise

    def close(self) -> None:
        for database in self.started.values():
            database.leaving.close()
