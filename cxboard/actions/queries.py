"""What was decided and promised: about one issue or problem, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts.models import Department, User
from ..accounts.queries import departments
from ..db import db
from ..issues.models import Issue
from .models import REVIEW, Action, ActionStatus, Decision

MOST = 200  # rows on one page


@dataclass(frozen=True)
class Agreements:
    """The decisions and the promises about one thing, and in which week's review each was made."""

    open: list[Action]
    decisions: list[Decision]
    closed: list[Action]
    weeks: dict[int, int]

    def __len__(self) -> int:
        return len(self.open) + len(self.decisions) + len(self.closed)


def agreements(person: User, *, issue_ids: Sequence[int] = (), problem_id: int | None = None) -> Agreements:
    """What was agreed about these issues (one with those merged into it) or about this problem, as far as this person may see it."""

    def about(kind: type[Any]) -> Any:
        return kind.problem_id == problem_id if problem_id is not None else kind.issue_id.in_(issue_ids)

    of_decision = sa.select(Decision).where(about(Decision), Decision.withdrawn_at.is_(None), Decision.visible_to(person))
    decisions = list(db.session.scalars(of_decision.order_by(Decision.at.desc(), Decision.id.desc())))
    actions = list(db.session.scalars(sa.select(Action).where(about(Action), Action.visible_to(person)).options(*with_all_of_a_row())))
    still = sorted((a for a in actions if a.status == ActionStatus.OPEN), key=lambda a: (a.due, a.id))
    closed = sorted((a for a in actions if a.status != ActionStatus.OPEN), key=lambda a: (a.closed_at or a.created_at, a.id), reverse=True)
    return Agreements(still, decisions, closed, weeks_of({d.review_id for d in decisions if d.review_id}))


def weeks_of(review_ids: set[int]) -> dict[int, int]:
    """The number of the ISO week of each of these reviews."""
    if not review_ids:
        return {}
    rows = db.session.execute(sa.select(REVIEW.c.id, REVIEW.c.week).where(REVIEW.c.id.in_(review_ids)))
    return {id: clock.week_number(week) for id, week in rows}


def with_all_of_a_row() -> tuple[Any, ...]:
    """What a row shows and what its permission asks for, in a fixed number of statements."""
    return (
        joinedload(Action.issue).selectinload(Issue.contributing),
        joinedload(Action.problem),
        joinedload(Action.department),
        joinedload(Action.owner),
    )


def open_with(person: User) -> list[Action]:
    """What this person promised and has not done yet, soonest first; at most MOST."""
    select = sa.select(Action).where(Action.status == ActionStatus.OPEN, Action.owner_id == person.id, Action.visible_to(person))
    about = (joinedload(Action.owner), joinedload(Action.issue), joinedload(Action.problem), joinedload(Action.department))
    return list(db.session.scalars(select.order_by(Action.due, Action.id).limit(MOST).options(*about)))


@dataclass(frozen=True)
class OpenActions:
    """Which promises to show: read from the query string, so that every filter is an address."""

    whose: str = "mine"  # mine, all, or the code of a department
    late: bool = False
    by: str = "date"  # date or department

    @classmethod
    def of(cls, args: Any) -> OpenActions:
        """Anything that is not known falls back to what is."""
        whose = str(args.get("whose", "mine"))
        known = {"mine", "all", *(d.code for d in departments())}
        return cls(whose if whose in known else "mine", args.get("late") == "yes", "department" if args.get("by") == "department" else "date")

    def url(self, **changes: Any) -> dict[str, str | None]:
        """The query string of this list with something else; what is usual is left out."""
        other = replace(self, **changes)
        return {
            "whose": None if other.whose == "mine" else other.whose,
            "late": "yes" if other.late else None,
            "by": None if other.by == "date" else other.by,
        }

    def rows(self, person: User) -> list[Action]:
        """The open promises, soonest first; at most MOST."""
        select = sa.select(Action).where(Action.status == ActionStatus.OPEN, Action.visible_to(person)).options(*with_all_of_a_row())
        if self.whose == "mine":
            select = select.where(Action.owner_id == person.id)
        elif self.whose != "all":
            select = select.where(Action.department_id.in_(sa.select(Department.id).where(Department.code == self.whose)))
        if self.late:
            select = select.where(Action.due < clock.today())
        return list(db.session.scalars(select.order_by(Action.due, Action.id).limit(MOST)))

    def groups(self, person: User) -> list[tuple[str, list[Action]]]:
        """The rows under their heads: by week, or by department. Never counted or sorted per person."""
        rows = self.rows(person)
        if self.by == "department":
            rows = sorted(rows, key=lambda a: (a.department is None, a.department.code if a.department else "", a.due, a.id))
            return [(name, list(group)) for name, group in groupby(rows, lambda a: a.department.name if a.department else _("No department"))]
        today = clock.today()
        return [(str(WHEN[when]), list(group)) for when, group in groupby(rows, lambda a: when_due(a.due, today))]


WHEN = {
    "late": _l("Past their day"),
    "this_week": _l("This week"),
    "next_week": _l("Next week"),
    "later": _l("Later"),
}


def when_due(due: date, today: date) -> str:
    """late, this_week, next_week or later; weeks are ISO weeks, from Monday."""
    monday = today + timedelta(days=7 - today.weekday())
    if due < today:
        return "late"
    return "this_week" if due < monday else "next_week" if due < monday + timedelta(days=7) else "later"
