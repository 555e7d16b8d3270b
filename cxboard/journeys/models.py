"""Journey and Stage."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User, unless_taken
from ..db import Model, db
from ..domain import Stale, imprint
from ..history import Event, HasHistory
from ..live import announce


class Journey(HasHistory, Model):
    """What a customer goes through to get something done."""

    __tablename__ = "journey"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)

    stages: Mapped[list[Stage]] = relationship(back_populates="journey", order_by="Stage.position", cascade="all, delete-orphan")

    @classmethod
    def named(cls, name: str, *, by: User | None = None) -> Journey:
        """The journey of that name, however it is written; made when there is none."""
        journey = db.session.scalar(sa.select(cls).where(sa.func.lower(cls.name) == name.lower()))
        if journey is None:
            journey = cls(name=name)
            with unless_taken(taken(name)):
                db.session.add(journey)
            journey.record("journey_added", by=by, after={"text": name})
        return journey

    @property
    def seen_as(self) -> int:
        """What a form was opened with."""
        return imprint(self.name)

    def rename(self, name: str, *, by: User, seen: int | None = None) -> None:
        """Call it otherwise. Raises Refused when another journey has that name, Stale when it is not as it was `seen`."""
        if name == self.name:
            return
        if seen not in (None, self.seen_as):
            raise Stale(self.last_changed_by(), {str(_l("Name of the journey")): (name, self.name)})
        before = self.name
        with unless_taken(taken(name)):
            self.name = name
        self.record("journey_renamed", by=by, before={"text": before}, after={"name": name})

    def add_stage(self, name: str, *, work: str = "", by: User | None = None) -> Stage:
        """A new last stage; `work` is what employees do there. Raises Refused when the journey has a stage of that name."""
        stage = Stage(name=name, position=max((s.position for s in self.stages), default=0) + 1, work=work)
        with unless_taken(taken(name)):
            self.stages.append(stage)
            db.session.add(self)
        self.record("stage_added", by=by, after={"text": name})
        return stage

    def record(self, kind: str, **details: Any) -> Event:
        announce("board")  # one can filter by its stages
        return super().record(kind, **details)

    @property
    def open_stages(self) -> list[Stage]:
        return [s for s in self.stages if not s.archived]

    @property
    def archived_stages(self) -> list[Stage]:
        return [s for s in self.stages if s.archived]


def taken(name: str) -> object:
    """What is said when the name is in use."""
    return _l("“%(name)s” is here already.", name=name)


class Stage(Model):
    """One step of a journey; its history is the journey's."""

    __tablename__ = "stage"
    __table_args__ = (sa.UniqueConstraint("journey_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(sa.ForeignKey("journey.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    work: Mapped[str] = mapped_column(sa.Text, default="")
    archived: Mapped[bool] = mapped_column(default=False)

    journey: Mapped[Journey] = relationship(back_populates="stages")

    @property
    def seen_as(self) -> int:
        """What a form was opened with."""
        return imprint(self.name, self.work)

    def edit(self, *, name: str, work: str, by: User, seen: int | None = None) -> None:
        """Another name, or other work. Raises Refused when the journey has a stage of that name, Stale when it is not as it was `seen`."""
        if (name, work) == (self.name, self.work):
            return
        if seen not in (None, self.seen_as):
            both = {str(_l("Stage")): (name, self.name), str(_l("What employees do there")): (work, self.work)}
            raise Stale(self.journey.last_changed_by(), {label: texts for label, texts in both.items() if texts[0] != texts[1]})
        before = self.name
        with unless_taken(taken(name)):
            self.name, self.work = name, work
        self.journey.record("stage_changed", by=by, field="stages", before={"text": before}, after={"name": name})

    def move(self, steps: int, *, by: User) -> None:
        """One place earlier (-1) or later (1) among the open stages; at the end it stays where it is."""
        if self.archived:
            return
        order = self.journey.open_stages
        place = order.index(self)
        to = min(max(place + steps, 0), len(order) - 1)
        if to == place:
            return
        order.insert(to, order.pop(place))
        for position, stage in enumerate([*order, *self.journey.archived_stages], start=1):
            stage.position = position
        db.session.flush()
        db.session.expire(self.journey, ["stages"])
        self.journey.record("stage_moved", by=by, field="stages", after={"text": self.name, "place": to + 1})

    def archive(self, *, by: User) -> None:
        """No longer to choose; issues that have it keep it."""
        if not self.archived:
            self.archived = True
            self.journey.record("stage_archived", by=by, after={"text": self.name})

    def restore(self, *, by: User) -> None:
        """To choose again, as the last one."""
        if self.archived:
            self.position = max(s.position for s in self.journey.stages) + 1
            self.archived = False
            db.session.flush()
            db.session.expire(self.journey, ["stages"])
            self.journey.record("stage_restored", by=by, after={"text": self.name})
