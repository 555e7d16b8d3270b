"""The exceptions of the rhythm (another one from a date on, days on which nobody meets, somebody else who leads), and the
private link under which a person's own calendar reads the reviews."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from .. import clock, language
from ..accounts.models import User, digest
from ..db import Model, db, one_at_a_time
from ..domain import Refused, Stale, imprint
from ..history import HasHistory
from ..history.sentences import FIELDS
from .models import PLANNING, Review, ReviewStatus, Series
from .rhythms import Rhythm, checked, wall_time

WEEKS_BACK = 12
MOST_AHEAD = 20
FARTHEST = 2 * 366  # days ahead that can be arranged


class PartOfPlanning:
    """Who changes it waits for whoever plans, before anything else is locked; so that no two wait for each other."""

    @staticmethod
    def lock_first(_id: int) -> sa.Select[tuple[int]]:
        one_at_a_time(PLANNING)
        return sa.select(sa.literal(1))


class RhythmChange(PartOfPlanning, Rhythm, Model):
    """Another rhythm from a date on. When that day comes it becomes the rhythm of the series, and this row goes."""

    __tablename__ = "rhythm_change"
    __table_args__ = (sa.UniqueConstraint("series_id", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("review_series.id"))
    from_day: Mapped[date]

    series: Mapped[Series] = relationship(Series, back_populates="changes")

    @classmethod
    def plan(
        cls, series: Series, from_day: date, *, weekday: int, at: str, zone: str, by: User, duration: int = 60, chair: User | None = None,
        place: str = "", seen: int | None = None,
    ) -> RhythmChange:  # fmt: skip
        """Let another rhythm begin on a later day; what is planned before it stays, and each week keeps one review.

        Raises Refused for a day that is not ahead or a time that does not exist, Stale when the rhythm is not as it was `seen`.
        """
        one_at_a_time(PLANNING)
        at = checked(weekday, at, zone, duration)
        today = clock.now().astimezone(ZoneInfo(series.zone)).date()
        if not today < from_day <= today + timedelta(days=FARTHEST):
            raise Refused(_l("Choose a day from tomorrow on, within two years."))
        db.session.refresh(series)
        found = next((c for c in series.changes if c.from_day == from_day), None)
        facts = (weekday, at, zone, duration, chair.id if chair else None, place)
        words = {"weekday": weekday, "at": at, "zone": zone, "from_day": from_day.isoformat()}
        series.unless_stale(seen, None if found and found.facts == facts else {"later": [words]})
        movable = series.still_in_place()
        if found is None:
            found = cls(from_day=from_day)
            series.changes.append(found)
        found.weekday, found.at, found.zone, found.duration, found.chair, found.place = weekday, at, zone, duration, chair, place
        series.changes.sort(key=lambda c: c.from_day)
        db.session.flush()
        series.record("rhythm_planned", by=by, field="rhythm", after=words)
        series.move_along(movable, by=by)
        return found

    @property
    def first_day(self) -> date:
        """The day of the first review by this rhythm."""
        week = self.from_day
        while self.series.in_force(week) is not self:
            week += timedelta(weeks=1)
        return self.slot(week)

    def take_back(self, *, by: User) -> None:
        """It will not begin after all; what was planned by it follows the rhythm before it again."""
        one_at_a_time(PLANNING)
        series = self.series
        movable = series.still_in_place()
        series.changes.remove(self)
        series.record("rhythm_taken_back", by=by, field="rhythm", before={**self.words, "from_day": self.from_day.isoformat()})
        series.move_along(movable, by=by)


class FreeDay(PartOfPlanning, HasHistory, Model):
    """A day on which nobody meets, with the name of why. Taken away again it stays in the history."""

    __tablename__ = "free_day"
    __table_args__ = (
        sa.Index("uq_free_day_day", "day", unique=True, sqlite_where=sa.text("removed_at IS NULL"), postgresql_where=sa.text("removed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(sa.String(80))
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    @classmethod
    def on(cls, day: date) -> FreeDay | None:
        """Why nobody meets on that day, if that is so."""
        return db.session.scalar(sa.select(cls).where(cls.day == day, cls.removed_at.is_(None)))

    @classmethod
    def coming(cls) -> list[FreeDay]:
        """Today's and later ones, in order."""
        ahead = sa.select(cls).where(cls.day >= clock.today() - timedelta(days=1), cls.removed_at.is_(None))  # it may be yesterday elsewhere
        return list(db.session.scalars(ahead.order_by(cls.day)))

    @classmethod
    def keep(cls, day: date, name: str, *, by: User) -> FreeDay:
        """Nobody meets on that day: reviews that are planned on it are skipped.

        Raises Refused without a name, for a day that has passed, and for one that is free already.
        """
        one_at_a_time(PLANNING)
        if not name:
            raise Refused(_l("What day is it? People read why there is no review."))
        if not clock.today() <= day <= clock.today() + timedelta(days=FARTHEST):
            raise Refused(_l("Choose today or a later day, within two years."))
        if there := cls.on(day):
            raise Refused(_l("Nobody meets on %(day)s already: %(name)s.", day=language.day(day), name=there.name))
        free = cls(day=day, name=name, version=0)
        db.session.add(free)
        free.record("free_day_kept", by=by, after={"text": name, "from_day": day.isoformat()})
        keep_free_days(by=by)
        return free

    def give_back(self, *, by: User) -> None:
        """People meet on that day after all: what was skipped for it is planned again."""
        one_at_a_time(PLANNING)
        if self.removed_at is None:
            self.removed_at = clock.now()
            self.record("free_day_given_back", by=by, before={"text": self.name, "from_day": self.day.isoformat()})
            keep_free_days(by=by)


