"""What changed since the last review beyond single points: per department, and in what causes issues.

Everything about problems is seen through `visible_to`: who may not see a restricted one does not learn of news about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ..accounts.models import Department, User
from ..causes.models import Certainty, Problem, about_nothing_hidden
from ..causes.queries import contributions_of
from ..db import db
from ..history import Event
from ..issues.models import Issue, Stay
from ..issues.status import Status
from .agenda import since
from .models import Review

MOST_PROBLEMS = 6


@dataclass
class OfDepartment:
    """What changed for the issues that one department leads."""

    department: Department
    reported: int = 0
    begun: int = 0
    done: int = 0


@dataclass
class OfProblem:
    """A problem that was linked to issues or confirmed for them; `more` is the leverage that this added."""

    problem: Problem
    linked: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    now: float = 0.0
    more: float = 0.0


@dataclass
class News:
    """What a review may begin with."""

    departments: list[OfDepartment]
    problems: list[OfProblem]

    def __bool__(self) -> bool:
        return bool(self.departments or self.problems)


def news(review: Review, person: User) -> News:
    """What changed since the last review, as far as this person may know; in a fixed number of statements."""
    return News(of_departments(review), of_problems(review, person))


def of_departments(review: Review) -> list[OfDepartment]:
    """What changed for the issues that each department leads; the same for everybody."""
    start = since(review)
    found: dict[int, OfDepartment] = {}
    departments = {d.id: d for d in db.session.scalars(sa.select(Department))}

    def of(id: int | None) -> OfDepartment:
        assert id is not None
        return found.setdefault(id, OfDepartment(departments[id]))

    reported = sa.select(Issue.lead_id, sa.func.count()).where(Issue.created_at >= start, Issue.lead_id.is_not(None)).group_by(Issue.lead_id)
    for id, count in db.session.execute(reported):
        of(id).reported = count
    earlier = aliased(Stay)  # what came in from a file as finished was not finished here
    moved = (
        sa.select(Issue.lead_id, Stay.status, sa.func.count(sa.distinct(Stay.issue_id)))
        .join(Issue, Issue.id == Stay.issue_id)
        .where(
            Stay.since >= start, Stay.status.in_((Status.IN_PROGRESS, Status.DONE)), Issue.lead_id.is_not(None), Issue.status == Stay.status,
            sa.exists().where(earlier.issue_id == Stay.issue_id, earlier.id < Stay.id),
        )
        .group_by(Issue.lead_id, Stay.status)
    )  # fmt: skip
    for id, status, count in db.session.execute(moved):
        if status == Status.DONE:
            of(id).done = count
        else:
            of(id).begun = count
    return sorted(found.values(), key=lambda d: d.department.code)


def of_problems(review: Review, person: User) -> list[OfProblem]:
    """The problems that became or were confirmed as causes, as far as this person may see them."""
    return _problems(_said_of_causes(since(review), person), person)


def _said_of_causes(start: datetime, person: User) -> list[Event]:
    """What was said about causes since then, oldest first."""
    said = sa.select(Event).where(Event.at >= start, Event.kind.in_(("cause_linked", "cause_confirmed")), about_nothing_hidden(Event.problem_id, person))
    return list(db.session.scalars(said.order_by(Event.id)))


def _problems(said: list[Event], person: User) -> list[OfProblem]:
    before: dict[int, float] = {}  # what each cause counted for before
    linked = {e.subject_id for e in said if e.kind == "cause_linked"}
    for event in said:
        before.setdefault(event.subject_id, 0.0 if event.subject_id in linked else Certainty(event.before).factor)
    ids = {e.problem_id for e in said if e.problem_id}
    problems = {p.id: p for p in db.session.scalars(sa.select(Problem).where(Problem.id.in_(ids), Problem.visible_to(person)))} if ids else {}
    found = {id: OfProblem(problem) for id, problem in problems.items() if problem.status.is_open}
    for problem_id, one in contributions_of(list(found), person) if found else ():
        about = found[problem_id]
        about.now += one.points
        if one.cause_id not in before or not one.status.is_open:
            continue
        more = one.points * (1 - before[one.cause_id] / one.certainty.factor)
        about.more += more
        if one.cause_id in linked:
            about.linked.append(one.key)
        elif one.certainty != Certainty.SUSPECTED:
            about.confirmed.append(one.key)
    changed = [p for p in found.values() if p.linked or p.confirmed]
    return sorted(changed, key=lambda p: (-p.more, p.problem.id))[:MOST_PROBLEMS]
