"""The page that the meeting turned to, made once for all who see the same of it: sixty screens ask for it in the same second.

Who sees the same: who reads the same language and may see the same restricted problems. What one of them alone may do or has
done (forms, votes, marks) is not in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import sqlalchemy as sa
from flask_babel import get_locale

from ..accounts.models import User
from ..causes.models import Problem
from ..db import db
from .models import Review

MOST = 24  # pages: a few turns, in two languages, for the few who see more than others


class Pages:
    """The last pages of this process. Whoever asks for one that is being made waits for it."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Hashable, str] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        with self.lock:
            if key not in self.kept:
                self.kept[key] = make()
                while len(self.kept) > MOST:
                    self.kept.popitem(last=False)
            return self.kept[key]

    def forget(self) -> None:
        self.kept.clear()


pages = Pages()


def of(review: Review, pulse: str, *, reader: User, make: Callable[[], str]) -> str:
    """The page of the meeting as this reader sees it. `pulse` changes with everything that it shows; `make` makes it for a reader like this one."""
    return pages.get((review.id, pulse, str(get_locale()), sight(reader)), make)


def sight(reader: User) -> frozenset[int] | None:
    """The restricted problems that this reader may see; None when that is every one."""
    if reader.is_regisseur:
        return None
    return frozenset(db.session.scalars(sa.select(Problem.id).where(Problem.restricted, Problem.visible_to(reader))))
