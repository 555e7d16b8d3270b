"""The case for solving one problem, as one reader sees it: what is assumed, what follows from it, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _, ngettext
from sqlalchemy.orm import joinedload

from .. import clock
from ..causes.models import Certainty, Problem
from ..causes.queries import Contribution, Ranked, contributions, leverage
from ..db import db
from ..history import Event
from ..issues.journey import PAIN
from ..issues.models import Issue
from ..issues.status import OPEN
from ..journeys.models import Stage
from .assumptions import KINDS, PART_LABELS, Kind
from .models import Assumption, Dossier, Letterhead, seen_as
from .reckoning import Figures, Name, Part, Range, Sensitivity, Values, figures, sensitivity


class Origin(Enum):
    """Where the value of an assumption comes from."""

    DOSSIER = "dossier"
    COMPANY = "company"
    FACT = "fact"
    ROWS = "rows"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Assumed:
    """One assumption as it is kept, and as this reader tries it out."""

    kind: Kind
    kept: Range | None
    origin: Origin
    seen: int
    source: str = ""
    guess: bool = False
    by: str | None = None
    at: datetime | None = None
    tried: Range | None = None
    is_tried: bool = False

    @property
    def name(self) -> Name:
        return self.kind.name

    @property
    def now(self) -> Range | None:
        """What the sums are made with."""
        return self.tried if self.is_tried else self.kept

    @property
    def is_unsure(self) -> bool:
        """Whether it is a number of which nobody said how far it may be off."""
        return self.now is not None and not self.now.is_open and self.name != Name.EMPLOYEES


@dataclass(frozen=True)
class Caused:
    """One issue that the problem causes: what it weighs, how many customers meet it, and in which stage."""

    row: Contribution
    reach: float | None
    stage_id: int | None
    stage: str | None

    @property
    def customers(self) -> float | None:
        """Customers a month that the problem's share of it touches."""
        return None if self.reach is None else self.reach * self.row.share / 100


def touched(caused: list[Caused]) -> Range | None:
    """Customers a month that the problem touches, by the rows of its open issues; None while no reach is known.

    Low: only the confirmed links, and the same customers meet every one of those issues, so the largest counts. Likely: all
    customers are different ones, suspected links count half. High: suspected links count whole.
    """
    open_ = [(c, c.customers) for c in caused if c.row.status.is_open and c.customers]
    if not open_:
        return None
    sure = [n for c, n in open_ if c.row.certainty != Certainty.SUSPECTED and n]
    likely = sum(n * c.row.certainty.factor for c, n in open_ if n)
    return Range.around(likely, low=max(sure, default=0.0), high=sum(n for _c, n in open_ if n))


@dataclass(frozen=True)
class Unknown:
    """Something that is not known, and who could know it."""

    what: str
    who: str = ""
    name: Name | None = None


