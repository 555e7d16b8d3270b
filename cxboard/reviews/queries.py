"""The questions that the review's screens answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from .. import charts, clock
from ..accounts.models import Department, User
from ..accounts.queries import people as everybody
from ..actions.models import Action, ActionStatus, Decision
from ..actions.queries import with_all_of_a_row
from ..causes.models import Cause, Problem, about_nothing_hidden
from ..db import db
from ..discussion.models import Comment
from ..handoffs.models import Handoff
from ..handoffs.queries import of_issue
from ..history import Event
from ..issues.models import Issue, Stay
from ..issues.queries import standing_still, usual_days
from ..issues.status import OPEN, Status
from ..live import newest_but
from .agenda import WITH_ISSUE, agenda_for, done_since, left_on_the_board as left_on_the_board, may_read, since
from .models import UNOPENED, AgendaItem, Attendance, Presence, Review, ReviewStatus, Series
from .steps import Step

WEEKS = 12
PER_PAGE = 12
MOST_EVENTS = 8
MOST_LINES = 12  # of a story on the stage, before it asks for "whole story"
FULL_WIDTH, HALF_WIDTH = 74, 36  # characters of a line of the stage
FEW_EVENTS = 3


def readable(thing: type[Action] | type[Decision], person: User | None) -> sa.ColumnElement[bool]:
    """Actions or decisions that this person may read about; without a person those that everybody may."""
    if person:
        return thing.visible_to(person)
    return sa.or_(thing.problem_id.is_(None), thing.problem_id.in_(sa.select(Problem.id).where(Problem.restricted.is_(False))))


# the list of reviews


@dataclass(frozen=True)
class Earlier:
    """A review that is over, with what came of it."""

    review: Review
    decisions: int
    actions: int
    rating: float | None


@dataclass(frozen=True)
class Week:
    """One ISO week of the rhythm: whether a review was held."""

    week: str
    held: bool
    current: bool
    cancelled: bool


@dataclass
class Overview:
    """What the page with all reviews shows."""

    series: Series | None
    live: Review | None
    coming: Review | None
    later: list[Review]
    rhythm: list[Week]
    in_a_row: int
    on_time: tuple[int, int]
    earlier: list[Earlier]
    more: bool
    unopened: list[Review]
    cancelled: list[Review]
    counts: dict[Step, int] = field(default_factory=dict)
    focus: list[AgendaItem] = field(default_factory=list)


def overview(person: User, page: int = 1) -> Overview:
    """Coming, live and earlier reviews, the rhythm, and how many promises were done on time."""
    today = clock.today()
    ahead = reviews_ahead(joinedload(Review.chair))
    live = next((r for r in ahead if r.is_live), None)
    planned = [r for r in ahead if r.is_planned]
    coming = live or next(iter(planned), None)
    rhythm, row = weeks_held()
    past, more = earlier(person, page)
    found = Overview(Series.current(), live, coming, [r for r in planned if r is not coming], rhythm, row, on_time(person), past, more, unopened(today), coming_cancelled())
    if coming:
        points = points_of(coming, person)
        found.counts = {s: sum(p.step == s for p in points) for s in Step}
        found.focus = [p for p in points if p.why == "focus"]
    return found


def reviews_ahead(*options: ORMOption) -> list[Review]:
    """The next ones, live or planned for today or later where they are held, soonest first; not those that were never opened."""
    planned = sa.and_(Review.status == ReviewStatus.PLANNED, Review.starts_at >= clock.start_of(clock.today()) - timedelta(days=1))
    ahead = sa.select(Review).where(sa.or_(Review.status == ReviewStatus.LIVE, planned)).order_by(Review.starts_at).limit(20)
    return [r for r in db.session.scalars(ahead.options(*options)) if r.is_live or r.local_day >= r.today]


def unopened(today: date) -> list[Review]:
    """Planned reviews of the last weeks that nobody opened: they may have been held without the screen."""
    since, until = clock.start_of(today - UNOPENED), clock.now()
    waiting = sa.select(Review).where(Review.status == ReviewStatus.PLANNED, Review.starts_at >= since, Review.starts_at < until)
    return [r for r in db.session.scalars(waiting.order_by(Review.starts_at)) if r.local_day < r.today]


def coming_cancelled() -> list[Review]:
    """Reviews of the coming weeks that will not be held."""
    off = sa.select(Review).where(Review.status == ReviewStatus.CANCELLED, Review.starts_at >= clock.start_of(clock.today()))
    return list(db.session.scalars(off.order_by(Review.starts_at).limit(4)))


def weeks_held() -> tuple[list[Week], int]:
    """The last twelve ISO weeks, this one last, and how many weeks in a row had a review (a cancelled one does not break it)."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    names = [clock.iso_week(monday - timedelta(weeks=n)) for n in range(52, -1, -1)]
    rows = db.session.execute(
        sa.select(Review.week, Review.status).where(Review.week.in_(names), Review.status.in_((ReviewStatus.CLOSED, ReviewStatus.CANCELLED)))
    ).all()
    held = {week for week, status in rows if status == ReviewStatus.CLOSED}
    cancelled = {week for week, status in rows if status == ReviewStatus.CANCELLED} - held
    streak = 0
    for name in reversed(names):
        if name in held:
            streak += 1
        elif name not in cancelled and name != names[-1]:
            break
    return [Week(n, n in held, n == names[-1], n in cancelled) for n in names[-WEEKS:]], streak


