"""On the page Today: the points of the coming review that are about me or my departments, each to prepare in its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..accounts.models import User
from ..db import db
from ..issues.models import Issue
from ..permissions import allows
from ..places import add_panel
from . import preparing
from .agenda import agenda_for
from .models import AgendaItem, Review, ReviewStatus
from .preparing import Preparation, PreparedAnswer
from .sentences import why
from .steps import Step

AHEAD = timedelta(days=7)
MOST = 8


def coming_soon() -> Review | None:
    """The first review of the next seven days."""
    now = clock.now()
    soon = sa.select(Review).where(Review.status == ReviewStatus.PLANNED, Review.starts_at > now, Review.starts_at <= now + AHEAD)
    return db.session.scalar(soon.order_by(Review.starts_at).limit(1))


def concerns(issue: Issue, person: User) -> bool:
    """Whether it is mine, or of a department of mine."""
    departments = person.department_ids
    return issue.owner_id == person.id or issue.lead_id in departments or any(d.id in departments for d in issue.contributing)


def to_prepare(review: Review, person: User) -> list[AgendaItem]:
    """What is new (for who does not answer it anyway) and what is stuck with me or my departments, until I have said something or have
    nothing to add. My promises and what is in focus with me are asked elsewhere on the page."""
    said = sa.select(Preparation.step, Preparation.issue_id).join(PreparedAnswer, PreparedAnswer.preparation_id == Preparation.id)
    done = {(step, id) for step, id in db.session.execute(said.where(Preparation.review_id == review.id, PreparedAnswer.by_id == person.id))}
    steps = (Step.STUCK,) if allows(person, "issue.triage") else (Step.NEW, Step.STUCK)
    points = [i for step in steps for i in agenda_for(review, only=step)]
    return [i for i in points if i.issue and (i.step, i.issue_id) not in done and concerns(i.issue, person)][:MOST]


def of_today(_person: Any, person: Any) -> dict[str, Any] | None:
    """The panel."""
    review = coming_soon() if allows(person, "review.take_part") else None
    points = to_prepare(review, person) if review else []
    return {"review": review, "points": points, "why": why, "name": preparing.name_of} if points else None


add_panel("today", 45, "reviews/_prepare_today.html", of_today)
