"""The databases that tests run on: migrated once in a run, and put back as they were before every test."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from flask import Flask
from psycopg import sql

from cxboard import clock, create_app
from cxboard.db import db, upgrade
from tests.postgresql import Server, quick_folder

NAMES = ("sqlite", "postgresql")

# What every app under test is started with; a test may add to it.
SETTINGS: Mapping[str, object] = {
    "TESTING": True,
    "CXBOARD_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "CXBOARD_LOG_LEVEL": "WARNING",  # a line for each request would bury what went wrong
    "LIVE_STREAMS": 8,
    "CXBOARD_LOCALE": "en",  # the cast reads English; tests/language is about Dutch
}


class Database:
    """One database with the app that works on it. `reset` puts back what the migrations left."""

    name: str

    def __init__(self) -> None:
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

    def reset(self) -> None:
        raise NotImplementedError

    def make_app(self, url: str, **settings: object) -> Flask:
        return create_app({**SETTINGS, "CXBOARD_DATA_DIR": str(self.folder), "CXBOARD_DATABASE_URL": url, **settings})

    def let_go(self, app: Flask) -> None:
        """Close the app's session and connections."""
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class Sqlite(Database):
    name = "sqlite"

    def start(self) -> None:
        super().start()
        self.let_go(self.app)
        self.file = self.folder / "1.db"
        self.template = self.folder / "template.db"
        with sqlite3.connect(self.file) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()
        shutil.copyfile(self.file, self.template)

    def new(self) -> str:
        return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"

    def reset(self) -> None:
        """A copy of the migrated file; whoever still holds the old one open keeps that, unseen."""
        self.let_go(self.app)
        fresh = self.folder / "fresh.db"
        shutil.copyfile(self.template, fresh)
        for leftover in ("-wal", "-shm"):
            Path(f"{self.file}{leftover}").unlink(missing_ok=True)
        os.replace(fresh, self.file)


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
        self.putting_back = self.remember()

    def new(self) -> str:
        name = f"cxboard_test_{os.getpid()}_{next(self.numbers)}"
        self.admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        self.leaving.callback(self.admin.execute, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        self.names.append(name)
        return self.server.url.set(database=name).render_as_string(hide_password=False)

    def remember(self) -> sql.Composed:
        """The statements that bring every table and sequence back to where the migrations left them."""
        rows = self.connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        tables = [sql.Identifier(name) for (name,) in rows]
        statements = [sql.SQL("delete from {}").format(table) for table in tables]
        self.connection.execute("create schema template")
        for (name,), table in zip(rows, tables, strict=True):
            if self.connection.execute(sql.SQL("select exists(select from {})").format(table)).fetchone() == (True,):
                kept = sql.Identifier("template", name)
                self.connection.execute(sql.SQL("create table {} as table {}").format(kept, table))
                statements.append(sql.SQL("insert into {} overriding system value table {}").format(table, kept))
        question = "select sequencename, last_value, start_value from pg_sequences where schemaname = 'public'"
        for name, last, start in self.connection.execute(question):
            put = sql.SQL("select setval({}, {}, {})")
            statements.append(put.format(sql.Literal(name), sql.Literal(last or start), sql.Literal(last is not None)))
        return sql.SQL("; ").join([sql.SQL("begin"), *statements, sql.SQL("commit")])

    def reset(self) -> None:
        with self.app.app_context():
            db.session.remove()
        # Whoever is still in a transaction would make the statements wait for it.
        self.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'"
        )
        self.connection.execute(self.putting_back)


class Databases:
    """The databases of one test process, each started when the first test asks for it."""

    kinds: Mapping[str, Callable[[], Database]] = {"sqlite": Sqlite, "postgresql": Postgresql}

    def __init__(self) -> None:
        self.started: dict[str, Database] = {}
        self.failed: dict[str, BaseException] = {}

    def fresh(self, name: str) -> Database:
        """The named database as the migrations left it, with nothing remembered of earlier tests."""
        if name in self.failed:
            raise self.failed[name]
        if name in self.started:
            self.started[name].reset()
        else:
            self.started[name] = self.start(name)
        for clear in self.started[name].app.extensions["cxboard_caches"]:
            clear()
        clock.set(None)
        return self.started[name]

    def start(self, name: str) -> Database:
        """Once: when it fails, it fails for every test in the same way, without trying again."""
        try:
            return self.kinds[name]()
        except BaseException as error:
            self.failed[name] = error
            raise

    def close(self) -> None:
        for database in self.started.values():
            database.leaving.close()
