"""The database: one engine, one base class, times in UTC, and SQLite set so that nothing is lost."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, g, has_app_context, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, registry

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
READS = ("GET", "HEAD", "OPTIONS")
BIGGEST_ID = 2**31 - 1
PATIENCE = 5  # seconds that a change waits for those before it
LONGEST_LOG = 20_000  # pages of SQLite's log at which whoever commits has to tidy it up, if nobody did (start_tidying)
TIDY_EVERY = 2.0  # seconds
STATEMENTS = 2_000  # different ones that are kept compiled (SQLAlchemy keeps 500): all pages ask nearly so many, and each filter and change is another


class Moment(sa.TypeDecorator[datetime]):
    """A moment, aware and in UTC in Python; SQLite keeps no zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[Enum]) -> sa.Enum:
    """Stored by value, as text, so that adding a value needs no migration of the type."""
    return sa.Enum(
        kind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e], validate_strings=True
    )


class Base(DeclarativeBase):
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: Moment(),
            date: sa.Date(),
            dict[str, Any]: sa.JSON(),
            list[Any]: sa.JSON(),
            Enum: enum_column(Enum),
        },
    )


class WaitingSession(Session):
    """A session whose commit can wait for the answer of the request (`waits`), so that both are kept or neither (form_keys)."""

    waits = False
    wanted = False  # somebody committed while it waits

    def commit(self) -> None:
        if not self.waits:
            self.wanted = False
            super().commit()
            return
        self.flush()
        self.expire_all()
        self.wanted = True

    def rollback(self) -> None:
        self.wanted = False
        super().rollback()


db = SQLAlchemy(model_class=Base, session_options={"class_": WaitingSession})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def start(app: Flask) -> None:
    """Bind the database to the app; SQLite gets its pragmas on every connection."""
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"pool_size": 32, "max_overflow": 32, "connect_args": {"check_same_thread": False}}
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    else:
        options = {"pool_size": 8, "max_overflow": 24, "pool_pre_ping": True}
    options["query_cache_size"] = STATEMENTS
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def prepare(engine: sa.Engine) -> None:
    """Set SQLite's pragmas on connect, and let writing requests queue instead of fail (BEGIN IMMEDIATE)."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", answer_at_once)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        # synchronous FULL: what was acknowledged survives a power cut. secure_delete: what was erased is gone.
        for pragma in (
            "journal_mode=wal",
            "synchronous=full",
            "foreign_keys=on",
            "busy_timeout=5000",
            "secure_delete=on",
            "mmap_size=0",
            f"wal_autocheckpoint={LONGEST_LOG}",
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        raw = connection.connection.dbapi_connection
        reading = only_reads()
        if connection.info.get("reading") is not reading:
            raw.execute(f"pragma query_only={'on' if reading else 'off'}")  # type: ignore[union-attr]
            connection.info["reading"] = reading
        if reading:
            raw.execute("BEGIN")  # type: ignore[union-attr]
            return
        # Writers of this process stand in line: SQLite's own waiting is asking again and again, and whoever is unlucky
        # asks until it is too late. Those of other processes it still waits for.
        if not turn.acquire(timeout=PATIENCE):
            raise sqlite3.OperationalError("database is locked")
        connection.info["turn"] = True
        try:
            raw.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
        except BaseException:
            hand_on(connection.info)
            raise

    turn = threading.Lock()

    def hand_on(info: dict[Any, Any]) -> None:
        if info.pop("turn", False):
            turn.release()

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def on_end(connection: sa.Connection) -> None:
        # Before the statement itself is sent; the next in line waits those few microseconds at the database.
        hand_on(connection.info)

    @event.listens_for(engine, "checkin")
    def on_return(_: object, record: Any) -> None:
        hand_on(record.info)


def answer_at_once(connection: Any, _: object) -> None:
    """PostgreSQL compiles questions that look dear before it answers them, which takes longer than any of ours; and what it is
    asked often it plans once for all values, which for a word that stands everywhere or nowhere is a bad plan."""
    connection.execute("set jit = off")
    connection.execute("set plan_cache_mode = force_custom_plan")
    connection.commit()


def start_tidying(app: Flask, stop: threading.Event) -> None:
    """Copy SQLite's log into its database in a thread of its own, until `stop` is set.

    SQLite otherwise leaves that to whoever commits when the log is long, who then waits a second for the disk with everybody
    behind them. This way (a passive checkpoint) nobody waits.
    """
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() != "sqlite" or not url.database:
        return

    def run(file: str) -> None:
        with contextlib.closing(sqlite3.connect(file, timeout=0)) as connection:
            while not stop.wait(TIDY_EVERY):
                with contextlib.suppress(sqlite3.OperationalError):
                    connection.execute("pragma wal_checkpoint(passive)")

    threading.Thread(target=run, args=(url.database,), name="tidying", daemon=True).start()


def only_reads() -> bool:
    """Whether what runs now changes nothing: a request that reads, or a thread of ours that has said so (`g.only_reads`)."""
    if has_request_context():
        return request.method in READS and not g.get("may_write")
    return has_app_context() and bool(g.get("only_reads"))


def one_at_a_time(number: int) -> None:
    """Until the commit nobody else gets past this with the same number. SQLite's write lock sees to that already."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def alembic_config(app: Flask) -> Any:
    """Alembic's configuration for the app's own database and migrations folder."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(app.extensions["cxboard_root"] / "migrations"))
    config.attributes["app"] = app
    return config


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the database to `revision`."""
    from alembic import command

    command.upgrade(alembic_config(app), revision)


def downgrade(app: Flask, revision: str) -> None:
    """Take the database back to `revision` (`base` is empty)."""
    from alembic import command

    command.downgrade(alembic_config(app), revision)


def revisions(app: Flask) -> tuple[str | None, str | None, bool]:
    """(revision of the database, newest revision of the code, whether the code knows the database's revision)."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config(app))
    with app.app_context(), db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    known = current is None or current in {s.revision for s in scripts.walk_revisions()}
    return current, scripts.get_current_head(), known
