"""The journeys and their stages."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ..db import db
from .models import Journey, Stage


def stages() -> list[tuple[int, str, str]]:
    """(id, journey, stage) of every stage in use, in journey order."""
    rows = db.session.execute(
        sa.select(Stage.id, Journey.name, Stage.name)
        .join(Journey)
        .where(Stage.archived.is_(False))
        .order_by(Journey.name, Stage.position)
    )
    return [tuple(r) for r in rows]


def journeys() -> list[Journey]:
    """Every journey with its stages, by name."""
    return list(db.session.scalars(sa.select(Journey).options(selectinload(Journey.stages)).order_by(Journey.name)))
