"""The folder with the attachments: each file under a name of our own, there before its row is, and gone only after its row.

So a row always has its file. A file that has no row (the server stopped in between) is swept away after an hour.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import event

from .. import clock
from ..db import db

NAME = re.compile(r"[0-9a-f]{32}")
SMALL = ".small"
HOUR = 60 * 60
GOING = "attachments_going"


def folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "attachments"


def path(stored: str, *, small: bool = False) -> Path:
    """Where a file lies. Raises ValueError for what is no name of ours."""
    if not NAME.fullmatch(stored):
        raise ValueError(stored)
    return folder() / stored[:2] / (stored + (SMALL if small else ""))


def keep(data: bytes, small: bytes | None = None) -> str:
    """Write a file (and its small version) for good; returns its name here."""
    stored = secrets.token_hex(16)
    place = path(stored)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if small is not None:
        _write(path(stored, small=True), small)
    _write(place, data)
    _sync(place.parent)
    return stored


def _write(place: Path, data: bytes) -> None:
    half = place.with_name(place.name + ".half")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.rename(place)


def _sync(place: Path) -> None:
    """A name that is in a folder is there after a power cut only when the folder was written too."""
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def let_go(stored: str) -> None:
    """Remove the file, once what removed its row is committed."""
    db.session.info.setdefault(GOING, []).append(stored)


def _after_commit(session: Any) -> None:
    for stored in [] if session.in_nested_transaction() else session.info.pop(GOING, []):
        remove(stored)


def _after_rollback(session: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(GOING, None)


event.listen(db.session, "after_commit", _after_commit)
event.listen(db.session, "after_rollback", _after_rollback)


def remove(stored: str) -> None:
    for small in (False, True):
        path(stored, small=small).unlink(missing_ok=True)


def everything() -> dict[str, float]:
    """The names that lie here, and when each was written."""
    found: dict[str, float] = {}
    for file in folder().glob("[0-9a-f][0-9a-f]/*"):
        try:
            found[file.name[:32]] = max(found.get(file.name[:32], 0), file.stat().st_mtime)
        except FileNotFoundError:
            continue
    return found


def sweep(known: set[str]) -> int:
    """Remove what has no row and is older than an hour; returns how many files."""
    gone = 0
    for stored, written in everything().items():
        if stored in known or clock.now().timestamp() - written < HOUR:
            continue
        gone += 1
        for file in (folder() / stored[:2]).glob(f"{stored}*"):
            file.unlink(missing_ok=True)
    return gone
