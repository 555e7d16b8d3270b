"""Votes for what to discuss first, when the focus step has more than fits.

Everybody who takes part has three votes, one for a point. Until the chair closes the vote nobody sees how it goes; then
the points stand in the order of their votes, the numbers are kept, and who voted for what is forgotten.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column

from .. import clock
from ..accounts.models import User
from ..db import Model, db
from ..domain import Refused
from ..live import announce
from .models import AgendaItem, Review
from .preparing import estimate
from .steps import Step

EACH = 3


class Ballot(Model):
    """The vote of one review. `counts` holds the votes per point, once it is closed."""

    __tablename__ = "ballot"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    voters: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any] | None]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def votes_for(self, item: AgendaItem) -> int:
        """How many votes a point got; 0 while it is not told."""
        return int((self.counts or {}).get(str(item.id), 0))


class Vote(Model):
    """One vote of one person for one point, until the vote is closed."""

    __tablename__ = "vote"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("agenda_item.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)


def candidates(review: Review) -> list[AgendaItem]:
    """What can be voted for: the focus points that were not discussed yet."""
    return [p for p in review.points(Step.FOCUS) if p.discussed_at is None]


def is_called_for(review: Review) -> bool:
    """Whether the points of the focus step take more than its time box holds."""
    points = candidates(review)
    return len(points) > 1 and sum(estimate(p, review.duration) for p in points) > review.box(Step.FOCUS).minutes


def ballot_of(review: Review) -> Ballot | None:
    return db.session.get(Ballot, review.id)


def votes_of(review: Review, person: User) -> set[int]:
    """The points that this person votes for; nobody else's votes are ever read one by one."""
    return set(db.session.scalars(sa.select(Vote.item_id).where(Vote.review_id == review.id, Vote.user_id == person.id)))


def voters(review: Review) -> int:
    """How many people have voted so far."""
    return db.session.scalar(sa.select(sa.func.count(Vote.user_id.distinct())).where(Vote.review_id == review.id)) or 0


def open_vote(review: Review, *, by: User) -> Ballot:
    """Let everybody say what to discuss first. Raises Refused when there is nothing to choose, or when it was voted already."""
    review.must_be_live()
    if ballot_of(review) is not None:
        raise Refused(_l("There was a vote in this review already."))
    if len(candidates(review)) < 2:
        raise Refused(_l("There is nothing to choose from."))
    ballot = Ballot(review_id=review.id, opened_at=clock.now(), voters=0)
    db.session.add(ballot)
    review.record("vote_opened", by=by)
    return ballot


def vote(review: Review, item: AgendaItem, *, by: User, wanted: bool = True) -> None:
    """Give a point one of one's votes, or take it back. Raises Refused for a fourth, or when no vote is open."""
    _open_ballot(review)
    if item not in candidates(review):
        raise Refused(_l("This point can't be voted for."))
    mine = votes_of(review, by)
    if wanted and item.id not in mine:
        if len(mine) >= EACH:
            raise Refused(_l("You have given your three votes. Take one back first."))
        db.session.add(Vote(review_id=review.id, item_id=item.id, user_id=by.id))
    elif not wanted and item.id in mine:
        db.session.execute(sa.delete(Vote).where(Vote.review_id == review.id, Vote.item_id == item.id, Vote.user_id == by.id))
    else:
        return
    review.version += 1
    announce(f"review-{review.id}")


def close_vote(review: Review, *, by: User) -> Ballot:
    """Count, put the points in the order of their votes (the order they had where votes are equal), and forget who voted."""
    ballot = _open_ballot(review)
    cast = db.session.execute(sa.select(Vote.item_id, Vote.user_id).where(Vote.review_id == review.id)).all()
    counted = Counter(item for item, _person in cast)
    ballot.counts, ballot.voters, ballot.closed_at = {str(i): n for i, n in counted.items()}, len({p for _item, p in cast}), clock.now()
    forget(review)
    points = candidates(review)
    places = sorted(p.position for p in points)
    ordered = sorted(points, key=lambda p: (-counted[p.id], p.position))
    for point, place in zip(ordered, places, strict=True):
        point.position = place
    db.session.flush()
    db.session.expire(review, ["items"])
    review.record("vote_closed", by=by)
    if review.step == Step.FOCUS and ordered and review.item in ordered and review.item is not ordered[0]:
        review.turn(Step.FOCUS, ordered[0], by=by, later=True)
    return ballot


def forget(review: Review) -> None:
    """Nobody's votes are kept."""
    db.session.execute(sa.delete(Vote).where(Vote.review_id == review.id))


def _open_ballot(review: Review) -> Ballot:
    review.must_be_live()
    ballot = ballot_of(review)
    if ballot is None or not ballot.is_open:
        raise Refused(_l("No vote is open."))
    return ballot
