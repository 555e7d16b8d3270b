"""The rhythm in figures, over a period to choose: who was at the table, what was promised and kept, what the hour went to,
and how long people wait for a decision.

Departments are the smallest thing that is measured, in the order of their codes: nobody is ranked. What only one person of a
department promised is counted together with such promises of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from .. import charts, clock
from ..accounts.models import Department, User, membership
from ..accounts.queries import departments, headcounts
from ..actions.models import Action, ActionStatus, Decision
from ..db import db
from ..history import Event
from ..issues.models import Issue
from ..language import number
from .models import FEWEST_RATINGS, Attendance, Presence, Rating, Review, ReviewStatus, ReviewStep
from .queries import due_lately, readable
from .steps import Step

PERIODS = (12, 26, 52)  # weeks
FEW = 10  # below so many a share says little
FEWEST_OWNERS = 2  # whose promises are counted as those of one department
OTHERS = "others"  # the departments that are counted together; no code has small letters
MOST = 300  # rows behind one figure
CARRYING = ("action_carried", "action_left_open")
WAITS = ((0, 7), (8, 14), (15, 28), (29, None))  # days from reported to decided


@dataclass(frozen=True)
class Period:
    """The last so many weeks, up to and with today."""

    weeks: int = PERIODS[0]

    @classmethod
    def read(cls, args: Any) -> Period:
        """From the query string; what it does not understand is the shortest."""
        return cls({str(w): w for w in PERIODS}.get(str(args.get("weeks", "")), PERIODS[0]))

    def args(self, **more: str) -> dict[str, str]:
        """The query string of this period; what is usual is left out."""
        return ({} if self.weeks == PERIODS[0] else {"weeks": str(self.weeks)}) | {k: v for k, v in more.items() if v}

    @property
    def first(self) -> date:
        """Its first local day."""
        return clock.today() - timedelta(weeks=self.weeks) + timedelta(days=1)

    @property
    def start(self) -> datetime:
        return clock.start_of(self.first)


@dataclass(frozen=True)
class Held:
    """A review that was held."""

    id: int
    week: str
    day: date
    duration: int

    @property
    def number(self) -> int:
        return clock.week_number(self.week)


def closed_in(period: Period) -> sa.ColumnElement[bool]:
    return sa.and_(Review.status == ReviewStatus.CLOSED, Review.starts_at >= period.start)


def held(period: Period) -> list[Held]:
    """The closed reviews of the period, oldest first."""
    rows = db.session.execute(
        sa.select(Review.id, Review.week, Review.starts_at, Review.zone, Review.duration).where(closed_in(period)).order_by(Review.starts_at, Review.id)
    )
    return [Held(r.id, r.week, r.starts_at.astimezone(clock.named(r.zone)).date(), r.duration) for r in rows]


@dataclass(frozen=True)
class Share:
    """So many of so many, of one department or of several together."""

    n: int
    of: int
    department: Department | None = None

    @property
    def percent(self) -> int:
        return round(100 * self.n / self.of) if self.of else 0

    @property
    def is_few(self) -> bool:
        return self.of < FEW


# who was at the table


def present(period: Period) -> dict[int, set[int]]:
    """In which of the reviews somebody of each department was present, by the departments that people belong to now."""
    rows = db.session.execute(
        sa.select(membership.c.department_id, Attendance.review_id)
        .join(membership, membership.c.user_id == Attendance.user_id)
        .join(Review, Review.id == Attendance.review_id)
        .where(closed_in(period), Attendance.presence == Presence.PRESENT)
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for department, review in rows:
        found.setdefault(department, set()).add(review)
    return found


def attendance(period: Period, reviews: list[Held]) -> list[Share]:
    """Of each department that has people: in how many of the reviews somebody of it was present."""
    there, people = present(period), headcounts()
    return [Share(len(there.get(d.id, ())), len(reviews), d) for d in departments() if people.get(d.id)] if reviews else []


def attendance_behind(period: Period, code: str) -> tuple[Department | None, list[tuple[Held, bool]]]:
    """The reviews of the period, newest first, and whether somebody of one department was present."""
    department = next((d for d in departments() if d.code == code), None)
    there = present(period).get(department.id, set()) if department else set()
    return department, [(r, r.id in there) for r in reversed(held(period))] if department else []


# promises


@dataclass(frozen=True)
class Kept:
    """How many promises were done on their day or before: per department, of the others together, and in all.

    `others` is None when nobody else promised anything; `others_hidden` when only one person did: then it would be about them.
    """

    rows: list[Share]
    others: Share | None
    others_hidden: bool
    total: Share


def promises_kept(period: Period, person: User) -> Kept:
    """Of the promises whose day passed in the period, also when they were carried over, dropped ones left out, as far as this person may read them."""
    kept: dict[int, list[bool]] = {}
    owners: dict[int, set[int]] = {}
    columns = (Action.department_id, Action.owner_id, Action.status, Action.carried, Action.closed_at, Action.due)
    for row in db.session.execute(sa.select(*columns).where(due_lately(period.weeks), readable(Action, person))):
        department = row.department_id or 0
        kept.setdefault(department, []).append(_was_on_time(row))
        owners.setdefault(department, set()).add(row.owner_id)
    alone = {d for d, people in owners.items() if d == 0 or len(people) < FEWEST_OWNERS}
    own = [Share(sum(kept[d.id]), len(kept[d.id]), d) for d in departments(archived=True) if d.id in kept and d.id not in alone]
    rest = [done for d in alone for done in kept[d]]
    hidden = len(set().union(*(owners[d] for d in alone))) < FEWEST_OWNERS
    every = [done for of_one in kept.values() for done in of_one]
    return Kept(own, Share(sum(rest), len(rest)) if rest else None, bool(rest) and hidden, Share(sum(every), len(every)))


def _was_on_time(row: Any) -> bool:
    """As Action.was_on_time says of a whole promise."""
    if row.status != ActionStatus.DONE or row.carried or row.closed_at is None:
        return False
    return bool(clock.local(row.closed_at).date() <= row.due)


def promises_behind(period: Period, person: User, code: str) -> tuple[Share, list[Action]]:
    """The figure of one department, of the others together, or of all, and the promises behind it; newest day first."""
    select = sa.select(Action).where(due_lately(period.weeks), readable(Action, person))
    kept = promises_kept(period, person)
    own = {s.department.code: s for s in kept.rows if s.department}
    share = kept.total
    if code in own:
        share = own[code]
        select = select.where(Action.department == share.department)
    elif code == OTHERS and kept.others and not kept.others_hidden:
        share = kept.others
        ids = [s.department.id for s in own.values() if s.department]
        select = select.where(sa.or_(Action.department_id.is_(None), Action.department_id.not_in(ids)))
    return share, list(db.session.scalars(select.order_by(Action.due.desc(), Action.id).limit(MOST).options(*_WITH_SUBJECT)))


_WITH_SUBJECT = (joinedload(Action.issue), joinedload(Action.problem))


@dataclass(frozen=True)
class Carried:
    """Promises that were carried over `times` in all (three: or more), and how many of them are open, done and dropped now."""

    times: int
    open: int
    done: int
    dropped: int

    @property
    def count(self) -> int:
        return self.open + self.done + self.dropped


def was_carried(period: Period, person: User) -> sa.ColumnElement[bool]:
    """Promises that went along to a later day or a next review within the period."""
    told = sa.exists().where(Event.subject == "action", Event.subject_id == Action.id, Event.kind.in_(CARRYING), Event.at >= period.start)
    return sa.and_(Action.carried > 0, told, readable(Action, person))


def carried(period: Period, person: User) -> list[Carried]:
    """Once, twice, and three times or more."""
    rows = db.session.execute(sa.select(Action.carried, Action.status, sa.func.count()).where(was_carried(period, person)).group_by(Action.carried, Action.status)).all()

    def count(times: int, status: ActionStatus) -> int:
        return sum(n for carried, s, n in rows if min(carried, 3) == times and s == status)

    return [Carried(t, count(t, ActionStatus.OPEN), count(t, ActionStatus.DONE), count(t, ActionStatus.DROPPED)) for t in (1, 2, 3)]


def carried_behind(period: Period, person: User, times: str) -> list[Action]:
    """The promises behind one of those figures, or behind all three; most often carried first."""
    select = sa.select(Action).where(was_carried(period, person))
    if times in ("1", "2", "3"):
        select = select.where(Action.carried == int(times) if times != "3" else Action.carried >= 3)
    return list(db.session.scalars(select.order_by(Action.carried.desc(), Action.due, Action.id).limit(MOST).options(*_WITH_SUBJECT)))


# the meeting itself


@dataclass(frozen=True)
class Mark:
    """What a review was given; None while fewer than five people gave a mark."""

    review: Held
    mean: float | None


def ratings(period: Period, reviews: list[Held]) -> list[Mark]:
    """The mean rating of each review, oldest first."""
    rows = db.session.execute(
        sa.select(Rating.review_id, sa.func.avg(Rating.score))
        .join(Review, Review.id == Rating.review_id)
        .where(closed_in(period))
        .group_by(Rating.review_id)
        .having(sa.func.count() >= FEWEST_RATINGS)
    )
    means = {review: float(mean) for review, mean in rows}
    return [Mark(r, means.get(r.id)) for r in reviews]


@dataclass(frozen=True)
class Visit:
    """How long one review spent on one step, in whole minutes, and what was added to its time box."""

    review: Held
    used: int
    box: int
    added: int

    @property
    def is_over(self) -> bool:
        return self.used > self.box


@dataclass(frozen=True)
class Spent:
    """What a step (None: the whole meeting) usually takes: the median of the reviews in which it was shown."""

    step: Step | None
    visits: list[Visit]

    @property
    def used(self) -> float:
        return median(v.used for v in self.visits)

    @property
    def box(self) -> float:
        return median(v.box for v in self.visits)

    @property
    def over(self) -> int:
        return sum(v.is_over for v in self.visits)


def minutes(period: Period, reviews: list[Held]) -> list[Spent]:
    """Per step that was shown at all, and of the whole meeting last. A step has the box that the length of its review gives it;
    minutes that were added during the meeting don't make it longer here."""
    by_id = {r.id: r for r in reviews}
    visits: dict[Step, list[Visit]] = {}
    whole: dict[int, int] = {}
    rows = db.session.scalars(
        sa.select(ReviewStep).join(Review, Review.id == ReviewStep.review_id).where(closed_in(period), ReviewStep.spent > 0).order_by(Review.starts_at, Review.id)
    )
    for row in rows:
        review = by_id[row.review_id]
        box = row.step.box(review.duration)
        visits.setdefault(row.step, []).append(Visit(review, row.spent_minutes, box, max(0, row.minutes - box)))
        whole[review.id] = whole.get(review.id, 0) + row.spent
    meetings = [Visit(by_id[id], max(1, round(spent / 60)), by_id[id].duration, 0) for id, spent in whole.items()]
    return [Spent(step, visits[step]) for step in Step if step in visits] + ([Spent(None, meetings)] if meetings else [])


