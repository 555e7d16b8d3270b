"""Carrying out an import of voices beside what people do: a few hundred rows at a time, with pauses, and never seen half done.

On SQLite one writes at a time. So all that takes thought (reading, judging, the words of a quote) is done before a transaction
begins, a transaction is as long as a form's, and after each one whoever waits has their turn.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g
from flask_babel import force_locale, gettext as _
from sqlalchemy.exc import IntegrityError

from .. import clock
from ..accounts.models import Department, User
from ..db import Base, db
from ..domain import Refused
from ..issues.models import Issue
from ..journeys.models import Journey, Stage
from ..ticker import every
from ..voices import finding
from ..voices.bulk import add_many
from ..voices.importing import DIED, LIVES_FOR, VoiceImport, left_behind, running, waiting
from ..voices.models import Voice
from . import voices_kept as kept
from .plan import code_for
from .voices_columns import Mapping
from .voices_plan import NEW, Draft, Known, Reader, batches, ids_of, references_here
from .voices_reading import Sheet

FEWEST, MOST = 40, 400  # rows in one transaction
GENTLE = 0.025  # seconds that a transaction should take at most
SHORTEST_REST, LONGEST_REST = 0.02, 0.06  # SQLite asks again at least every 25 ms for whoever waits
SMALL = 256 * 1024  # bytes of a file that is read at once, while its page is asked for
BEATS_EVERY = 5.0  # seconds
TAKEN = timedelta(seconds=20)  # since the last heartbeat of whoever deletes

Tell = Callable[[int], None]


class Stopped(Exception):
    """Somebody stopped the import that is being carried out."""


@dataclass
class Pace:
    """How many rows at a time, and how long others have their turn: as long as a few of ours take."""

    rows: int = 100
    patient: bool = True

    def rest(self, held: float) -> None:
        """After a transaction that held the database for so long."""
        if held > GENTLE:
            self.rows = max(FEWEST, int(self.rows * 0.7))
        elif held < 0.6 * GENTLE:
            self.rows = min(MOST, int(self.rows * 1.15) + 1)
        if self.patient:
            time.sleep(min(LONGEST_REST, max(SHORTEST_REST, held)))


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Questions that keep nobody from writing."""
    g.only_reads = True
    try:
        yield
        db.session.rollback()
    finally:
        g.only_reads = False


@contextlib.contextmanager
def writing() -> Iterator[list[float]]:
    """One transaction; afterwards how long it held the database."""
    took: list[float] = []
    try:
        db.session.connection()  # from here on nobody else writes
        began = time.perf_counter()
        yield took
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    took.append(time.perf_counter() - began)


# carrying out


def carry_out(id: int, *, sheet: Sheet | None = None, pace: Pace | None = None, tell: Tell = lambda _rows: None) -> bool:
    """Bring in all of it, or nothing; whether it is in. The import was claimed before."""
    pace = pace or Pace()
    try:
        with reading():
            found = db.session.get_one(VoiceImport, id)
            file = sheet or ((there := kept.find(found.token)) and there.sheet)
            mapping = mapping_of(found)
            by = found.by_id
        if not file:
            fail(id, str(_("The file is not kept any more. Choose it again.")))
            return False
        made = make_lists(id, mapping, by)
        Carrying(id, mapping, file, made, by, pace, tell).run()
        with writing():
            db.session.get_one(VoiceImport, id).finish()
    except Stopped:
        return False
    except Refused as refused:
        fail(id, str(refused.message))
        return False
    except Exception:
        logging.getLogger("cxboard").exception("the import of voices %s failed", id)
        fail(id, str(_("Something went wrong while it was carried out. Try again; if it happens again, ask the administrator to look in the log.")))
        return False
    return True


def mapping_of(found: VoiceImport) -> Mapping:
    return Mapping.from_json({name: value for name, value in found.columns.items() if name != "made"})


def fail(id: int, why: str) -> None:
    with writing():
        db.session.get_one(VoiceImport, id).fail(why)


def make_lists(id: int, mapping: Mapping, by: int) -> dict[str, dict[str, int]]:
    """The stages and departments that are to be new; they go again with the import, where nothing else uses them."""
    stages = [text for text, choice in mapping.stages.items() if choice == NEW and "stage" in mapping.fields]
    departments = [text for text, choice in mapping.departments.items() if choice == NEW and "department" in mapping.fields]
    made: dict[str, dict[str, int]] = {"stage": {}, "department": {}}
    if not stages and not departments:
        return made
    with writing():
        person = db.session.get_one(User, by)
        known = Known.all()
        if stages:
            journey = Journey.named(mapping.source, by=person)
            there = {s.name.casefold(): s for s in journey.open_stages}
            for text in stages:
                stage = there.get(text[:80].casefold()) or journey.add_stage(text[:80], by=person)
                db.session.flush()
                made["stage"][text] = there.setdefault(text[:80].casefold(), stage).id
        for text in departments:
            taken = {*known.departments, *(d.casefold() for d in db.session.scalars(sa.select(Department.code)))}
            made["department"][text] = open_department(text[:80], taken, person)
        found = db.session.get_one(VoiceImport, id)
        found.columns = {**found.columns, "made": made}
    return made


