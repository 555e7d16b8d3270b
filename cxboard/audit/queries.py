"""Which events the audit log shows, and what they were about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..accounts.models import Department, User
from ..causes.models import about_nothing_hidden
from ..db import BIGGEST_ID, db
from ..forms import read_day
from ..history import Event
from ..journeys.models import Journey

PER_PAGE = 50
SUBJECTS = ("issue", "problem", "cause", "action", "decision", "review", "review_series", "person", "department", "journey", "voice_import")


@dataclass(frozen=True)
class Filter:
    """What the address asks for; anything that makes no sense is left out."""

    person: int | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @classmethod
    def read(cls, args: Any) -> "Filter":
        """From a query string: person, kind, from, to, before."""
        kind = args.get("kind", "")
        return cls(
            person=whole(args.get("person", "")), kind=kind if kind in SUBJECTS else "",
            since=read_day(args.get("from", "")), until=read_day(args.get("to", "")), before=whole(args.get("before", "")),
        )  # fmt: skip

    @property
    def as_args(self) -> dict[str, Any]:
        """The same as a query string, without the place in the list."""
        asked = {"person": self.person, "kind": self.kind, "from": self.since and self.since.isoformat(), "to": self.until and self.until.isoformat()}
        return {name: value for name, value in asked.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.as_args)


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= BIGGEST_ID else None


def matching(asked: Filter, reader: User) -> sa.Select[Event]:
    """The events that were asked for, newest first; of a restricted problem only what this reader may see."""
    select = sa.select(Event).where(about_nothing_hidden(Event.problem_id, reader)).order_by(Event.id.desc())
    if asked.person:
        select = select.where(Event.by_id == asked.person)
    if asked.kind:
        select = select.where(Event.subject == asked.kind)
    if asked.since:
        select = select.where(Event.at >= midnight(asked.since))
    if asked.until:
        select = select.where(Event.at < midnight(asked.until + timedelta(days=1)))
    if asked.before:
        select = select.where(Event.id < asked.before)
    return select


def midnight(day: date) -> datetime:
    """When that local day begins."""
    return datetime.combine(day, time(), clock.zone())


def one_page(asked: Filter, reader: User) -> tuple[list[Event], int | None]:
    """A page of events, and where the next one begins, if there is one."""
    events = list(db.session.scalars(matching(asked, reader).limit(PER_PAGE + 1)))
    return events[:PER_PAGE], events[PER_PAGE - 1].id if len(events) > PER_PAGE else None


def all_of_it(asked: Filter, reader: User) -> Iterator[list[Event]]:
    """Everything that was asked for, some hundreds at a time."""
    yield from map(list, db.session.scalars(matching(asked, reader).execution_options(yield_per=500)).partitions())


def names_of(events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """The names of the people, departments and journeys that these events are about, in three queries."""
    models: dict[str, type[User] | type[Department] | type[Journey]] = {"person": User, "department": Department, "journey": Journey}
    wanted: dict[str, set[int]] = {subject: set() for subject in models}
    for event in events:
        if event.subject in wanted:
            wanted[event.subject].add(event.subject_id)
    return {
        (subject, id): name
        for subject, ids in wanted.items()
        if ids
        for id, name in db.session.execute(sa.select(models[subject].id, models[subject].name).where(models[subject].id.in_(ids)))
    }
