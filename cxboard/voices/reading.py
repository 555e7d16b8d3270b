"""The reading list: which voices, as the address says it, newest first, a page at a time.

A page is found by the day and number where the one before it ended, never by counting off, so that the last page takes no longer
than the first; and how many there are is counted up to a thousand (with words, up to two hundred): who reads more than that narrows first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from ..accounts.models import Department
from ..db import db
from ..forms import read_day, read_id
from ..issues.queries import searchable
from ..words import Question
from .finding import ENTRY, PER_DAY, WORDS, has_words, number, on_sqlite, voice_in
from .hidden import shown_where, unseen_imports
from .models import LONGEST_TAG, Band, Scale, Support, Voice, VoiceTag

PER_PAGE = 50
MOST_COUNTED = 1_000
MOST_WITH_WORDS = 200  # each of these is looked up by itself
MOST_RARE = 3_000  # entries that a word has on PostgreSQL and is called rare
MOST_CHOICES = 200  # labels, channels and sources that one can choose from
NONE = "none"


def _literal(number: int) -> sa.ColumnElement[int]:
    """As a part of the statement, so that an index on just these rows is used."""
    return sa.literal_column(str(number), sa.Integer)


@dataclass(frozen=True)
class Reading:
    """What the list shows, as its address says it."""

    since: date | None = None
    until: date | None = None
    stage: str = ""  # an id, or "none"
    department: str = ""  # a code
    band: str = ""
    scale: str = ""
    channel: str = ""
    source: str = ""
    tag: str = ""
    supports: str = ""  # "yes" or "no"
    issue: int | None = None
    aside: bool = False
    text: str = ""
    older: str = ""  # where the page before ended: 2026-11-20.12
    newer: str = ""

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Reading:
        """From the query string; what it does not understand is left out."""

        def line(name: str, most: int) -> str:
            return " ".join(searchable(args.get(name, "")[: 4 * most]).split())[:most]

        stage, issue = args.get("stage", ""), args.get("issue", "")
        band, scale, supports = args.get("score", ""), args.get("scale", ""), args.get("supports", "")
        return cls(
            since=read_day(args.get("since", "")[:10]),
            until=read_day(args.get("until", "")[:10]),
            stage=stage if stage == NONE or read_id(stage) else "",
            department=line("department", 6).upper(),
            band=band if band in [b.value for b in Band] else "",
            scale=scale if scale in [s.value for s in Scale] else "",
            channel=line("channel", 40),
            source=line("source", 60),
            tag=line("label", LONGEST_TAG).lower(),
            supports=supports if supports in ("yes", "no") else "",
            issue=read_id(issue),
            aside=args.get("aside") == "yes",
            text=line("q", 100),
            older=args.get("older", "") if place_of(args.get("older", "")) else "",
            newer=args.get("newer", "") if place_of(args.get("newer", "")) else "",
        )

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query string with some parts changed; empty parts are left out. Another filter begins at the newest again."""
        now = replace(self, **{"older": "", "newer": "", **changes})
        names = {"band": "score", "tag": "label", "text": "q"}
        given = {names.get(f.name, f.name): getattr(now, f.name) for f in fields(now)}
        given["aside"] = "yes" if now.aside else ""
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in given.items() if v}

    @property
    def narrows(self) -> bool:
        return bool(self.args())

    def where(self, unseen: list[int]) -> list[sa.ColumnElement[bool]]:
        """The conditions on Voice, but for the label and the words: those have tables of their own that one starts from."""
        found: list[sa.ColumnElement[bool]] = [Voice.set_aside_at.is_not(None) if self.aside else Voice.set_aside_at.is_(None)]
        found += shown_where(Voice.import_id, unseen)
        if self.since:
            found.append(Voice.said_on >= self.since)
        if self.until:
            found.append(Voice.said_on <= self.until)
        if self.stage:
            found.append(Voice.stage_id.is_(None) if self.stage == NONE else Voice.stage_id == int(self.stage))
        if self.department:
            found.append(Voice.department_id == sa.select(Department.id).where(Department.code == self.department).scalar_subquery())
        if self.band:
            found.append(Voice.band == Band(self.band))
        if self.scale:
            found.append(Voice.scale == Scale(self.scale))
        if self.channel:
            found.append(Voice.channel == self.channel)
        if self.source:
            found.append(Voice.source == self.source)
        if self.supports:
            found.append(Voice.issue_count > _literal(0) if self.supports == "yes" else Voice.issue_count == _literal(0))
        if self.issue:
            found.append(Voice.id.in_(sa.select(Support.voice_id).where(Support.issue_id == self.issue)))
        return found


def place_of(text: str) -> tuple[date, int] | None:
    """2026-11-20.12 as a day and a number; None for anything else."""
    day, _dot, id = text.partition(".")
    said_on = read_day(day) if re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) else None
    number = read_id(id)
    return (said_on, number) if said_on and number else None


@dataclass(frozen=True)
class Page:
    """The voices of one page, where the pages beside it begin ('' when there is none), and how many there are in all."""

    voices: list[Voice]
    older: str = ""
    newer: str = ""
    count: int | None = None  # only on the first page
    more: bool = False  # than were counted