def open_department(name: str, taken: set[str], by: User) -> int:
    there = db.session.scalar(sa.select(Department.id).where(sa.func.lower(Department.name) == name.lower(), Department.archived_at.is_(None)))
    if there:
        return there
    from .plan import Unclear

    try:
        department = Department.open(name=name, code=code_for(name, taken), by=by)
    except Unclear as unclear:
        raise Refused(str(unclear)) from None
    db.session.flush()
    return department.id


class Carrying:
    """An import on its way: rows become voices, a batch at a time."""

    def __init__(self, id: int, mapping: Mapping, sheet: Sheet, made: dict[str, dict[str, int]], by: int, pace: Pace, tell: Tell) -> None:
        self.id, self.mapping, self.sheet, self.by, self.pace, self.tell = id, mapping, sheet, by, pace, tell
        with reading():
            self.reader = Reader(mapping, sheet.headers, *ids_of(mapping, Known.all(), made))
        self.seen: set[str] = set()
        self.counts = {"done": 0, "added": 0, "here": 0, "doubles": 0, "empty": 0, "wrong": 0}

    def run(self) -> None:
        drafts = (self.reader.read(*row) for row in self.sheet.rows())
        for some in batches(drafts, MOST):
            new = self.sift(some)
            if not new:
                self.write([], len(some))
            while new:
                size = self.pace.rows
                now, new = new[:size], new[size:]
                self.write(now, len(some) if not new else 0)
            self.tell(self.counts["done"])

    def sift(self, drafts: list[Draft]) -> list[dict[str, Any]]:
        """The voices among these rows that are new; the others are counted. With all that takes thought done."""
        good: list[dict[str, Any]] = []
        for draft in drafts:
            self.counts["empty"] += draft.empty
            self.counts["wrong"] += draft.wrong
            if draft.wrong and not self.mapping.skip_wrong:
                raise Refused(draft.problems[0].sentence)
            if draft.empty or draft.wrong:
                continue
            if draft.facts["reference"] in self.seen:
                self.counts["doubles"] += 1
                continue
            self.seen.add(draft.facts["reference"])
            good.append(draft.facts)
        with reading():
            here = references_here(self.mapping.source, [f["reference"] for f in good])
        self.counts["here"] += len(here)
        new = [f for f in good if f["reference"] not in here]
        for facts in new:
            facts["words"] = finding.words_of(facts["quote"]) if facts["quote"] else ""
        return new

    def write(self, voices: list[dict[str, Any]], rows: int) -> None:
        try:
            self.write_once(voices, rows)
        except IntegrityError:  # somebody wrote the same reference meanwhile
            with reading():
                here = references_here(self.mapping.source, [f["reference"] for f in voices])
            if not here:
                raise
            self.counts["here"] += len(here)
            self.write_once([f for f in voices if f["reference"] not in here], rows)

    def write_once(self, voices: list[dict[str, Any]], rows: int) -> None:
        counts = {**self.counts, "done": self.counts["done"] + rows, "added": self.counts["added"] + len(voices)}
        still = sa.update(VoiceImport).where(
            VoiceImport.id == self.id, VoiceImport.failed_why == "", VoiceImport.undone_at.is_(None), VoiceImport.finished_at.is_(None)
        )
        with writing() as took:
            add_many(voices, logged_by_id=self.by, import_id=self.id)
            changed = db.session.execute(still.values(beat_at=clock.now(), **counts), execution_options={"synchronize_session": False})
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise Stopped
        self.counts = counts
        self.pace.rest(took[0])


# taking away what failed or was undone


def clear(id: int, pace: Pace | None = None) -> None:
    """Delete the voices of an import that is not to be there, a few at a time; unless somebody is at it already."""
    pace = pace or Pace()
    with writing():
        mine = sa.update(VoiceImport).where(VoiceImport.id == id, VoiceImport.cleared_at.is_(None), VoiceImport.beat_at < clock.now() - TAKEN)
        claimed = db.session.execute(mine.values(beat_at=clock.now())).rowcount  # type: ignore[attr-defined]
    if not claimed:
        return
    while True:
        with reading():
            ids = list(db.session.scalars(sa.select(Voice.id).where(Voice.import_id == id).limit(pace.rows)))
        if not ids:
            break
        with writing() as took:
            delete(ids)
            db.session.execute(sa.update(VoiceImport).where(VoiceImport.id == id).values(beat_at=clock.now()))
        pace.rest(took[0])
    with writing():
        found = db.session.get_one(VoiceImport, id)
        put_away(found)
        found.cleared_at = clock.now()
        token = found.token
    if token and (file := kept.find(token)):
        file.throw_away()


