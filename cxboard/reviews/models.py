"""Series, Review, its agenda, who was there, and the minutes that closing freezes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..actions.models import Action, ActionStatus
from ..db import Model, db, one_at_a_time
from ..domain import Refused, Stale, imprint
from ..history import Event, HasHistory
from ..history.sentences import FIELDS, value_of
from ..issues.models import Issue
from ..issues.status import Status
from ..live import announce
from .rhythms import Rhythm, checked, wall_time
from .steps import Step

if TYPE_CHECKING:
    from .calendar import RhythmChange, Skip

UNOPENED = timedelta(weeks=4)  # how long what was agreed can still be entered
PLANNING = 7_044  # the lock that planning takes, so that a closing and the clock do not plan the same week
PLANNED_AHEAD = 4  # weeks
EXTRA_MINUTES = 2
LONGEST_STEP = 120  # minutes
FEWEST_RATINGS = 5  # below this a mean could show what one person thinks (product.md section 4)


class ReviewStatus(Enum):
    PLANNED = "planned"
    LIVE = "live"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str(
            {
                ReviewStatus.PLANNED: _l("Planned"),
                ReviewStatus.LIVE: _l("Live"),
                ReviewStatus.CLOSED: _l("Closed"),
                ReviewStatus.CANCELLED: _l("Cancelled"),
            }[self]
        )


class Presence(Enum):
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        return str({Presence.PRESENT: _l("Present"), Presence.EXCUSED: _l("Excused"), Presence.ABSENT: _l("Absent")}[self])


class Series(Rhythm, HasHistory, Model):
    """The rhythm from which the coming reviews are planned, and the changes of it that begin later."""

    __tablename__ = "review_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    changes: Mapped[list[RhythmChange]] = relationship(
        "RhythmChange", back_populates="series", order_by="RhythmChange.from_day", cascade="all, delete-orphan"
    )

    @classmethod
    def current(cls) -> Series | None:
        """The rhythm as it is; None before somebody sets it."""
        return db.session.scalar(sa.select(cls).where(cls.ended_at.is_(None)).order_by(cls.id.desc()).limit(1))

    @classmethod
    def set(
        cls, *, weekday: int, at: str, by: User, zone: str | None = None, duration: int = 60, chair: User | None = None, place: str = "",
        seen: int | None = None,
    ) -> Series:
        """Set or change the weekly rhythm: `weekday` 0 (Monday) to 6, `at` as `10:00` on the clocks of `zone`.

        Plans the coming weeks; reviews that are still planned move along, but for those that were moved by hand.
        Raises Refused for a time or zone that does not exist, Stale when the rhythm is not as it was `seen`.
        """
        one_at_a_time(PLANNING)
        zone = zone or clock.zone().key
        at = checked(weekday, at, zone, duration)
        series = cls.current()
        before = None
        if series is None:
            series = cls(version=0)
            db.session.add(series)
        else:
            db.session.refresh(series)  # as it is now that nobody else plans
            before = series.words
            same = (weekday, at, zone, duration, chair.id if chair else None, place) == series.facts
            series.unless_stale(seen, None if same else {"weekday": weekday, "at": at, "zone": zone})
        movable = series.still_in_place() if before else []
        series.weekday, series.at, series.zone, series.duration, series.chair, series.place = weekday, at, zone, duration, chair, place
        series.record("series_set", by=by, field="rhythm", before=before, after=series.words)
        series.move_along(movable, by=by)
        return series

    def unless_stale(self, seen: int | None, mine: dict[str, Any] | None) -> None:
        """Raises Stale when the rhythm, or what will begin later, is not as it was `seen`; `mine` is None when that changes nothing."""
        if mine and seen not in (None, self.seen_as):
            theirs = {**self.words, "later": [{**c.words, "from_day": c.from_day.isoformat()} for c in self.changes]}
            raise Stale(self.last_changed_by(), {str(FIELDS["rhythm"]): (value_of("rhythm", mine), value_of("rhythm", theirs))})

    @property
    def seen_as(self) -> int:
        """What a form was opened with."""
        return imprint(*self.facts, *(fact for c in self.changes for fact in (c.from_day, *c.facts)))

    def in_force(self, week_of: date) -> Rhythm:
        """The rhythm of one ISO week. Each week keeps one review: a change counts as soon as both its own day and the day
        that it replaces have reached its date."""
        found: Rhythm = self
        for change in self.changes:
            if min(found.slot(week_of), change.slot(week_of)) >= change.from_day:
                found = change
        return found

    def still_in_place(self) -> list[tuple[Review, int | None]]:
        """Coming reviews of this series that nobody moved by hand, each with who leads by the rhythm."""
        expected = sa.or_(Review.status == ReviewStatus.PLANNED, Review.skip.has())
        coming = db.session.scalars(sa.select(Review).where(Review.series_id == self.id, expected, Review.starts_at > clock.now()).order_by(Review.starts_at))
        found = [(review, self.in_force(review.day)) for review in coming]
        return [(r, rhythm.chair_id) for r, rhythm in found if r.starts_at == wall_time(r.day, rhythm.at, rhythm.zone)]

    def move_along(self, movable: list[tuple[Review, int | None]], *, by: User) -> None:
        """Let these reviews follow the rhythm as it is now, and plan what is not there yet."""
        for review, led_by in movable:
            review._follow(self.in_force(review.day), led_by, by)
        self.plan(by=by)

    def plan(self, weeks: int = PLANNED_AHEAD, *, by: User | None = None) -> list[Review]:
        """Make the reviews of the coming weeks that are not there yet. A cancelled or moved one keeps its place taken, and so
        does one on a day on which nobody meets, which is skipped."""
        from .calendar import keep_free_days

        db.session.flush()
        one_at_a_time(PLANNING)
        now = clock.now()
        self._begin_changes(now.astimezone(ZoneInfo(self.zone)).date())
        today = now.astimezone(ZoneInfo(self.zone)).date()
        taken = {
            clock.iso_week(day)
            for day in db.session.scalars(sa.select(Review.day).where(Review.series_id == self.id, Review.day >= today - timedelta(days=7)))
        }
        made = []
        coming = [(week, self.in_force(week)) for week in (today + timedelta(weeks=n) for n in range(weeks + 2))]
        for week, rhythm in [(week, rhythm) for week, rhythm in coming if rhythm.moment_in(week) > now][:weeks]:
            day = rhythm.slot(week)
            if clock.iso_week(day) not in taken:
                review = Review(
                    series=self, day=day, week=clock.iso_week(day), starts_at=rhythm.moment_in(week), zone=rhythm.zone,
                    duration=rhythm.duration, chair=rhythm.chair, place=rhythm.place, status=ReviewStatus.PLANNED, version=0,
                )  # fmt: skip
                db.session.add(review)
                review.record("review_planned", by=by)
                made.append(review)
        keep_free_days(by=by)
        return made

    def _begin_changes(self, today: date) -> None:
        """A change whose day has come is the rhythm from now on."""
        for change in [c for c in self.changes if c.from_day <= today]:
            before = self.words
            self.take_over(change)
            self.changes.remove(change)
            self.record("rhythm_began", by=None, field="rhythm", before=before, after=self.words)


def _must_be_free(starts_at: datetime) -> None:
    """Raises Refused when another review is planned for this very moment."""
    one_at_a_time(PLANNING)
    other = db.session.scalar(sa.select(Review).where(Review.starts_at == starts_at, Review.status == ReviewStatus.PLANNED))
    if other is not None:
        raise Refused(_l("The review of week %(week)s is planned for that moment already. Move or cancel that one first.", week=other.number))


class Review(HasHistory, Model):
    """One weekly meeting, from planned to minutes.

    `day` is its place in the series and stays when the review itself is moved; `starts_at` says when it really is, and
    `week` is the ISO week of that local day.
    """

    __tablename__ = "review"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "day"),
        sa.Index("uq_review_live", "status", unique=True, sqlite_where=sa.text("status = 'live'"), postgresql_where=sa.text("status = 'live'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review_series.id"))
    week: Mapped[str] = mapped_column(sa.String(8), index=True)
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(sa.String(40))
    duration: Mapped[int] = mapped_column(default=60)
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    status: Mapped[ReviewStatus] = mapped_column(default=ReviewStatus.PLANNED)
    step: Mapped[Step | None]
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agenda_item.id", use_alter=True))
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    minutes: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=0)

    chair: Mapped[User | None] = relationship()
    series: Mapped[Series | None] = relationship()
    skip: Mapped[Skip | None] = relationship("Skip", back_populates="review", cascade="all, delete-orphan")
    item: Mapped[AgendaItem | None] = relationship(foreign_keys=[item_id], post_update=True)
    items: Mapped[list[AgendaItem]] = relationship(
        back_populates="review", foreign_keys="AgendaItem.review_id", order_by="AgendaItem.position", cascade="all, delete-orphan"
    )
    steps: Mapped[list[ReviewStep]] = relationship(cascade="all, delete-orphan")
    attendance: Mapped[list[Attendance]] = relationship(cascade="all, delete-orphan", order_by="Attendance.id")
    ratings: Mapped[list[Rating]] = relationship(cascade="all, delete-orphan")
    remarks: Mapped[list[Remark]] = relationship(cascade="all, delete-orphan", order_by="Remark.id")

    is_entered = False  # carried out afterwards from what was entered: while that happens it is live

    # reading

    @property
    def number(self) -> int:
        """48, from the ISO week 2026-W48."""
        return clock.week_number(self.week)

    @property
    def local_day(self) -> date:
        """The day on which it is, where it is held."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def today(self) -> date:
        """The day that it is now where it is held; the team may be a day further, or behind."""
        return clock.now().astimezone(ZoneInfo(self.zone)).date()

    @property
    def time(self) -> str:
        """`10:00`, where it is held."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")

    @property
    def is_planned(self) -> bool:
        return self.status == ReviewStatus.PLANNED

    @property
    def is_live(self) -> bool:
        return self.status == ReviewStatus.LIVE

    @property
    def is_closed(self) -> bool:
        return self.status == ReviewStatus.CLOSED

    def box(self, step: Step) -> ReviewStep:
        """The time box of a step."""
        return next(s for s in self.steps if s.step == step)

    def points(self, step: Step) -> list[AgendaItem]:
        """The agenda items of one step, in order."""
        return [i for i in self.items if i.step == step]

    @property
    def mean(self) -> float | None:
        """The mean rating; None while fewer than five people gave one."""
        scores = [r.score for r in self.ratings]
        return sum(scores) / len(scores) if len(scores) >= FEWEST_RATINGS else None

    def has(self, person: User) -> bool:
        """Whether this person is there."""
        return any(a.user_id == person.id and a.presence == Presence.PRESENT for a in self.attendance)

    @classmethod
    def live(cls) -> Review | None:
        """The review that is going on, if any."""
        return db.session.scalar(sa.select(cls).where(cls.status == ReviewStatus.LIVE))

    @classmethod
    def last_closed(cls, before: Review | None = None) -> Review | None:
        """The newest closed review (that was held before another one)."""
        closed = sa.select(cls).where(cls.status == ReviewStatus.CLOSED).order_by(cls.closed_at.desc(), cls.id.desc()).limit(1)
        if before is not None:
            closed = closed.where(cls.id != before.id)
            held = before.closed_at or before.was_held_until
            if held:
                closed = closed.where(cls.closed_at < held)
        return db.session.scalar(closed)

    # planning

    @classmethod
    def plan_one(
        cls, starts_at: datetime, *, by: User, duration: int = 60, chair: User | None = None, place: str = "", zone: str | None = None
    ) -> Review:
        """An extra review, outside the series. Raises Refused for a day on which nobody meets, and for the moment of another one."""
        from .calendar import refuse_free_day

        zone = zone or clock.zone().key
        day = starts_at.astimezone(ZoneInfo(zone)).date()
        _must_be_free(starts_at)
        refuse_free_day(day)
        review = cls(
            day=day, week=clock.iso_week(day), starts_at=starts_at, zone=zone, duration=duration, chair=chair, place=place,
            status=ReviewStatus.PLANNED, version=0,
        )  # fmt: skip
        db.session.add(review)
        review.record("review_planned", by=by)
        return review

    @property
    def was_held_until(self) -> datetime | None:
        """The end of its day, when that has passed: what is entered afterwards is not about what came after it.

        None for one of today or later, and for a meeting that is going on, however long ago it was opened.
        """
        if self.is_live and not self.is_entered:
            return None
        held = (self.started_at or self.starts_at).astimezone(ZoneInfo(self.zone)).date()
        return wall_time(held + timedelta(days=1), "00:00", self.zone) if held < self.today else None

    @property
    def seen_at(self) -> int:
        """The moment that a form was opened with."""
        return imprint(int(self.starts_at.timestamp()))

    def move(self, starts_at: datetime, *, by: User, seen: int | None = None) -> None:
        """Hold it at another moment, also when it was skipped; the rhythm stays.

        Raises Refused once it has begun, for a day on which nobody meets and for the moment of another one, Stale when it was
        moved since it was `seen`.
        """
        from .afterwards import forget_times
        from .calendar import refuse_free_day

        refuse_free_day(starts_at.astimezone(ZoneInfo(self.zone)).date())
        if self.skip:
            self.status, self.skip = ReviewStatus.PLANNED, None
        self._must_be(ReviewStatus.PLANNED, _l("Only a review that has not begun can be moved."))
        if starts_at != self.starts_at:
            forget_times(self)
            _must_be_free(starts_at)
            if seen not in (None, self.seen_at):
                mine, theirs = (value_of("starts_at", moment.isoformat()) for moment in (starts_at, self.starts_at))
                raise Stale(self.last_changed_by(), {str(FIELDS["starts_at"]): (mine, theirs)})
            before, self.starts_at = self.starts_at, starts_at
            self.week = clock.iso_week(self.local_day)
            self.record("review_moved", by=by, field="starts_at", before=before.isoformat(), after=starts_at.isoformat())

    def _follow(self, rhythm: Rhythm, led_by: int | None, by: User) -> None:
        """Take over a changed rhythm, unless its new moment in this week has passed already, or somebody else was asked to lead."""
        was = self.starts_at, self.duration, self.chair_id, self.place
        day, starts_at = rhythm.slot(self.day), rhythm.moment_in(self.day)
        if starts_at > clock.now():
            self.day, self.week, self.starts_at, self.zone = day, clock.iso_week(day), starts_at, rhythm.zone
        self.duration, self.place = rhythm.duration, rhythm.place
        if self.chair_id == led_by:
            self.chair, self.chair_id = rhythm.chair, rhythm.chair.id if rhythm.chair else None
        if self.starts_at != was[0]:
            self.record("review_followed", by=by, field="starts_at", before=was[0].isoformat(), after=self.starts_at.isoformat())
        elif was != (self.starts_at, self.duration, self.chair_id, self.place):
            self.version += 1
            announce(f"review-{self.id}")

    def cancel(self, *, reason: str, by: User) -> None:
        """It will not be held; the agenda comes back in the next one. Raises Refused without a reason or once begun."""
        self._must_be(ReviewStatus.PLANNED, _l("Only a review that has not begun can be cancelled."))
        if not reason:
            raise Refused(_l("Why is it cancelled? People read the reason."))
        self.status = ReviewStatus.CANCELLED
        self.record("review_cancelled", by=by, reason=reason)

    @property
    def can_be_restored(self) -> bool:
        """Whether it is cancelled, and not so long ago that nobody enters any more what was agreed."""
        return self.status == ReviewStatus.CANCELLED and self.local_day >= self.today - UNOPENED

    def restore(self, *, by: User) -> None:
        """It will be held after all, or was; on its own moment, whatever the rhythm has become.

        Raises Refused unless it is cancelled, for a day on which nobody meets, for the moment of another one, and when it is too long ago.
        """
        from .calendar import refuse_free_day

        self._must_be(ReviewStatus.CANCELLED, _l("This review is not cancelled."))
        _must_be_free(self.starts_at)
        refuse_free_day(self.local_day)
        if not self.can_be_restored:
            raise Refused(_l("This review is too long ago: nothing can be entered for it any more."))
        self.status, self.skip = ReviewStatus.PLANNED, None
        self.record("review_restored", by=by)

    def _must_be(self, status: ReviewStatus, message: Any) -> None:
        if self.status != status:
            raise Refused(message)

    def must_be_live(self) -> None:
        """Raises Refused when it has not begun, or is over."""
        if self.is_closed:
            raise Refused(_l("This review is closed: its minutes don't change any more. Add a remark instead."))
        self._must_be(ReviewStatus.LIVE, _l("This review is not going on."))

    # the meeting

    def start(self, *, by: User, at: datetime | None = None) -> None:
        """Open the meeting: the agenda is written down, and the first step begins. Raises Refused while another one is live.

        `at` is when it began, when that is entered afterwards.
        """
        from .afterwards import forget_times
        from .agenda import agenda_for

        if self.status == ReviewStatus.CANCELLED:
            raise Refused(_l("This review was cancelled."))
        self._must_be(ReviewStatus.PLANNED, _l("This review has begun already."))
        if at is None:
            forget_times(self)
        other = Review.live()
        if other is not None:
            raise Refused(_l("The review of week %(week)s is still going on. Close that one first.", week=other.number))
        self.started_at, self.is_entered = at or clock.now(), at is not None
        found = agenda_for(self)
        try:
            with db.session.begin_nested():
                self.status, self.step = ReviewStatus.LIVE, Step.CUSTOMER
                db.session.flush()
        except sa.exc.IntegrityError:
            self.started_at = None
            raise Refused(_l("Another review was opened just now. Close that one first.")) from None
        self.steps = [ReviewStep(step=s, minutes=s.box(self.duration), spent=0, notes="") for s in Step]
        for position, item in enumerate(found, 1):
            item.position = position
            self.items.append(item)
        self.chair = self.chair or by
        self.box(Step.CUSTOMER).began_at = clock.now()
        self.record("review_started", by=by)
        self._turned(by)
        self._mark(by, Presence.PRESENT)

    def is_led_by(self, person: User) -> bool:
        """Whether this person turns the pages: the chair, or any regisseur when nobody is (any more)."""
        return self.chair is None or not self.chair.is_active or self.chair_id == person.id

    def turn(self, step: Step, item: AgendaItem | None = None, *, by: User, later: bool = False) -> None:
        """Show everybody another step, or another item of it. What is left counts as discussed, unless it is for `later`
        or is a new issue that has no answer yet.

        Without an item the first of the step is shown. New arrivals on the board join the step that is turned to.
        Raises Refused when the review is not live, or when the item is of another step.
        """
        self.must_be_live()
        if item is not None and (item.review_id != self.id or item.step != step):
            raise Refused(_l("This point is not on the agenda of this step."))
        if step != self.step:
            self._top_up(step)
        points = self.points(step)
        shown = item or (points[0] if step.one_by_one and points else None)
        self._leave(step, shown, later)
        if step != self.step:
            self._stop_the_clock()
            self.box(step).began_at = clock.now()
        self.step, self.item = step, shown
        self._turned(by)

    def _stop_the_clock(self) -> None:
        """Add this visit to what the step on the table has taken so far."""
        box = self.box(self.step) if self.step else None
        if box and box.began_at:
            box.spent += max(1, int((clock.now() - box.began_at).total_seconds()))

    def _leave(self, step: Step | None, item: AgendaItem | None, later: bool = False) -> None:
        """What was on the table has been discussed; a step that is shown as a whole has been when it is left."""
        if self.item is not None and self.item is not item:
            again = later and not self.item.waits_for_an_answer and self._was_talked_about(self.item)
            waits = (later and not again) or self.item.waits_for_an_answer
            self.item.discussed_at = None if waits else self.item.discussed_at or clock.now()
            self.item.comes_again = again
        elif self.step is not None and not self.step.one_by_one and self.step != step:
            for point in self.points(self.step):
                point.discussed_at = point.discussed_at or clock.now()

    def _was_talked_about(self, item: AgendaItem) -> bool:
        """Whether something was written down or changed about it in this review; when it is put off after that, it was not passed by."""
        about = sa.exists().where(Event.review_id == self.id, Event.issue_id == item.issue_id, Event.subject != "review")
        return bool(item.issue_id and db.session.scalar(sa.select(about)))

    def _top_up(self, step: Step) -> None:
        """Add what came to the board for this step since the agenda was written down."""
        from .agenda import agenda_for

        known = {(i.issue_id, i.action_id) for i in self.points(step)}
        last = max((i.position for i in self.items), default=0)
        for item in agenda_for(self, only=step):
            if (item.issue_id, item.action_id) not in known:
                last += 1
                item.position = last
                self.items.append(item)
        db.session.flush()

    def _turned(self, by: User) -> None:
        """Written down, so that the minutes know what happened under which item."""
        db.session.flush()
        assert self.step is not None
        self.record("review_turned", by=by, field="step", after={"step": self.step.value, "item": self.item.id if self.item else None})

    def following(self) -> tuple[Step, AgendaItem | None] | None:
        """What comes after what is shown now; None at the end."""
        return self._beside(1)

    def preceding(self) -> tuple[Step, AgendaItem | None] | None:
        """What came before what is shown now; None at the beginning."""
        return self._beside(-1)

    def _beside(self, way: int) -> tuple[Step, AgendaItem | None] | None:
        assert self.step is not None
        points = self.points(self.step)
        if self.item in points:
            at = points.index(self.item) + way
            if 0 <= at < len(points):
                return self.step, points[at]
        step = self.step.following if way > 0 else self.step.preceding
        if step is None:
            return None
        there = self.points(step) if step.one_by_one else []
        return step, (there[0 if way > 0 else -1] if there else None)

    def lengthen(self, *, by: User) -> None:
        """Two minutes more for the step that is on."""
        self.must_be_live()
        assert self.step is not None
        box = self.box(self.step)
        if box.minutes + EXTRA_MINUTES > LONGEST_STEP:
            raise Refused(_l("This step is long enough. Turn the page."))
        box.minutes += EXTRA_MINUTES
        self.record("review_lengthened", by=by, field="step", after={"step": self.step.value})

    def note(self, step: Step, text: str, *, by: User) -> None:
        """The notes of one step, as they will stand in the minutes."""
        self.must_be_live()
        box = self.box(step)
        if box.notes != text:
            before, box.notes = box.notes, text
            self.record("review_noted", by=by, field="step", before={"step": step.value, "notes": before}, after={"step": step.value})

    # who is there

    def mark(self, person: User, presence: Presence, *, by: User) -> None:
        """Somebody is there, excused or absent."""
        self.must_be_live()
        if self._mark(person, presence):
            self.record("attendance_marked", by=by)

    def _mark(self, person: User, presence: Presence) -> bool:
        row = next((a for a in self.attendance if a.user_id == person.id or a.user is person), None)
        if row is not None and row.presence == presence:
            return False
        if row is None:
            self.attendance.append(Attendance(user=person, presence=presence, at=clock.now()))
        else:
            row.presence, row.at = presence, clock.now()
        return True

    def mark_everyone_present(self, people: list[User], *, by: User) -> None:
        """Everybody who is not marked yet is there."""
        self.must_be_live()
        marked = {a.user.id for a in self.attendance if a.user}
        if [self._mark(p, Presence.PRESENT) for p in people if p.id not in marked]:
            self.record("attendance_marked", by=by)

    def welcome(self, guest: str, *, by: User) -> None:
        """A guest, by name. Raises Refused without one."""
        self.must_be_live()
        if not guest:
            raise Refused(_l("Who is the guest?"))
        if all((a.guest or "").casefold() != guest.casefold() for a in self.attendance):
            self.attendance.append(Attendance(guest=guest, presence=Presence.PRESENT, at=clock.now()))
            self.record("attendance_marked", by=by)

    def see_off(self, guest: Attendance, *, by: User) -> None:
        """The guest was not there after all."""
        self.must_be_live()
        if guest.guest is not None and guest in self.attendance:
            self.attendance.remove(guest)
            self.record("attendance_marked", by=by)

    # the end

    def rate(self, score: int, *, by: User) -> None:
        """What one person gives the meeting, 1 to 10; may be changed until it is closed. Kept out of the history: it is theirs."""
        self.must_be_live()
        if not 1 <= score <= 10:
            raise Refused(_l("Give a mark from 1 to 10."))
        own = next((r for r in self.ratings if r.user_id == by.id), None)
        if own is None:
            self.ratings.append(Rating(user_id=by.id, score=score))
        else:
            own.score = score
        self.version += 1
        announce(f"review-{self.id}")

    def close(self, *, by: User, at: datetime | None = None) -> None:
        """End the meeting and freeze its minutes; what was not reached comes back next time. Plans the coming weeks.

        `at` is when it ended, when that is entered afterwards.
        """
        from .minutes import freeze
        from .voting import forget

        db.session.flush()
        db.session.refresh(self, with_for_update=True)
        self.must_be_live()
        self._leave(None, None)
        for point in self.points(Step.NEW):  # also those that were answered while another page was shown
            point.discussed_at = None if point.waits_for_an_answer else point.discussed_at or clock.now()
        self._leave_promises_open(by)
        self._stop_the_clock()
        self.closed_at = at or clock.now()
        db.session.flush()
        self.minutes = freeze(self)
        self.status, self.item = ReviewStatus.CLOSED, None
        for row in self.attendance:  # who was there is kept, not since when
            row.at, row.came_at = self.closed_at, None
        forget(self)
        db.session.flush()
        self.record("review_closed", by=by)
        if series := Series.current():
            series.plan(by=by)

    def _leave_promises_open(self, by: User) -> None:
        """What was promised for a day before this review and is still open goes along to the next one; what was promised in it does not yet."""
        day = min(self.local_day, clock.today())
        earlier = sa.or_(Action.review_id.is_(None), Action.review_id != self.id)
        still = sa.select(Action).where(Action.status == ActionStatus.OPEN, Action.due < day, earlier)
        for action in db.session.scalars(still.order_by(Action.due, Action.id)):
            action.leave_open(by=by)

    def remark(self, text: str, *, by: User) -> Remark:
        """A dated correction under the minutes, which stay as they are. Raises Refused before there are minutes."""
        self._must_be(ReviewStatus.CLOSED, _l("There are no minutes yet. Write it in the notes of the step."))
        if not text:
            raise Refused(_l("What has to be put right?"))
        remark = Remark(by=by, text=text, at=clock.now())
        self.remarks.append(remark)
        self.record("review_remarked", by=by)
        return remark


class ReviewStep(Model):
    """One step of one review: its time box, when it began, how long it took, and its notes."""

    __tablename__ = "review_step"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    began_at: Mapped[datetime | None]
    spent: Mapped[int] = mapped_column(default=0)
    notes: Mapped[str] = mapped_column(sa.Text, default="")

    @property
    def box(self) -> int:
        """The time box in seconds."""
        return self.minutes * 60

    @property
    def spent_minutes(self) -> int:
        """Whole minutes that it took, rounded; at least one when it was shown at all."""
        return max(1, round(self.spent / 60)) if self.spent else 0


class AgendaItem(Model):
    """One point of a review: why it is there, whether it was reached, and how often it was carried over."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.UniqueConstraint("review_id", "step", "issue_id"), sa.UniqueConstraint("review_id", "step", "action_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    step: Mapped[Step]
    position: Mapped[int]
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(sa.ForeignKey("action.id"), index=True)
    why: Mapped[str] = mapped_column(sa.String(30))
    facts: Mapped[dict[str, Any] | None]
    carried: Mapped[int] = mapped_column(default=0)
    discussed_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship(back_populates="items", foreign_keys=[review_id])
    issue: Mapped[Issue | None] = relationship()
    action: Mapped[Action | None] = relationship()

    @property
    def waits_for_an_answer(self) -> bool:
        """Whether this is a new issue that has had none of the four answers."""
        return self.step == Step.NEW and self.issue is not None and self.issue.status == Status.NEW

    @property
    def comes_again(self) -> bool:
        """Whether it was talked about and is gone on with next time."""
        return bool((self.facts or {}).get("again"))

    @comes_again.setter
    def comes_again(self, again: bool) -> None:
        if again != self.comes_again:
            self.facts = {name: value for name, value in (self.facts or {}).items() if name != "again"} | ({"again": True} if again else {})

    @property
    def comes_back(self) -> bool:
        """Whether a point about an issue, when it is not reached, is still there to talk about next time."""
        if self.issue is None or self.discussed_at is not None:
            return False
        return self.issue.status == Status.NEW if self.step == Step.NEW else self.issue.status.is_open


class Attendance(Model):
    """Who was there: a person, or a guest by name."""

    __tablename__ = "attendance"
    __table_args__ = (sa.UniqueConstraint("review_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    guest: Mapped[str | None] = mapped_column(sa.String(80))
    presence: Mapped[Presence]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    came_at: Mapped[datetime | None]  # of a late comer, while the meeting lasts

    user: Mapped[User | None] = relationship()


class Rating(Model):
    """What one person gave the meeting, 1 to 10; shown as a mean, from five ratings on."""

    __tablename__ = "rating"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    score: Mapped[int]


class Remark(Model):
    """A dated correction under frozen minutes."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[User] = relationship()
