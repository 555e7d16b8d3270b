"""A review that was held without the screen, written up afterwards: what was agreed, line by line, then who was there and when.

The lines are kept beside the planned review and change nothing on the board, so a meeting of today is not in their way.
Closing carries the review out with the verbs of a live one, in one go and with the times that were entered: from then on it
has decisions, promises and minutes like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..actions.models import Action, Decision, check_owner
from ..causes.models import Problem
from ..db import Model, db
from ..domain import Refused, Stale, imprint
from ..handoffs.models import Handoff, check_asking
from ..issues.models import Issue
from . import preparing
from .models import AgendaItem, Attendance, Presence, Review
from .steps import Step

DECISION, ACTION, HELP, TALKED = "decision", "action", "help", "talked"
KINDS = (DECISION, ACTION, HELP, TALKED)
STEPS = (Step.PROMISES, Step.NEW, Step.STUCK, Step.FOCUS, Step.WRAP_UP)  # in which there is something to write down
Thing = tuple[int | None, int | None]  # an issue, or an action


class WrittenUp(Model):
    """When a review was really held and who was there, as it was entered afterwards."""

    __tablename__ = "written_up"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True, autoincrement=False)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    present: Mapped[list[Any]]
    guests: Mapped[list[Any]]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    by: Mapped[User] = relationship()


class WrittenLine(Model):
    """One thing that was agreed, or that a point was talked about; `by` is who entered it."""

    __tablename__ = "written_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    step: Mapped[Step]
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"))
    action_id: Mapped[int | None] = mapped_column(sa.ForeignKey("action.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    asked_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    due: Mapped[date | None]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    review: Mapped[Review] = relationship()
    issue: Mapped[Issue | None] = relationship()
    action: Mapped[Action | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    asking: Mapped[Department | None] = relationship(foreign_keys=[asking_id])
    asked: Mapped[Department | None] = relationship(foreign_keys=[asked_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])

    @property
    def thing(self) -> Thing:
        """The point that it is about; (None, None) for what is about none."""
        return self.issue_id, self.action_id

    @property
    def about(self) -> tuple[Issue | None, Problem | None]:
        """The issue or the problem that it is about; a promise is about those of its own."""
        return (self.action.issue, self.action.problem) if self.action else (self.issue, None)

    def may_be_read_by(self, person: User) -> bool:
        """What is about a restricted problem is for those who may see the problem."""
        problem = self.about[1]
        return problem is None or problem.is_visible_to(person)


# reading


def can_be_written_up(review: Review) -> bool:
    """Whether its day has come and nobody opened it."""
    return review.is_planned and review.local_day <= today(review)


def today(review: Review) -> date:
    """The day that it is where the review is held."""
    return clock.now().astimezone(ZoneInfo(review.zone)).date()


def of(review: Review) -> WrittenUp | None:
    """What was entered about when and who."""
    return db.session.get(WrittenUp, review.id)


def version_of(review: Review) -> int:
    """What a form with when and who brings back: whether it is still what was entered."""
    entered = of(review)
    return imprint(entered.began_at, entered.ended_at, entered.present, entered.guests) if entered else 0


def lines_of(review: Review, person: User | None = None) -> list[WrittenLine]:
    """Everything that was entered, in order; for a person what they may read."""
    with_all = (
        joinedload(WrittenLine.issue), joinedload(WrittenLine.action).joinedload(Action.problem), joinedload(WrittenLine.action).joinedload(Action.issue),
        joinedload(WrittenLine.owner), joinedload(WrittenLine.asked), joinedload(WrittenLine.by),
    )  # fmt: skip
    select = sa.select(WrittenLine).where(WrittenLine.review_id == review.id).order_by(WrittenLine.id)
    return [line for line in db.session.scalars(select.options(*with_all)) if person is None or line.may_be_read_by(person)]


def told(review: Review) -> dict[str, Any] | None:
    """What the minutes say about it: who entered them, and when."""
    entered = of(review)
    return {"by": entered.by.name, "at": clock.now().isoformat()} if entered else None


# verbs; the caller has locked the review


def must_be_open_for(review: Review) -> None:
    """Raises Refused when it was opened, cancelled, or is still to come."""
    if review.is_closed:
        raise Refused(_l("This review is closed: its minutes don't change any more. Add a remark instead."))
    if not review.is_planned:
        raise Refused(_l("This review is going on or was cancelled. What was agreed afterwards is for a review that nobody opened."))
    if not can_be_written_up(review):
        raise Refused(_l("This review is still to come. When it was held, what was agreed is entered here."))


def write(
    review: Review, step: Step, kind: str, text: str, *, by: User, issue: Issue | None = None, action: Action | None = None,
    owner: User | None = None, due: date | None = None, asking: Department | None = None, asked: Department | None = None,
) -> WrittenLine:  # fmt: skip
    """Keep one line. Raises Refused for what closing could not carry out."""
    must_be_open_for(review)
    problem = action.problem if action else None
    if kind == ACTION:
        if owner is None:
            raise Refused(_l("Who does it? Choose a person."))
        if due is None:
            raise Refused(_l("By when? Choose a date."))
        check_owner(owner, problem)
    if kind == HELP:
        if issue is None:
            raise Refused(_l("Another department is asked for help about an issue."))
        if asking is None or asked is None or due is None:
            raise Refused(_l("Which department is asked, and by when?"))
        check_asking(issue, asking=asking, asked=asked)
    if kind == TALKED and any(line.step == step and line.thing == (issue.id if issue else None, action.id if action else None) for line in lines_of(review)):
        raise Refused(_l("That it was talked about is known already."))
    line = WrittenLine(
        review=review, step=step, kind=kind, text=text, issue=issue, action=action, owner=owner, due=due, asking=asking, asked=asked, by=by, at=clock.now()
    )
    db.session.add(line)
    db.session.flush()
    review.record("line_entered", by=by, after={"text": text or said_of(issue, action)}, problem_id=problem.id if problem else None)
    return line


def said_of(issue: Issue | None, action: Action | None) -> str:
    """What a point is called."""
    return f"{issue.key} {issue.title}" if issue else action.title if action else ""


def strike(line: WrittenLine, *, by: User) -> None:
    """It was entered by mistake."""
    review, problem = line.review, line.about[1]
    must_be_open_for(review)
    text = line.text or said_of(line.issue, line.action)
    db.session.delete(line)
    db.session.flush()
    review.record("line_struck", by=by, before={"text": text}, problem_id=problem.id if problem else None)


def settle(
    review: Review, *, began_at: datetime, ended_at: datetime, present: Iterable[User], guests: Iterable[str], by: User, seen: int | None = None
) -> WrittenUp:
    """When it was held and who was there.

    Raises Refused for times that cannot be, Stale when somebody else entered them since they were `seen` (see `version_of`).
    """
    must_be_open_for(review)
    if ended_at <= began_at:
        raise Refused(_l("It ended before it began. Look at the two times again."))
    if ended_at > clock.now():
        raise Refused(_l("That moment is still to come. When did it end?"))
    people, names = {p.id: p.name for p in present}, list(dict.fromkeys(guests))
    ids, entered = sorted(people), of(review)
    if entered and seen not in (None, version_of(review)) and (began_at, ended_at, ids, names) != (entered.began_at, entered.ended_at, entered.present, entered.guests):
        theirs = db.session.scalars(sa.select(User.name).where(User.id.in_(entered.present)))
        both = {
            str(_l("When")): (_hours(review, began_at, ended_at), _hours(review, entered.began_at, entered.ended_at)),
            str(_l("Present")): (", ".join(sorted(people.values()) + names), ", ".join(sorted(theirs) + entered.guests)),
        }
        raise Stale(entered.by.name, both, seen={"version": str(version_of(review))})
    if entered is None:
        entered = WrittenUp(review_id=review.id, began_at=began_at, ended_at=ended_at, present=ids, guests=names, by=by)
        db.session.add(entered)
    else:
        entered.began_at, entered.ended_at, entered.present, entered.guests, entered.by = began_at, ended_at, ids, names, by
    review.record("times_entered", by=by, after={"from": began_at.isoformat(), "until": ended_at.isoformat()})
    return entered


def _hours(review: Review, *times: datetime) -> str:
    """From when until when, in the review's own zone."""
    return " – ".join(f"{at.astimezone(ZoneInfo(review.zone)):%H:%M}" for at in times)


