"""Plain functions that make what a test needs, through the domain's own verbs. They commit.

Nearly every test makes departments and people, so those are written as plain rows; that these are the very rows
that the verbs write is tested in tests/test_makers.py.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from cxboard import clock
from cxboard.accounts import models as accounts
from cxboard.accounts.models import COLOURS, Department, Role, User, membership
from cxboard.actions.models import Action
from cxboard.causes.models import Category, Cause, Problem
from cxboard.db import db
from cxboard.handoffs.models import Handoff
from cxboard.history.models import LIVE_REVIEW, Event
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from cxboard.voices.models import Voice

PASSWORD = "vier woorden op rij"


def make_department(code: str = "KS", name: str | None = None, **limits: int) -> Department:
    """The department with this code, made when there is none."""
    found = db.session.scalar(sa.select(Department).where(Department.code == code))
    if found is not None:
        return found
    used = db.session.scalars(sa.select(Department.colour).where(Department.archived_at.is_(None))).all()
    facts = {"name": name or f"Afdeling {code}", "code": code, "colour": min(COLOURS, key=lambda c: (used.count(c), COLOURS.index(c)))}
    number = write(Department, "department_opened", by=None, **facts, **limits)
    db.session.commit()
    return db.session.get_one(Department, number)


def make_person(
    name: str = "Noor", role: str = "member", departments: tuple[str, ...] = (), locale: str = "en", password: str = ""
) -> User:
    """A person; without `password` nobody can sign in as them through the page."""
    of = [make_department(code).id for code in departments]
    facts = {"email": f"{name.lower().replace(' ', '.')}@example.org", "name": name, "role": Role(role), "locale": locale}
    kinds = ["person_joined"]
    if password:
        facts["password_hash"] = hashed(password, accounts.hasher)
        kinds.append("password_changed")
    number = write(User, *kinds, **facts)
    if of:
        db.session.execute(sa.insert(membership), [{"user_id": number, "department_id": d} for d in of])
    db.session.commit()
    return db.session.get_one(User, number)


@cache
def hashed(password: str, hasher: PasswordHasher) -> str:
    """Hashed once; the same for everybody who has it."""
    return hasher.hash(password)


OWN = object()


def write(model: type[Department] | type[User], *kinds: str, by: Any = OWN, **facts: Any) -> int:
    """A row with its history, an event of each kind; by the person's own hand unless told otherwise. Returns its id."""
    db.session.flush()
    table = model.__table__
    number = int(db.session.execute(sa.insert(table).values(version=len(kinds), **facts)).inserted_primary_key[0])
    live = db.session.scalar(sa.select(LIVE_REVIEW.scalar_subquery()))
    told = {
        "by_id": number if by is OWN else by, "subject": table.name, "subject_id": number, "review_id": live, "before": None, "at": clock.now(),
    }  # fmt: skip
    named = ("department_opened", "person_joined")
    events = [{**told, "kind": k, "after": {"text": facts["name"]} if k in named else None, "version": n} for n, k in enumerate(kinds, 1)]
    db.session.execute(sa.insert(Event.__table__), events)
    return number


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


def make_voice(
    quote: str = "Ik heb drie keer gebeld over mijn eindnota",
    *,
    by: User | None = None,
    days: int = 0,
    supports: Issue | None = None,
    **facts: Any,
) -> Voice:
    """What a customer said `days` ago, supporting an issue when one is named."""
    by = by or make_person(f"Luisteraar {clock.now().timestamp()}")
    voice = Voice.log(quote=quote, by=by, said_on=clock.today() - timedelta(days=days), **facts)
    if supports is not None:
        voice.support(supports, by=by)
    db.session.commit()
    return voice
