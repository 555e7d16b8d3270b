"""Who is there: people and departments, for signing in and for choosing one."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ..db import db
from .models import Department, Role, User, UserSession, membership


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
    """Everybody by name, with their departments; with the deactivated ones when asked."""
    select = sa.select(User).order_by(User.name).options(selectinload(User.departments))
    return list(db.session.scalars(select if inactive else select.where(User.deactivated_at.is_(None))))


def doers() -> list[User]:
    """Everybody who can take something on: a viewer only looks on, and could not even tick it off."""
    return [person for person in people() if person.role != Role.VIEWER]


def people_of(department_id: int | None) -> list[tuple[int, str]]:
    """(id, name) of who can take something on, in a department or, without one, anywhere."""
    select = sa.select(User.id, User.name).where(User.deactivated_at.is_(None), User.role != Role.VIEWER).order_by(User.name)
    if department_id is not None:
        select = select.join(membership).where(membership.c.department_id == department_id)
    return [(id, name) for id, name in db.session.execute(select)]


def headcounts() -> dict[int, int]:
    """How many active people each department has."""
    rows = db.session.execute(
        sa.select(membership.c.department_id, sa.func.count())
        .join(User, User.id == membership.c.user_id)
        .where(User.deactivated_at.is_(None))
        .group_by(membership.c.department_id)
    )
    return dict(rows.all())


def lead_names() -> dict[int, str]:
    """The name of the lead person of each department that has one."""
    rows = db.session.execute(sa.select(Department.id, User.name).join(User, User.id == Department.lead_id))
    return dict(rows.all())


def leads_for(department: Department) -> list[User]:
    """Who can lead a department: everybody who is active, and who leads it now."""
    return list(db.session.scalars(sa.select(User).where(sa.or_(User.deactivated_at.is_(None), User.id == department.lead_id)).order_by(User.name)))


def sessions_of(person: User) -> list[UserSession]:
    """The open sessions of a person, the last used first."""
    rows = db.session.scalars(
        sa.select(UserSession).where(UserSession.user_id == person.id, UserSession.ended_at.is_(None)).order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return [session for session in rows if session.counts]
