"""What stands in the lanes of a stage: touchpoints of the customer; tools and departments of employees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..db import Model, db
from ..domain import Stale, imprint

if TYPE_CHECKING:
    from .models import Stage

MOST_TOUCHPOINTS = 20
MOST_TOOLS = 12
LONGEST_TOOL = 60

stage_department = sa.Table(
    "stage_department",
    Model.metadata,
    sa.Column("stage_id", sa.ForeignKey("stage.id"), primary_key=True),
    sa.Column("department_id", sa.ForeignKey("department.id"), primary_key=True, index=True),
)


class StageTool(Model):
    """A tool that employees use in a stage."""

    __tablename__ = "stage_tool"

    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))


class Touchpoint(Model):
    """A moment at which the customer meets the company, and through what."""

    __tablename__ = "touchpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    channel: Mapped[str] = mapped_column(sa.String(40), default="")
    position: Mapped[int]

    stage: Mapped[Stage] = relationship("Stage", back_populates="touchpoints")

    @classmethod
    def lock_first(cls, id: int) -> sa.Select[Any]:
        """What is in one journey is put in order by one person at a time."""
        from .models import Journey, Stage

        of = sa.select(Stage.journey_id).join(cls, cls.stage_id == Stage.id).where(cls.id == id)
        return sa.select(Journey.id).where(Journey.id == of.scalar_subquery()).with_for_update(key_share=True)

    @property
    def seen_as(self) -> int:
        """What a form was opened with."""
        return imprint(self.name, self.channel)

    def edit(self, *, name: str, channel: str, by: User, seen: int | None = None) -> None:
        """Another name or channel. Raises Stale when it is not as it was `seen`."""
        if (name, channel) == (self.name, self.channel):
            return
        if seen not in (None, self.seen_as):
            both = {str(_l("Touchpoint")): (name, self.name), str(_l("Channel")): (channel, self.channel)}
            raise Stale(self.stage.journey.last_changed_by(), {label: texts for label, texts in both.items() if texts[0] != texts[1]})
        before = self.name
        self.name, self.channel = name, channel
        self.stage.record("touchpoint_changed", by=by, before={"touchpoint": before}, after={"name": name})

    def move(self, steps: int, *, by: User) -> None:
        """One place earlier (-1) or later (1) in its stage; at the end it stays where it is."""
        order = list(self.stage.touchpoints)
        place = order.index(self)
        to = min(max(place + steps, 0), len(order) - 1)
        if to == place:
            return
        order.insert(to, order.pop(place))
        for position, touchpoint in enumerate(order, start=1):
            touchpoint.position = position
        db.session.flush()
        db.session.expire(self.stage, ["touchpoints"])
        self.stage.record("touchpoint_moved", by=by, after={"touchpoint": self.name, "place": to + 1})

    def remove(self, *, by: User) -> None:
        """No longer a touchpoint; history keeps its name."""
        stage = self.stage
        stage.record("touchpoint_removed", by=by, before={"touchpoint": self.name, "channel": self.channel})
        stage.touchpoints.remove(self)
