"""What people bring to a review before it begins: an order, a point more, a point less, an answer, and who can't be there.

The agenda of a planned review is made afresh at each look (agenda.py). A `Preparation` is what was said about one of its
points, and is laid over the agenda each time, also when it is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from .. import clock
from ..accounts.models import User
from ..actions.models import Action
from ..db import Model, db
from ..domain import Refused
from ..issues.models import Issue
from ..issues.status import Status
from .models import AgendaItem, Attendance, Presence, Review, ReviewStatus
from .steps import Step

OPEN_TO_ALL = (Step.NEW, Step.STUCK, Step.FOCUS)  # the steps to which people add points
LONGEST_POINT = 60  # minutes
LONGEST_ANSWER = 2_000  # characters
EARLIER, LATER = -1, 1
BEGUN = _l("This review has begun: what was prepared is on the table now.")
Thing = tuple[int | None, int | None]  # an issue, or an action


class Preparation(Model):
    """What was prepared for one point of one review: its place, its minutes, who added it or why it is skipped, and answers."""

    __tablename__ = "preparation"
    __table_args__ = (sa.UniqueConstraint("review_id", "step", "issue_id"), sa.UniqueConstraint("review_id", "step", "action_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    step: Mapped[Step]
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(sa.ForeignKey("action.id"), index=True)
    place: Mapped[int | None]
    minutes: Mapped[int | None]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    added_why: Mapped[str] = mapped_column(sa.String(300), default="")
    skipped_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    skipped_why: Mapped[str] = mapped_column(sa.String(300), default="")

    review: Mapped[Review] = relationship()
    issue: Mapped[Issue | None] = relationship()
    action: Mapped[Action | None] = relationship()
    added_by: Mapped[User | None] = relationship(foreign_keys=[added_by_id])
    skipped_by: Mapped[User | None] = relationship(foreign_keys=[skipped_by_id])
    answers: Mapped[list[PreparedAnswer]] = relationship(order_by="PreparedAnswer.id", cascade="all, delete-orphan", back_populates="preparation")

    @property
    def thing(self) -> Thing:
        """Which issue or action it is about."""
        return self.issue_id, self.action_id

    @property
    def is_skipped(self) -> bool:
        return self.skipped_by_id is not None or self.skipped_by is not None

    @property
    def is_added(self) -> bool:
        return self.added_by_id is not None or self.added_by is not None

    @property
    def said(self) -> list[PreparedAnswer]:
        """The answers that say something; an empty one says that its person has nothing to add."""
        return [a for a in self.answers if a.text]

    def may_be_read_by(self, person: User) -> bool:
        """A promise about a restricted problem is for those who may see the problem."""
        problem = self.action.problem if self.action else None
        return problem is None or problem.is_visible_to(person)

    @property
    def may_come(self) -> bool:
        """Whether an added issue is still something to talk about in its step."""
        if self.issue is None:
            return False
        return self.issue.status == Status.NEW if self.step == Step.NEW else self.issue.status.is_open or self.issue.status == Status.PARKED


class PreparedAnswer(Model):
    """What one person has ready to say about a point."""

    __tablename__ = "prepared_answer"
    __table_args__ = (sa.UniqueConstraint("preparation_id", "by_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    preparation_id: Mapped[int] = mapped_column(sa.ForeignKey("preparation.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)

    preparation: Mapped[Preparation] = relationship(back_populates="answers")
    by: Mapped[User] = relationship()


class Excuse(Model):
    """Somebody can't be there, and whom to ask instead."""

    __tablename__ = "excuse"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    stand_in_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[User] = relationship(foreign_keys=[person_id])
    stand_in: Mapped[User | None] = relationship(foreign_keys=[stand_in_id])


# reading


def of(review: Review, *options: Any) -> list[Preparation]:
    """Everything that was prepared for a review, in the order in which it was."""
    return list(db.session.scalars(sa.select(Preparation).where(Preparation.review_id == review.id).order_by(Preparation.id).options(*options)))


def excuses(review: Review) -> list[Excuse]:
    """Who can't be there."""
    return list(db.session.scalars(sa.select(Excuse).where(Excuse.review_id == review.id).order_by(Excuse.at).options(joinedload(Excuse.person), joinedload(Excuse.stand_in))))


def name_of(item: AgendaItem | Preparation) -> str:
    """What a point is called in an address: `stuck-issue-12`."""
    return f"{item.step.value}-issue-{item.issue_id}" if item.issue_id else f"{item.step.value}-action-{item.action_id}"


def estimate(item: AgendaItem, duration: int) -> int:
    """How many minutes a point takes: what was said, else what points of its step usually take."""
    own = (item.facts or {}).get("minutes")
    if own is not None:
        return int(own)
    if item.why in ("win", "promise_kept"):
        return 0
    return item.step.each(duration)


