"""What the root-cause map and the Pareto are drawn from, in a fixed number of statements."""

from __future__ import annotations

import sqlalchemy as sa

from ..accounts.models import Department, User
from ..db import db
from ..issues.journey import PAIN
from ..issues.models import Issue
from ..issues.status import OPEN
from ..journeys.models import Journey, Stage
from .models import Cause, Problem
from .pain import Explained, Hurt, Pain, Place, Source
from .queries import Mark, given_shares, share_of


def pain(person: User) -> Pain:
    """The open issues with their pain, and what explains it as far as this person may see; three statements."""
    rows = db.session.execute(sa.select(Issue.id, Issue.title, Issue.status, PAIN, Issue.stage_id).where(Issue.status.in_(OPEN)))
    issues = {r[0]: Hurt(*r) for r in rows}
    stages = db.session.execute(sa.select(Stage.id, Stage.name, Journey.id, Journey.name).join(Journey).order_by(Journey.name, Stage.archived, Stage.position))
    return Pain(issues, tuple(_links(person, issues)), {r[0]: Place(*r) for r in stages})


def _links(person: User, issues: dict[int, Hurt]) -> list[Explained]:
    given = given_shares(person)
    select = (
        sa.select(Cause.id, Cause.issue_id, Cause.certainty, Cause.share, share_of(given), Problem.id, Problem.title, Problem.category, Problem.status,
                  Problem.restricted, Department.id, Department.code, Department.name, Department.colour)
        .join(Issue, Issue.id == Cause.issue_id)
        .join(Problem, Problem.id == Cause.problem_id)
        .join(given, given.c.issue_id == Cause.issue_id)
        .outerjoin(Department, Department.id == Problem.department_id)
        .where(Issue.status.in_(OPEN), Problem.visible_to(person))
        .order_by(Cause.id)
    )  # fmt: skip
    sources: dict[int, Source] = {}
    links = []
    for cause, issue, certainty, stated, share, id, title, category, status, restricted, d_id, code, name, colour in db.session.execute(select):
        if id not in sources:
            sources[id] = Source(id, title, category, status, restricted, Mark(d_id, code, name, colour) if d_id else None)
        links.append(Explained(cause, issues[issue], sources[id], float(share), stated is not None, certainty))
    return links