def page_of(reading: Reading) -> Page:
    """One page, in five statements however many voices there are."""
    back = place_of(reading.newer)
    start = back or place_of(reading.older)
    unseen = unseen_imports()
    question = Question.of(reading.text)
    if reading.text and not question:
        return Page([], count=0)
    counted = MOST_WITH_WORDS if question else MOST_COUNTED
    most = PER_PAGE + 1 if start else counted + 1
    entries = rare_entries(question) if question and not on_sqlite() else None
    if entries is None:
        ids = list(db.session.scalars(numbers(reading, question, unseen, start, backwards=back is not None).limit(most)))
    else:
        ids = among(entries, reading, unseen, start, backwards=back is not None)[:most]
    on_page = ids[:PER_PAGE]
    beyond = len(ids) > PER_PAGE
    if back:
        on_page.reverse()
    voices = named(on_page)
    ends = [f"{v.said_on.isoformat()}.{v.id}" for v in (voices[0], voices[-1])] if voices else ["", ""]
    return Page(
        voices,
        older=ends[1] if beyond or back else "",
        newer=ends[0] if (beyond and back) or reading.older else "",
        count=min(len(ids), counted) if start is None else None,
        more=start is None and len(ids) > counted,
    )


def numbers(reading: Reading, question: Question, unseen: list[int], start: tuple[date, int] | None, *, backwards: bool = False) -> sa.Select[Any]:
    """The ids in order. It starts from where they stand in order already: the words, the label, or the voices themselves."""
    where = reading.where(unseen)
    if question:
        order: tuple[Any, ...] = (ENTRY.c.id,)
        select = sa.select(Voice.id).join_from(ENTRY, Voice, Voice.id == ENTRY.c.voice_id).where(has_words(question))
        if on_sqlite():
            order = (WORDS.c.rowid,)
            select = sa.select(Voice.id).select_from(WORDS).join(Voice, Voice.id == voice_in(WORDS.c.rowid)).where(has_words(question))
        if reading.since:
            select = select.where(order[0] >= number(reading.since))
        if reading.until:
            select = select.where(order[0] < number(reading.until) + PER_DAY)
        if reading.tag:
            where.append(sa.exists().where(VoiceTag.voice_id == Voice.id, VoiceTag.tag == reading.tag))
        if start:
            place = number(*start)
            select = select.where(order[0] > place if backwards else order[0] < place)
    elif reading.tag:
        order = (VoiceTag.said_on, VoiceTag.voice_id)
        select = sa.select(VoiceTag.voice_id).join(Voice, Voice.id == VoiceTag.voice_id).where(VoiceTag.tag == reading.tag)
        if reading.since:
            select = select.where(VoiceTag.said_on >= reading.since)
        if reading.until:
            select = select.where(VoiceTag.said_on <= reading.until)
    else:
        order = (Voice.said_on, Voice.id)
        select = sa.select(Voice.id)
    if start and len(order) == 2:
        both = sa.tuple_(*order)
        select = select.where(both > sa.tuple_(*start) if backwards else both < sa.tuple_(*start))
    return select.where(*where).order_by(*[o.asc() if backwards else o.desc() for o in order])


def rare_entries(question: Question) -> list[int] | None:
    """The entries with these words, when there are few; None for words that are common.

    PostgreSQL either walks from the newest on, which for a rare word does not end, or fetches all that have it, which for a common
    one takes as long; and it does not know which of the two it has in hand.
    """
    db.session.execute(sa.text("set local enable_seqscan = off"))  # by the index of the words alone
    found = list(db.session.scalars(sa.select(ENTRY.c.id).where(has_words(question)).limit(MOST_RARE + 1)))
    db.session.execute(sa.text("set local enable_seqscan = on"))
    return found if len(found) <= MOST_RARE else None


def among(entries: list[int], reading: Reading, unseen: list[int], start: tuple[date, int] | None, *, backwards: bool) -> list[int]:
    """Which of these entries are on the list, as ids of voices in order."""
    place = number(*start) if start else None
    order = sorted((e for e in entries if place is None or (e > place if backwards else e < place)), reverse=not backwards)
    where = reading.where(unseen)
    if reading.tag:
        where.append(sa.exists().where(VoiceTag.voice_id == Voice.id, VoiceTag.tag == reading.tag))
    ids = [e & (PER_DAY - 1) for e in order]
    there = set(db.session.scalars(sa.select(Voice.id).where(Voice.id.in_(ids), *where))) if ids else set()
    return [id for id in ids if id in there]


def named(ids: Sequence[int]) -> list[Voice]:
    """These voices with all that a row shows, in this order."""
    if not ids:
        return []
    row = (
        joinedload(Voice.stage),
        joinedload(Voice.department),
        selectinload(Voice.tag_rows),
        selectinload(Voice.supports).joinedload(Support.issue),
    )
    found = {v.id: v for v in db.session.scalars(sa.select(Voice).where(Voice.id.in_(ids)).options(*row))}
    return [found[id] for id in ids if id in found]


# what there is to choose from


def different(column: Any, *, most: int = MOST_CHOICES) -> list[str]:
    """The different values of a column that an index begins with, in order: one look at the index for each, however many rows."""
    step = sa.select(sa.func.min(column).label("value")).cte(recursive=True)
    following = sa.select(sa.func.min(column)).where(column > step.c.value).scalar_subquery()
    step = step.union_all(sa.select(following).where(step.c.value.is_not(None)))
    select = sa.select(step.c.value).where(step.c.value.is_not(None), step.c.value != "").limit(most)
    return list(db.session.scalars(select))


@dataclass(frozen=True)
class Choices:
    """What the list can be narrowed by."""

    channels: tuple[str, ...]
    sources: tuple[str, ...]
    tags: tuple[str, ...]


def choices() -> Choices:
    return Choices(tuple(different(Voice.channel)), tuple(different(Voice.source)), tuple(different(VoiceTag.tag)))


def tags_like(text: str, *, limit: int = 8) -> list[str]:
    """Labels that begin with this, in order."""
    text = " ".join(text.lower().split())
    if not text:
        return []
    select = sa.select(VoiceTag.tag).where(VoiceTag.tag >= text, VoiceTag.tag < text + "\uffff").order_by(VoiceTag.tag).distinct().limit(limit)
    return [t for t in db.session.scalars(select) if t.startswith(text)]
