"""What voices tell of the stages of a journey: the score on each scale and the mood that follows from it, and one telling quote.

Counted are the scored voices about the stage of the last 90 days that were not set aside. A scale, or a mood, of fewer than
five of them is named with its number only. The quote is the one pinned last among the voices about the stage; else the newest
one with words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from .. import clock
from ..accounts.models import User
from ..db import db
from ..journeys.lanes import CUSTOMER, STAGE, Asked, Says, Score
from ..journeys.models import Stage
from ..journeys.moods import BEST, FEWEST, PERIOD, WORST, Measured
from ..places import add_panel
from .hidden import shown_where, unseen_imports
from .models import Scale, Support, Voice

QUOTE_DAYS = 365  # an older quote tells of another company


@dataclass(frozen=True)
class Quote:
    """What somebody said, and where it comes from."""

    id: int
    text: str
    said_on: date
    channel: str
    score: int | None
    scale: Scale | None
    pinned: bool


@dataclass(frozen=True)
class Heard:
    """The voices about a stage: the scales with enough of them, those with too few, how many scored in all, and a quote."""

    scores: tuple[Score, ...]
    too_few: tuple[Score, ...]
    scored: int
    quote: Quote | None


def heard(asked: Asked, person: User) -> dict[str, Any]:
    """Per stage; everybody sees every voice."""
    unseen = unseen_imports()
    scales = scores(asked.ids, unseen)
    said = {} if asked.brief else quotes(asked.ids, unseen)
    return {"label": _l("Voices"), "stages": {stage: _says(scales.get(stage, []), said.get(stage)) for stage in scales.keys() | said.keys()}}


def _says(scales: list[tuple[Scale, float, int]], quote: Quote | None) -> Says:
    counted = [(scale, Score(scale.label, mean, scale.high, n, PERIOD)) for scale, mean, n in scales]
    enough, few = (tuple(s for _scale, s in counted if (s.n >= FEWEST) is yes) for yes in (True, False))
    return Says(Heard(enough, few, sum(n for _s, _m, n in scales), quote), mood=mood(scales), scores=enough)


def mood(scales: Iterable[tuple[Scale, float, int]]) -> Measured | None:
    """The mood that these means tell: how good they are (0 to 1) on the average of all voices, put on -2 to 2."""
    weighed = [(scale.good(mean), n) for scale, mean, n in scales]
    count = sum(n for _good, n in weighed)
    if not count:
        return None
    good = sum(good * n for good, n in weighed) / count
    return Measured(WORST + good * (BEST - WORST), count, PERIOD)


def scores(ids: tuple[int, ...], unseen: list[int]) -> dict[int, list[tuple[Scale, float, int]]]:
    """Per stage (scale, mean, how many), the scale with most first; one statement."""
    count = sa.func.count()
    select = (
        sa.select(Voice.stage_id, Voice.scale, sa.func.avg(Voice.score), count)
        .where(Voice.stage_id.in_(ids), Voice.said_on > clock.today() - timedelta(days=PERIOD), Voice.score.is_not(None), *counts(unseen))
        .group_by(Voice.stage_id, Voice.scale)
        .order_by(Voice.stage_id, count.desc(), Voice.scale)
    )
    found: dict[int, list[tuple[Scale, float, int]]] = {}
    for stage, scale, mean, n in db.session.execute(select):
        found.setdefault(stage, []).append((scale, float(mean), n))
    return found


def quotes(ids: tuple[int, ...], unseen: list[int]) -> dict[int, Quote]:
    """Per stage its most telling quote; three statements, each by an index, however many voices there are."""
    with_words = (Voice.quote != "", Voice.said_on > clock.today() - timedelta(days=QUOTE_DAYS), *counts(unseen))
    pinned = (
        sa.select(Voice.stage_id, Voice.id)
        .join(Support, Support.voice_id == Voice.id)
        .where(Support.pinned_at.is_not(None), Voice.stage_id.in_(ids), *with_words)
        .order_by(Support.pinned_at, Voice.id)
    )
    chosen = {stage: (id, True) for stage, id in db.session.execute(pinned)}
    newest = sa.select(Voice.id).where(Voice.stage_id == Stage.id, *with_words).order_by(Voice.said_on.desc(), Voice.id.desc()).limit(1).correlate(Stage).scalar_subquery()
    for stage, id in db.session.execute(sa.select(Stage.id, newest).where(Stage.id.in_(ids))):
        if id is not None:
            chosen.setdefault(stage, (id, False))
    if not chosen:
        return {}
    rows = db.session.execute(sa.select(Voice.id, Voice.quote, Voice.said_on, Voice.channel, Voice.score, Voice.scale).where(Voice.id.in_([id for id, _pinned in chosen.values()])))
    by_id = {row.id: row for row in rows}
    return {stage: Quote(*by_id[id], pinned=pinned) for stage, (id, pinned) in chosen.items()}


def counts(unseen: list[int]) -> list[sa.ColumnElement[bool]]:
    """A voice that is there for everybody, and was not set aside."""
    return [Voice.set_aside_at.is_(None), *shown_where(Voice.import_id, unseen)]


add_panel(CUSTOMER, 10, "voices/_journey_voices.html", heard)
add_panel(STAGE, 10, "voices/_journey_voices.html", heard)
