"""SavedView: a filter of the board or of the list of issues, with a name; for oneself or for everybody. Its address is the filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship
from werkzeug.datastructures import MultiDict

from .. import clock
from ..accounts.models import User
from ..db import Model, db
from ..domain import Refused
from .status import Status

MOST_VIEWS = 50  # of one person
MOST_IN_RAIL = 12
PAGES = {"board": "/board", "issues": "/issues"}


class SavedView(Model):
    """A name for a filter. Nobody's work changes with it, so it has no history; who removed it can take that back."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.Index("ix_saved_view_person_id", "person_id", "position"), sa.Index("ix_saved_view_shared", "shared"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    page: Mapped[str] = mapped_column(sa.String(10))
    query: Mapped[str] = mapped_column(sa.String(2000), default="")
    shared: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[User] = relationship()

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """One's own, and what others share."""
        return sa.or_(cls.person_id == person.id, sa.and_(cls.shared, cls.removed_at.is_(None)))

    @property
    def path(self) -> str:
        """The filter as an address."""
        return PAGES[self.page] + (f"?{self.query}" if self.query else "")

    @classmethod
    def keep(cls, *, name: str, page: str, query: str, by: User, shared: bool = False) -> SavedView:
        """Keep this filter under a name, below those that are there. Raises Refused for the fifty-first."""
        mine = (cls.person_id == by.id, cls.removed_at.is_(None))
        count, last = db.session.execute(sa.select(sa.func.count(), sa.func.max(cls.position)).where(*mine)).one()
        if count >= MOST_VIEWS:
            raise Refused(_l("You have %(num)s views. Remove one that you do not use any more.", num=MOST_VIEWS))
        view = cls(name=name, page=page, query=tidy(page, query), person=by, shared=shared, position=(last or 0) + 1, created_at=clock.now())
        db.session.add(view)
        return view

    def revise(self, *, name: str, shared: bool) -> None:
        """Another name, or for everybody from now on, or for oneself alone."""
        self.name, self.shared = name, shared

    def remove(self) -> None:
        """Gone from every rail; whoever has its address still has the filter."""
        self.removed_at = self.removed_at or clock.now()

    def put_back(self) -> None:
        self.removed_at = None

    def step(self, direction: int) -> None:
        """One place up (-1) or down (1) among one's own."""
        own = list(db.session.scalars(sa.select(SavedView).where(SavedView.person_id == self.person_id, SavedView.removed_at.is_(None)).order_by(SavedView.position, SavedView.id)))
        at = own.index(self)
        own.insert(max(0, min(len(own) - 1, at + direction)), own.pop(at))
        for position, view in enumerate(own, 1):
            view.position = position


def tidy(page: str, query: str) -> str:
    """A query string with only what the page understands, always written the same way."""
    given = MultiDict(parse_qsl(query[:2_000])[:50])
    if page == "issues":
        from .queries import searchable

        text = searchable(" ".join(given.get("q", "").split()))[:100]
        status = given.get("status", "") if given.get("status") in {s.value for s in Status} else ""
        return urlencode({k: v for k, v in (("status", status), ("q", text)) if v})
    from .queries import BoardFilter

    return urlencode(BoardFilter.read(given).args())


@dataclass(frozen=True)
class RailView:
    """A saved view as the rail shows it."""

    id: int
    name: str
    path: str
    mine: bool


def _rail_statement() -> sa.Select[int, str, str, str, bool]:
    """One's own in one's own order, then what others share, by name; `me` is given when it runs."""
    mine = SavedView.person_id == sa.bindparam("me", type_=sa.Integer)
    select = sa.select(SavedView.id, SavedView.name, SavedView.page, SavedView.query, mine.label("mine"))
    select = select.where(SavedView.removed_at.is_(None), sa.or_(mine, SavedView.shared))
    return select.order_by(sa.case((mine, 0), else_=1), sa.case((mine, SavedView.position), else_=0), SavedView.name, SavedView.id).limit(MOST_IN_RAIL)


RAIL = _rail_statement()  # built once: every page asks it


def views_for(person: User) -> tuple[RailView, ...]:
    """What stands in this person's rail. One statement."""
    rows = db.session.connection().execute(RAIL, {"me": person.id})
    return tuple(RailView(id, name, PAGES[page] + (f"?{query}" if query else ""), bool(mine)) for id, name, page, query, mine in rows)


def views_of(person: User) -> tuple[list[SavedView], list[SavedView]]:
    """All of one's own, in order, and all that others share, by name."""
    there = SavedView.removed_at.is_(None)
    own = db.session.scalars(sa.select(SavedView).where(there, SavedView.person_id == person.id).order_by(SavedView.position, SavedView.id))
    others = db.session.scalars(sa.select(SavedView).where(there, SavedView.shared, SavedView.person_id != person.id).order_by(SavedView.name).limit(200))
    return list(own), list(others)
