"""What voices tell of the stages of a journey: the score on each scale and the mood that follows from it, and one telling quote.

Counted are the voices about the stage of the last 90 days that were not set aside. A scale, or a mood, of fewer than
five of them is named with its number only. The quote is the one pinned last among the voices about the stage; else the newest
one with words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from .. import clock
from ..accounts.models import User
from ..db import db
from ..journeys.lanes import CUSTOMER, Asked, Says, Score
from ..journeys.models import Stage
from ..journeys.moods import BEST, FEWEST, PERIOD, WORST, Measured
from ..places import add_panel
from .models import Scale, Support, Voice
from .queries import Heard, by_stage, counting

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
class Telling:
    """The voices about a stage: how many, the scales with enough of them, those with too few, and a quote."""

    voices: int
    href: str  # of those
    scores: tuple[Score, ...]
    too_few: tuple[Score, ...]
    quote: Quote | None


def told(asked: Asked, person: User) -> dict[str, Any]:
    """Per stage; everybody sees every voice."""
    heard = {stage: heard for stage, heard in by_stage(PERIOD).items() if stage in asked.ids}
    said = {} if asked.brief else quotes(asked.ids)
    return {"label": _l("Voices"), "stages": {stage: says(stage, heard.get(stage, Heard()), said.get(stage)) for stage in heard.keys() | said.keys()}}


def says(stage: int, heard: Heard, quote: Quote | None) -> Says:
    """The mood is how good the scores are on the average, put on -2 to 2. Each figure has the address of its rows."""
    rows = f"/voices?stage={stage}" + (f"&since={clock.today() - timedelta(days=PERIOD - 1)}" if heard.voices else "")
    every = [Score(s.scale.label, s.mean, s.scale.high, s.n, f"{rows}&scale={s.scale.value}") for s in heard.scores]
    enough, few = (tuple(s for s in every if (s.n >= FEWEST) is yes) for yes in (True, False))
    mood = None if heard.good is None else Measured(WORST + heard.good * (BEST - WORST), heard.scored, PERIOD)
    return Says(Telling(heard.voices, rows, enough, few, quote), mood=mood, scores=enough)


def quotes(ids: tuple[int, ...]) -> dict[int, Quote]:
    """Per stage its most telling quote; three statements, each by an index, however many voices there are."""
    with_words = (Voice.quote != "", Voice.said_on > clock.today() - timedelta(days=QUOTE_DAYS), counting())
    pinned = (
        sa.select(Voice.stage_id, Voice.id)
        .join(Support, Support.voice_id == Voice.id)
        .where(Support.pinned_at.is_not(None), Voice.stage_id.in_(ids), *with_words)
        .order_by(Support.pinned_at, Voice.id)
    )
    chosen: dict[Any, tuple[int, bool]] = {stage: (id, True) for stage, id in db.session.execute(pinned)}
    newest = sa.select(Voice.id).where(Voice.stage_id == Stage.id, *with_words).order_by(Voice.said_on.desc(), Voice.id.desc()).limit(1).correlate(Stage).scalar_subquery()
    for stage, id in db.session.execute(sa.select(Stage.id, newest).where(Stage.id.in_(ids))):
        if id is not None:
            chosen.setdefault(stage, (id, False))
    if not chosen:
        return {}
    rows = db.session.execute(sa.select(Voice.id, Voice.quote, Voice.said_on, Voice.channel, Voice.score, Voice.scale).where(Voice.id.in_([id for id, _pinned in chosen.values()])))
    by_id = {row.id: row for row in rows}
    return {stage: Quote(*by_id[id], pinned=pinned) for stage, (id, pinned) in chosen.items()}


add_panel(CUSTOMER, 10, "voices/_journey_voices.html", told)
