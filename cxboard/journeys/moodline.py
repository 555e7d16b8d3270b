"""The mood line: how customers and employees feel from stage to stage, each stage as wide as its column under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from .. import charts
from ..language import number
from .lanes import Column
from .moods import BEST, WORST, Felt, Lane

WIDE, HIGH = 120, 100  # of a stage, in the units of the picture, which is stretched over the columns


@dataclass(frozen=True)
class Line:
    """One lane across the stages; its points are hollow where the mood was set by hand."""

    lane: Lane
    chart: charts.Mood


@dataclass(frozen=True)
class MoodLine:
    """Both lanes; employees first, so that the customer's round point lies on the square one where they meet."""

    width: int
    height: int
    middle: float
    lines: tuple[Line, ...]

    @property
    def known(self) -> bool:
        """Whether there is a mood to draw at all."""
        return any(dot.y is not None for line in self.lines for dot in line.chart.dots)


def draw(columns: Sequence[Column]) -> MoodLine:
    """The picture of these stages; a stage whose mood nobody knows breaks the line."""
    width = max(1, len(columns)) * WIDE
    employee, customer = (
        Line(lane, charts.mood([reading(c, felt) for c, felt in felts], width=width, height=HIGH, few=1))
        for lane, felts in ((Lane.EMPLOYEE, [(c, c.employee) for c in columns]), (Lane.CUSTOMER, [(c, c.customer) for c in columns]))
    )
    return MoodLine(width, HIGH, customer.chart.middle, (employee, customer))


def reading(column: Column, felt: Felt) -> charts.Reading:
    """A mood from 0 to 1, of so many voices; of none when it was set by hand."""
    value = None if felt.value is None else (felt.value - WORST) / (BEST - WORST)
    return charts.Reading(column.stage.name, value, n=felt.measured.n if felt.is_measured and felt.measured else 0)


def told(columns: Sequence[Column]) -> str:
    """The picture in words, for who does not see it."""

    def lane(felts: list[tuple[str, Felt]]) -> str:
        return ", ".join(f"{name} {signed(felt.value) if felt.value is not None else _('not known yet')}" for name, felt in felts)

    customers, employees = lane([(c.stage.name, c.customer) for c in columns]), lane([(c.stage.name, c.employee) for c in columns])
    return _("From −2, very displeased, to 2, very pleased. Customers: %(customers)s. Employees: %(employees)s.", customers=customers, employees=employees)


def signed(value: float) -> str:
    """A mood as it is written: +1, 0 or −1.2."""
    text = number(abs(value))
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"
