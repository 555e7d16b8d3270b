"""What a person's day begins with, as far as no slice below asks it already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts.models import User
from ..db import db
from ..discussion.models import Comment
from ..focus.models import Focus
from ..history import Event
from ..issues.models import Issue, Stay
from ..issues.queries import standing_still
from ..issues.status import Status
from ..reviews.models import Review, ReviewStatus
from ..voices.models import Voice
from ..voices.panels import newest_voice

MOST = 20
QUIET = timedelta(days=7)
A_WEEK = timedelta(days=7)
MOST_CHANGES = 8


def still_with(person: User) -> list[Issue]:
    """The issues of this person that stand still, longest first, until they have done something about it this week."""
    since = clock.now() - QUIET
    did = sa.exists().where(Event.issue_id == Issue.id, Event.by_id == person.id, Event.at >= since)
    said = sa.exists().where(Comment.issue_id == Issue.id, Comment.author_id == person.id, Comment.at >= since)
    select = sa.select(Issue).where(Issue.owner_id == person.id, standing_still(), ~did, ~said).order_by(Issue.touched_at, Issue.id)
    return list(db.session.scalars(select.limit(MOST).options(joinedload(Issue.lead))))


def next_review() -> Review | None:
    """The review that is going on, or else the first that is to come."""
    ahead = sa.or_(Review.status == ReviewStatus.LIVE, sa.and_(Review.status == ReviewStatus.PLANNED, Review.starts_at >= clock.now() - timedelta(hours=12)))
    return db.session.scalar(sa.select(Review).where(ahead).order_by(Review.status != ReviewStatus.LIVE, Review.starts_at).limit(1))


def to_triage() -> list[Issue]:
    """What was reported and has no answer yet, what waits longest first. By the index of its status, not through all there ever was."""
    select = sa.select(Issue).where(Issue.status == Status.NEW).order_by(Issue.status_since, Issue.id).limit(MOST)
    return list(db.session.scalars(select.options(joinedload(Issue.lead), joinedload(Issue.reporter))))


def to_prepare(person: User) -> list[Focus]:
    """The focus issues of this person's departments (or their own) about which they said nothing since the last review."""
    closed = sa.select(sa.func.max(Review.closed_at)).where(Review.status == ReviewStatus.CLOSED).scalar_subquery()
    last = sa.func.coalesce(closed, sa.literal(clock.now() - A_WEEK, Review.closed_at.type))
    said = sa.exists().where(Comment.issue_id == Issue.id, Comment.author_id == person.id, Comment.at >= last)
    did = sa.exists().where(Event.issue_id == Issue.id, Event.by_id == person.id, Event.at >= last)
    mine = sa.or_(Issue.owner_id == person.id, sa.and_(Issue.owner_id.is_(None), Issue.lead_id.in_(person.department_ids)))
    select = sa.select(Focus).join(Focus.issue).where(Focus.until.is_(None), mine, ~said, ~did).order_by(Focus.place)
    return list(db.session.scalars(select.options(joinedload(Focus.issue).joinedload(Issue.lead))))


@dataclass(frozen=True)
class Week:
    """What changed for customers in the last seven days, newest first, and what one of them said last."""

    changes: list[Issue]
    quote: str
    said_about: Issue | None
    voice: Voice | None = None  # the newest, where voices are logged

    def __bool__(self) -> bool:
        return bool(self.changes or self.quote or self.voice)


def for_customers() -> Week:
    """Issues that were finished, are being measured, or were begun in the last seven days; and the newest words of a customer."""
    moved = sa.and_(Issue.status_since >= clock.now() - A_WEEK, Issue.stays.any(Stay.until.is_not(None)))
    now = Issue.status.in_((Status.IN_PROGRESS, Status.VERIFYING, Status.DONE))
    done_first = sa.case((Issue.status == Status.DONE, 0), (Issue.status == Status.VERIFYING, 1), else_=2)
    select = sa.select(Issue).where(now, moved).order_by(done_first, Issue.status_since.desc(), Issue.id.desc()).limit(MOST_CHANGES)
    changes = list(db.session.scalars(select.options(joinedload(Issue.lead))))
    if (voice := newest_voice()) is not None:
        return Week(changes, "", None, voice)
    told = sa.select(Issue).where(Issue.status.not_in((Status.DECLINED, Status.MERGED)), sa.or_(Issue.story.contains("“"), Issue.story.like(">%"), Issue.story.contains("\n>")))
    recent = db.session.scalars(told.order_by(Issue.created_at.desc(), Issue.id.desc()).limit(5))
    about = next((i for i in recent if i.quote), None)
    return Week(changes, (about.quote or "") if about else "", about)
