"""Journey and Stage."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Model, db


class Journey(Model):
    """What a customer goes through to get something done."""

    __tablename__ = "journey"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)

    stages: Mapped[list[Stage]] = relationship(back_populates="journey", order_by="Stage.position", cascade="all, delete-orphan")

    @classmethod
    def named(cls, name: str) -> Journey:
        """The journey of that name, made when there is none."""
        journey = db.session.scalar(sa.select(cls).where(sa.func.lower(cls.name) == name.lower()))
        if journey is None:
            journey = cls(name=name)
            db.session.add(journey)
        return journey

    def add_stage(self, name: str, *, work: str = "") -> Stage:
        """A new last stage; `work` is what employees do there."""
        stage = Stage(name=name, position=len(self.stages) + 1, work=work)
        self.stages.append(stage)
        return stage


class Stage(Model):
    """One step of a journey."""

    __tablename__ = "stage"
    __table_args__ = (sa.UniqueConstraint("journey_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(sa.ForeignKey("journey.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int]
    work: Mapped[str] = mapped_column(sa.Text, default="")
    archived: Mapped[bool] = mapped_column(default=False)

    journey: Mapped[Journey] = relationship(back_populates="stages")