class Skip(Model):
    """A review that is skipped because nobody meets on its day; it is planned again when the day is not free any more."""

    __tablename__ = "review_skip"

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id"), primary_key=True)
    free_day_id: Mapped[int] = mapped_column(sa.ForeignKey("free_day.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    review: Mapped[Review] = relationship(Review, back_populates="skip")
    free_day: Mapped[FreeDay] = relationship(FreeDay, lazy="joined")


def keep_free_days(*, by: User | None) -> None:
    """Skip the coming reviews on days on which nobody meets, and plan those again whose day is not free any more."""
    db.session.flush()
    free = {f.day: f for f in FreeDay.coming()}
    expected = sa.or_(Review.status == ReviewStatus.PLANNED, Review.skip.has())
    coming = sa.select(Review).where(expected, Review.starts_at > clock.now()).order_by(Review.id)
    for review in db.session.scalars(coming.with_for_update(of=Review, key_share=True).execution_options(populate_existing=True)).all():
        day = free.get(review.local_day)
        if day and review.skip:
            review.skip.free_day = day
        elif day:
            review.status, review.skip = ReviewStatus.CANCELLED, Skip(free_day=day, at=clock.now())
            review.record("review_skipped", by=by, reason=day.name)
        elif review.skip:
            review.status, review.skip = ReviewStatus.PLANNED, None
            review.record("review_not_skipped", by=by)


def refuse_free_day(day: date) -> None:
    """Raises Refused for a day to come on which nobody meets; what was held was held."""
    if day >= clock.today() and (free := FreeDay.on(day)):
        raise Refused(_l("Nobody meets on %(day)s: %(name)s. Choose another day.", day=language.day(day), name=free.name))


def coming_weeks() -> list[Review]:
    """Reviews from now on, skipped and cancelled ones too, for who looks over the rhythm."""
    ahead = sa.select(Review).where(Review.starts_at > clock.now(), Review.status.in_((ReviewStatus.PLANNED, ReviewStatus.CANCELLED)))
    with_all = joinedload(Review.chair), joinedload(Review.skip), joinedload(Review.series).selectinload(Series.changes)
    return list(db.session.scalars(ahead.order_by(Review.starts_at).limit(MOST_AHEAD).options(*with_all)).unique())


def differs(review: Review) -> tuple[str, ...]:
    """How a coming review differs from the rhythm: `extra`, `moved`, `chair`."""
    if review.series is None:
        return ("extra",)
    rhythm = review.series.in_force(review.day)
    moved = review.starts_at != wall_time(review.day, rhythm.at, rhythm.zone)
    return tuple(name for name, so in (("moved", moved), ("chair", review.chair_id != rhythm.chair_id)) if so)


# who leads one review


def led_as_seen(review: Review) -> int:
    """Who led it when a form was opened."""
    return imprint(review.chair_id)


def ask_to_lead(review: Review, chair: User, *, by: User, seen: int | None = None) -> None:
    """Somebody else leads this one; the rhythm stays.

    Raises Refused once it has begun or for somebody who can't lead, Stale when somebody else was asked since it was `seen`.
    """
    if not review.is_planned:
        raise Refused(_l("Only a review that has not begun can get another chair here."))
    if not (chair.is_active and chair.is_regisseur):
        raise Refused(_l("%(name)s can't lead a review: that is for a CX regisseur.", name=chair.name))
    if chair.id == review.chair_id:
        return
    before = review.chair.name if review.chair else None
    if seen not in (None, led_as_seen(review)):
        raise Stale(review.last_changed_by(), {str(FIELDS["chair"]): (chair.name, before or "–")})
    review.chair = chair
    review.record("review_chair_changed", by=by, field="chair", before=before, after=chair.name)


# a person's own calendar


class CalendarLink(Model):
    """The private address of one person's calendar. Kept is only a hash of its token; a person has one link at a time."""

    __tablename__ = "calendar_link"
    __table_args__ = (
        sa.Index("uq_calendar_link_person", "person_id", unique=True, sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    person: Mapped[User] = relationship(User, lazy="joined")

    @classmethod
    def of_person(cls, person: User) -> CalendarLink | None:
        """The link that this person has now."""
        return db.session.scalar(sa.select(cls).where(cls.person_id == person.id, cls.ended_at.is_(None)))

    @classmethod
    def make(cls, person: User) -> str:
        """A new link; an earlier one stops working. Returns its token, which is told once."""
        cls._end(person)
        token = secrets.token_urlsafe(32)
        db.session.add(cls(person=person, token_hash=digest(token)))
        person.record("calendar_link_made", by=person)
        return token

    @classmethod
    def revoke(cls, person: User) -> None:
        """From now on there is nothing under the link of this person."""
        if cls._end(person):
            person.record("calendar_link_revoked", by=person)

    @classmethod
    def _end(cls, person: User) -> bool:
        """End the link that counts; two who do so for one person stand in line."""
        db.session.execute(sa.select(User.id).where(User.id == person.id).with_for_update(key_share=True))
        found = cls.of_person(person)
        if found:
            found.ended_at = clock.now()
            db.session.flush()
        return found is not None

    @classmethod
    def of(cls, token: str) -> CalendarLink | None:
        """The link with this token, while it counts: not ended, of somebody who still has access."""
        found = db.session.scalar(sa.select(cls).where(cls.token_hash == digest(token), cls.ended_at.is_(None)))
        return found if found and found.person.is_active else None


def in_calendar() -> list[Review]:
    """What a calendar shows: all reviews from twelve weeks ago on."""
    since = clock.now() - timedelta(weeks=WEEKS_BACK)
    select = sa.select(Review).where(sa.or_(Review.starts_at >= since, Review.status == ReviewStatus.LIVE)).order_by(Review.starts_at)
    return list(db.session.scalars(select.options(sa.orm.defer(Review.minutes), joinedload(Review.chair))))