def due_lately(weeks: int = WEEKS) -> sa.ColumnElement[bool]:
    """Promises whose day passed in the last (twelve) weeks, dropped ones left out."""
    today = clock.today()
    return sa.and_(promised_for(today - timedelta(weeks=weeks), today - timedelta(days=1)), Action.status != ActionStatus.DROPPED)


def promised_for(first: date, last: date) -> sa.ColumnElement[bool]:
    """Promises for one of these days, also when they were carried over to a later one: that does not take them out of the figures."""
    was = Event.before["was"].as_string()
    told = sa.exists().where(Event.subject == "action", Event.subject_id == Action.id, Event.kind == "action_carried", was >= first.isoformat(), was <= last.isoformat())
    return sa.or_(sa.and_(Action.due >= first, Action.due <= last), sa.and_(Action.due > last, Action.carried > 0, told))


def on_time(person: User) -> tuple[int, int]:
    """How many of the promises of the last twelve weeks were done on their day or before, of how many; for the whole team."""
    lately = sa.and_(due_lately(), readable(Action, person))
    total = sa.select(sa.func.count()).select_from(Action).where(lately).scalar_subquery()
    kept = sa.select(Action.closed_at, Action.due, total).where(lately, Action.status == ActionStatus.DONE, Action.carried == 0)
    rows = db.session.execute(kept).all()
    if not rows:
        return 0, db.session.scalar(sa.select(total)) or 0
    zone = clock.zone()
    return sum(r.closed_at.astimezone(zone).date() <= r.due for r in rows if r.closed_at), rows[0][2]


def promises_lately(person: User) -> list[Action]:
    """The rows behind that figure, newest day first."""
    return list(
        db.session.scalars(
            sa.select(Action).where(due_lately(), readable(Action, person)).order_by(Action.due.desc(), Action.id).limit(500).options(joinedload(Action.issue), joinedload(Action.problem))
        )
    )


