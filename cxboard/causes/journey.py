"""What causes tell of the stages of a journey: which EX problems stand behind the open issues, as far as this person may see.

That an issue of the stage has a restricted cause is said just as the page of the issue says it; which, or how many, is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from ..accounts.models import Department, User
from ..db import db
from ..issues.journey import PAIN
from ..issues.models import Issue
from ..issues.queries import is_open
from ..journeys.lanes import EMPLOYEE, STAGE, Asked, Says
from ..places import add_panel
from .models import Cause, Problem, ProblemStatus
from .queries import Mark

IN_LANE, AT_SIDE = 3, 12


@dataclass(frozen=True)
class Behind:
    """One EX problem behind issues of a stage."""

    id: int
    title: str
    status: ProblemStatus
    restricted: bool
    department: Mark | None
    issues: int

    @property
    def key(self) -> str:
        return f"EX-{self.id}"


@dataclass(frozen=True)
class Unexplained:
    """An open issue of a stage that has no cause."""

    id: int
    title: str

    @property
    def key(self) -> str:
        return f"CX-{self.id}"


@dataclass(frozen=True)
class Gap:
    """What stands behind the pain of a stage: those behind most of it, how many in all, and whether there is one that is hidden."""

    first: list[Behind]
    count: int
    restricted: bool
    without: tuple[Unexplained, ...] = ()

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def in_lane(asked: Asked, person: User) -> dict[str, Any]:
    explained = explained_stages(asked, person)
    found = {} if asked.brief else problems(asked, person)
    return {"label": _l("EX problems"), "stages": {s: Says(gap(found.get(s, []), hidden, IN_LANE), explained=True) for s, hidden in explained.items()}}


def at_side(asked: Asked, person: User) -> dict[str, Any]:
    explained, found, [stage] = explained_stages(asked, person), problems(asked, person), asked.ids
    shown = gap(found.get(stage, []), explained.get(stage, False), AT_SIDE, without(stage))
    there = shown.count or shown.restricted or shown.without
    return {"label": _l("EX problems"), "stages": {stage: Says(shown)} if there else {}}


def gap(found: list[Behind], hidden: bool, most: int, without: tuple[Unexplained, ...] = ()) -> Gap:
    return Gap(found[:most], len(found), hidden, without)


def explained_stages(asked: Asked, person: User) -> dict[int, bool]:
    """The stages with an open issue that has a cause, and whether this person may not see one of those causes."""
    seen = sa.case((Cause.visible_to(person), 1), else_=0)
    select = (
        sa.select(Issue.stage_id, sa.func.count(Cause.id), sa.func.sum(seen))
        .join(Cause, Cause.issue_id == Issue.id)
        .where(Issue.stage_id.in_(asked.ids), is_open())
        .group_by(Issue.stage_id)
    )
    return {stage: int(visible) < every for stage, every, visible in db.session.execute(select)}


def problems(asked: Asked, person: User) -> dict[int, list[Behind]]:
    """Per stage the problems behind its open issues, those behind most pain first; one statement."""
    pain, count = sa.func.coalesce(sa.func.sum(PAIN), 0.0), sa.func.count(Issue.id)
    select = (
        sa.select(Issue.stage_id, Problem.id, Problem.title, Problem.status, Problem.restricted, Department.id, Department.code, Department.name, Department.colour, count)
        .select_from(Cause)
        .join(Issue, Issue.id == Cause.issue_id)
        .join(Problem, Problem.id == Cause.problem_id)
        .outerjoin(Department, Department.id == Problem.department_id)
        .where(Issue.stage_id.in_(asked.ids), is_open(), Problem.visible_to(person))
        .group_by(Issue.stage_id, Problem.id, Department.id)
        .order_by(Issue.stage_id, pain.desc(), count.desc(), Problem.id)
    )
    found: dict[Any, list[Behind]] = {}
    for stage, id, title, status, restricted, d_id, code, name, colour, issues in db.session.execute(select):
        found.setdefault(stage, []).append(Behind(id, title, status, restricted, Mark(d_id, code, name, colour) if d_id else None, issues))
    return found


def without(stage: int) -> tuple[Unexplained, ...]:
    """The open issues of a stage that have no cause, those that hurt most first."""
    select = (
        sa.select(Issue.id, Issue.title)
        .where(Issue.stage_id == stage, is_open(), sa.not_(sa.exists().where(Cause.issue_id == Issue.id)))
        .order_by(sa.func.coalesce(PAIN, -1).desc(), Issue.rank, Issue.id)
        .limit(AT_SIDE)
    )
    return tuple(Unexplained(id, title) for id, title in db.session.execute(select))


add_panel(EMPLOYEE, 10, "causes/_journey_problems.html", in_lane)
add_panel(STAGE, 30, "causes/_journey_problems.html", at_side)