def delete(ids: list[int]) -> None:
    """These voices, and whatever belongs to them or names them."""
    connection = db.session.connection()
    connection.execute(sa.delete(finding.ENTRY).where(finding.ENTRY.c.voice_id.in_(ids)))
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is Voice.__table__.c.id for key in column.foreign_keys):
                if column.nullable:
                    connection.execute(sa.update(table).where(column.in_(ids)).values({column.name: None}))
                else:
                    connection.execute(sa.delete(table).where(column.in_(ids)))
    connection.execute(sa.delete(Voice).where(Voice.id.in_(ids)))


def put_away(found: VoiceImport) -> None:
    """The stages and departments that came with it are archived, where nothing uses them."""
    made = found.columns.get("made") or {}
    for id in (made.get("stage") or {}).values():
        stage = db.session.get(Stage, id)
        used = sa.or_(sa.exists().where(Voice.stage_id == id), sa.exists().where(Issue.stage_id == id))
        if stage and not db.session.scalar(sa.select(used)):
            stage.archive(by=found.by)
    for id in (made.get("department") or {}).values():
        department = db.session.get(Department, id)
        if department and not department.archived_at and not in_use(department):
            department.archive(by=found.by)


def in_use(department: Department) -> bool:
    """Whether anything names this department."""
    id = Department.__table__.c.id
    naming = (column for table in Base.metadata.sorted_tables for column in table.columns if any(key.column is id for key in column.foreign_keys))
    return any(db.session.scalar(sa.select(sa.exists().where(column == department.id))) for column in naming)


# who does it


def work(pace: Pace | None = None) -> int:
    """Do all that waits: first what is to go, then what is to come. How many imports were carried out."""
    done = 0
    while True:
        bury()
        with reading():
            gone = [found.id for found in left_behind()]
        for id in gone:
            clear(id, pace)
        with reading():
            next_ = None if running() or left_behind() else next((found.id for found in waiting()), None)
        if next_ is None or not claim(next_):
            return done
        with reading():
            locale = db.session.get_one(VoiceImport, next_).by.locale
        with force_locale(locale or str(current_app.config["DEFAULT_LOCALE"])):
            done += carry_out(next_, pace=pace)
        with reading():
            token = db.session.get_one(VoiceImport, next_).token
        if file := kept.find(token):
            file.throw_away()


def claim(id: int) -> bool:
    with writing():
        return db.session.get_one(VoiceImport, id).claim()


def bury() -> None:
    """What nobody carries out any more has failed."""
    with reading():
        dead = [found.id for found in running() if found.beat_at < clock.now() - LIVES_FOR]
    for id in dead:
        fail(id, DIED)


@every(timedelta(seconds=15), "voice_imports")
def keep_going() -> None:
    """What waits is begun with, and what stopped without a word is cleaned up."""
    dead = any(found.beat_at < clock.now() - LIVES_FOR for found in running())
    if dead or waiting() or left_behind():
        db.session.commit()
        begin(current_app._get_current_object())  # type: ignore[attr-defined]


def begin(app: Flask) -> None:
    """Do what waits: in a process of its own where people are being served, else here."""
    if app.config["WORKS_APART"]:
        spawn(app)
    else:
        with app.app_context():
            work(Pace(patient=False))


def ready(file: kept.Kept, app: Flask) -> bool:
    """Whether a file has been read for what is wanted. A short one is read now; a long one by a process of its own, meanwhile."""
    if file.wanted is None:
        return True
    if not app.config["WORKS_APART"] or file.size <= SMALL:
        file.prepare()
        return True
    if not file.is_being_read:
        file.hear(0)
        spawn(app, file.token)
    return False


_started: list[subprocess.Popen[bytes]] = []
_starting = threading.Lock()


def spawn(app: Flask, token: str = "") -> None:
    """Start a process that works by itself and ends; one at a time for imports, one more for each file that is being looked at."""
    with _starting:
        _started[:] = [p for p in _started if p.poll() is None]
        if not token and any("--all" in p.args for p in _started):  # type: ignore[operator]
            return
        command = [sys.executable, "-m", "cxboard.worker", token or "--all"]
        quiet = subprocess.DEVNULL
        own = subprocess.Popen(command, env=environment(app), stdin=quiet, stdout=quiet, close_fds=True)  # noqa: S603 - this program
        _started.append(own)


def environment(app: Flask) -> dict[str, str]:
    """The settings of this app, for a process that makes its own."""
    given = {
        "CXBOARD_DATA_DIR": app.config["DATA_DIR"], "CXBOARD_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "CXBOARD_BASE_URL": app.config["BASE_URL"],
        "CXBOARD_SECRET_KEY": app.config["SECRET_KEY"], "CXBOARD_TIME_ZONE": app.config["TIME_ZONE"], "CXBOARD_LOCALE": app.config["DEFAULT_LOCALE"],
        "CXBOARD_LOG_LEVEL": app.config["LOG_LEVEL"],
    }  # fmt: skip
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, **{name: str(value) for name, value in given.items()}, "PYTHONPATH": os.pathsep.join(paths)}
