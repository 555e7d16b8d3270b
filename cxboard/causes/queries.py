"""What to solve first, and why an issue happens: leverage, the causes of an issue, and problems and issues to choose from.

    leverage(problem) = sum over its open issues of  pain x share x certainty

- pain: reach x severity x confidence of the issue; an issue whose pain is not known yet adds nothing, and is named as such;
- share: what the cause explains of the issue. A share that nobody has given is what the given shares leave, split evenly
  over the causes without one: (100 - given shares) / causes without a share;
- certainty: 1/2 for a suspected link, 1 for one that the problem's own department has confirmed.

Everything is seen through `Problem.visible_to(person)`, the split too: a restricted cause counts, for whoever may not see
it, as something that is not explained yet. Otherwise its share could be worked out from what is left for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..accounts.models import Department, User
from ..db import db
from ..forms import read_id
from ..issues.journey import PAIN
from ..issues.models import Issue
from ..issues.status import OPEN, Status
from .models import Category, Cause, Certainty, Problem, ProblemStatus

OPEN_PROBLEMS = [s for s in ProblemStatus if s.is_open]
CHOICES = 5
PAGE = 100


# leverage


def given_shares(person: User) -> sa.Subquery:
    """Per issue: the sum of the given shares, and how many causes have none."""
    return (
        sa.select(Cause.issue_id, sa.func.coalesce(sa.func.sum(Cause.share), 0).label("given"), sa.func.sum(sa.case((Cause.share.is_(None), 1), else_=0)).label("without"))
        .where(Cause.visible_to(person))
        .group_by(Cause.issue_id)
        .subquery()
    )  # fmt: skip


def share_of(given: sa.Subquery) -> sa.ColumnElement[float]:
    """The share of a cause in percent, given or split."""
    return sa.case((Cause.share.is_not(None), Cause.share * 1.0), else_=(100.0 - given.c.given) / sa.func.nullif(given.c.without, 0))


FACTOR = sa.case(*((Cause.certainty == c, c.factor) for c in Certainty))


@dataclass(frozen=True)
class Asked:
    """Which problems to list: the query string of /problems, with anything unknown left out."""

    category: Category | None = None
    department: int | None = None
    status: ProblemStatus | None = None
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        return cls(
            category=_member(Category, args.get("category")),
            department=read_id(args.get("department")),
            status=_member(ProblemStatus, args.get("status")),
            page=read_id(args.get("page")) or 1,
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.category or self.department or self.status)

    def but(self, **other: Any) -> dict[str, str | int]:
        """The query string with something else chosen; back on the first page unless that is what changes."""
        asked = replace(self, **({"page": 1} | other))
        category, status = asked.category and asked.category.value, asked.status and asked.status.value
        chosen = {"category": category, "department": asked.department, "status": status, "page": asked.page if asked.page > 1 else None}
        return {k: v for k, v in chosen.items() if v}


def _member(kind: Any, text: str | None) -> Any:
    return next((m for m in kind if m.value == text), None)


@dataclass(frozen=True)
class Ranked:
    """One problem in the list, with what solving it would move."""

    id: int
    title: str
    category: Category
    status: ProblemStatus
    restricted: bool
    department: Mark | None
    hours: float | None
    investment: int | None
    issues: int
    leverage: float
    suspected: float
    portion: float = 0.0
    cumulated: float = 0.0

    @property
    def key(self) -> str:
        return f"EX-{self.id}"


@dataclass(frozen=True)
class Mark:
    """What a department is recognised by."""

    id: int
    code: str
    name: str
    colour: str


def leverage(person: User, asked: Asked | None = None) -> list[Ranked]:
    """The problems this person may see, most leverage first; one query. Without a status: those that are not solved or rejected.

    `portion` and `cumulated` are percentages of the sum of what is listed; `suspected` is the part of the leverage that
    comes from links nobody has confirmed.
    """
    asked = asked or Asked()
    given = given_shares(person)
    points = sa.func.coalesce(PAIN * share_of(given) / 100.0 * FACTOR, 0.0)
    moved = sa.func.coalesce(sa.func.sum(points), 0.0)
    unsure = sa.func.coalesce(sa.func.sum(sa.case((Cause.certainty == Certainty.SUSPECTED, points), else_=0.0)), 0.0)
    select = (
        sa.select(Problem.id, Problem.title, Problem.category, Problem.status, Problem.restricted, Department.id, Department.code, Department.name,
                  Department.colour, Problem.employees * Problem.hours_lost, Problem.investment, sa.func.count(Issue.id), moved, unsure)
        .select_from(Problem)
        .outerjoin(Department, Department.id == Problem.department_id)
        .outerjoin(Cause, Cause.problem_id == Problem.id)
        .outerjoin(Issue, sa.and_(Issue.id == Cause.issue_id, Issue.status.in_(OPEN)))
        .outerjoin(given, given.c.issue_id == Issue.id)
        .where(Problem.visible_to(person), Problem.status.in_([asked.status] if asked.status else OPEN_PROBLEMS))
        .group_by(Problem.id, Department.id)
        .order_by(moved.desc(), sa.func.count(Issue.id).desc(), Problem.id)
    )  # fmt: skip
    if asked.category:
        select = select.where(Problem.category == asked.category)
    if asked.department:
        select = select.where(Problem.department_id == asked.department)
    rows = db.session.execute(select).all()
    total, so_far, ranked = sum(r[12] for r in rows), 0.0, []
    for id, title, category, status, restricted, d_id, code, name, colour, hours, investment, issues, points_, suspected in rows:
        so_far += points_
        ranked.append(
            Ranked(
                id, title, category, status, restricted, Mark(d_id, code, name, colour) if d_id else None, hours, investment, issues, points_, suspected,
                portion=100 * points_ / total if total else 0.0, cumulated=100 * so_far / total if total else 0.0,
            )
        )  # fmt: skip
    return ranked


@dataclass(frozen=True)
class Contribution:
    """One issue under a problem's leverage: the figures that are multiplied, and what comes out."""

    cause_id: int
    issue_id: int
    title: str
    status: Status
    pain: float | None
    given: int | None
    share: float
    certainty: Certainty
    whys: int
    points: float

    @property
    def key(self) -> str:
        return f"CX-{self.issue_id}"


