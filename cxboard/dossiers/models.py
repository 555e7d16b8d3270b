"""Assumption (a number in the case for solving a problem, with who and when), Dossier (what is asked), and the name on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem
from ..db import Model, db, one_at_a_time
from ..domain import Stale, imprint
from ..history import HasHistory
from .assumptions import KINDS
from .reckoning import Name, Range

LONGEST_SOURCE = 200
LONGEST_ASK = 1_000
COMPANY_LOCK = 7_051


class Assumption(HasHistory, Model):
    """One number of one dossier; without a problem it counts for every dossier that has none of its own.

    `likely` is empty when it was taken back: what counts then is what counted before anybody gave one.
    """

    __tablename__ = "assumption"
    __table_args__ = (
        sa.Index("uq_assumption_of_problem", "problem_id", "name", unique=True, sqlite_where=sa.text("problem_id IS NOT NULL"), postgresql_where=sa.text("problem_id IS NOT NULL")),
        sa.Index("uq_assumption_of_all", "name", unique=True, sqlite_where=sa.text("problem_id IS NULL"), postgresql_where=sa.text("problem_id IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"))
    name: Mapped[Name]
    low: Mapped[float | None]
    likely: Mapped[float | None]
    high: Mapped[float | None]
    source: Mapped[str] = mapped_column(sa.String(LONGEST_SOURCE), default="")
    guess: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)

    by: Mapped[User] = relationship(User)

    @property
    def range(self) -> Range | None:
        return None if self.likely is None else Range.around(self.likely, self.low, self.high)

    @property
    def plain(self) -> dict[str, Any] | None:
        """As history keeps it."""
        if self.likely is None:
            return None
        return {"low": self.low, "likely": self.likely, "high": self.high, "source": self.source, "guess": self.guess}

    @classmethod
    def of(cls, problem: Problem | None, name: Name) -> Assumption | None:
        """What this dossier (or every dossier) has for this name."""
        return db.session.scalar(sa.select(cls).where(cls.problem_id == (problem.id if problem else None), cls.name == name))

    @classmethod
    def keep(
        cls, problem: Problem | None, name: Name, value: Range | None, *, by: User, source: str = "", guess: bool = False, seen: int | None = None
    ) -> Assumption | None:
        """From now on this counts (None: what counted before anybody gave one). The earlier value stays readable.

        Where it is a fact of the problem, that is changed too. Raises Stale when somebody kept another one since it was `seen`.
        """
        _one_by_one(problem)
        found = cls.of(problem, name)
        if found is None and value is None and not _fact_differs(problem, name, value):
            return None
        if found is None:
            found = cls(problem_id=problem.id if problem else None, name=name, version=0)
            db.session.add(found)
        wanted = {"low": value.low, "likely": value.likely, "high": value.high, "source": source, "guess": guess} if value else None
        before = found.plain
        if before == wanted and not _fact_differs(problem, name, value):
            return found
        if seen is not None and seen != seen_as(problem, name, found):
            from ..history.sentences import FIELDS, value_of

            field = KINDS[name].step
            raise Stale(found.by.name if found.by else None, {str(FIELDS[field]): (value_of(field, wanted), value_of(field, before))})
        found.low, found.likely, found.high = (value.low, value.likely, value.high) if value else (None, None, None)
        found.source, found.guess, found.by, found.at = source if value else "", guess if value else False, by, clock.now()
        if before != wanted:
            kind = "assumption_dropped" if value is None else "assumption_given" if before is None else "assumption_kept"
            found.record(kind, by=by, field=KINDS[name].step, before=before, after=wanted, problem_id=found.problem_id)
        if problem and _fact_differs(problem, name, value):
            told: dict[str, Any] = {str(KINDS[name].fact): None if value is None else value.likely if KINDS[name].places else round(value.likely)}
            problem.edit(by=by, **told)
        return found


def _one_by_one(problem: Problem | None) -> None:
    """Two who keep the same assumption at once stand in line."""
    if problem is None:
        one_at_a_time(COMPANY_LOCK)
    else:
        db.session.execute(sa.select(Problem.id).where(Problem.id == problem.id).with_for_update(key_share=True))


def _fact_differs(problem: Problem | None, name: Name, value: Range | None) -> bool:
    fact = KINDS[name].fact
    return bool(problem and fact and getattr(problem, fact) != (value.likely if value else None))


def seen_as(problem: Problem | None, name: Name, kept: Assumption | None) -> int:
    """What a form brings back of one assumption: another number as soon as somebody keeps another value."""
    fact = KINDS[name].fact
    return imprint(kept.version if kept else 0, getattr(problem, fact) if problem and fact else None)


class Dossier(HasHistory, Model):
    """What is asked for with a problem: what for, and by when somebody should decide."""

    __tablename__ = "dossier"

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problem.id"), unique=True)
    ask: Mapped[str] = mapped_column(sa.Text, default="")
    decide_by: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=0)

    @classmethod
    def of(cls, problem: Problem) -> Dossier | None:
        return db.session.scalar(sa.select(cls).where(cls.problem_id == problem.id))

    @classmethod
    def put(cls, problem: Problem, *, ask: str, decide_by: date | None, by: User, version: int | None = None) -> Dossier:
        """Say what is asked, and by when. Raises Stale when one of them was changed after `version`."""
        _one_by_one(problem)
        found = cls.of(problem)
        if found is None:
            found = cls(problem_id=problem.id, ask="", version=0)
            db.session.add(found)
            db.session.flush()
        facts = {"ask": (found.ask, ask), "decide_by": (found.decide_by, decide_by)}
        changes = {name: pair for name, pair in facts.items() if pair[0] != pair[1]}
        fields = {f"dossier_{name}" for name in changes}
        if version is not None and (meanwhile := found.changed_since(version, fields)):
            from ..history.sentences import FIELDS, value_of

            both = {f"dossier_{name}": (plain(after), plain(before)) for name, (before, after) in changes.items()}
            last = meanwhile[-1].by
            raise Stale(last.name if last else None, {str(FIELDS[e.field]): (value_of(e.field, both[e.field][0]), value_of(e.field, both[e.field][1])) for e in meanwhile if e.field})
        for name, (before, after) in changes.items():
            setattr(found, name, after)
            kind = "rewritten" if name == "ask" else "cleared" if after is None else "filled" if before is None else "changed"
            found.record(kind, by=by, field=f"dossier_{name}", before=plain(before), after=plain(after), problem_id=problem.id)
        return found


def plain(value: Any) -> Any:
    """A fact as history keeps it."""
    return value.isoformat() if isinstance(value, date) else value


class Letterhead(HasHistory, Model):
    """The name of the organisation, as it stands under each dossier; there is one."""

    __tablename__ = "letterhead"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(sa.String(80), default="")
    version: Mapped[int] = mapped_column(default=0)

    @classmethod
    def name(cls) -> str:
        """The organisation's name, empty while nobody gave it."""
        return db.session.scalar(sa.select(cls.organisation)) or ""

    @classmethod
    def put(cls, organisation: str, *, by: User) -> None:
        """The name that stands on paper from now on."""
        found = db.session.get(cls, 1)
        if found is None:
            found = cls(id=1, organisation="", version=0)
            db.session.add(found)
            db.session.flush()
        if found.organisation != organisation:
            before, found.organisation = found.organisation, organisation
            found.record("filled" if not before else "changed" if organisation else "cleared", by=by, field="organisation", before=before, after=organisation)