@dataclass(frozen=True)
class Case:
    """The whole of a dossier, for one reader, at one moment."""

    problem: Problem
    assumed: dict[Name, Assumed]
    caused: list[Caused]
    ranking: list[Ranked]
    whole: float  # the pain of all open issues
    dossier: Dossier | None
    organisation: str
    moment: datetime
    errors: dict[Name, str] = field(default_factory=dict)

    def trying(self, tried: Mapping[Name, Range | None], wrong: dict[Name, str]) -> Case:
        """The same with these values in place of what is kept, and what could not be read."""
        differing = {name: replace(self.assumed[name], tried=value, is_tried=True) for name, value in tried.items() if value != self.assumed[name].kept}
        return replace(self, assumed=self.assumed | differing, errors=wrong)

    @cached_property
    def values(self) -> Values:
        return {a.name: a.now for a in self.assumed.values() if a.now is not None}

    @cached_property
    def figures(self) -> Figures:
        return figures(self.values)

    @cached_property
    def sensitivity(self) -> Sensitivity | None:
        return sensitivity(self.values)

    @property
    def moving(self) -> list[Caused]:
        """The open issues, heaviest first."""
        return [c for c in self.caused if c.row.status.is_open]

    @property
    def leverage(self) -> float:
        return sum(c.row.points for c in self.caused)

    @property
    def place(self) -> int | None:
        """Which it is among the problems that move pain, by leverage; None for one that moves none (or is not open)."""
        moving = [r.id for r in self.ranking if r.leverage > 0]
        return moving.index(self.problem.id) + 1 if self.problem.id in moving else None

    @property
    def share(self) -> float | None:
        """What solving it moves, in percent of the pain of all open issues; None while no pain is known."""
        return 100 * self.leverage / self.whole if self.whole else None

    @property
    def confirmed(self) -> int:
        return sum(c.row.certainty != Certainty.SUSPECTED for c in self.moving)

    @property
    def ask(self) -> str:
        return self.dossier.ask if self.dossier else ""

    @property
    def mine(self) -> list[Assumed]:
        """What this reader tries out, and nobody has kept."""
        return [a for a in self.assumed.values() if a.is_tried]

    @property
    def missing(self) -> dict[Part, list[Name]]:
        """Per part that is not counted: what is not known of it."""
        return {part: [n for n in part.factors if n not in self.values] for part in Part if self.figures.parts[part] is None}

    @cached_property
    def unknown(self) -> list[Unknown]:
        """What a reader has to know about these figures, the gravest first."""
        return [*self._not_counted(), *self._guessed(), *self._of_the_rows(), *self._always()]

    def _not_counted(self) -> list[Unknown]:
        found = []
        for part, names in self.missing.items():
            first = KINDS[names[0]]
            if len(names) == 1:
                found.append(Unknown(_("“%(part)s” is not counted: %(what)s is not known.", part=PART_LABELS[part], what=first.label), str(first.who_knows), first.name))
            else:
                what = ", ".join(str(KINDS[n].label) for n in names)
                found.append(Unknown(_("“%(part)s” is not counted. Not known yet: %(what)s.", part=PART_LABELS[part], what=what), str(first.who_knows), first.name))
        if Name.INVESTMENT not in self.values:
            found.append(Unknown(_("Nobody has said yet what solving it asks."), str(KINDS[Name.INVESTMENT].who_knows), Name.INVESTMENT))
        if Name.WON_BACK not in self.values:
            found.append(Unknown(_("How much of the cost goes away when it is solved is not known."), str(KINDS[Name.WON_BACK].who_knows), Name.WON_BACK))
        if Name.RUNNING not in self.values and Name.INVESTMENT in self.values:
            found.append(Unknown(_("What the solution costs a year is not known, and counted as nothing."), str(KINDS[Name.RUNNING].who_knows), Name.RUNNING))
        return found

    def _guessed(self) -> list[Unknown]:
        guesses = [a for a in self.assumed.values() if a.guess and a.now is not None and not a.is_tried]
        bare = [a for a in self.assumed.values() if a.is_unsure and not a.guess]
        found = []
        if guesses:
            what = ", ".join(str(a.kind.label) for a in guesses)
            found.append(Unknown(ngettext("A guess, not measured: %(what)s.", "Guesses, not measured: %(what)s.", len(guesses), what=what)))
        if bare:
            what = ", ".join(str(a.kind.label) for a in bare)
            found.append(Unknown(_("Nobody said how far these may be off: %(what)s.", what=what)))
        return found

    def _of_the_rows(self) -> list[Unknown]:
        found = []
        without = [c.row.key for c in self.moving if c.reach is None]
        suspected = [c.row.key for c in self.moving if c.row.certainty == Certainty.SUSPECTED]
        split = [c.row.key for c in self.moving if c.row.given is None]
        if without:
            found.append(Unknown(_("How many customers meet %(keys)s is not known; they count as none.", keys=", ".join(without))))
        if suspected:
            found.append(Unknown(_("Only suspected as a cause of %(keys)s; counts half.", keys=", ".join(suspected))))
        if split:
            found.append(Unknown(_("Nobody said how much of %(keys)s it explains; what is left was split evenly.", keys=", ".join(split))))
        return found

    def _always(self) -> list[Unknown]:
        parts = self.figures.parts
        found = []
        if parts[Part.CUSTOMERS] and self.assumed[Name.CUSTOMERS].origin == Origin.ROWS:
            found.append(Unknown(_("Customers who meet several of these issues may be counted more than once; the low end counts them once.")))
        if parts[Part.HOURS]:
            found.append(Unknown(_("Hours are only money when they are used for something else.")))
        return found