def contributions(problem: Problem, person: User) -> list[Contribution]:
    """The rows behind a problem's leverage: every issue it causes, open ones first, those that weigh most on top.

    An issue that is not open any more is listed, and adds nothing.
    """
    found = [c for _problem, c in contributions_of([problem.id], person)]
    return sorted(found, key=lambda c: (not c.status.is_open, -c.points, c.issue_id))


def contributions_of(problem_ids: Sequence[int], person: User) -> list[tuple[int, Contribution]]:
    """The same for several problems, each row with the id of its problem, in no order; one query."""
    from .whys import LEAVES

    given = given_shares(person)
    first = sa.select(LEAVES.c.depth).where(LEAVES.c.cause_id == Cause.id).order_by(LEAVES.c.id).limit(1)
    whys = sa.func.coalesce(first.scalar_subquery(), 0)
    rows = db.session.execute(
        sa.select(Cause.problem_id, Cause.id, Issue.id, Issue.title, Issue.status, PAIN, Cause.share, share_of(given), Cause.certainty, whys)
        .join(Issue, Issue.id == Cause.issue_id)
        .join(given, given.c.issue_id == Issue.id)
        .where(Cause.problem_id.in_(problem_ids), Cause.visible_to(person), Issue.status != Status.MERGED)
    ).all()
    return [
        (problem, Contribution(
            cause, issue, title, status, pain, stated, share, certainty, count,
            points=(pain or 0.0) * share / 100 * certainty.factor if status.is_open else 0.0,
        ))
        for problem, cause, issue, title, status, pain, stated, share, certainty, count in rows
    ]  # fmt: skip


def moving_along(problem_ids: Sequence[int]) -> dict[int, int]:
    """How many open issues each of these problems causes ("solve this, and four issues move")."""
    if not problem_ids:
        return {}
    rows = db.session.execute(
        sa.select(Cause.problem_id, sa.func.count())
        .join(Issue, Issue.id == Cause.issue_id)
        .where(Cause.problem_id.in_(problem_ids), Issue.status.in_(OPEN))
        .group_by(Cause.problem_id)
    ).all()
    return dict(rows)


# the causes of an issue


