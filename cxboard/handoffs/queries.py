"""What departments ask of each other: about one issue, waiting for somebody, and how quickly things go between two of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from .. import clock
from ..accounts.models import Department
from ..db import db
from ..issues.models import Issue
from ..issues.status import OPEN as OPEN_ISSUES
from .models import BOUNCES, FIRST_REACTION, Handoff, HandoffStatus

MOST = 200  # rows on one page


def with_all_of_a_row() -> tuple[Any, ...]:
    """What a row shows, in the same statement; of people the name is enough."""
    people = (Handoff.asked_by, Handoff.accepted_by, Handoff.answered_by, Handoff.declined_by, Handoff.withdrawn_by)
    return joinedload(Handoff.asking), joinedload(Handoff.asked), *(joinedload(of) for of in people)


# whose turn it is


def is_late() -> sa.ColumnElement[bool]:
    """Whoever has to act has not done so in time."""
    since = clock.start_of(clock.working_days_back(clock.today(), FIRST_REACTION))
    return sa.or_(
        sa.and_(Handoff.status.in_((HandoffStatus.ASKED, HandoffStatus.DECLINED)), Handoff.turn_at < since),
        sa.and_(Handoff.status == HandoffStatus.ACCEPTED, Handoff.needed_by < clock.today()),
    )


def waiting_on(department_ids: Iterable[int]) -> list[Handoff]:
    """The hand-offs that one of these departments has to act on, the longest waiting first; at most MOST."""
    ids = list(department_ids)
    if not ids:
        return []
    select = sa.select(Handoff).where(Handoff.waits(ids)).order_by(Handoff.turn_at, Handoff.id).limit(MOST)
    return list(db.session.scalars(select.options(*with_all_of_a_row(), joinedload(Handoff.issue))))


@dataclass(frozen=True)
class Asked:
    """The hand-offs about one issue: those that wait for somebody, and those that have ended."""

    open: list[Handoff]
    ended: list[Handoff]

    def __len__(self) -> int:
        return len(self.open) + len(self.ended)


def of_issue(issue_ids: Sequence[int]) -> Asked:
    """What was asked about these issues (one with those merged into it); what is late or first due stands on top."""
    rows = db.session.scalars(sa.select(Handoff).where(Handoff.issue_id.in_(issue_ids)).options(*with_all_of_a_row())).all()
    still = sorted((h for h in rows if h.is_open), key=lambda h: (h.due, h.turn_at, h.id))
    ended = sorted((h for h in rows if not h.is_open), key=lambda h: (h.answered_at or h.withdrawn_at or h.turn_at, h.id), reverse=True)
    return Asked(still, ended)


def in_review(review_id: int) -> list[Handoff]:
    """What was asked while this review was live."""
    select = sa.select(Handoff).where(Handoff.review_id == review_id).order_by(Handoff.id)
    return list(db.session.scalars(select.options(*with_all_of_a_row(), joinedload(Handoff.issue))))


def departments_to_ask() -> list[Department]:
    """Every department that can be asked."""
    return list(db.session.scalars(sa.select(Department).where(Department.archived_at.is_(None)).order_by(Department.code)))


# what the agenda wants to know


def bounced(handoff: Handoff) -> int:
    """How often the two departments of this hand-off declined each other's questions about its issue."""
    pair = {handoff.asking_id, handoff.asked_id}
    between = sa.and_(Handoff.asking_id.in_(pair), Handoff.asked_id.in_(pair))
    return db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Handoff.bounces), 0)).where(Handoff.issue_id == handoff.issue_id, between)) or 0


class Bounced(NamedTuple):
    """An open issue that went back and forth between two departments, and how often."""

    issue_id: int
    one: str
    other: str
    times: int


def bounced_since(moment: datetime) -> list[Bounced]:
    """Issues whose third bounce (or a later one) between the same two departments came after `moment`, most bounced first."""
    one = sa.case((Handoff.asking_id < Handoff.asked_id, Handoff.asking_id), else_=Handoff.asked_id)
    other = sa.case((Handoff.asking_id < Handoff.asked_id, Handoff.asked_id), else_=Handoff.asking_id)
    counted = (
        sa.select(Handoff.issue_id.label("issue_id"), one.label("one"), other.label("other"), sa.func.sum(Handoff.bounces).label("times"))
        .join(Issue, Issue.id == Handoff.issue_id)
        .where(Issue.status.in_(OPEN_ISSUES))
        .group_by(Handoff.issue_id, one, other)
        .having(sa.func.sum(Handoff.bounces) >= BOUNCES, sa.func.max(Handoff.declined_at) >= moment)
        .subquery()
    )
    a, b = sa.orm.aliased(Department), sa.orm.aliased(Department)
    rows = sa.select(counted.c.issue_id, a.code, b.code, counted.c.times).join(a, a.id == counted.c.one).join(b, b.id == counted.c.other)
    return [Bounced(*row) for row in db.session.execute(rows.order_by(counted.c.times.desc(), counted.c.issue_id))]


def late_ones(limit: int) -> list[Handoff]:
    """Hand-offs on which somebody should have acted by now, about issues on the board, the longest waiting first."""
    select = sa.select(Handoff).join(Issue).where(is_late(), Issue.status.in_(OPEN_ISSUES)).order_by(Handoff.turn_at, Handoff.id).limit(limit)
    return list(db.session.scalars(select.options(joinedload(Handoff.asking), joinedload(Handoff.asked), contains_eager(Handoff.issue))))


