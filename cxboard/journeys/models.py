"""Journey and Stage."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User, unless_taken
from ..db import Model, db
from ..domain import Refused, Stale, imprint
from ..history import Event, HasHistory
from ..live import announce
from .moods import BEST, WORST, Lane, Mood
from .touchpoints import MOST_TOOLS, MOST_TOUCHPOINTS, StageTool, Touchpoint, stage_department


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

    def add_stage(self, name: str, *, work: str = "", by: User | None = None, after: Stage | None = None) -> Stage:
        """A new stage right `after` another, or the last one; `work` is what employees do there.

        Raises Refused when the journey has a stage of that name.
        """
        stage = Stage(name=name, position=max((s.position for s in self.stages), default=0) + 1, work=work)
        with unless_taken(taken(name)):
            self.stages.append(stage)
            db.session.add(self)
        if after is not None and after in self.open_stages:
            order = [s for s in self.open_stages if s is not stage]
            order.insert(order.index(after) + 1, stage)
            self._put_in_order(order)
        self.record("stage_added", by=by, after={"text": name})
        return stage

    def _put_in_order(self, order: list[Stage]) -> None:
        """These are the open stages in their order; the archived ones come after them."""
        for position, stage in enumerate([*order, *self.archived_stages], start=1):
            stage.position = position
        db.session.flush()
        db.session.expire(self, ["stages"])

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


LABELS = {"name": _l("Stage"), "work": _l("What employees do there"), "tools": _l("Tools they use"), "departments": _l("Departments")}


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
    touchpoints: Mapped[list[Touchpoint]] = relationship(back_populates="stage", order_by=Touchpoint.position, cascade="all, delete-orphan")
    tool_rows: Mapped[list[StageTool]] = relationship(order_by=StageTool.position, cascade="all, delete-orphan")
    departments: Mapped[list[Department]] = relationship(secondary=stage_department, order_by=Department.code)
    moods: Mapped[list[Mood]] = relationship(primaryjoin=lambda: sa.and_(Mood.stage_id == Stage.id, Mood.until.is_(None)), viewonly=True)

    @classmethod
    def lock_first(cls, id: int) -> sa.Select[Any]:
        """What is in one journey is put in order by one person at a time."""
        of = sa.select(cls.journey_id).where(cls.id == id).scalar_subquery()
        return sa.select(Journey.id).where(Journey.id == of).with_for_update(key_share=True)

    @property
    def tools(self) -> list[str]:
        return [t.name for t in self.tool_rows]

    def mood(self, lane: Lane) -> Mood | None:
        """What was set by hand for a lane, if anything."""
        return next((m for m in self.moods if m.lane == lane), None)

    def seen_as(self, *facts: str) -> int:
        """What a form about these facts was opened with."""
        return imprint(*(written(getattr(self, fact)) for fact in facts))

    def record(self, kind: str, *, by: User | None, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> Event:
        """Into the journey's history."""
        return self.journey.record(kind, by=by, field="stages", before=before, after={"text": self.name, **(after or {})})

    def edit(self, *, by: User, seen: int | None = None, **facts: Any) -> None:
        """Another name, other work, tools (names) or departments.

        Raises Refused when the journey has a stage of that name or there are too many tools, Stale when they are not as they were `seen`.
        """
        changes = {fact: value for fact, value in facts.items() if written(value) != written(getattr(self, fact))}
        if not changes:
            return
        if seen not in (None, self.seen_as(*facts)):
            raise Stale(self.journey.last_changed_by(), {str(LABELS[f]): (written(v), written(getattr(self, f))) for f, v in changes.items()})
        if "name" in changes:
            before = self.name
            with unless_taken(taken(changes["name"])):
                self.name = changes["name"]
            self.record("stage_renamed", by=by, before={"was": before})
        if "work" in changes:
            self.work = changes["work"]
            self.record("stage_work", by=by)
        if "tools" in changes:
            self._use(changes["tools"])
            self.record("stage_tools", by=by, after={"tools": written(self.tools)})
        if "departments" in changes:
            self.departments = changes["departments"]
            self.record("stage_departments", by=by, after={"departments": written(changes["departments"])})

    def _use(self, tools: list[str]) -> None:
        if len(tools) > MOST_TOOLS:
            raise Refused(_l("Twelve tools at most: name those that matter in this stage."))
        self.tool_rows = []
        db.session.flush()
        self.tool_rows = [StageTool(position=n, name=name) for n, name in enumerate(tools, 1)]

    def set_mood(self, lane: Lane, value: int | None, *, by: User, seen: int | None = None) -> None:
        """How customers or employees feel here, -2 to 2; None takes it back. `seen` is the id of what was set before, 0 for nothing.

        Raises Stale when somebody has set it meanwhile, Refused for another number.
        """
        if value is not None and not WORST <= value <= BEST:
            raise Refused(_l("A mood is a whole number from −2 to 2."))
        now = self.mood(lane)
        if (now.value if now else None) == value:
            return
        if seen not in (None, now.id if now else 0):
            theirs = f"{now.value:+d}" if now else "–"
            raise Stale(self.journey.last_changed_by(), {lane.label: ("–" if value is None else f"{value:+d}", theirs)})
        if now:
            now.until = clock.now()
            db.session.flush()
        if value is not None:
            db.session.add(Mood(stage=self, lane=lane, value=value, set_by=by, set_at=clock.now()))
            db.session.flush()
        db.session.expire(self, ["moods"])
        was, to = ({"was": now.value} if now else None), (f"{value:+d}".replace("-", "−") if value else "0")
        of_customers = lane == Lane.CUSTOMER
        if value is None:
            self.record("customer_mood_cleared" if of_customers else "employee_mood_cleared", by=by, before=was)
        else:
            self.record("customer_mood_set" if of_customers else "employee_mood_set", by=by, before=was, after={"mood": to})

    def add_touchpoint(self, name: str, *, channel: str = "", by: User | None = None) -> Touchpoint:
        """A new last touchpoint. Raises Refused for the twenty-first."""
        if len(self.touchpoints) >= MOST_TOUCHPOINTS:
            raise Refused(_l("Twenty touchpoints at most: split the stage, or name those that matter."))
        touchpoint = Touchpoint(name=name, channel=channel, position=max((t.position for t in self.touchpoints), default=0) + 1)
        self.touchpoints.append(touchpoint)
        db.session.flush()
        self.record("touchpoint_added", by=by, after={"touchpoint": name})
        return touchpoint

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
        self.journey._put_in_order(order)
        self.record("stage_moved", by=by, after={"place": to + 1})

    def archive(self, *, by: User) -> None:
        """No longer to choose; issues that have it keep it."""
        if not self.archived:
            self.archived = True
            self.record("stage_archived", by=by)

    def restore(self, *, by: User) -> None:
        """To choose again, as the last one."""
        if self.archived:
            self.position = max(s.position for s in self.journey.stages) + 1
            self.archived = False
            db.session.flush()
            db.session.expire(self.journey, ["stages"])
            self.record("stage_restored", by=by)


def written(value: Any) -> str:
    """A fact as people read it, and as two of them are compared."""
    if isinstance(value, list):
        return ", ".join(sorted(d.code for d in value) if all(isinstance(d, Department) for d in value) else value)
    return str(value)
