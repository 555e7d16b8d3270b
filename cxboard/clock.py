"""The only "now" of cxboard. Times are stored in UTC; days and weeks are those of the team's own time zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Europe/Amsterdam"

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)
_everywhere: datetime | None = None


def now() -> datetime:
    """This moment, in UTC, with its time zone."""
    return _set_to.get() or _everywhere or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment` (aware); used by the demo and by tests."""
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


def set(moment: datetime | None) -> None:
    """From now on it is `moment` in every thread, until set to None again; for tests."""
    global _everywhere
    _everywhere = moment.astimezone(UTC) if moment else None


named = cache(ZoneInfo)


def zone() -> ZoneInfo:
    """The team's time zone, from the settings of the running app."""
    from flask import current_app, has_app_context

    return named(current_app.config["TIME_ZONE"] if has_app_context() else DEFAULT_ZONE)


def local(moment: datetime) -> datetime:
    """`moment` as the team's own clocks show it."""
    return moment.astimezone(zone())


def today() -> date:
    """The team's local day."""
    return local(now()).date()


def iso_week(day: date) -> str:
    """The ISO 8601 week of a local day, as `2026-W53`; 2027-01-01 lies in 2026-W53."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_number(week: str) -> int:
    """53, from `2026-W53`."""
    return int(week[-2:])


def next_weekday(day: date, weekday: int) -> date:
    """The first day after `day` that is the given weekday (Monday is 0)."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def start_of(day: date) -> datetime:
    """The moment at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone())


def is_working_day(day: date) -> bool:
    """Monday to Friday; of holidays nothing is known."""
    return day.weekday() < 5


def working_days(since: date, until: date) -> int:
    """How many working days come after `since`, up to and with `until`: 0 on the same day, 1 from Friday to Monday."""
    if until <= since:
        return 0
    weeks, rest = divmod((until - since).days, 7)
    return weeks * 5 + sum(is_working_day(until - timedelta(days=n)) for n in range(rest))


def working_days_on(day: date, count: int) -> date:
    """The day on which `count` working days have gone by since `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_back(day: date, count: int) -> date:
    """The earliest day since which no more than `count` working days have gone by on `day`."""
    while (count := count - is_working_day(day)) >= 0:
        day -= timedelta(days=1)
    return day
