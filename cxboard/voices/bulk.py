"""Many voices at once, past the session: an import, and data for measuring. With their tags and their words, without history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..db import db
from .finding import ENTRY, entry_of
from .models import BY_HAND, Scale, Support, Voice, VoiceTag, band_of


def add_many(rows: Sequence[dict[str, Any]], *, logged_by_id: int | None, import_id: int | None = None, at: datetime | None = None) -> list[int]:
    """Write these voices (facts by name as in Voice; `tags` a list of tidy ones, `issues` ids of what it supports) and give their ids.

    `words` are those of the quote as the index keeps them (finding.words_of): who holds others up meanwhile brings them along.

    Nothing is checked here, and nothing committed: whoever calls it has read and checked the rows, and weighs the issues afterwards.
    """
    if not rows:
        return []
    connection = db.session.connection()
    at = at or clock.now()
    voices, tags, supports, entries = [], [], [], []
    numbers = reserve(connection, len(rows))
    for id, row in zip(numbers, rows, strict=True):
        scale: Scale | None = row.get("scale") if row.get("score") is not None else None
        voices.append(
            {
                "id": id, "source": row.get("source") or BY_HAND, "reference": row.get("reference"), "said_on": row["said_on"], "quote": row.get("quote") or "",
                "stage_id": row.get("stage_id"), "department_id": row.get("department_id"), "channel": row.get("channel") or "", "segment": row.get("segment") or "",
                "score": row.get("score"), "scale": scale, "band": band_of(row.get("score"), scale), "issue_count": len(row.get("issues") or ()),
                "logged_by_id": logged_by_id, "logged_at": at, "import_id": import_id, "set_aside_why": "", "version": 1,
            }
        )  # fmt: skip
        tags += [{"voice_id": id, "tag": tag, "said_on": row["said_on"]} for tag in dict.fromkeys(row.get("tags") or ())]
        supports += [{"voice_id": id, "issue_id": issue, "by_id": logged_by_id, "at": at} for issue in row.get("issues") or ()]
        if row.get("quote"):
            entries.append(entry_of(id, row["said_on"], row["quote"], row.get("words")))
    written: tuple[tuple[Any, list[dict[str, Any]]], ...] = ((Voice, voices), (VoiceTag, tags), (Support, supports), (ENTRY, entries))
    for table, found in written:
        if found:
            connection.execute(sa.insert(table), found)
    return numbers


def reserve(connection: sa.Connection, many: int) -> list[int]:
    """So many ids that nobody else gets, nor had before."""
    if connection.dialect.name == "sqlite":  # whoever writes is alone
        last = connection.scalar(sa.text("select max(coalesce((select max(id) from voice), 0), coalesce((select seq from sqlite_sequence where name = 'voice'), 0))"))
        return list(range(int(last or 0) + 1, int(last or 0) + 1 + many))
    taken = sa.text("select nextval(pg_get_serial_sequence('voice', 'id')) from generate_series(1, :many)")
    return [int(id) for id in connection.scalars(taken, {"many": many})]
