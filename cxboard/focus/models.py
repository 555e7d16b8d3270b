"""Focus: one issue on one of three places, from when until when."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from .. import clock
from ..accounts.models import User
from ..db import Model, db, one_at_a_time
from ..domain import Refused
from ..issues.models import Issue
from ..issues.status import OPEN
from ..live import announce

PLACES = 3
FOCUS_LOCK = 7_043


class Focus(Model):
    """One issue that was the priority for a while; open while `until` is empty."""

    __tablename__ = "focus"
    __table_args__ = (
        sa.Index(
            "uq_focus_issue_open",
            "issue_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"))
    place: Mapped[int]
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None] = mapped_column(index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))

    issue: Mapped[Issue] = relationship()

    @classmethod
    def now(cls, *options: ExecutableOption) -> list[Focus]:
        """The focus as it is, in order of place. An issue that is not open any more takes no place."""
        select = sa.select(cls).join(cls.issue).where(cls.until.is_(None), Issue.status.in_(OPEN))
        return list(db.session.scalars(select.order_by(cls.place).options(*options)))

    @classmethod
    def _let_go(cls, by: User) -> None:
        """Whatever was finished, parked, declined or merged leaves the focus for good once its place is given away."""
        select = sa.select(cls).join(cls.issue).where(cls.until.is_(None), Issue.status.not_in(OPEN))
        for focus in db.session.scalars(select).all():
            focus.until = clock.now()
            focus.issue.record("unfocused", by=by)

    @classmethod
    def put(cls, issue: Issue, *, place: int | None = None, by: User) -> Focus:
        """Make the issue a priority, on the first free place or on `place` (1-3, the others make room).

        Raises Refused when three others are in focus already, or when the issue is not open.
        """
        if not issue.status.is_open:
            raise Refused(_l("Only open issues can be in focus."))
        one_at_a_time(FOCUS_LOCK)
        cls._let_go(by)
        current = [f for f in cls.now() if f.issue_id != issue.id]
        mine = next((f for f in cls.now() if f.issue_id == issue.id), None)
        if mine is None and len(current) >= PLACES:
            raise Refused(
                _l(
                    "There are three focus issues already. Take one out of focus first: if everything is a priority, nothing is."
                )
            )
        at = min(max(place or len(current) + 1, 1), len(current) + 1)
        if mine is None:
            mine = cls(issue=issue, place=at, by_id=by.id, since=clock.now())
            db.session.add(mine)
            issue.record("focused", by=by, after={"place": at})
        elif mine.place != at:
            issue.record("focused", by=by, before={"place": mine.place}, after={"place": at})
        current.insert(at - 1, mine)
        cls._number(current)
        return mine

    @classmethod
    def take_out(cls, issue: Issue, *, by: User) -> None:
        """No longer a priority; the others move up."""
        one_at_a_time(FOCUS_LOCK)
        rest = []
        for focus in cls.now():
            if focus.issue_id == issue.id:
                focus.until = clock.now()
                issue.record("unfocused", by=by)
            else:
                rest.append(focus)
        cls._number(rest)

    @staticmethod
    def _number(focuses: list[Focus]) -> None:
        """Give them places from 1 on."""
        for number, focus in enumerate(focuses, 1):
            if focus.place != number:
                focus.place = number
                announce(f"issue-{focus.issue_id}")