@dataclass
class Plan:
    """What the page of a planned review shows of the preparation."""

    review: Review
    items: list[AgendaItem]
    about: dict[tuple[Step, Thing], Preparation] = field(default_factory=dict)
    skipped: list[Preparation] = field(default_factory=list)
    excuses: list[Excuse] = field(default_factory=list)

    def of(self, item: AgendaItem) -> Preparation | None:
        """What was prepared for a point."""
        return self.about.get((item.step, (item.issue_id, item.action_id)))

    def minutes(self, item: AgendaItem) -> int:
        return estimate(item, self.review.duration)

    def step(self, step: Step) -> int:
        """How many minutes a step takes: its points together; a step without points of its own takes its box."""
        if step in (Step.NUMBERS, Step.WRAP_UP):
            return step.box(self.review.duration)
        return sum(self.minutes(i) for i in self.items if i.step == step)

    def over(self, step: Step) -> int:
        """How many minutes a step takes more than it has."""
        return max(0, self.step(step) - step.box(self.review.duration))

    @property
    def total(self) -> int:
        return sum(self.step(s) for s in Step)

    @property
    def too_long(self) -> int:
        """How many minutes the agenda takes more than the meeting has."""
        return max(0, self.total - self.review.duration)

    def excuse_of(self, person: User) -> Excuse | None:
        return next((e for e in self.excuses if e.person_id == person.id), None)


def plan(review: Review, items: list[AgendaItem], person: User) -> Plan:
    """The preparation of a review as this person may read it, in a fixed number of statements."""
    found = of(
        review, joinedload(Preparation.issue), joinedload(Preparation.action).joinedload(Action.problem), joinedload(Preparation.skipped_by),
        selectinload(Preparation.answers).joinedload(PreparedAnswer.by),
    )  # fmt: skip
    readable = [p for p in found if p.may_be_read_by(person)]
    return Plan(review, items, {(p.step, p.thing): p for p in readable}, [p for p in readable if p.is_skipped], excuses(review))


def answers_by_thing(review: Review) -> dict[Thing, list[PreparedAnswer]]:
    """What is ready to be said about each issue or action, for the stage: in whatever step it comes to the table."""
    select = (
        sa.select(PreparedAnswer)
        .join(PreparedAnswer.preparation)
        .where(Preparation.review_id == review.id, PreparedAnswer.text != "")
        .order_by(PreparedAnswer.id)
        .options(joinedload(PreparedAnswer.preparation), joinedload(PreparedAnswer.by))
    )
    found: dict[Thing, list[PreparedAnswer]] = {}
    for answer in db.session.scalars(select):
        found.setdefault(answer.preparation.thing, []).append(answer)
    return found


def ordered(points: Iterable[AgendaItem], found: dict[Thing, Preparation]) -> list[AgendaItem]:
    """The points of a step as they were put in order; what came to the board since comes last, as the rules have it."""

    def place(item: AgendaItem) -> int:
        known = found.get((item.issue_id, item.action_id))
        return known.place if known and known.place is not None else 10_000

    return sorted(points, key=place)


# verbs; the caller has locked the review


def _planned(review: Review) -> None:
    if review.status != ReviewStatus.PLANNED:
        raise Refused(BEGUN)


def _for(review: Review, step: Step, issue: Issue | None, action: Action | None) -> Preparation:
    """What is known of this point, made when it is the first that is said about it."""
    thing = (issue.id if issue else None, action.id if action else None)
    select = sa.select(Preparation).where(
        Preparation.review_id == review.id, Preparation.step == step, Preparation.issue_id == thing[0], Preparation.action_id == thing[1]
    )
    found = db.session.scalar(select)
    if found is None:
        found = Preparation(review=review, step=step, issue=issue, action=action, issue_id=thing[0], action_id=thing[1], added_why="", skipped_why="")
        db.session.add(found)
    return found


def _told(review: Review, kind: str, issue: Issue | None, action: Action | None, *, by: User, **more: Any) -> None:
    """History of a review: what was prepared, and about what. What hangs on a problem is told to those who may see it."""
    thing = issue or action
    text = f"{issue.key} {issue.title}" if issue else action.title if action else ""
    review.record(kind, by=by, after={"text": text} if thing else None, problem_id=action.problem_id if action else None, **more)


def shift(review: Review, points: list[AgendaItem], item: AgendaItem, way: int, *, by: User) -> None:
    """Put a point one place `EARLIER` or `LATER` among the points of its step; at the end of the row it stays where it is."""
    _planned(review)
    at = points.index(item)
    if not 0 <= at + way < len(points):
        return
    points = list(points)
    points[at], points[at + way] = points[at + way], points[at]
    for place, point in enumerate(points, 1):
        _for(review, point.step, point.issue, point.action).place = place
    db.session.flush()
    _told(review, "agenda_ordered", item.issue, item.action, by=by)


