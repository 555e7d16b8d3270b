"""A journey as its page shows it: a column per stage, with what the slices above have to say of it, and what follows from that.

A slice above tells of stages through a panel at the place `journey-customer`, `journey-employee` or `journey-stage` (the
stage that is opened at the side): `places.add_panel(place, order, template, loader)`. Its `loader(asked, person)` takes the
`Asked` below, with one or a constant number of statements for all stages together, and gives
`{"label": what it is about, "stages": {stage id: Says}}`.
Its template shows `says` (Says) of one `stage` (Stage), and is included only where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..accounts.models import User
from ..places import Panel, panels
from .models import Journey, Stage
from .moods import Felt, Lane, Measured

CUSTOMER, EMPLOYEE, STAGE = "journey-customer", "journey-employee", "journey-stage"


@dataclass(frozen=True)
class Asked:
    """Which stages are asked about; in `brief` only what figures follow from, no words and no lists."""

    ids: tuple[int, ...]
    brief: bool = False


@dataclass(frozen=True)
class Score:
    """What customers gave a stage on one scale: the mean, of how many, and the address of those."""

    scale: str
    mean: float
    high: int
    n: int
    href: str


@dataclass(frozen=True)
class Says:
    """What a slice has to say of one stage: `shown` is for its own template, from the rest the journey draws its conclusions."""

    shown: Any = None
    mood: Measured | None = None
    scores: tuple[Score, ...] = ()
    issues: int = 0  # open ones
    pain: float = 0.0  # of those together
    explained: bool = False  # at least one of the open issues has a cause


@dataclass(frozen=True)
class Cell:
    """One panel in one column; nothing when the slice has nothing to say of the stage."""

    template: str
    label: Any
    says: Says | None


@dataclass(frozen=True)
class Column:
    """One stage: both moods, what stands in both lanes, and what follows."""

    stage: Stage
    number: int
    customer: Felt
    employee: Felt
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def _said(self) -> list[Says]:
        return [c.says for cells in self.cells.values() for c in cells if c.says]

    @property
    def felt(self) -> tuple[Felt, Felt]:
        return self.customer, self.employee

    @property
    def score(self) -> Score | None:
        """The score of most voices; the others stand in the lane."""
        return max((s for said in self._said for s in said.scores), key=lambda s: s.n, default=None)

    @property
    def issues(self) -> int:
        return sum(s.issues for s in self._said)

    @property
    def pain(self) -> float:
        return sum(s.pain for s in self._said)

    @property
    def explained(self) -> bool:
        """At least one open issue has a cause, so the pain above has a gap under it."""
        return any(s.explained for s in self._said)

    @property
    def hurts_both(self) -> bool:
        """The mood that counts is below zero for customers and for employees."""
        return self.customer.hurts and self.employee.hurts

    @property
    def not_looked_into(self) -> bool:
        """Both hurt, and none of its open issues has a cause (or nobody has reported one)."""
        return self.hurts_both and not self.explained


def columns(stages: Sequence[Stage], person: User, *, brief: bool = False) -> list[Column]:
    """The stages as columns, with what is said of them; the same number of statements however many there are."""
    asked = Asked(tuple(s.id for s in stages), brief)
    said = {place: panels(place, asked, person) if asked.ids else [] for place in (CUSTOMER, EMPLOYEE)}
    found = []
    for number, stage in enumerate(stages, 1):
        cells = {place: [Cell(p.template, p.context["label"], of(p, stage)) for p in shown] for place, shown in said.items()}
        measured = next((c.says.mood for c in cells[CUSTOMER] if c.says and c.says.mood), None)
        found.append(
            Column(
                stage, number, customer=Felt(Lane.CUSTOMER, measured, stage.mood(Lane.CUSTOMER)), employee=Felt(Lane.EMPLOYEE, None, stage.mood(Lane.EMPLOYEE)), cells=cells,
            )
        )  # fmt: skip
    return found


def at_the_side(stage: Stage, column: Column | None, person: User) -> list[Cell]:
    """What the slices above show of the one stage that is opened: what its column shows, in full where they tell more."""
    fuller = [Cell(p.template, p.context["label"], of(p, stage)) for p in panels(STAGE, Asked((stage.id,)), person)]
    same = [c for cells in (column.cells.values() if column else ()) for c in cells if c.template not in [f.template for f in fuller]]
    return [c for c in same + fuller if c.says]


def of(panel: Panel, stage: Stage) -> Says | None:
    found: Says | None = panel.context["stages"].get(stage.id)
    return found


@dataclass(frozen=True)
class Sketch:
    """A journey in the list: its columns in brief, and the counts under it."""

    journey: Journey
    columns: list[Column]

    @property
    def issues(self) -> int:
        return sum(c.issues for c in self.columns)

    @property
    def not_looked_into(self) -> list[Column]:
        return [c for c in self.columns if c.not_looked_into]


def sketches(journeys: Iterable[Journey], person: User) -> list[Sketch]:
    """Every journey with its columns in brief; the same number of statements however many there are."""
    every = list(journeys)
    by_stage = {c.stage.id: c for c in columns([s for j in every for s in j.open_stages], person, brief=True)}
    return [Sketch(j, [by_stage[s.id] for s in j.open_stages]) for j in every]