def minutes_behind(period: Period, name: str) -> tuple[Step | None, list[Visit]]:
    """What each review spent on one step, or on the whole meeting; newest first."""
    step = next((s for s in Step if s.value == name), None)
    spent = next((s for s in minutes(period, held(period)) if s.step == step), None)
    return step, spent.visits[::-1] if spent else []


# from reported to decided


@dataclass(frozen=True)
class Decided:
    """How many days issues waited for their first decision."""

    days: list[int]

    @property
    def median(self) -> float:
        return median(self.days)

    @property
    def is_few(self) -> bool:
        return len(self.days) < FEW

    @property
    def waits(self) -> list[tuple[int, int | None, int]]:
        """From so many days, to so many (None: any), and how many issues."""
        return [(low, high, sum(low <= d and (high is None or d <= high) for d in self.days)) for low, high in WAITS]


def first_decisions(period: Period, person: User) -> sa.Subquery:
    """Of each issue its first decision that was not withdrawn, when that fell in the period; as far as this person may read it."""
    at = sa.func.min(Decision.at)
    about = sa.select(Decision.issue_id, at.label("at")).where(Decision.issue_id.is_not(None), Decision.withdrawn_at.is_(None), readable(Decision, person))
    return about.group_by(Decision.issue_id).having(at >= period.start).subquery()