def add(review: Review, issue: Issue, step: Step, *, by: User, why: str = "") -> Preparation:
    """Bring an issue to the table, also when no rule does. Raises Refused where it can't be talked about."""
    _planned(review)
    if step not in OPEN_TO_ALL:
        raise Refused(_l("Choose New, Stuck and waiting, or Focus."))
    if not issue.status.is_open and issue.status != Status.PARKED:
        raise Refused(_l("%(key)s is closed: %(status)s.", key=issue.key, status=issue.status.label.lower()))
    if (step == Step.NEW) != (issue.status == Status.NEW):
        fits = _l("%(key)s has no answer yet. It comes to the step New.", key=issue.key)
        raise Refused(fits if issue.status == Status.NEW else _l("%(key)s has had its answer. Choose Stuck and waiting, or Focus.", key=issue.key))
    point = _for(review, step, issue, None)
    if point.is_added and not point.is_skipped:
        raise Refused(_l("%(key)s is on the agenda already.", key=issue.key))
    point.added_by, point.added_why = by, why
    point.skipped_by, point.skipped_why = None, ""
    db.session.flush()
    _told(review, "agenda_added", issue, None, by=by, reason=why)
    return point


def take_off(point: Preparation, *, by: User) -> None:
    """A point that was added does not have to be there after all."""
    _planned(point.review)
    if point.is_added:
        point.added_by, point.added_why = None, ""
        db.session.flush()
        _told(point.review, "agenda_taken_off", point.issue, None, by=by)


def skip(review: Review, item: AgendaItem, *, reason: str, by: User) -> Preparation:
    """Leave a point out this time. Raises Refused without a reason."""
    _planned(review)
    if not reason:
        raise Refused(_l("Why is it skipped? People read the reason on the agenda."))
    point = _for(review, item.step, item.issue, item.action)
    point.skipped_by, point.skipped_why = by, reason
    db.session.flush()
    _told(review, "agenda_skipped", item.issue, item.action, by=by, reason=reason)
    return point


def put_back(point: Preparation, *, by: User) -> None:
    """Not skipped after all."""
    _planned(point.review)
    if point.is_skipped:
        point.skipped_by, point.skipped_why = None, ""
        db.session.flush()
        _told(point.review, "agenda_put_back", point.issue, point.action, by=by)


def give_time(review: Review, item: AgendaItem, minutes: int, *, by: User) -> None:
    """How many minutes a point takes."""
    _planned(review)
    if not 0 <= minutes <= LONGEST_POINT:
        raise Refused(_l("Give a point 0 to 60 minutes."))
    point = _for(review, item.step, item.issue, item.action)
    if point.minutes != minutes:
        point.minutes = minutes
        db.session.flush()
        _told(review, "agenda_timed", item.issue, item.action, by=by)


def answer(review: Review, item: AgendaItem, text: str, *, by: User) -> PreparedAnswer:
    """What somebody has ready to say, read at the point; empty when they have nothing to add. Until the review is closed."""
    if review.status not in (ReviewStatus.PLANNED, ReviewStatus.LIVE):
        raise Refused(_l("This review is over. Write it at the issue itself."))
    point = _for(review, item.step, item.issue, item.action)
    db.session.flush()
    own = next((a for a in point.answers if a.by_id == by.id), None)
    if own is None:
        own = PreparedAnswer(by=by, text="", at=clock.now())
        point.answers.append(own)
        changed = bool(text)
    else:
        changed = own.text != text
    own.text, own.at = text, clock.now()
    db.session.flush()
    if changed:
        _told(review, "agenda_answered", item.issue, item.action, by=by)
    return own


def say_more(review: Review, item: AgendaItem, text: str, *, by: User) -> PreparedAnswer:
    """One more thing that somebody has ready to say, under what they had ready before. Raises Refused for more than fits."""
    _planned(review)
    before = next((a.text for a in _for(review, item.step, item.issue, item.action).answers if a.by_id == by.id and a.text), "")
    more = f"{before}\n{text}" if before else text
    if len(more) > LONGEST_ANSWER:
        raise Refused(_l("With what you had ready about it already, this is too long. Put it in your answer there."))
    return answer(review, item, more, by=by)


def excuse(review: Review, *, by: User, stand_in: User | None = None) -> Excuse:
    """I can't be there; ask somebody else. Raises Refused when that is I myself."""
    _planned(review)
    if stand_in is not None and stand_in.id == by.id:
        raise Refused(_l("Choose somebody else to ask."))
    own = db.session.get(Excuse, (review.id, by.id))
    if own is None:
        own = Excuse(review_id=review.id, person_id=by.id, at=clock.now())
        db.session.add(own)
    own.stand_in = stand_in
    row = next((a for a in review.attendance if a.user_id == by.id), None)
    if row is None:
        review.attendance.append(Attendance(user=by, presence=Presence.EXCUSED, at=clock.now()))
    else:
        row.presence, row.at = Presence.EXCUSED, clock.now()
    db.session.flush()
    review.record("review_excused", by=by, after={"name": stand_in.name} if stand_in else None)
    return own


def come_after_all(review: Review, *, by: User) -> None:
    """I can be there after all."""
    _planned(review)
    own = db.session.get(Excuse, (review.id, by.id))
    if own is None:
        return
    db.session.delete(own)
    for row in [a for a in review.attendance if a.user_id == by.id]:
        review.attendance.remove(row)
    db.session.flush()
    review.record("review_unexcused", by=by)