def earlier(person: User, page: int) -> tuple[list[Earlier], bool]:
    """One page of reviews that are over, newest first, and whether there are more."""
    from .models import FEWEST_RATINGS, Rating

    passed = sa.and_(Review.status == ReviewStatus.CANCELLED, Review.starts_at < clock.start_of(clock.today()))
    over = sa.select(Review).where(sa.or_(Review.status == ReviewStatus.CLOSED, passed)).order_by(Review.starts_at.desc(), Review.id.desc())
    light = sa.orm.defer(Review.minutes)
    reviews = list(db.session.scalars(over.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE).options(light, joinedload(Review.chair))))
    ids = [r.id for r in reviews]
    decided: dict[Any, int] = dict(
        db.session.execute(
            sa.select(Decision.review_id, sa.func.count()).where(Decision.review_id.in_(ids), Decision.withdrawn_at.is_(None), readable(Decision, person)).group_by(Decision.review_id)
        ).all()
    )
    promised: dict[Any, int] = dict(
        db.session.execute(sa.select(Action.review_id, sa.func.count()).where(Action.review_id.in_(ids), readable(Action, person)).group_by(Action.review_id)).all()
    )
    rated = {r[0]: r for r in db.session.execute(sa.select(Rating.review_id, sa.func.avg(Rating.score), sa.func.count()).where(Rating.review_id.in_(ids)).group_by(Rating.review_id))}
    found = []
    for review in reviews[:PER_PAGE]:
        rating = rated.get(review.id)
        found.append(Earlier(review, decided.get(review.id, 0), promised.get(review.id, 0), float(rating[1]) if rating and rating[2] >= FEWEST_RATINGS else None))
    return found, len(reviews) > PER_PAGE


# one review


def points_of(review: Review, person: User) -> list[AgendaItem]:
    """Its agenda: made from the board while it is planned, as written down once it has begun."""
    items = agenda_for(review) if review.is_planned else stored(review)
    return [i for i in items if may_read(i, person)]


def stored(review: Review) -> list[AgendaItem]:
    """The agenda as written down, with all that it shows, in a fixed number of statements."""
    select = (
        sa.select(AgendaItem)
        .where(AgendaItem.review_id == review.id)
        .order_by(AgendaItem.position)
        .options(
            joinedload(AgendaItem.issue).options(*WITH_ISSUE, joinedload(Issue.reporter)),
            joinedload(AgendaItem.action).options(*with_all_of_a_row()),
        )
    )
    return list(db.session.scalars(select))


FIGURES = {
    "new": _l("reported since the last review"),
    "started": _l("taken into progress"),
    "done": _l("done"),
    "still": _l("stand still"),
    "promises": _l("promises kept"),
}


@dataclass(frozen=True)
class Figure:
    """One number of the review, with the name under which its rows are found."""

    name: str
    value: int
    of: int | None = None

    @property
    def label(self) -> str:
        return str(FIGURES[self.name])


def figures(review: Review, person: User | None) -> list[Figure]:
    """The numbers since the last review, in one statement."""
    wheres = figure_rows(review, person)
    count = sa.func.count

    def issues(name: str) -> sa.ScalarSelect[int]:
        return sa.select(count()).select_from(Issue).where(wheres[name]).scalar_subquery()

    due = sa.select(count()).select_from(Action).where(wheres["promises"])
    row = db.session.execute(
        sa.select(
            issues("new"), issues("started"), issues("done"), issues("still"), due.where(Action.status == ActionStatus.DONE).scalar_subquery(), due.scalar_subquery()
        )
    ).one()
    return [Figure(name, row[n], row[5] if name == "promises" else None) for n, name in enumerate(FIGURES)]


def figure_rows(review: Review, person: User | None) -> dict[str, sa.ColumnElement[bool]]:
    """What each figure counts, as conditions on Issue (on Action for `promises`)."""
    start, until = since(review), review.was_held_until or clock.now()
    earlier = aliased(Stay)  # what came in from a file as in progress was not taken into progress here
    started = sa.select(Stay.issue_id).where(
        Stay.status == Status.IN_PROGRESS, Stay.since >= start, Stay.since <= until, sa.exists().where(earlier.issue_id == Stay.issue_id, earlier.id < Stay.id)
    )
    return {
        "new": sa.and_(Issue.created_at >= start, Issue.created_at <= until),
        "started": Issue.id.in_(started),
        "done": sa.and_(done_since(start), Issue.status_since <= until),
        "still": standing_still(),
        "promises": sa.and_(
            promised_for(clock.local(start).date(), review.local_day), Action.status != ActionStatus.DROPPED, readable(Action, person),
            sa.or_(Action.review_id.is_(None), Action.review_id != (review.id or 0)),
        ),
    }  # fmt: skip


