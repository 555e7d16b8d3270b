"""What comes to the table, and why: the rules by which the agenda fills itself from the board.

A point is an `AgendaItem`. For a planned review they are made afresh at each look and kept nowhere; opening the review
writes them down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from .. import clock
from ..actions.models import Action, ActionStatus
from ..actions.queries import with_all_of_a_row
from ..causes.models import Problem
from ..db import db
from ..focus.models import Focus
from ..handoffs.queries import bounced_since, late_ones
from ..history import Event
from ..issues.models import Issue, Stay
from ..issues.queries import look_alikes, standing_still
from ..issues.status import OPEN, Status
from . import preparing
from .course import courses
from .models import AgendaItem, Review
from .preparing import Preparation, Thing
from .steps import Step

# What a meeting can hold; the board has the rest, and the agenda says how many.
MOST_NEW = 20
MOST_STUCK = 12
MOST_PROMISES = 40
MOST_WINS = 8

DURING_WORK = tuple(s for s in OPEN if s != Status.NEW)
WITH_ISSUE = (joinedload(Issue.lead), joinedload(Issue.owner), selectinload(Issue.contributing))


def since(review: Review) -> datetime:
    """From when a review looks back: the end of the last closed one before it, or else a week before it starts."""
    last = Review.last_closed(before=review)
    begin = min(review.starts_at, clock.now()) if review.started_at is None else review.started_at
    return last.closed_at if last and last.closed_at else begin - timedelta(days=7)


def agenda_for(review: Review, only: Step | None = None) -> list[AgendaItem]:
    """The points of a review in order, by the rules of product.md 5.6 and as people prepared it; `only` those of one step."""
    last = Review.last_closed(before=review)
    focus = in_focus()
    look = Look(review, since(review), last, focus)
    look.prepared = preparing.of(
        review, joinedload(Preparation.issue).options(*WITH_ISSUE), joinedload(Preparation.action), joinedload(Preparation.added_by)
    )
    rules: dict[Step, Callable[[Look], Iterator[AgendaItem]]] = {
        Step.CUSTOMER: customer, Step.PROMISES: promises, Step.NEW: new, Step.STUCK: stuck, Step.FOCUS: focused,
    }  # fmt: skip
    found: list[AgendaItem] = []
    for step, rule in rules.items():
        if only in (None, step):
            found += look.as_prepared(step, look.without_doubles(rule(look)))
    return found


class Look:
    """One look at the board for one review: since when, what is in focus, and what last time did not reach."""

    def __init__(self, review: Review, since: datetime, last: Review | None, focus: list[Focus]) -> None:
        self.review, self.since, self.until, self.focus = review, since, review.was_held_until, focus
        self.day: date = review.starts_at.astimezone(ZoneInfo(review.zone)).date()
        self.left_over = left_over(last) if last else []
        self.prepared: list[Preparation] = []

    def was_before_its_end(self, moment: Any) -> sa.ColumnElement[bool]:
        """Whether something happened by the end of a review that is entered afterwards; for another one, all did."""
        return moment < self.until if self.until else sa.true()

    def was_open(self) -> sa.ColumnElement[bool]:
        """The promises that were open then: made by the end of a review that is entered afterwards, and not kept or dropped before it."""
        if self.until is None:
            return Action.status == ActionStatus.OPEN
        return sa.and_(Action.created_at < self.until, sa.or_(Action.status == ActionStatus.OPEN, Action.closed_at >= self.until))

    def was_due(self) -> sa.ColumnElement[bool]:
        """The promises for this day or before; of a review that is entered afterwards also those that got a later day since."""
        if self.until is None:
            return Action.due <= self.day
        put_off = sa.and_(Event.subject == "action", Event.subject_id == Action.id, Event.at >= self.until)
        day_before = sa.case((Event.kind == "action_carried", Event.before["was"].as_string()), else_=Event.before["due"].as_string())
        moved = sa.exists().where(put_off, Event.kind.in_(("action_carried", "action_revised")), day_before <= self.day.isoformat())
        return sa.or_(Action.due <= self.day, moved)

    def carried(self, issue: Issue | None, action: Action | None) -> int:
        """How often this point was put off already, this time included; a promise counts that itself."""
        if action:
            return action.carried
        return next((i.carried + 1 for i in self.left_over if issue and i.issue_id == issue.id and not i.comes_again), 0)

    def point(self, step: Step, why: str, issue: Issue | None = None, action: Action | None = None, **facts: Any) -> AgendaItem:
        return AgendaItem(
            step=step, why=why, issue=issue, action=action, issue_id=issue.id if issue else None, action_id=action.id if action else None,
            facts=facts, carried=self.carried(issue, action), position=0,
        )  # fmt: skip

    def come_back(self, step: Step, still: Callable[[Issue], bool]) -> Iterator[AgendaItem]:
        """What last time did not reach or goes on with, as long as it is still there to talk about."""
        for item in self.left_over:
            if item.step == step and item.issue and still(item.issue):
                yield self.point(step, "again" if item.comes_again else "not_reached", item.issue)

    def said_about(self, step: Step) -> dict[Thing, Preparation]:
        """What was prepared for the points of a step."""
        return {p.thing: p for p in self.prepared if p.step == step}

    def as_prepared(self, step: Step, points: list[AgendaItem]) -> list[AgendaItem]:
        """The points that the rules found, without what is skipped, with what was added, in the order that was chosen."""
        said = self.said_about(step)
        skipped = {thing for thing, p in said.items() if p.is_skipped}
        points = [p for p in points if (p.issue_id, p.action_id) not in skipped]
        here = {(p.issue_id, p.action_id) for p in points}
        for p in said.values():
            if p.is_added and not p.is_skipped and p.may_come and p.thing not in here:
                points.append(self.point(step, "added", p.issue, by=p.added_by.name if p.added_by else "", text=p.added_why))
        for point in points:
            known = said.get((point.issue_id, point.action_id))
            if known and known.minutes is not None:
                point.facts = (point.facts or {}) | {"minutes": known.minutes}
        return preparing.ordered(points, said)

    @staticmethod
    def without_doubles(points: Iterator[AgendaItem]) -> list[AgendaItem]:
        """The first reason to talk about something is enough."""
        seen: dict[tuple[int | None, int | None], AgendaItem] = {}
        for point in points:
            seen.setdefault((point.issue_id, point.action_id), point)
        return list(seen.values())


def left_over(review: Review) -> list[AgendaItem]:
    """The points of a closed review that it did not get to, and those that it goes on with next time."""
    select = sa.select(AgendaItem).where(AgendaItem.review_id == review.id, AgendaItem.issue_id.is_not(None)).order_by(AgendaItem.position)
    items = db.session.scalars(select.options(joinedload(AgendaItem.issue).options(*WITH_ISSUE))).all()
    return not_reached(items) + [i for i in items if i.comes_again]


def not_reached(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """What was on the agenda and nobody talked about, each issue once: in which step does not matter, but for a story at the start."""
    found = {i.issue_id for i in items if i.discussed_at and i.step != Step.CUSTOMER}
    left = []
    for item in items:
        if item.comes_back and item.issue_id not in found:
            found.add(item.issue_id)
            left.append(item)
    return left


def in_focus() -> list[Focus]:
    """The focus issues in order, with what a card needs."""
    return Focus.now(joinedload(Focus.issue).options(*WITH_ISSUE))


def customer(look: Look) -> Iterator[AgendaItem]:
    """One customer at the table: the story of the first focus issue that has one; then what was finished since last time."""
    told_another_time = {p.issue_id for p in look.prepared if p.step == Step.CUSTOMER and p.is_skipped}
    voice = next((f.issue for f in look.focus if f.issue.story and f.issue_id not in told_another_time), None)
    if voice:
        yield look.point(Step.CUSTOMER, "voice", voice)
    done = sa.select(Issue).where(done_since(look.since), look.was_before_its_end(Issue.status_since)).order_by(Issue.status_since.desc()).limit(MOST_WINS)
    for issue in db.session.scalars(done.options(*WITH_ISSUE)):
        yield look.point(Step.CUSTOMER, "win", issue)


def done_since(moment: datetime) -> sa.ColumnElement[bool]:
    """What was finished here since then; what came in finished from a file was finished elsewhere."""
    return sa.and_(Issue.status == Status.DONE, Issue.status_since >= moment, Issue.stays.any(Stay.status != Status.DONE))


def promises(look: Look) -> Iterator[AgendaItem]:
    """Open promises of earlier reviews or due by now, latest first; then those that were kept since last time. What was promised
    in this review itself is for the next."""
    not_here = sa.or_(Action.review_id.is_(None), Action.review_id != (look.review.id or 0))
    with_all = with_all_of_a_row()
    due = sa.or_(Action.review_id.is_not(None), look.was_due())
    still = sa.select(Action).where(look.was_open(), not_here, due).order_by(Action.due, Action.id)
    for action in db.session.scalars(still.limit(MOST_PROMISES).options(*with_all)):
        late = (look.day - action.due).days
        why = "promise_late" if late > 0 else "promise_today" if late == 0 else "promise_open"
        yield look.point(Step.PROMISES, why, action=action, late=late)
    kept = sa.select(Action).where(Action.status == ActionStatus.DONE, Action.closed_at >= look.since, look.was_before_its_end(Action.closed_at)).order_by(Action.closed_at.desc())
    for action in db.session.scalars(kept.limit(MOST_PROMISES).options(*with_all)):
        yield look.point(Step.PROMISES, "promise_kept", action=action)


def new(look: Look) -> Iterator[AgendaItem]:
    """What was reported and has no answer yet: what was put off first, then the oldest."""
    is_new = sa.select(Issue).where(Issue.status == Status.NEW, look.was_before_its_end(Issue.created_at))
    put_off = [i.issue_id for i in look.left_over if i.step == Step.NEW and i.issue_id]
    first = sa.case((Issue.id.in_(put_off), 0), else_=1)
    waiting = db.session.scalars(is_new.order_by(first, Issue.created_at, Issue.id).limit(MOST_NEW).options(*WITH_ISSUE, joinedload(Issue.reporter))).all()
    brought_in = sa.select(Event).where(Event.kind == "imported", Event.issue_id.in_(i.id for i in waiting if i.source))
    files = {e.issue_id: e.after["file"] for e in db.session.scalars(brought_in)}
    alike = look_alikes(list(waiting)) if waiting else {}
    for issue in waiting:
        facts: dict[str, Any] = {"file": files[issue.id]} if issue.id in files else {}
        if issue.id in alike:
            other, title = alike[issue.id]
            facts |= {"like": {"id": other, "key": f"CX-{other}", "title": title}}
        yield look.point(Step.NEW, "reported", issue, since=issue.created_at.isoformat(), by=issue.reporter.name, **facts)


def stuck(look: Look) -> Iterator[AgendaItem]:
    """Gates that were passed all the same, parked issues that are back, what was put off, what goes back and forth between
    two departments, what waits for one of them too long, then what stands still."""
    lately = (Event.at >= look.since, look.was_before_its_end(Event.at), Event.issue_id.is_not(None))
    news = sa.select(Event).where(Event.kind.in_(("moved_anyway", "returned")), *lately).order_by(Event.id.desc())
    events = db.session.scalars(news.limit(MOST_STUCK)).all()
    undone = db.session.scalars(sa.select(Event).where(Event.kind == "undone", Event.at >= look.since, Event.issue_id.in_({e.issue_id for e in events}))).all()
    events = that_stand(events, undone)
    about = {i.id: i for i in db.session.scalars(sa.select(Issue).where(Issue.id.in_({e.issue_id for e in events})).options(*WITH_ISSUE))}
    for event in sorted(events, key=lambda e: (e.kind != "moved_anyway", -e.id)):
        issue = about[event.issue_id or 0]
        if event.kind == "moved_anyway" and issue.status not in (Status.MERGED, Status.DECLINED):
            yield look.point(Step.STUCK, "overruled", issue, reason=event.reason, by=event.by.name if event.by else "", to=event.after["status"], missing=event.after.get("missing", []))
        elif event.kind == "returned" and issue.status.is_open:
            yield look.point(Step.STUCK, "returned", issue, on=clock.local(event.at).date().isoformat())
    yield from waiting(look)
    in_focus = [f.issue_id for f in look.focus]
    still = sa.select(Issue).where(standing_still(), Issue.status.in_(DURING_WORK), Issue.id.not_in(in_focus)).order_by(Issue.status_since, Issue.id)
    points = []
    for issue in db.session.scalars(still.limit(MOST_STUCK).options(*WITH_ISSUE)):
        quiet = (clock.today() - clock.local(issue.touched_at).date()).days
        points.append(look.point(Step.STUCK, "still", issue, days=issue.days, quiet=quiet, status=issue.status.value))
    points += look.come_back(Step.STUCK, lambda i: i.status in DURING_WORK)
    yield from sorted(points, key=lambda p: -p.carried)


def waiting(look: Look) -> Iterator[AgendaItem]:
    """Issues that bounced three times between the same two departments, and those on which a department should have acted by now."""
    bounced = {b.issue_id: b for b in bounced_since(look.since)}
    issues = sa.select(Issue).where(Issue.id.in_(list(bounced)[:MOST_STUCK])).options(*WITH_ISSUE)
    for issue in sorted(db.session.scalars(issues) if bounced else (), key=lambda i: (-bounced[i.id].times, i.id)):
        back_and_forth = bounced[issue.id]
        yield look.point(Step.STUCK, "bounced", issue, one=back_and_forth.one, other=back_and_forth.other, times=back_and_forth.times)
    for handoff in late_ones(MOST_STUCK):
        turn = handoff.turn
        assert turn is not None
        yield look.point(Step.STUCK, "waits", handoff.issue, asking=handoff.asking.code, asked=handoff.asked.code, turn=turn.code, days=handoff.days, ask=handoff.ask)


def that_stand(events: Iterable[Event], undone: Iterable[Event]) -> list[Event]:
    """Those that nobody undid within their ten seconds, as some of the `undone` events say; neither is worth a line otherwise."""
    later: dict[tuple[int | None, str | None], list[Event]] = {}
    for event in undone:
        if event.kind == "undone":
            later.setdefault((event.issue_id, event.field), []).append(event)

    def stands(event: Event) -> bool:
        return event.kind != "undone" and not any(e.before == event.after and e.id > event.id for e in later.get((event.issue_id, event.field), ()))

    return [event for event in events if stands(event)]


def focused(look: Look) -> Iterator[AgendaItem]:
    """The focus issues in their order; then one that left the focus before it was talked about."""
    course = courses([f.issue for f in look.focus], look.since, look.day)
    for focus in look.focus:
        yield look.point(Step.FOCUS, "focus", focus.issue, place=focus.place, course=course[focus.issue_id])
    yield from look.come_back(Step.FOCUS, lambda i: i.status.is_open)


def left_on_the_board(review: Review, items: list[AgendaItem]) -> dict[Step, int]:
    """How many new and how many still-standing issues there are beyond those on the agenda."""
    here = {step: [i.issue_id for i in items if i.step == step and i.issue_id] for step in (Step.NEW, Step.STUCK)}
    by_then = Issue.created_at < (review.was_held_until or clock.now() + timedelta(days=1))
    counts = sa.select(
        sa.select(sa.func.count()).select_from(Issue).where(Issue.status == Status.NEW, by_then, Issue.id.not_in(here[Step.NEW])).scalar_subquery(),
        sa.select(sa.func.count())
        .select_from(Issue)
        .where(standing_still(), Issue.status.in_(DURING_WORK), Issue.id.not_in(here[Step.STUCK]), Issue.id.not_in(sa.select(Focus.issue_id).where(Focus.until.is_(None))))
        .scalar_subquery(),
    )
    fresh, still = db.session.execute(counts).one()
    return {Step.NEW: fresh, Step.STUCK: still}


def may_read(item: AgendaItem, person: Any) -> bool:
    """A promise about a restricted problem is for those who may see the problem."""
    problem: Problem | None = item.action.problem if item.action else None
    return problem is None or problem.is_visible_to(person)
