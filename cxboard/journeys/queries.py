"""The journeys and their stages."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..db import db
from .models import Journey, Stage
from .moods import Mood


def stages() -> list[tuple[int, str, str]]:
    """(id, journey, stage) of every stage in use, in journey order."""
    rows = db.session.execute(
        sa.select(Stage.id, Journey.name, Stage.name)
        .join(Journey)
        .where(Stage.archived.is_(False))
        .order_by(Journey.name, Stage.position)
    )
    return [(id, journey, stage) for id, journey, stage in rows]


def journeys() -> list[Journey]:
    """Every journey with its stages and what was set of their moods, by name."""
    with_moods = selectinload(Journey.stages).selectinload(Stage.moods)
    return list(db.session.scalars(sa.select(Journey).options(with_moods).order_by(Journey.name)))


def names() -> list[tuple[int, str]]:
    """(id, name) of every journey, by name."""
    return [(id, name) for id, name in db.session.execute(sa.select(Journey.id, Journey.name).order_by(Journey.name))]


def furnished(journey: Journey) -> list[Stage]:
    """The stages of a journey in order, with all that stands in their lanes: five statements."""
    everything = (
        selectinload(Stage.touchpoints),
        selectinload(Stage.tool_rows),
        selectinload(Stage.departments),
        selectinload(Stage.moods).options(joinedload(Mood.set_by)),
    )
    select = sa.select(Stage).where(Stage.journey_id == journey.id).options(*everything).order_by(Stage.position)
    return list(db.session.scalars(select, execution_options={"populate_existing": True}))
