"""The process in which files of voices are read and imported, so that nobody who is being served waits for it.

`python -m cxboard.worker --all` does what waits and ends; with the token of a file it reads that one.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from typing import Any

from sqlalchemy import event

from . import create_app
from .accounts.models import User
from .db import db
from .imports import voices_kept as kept
from .imports.voices_run import reading, work

REMEMBERED = 64 * 1024  # kilobytes of the database
GIVES_WAY = 5  # as in `nice -n 5`: who is being served comes first


def main(what: str) -> None:
    """Do the work; the settings come from the environment."""
    with contextlib.suppress(OSError):
        os.nice(GIVES_WAY)
    app = create_app()
    with app.app_context():
        event.listen(db.engine, "connect", remember_more)
        if what == "--all":
            work()
        elif file := kept.find(what):
            with reading():
                person = db.session.get_one(User, file.by)
                file.prepare_for(person)


def remember_more(connection: Any, _: object) -> None:
    """Voices stand in many indexes: with SQLite's usual 2 MB in memory each row reads hundreds of pages again."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"pragma cache_size = -{REMEMBERED}")


if __name__ == "__main__":
    main(sys.argv[1])
