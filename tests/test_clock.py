"""Working days: weekends are known, holidays are not."""

from datetime import date, timedelta

import pytest

from cxboard import clock

FRIDAY, SATURDAY, MONDAY, WEDNESDAY = (date(2026, 11, d) for d in (20, 21, 23, 25))


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [(FRIDAY, FRIDAY, 0), (FRIDAY, MONDAY, 1), (SATURDAY, MONDAY, 1), (MONDAY, WEDNESDAY, 2), (MONDAY, MONDAY + timedelta(weeks=3), 15), (WEDNESDAY, MONDAY, 0)],
)
def test_working_days_leave_weekends_out(since, until, days):
    assert clock.working_days(since, until) == days


def test_counting_on_and_back_agree_with_counting_one_by_one():
    for n in range(21):
        day = FRIDAY + timedelta(days=n)
        one_by_one = sum((FRIDAY + timedelta(days=d)).weekday() < 5 for d in range(1, n + 1))
        assert clock.working_days(FRIDAY, day) == one_by_one
        for count in range(4):
            assert clock.working_days(day, clock.working_days_on(day, count)) == count
            earliest = clock.working_days_back(day, count)
            assert clock.working_days(earliest, day) <= count < clock.working_days(earliest - timedelta(days=1), day)