def rows_of(review: Review, name: str, person: User) -> list[Issue] | list[Action]:
    """The rows behind one figure."""
    where = figure_rows(review, person)[name]
    if name == "promises":
        actions = sa.select(Action).where(where).order_by(Action.status, Action.due).limit(300)
        return list(db.session.scalars(actions.options(*with_all_of_a_row())))
    return list(db.session.scalars(sa.select(Issue).where(where).order_by(Issue.status_since.desc(), Issue.id).limit(300).options(*WITH_ISSUE)))


@dataclass(frozen=True)
class Column:
    """How many issues stand in one status, and its share of the largest, 0-100, for the bar."""

    status: Status
    count: int
    share: int


def per_column() -> list[Column]:
    """Open issues per status."""
    counts: dict[Status, int] = dict(db.session.execute(sa.select(Issue.status, sa.func.count()).where(Issue.status.in_(OPEN)).group_by(Issue.status)).all())
    most = max([1, *counts.values()])
    return [Column(s, counts.get(s, 0), round(100 * counts.get(s, 0) / most)) for s in OPEN]


@dataclass(frozen=True)
class Flow:
    """What came in and what was finished in one ISO week."""

    week: str
    came: int
    done: int

    @property
    def number(self) -> int:
        return clock.week_number(self.week)


class Weeks(tuple[Flow, ...]):
    """Weeks, oldest first, and how they are drawn."""

    @property
    def chart(self) -> charts.Columns:
        return charts.columns([(str(w.number), [charts.Amount(w.came), charts.Amount(w.done)]) for w in self])


def flow(until: datetime) -> Weeks:
    """Reported and finished per week over the last twelve weeks, in one statement."""
    day = clock.local(until).date()
    monday = day - timedelta(days=day.weekday())
    starts = [_midnight(monday - timedelta(weeks=n)) for n in range(WEEKS - 1, -1, -1)]
    ends = [*starts[1:], _midnight(monday + timedelta(weeks=1))]

    def within(column: Any, a: datetime, b: datetime) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(column >= a, column < b), 1), else_=0)), 0)

    done = sa.select(*[within(Stay.since, a, b) for a, b in zip(starts, ends, strict=True)]).where(Stay.status == Status.DONE, Stay.since >= starts[0])
    came = sa.select(*[within(Issue.created_at, a, b) for a, b in zip(starts, ends, strict=True)]).where(Issue.created_at >= starts[0])
    came_row, done_row = db.session.execute(came).one(), db.session.execute(done).one()
    weeks = [clock.iso_week(clock.local(s).date()) for s in starts]
    return Weeks(Flow(w, c, d) for w, c, d in zip(weeks, came_row, done_row, strict=True))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.zone())


