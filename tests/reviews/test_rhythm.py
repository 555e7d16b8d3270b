"""The weekly rhythm: the same local time in summer and winter, ISO weeks, and nothing planned twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.reviews.jobs import plan_reviews
from cxboard.reviews.models import Review, ReviewStatus, Series, wall_time

Person = Callable[[str], User]
At = Callable[[str], datetime]


def rhythm(by: User, weekday: int = 1, at: str = "10:00", **more: object) -> Series:
    series = Series.set(weekday=weekday, at=at, zone="Europe/Amsterdam", by=by, **more)  # type: ignore[arg-type]
    db.session.commit()
    return series


def reviews() -> list[Review]:
    return list(db.session.scalars(sa.select(Review).order_by(Review.starts_at)))


def test_setting_the_rhythm_plans_four_weeks(person: Person, at: At) -> None:
    at("2026-11-24 09:00")
    rhythm(person("Roos"))

    assert [(r.local_day, r.time, r.week) for r in reviews()] == [
        (date(2026, 11, 24), "10:00", "2026-W48"),
        (date(2026, 12, 1), "10:00", "2026-W49"),
        (date(2026, 12, 8), "10:00", "2026-W50"),
        (date(2026, 12, 15), "10:00", "2026-W51"),
    ]


def test_planning_again_plans_nothing_twice(person: Person, at: At) -> None:
    at("2026-11-24 09:00")
    rhythm(person("Roos"))
    assert plan_reviews() == 0

    at("2026-11-24 10:01")
    assert plan_reviews() == 1
    assert reviews()[-1].local_day == date(2026, 12, 22)


@pytest.mark.parametrize(
    ("now", "weekday", "before", "after"),
    [
        ("2026-10-18 12:00", 6, datetime(2026, 10, 18, 13, 0, tzinfo=UTC), datetime(2026, 10, 25, 14, 0, tzinfo=UTC)),
        ("2027-03-20 12:00", 6, datetime(2027, 3, 21, 14, 0, tzinfo=UTC), datetime(2027, 3, 28, 13, 0, tzinfo=UTC)),
    ],
)
def test_the_local_time_stays_when_the_clocks_change(person: Person, at: At, now: str, weekday: int, before: datetime, after: datetime) -> None:
    at(now)
    rhythm(person("Roos"), weekday, "15:00")

    assert [r.starts_at for r in reviews()[:2]] == [before, after]
    assert {r.time for r in reviews()} == {"15:00"}


def test_ten_o_clock_is_ten_o_clock_on_both_days_on_which_clocks_change() -> None:
    assert wall_time(date(2026, 10, 25), "10:00", "Europe/Amsterdam") == datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
    assert wall_time(date(2027, 3, 28), "10:00", "Europe/Amsterdam") == datetime(2027, 3, 28, 8, 0, tzinfo=UTC)


def test_the_last_day_of_2026_lies_in_week_53(person: Person, at: At) -> None:
    at("2026-12-30 09:00")
    rhythm(person("Roos"), weekday=3)
    extra = Review.plan_one(wall_time(date(2027, 1, 4), "10:00", "Europe/Amsterdam"), by=person("Roos"))

    assert [r.week for r in reviews()[:1]] == ["2026-W53"]
    assert (extra.week, extra.number) == ("2027-W01", 1)


def test_another_rhythm_moves_what_is_still_planned(person: Person, at: At) -> None:
    at("2026-11-24 09:00")
    roos = person("Roos")
    rhythm(roos)
    moved, *rest = reviews()
    moved.move(moved.starts_at + timedelta(hours=3), by=roos)

    rhythm(roos, weekday=3, at="14:00", place="Zaal 2")

    assert moved.time == "13:00"
    assert moved.local_day == date(2026, 11, 24)
    assert [(r.local_day.isoformat(), r.time, r.place) for r in rest] == [
        ("2026-12-03", "14:00", "Zaal 2"), ("2026-12-10", "14:00", "Zaal 2"), ("2026-12-17", "14:00", "Zaal 2"),
    ]  # fmt: skip
    assert len(reviews()) == 4


def test_a_rhythm_that_moves_to_a_day_that_has_passed_leaves_this_week_alone(person: Person, at: At) -> None:
    at("2026-11-25 09:00")
    rhythm(person("Roos"), weekday=3)
    rhythm(person("Roos"), weekday=0)

    assert [r.local_day.isoformat() for r in reviews()] == ["2026-11-26", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]


def test_a_moved_or_cancelled_review_keeps_its_week_taken(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    rhythm(roos)
    first, second, *_rest = reviews()
    first.move(first.starts_at + timedelta(days=8), by=roos)
    second.cancel(reason="Iedereen is vrij", by=roos)
    db.session.commit()

    assert plan_reviews() == 0
    assert first.week == "2026-W49"
    assert second.status == ReviewStatus.CANCELLED


def test_a_review_is_not_moved_onto_another_one(person: Person, at: At) -> None:
    at("2026-11-24 09:00")
    roos = person("Roos")
    first, second = (Review.plan_one(clock.now() + timedelta(days=n), by=roos) for n in (7, 14))
    db.session.commit()
    with pytest.raises(Refused, match="planned for that moment already"):
        first.move(second.starts_at, by=roos)
    with pytest.raises(Refused, match="planned for that moment already"):
        Review.plan_one(second.starts_at, by=roos)
    second.cancel(reason="Kerst", by=roos)
    first.move(second.starts_at, by=roos)
    with pytest.raises(Refused, match="planned for that moment already"):
        second.restore(by=roos)
    assert first.starts_at == second.starts_at


def test_cancelling_wants_a_reason(person: Person, at: At) -> None:
    at("2026-11-23 09:00")
    rhythm(person("Roos"))

    with pytest.raises(Refused, match="reason"):
        reviews()[0].cancel(reason="", by=person("Roos"))


@pytest.mark.parametrize(("when", "zone"), [("25:00", "Europe/Amsterdam"), ("10:00", "Europe/Nowhere"), ("tien", "Europe/Amsterdam"), ("10:00", "../etc")])
def test_a_time_or_zone_that_does_not_exist_is_refused(person: Person, when: str, zone: str) -> None:
    with pytest.raises(Refused, match="time"):
        Series.set(weekday=1, at=when, zone=zone, by=person("Roos"))


def test_there_is_one_rhythm(person: Person, at: At, rows: Callable[[str], int]) -> None:
    at("2026-11-24 09:00")
    assert rhythm(person("Roos")) is rhythm(person("Roos"), weekday=4)
    assert rows("review_series") == 1


def test_the_time_boxes_share_another_duration() -> None:
    from cxboard.reviews.steps import Step

    for duration in (15, 30, 45, 60, 90):
        assert sum(s.box(duration) for s in Step) == duration
    assert clock.week_number("2026-W53") == 53
