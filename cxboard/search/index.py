"""The index: one entry for each thing that can be found, written in the same transaction as the thing itself.

SQLite keeps the words in an FTS5 table, PostgreSQL in a tsvector with a GIN index; both get them from Python (words.py), so
both answer alike. The tables are made by the migration and are no models: all they hold can be made again (`rebuild`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, object_session

from ..db import Moment, db
from .kinds import KINDS, PARTS, Kind
from .words import as_index

ENTRY = sa.table(
    "search_entry",
    sa.column("id", sa.Integer), sa.column("kind", sa.String), sa.column("thing_id", sa.Integer), sa.column("issue_id", sa.Integer),
    sa.column("problem_id", sa.Integer), sa.column("at", Moment()), sa.column("words", sa.Text), sa.column("vector"),
)  # fmt: skip
WRITE = sa.text(
    "insert into search_entry (kind, thing_id, issue_id, problem_id, at, words) values (:kind, :thing_id, :issue_id, :problem_id, :at, :words)"
    " on conflict (kind, thing_id) do update set issue_id = excluded.issue_id, problem_id = excluded.problem_id, at = excluded.at, words = excluded.words"
).bindparams(sa.bindparam("at", type_=Moment()))
BATCH = 2_000


def start(app: Flask) -> None:
    """Listen to what is written; once, however many apps there are."""
    if event.contains(Session, "after_flush", on_flush):
        return
    for model in (*BY_MODEL, *PARTS):
        for moment in ("after_insert", "after_update", "after_delete"):
            event.listen(model, moment, note)
    event.listen(Session, "after_flush", on_flush)
    event.listen(Session, "do_orm_execute", on_bulk)


def note(_mapper: Any, _connection: sa.Connection, thing: Any) -> None:
    """This was written in the flush that is going on: its words, or those of what it is a part of, may have changed."""
    session = object_session(thing)
    assert session is not None
    touched = session.info.setdefault("search", defaultdict(set))
    if (kind := BY_MODEL.get(type(thing))) is None:
        name, column = PARTS[type(thing)]
        touched[name].add(getattr(thing, column))
    elif not kind.watched or thing in session.new or thing in session.deleted or _changed(thing, kind.watched):
        touched[kind.name].add(thing.id)


def on_flush(session: Session, _context: UOWTransaction) -> None:
    """Bring the entries of what was just written up to date."""
    for name, ids in session.info.pop("search", {}).items():
        put(KINDS[name], sorted(ids))


def _changed(thing: Any, columns: Iterable[str]) -> bool:
    state = sa.inspect(thing)
    return any(state.attrs[name].history.has_changes() for name in columns)


def on_bulk(state: ORMExecuteState) -> Any:
    """An update or deletion of many rows at once passes no flush: note which rows it is about, then bring their entries up to date."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return None
    kind = BY_MODEL.get(state.bind_mapper.class_)
    statement: Any = state.statement
    if kind is None or (state.is_update and kind.watched and not {getattr(c, "name", c) for c in statement._values or {}} & kind.watched):
        return None
    ids = list(state.session.scalars(sa.select(kind.model.id).where(*statement._where_criteria)))
    done = state.invoke_statement()
    put(kind, ids)
    return done


BY_MODEL: dict[type[Any], Kind] = {kind.model: kind for kind in KINDS.values()}


def put(kind: Kind, ids: Sequence[int]) -> None:
    """Write the entries of these things as they are now; what can't be found any more has none."""
    connection = db.session.connection()
    for first in range(0, len(ids), BATCH):
        some = ids[first : first + BATCH]
        found = [
            {"kind": kind.name, "thing_id": w.thing_id, "issue_id": w.issue_id, "problem_id": w.problem_id, "at": w.at, "words": as_index(w.title, w.body, kind.name)}
            for w in kind.read(some)
        ]
        if found:
            connection.execute(WRITE, found)
        if gone := set(some) - {f["thing_id"] for f in found}:
            connection.execute(sa.delete(ENTRY).where(ENTRY.c.kind == kind.name, ENTRY.c.thing_id.in_(gone)))


def rebuild() -> int:
    """Make the whole index again; commits in batches. How many entries it has then."""
    db.session.execute(sa.delete(ENTRY))
    db.session.commit()
    written = catch_up()
    tidy()
    return written


def catch_up() -> int:
    """Write entries of what is newer than the newest entry of its kind, oldest first; commits in batches. How many that were."""
    written = 0
    for kind in KINDS.values():
        last = db.session.scalar(sa.select(sa.func.max(ENTRY.c.thing_id)).where(ENTRY.c.kind == kind.name)) or 0
        while ids := list(db.session.scalars(sa.select(kind.model.id).where(kind.model.id > last, kind.there()).order_by(kind.model.id).limit(BATCH))):
            put(kind, ids)
            db.session.commit()
            last, written = ids[-1], written + len(ids)
    return written


def tidy() -> None:
    """After much was written: put the index in good order."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(sa.text("insert into search_words(search_words) values ('optimize')"))
        db.session.commit()
    db.session.execute(sa.text("analyze search_entry"))
    db.session.commit()


def missing() -> int:
    """How many things the index lacks, or has too many: 0 when it is whole."""
    entries: dict[str, int] = dict(db.session.execute(sa.select(ENTRY.c.kind, sa.func.count()).group_by(ENTRY.c.kind)).all())
    off = sum(abs((db.session.scalar(sa.select(sa.func.count()).select_from(k.model).where(k.there())) or 0) - entries.pop(k.name, 0)) for k in KINDS.values())
    return off + sum(entries.values())
