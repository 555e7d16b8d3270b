"""Who is there: people and departments, for signing in and for choosing one."""

import sqlalchemy as sa

from ..db import db
from .models import Department, User, membership


def person_with(email: str) -> User | None:
    """The person with this address, however it is written."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def someone_exists() -> bool:
    """Whether anybody can sign in at all."""
    return db.session.scalar(sa.select(sa.exists().where(User.id > 0))) or False


def departments(*, archived: bool = False) -> list[Department]:
    """The departments, by code; with the archived ones when asked."""
    select = sa.select(Department).order_by(Department.code)
    return list(db.session.scalars(select if archived else select.where(Department.archived_at.is_(None))))


def people(*, inactive: bool = False) -> list[User]:
    """Everybody by name; with the deactivated ones when asked."""
    select = sa.select(User).order_by(User.name)
    return list(db.session.scalars(select if inactive else select.where(User.deactivated_at.is_(None))))


def people_of(department_id: int | None) -> list[tuple[int, str]]:
    """(id, name) of the active people of a department, or of everybody without one."""
    select = sa.select(User.id, User.name).where(User.deactivated_at.is_(None)).order_by(User.name)
    if department_id is not None:
        select = select.join(membership).where(membership.c.department_id == department_id)
    return [(id, name) for id, name in db.session.execute(select)]
