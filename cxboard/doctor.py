"""`cxboard doctor`: looks at the installation and says, in sentences, what is well and what to do."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from . import clock
from .db import db, revisions
from .discussion import store
from .discussion.attachments import Attachment
from .notifications import outbox
from .server import check_database, why

WAL_FIXED = (3, 51, 3)


@dataclass(frozen=True)
class Finding:
    """What was looked at: `ok`, `note` (worth knowing) or `problem` (cxboard will not work well), in a sentence."""

    mark: str
    text: str


def examine(app: Flask) -> list[Finding]:
    """Everything that there is to say about this installation."""
    with app.app_context():
        return [
            *python(),
            *dependencies(),
            *sqlite(app),
            *data_folder(app),
            *attachments(app),
            *secret(app),
            *database(app),
            *search_index(app),
            *proxies(app),
            *mail(app),
            *time_zone(),
        ]


def python() -> Iterator[Finding]:
    here = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield (
        Finding("ok", f"Python {here}.")
        if good
        else Finding("problem", f"Python {here} is too old. Install Python 3.11 or newer.")
    )


def dependencies() -> Iterator[Finding]:
    """What the package asks for, and what is there."""
    try:
        wanted = requires("cxboard") or []
    except PackageNotFoundError:
        yield Finding(
            "note",
            "cxboard runs from its folder, not installed. `make run` installs it with the versions it was tested with.",
        )
        return
    wrong = []
    for line in wanted:
        name, _, pinned = line.partition(";")[0].strip().partition("==")
        name = name.partition("[")[0].strip()
        try:
            there = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if pinned and there != pinned:
            wrong.append(f"{name} is {there}, tested with {pinned}")
    if wrong:
        yield Finding(
            "problem", f"Dependencies differ: {'; '.join(wrong)}. Run: pip install --require-hashes -r runtime.lock"
        )
    else:
        yield Finding("ok", f"All {len(wanted)} dependencies are there, in the versions that were tested.")


def sqlite(app: Flask) -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    if sqlite3.sqlite_version_info >= WAL_FIXED:
        yield Finding("ok", f"SQLite {sqlite3.sqlite_version}.")
    else:
        yield Finding(
            "note",
            f"SQLite {sqlite3.sqlite_version} has a rare fault in its write-ahead log that 3.51.3 repairs. "
            "Make backups, upgrade the system when you can, or use PostgreSQL (CXBOARD_DATABASE_URL).",
        )


def data_folder(app: Flask) -> Iterator[Finding]:
    folder = Path(str(app.config["DATA_DIR"]))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "problem",
            f"The data folder {folder} can't be written ({error.strerror}). "
            "Give this user the right to, or choose another with CXBOARD_DATA_DIR.",
        )
        return
    yield Finding("ok", f"The data folder {folder} can be written.")


def attachments(app: Flask) -> Iterator[Finding]:
    """Whether every attached file that the database knows is there."""
    folder = Path(str(app.config["DATA_DIR"])) / "attachments"
    if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("problem", f"The folder with attached files, {folder}, can't be written. Give this user the right to.")
        return
    try:
        with db.engine.connect() as connection:
            known = connection.execute(sa.select(Attachment.stored, Attachment.size)).all()
    except sa.exc.SQLAlchemyError:  # what is wrong with the database is said below
        return
    missing = sum(not store.path(name).is_file() for name, _size in known)
    if missing:
        yield Finding("problem", f"{missing} of {len(known)} attached files are not in {folder}. Restore them from the backup of the data folder.")
    else:
        megabytes = round(sum(size for _name, size in known) / 1_000_000)
        yield Finding("ok", f"All {len(known)} attached files are there ({megabytes} MB). Back up the data folder together with the database.")


def secret(app: Flask) -> Iterator[Finding]:
    if os.environ.get("CXBOARD_SECRET_KEY"):
        yield Finding("ok", "The secret comes from the environment.")
    elif app.config["SECURE"]:
        yield Finding("problem", "CXBOARD_SECRET_KEY is not set, and the base URL is https.")
    else:
        yield Finding(
            "ok", "The secret is kept in the data folder. Set CXBOARD_SECRET_KEY before you serve over https."
        )
    if not app.config["SECURE"] and str(app.config["BASE_URL"]).partition("://")[2].partition(":")[0] not in (
        "127.0.0.1",
        "localhost",
    ):
        yield Finding(
            "note",
            f"People reach {app.config['BASE_URL']} without encryption. Put a proxy with https in front, and set CXBOARD_BASE_URL.",
        )


def database(app: Flask) -> Iterator[Finding]:
    try:
        current, newest, known = revisions(app)
    except sa.exc.SQLAlchemyError as error:
        yield Finding("problem", f"The database does not answer ({why(error)}). {check_database(app)}")
        return
    yield Finding("ok", f"The database answers ({db.engine.dialect.name}).")
    if not known:
        yield Finding(
            "problem",
            f"The database is newer than this cxboard ({current}). Install the newer cxboard again, or restore a backup.",
        )
    elif current != newest:
        yield Finding("problem", "The database is not migrated. Run: cxboard upgrade")
    else:
        yield Finding("ok", f"The database is migrated ({current}).")
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            said = connection.exec_driver_sql("pragma quick_check(1)").scalar()
            loose = connection.exec_driver_sql("pragma foreign_key_check").fetchmany(1)
        if said == "ok" and not loose:
            yield Finding("ok", "The database is whole.")
        else:
            what = said if said != "ok" else f"a row of {loose[0][0]} points nowhere"
            yield Finding("problem", f"The database is damaged ({what}). Stop cxboard and restore a backup.")


def search_index(app: Flask) -> Iterator[Finding]:
    """Search finds what the index holds; what is not in it is not found."""
    from .search import index  # a slice, and slices are loaded by create_app()

    try:
        off = index.missing()
    except sa.exc.SQLAlchemyError:
        return  # the database is away or not migrated, and that was said already
    if off:
        yield Finding("problem", f"The search index is off by {off}. Run: cxboard search rebuild")
    else:
        yield Finding("ok", "The search index is whole.")


def proxies(app: Flask) -> Iterator[Finding]:
    """Behind a proxy everybody seems to come from its address, and then one who guesses locks out all."""
    if app.config["SECURE"] and not app.config["TRUSTED_PROXIES"]:
        yield Finding(
            "note", "The base URL is https, and no proxy is trusted. Is there one in front? Then set CXBOARD_TRUSTED_PROXIES=1."
        )


def mail(app: Flask) -> Iterator[Finding]:
    if app.config["SMTP_URL"]:
        yield Finding("ok", f"Mail goes out as {app.config['MAIL_FROM']}.")
        yield from letters_that_wait()
    else:
        yield Finding(
            "note",
            "No mail server is set: links to choose a password are written to the log. Set CXBOARD_SMTP_URL to send them.",
        )


def letters_that_wait() -> Iterator[Finding]:
    """What the mail server would not take for an hour; a database that can't tell was complained of already."""
    try:
        waiting, since = outbox.waiting(clock.now() - timedelta(hours=1))
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return
    if waiting:
        yield Finding("problem", f"{waiting} mails wait since {clock.local(since):%d-%m-%Y %H:%M}. Is CXBOARD_SMTP_URL right, and does cxboard serve or tick?")


def time_zone() -> Iterator[Finding]:
    yield Finding("ok", f"Days begin in {clock.zone().key}; it is {clock.local(clock.now()):%d-%m-%Y %H:%M} there.")