def late_of(issue_ids: Sequence[int]) -> list[Handoff]:
    """Those of these issues on which somebody should have acted by now, the longest waiting first."""
    select = sa.select(Handoff).where(is_late(), Handoff.issue_id.in_(issue_ids)).order_by(Handoff.turn_at, Handoff.id)
    return list(db.session.scalars(select.options(joinedload(Handoff.asking), joinedload(Handoff.asked))))


# between departments

PERIODS = (4, 12, 26, 0)  # weeks; 0 is all there is
FEW = 5  # below so many a median says little


@dataclass(frozen=True)
class Connections:
    """Which period, and which cell of the matrix is open, as the address says."""

    weeks: int = 12
    asking: str = ""
    asked: str = ""

    @classmethod
    def read(cls, args: Any) -> Connections:
        """From the query string; what it does not understand is left out."""
        weeks = {str(w): w for w in PERIODS if w} | {"all": 0}
        codes = [str(args.get(name, "")).upper()[:6] for name in ("from", "to")]
        asking, asked = (code if code.isascii() and code.isalnum() else "" for code in codes)
        return cls(weeks.get(str(args.get("weeks", "")), 12), *((asking, asked) if asking and asked else ("", "")))

    def args(self, **changes: Any) -> dict[str, str]:
        """The query string of this choice with something else; what is usual is left out."""
        now = replace(self, **changes)
        given = {"weeks": "" if now.weeks == 12 else str(now.weeks or "all"), "from": now.asking, "to": now.asked}
        return {k: v for k, v in given.items() if v}

    @property
    def since(self) -> datetime | None:
        return clock.now() - timedelta(weeks=self.weeks) if self.weeks else None

    def where(self) -> list[sa.ColumnElement[bool]]:
        return [Handoff.asked_at >= self.since] if self.since else []

    def rows(self) -> list[Handoff]:
        """The hand-offs of the open cell, newest first; at most MOST."""
        if not self.asking:
            return []
        ids = [sa.select(Department.id).where(Department.code == code).scalar_subquery() for code in (self.asking, self.asked)]
        select = sa.select(Handoff).where(Handoff.asking_id == ids[0], Handoff.asked_id == ids[1], *self.where())
        return list(db.session.scalars(select.order_by(Handoff.asked_at.desc(), Handoff.id.desc()).limit(MOST).options(*with_all_of_a_row(), joinedload(Handoff.issue))))


@dataclass(frozen=True)
class Spread:
    """How long something takes, in working days: half within `median`, 85 of 100 within `p85` (nearest rank); of `n`."""

    n: int = 0
    median: float = 0
    p85: int = 0

    @classmethod
    def of(cls, days: list[int]) -> Spread:
        if not days:
            return cls()
        days = sorted(days)
        return cls(len(days), median(days), days[math.ceil(0.85 * len(days)) - 1])

    @property
    def is_small(self) -> bool:
        return self.n < FEW


@dataclass
class Pair:
    """What one department asked of another in a period. Times are of departments, never of people."""

    asking: Department
    asked: Department
    count: int = 0
    open: int = 0
    late: int = 0
    reactions: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def reaction(self) -> Spread:
        return Spread.of(self.reactions)

    @property
    def answer(self) -> Spread:
        return Spread.of(self.answers)


@dataclass
class Matrix:
    """The departments that asked or were asked something, and what went between each two of them."""

    departments: list[Department]
    pairs: dict[tuple[int, int], Pair]

    @property
    def ranked(self) -> list[Pair]:
        """The pairs, most questions first."""
        return sorted(self.pairs.values(), key=lambda p: (-p.count, p.asking.code, p.asked.code))

    def pair(self, asking: Department, asked: Department) -> Pair | None:
        return self.pairs.get((asking.id, asked.id))

    def tint(self, pair: Pair | None) -> int:
        """0 to 3, by number: how dark a cell is."""
        most = max((p.count for p in self.pairs.values()), default=0)
        return math.ceil(3 * pair.count / most) if pair else 0


def matrix(shown: Connections) -> Matrix:
    """Every pair of departments with hand-offs in the period; two statements, however many there are."""
    columns = (
        Handoff.asking_id, Handoff.asked_id, Handoff.status, Handoff.asked_at, Handoff.reacted_at, Handoff.answered_at, Handoff.declined_at,
        Handoff.withdrawn_at, Handoff.needed_by, is_late().label("late"),
    )  # fmt: skip
    rows = db.session.execute(sa.select(*columns).where(*shown.where())).all()
    known = {d.id: d for d in db.session.scalars(sa.select(Department).order_by(Department.code))}
    pairs: dict[tuple[int, int], Pair] = {}
    for row in rows:
        key = row.asking_id, row.asked_id
        pair = pairs.setdefault(key, Pair(known[key[0]], known[key[1]]))
        asked_on = clock.local(row.asked_at).date()
        pair.count += 1
        pair.open += row.status.is_open
        pair.late += bool(row.late or was_late(row))
        if row.reacted_at:
            pair.reactions.append(clock.working_days(asked_on, clock.local(row.reacted_at).date()))
        if row.answered_at:
            pair.answers.append(clock.working_days(asked_on, clock.local(row.answered_at).date()))
    taking_part = {id for key in pairs for id in key}
    return Matrix([d for d in known.values() if d.id in taking_part], pairs)


def was_late(row: Any) -> bool:
    """Whether the first reaction took longer than two working days, or an answer came after the day it was needed."""
    reacted = row.reacted_at or row.withdrawn_at or clock.now()
    if clock.working_days(clock.local(row.asked_at).date(), clock.local(reacted).date()) > FIRST_REACTION:
        return True
    if row.answered_at is None and row.declined_at is not None:
        return False
    return bool(clock.local(row.answered_at or row.withdrawn_at or clock.now()).date() > row.needed_by)
