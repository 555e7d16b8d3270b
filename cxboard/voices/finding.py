"""The words of voices, kept so that a word is found among half a million of them, the newest first.

They have an index of their own (the migration makes it): in that of search they would stand between the issues. An entry's number
begins with the day on which it was said, so that walking through the numbers from the highest down is reading from the newest on.
SQLite keeps the words in an FTS5 table, PostgreSQL in a tsvector; both get them from Python (words.py), so both answer alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, UOWTransaction, object_session

from ..db import db
from ..words import Question, forms, stem
from .models import Voice

ENTRY = sa.table("search_voice", sa.column("id", sa.BigInteger), sa.column("voice_id", sa.Integer), sa.column("words", sa.Text), sa.column("vector"))
WORDS = sa.table("search_voice_words", sa.column("rowid", sa.BigInteger), sa.column("search_voice_words"))
PER_DAY = 2**31  # as many numbers as there are ids
BATCH = 2_000


def number(said_on: date, voice_id: int = 0) -> int:
    """The number of the entry of a voice; of the first there could be on a day."""
    return said_on.toordinal() * PER_DAY + voice_id


def voice_in(number: Any) -> sa.ColumnElement[int]:
    """The voice of which this is the number of the entry."""
    return sa.cast(number.op("&")(PER_DAY - 1), sa.Integer)


def entry_of(voice_id: int, said_on: date, quote: str, words: str | None = None) -> dict[str, Any]:
    return {"id": number(said_on, voice_id), "voice_id": voice_id, "words": words_of(quote) if words is None else words}


def words_of(quote: str) -> str:
    """The words of a quote as the index keeps them."""
    return " ".join(sorted(forms(quote)))


def start() -> None:
    """Listen to what is written; once, however many apps there are."""
    if event.contains(Session, "after_flush", on_flush):
        return
    for moment in ("after_insert", "after_update"):
        event.listen(Voice, moment, note)
    event.listen(Session, "after_flush", on_flush)


def note(_mapper: Any, _connection: sa.Connection, voice: Voice) -> None:
    session = object_session(voice)
    assert session is not None
    state: Any = sa.inspect(voice)
    if voice in session.new or any(state.attrs[name].history.has_changes() for name in ("quote", "said_on")):
        session.info.setdefault("voices", set()).add(voice.id)


def on_flush(session: Session, _context: UOWTransaction) -> None:
    """Bring the entries of what was just written up to date."""
    if ids := session.info.pop("voices", None):
        put(sorted(ids))


def put(ids: Sequence[int]) -> None:
    """Write the entries of these voices as they are now. Who writes voices past the session (bulk.py) calls it."""
    connection = db.session.connection()
    for first in range(0, len(ids), BATCH):
        some = ids[first : first + BATCH]
        connection.execute(sa.delete(ENTRY).where(ENTRY.c.voice_id.in_(some)))
        rows = connection.execute(sa.select(Voice.id, Voice.said_on, Voice.quote).where(Voice.id.in_(some), Voice.quote != ""))
        if entries := [entry_of(*row) for row in rows]:
            connection.execute(sa.insert(ENTRY), entries)


def remove(voice_ids: sa.Select[Any]) -> None:
    """Forget the words of these voices."""
    db.session.connection().execute(sa.delete(ENTRY).where(ENTRY.c.voice_id.in_(voice_ids)))


def tidy() -> None:
    """After much was written: put the index in good order."""
    if on_sqlite():
        db.session.execute(sa.text("insert into search_voice_words(search_voice_words) values ('optimize')"))
        db.session.commit()
    for table in ("search_voice", "voice", "voice_tag", "voice_support"):
        db.session.execute(sa.text(f"analyze {table}"))
    db.session.commit()


def on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def has_words(question: Question) -> sa.ColumnElement[bool]:
    """All words stand in the entry; on SQLite the statement joins WORDS to it."""
    if on_sqlite():
        asks = [f'"{s}"' for s in question.stems]
        if question.last:
            asks.append(f'("{stem(question.last)}" OR "{question.last}"*)')
        return WORDS.c.search_voice_words.op("match")(" AND ".join(asks))
    asks = [f"'{s}'" for s in question.stems]
    if question.last:
        asks.append(f"('{stem(question.last)}' | '{question.last}':*)")
    return ENTRY.c.vector.op("@@")(sa.cast(sa.literal(" & ".join(asks)), TSQUERY))
