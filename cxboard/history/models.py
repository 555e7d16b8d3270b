"""Event, and what a model needs to have a history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from .. import clock
from ..db import Model
from ..live import announce
from ..live.models import LIVE_REVIEW as LIVE_REVIEW_TOPIC
from ..live.topics import followed

if TYPE_CHECKING:
    from ..accounts.models import User

# Holds on to the review until the commit: closing it waits for what is being written in it, and what comes later is not part of it.
LIVE_REVIEW: sa.Select[Any] = (
    sa.select(sa.column("id"))
    .select_from(sa.table("review"))
    .where(sa.column("status") == "live")
    .limit(1)
    .with_for_update(read=True)
)


class Event(Model):
    """One change: who, when, what, from, to, why, and in which live review."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index("ix_event_subject", "subject", "subject_id", "id"),
        sa.Index("ix_event_issue", "issue_id", "id"),
        sa.Index("ix_event_problem", "problem_id", "id"),
        sa.Index("ix_event_review", "review_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int]
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"))
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"))
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"))
    field: Mapped[str | None] = mapped_column(sa.String(40))
    before: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
    after: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    version: Mapped[int | None]

    by: Mapped[User | None] = relationship("User", lazy="joined")


class HasHistory:
    """Gives a model `record()`: the only way in which history is written, always inside the change's own transaction."""

    def record(
        self,
        kind: str,
        *,
        by: User | None,
        field: str | None = None,
        before: Any = None,
        after: Any = None,
        reason: str | None = None,
        issue_id: int | None = None,
        problem_id: int | None = None,
    ) -> Event:
        """Write one event about this and raise its version. `by` is None only for what the clock does by itself.

        Raises KeyError when nobody has written a sentence for `kind`.
        """
        from .sentences import SENTENCES

        if kind not in SENTENCES:
            raise KeyError(f"no sentence for the event {kind!r}: add it to history/sentences.py")
        session = object_session(self)
        assert session is not None, "record() needs an object that is added to the session"
        if self.id is None:  # type: ignore[attr-defined]
            session.flush()
        version: int | None = getattr(self, "version", None)
        if hasattr(self, "version"):
            version = self.version = (version or 0) + 1
        subject = str(self.__tablename__)  # type: ignore[attr-defined]
        event = Event(
            at=clock.now(),
            by=by,
            kind=kind,
            subject=subject,
            subject_id=self.id,  # type: ignore[attr-defined]
            issue_id=self.id if subject == "issue" else issue_id,  # type: ignore[attr-defined]
            problem_id=self.id if subject == "problem" else problem_id,  # type: ignore[attr-defined]
            review_id=LIVE_REVIEW.scalar_subquery(),
            field=field,
            before=before,
            after=after,
            reason=reason or None,
            version=version,
        )
        session.add(event)
        kinds = [("issue", event.issue_id), ("problem", event.problem_id), (subject, self.id)]  # type: ignore[attr-defined]
        announce(*(f"{kind}-{id}" for kind, id in kinds if id is not None and followed(kind)), LIVE_REVIEW_TOPIC, about=event.problem_id)
        return event

    def last_changed_by(self) -> str | None:
        """The name of whoever did the last thing to this."""
        session = object_session(self)
        assert session is not None
        own = sa.select(Event).where(Event.subject == self.__tablename__, Event.subject_id == self.id)  # type: ignore[attr-defined]
        last = session.scalar(own.order_by(Event.id.desc()).limit(1))
        return last.by.name if last and last.by else None

    def changed_since(self, version: int, fields: set[str]) -> list[Event]:
        """Events after `version` (the one a form was opened with) that touched one of `fields`, oldest first."""
        session = object_session(self)
        assert session is not None
        if version >= self.version:
            return []
        return list(
            session.scalars(
                sa.select(Event)
                .where(
                    Event.subject == self.__tablename__,  # type: ignore[attr-defined]
                    Event.subject_id == self.id,  # type: ignore[attr-defined]
                    Event.version > version,
                    Event.field.in_(fields),
                )
                .order_by(Event.id)
            )
        )