def case(problem: Problem, reader: Any) -> Case:
    """The dossier as this reader may see it, with what is kept."""
    caused = caused_by(problem, reader)
    assumed = assumptions(problem, touched(caused))
    whole = db.session.scalar(sa.select(sa.func.sum(PAIN)).where(Issue.status.in_(OPEN))) or 0.0
    return Case(problem, assumed, caused, leverage(reader), whole, Dossier.of(problem), Letterhead.name(), clock.now())


def caused_by(problem: Problem, reader: Any) -> list[Caused]:
    """The issues it causes, as this reader may see them, with reach and stage."""
    rows = contributions(problem, reader)
    more = sa.select(Issue.id, Issue.reach, Stage.id, Stage.name).outerjoin(Stage, Stage.id == Issue.stage_id).where(Issue.id.in_([r.issue_id for r in rows]))
    of_issue = {id: (reach, stage_id, stage) for id, reach, stage_id, stage in db.session.execute(more)} if rows else {}
    return [Caused(row, *of_issue[row.issue_id]) for row in rows]


def assumptions(problem: Problem, by_the_rows: Range | None) -> dict[Name, Assumed]:
    """Every assumption by name: the dossier's own, else the company's, else a fact of the problem or what its rows say."""
    either = sa.or_(Assumption.problem_id == problem.id, Assumption.problem_id.is_(None))
    rows = db.session.scalars(sa.select(Assumption).options(joinedload(Assumption.by)).where(either)).all()
    own = {r.name: r for r in rows if r.problem_id is not None}
    company = {r.name: r for r in rows if r.problem_id is None}
    return {
        name: _assumed(kind, problem, own.get(name), company.get(name), by_the_rows, seen_as(problem, name, own.get(name))) for name, kind in KINDS.items()
    }


def _assumed(kind: Kind, problem: Problem, own: Assumption | None, company: Assumption | None, by_the_rows: Range | None, seen: int) -> Assumed:
    fact = getattr(problem, kind.fact) if kind.fact else None
    if own and own.range and (not kind.fact or fact is not None):
        held = own.range if fact is None else Range.around(fact, own.low, own.high)
        return Assumed(kind, held, Origin.DOSSIER, seen, own.source, own.guess, own.by.name, own.at)
    if fact is not None:
        return Assumed(kind, Range.only(fact), Origin.FACT, seen)
    if company and company.range:
        return Assumed(kind, company.range, Origin.COMPANY, seen, company.source, company.guess, company.by.name, company.at)
    if kind.name == Name.CUSTOMERS and by_the_rows:
        return Assumed(kind, by_the_rows, Origin.ROWS, seen)
    return Assumed(kind, None, Origin.NOBODY, seen)


def company_assumptions() -> dict[Name, Assumption]:
    """What counts for every dossier that has no value of its own."""
    rows = db.session.scalars(sa.select(Assumption).options(joinedload(Assumption.by)).where(Assumption.problem_id.is_(None)))
    return {row.name: row for row in rows}


def earlier_values(assumption: Assumption | None) -> list[Event]:
    """Every value there was, newest first."""
    if assumption is None:
        return []
    of_it = sa.select(Event).where(Event.subject == "assumption", Event.subject_id == assumption.id, Event.field == KINDS[assumption.name].step)
    return list(db.session.scalars(of_it.order_by(Event.id.desc())))


def dossiers_with_own() -> dict[Name, int]:
    """By assumption: how many dossiers have a value of their own in place of the company's."""
    own = sa.select(Assumption.name, sa.func.count()).where(Assumption.problem_id.is_not(None), Assumption.likely.is_not(None))
    return dict(db.session.execute(own.group_by(Assumption.name)).all())