@dataclass(frozen=True)
class Explanation:
    """Why an issue happens, as far as this person may see: strongest cause first."""

    causes: list[Cause]
    shares: dict[int, float]
    issues: dict[int, int]
    restricted: bool

    @property
    def known(self) -> list[Cause]:
        """Those with a given share, for the evidence band."""
        return [c for c in self.causes if c.share]

    @property
    def unexplained(self) -> int:
        """Percent that no cause this person sees has been given."""
        return 100 - sum(c.share or 0 for c in self.causes)


def causes_of(issue: Issue, person: User) -> Explanation:
    """The causes this person may see, and whether there is one that they may not."""
    every = db.session.scalars(
        sa.select(Cause)
        .join(Cause.problem)
        .options(contains_eager(Cause.problem).joinedload(Problem.department), joinedload(Cause.confirmed_by), joinedload(Cause.author), selectinload(Cause.why_rows))
        .where(Cause.issue_id == issue.id, Problem.visible_to(person))
        .order_by(Cause.id)
    ).unique().all()  # fmt: skip
    all_of_them = db.session.scalar(sa.select(sa.func.count()).where(Cause.issue_id == issue.id)) or 0
    without = sum(c.share is None for c in every)
    rest = (100 - sum(c.share or 0 for c in every)) / without if without else 0.0
    shares = {c.id: float(c.share) if c.share is not None else rest for c in every}
    strongest = sorted(every, key=lambda c: (-(c.share or 0), -c.certainty.dots, -len(c.whys), c.id))
    return Explanation(strongest, shares, moving_along([c.problem_id for c in every]), restricted=all_of_them > len(every))


# choosing the other side


def problems_to_link(issue: Issue, person: User, text: str = "") -> list[Problem]:
    """Problems that could be behind this issue: matching the text, those that cause most on top."""
    linked = sa.select(Cause.problem_id).where(Cause.issue_id == issue.id)
    often = sa.select(sa.func.count()).where(Cause.problem_id == Problem.id).scalar_subquery()
    select = (
        sa.select(Problem)
        .options(joinedload(Problem.department))
        .where(Problem.visible_to(person), Problem.status.in_(OPEN_PROBLEMS), Problem.id.not_in(linked))
        .order_by(often.desc(), Problem.id.desc())
        .limit(CHOICES)
    )
    return list(db.session.scalars(matching(select, Problem, "EX", text)))


def issues_to_link(problem: Problem, text: str = "") -> list[Issue]:
    """Open issues that this problem could be behind: matching the text, by rank."""
    linked = sa.select(Cause.issue_id).where(Cause.problem_id == problem.id)
    select = (
        sa.select(Issue).options(joinedload(Issue.lead)).where(Issue.status.in_(OPEN), Issue.id.not_in(linked)).order_by(Issue.rank, Issue.id).limit(CHOICES)
    )
    return list(db.session.scalars(matching(select, Issue, "CX", text)))


def matching(select: sa.Select[Any], model: Any, prefix: str, text: str) -> sa.Select[Any]:
    """Every word of the text is in the title, or the text is the key."""
    text = text.strip()[:160]
    by_key = read_id(text.upper().removeprefix(prefix).removeprefix("-"))
    words = sa.and_(sa.true(), *(model.title.icontains(word, autoescape=True) for word in text.split()[:8]))
    return select.where(sa.or_(model.id == by_key, words) if by_key else words) if text else select


def problem_to_link(id: int, person: User) -> Problem | None:
    """The problem with this id, if this person may see it."""
    return db.session.scalar(sa.select(Problem).where(Problem.id == id, Problem.visible_to(person)))


def issue_to_link(id: int) -> Issue | None:
    """The issue with this id, locked, so that two links at once can't both take the share that is left."""
    return db.session.scalar(sa.select(Issue).where(Issue.id == id, Issue.status.in_(OPEN)).with_for_update(of=Issue))


def linked(ids: set[int], person: User) -> dict[int, tuple[str, str]]:
    """Where EX-7 in a text leads, and its title, as far as this person may see it."""
    seen = sa.select(Problem.id, Problem.title).where(Problem.id.in_(ids), Problem.visible_to(person))
    return {id: (f"/problems/{id}", title) for id, title in db.session.execute(seen)}