def forget_times(review: Review) -> None:
    """It is held at another moment than was entered, such as now. Raises Refused when lines were entered: those would be lost."""
    if lines_of(review):
        raise Refused(_l("What was agreed in it is being entered afterwards. Make its minutes there, or strike what was entered first."))
    if entered := of(review):
        db.session.delete(entered)


def close(review: Review, *, by: User) -> None:
    """Carry it out as a live one: open it, go through it, write down what was agreed, close it. Then it has minutes.

    Raises Refused before it is known when it was held, and while another review is live.
    """
    must_be_open_for(review)
    entered = of(review)
    if entered is None:
        raise Refused(_l("First enter when it was held and who was there."))
    lines = lines_of(review)
    entered.by, entered.closed_at = by, clock.now()
    review.record("review_written_up", by=by, after={"from": entered.began_at.isoformat(), "until": entered.ended_at.isoformat()})
    review.start(by=by, at=entered.began_at)
    _who_was_there(review, entered, by)
    for step in Step:
        _go_through(review, step, [line for line in lines if line.step == step], entered, by)
    for box in review.steps:  # how long each step took is not known
        box.spent, box.began_at = 0, None
    review.close(by=by, at=entered.ended_at)
    for line in lines:
        db.session.delete(line)
    db.session.flush()


