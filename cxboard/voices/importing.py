"""VoiceImport: one file of voices that was brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..db import Model


class VoiceImport(Model):
    """A file of voices: whose, how far it is, and how its columns were read.

    Its voices are there for nobody until it has finished, and after it failed or was undone (`queries.shown`).
    """

    __tablename__ = "voice_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(60))
    file: Mapped[str] = mapped_column(sa.String(200))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    beat_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    failed_why: Mapped[str] = mapped_column(sa.Text, default="")
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)

    by: Mapped[User] = relationship()