@dataclass
class Spotlight:
    """One issue on the table: its causes, what happened to it since last time, what is asked and what is promised about it."""

    issue: Issue
    causes: list[Cause]
    hidden_causes: bool
    cause: Cause | None
    events: list[Event]
    comments: int
    open_actions: list[Action]
    handoffs: list[Handoff]
    usual: int | None

    @property
    def story_stands_alone(self) -> bool:
        """A story that fills more than half the width, with little beside it that happened since last time."""
        return self._lines(HALF_WIDTH) > 6 and len(self.events) + bool(self.comments) <= FEW_EVENTS

    @property
    def story_is_long(self) -> bool:
        """More than the room reads from a screen at once."""
        return self._lines(FULL_WIDTH if self.story_stands_alone else HALF_WIDTH) > MOST_LINES + 2

    def _lines(self, width: int) -> int:
        """About how many lines the story takes."""
        return sum(1 + len(line) // width for line in (self.issue.story or "").splitlines())


def spotlight(issue: Issue, review: Review, person: User) -> Spotlight:
    """What the stage shows of an issue."""
    start = since(review)
    causes = list(
        db.session.scalars(
            sa.select(Cause).where(Cause.issue_id == issue.id, Cause.visible_to(person)).order_by(Cause.id).options(joinedload(Cause.problem), selectinload(Cause.why_rows))
        )
    )
    strongest = sorted(causes, key=lambda c: (-(c.share or 0), -c.certainty.dots, not c.whys, c.id))
    seen = about_nothing_hidden(Event.problem_id, person)
    told = sa.select(Event).where(Event.issue_id == issue.id, Event.at >= start, Event.subject != "comment", Event.kind.not_in(("ranked", "undone", "decided", "promised")), seen)
    events = list(db.session.scalars(told.order_by(Event.id.desc()).limit(MOST_EVENTS)))
    numbers = db.session.execute(
        sa.select(
            sa.select(sa.func.count()).select_from(Comment).where(Comment.issue_id == issue.id, Comment.at >= start, Comment.removed_at.is_(None)).scalar_subquery(),
            sa.select(sa.func.count()).select_from(Cause).where(Cause.issue_id == issue.id).scalar_subquery(),
        )
    ).one()
    promised = sa.select(Action).where(Action.issue_id == issue.id, Action.status == ActionStatus.OPEN, readable(Action, person), sa.or_(Action.review_id.is_(None), Action.review_id != review.id))
    usual = usual_days().get(issue.status)
    return Spotlight(
        issue=issue, causes=causes, hidden_causes=numbers[1] > len(causes), cause=strongest[0] if strongest else None, events=events,
        comments=numbers[0], open_actions=list(db.session.scalars(promised.order_by(Action.due).limit(6).options(*with_all_of_a_row()))),
        handoffs=of_issue(issue.merged_ids).open, usual=usual.p70 if usual else None,
    )  # fmt: skip


def said(issue: Issue, review: Review) -> list[Any]:
    """The newest comments about an issue that were written in this review, oldest of them first."""
    own = sa.select(Comment).where(Comment.issue_id == issue.id, Comment.review_id == review.id, Comment.removed_at.is_(None))
    return list(db.session.scalars(own.order_by(Comment.id.desc()).limit(MOST_EVENTS)))[::-1]


def captured(review: Review, person: User | None = None) -> tuple[list[Decision], list[Action]]:
    """What was written down in this review so far (of what the person may read; everything without one)."""
    decisions = sa.select(Decision).where(Decision.review_id == review.id, Decision.withdrawn_at.is_(None)).order_by(Decision.id)
    actions = sa.select(Action).where(Action.review_id == review.id).order_by(Action.id)
    if person:
        decisions, actions = decisions.where(readable(Decision, person)), actions.where(readable(Action, person))
    return (
        list(db.session.scalars(decisions.options(joinedload(Decision.issue), joinedload(Decision.problem)))),
        list(db.session.scalars(actions.options(*with_all_of_a_row()))),
    )


def events_of(review: Review, kinds: Collection[str] = ()) -> list[Event]:
    """Everything that happened while it was live, in order; or just what is of these kinds."""
    happened = sa.select(Event).where(Event.review_id == review.id, Event.subject != "comment").order_by(Event.id)
    return list(db.session.scalars(happened.where(Event.kind.in_(kinds)) if kinds else happened))


def said_in(review: Review) -> list[tuple[Comment, int]]:
    """What was said while it was live by who was there or about what was on its agenda, with the id of the event that tells so.

    In order, without what was taken back and without what is only a file.
    """
    said = sa.select(Comment, Event.id).join(Event, sa.and_(Event.subject == "comment", Event.subject_id == Comment.id))
    there = Comment.author_id.in_([a.user_id for a in review.attendance if a.user_id and a.presence == Presence.PRESENT])
    on_agenda = Comment.issue_id.in_({i.issue_id for i in review.items if i.issue_id})
    here = sa.and_(Event.review_id == review.id, Event.kind == "commented", Comment.removed_at.is_(None), Comment.text != "", sa.or_(there, on_agenda))
    return [(comment, told) for comment, told in db.session.execute(said.where(here).order_by(Event.id).options(joinedload(Comment.issue), joinedload(Comment.problem)))]


@dataclass(frozen=True)
class Group:
    """A department (None: people of no department) and its people, for marking who is there."""

    department: Department | None
    people: list[tuple[User, Presence | None]]

    @property
    def present(self) -> int:
        return sum(p == Presence.PRESENT for _person, p in self.people)


@dataclass
class Room:
    """Who is expected and who is there."""

    groups: list[Group]
    present: list[User]
    guests: list[Attendance]
    excused: int
    expected: int
    came: dict[int, datetime]  # late comers by person, and when; empty once it is closed
    marked: dict[int, Presence]


def room(review: Review) -> Room:
    """Everybody who works with cxboard, by first department, with what is marked."""
    people = everybody()
    rows = list(db.session.scalars(sa.select(Attendance).where(Attendance.review_id == review.id).order_by(Attendance.id)))
    marked = {a.user_id: a.presence for a in rows if a.user_id}
    groups: dict[int, Group] = {}
    for person in people:
        home = person.departments[0] if person.departments else None
        groups.setdefault(home.id if home else 0, Group(home, [])).people.append((person, marked.get(person.id)))
    ordered = sorted(groups.values(), key=lambda g: (g.department is None, g.department.code if g.department else ""))
    present = [p for p in people if marked.get(p.id) == Presence.PRESENT]
    guests = [a for a in rows if a.guest]
    return Room(ordered, present, guests, sum(m == Presence.EXCUSED for m in marked.values()), len(people) + len(guests), {a.user_id: a.came_at for a in rows if a.user_id and a.came_at}, marked)


def presence_of(person: User, review: Review) -> Presence | None:
    """How somebody is marked; None when nobody has said so."""
    return db.session.scalar(sa.select(Attendance.presence).where(Attendance.review_id == review.id, Attendance.user_id == person.id))


@dataclass(frozen=True)
class Timer:
    """The time box of the step that is on; moments in seconds since 1970, so that a browser can count along."""

    box: int
    ends: int
    now: int

    @property
    def left(self) -> int:
        """Seconds left; below zero it is over."""
        return self.ends - self.now

    @property
    def gone(self) -> int:
        """How much of the box has passed, 0 to 100."""
        return min(100, max(0, round(100 * (self.box - self.left) / self.box)))

    @property
    def clock(self) -> str:
        """18:30, or how much it is over as 1:20."""
        return f"{abs(self.left) // 60}:{abs(self.left) % 60:02d}"


def timer(review: Review) -> Timer:
    """How much time the step that is on has left, earlier visits counted."""
    assert review.step is not None
    box = review.box(review.step)
    began = box.began_at or clock.now()
    return Timer(box.box, int(began.timestamp()) + box.box - box.spent, int(clock.now().timestamp()))


def pulse(review: Review) -> str:
    """Changes whenever somebody's screen should: the status, the review's version and the newest change anywhere."""
    return f"{review.status.value}-{review.version}-{newest_but('person')}"


def pulse_of_numbers() -> str:
    """Changes with everything that the numbers show; what happens to a review itself, such as another page, is not in them."""
    return str(newest_but("person", "review"))


def why_cancelled(review: Review) -> str | None:
    """The reason that was given when it was cancelled."""
    return db.session.scalar(
        sa.select(Event.reason).where(Event.subject == "review", Event.subject_id == review.id, Event.kind == "review_cancelled").order_by(Event.id.desc()).limit(1)
    )


def next_planned(review: Review) -> Review | None:
    """The first review after this one that is still to come."""
    return db.session.scalar(
        sa.select(Review).where(Review.status == ReviewStatus.PLANNED, Review.id != review.id, Review.starts_at > min(clock.now(), review.starts_at)).order_by(Review.starts_at).limit(1)
    )