def _who_was_there(review: Review, entered: WrittenUp, by: User) -> None:
    """Those who were ticked; who could not be there stays excused, and who enters it was not there for that."""
    if by.id not in entered.present:
        own = next(a for a in review.attendance if a.user_id == by.id or a.user is by)
        if db.session.get(preparing.Excuse, (review.id, by.id)):
            own.presence = Presence.EXCUSED
        else:
            review.attendance.remove(own)
    for row in review.attendance:
        if row.user_id in entered.present:
            row.presence = Presence.PRESENT
    people = list(db.session.scalars(sa.select(User).where(User.id.in_(entered.present))))
    review.mark_everyone_present(people, by=by)
    review.attendance.extend(Attendance(guest=g, presence=Presence.PRESENT, at=clock.now()) for g in entered.guests)


def _go_through(review: Review, step: Step, lines: list[WrittenLine], entered: WrittenUp, by: User) -> None:
    """Turn to each point about which there is something, and write that down."""
    if not step.one_by_one:
        review.turn(step, by=by)
    for thing in dict.fromkeys(line.thing for line in lines):
        if step.one_by_one:
            review.turn(step, _point(review, step, thing), by=by)
        for line in lines:
            if line.thing != thing:
                continue
            try:
                _carry_out(line, entered)
            except Refused as refused:  # somebody left since, or a department was closed
                raise Refused(_l("“%(text)s” can't be carried out: %(why)s Strike that line, or write it in another way.", text=line.text, why=refused.message)) from refused


def _point(review: Review, step: Step, thing: Thing) -> AgendaItem:
    """The point of the agenda, put on it when it went off it since."""
    found = next((i for i in review.points(step) if (i.issue_id, i.action_id) == thing), None)
    if found is None:
        last = max((i.position for i in review.items), default=0)
        issue, action = db.session.get(Issue, thing[0] or 0), db.session.get(Action, thing[1] or 0)
        found = AgendaItem(step=step, why="added", issue=issue, action=action, facts={}, carried=0, position=last + 1)
        review.items.append(found)
        db.session.flush()
    return found


def _carry_out(line: WrittenLine, entered: WrittenUp) -> None:
    """The decision, promise or request itself; dated as it was agreed, told as it was entered."""
    issue, problem = line.about
    about: dict[str, Any] = {"issue": issue, "step": line.step.value, "by": line.by}
    if line.kind == DECISION:
        Decision.record_one(line.text, problem=problem, **about).at = entered.ended_at
    elif line.kind == ACTION:
        Action.promise(line.text, owner=line.owner, due=line.due, problem=problem, **about).created_at = entered.ended_at
    elif line.kind == HELP:
        assert issue and line.asking and line.asked and line.due
        Handoff.make(issue=issue, asking=line.asking, asked=line.asked, ask=line.text, needed_by=max(line.due, clock.today()), by=line.by)
