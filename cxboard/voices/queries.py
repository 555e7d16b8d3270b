"""What voices say together: of an issue, of a stage, behind a problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts.models import User
from ..causes.models import Cause, Problem
from ..db import db
from ..history import Event
from ..issues.models import Issue
from .hidden import shown_where
from .models import Scale, Support, Voice

RECENT_DAYS = 90
TREND_WEEKS = 12


def shown() -> sa.ColumnElement[bool]:
    """The voices that are there: every question about voices asks it. Not those of an import that runs, failed or was undone."""
    return sa.and_(sa.true(), *shown_where(Voice.import_id))


def counting() -> sa.ColumnElement[bool]:
    """The voices that count: those that are there, and not set aside."""
    return sa.and_(Voice.set_aside_at.is_(None), *shown_where(Voice.import_id))


@dataclass(frozen=True)
class Scored:
    """The mean score of so many voices on one scale."""

    scale: Scale
    mean: float
    n: int

    @property
    def good(self) -> float:
        """Where the mean stands between the worst (0) and the best (1) of its scale."""
        return self.scale.good(self.mean)


@dataclass
class Heard:
    """So many voices, and the scores among them, the scale with the most first."""

    voices: int = 0
    scores: list[Scored] = field(default_factory=list)

    @property
    def scored(self) -> int:
        return sum(s.n for s in self.scores)

    @property
    def good(self) -> float | None:
        """The mean of all scores, each between the worst (0) and the best (1) of its scale; None without scores."""
        return sum(s.good * s.n for s in self.scores) / self.scored if self.scored else None


def by_stage(days: int = RECENT_DAYS) -> dict[int, Heard]:
    """Per stage the voices of the last so many days and their scores; the same for everybody."""
    since = clock.today() - timedelta(days=days)
    select = (
        sa.select(Voice.stage_id, Voice.scale, sa.func.count(), sa.func.count(Voice.score), sa.func.avg(Voice.score))
        .where(Voice.said_on > since, Voice.stage_id.is_not(None), counting())
        .group_by(Voice.stage_id, Voice.scale)
    )
    return gathered(db.session.execute(select))


def gathered(rows: Iterable[Any]) -> dict[Any, Heard]:
    """Rows of (what, scale, voices, scored voices, mean score) as what was heard of each."""
    found: defaultdict[Any, Heard] = defaultdict(Heard)
    for what, scale, voices, n, mean in rows:
        heard = found[what]
        heard.voices += voices
        if scale is not None and n:
            heard.scores.append(Scored(scale, float(mean), n))
    for heard in found.values():
        heard.scores.sort(key=lambda s: -s.n)
    return dict(found)


@dataclass(frozen=True)
class Told:
    """A voice as it stands beside an issue, and whether it was pinned there."""

    voice: Voice
    pinned: bool
    issue_id: int = 0


def voices_of_issue(issue: Issue, *, limit: int = 50) -> list[Told]:
    """The voices that support an issue, those that were pinned first, then the newest."""
    select = (
        sa.select(Voice, Support.pinned_at)
        .join(Support, Support.voice_id == Voice.id)
        .where(Support.issue_id == issue.id, counting())
        .options(joinedload(Voice.stage))
        .order_by(Support.pinned_at.is_(None), Support.pinned_at, Voice.said_on.desc(), Voice.id.desc())
        .limit(limit)
    )
    return [Told(voice, pinned is not None, issue.id) for voice, pinned in db.session.execute(select)]


def quotes_for_problem(problem: Problem, person: User, *, limit: int = 6) -> list[Told]:
    """Telling quotes of the issues that a problem causes, those that were pinned first; none for who may not see the problem."""
    if not problem.is_visible_to(person):
        return []
    of = sa.select(Cause.issue_id).where(Cause.problem_id == problem.id)
    # A voice that supports several of them is told once.
    first = (
        sa.select(Support.voice_id, sa.func.min(Support.pinned_at).label("pinned_at"), sa.func.min(Support.issue_id).label("issue_id"))
        .where(Support.issue_id.in_(of))
        .group_by(Support.voice_id)
        .subquery()
    )
    select = (
        sa.select(Voice, first.c.pinned_at, first.c.issue_id)
        .join(first, first.c.voice_id == Voice.id)
        .where(Voice.quote != "", counting())
        .options(joinedload(Voice.stage))
        .order_by(first.c.pinned_at.is_(None), first.c.pinned_at, Voice.said_on.desc(), Voice.id.desc())
        .limit(limit)
    )
    return [Told(voice, pinned is not None, issue_id) for voice, pinned, issue_id in db.session.execute(select)]


def count_for_problem(problem: Problem, person: User) -> int:
    """How many voices support the issues that a problem causes, each counted once; 0 for who may not see the problem."""
    if not problem.is_visible_to(person):
        return 0
    of = sa.select(Cause.issue_id).where(Cause.problem_id == problem.id)
    several = sa.select(sa.func.count(sa.distinct(Voice.id))).join(Support, Support.voice_id == Voice.id)
    return db.session.scalar(several.where(Support.issue_id.in_(of), counting())) or 0


@dataclass(frozen=True)
class IssueHeard:
    """What is heard about one issue: how many, with which scores, how many a week lately, and how many in the last thirty days."""

    heard: Heard
    weeks: tuple[tuple[date, int], ...]
    a_month: int

    @property
    def severity(self) -> int | None:
        """What the mean score suggests, 1 to 5: the worst of a scale is 5, the best 1. None with fewer than five scores."""
        good = self.heard.good
        return round(5 - 4 * good) if good is not None and self.heard.scored >= FEWEST_SCORES else None


FEWEST_SCORES = 5


def heard_about(issue: Issue) -> IssueHeard:
    """In two statements."""
    today = clock.today()
    supports = sa.select(Voice.id).join(Support, Support.voice_id == Voice.id).where(Support.issue_id == issue.id, counting())
    totals = supports.with_only_columns(sa.literal(0), Voice.scale, sa.func.count(), sa.func.count(Voice.score), sa.func.avg(Voice.score))
    heard = gathered(db.session.execute(totals.group_by(Voice.scale))).get(0, Heard())
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=TREND_WEEKS - 1)
    days = supports.with_only_columns(Voice.said_on, sa.func.count()).where(Voice.said_on >= first).group_by(Voice.said_on)
    weeks = {first + timedelta(weeks=n): 0 for n in range(TREND_WEEKS)}
    a_month = 0
    for said_on, n in db.session.execute(days):
        weeks[said_on - timedelta(days=said_on.weekday())] += n
        a_month += n if said_on > today - timedelta(days=30) else 0
    return IssueHeard(heard, tuple(weeks.items()), a_month)


def voices_named(ids: Sequence[int], *, lock: bool = False) -> list[Voice]:
    """These voices, in this order; what is not there is left out."""
    select = sa.select(Voice).where(Voice.id.in_(ids), shown()).order_by(Voice.id)
    if lock:
        select = select.with_for_update(of=Voice, key_share=True).execution_options(populate_existing=True)
    found = {v.id: v for v in db.session.scalars(select)}
    return [found[id] for id in dict.fromkeys(ids) if id in found]


def history_of(voice: Voice) -> list[Event]:
    """What happened to a voice, newest first."""
    select = sa.select(Event).where(Event.subject == "voice", Event.subject_id == voice.id).order_by(Event.id.desc())
    return list(db.session.scalars(select.limit(200)))
