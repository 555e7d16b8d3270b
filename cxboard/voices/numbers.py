"""Voices in numbers: per stage or label, month by month. Each number is a list of voices, and leads to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import format_date
from werkzeug.datastructures import MultiDict

from .. import clock
from ..db import db
from ..journeys.models import Journey, Stage
from .models import Scale, Voice, VoiceTag
from .queries import Heard, Scored, counting

MOST_TAGS = 12
MONTHS = (6, 12, 24)
KINDS = ("stage", "label")


@dataclass(frozen=True)
class Month:
    """A month, as a column."""

    first: date

    @property
    def words(self) -> str:
        return str(format_date(self.first, "MMM yy" if self.first.month == 1 else "MMM"))

    @property
    def last(self) -> date:
        return after(self.first) - timedelta(days=1)


@dataclass
class Row:
    """A stage or a label: what was heard of it in each month, and in all of them."""

    name: str
    args: dict[str, Any]
    months: dict[date, Heard] = field(default_factory=dict)
    total: Heard = field(default_factory=Heard)

    def of(self, month: Month) -> Heard:
        return self.months.get(month.first, Heard())

    def href(self, month: Month | None = None, *, months: list[Month]) -> str:
        """The voices that a number stands for."""
        since, until = (month.first, month.last) if month else (months[0].first, months[-1].last)
        return url_for("voices.index", **self.args, since=since.isoformat(), until=until.isoformat())


@dataclass(frozen=True)
class Numbers:
    """Months as columns and stages or labels as rows."""

    kind: str
    count: int
    scale: Scale | None
    months: list[Month]
    rows: list[Row]

    @property
    def total(self) -> int:
        return sum(r.total.voices for r in self.rows)

    @property
    def most(self) -> int:
        """The most voices that any row has in a month."""
        return max((h.voices for r in self.rows for h in r.months.values()), default=0)

    def value(self, heard: Heard) -> Scored | None:
        """The mean on the chosen scale."""
        return next((s for s in heard.scores if s.scale == self.scale), None)

    def url(self, **changes: Any) -> str:
        now = {"by": self.kind, "months": self.count, "scale": self.scale.value if self.scale else "", **changes}
        usual = {"by": "stage", "months": 12, "scale": ""}
        return url_for("voices.numbers", **{k: v for k, v in now.items() if v != usual[k]})


def after(first: date) -> date:
    """The first of the next month."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_to(today: date, count: int) -> list[Month]:
    """So many months up to the one of today."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return [Month(first) for first in found]


def numbers(args: MultiDict[str, str]) -> Numbers:
    """As the address asks for them; in three statements."""
    kind = args.get("by", "") if args.get("by") in KINDS else "stage"
    count = int(args["months"]) if args.get("months") in [str(n) for n in MONTHS] else 12
    scale = next((s for s in Scale if s.value == args.get("scale")), None)
    months = months_to(clock.today(), count)
    rows = stage_rows(months[0].first) if kind == "stage" else label_rows(months[0].first)
    return Numbers(kind, count, scale, months, [r for r in rows if r.total.voices])


# By day, not by month: a database counts days by its index, and the days of a year are soon added up.
COLUMNS = (Voice.said_on, Voice.scale, sa.func.count(), sa.func.count(Voice.score), sa.func.sum(Voice.score))


def stage_rows(since: date) -> list[Row]:
    """In the order of the journeys; what has no stage at the end."""
    within = sa.and_(Voice.said_on >= since, Voice.said_on <= clock.today(), counting())
    counted = sa.select(Voice.stage_id, *COLUMNS).where(within).group_by(Voice.stage_id, Voice.said_on, Voice.scale)
    found = folded(db.session.execute(counted))
    stages = db.session.execute(sa.select(Stage.id, Stage.name).join(Journey).order_by(Journey.name, Stage.position)).all()
    rows = [fill(Row(name, {"stage": id}), found[id]) for id, name in stages if id in found]
    return [*rows, *([fill(Row("", {"stage": "none"}), found[None])] if None in found else [])]


def label_rows(since: date) -> list[Row]:
    """The labels that were used most in these months, and their voices that count."""
    lately = sa.and_(VoiceTag.said_on >= since, VoiceTag.said_on <= clock.today())
    used = sa.select(VoiceTag.tag).where(lately).group_by(VoiceTag.tag).order_by(sa.func.count().desc(), VoiceTag.tag)
    most = list(db.session.scalars(used.limit(MOST_TAGS)))
    if not most:
        return []
    counted = sa.select(VoiceTag.tag, *COLUMNS).join(Voice, Voice.id == VoiceTag.voice_id).where(lately, counting(), VoiceTag.tag.in_(most))
    found = folded(db.session.execute(counted.group_by(VoiceTag.tag, Voice.said_on, Voice.scale)))
    return [fill(Row(tag, {"label": tag}), found[tag]) for tag in most if tag in found]


Sums = dict[date, dict[Scale | None, list[int]]]


def folded(rows: Iterable[Any]) -> dict[Any, Sums]:
    """Days as months: per thing, month and scale how many voices, how many of them scored, and the sum of their scores."""
    found: defaultdict[Any, Sums] = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: [0, 0, 0])))
    for what, day, scale, voices, n, total in rows:
        sums = found[what][day.replace(day=1)][scale]
        sums[0] += voices
        sums[1] += n
        sums[2] += int(total or 0)
    return dict(found)


def fill(row: Row, sums: Sums) -> Row:
    together: defaultdict[Scale | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for month, by_scale in sums.items():
        row.months[month] = heard(by_scale)
        for scale, some in by_scale.items():
            together[scale] = [a + b for a, b in zip(together[scale], some, strict=True)]
    row.total = heard(together)
    return row


def heard(by_scale: dict[Scale | None, list[int]]) -> Heard:
    scores = [Scored(scale, total / n, n) for scale, (_voices, n, total) in by_scale.items() if scale is not None and n]
    return Heard(sum(voices for voices, _n, _total in by_scale.values()), sorted(scores, key=lambda s: -s.n))
