"""What an answer to a why may end in: problems and issues to choose from as somebody types."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..db import db
from ..history import Event
from ..issues.models import Issue
from ..issues.status import OPEN
from .models import Cause, Problem
from .queries import CHOICES, OPEN_PROBLEMS, matching


def problems_to_end(issue: Issue, person: User, text: str = "") -> list[Problem]:
    """Open problems that this person may see: those that are causes of the issue first, then those that cause most."""
    linked = sa.select(Cause.id).where(Cause.issue_id == issue.id, Cause.problem_id == Problem.id).exists()
    often = sa.select(sa.func.count()).where(Cause.problem_id == Problem.id).scalar_subquery()
    select = (
        sa.select(Problem)
        .options(joinedload(Problem.department))
        .where(Problem.visible_to(person), Problem.status.in_(OPEN_PROBLEMS))
        .order_by(sa.case((linked, 0), else_=1), often.desc(), Problem.id.desc())
        .limit(CHOICES)
    )
    return list(db.session.scalars(matching(select, Problem, "EX", text)))


def issues_to_end(issue: Issue, text: str = "") -> list[Issue]:
    """Other open issues, by rank; none before something is typed: a problem is what is looked for."""
    if not text.strip():
        return []
    select = sa.select(Issue).options(joinedload(Issue.lead)).where(Issue.status.in_(OPEN), Issue.id != issue.id).order_by(Issue.rank, Issue.id).limit(CHOICES)
    return list(db.session.scalars(matching(select, Issue, "CX", text)))


def removal_by(person: User, issue: Issue, number: int) -> Event | None:
    """What this person took out of the tree of this issue, by the number of that event."""
    theirs = (Event.kind == "why_removed", Event.subject == "why", Event.by_id == person.id, Event.issue_id == issue.id)
    return db.session.scalar(sa.select(Event).where(Event.id == number, *theirs))
