"""A file of voices between the steps of its import: in the data folder, with what was found in it, until it is in or a day has gone by."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app
from flask_babel import force_locale, gettext as _

from .. import clock
from ..accounts import queries as accounts
from ..accounts.models import User
from ..journeys import queries as journeys
from ..ticker import every
from ..voices.importing import running, same_headers, waiting
from .kept import DAY, age
from .reading import Unreadable, file_name
from .voices_columns import Mapping, match
from .voices_plan import Outlook, look_ahead, missing
from .voices_reading import MOST_BYTES, Sheet, recognise
from .voices_survey import Survey, survey

PIECE = 1024 * 1024
SILENT = 60  # seconds without a sign of life, after which whoever read the file has stopped
COLUMNS, CHECK = "columns", "check"  # what a file is read for


def folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "voice_imports"


@dataclass(frozen=True)
class Kept:
    """A file that was sent, and what is known of it so far."""

    token: str
    by: int
    sheet: Sheet
    sent_at: datetime

    @property
    def place(self) -> Path:
        return folder() / self.token

    @property
    def size(self) -> int:
        return self.sheet.path.stat().st_size

    @property
    def survey(self) -> Survey | None:
        return Survey.from_json(found) if (found := self.read("survey")) else None

    @property
    def mapping(self) -> Mapping | None:
        return Mapping.from_json(found) if (found := self.read("mapping")) else None

    @property
    def outlook(self) -> Outlook | None:
        return Outlook(**found) if (found := self.read("outlook")) else None

    @property
    def remembered(self) -> dict[str, Any] | None:
        """The earlier import after which this file is read: its file and its day."""
        found: dict[str, Any] | None = self.read("remembered")
        return found

    @property
    def refused(self) -> str | None:
        """Why it can't be read after all."""
        return found["why"] if (found := self.read("refused")) else None

    def choose(self, mapping: Mapping) -> None:
        """Read it like this from now on; what was counted before is forgotten."""
        self.forget("outlook")
        self.write("mapping", mapping.as_json())

    # being read, here or by another process

    @property
    def wanted(self) -> str | None:
        """What it is to be read for, when it still is."""
        return found["for"] if (found := self.read("wanted")) else None

    @property
    def rows_read(self) -> int:
        return int(found["rows"]) if (found := self.read("progress")) else 0

    @property
    def is_being_read(self) -> bool:
        """Whether another process gave a sign of life lately."""
        try:
            return age(self.place / "progress.json") < SILENT
        except OSError:
            return False

    def want(self, what: str) -> None:
        self.forget("progress")
        self.write("wanted", {"for": what})

    def prepare(self) -> None:
        """Read it for what is wanted: what stands in its columns, and what an import would do. Takes a while for a long file."""
        wanted = self.wanted
        heard = self.hear
        try:
            if wanted == COLUMNS:
                self.learn(survey(self.sheet, heard))
            if (mapping := self.mapping) and not missing(mapping):  # mostly it is left as it was guessed
                self.write("outlook", look_ahead(self.sheet, mapping, heard).as_json())
        except Unreadable as error:
            self.write("refused", {"why": str(error.message)})
        finally:
            self.forget("wanted", "progress")

    def prepare_for(self, person: User) -> None:
        """As this person reads it."""
        with force_locale(person.locale or str(current_app.config["DEFAULT_LOCALE"])):
            self.prepare()

    def learn(self, found: Survey) -> None:
        """What stands in the columns, and how they are likely to be meant: as the last time, or as their names and contents say."""
        self.write("survey", found.as_json())
        if earlier := same_headers(self.sheet.key):
            kept = {name: value for name, value in earlier.columns.items() if name != "made"}
            self.write("mapping", kept)
            self.write("remembered", {"id": earlier.id, "file": earlier.file, "on": earlier.started_at.date().isoformat()})
            return
        stages = [name for _id, _journey, name in journeys.stages()]
        departments = [text for d in accounts.departments() for text in (d.name, d.code)]
        mapping = match(found, source=source_of(self.sheet.name), stages=stages, departments=departments)
        self.write("mapping", mapping.as_json())

    def hear(self, rows: int) -> None:
        self.write("progress", {"rows": rows})

    # what lies in its place

    def read(self, name: str) -> Any:
        try:
            return json.loads((self.place / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None

    def write(self, name: str, what: Any) -> None:
        """Whole or not at all: another process may be reading it."""
        part = self.place / f"{name}.{secrets.token_hex(4)}.part"
        part.write_text(json.dumps(what))
        part.replace(self.place / f"{name}.json")

    def forget(self, *names: str) -> None:
        for name in names:
            (self.place / f"{name}.json").unlink(missing_ok=True)

    def throw_away(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)


def source_of(name: str) -> str:
    """What the source is called when nobody says otherwise: the file's name without its ending, in words."""
    words = " ".join(re.findall(r"[^\W_]+", Path(name).stem))[:60].strip()
    return words[:1].upper() + words[1:] or "Import"


def keep(file: IO[bytes], name: str, by: int) -> Kept:
    """Keep a file that can be recognised, for the person with this id. Raises Unreadable; then nothing is kept."""
    place = folder() / (token := secrets.token_urlsafe(24))
    place.mkdir(mode=0o700, parents=True)
    try:
        with (place / "file").open("wb") as kept:
            written = 0
            while piece := file.read(PIECE):
                written += len(piece)
                if written > MOST_BYTES:
                    raise Unreadable(_("This file is larger than %(most)s MB. Split it, or leave out what is not needed.", most=MOST_BYTES // 1024**2))
                kept.write(piece)
        sheet = recognise(place / "file", file_name(name))
        (place / "about.json").write_text(json.dumps({"by": by, "sheet": sheet.as_json()}))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return Kept(token, by, sheet, clock.now())


def find(token: str, by: User | None = None) -> Kept | None:
    """The file of this token, if it is still kept, and this person sent it."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{32}", token):
        return None
    place = folder() / token
    try:
        about = json.loads((place / "about.json").read_text())
        sheet = Sheet.from_json({**about["sheet"], "path": place / "file"})
        sent_at = datetime.fromtimestamp(sheet.path.stat().st_mtime, UTC)
        return Kept(token, about["by"], sheet, sent_at) if by is None or about["by"] == by.id else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def left_by(person: User) -> list[Kept]:
    """The files that this person sent and has not had imported yet, newest first."""
    if not folder().is_dir():
        return []
    taken = {found.token for found in (*waiting(), *running())}
    own = [kept for place in os.scandir(folder()) if place.name not in taken and (kept := find(place.name, person))]
    return sorted(own, key=lambda kept: kept.sent_at, reverse=True)


@every(timedelta(hours=6), "old_voice_files")
def throw_away_old() -> None:
    """Files that nobody came back for within a day, and that no import waits for."""
    if not folder().is_dir():
        return
    old = [p for p in os.scandir(folder()) if p.is_dir(follow_symlinks=False) and age(p) > DAY]
    if not old:
        return
    needed = {found.token for found in (*waiting(), *running())}
    for place in old:
        if place.name not in needed:
            shutil.rmtree(place.path, ignore_errors=True)
