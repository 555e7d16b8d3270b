"""What issues tell of the stages of a journey: how many are open, what pain that is, and which hurt most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from ..accounts.models import User
from ..db import db
from ..journeys.lanes import CUSTOMER, STAGE, Asked, Says
from ..places import add_panel
from .models import Issue
from .queries import is_open
from .status import Confidence, Status

IN_LANE, AT_SIDE = 3, 12
PAIN = Issue.reach * Issue.severity * sa.case(*((Issue.confidence == c, c.factor) for c in Confidence))


@dataclass(frozen=True)
class OpenIssue:
    """One open issue of a stage."""

    id: int
    title: str
    status: Status
    pain: float | None

    @property
    def key(self) -> str:
        return f"CX-{self.id}"


@dataclass(frozen=True)
class OpenIssues:
    """The open issues of a stage: those that hurt most, and how many there are in all."""

    first: list[OpenIssue]
    count: int
    pain: float
    unweighed: int  # of them nobody knows the pain yet

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def in_lane(asked: Asked, person: User) -> dict[str, Any]:
    """Per stage; everybody sees every issue."""
    return {"label": _l("Issues"), "stages": figures(asked) if asked.brief else hurting(asked, IN_LANE)}


def at_side(asked: Asked, person: User) -> dict[str, Any]:
    return {"label": _l("Issues"), "stages": hurting(asked, AT_SIDE)}


def figures(asked: Asked) -> dict[int, Says]:
    """How many issues and what pain, in one statement."""
    select = sa.select(Issue.stage_id, sa.func.count(), sa.func.coalesce(sa.func.sum(PAIN), 0.0)).where(Issue.stage_id.in_(asked.ids), is_open()).group_by(Issue.stage_id)
    rows: list[Any] = list(db.session.execute(select))
    return {stage: Says(issues=count, pain=float(pain)) for stage, count, pain in rows}


def hurting(asked: Asked, most: int) -> dict[int, Says]:
    """The same with the issues that hurt most in each, in one statement."""
    within: dict[str, Any] = {"partition_by": Issue.stage_id}
    place = sa.func.row_number().over(**within, order_by=(sa.func.coalesce(PAIN, -1).desc(), Issue.rank, Issue.id)).label("place")
    count, pain, weighed = (
        figure.over(**within).label(name) for figure, name in ((sa.func.count(), "count"), (sa.func.sum(PAIN), "sum"), (sa.func.count(PAIN), "weighed"))
    )
    every = sa.select(Issue.id, Issue.title, Issue.status, Issue.stage_id, PAIN.label("pain"), place, count, pain, weighed).where(Issue.stage_id.in_(asked.ids), is_open()).subquery()
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(sa.select(every).where(every.c.place <= most).order_by(every.c.stage_id, every.c.place)):
        found.setdefault(row.stage_id, []).append(row)
    return {stage: _says(rows) for stage, rows in found.items()}


def _says(rows: list[Any]) -> Says:
    one = rows[0]
    first = [OpenIssue(r.id, r.title, r.status, r.pain) for r in rows]
    pain = float(one.sum or 0.0)
    return Says(OpenIssues(first, one.count, pain, one.count - one.weighed), issues=one.count, pain=pain)


add_panel(CUSTOMER, 20, "issues/_journey_issues.html", in_lane)
add_panel(STAGE, 20, "issues/_journey_issues.html", at_side)
