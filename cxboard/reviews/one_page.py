"""The page that the meeting turned to, made once for all who see the same of it: sixty screens ask for it in the same second.

Who sees the same: who reads the same language and may see the same restricted problems. What one of them alone may do or has
done (forms, votes, marks) is not in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from flask import g
from flask_babel import get_locale

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem
from ..db import db
from ..live import newest
from . import looking, queries
from .models import Review

MOST = 256  # pages, parts of them and moments: a few turns, in two languages, for the few who see more than others
FRESH = 300  # seconds that a page is kept: what stands still, and for how long, changes with the clock alone
Kept = TypeVar("Kept")


class Pages:
    """The last pages of this process, and what is asked to find one. Whoever asks for one that is being made waits for it."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Hashable, object] = OrderedDict()
        self.lock = RLock()  # a page has parts that are kept too

    def get(self, key: Hashable, make: Callable[[], Kept], keep: Callable[[], bool] = lambda: True) -> Kept:
        """What is kept under this key; else what `make` makes, which is kept if `keep` says so then."""
        if (kept := self.kept.get(key)) is not None:
            return kept  # type: ignore[return-value]  # who can have it does not wait for another one that is being made
        with self.lock:
            if key in self.kept:
                return self.kept[key]  # type: ignore[return-value]
            made = make()
            if keep():
                self.kept[key] = made
                while len(self.kept) > MOST:
                    self.kept.popitem(last=False)
            return made

    def forget(self) -> None:
        self.kept.clear()


pages = Pages()


class Moment(NamedTuple):
    """Where a review is."""

    pulse: str  # changes with everything that its screens show
    mark: str  # of the page that the meeting is at; empty unless it goes on


def moment(review_id: int) -> Moment | None:
    """Where a review is, asked of the database once after each change anywhere; None when there is no such review.

    What changes a pulse is announced in the same transaction, and changes are numbered in the order in which they can be seen.
    """

    def ask() -> Moment | None:
        review = db.session.get(Review, review_id)
        return Moment(queries.pulse(review), looking.mark(review) if review.is_live else "") if review else None

    return pages.get(("moment", review_id, g.newest_change), ask, keep=nothing_new)


def of(review_id: int, pulse: str, *, make: Callable[[], str], reader: User | None = None, part: str = "") -> str:
    """The page of the meeting, or a part of it that is dear to make, as this reader sees it; without one it is the same for everybody.

    `pulse` changes with everything that it shows but for what the clock does; `make` makes it for a reader like this one.
    """
    key = (part, review_id, pulse, int(clock.now().timestamp()) // FRESH, str(get_locale()), sight(reader, pulse) if reader else ())
    return pages.get(key, make, keep=nothing_new)


def nothing_new() -> bool:
    """Whether nothing was committed since this request began: what is made beside a change may show more than its key says."""
    return bool(db.session.scalar(sa.select(newest())) == g.newest_change)


def sight(reader: User, pulse: str) -> frozenset[int] | None:
    """The restricted problems that this reader may see; None when that is every one."""
    if reader.is_regisseur:
        return None
    return frozenset(problem.id for problem in pages.get(("restricted", pulse), restricted, keep=nothing_new) if problem.is_visible_to(reader))


def restricted() -> list[Problem]:
    """The restricted problems, with what says who may see them; for looking at, in no session."""
    rows = db.session.execute(sa.select(Problem.id, Problem.department_id, Problem.sponsor_id).where(Problem.restricted))
    return [Problem(id=id, department_id=department, sponsor_id=sponsor, restricted=True) for id, department, sponsor in rows]