def waited(reported: datetime, decided: datetime) -> int:
    """Local days from one to the other."""
    return max(0, (clock.local(decided).date() - clock.local(reported).date()).days)


def decided(period: Period, person: User) -> Decided:
    first = first_decisions(period, person)
    rows = db.session.execute(sa.select(Issue.created_at, first.c.at).join(first, first.c.issue_id == Issue.id))
    return Decided(sorted(waited(reported, at) for reported, at in rows))


def decided_behind(period: Period, person: User, low: str) -> list[tuple[Issue, int]]:
    """The issues behind that figure, or behind those that waited from `low` days on, and how many each waited; newest decision first."""
    first = first_decisions(period, person)
    rows = db.session.execute(
        sa.select(Issue.id, Issue.created_at, first.c.at).join(first, first.c.issue_id == Issue.id).order_by(first.c.at.desc(), Issue.id)
    )
    least, most = next((w for w in WAITS if str(w[0]) == low), (0, None))
    days = {id: waited(reported, at) for id, reported, at in rows}
    shown = [id for id, n in days.items() if least <= n and (most is None or n <= most)][:MOST]
    issues = {i.id: i for i in db.session.scalars(sa.select(Issue).where(Issue.id.in_(shown)))}
    return [(issues[id], days[id]) for id in shown]


# all of it


@dataclass(frozen=True)
class Figures:
    """What the page shows."""

    reviews: list[Held]
    attendance: list[Share]
    kept: Kept
    carried: list[Carried]
    ratings: list[Mark]
    minutes: list[Spent]
    decided: Decided

    @property
    def rated(self) -> list[float]:
        return [m.mean for m in self.ratings if m.mean is not None]

    @property
    def rating_line(self) -> charts.Line:
        """Marks go from 1 to 10, so that is the scale."""
        return charts.line([charts.Reading(str(m.review.number), m.mean, words=number(m.mean)) for m in self.ratings], words=number, marks=(1, 4, 7, 10))

    @property
    def longest(self) -> float:
        """The longest bar of the minutes per step."""
        return max([1, *(max(s.used, s.box) for s in self.minutes if s.step)])

    @property
    def carried_in_all(self) -> int:
        return sum(c.count for c in self.carried)


def of(period: Period, person: User) -> Figures:
    """Every figure of the period, in a fixed number of statements."""
    reviews = held(period)
    return Figures(
        reviews, attendance(period, reviews), promises_kept(period, person), carried(period, person), ratings(period, reviews),
        minutes(period, reviews), decided(period, person),
    )  # fmt: skip
