"""The process in which files of voices are read and imported, so that nobody who is being served waits for it.

`python -m cxboard.worker --all` does what waits and ends; with the token of a file it reads that one.
"""

from __future__ import annotations

import contextlib
import os
import sys

from . import create_app
from .accounts.models import User
from .db import db
from .imports import voices_kept as kept
from .imports.voices_run import reading, work

GIVES_WAY = 5  # as in `nice -n 5`: who is being served comes first


def main(what: str) -> None:
    """Do the work; the settings come from the environment."""
    with contextlib.suppress(OSError):
        os.nice(GIVES_WAY)
    app = create_app()
    with app.app_context():
        if what == "--all":
            work()
        elif file := kept.find(what):
            with reading():
                person = db.session.get_one(User, file.by)
                file.prepare_for(person)


if __name__ == "__main__":
    main(sys.argv[1])
