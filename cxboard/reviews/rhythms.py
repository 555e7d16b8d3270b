"""A rhythm: a day of the week and a time on the clocks of a zone, how long, who leads and where."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from ..accounts.models import User
from ..domain import Refused


def wall_time(day: date, at: str, zone: str) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show `at` on that day; summer and winter alike."""
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone)).astimezone(UTC)


def checked(weekday: int, at: str, zone: str, duration: int) -> str:
    """The time as `10:00`. Raises Refused for a day, time, zone or duration that does not exist."""
    if not 0 <= weekday <= 6 or not 15 <= duration <= 480:
        raise Refused(_l("Choose a day of the week, and 15 to 480 minutes."))
    try:
        ZoneInfo(zone)
        return time.fromisoformat(at).strftime("%H:%M")
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise Refused(_l("This is no time or time zone. Write 10:00 and Europe/Amsterdam.")) from None


class Rhythm:
    """What the rhythm of now (Series) and one that begins later (RhythmChange) have in common."""

    weekday: Mapped[int]
    at: Mapped[str] = mapped_column(sa.String(5))
    zone: Mapped[str] = mapped_column(sa.String(40))
    duration: Mapped[int] = mapped_column(default=60)
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(sa.String(200), default="")

    @declared_attr
    @classmethod
    def chair(cls) -> Mapped[User | None]:
        return relationship(User)

    def slot(self, week_of: date) -> date:
        """The day of this rhythm in the ISO week of a day."""
        return week_of - timedelta(days=week_of.weekday()) + timedelta(days=self.weekday)

    def moment_in(self, week_of: date) -> datetime:
        """When the review of that week begins."""
        return wall_time(self.slot(week_of), self.at, self.zone)

    def take_over(self, other: Rhythm) -> None:
        """From now on this rhythm is as the other one."""
        self.weekday, self.at, self.zone, self.duration, self.chair, self.place = (
            other.weekday, other.at, other.zone, other.duration, other.chair, other.place
        )  # fmt: skip

    @property
    def words(self) -> dict[str, Any]:
        """What history keeps of it."""
        return {"weekday": self.weekday, "at": self.at, "zone": self.zone}

    @property
    def facts(self) -> tuple[object, ...]:
        """All of it, to see whether two are the same."""
        return self.weekday, self.at, self.zone, self.duration, self.chair_id, self.place
