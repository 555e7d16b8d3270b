"""The private address of one dossier, for somebody without an account.

A link opens only as long as whoever made it could make it again: an active person who may edit the problem, and for a restricted
problem a regisseur. When a problem becomes restricted, the links that were made before show nothing (also those of a regisseur:
they were given out when everybody was welcome), until it is open to everybody again or somebody makes new ones. Kept is a hash of
the token, and of being opened only when last and how often: no address, no browser, no person.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from .. import clock
from ..accounts.models import User, digest
from ..causes.models import Problem
from ..db import Model, db
from ..domain import Refused
from ..permissions import allows

LIVES = (7, 30, 90)  # days
USUAL_LIFE = 30
MOST_AT_ONCE = 20
LONGEST_RECEIVER = 80


@dataclass(frozen=True)
class Outsider:
    """Whoever reads through a link: sees what everybody sees, and this one problem."""

    shown_problem: int
    is_regisseur = False
    is_authenticated = False
    is_active = False
    id = 0
    department_ids: frozenset[int] = frozenset()


class DossierLink(Model):
    """One link to one dossier: who made it, for whom, in which language, until when."""

    __tablename__ = "dossier_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    receiver: Mapped[str] = mapped_column(sa.String(LONGEST_RECEIVER), default="")
    locale: Mapped[str] = mapped_column(sa.String(5))
    was_restricted: Mapped[bool] = mapped_column("restricted")  # whether the problem was, when this was made
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    problem: Mapped[Problem] = relationship(Problem)
    made_by: Mapped[User] = relationship(User, foreign_keys=[made_by_id])
    visits: Mapped[DossierVisits] = relationship(back_populates="link", lazy="joined")

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """A link is seen by whoever sees its problem."""
        return cls.problem_id.in_(sa.select(Problem.id).where(Problem.visible_to(person)))

    def belongs_to(self, person: User) -> bool:
        return self.problem.belongs_to(person)

    @property
    def restricted(self) -> bool:
        """Whether the problem is, now: that decides who may make links to it, and so who may revoke this one."""
        return self.problem.restricted

    @classmethod
    def make(cls, problem: Problem, *, by: User, days: int = USUAL_LIFE, locale: str = "nl", receiver: str = "") -> tuple[DossierLink, str]:
        """A new link and its token (256 bits), which is told once. Raises Refused when there are very many already."""
        if days not in LIVES:
            raise Refused(_l("A link lives 7, 30 or 90 days."))
        if len([link for link in cls.of_problem(problem) if link.counts]) >= MOST_AT_ONCE:
            raise Refused(_l("There are %(most)s links to this dossier already. Revoke one first.", most=MOST_AT_ONCE))
        token = secrets.token_urlsafe(32)
        link = cls(
            problem=problem, token_hash=digest(token), receiver=receiver, locale=locale, was_restricted=problem.restricted, made_by=by,
            made_at=clock.now(), expires_at=clock.now() + timedelta(days=days), visits=DossierVisits(times=0, last_at=clock.now()),
        )  # fmt: skip
        db.session.add(link)
        problem.record("dossier_shared", by=by, after={"text": receiver or "–", "until": clock.local(link.expires_at).date().isoformat()})
        return link, token

    def end(self, *, by: User) -> None:
        """From now on there is nothing under this link."""
        if self.ended_at is None:
            self.ended_at, self.ended_by_id = clock.now(), by.id
            self.problem.record("dossier_link_ended", by=by, before={"text": self.receiver or "–"})

    @property
    def counts(self) -> bool:
        """Whether it opens something."""
        return self.ended_at is None and self.expires_at > clock.now() and not self.is_cut_off

    @property
    def is_cut_off(self) -> bool:
        """Whether it opens nothing though its time has not passed: its maker could not make it any more, or the problem was restricted since."""
        closed_since = self.problem.restricted and not self.was_restricted
        return closed_since or not allows(self.made_by, "problem.share", self.problem)

    @classmethod
    def of_problem(cls, problem: Problem) -> list[DossierLink]:
        """All links there were, newest first."""
        with_all = joinedload(cls.made_by).selectinload(User.departments)
        return list(db.session.scalars(sa.select(cls).where(cls.problem_id == problem.id).order_by(cls.id.desc()).options(with_all)))

    @classmethod
    def of(cls, token: str) -> DossierLink | None:
        """The link with this token, while it opens something."""
        with_all = joinedload(cls.made_by).selectinload(User.departments), joinedload(cls.problem)
        found = db.session.scalar(sa.select(cls).where(cls.token_hash == digest(token)).options(*with_all))
        return found if found and found.counts else None

    def count_visit(self) -> None:
        """It was opened now; two who do so at once are both counted."""
        db.session.execute(sa.update(DossierVisits).where(DossierVisits.link_id == self.id).values(times=DossierVisits.times + 1, last_at=clock.now()))


class DossierVisits(Model):
    """How often a link was opened, and when last; of whoever did nothing is kept."""

    __tablename__ = "dossier_visits"

    link_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier_link.id"), primary_key=True)
    times: Mapped[int]
    last_at: Mapped[datetime]

    link: Mapped[DossierLink] = relationship(back_populates="visits")
