"""Files that wait between the steps of an import: in the data folder, for the one who sent them, for a day at most."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from datetime import timedelta
from pathlib import Path

from flask import current_app

from ..accounts.models import User
from ..ticker import every
from .reading import Table, read

DAY = 24 * 60 * 60


def folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "imports"


def keep(data: bytes, name: str, by: User) -> tuple[str, Table]:
    """Keep a file that can be read; returns the token that finds it again. Raises Unreadable."""
    table = read(data, name)
    throw_away_old()
    token = secrets.token_urlsafe(24)
    place = folder() / token
    place.mkdir(mode=0o700, parents=True)
    (place / "file").write_bytes(data)
    (place / "about.json").write_text(json.dumps({"name": table.name, "by": by.id}))
    return token, table


def find(token: str, by: User) -> Table | None:
    """The file of this token, if this person sent it and it is still kept."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{32}", token):
        return None
    place = folder() / token
    try:
        about = json.loads((place / "about.json").read_text())
        data = (place / "file").read_bytes()
    except (OSError, ValueError):
        return None
    return read(data, about["name"]) if about.get("by") == by.id else None


def throw_away(token: str) -> None:
    """It is imported, or not wanted any more. The token was found before."""
    shutil.rmtree(folder() / token, ignore_errors=True)


@every(timedelta(hours=6), "old_imports")
def throw_away_old() -> None:
    """Files that nobody came back for within a day."""
    if not folder().is_dir():
        return
    for place in os.scandir(folder()):
        if place.is_dir(follow_symlinks=False) and age(place) > DAY:
            shutil.rmtree(place.path, ignore_errors=True)


def age(place: Path | os.DirEntry[str]) -> float:
    """Seconds since it was last written, by the clock of the machine."""
    return time.time() - place.stat().st_mtime
