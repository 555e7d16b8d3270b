"""Which topics there are, who may hear of them, and how a change is written on the wire.

A topic of one thing is `issue-12`; its group (`board`) hears of every issue, with the number. `person-5` is for person 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..db import BIGGEST_ID, db
from ..permissions import PERMISSIONS, allows
from .models import EVERYTHING, Row

MOST_PER_STREAM = 20


@dataclass(frozen=True)
class Kind:
    """A kind of thing that has topics: what it takes to hear of one, and the group that hears of all."""

    action: str
    group: str
    model: type[Any] | None = None
    restricted: Any = None


_kinds: dict[str, Kind] = {}
_groups: dict[str, Kind] = {}


def add_topic(kind: str, *, group: str, action: str, model: type[Any] | None = None, restricted: Any = None) -> None:
    """Let browsers follow `kind-12` and the `group`, if `action` is allowed and `model.visible_to` lets them see it.

    `restricted` is the column that says that a thing is not for everybody; what is announced `about` one is held back.
    """
    if action not in PERMISSIONS:
        raise KeyError(f"{action!r} is not in the permission table")
    _kinds[kind] = _groups[group] = Kind(action, group, model, restricted)


def followed(kind: str) -> bool:
    """Whether a thing of this kind can be followed."""
    return kind in _kinds


def split(topic: str) -> tuple[str, int | None]:
    """`issue-12` as ("issue", 12); `board` as ("board", None)."""
    kind, _dash, number = topic.partition("-")
    return kind, int(number) if number.isdigit() else None


def allowed(topic: str, person: Any) -> bool:
    """Whether this person may hear of this topic; what they can't see does not exist for them."""
    if not re.fullmatch("[a-z]{1,20}(-[0-9]{1,10})?", topic):
        return False
    name, number = split(topic)
    if name == "person":
        return bool(number == person.id)
    if number is None:
        return name in _groups and allows(person, _groups[name].action)
    kind = _kinds.get(name)
    if kind is None or number > BIGGEST_ID:
        return False
    if kind.model is None:
        return allows(person, kind.action)
    thing = _seen(kind.model, number, person)
    return thing is not None and allows(person, kind.action, thing)


def _seen(model: type[Any], id: int, person: Any) -> Any:
    select = sa.select(model).where(model.id == id)
    if hasattr(model, "visible_to"):
        select = select.where(model.visible_to(person))
    return db.session.scalar(select)


def restricted_among(rows: Iterable[Row]) -> frozenset[int]:
    """The problems among what these changes are about that are not for everybody."""
    ids = {row.about for row in rows if row.about is not None}
    found: set[int] = set()
    for kind in _kinds.values():
        if ids and kind.restricted is not None and kind.model is not None:
            found |= set(db.session.scalars(sa.select(kind.model.id).where(kind.model.id.in_(ids), kind.restricted)))
    return frozenset(found)


def may_see(id: int, person: Any) -> bool:
    """Whether this person may see the problem that a change is about."""
    return all(_seen(kind.model, id, person) is not None for kind in _kinds.values() if kind.restricted is not None and kind.model)


def told(rows: Sequence[Row], topics: Collection[str], hidden: Collection[int], may_see: Callable[[int], bool]) -> Iterator[str]:
    """What somebody who follows these topics hears of these changes; `may_see` is asked about what is hidden from some."""
    for row in rows:
        if row.topic == EVERYTHING:
            yield message("resync", "", row.id)
            continue
        heard = [row.topic] if row.topic in topics else []
        name, number = split(row.topic)
        kind = _kinds.get(name)
        if number is not None and kind and kind.group in topics:
            heard.append(f"{kind.group} {number}")
        if not heard:
            continue
        if row.about in hidden and not may_see(row.about or 0):
            if row.topic in topics and kind and kind.restricted is not None:
                yield message("gone", row.topic, row.id)
            continue
        for what in heard:
            yield message("change", what, row.id)


def message(event: str, data: str, id: int | None = None) -> str:
    """One event as a stream of events writes it."""
    return (f"id: {id}\n" if id is not None else "") + f"event: {event}\ndata: {data}\n\n"
