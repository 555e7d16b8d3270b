"""Plain functions that make what a test needs, through the domain's own verbs. They commit."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import Department, Role, User
from cxboard.actions.models import Action
from cxboard.causes.models import Category, Cause, Problem
from cxboard.db import db
from cxboard.handoffs.models import Handoff
from cxboard.issues.models import Issue
from cxboard.issues.status import Status

PASSWORD = "vier woorden op rij"


def make_department(code: str = "KS", name: str | None = None, **limits: int) -> Department:
    """The department with this code, made when there is none."""
    department = db.session.scalar(sa.select(Department).where(Department.code == code))
    if department is None:
        department = Department.open(name=name or f"Afdeling {code}", code=code, by=None, **limits)
        db.session.commit()
    return department


def make_person(
    name: str = "Noor", role: str = "member", departments: tuple[str, ...] = (), locale: str = "en", password: str = ""
) -> User:
    """A person; without `password` nobody can sign in as them through the page."""
    person = User.join(
        email=f"{name.lower().replace(' ', '.')}@example.org", name=name, role=Role(role),
        departments=[make_department(c) for c in departments], by=None, locale=locale,
    )  # fmt: skip
    if password:
        person.set_password(password, by=person)
    db.session.commit()
    return person


def make_issue(
    title: str = "Eindnota komt weken te laat",
    *,
    by: User | None = None,
    lead: str | None = "KS",
    status: Status = Status.NEW,
    days: int = 0,
    **facts: Any,
) -> Issue:
    """An issue in any status, `days` ago; facts are set afterwards."""
    by = by or make_person(f"Melder {clock.now().timestamp()}")
    with clock.at(clock.now() - timedelta(days=days)):
        issue = Issue.report(title=title, by=by, lead=make_department(lead) if lead else None)
        if facts:
            issue.edit(by=by, **facts)
        if status == Status.PARKED:
            issue.park(until=clock.today() + timedelta(days=30), by=by)
        elif status != Status.NEW:
            issue.move(status, by=by, reason="made for a test")
        db.session.commit()
    return issue


def make_problem(
    title: str = "Medewerkers typen alles over",
    *,
    by: User,
    department: str | None = "IT",
    category: Category = Category.SYSTEMS,
    restricted: bool = False,
) -> Problem:
    """An EX problem."""
    problem = Problem.signal(
        title=title,
        category=category,
        by=by,
        department=make_department(department) if department else None,
        restricted=restricted,
    )
    db.session.commit()
    return problem


def make_cause(issue: Issue, problem: Problem, *, by: User, **details: Any) -> Cause:
    """A link from an issue to a problem."""
    cause = Cause.link(issue=issue, problem=problem, by=by, **details)
    db.session.commit()
    return cause


def make_action(
    title: str = "Top-10 klanten bellen",
    *,
    owner: User,
    by: User | None = None,
    due: date | None = None,
    issue: Issue | None = None,
) -> Action:
    """A promise, due in three days unless told otherwise."""
    action = Action.promise(
        title, owner=owner, due=due or clock.today() + timedelta(days=3), by=by or owner, issue=issue
    )
    db.session.commit()
    return action


def make_handoff(
    ask: str = "Kan de leverdatum in het verhuisscherm komen?",
    *,
    by: User,
    issue: Issue | None = None,
    asking: str = "KS",
    asked: str = "IT",
    days: int = 4,
) -> Handoff:
    """A question of one department to another, needed in `days` days."""
    handoff = Handoff.make(
        issue=issue or make_issue(by=by), asking=make_department(asking), asked=make_department(asked), ask=ask,
        needed_by=clock.today() + timedelta(days=days), by=by,
    )  # fmt: skip
    db.session.commit()
    return handoff
