"""The sums of a dossier, in plain arithmetic: what a problem costs a year, when solving it is earned back, and what moves that most.

    hours     = employees x hours a week each x weeks worked a year x cost of an hour
    contacts  = contacts a month x 12 x cost of a contact
    customers = customers a month touched x 12 x chance that one leaves x value of a customer
    cost      = the sum of the parts whose every factor is known; a part with an unknown factor is not counted, and named
    benefit   = cost x part that goes away - what the solution costs a year
    pay-back  = 12 x what is asked / benefit, in months

Each factor is a range: low, likely, high. None is below zero, and each result only rises (or only falls) with each factor, so
its extremes lie at the extremes of the factors. From all-at-the-one-end to all-at-the-other is the **outer range**: nothing that
is assumed can come out beyond it, and it is improbable that everything goes wrong, or right, at once. No chance is claimed.

The result is no more exact than what goes in: people read two significant figures (`rough`), each rounded from what was
not rounded, so rounded parts may not add up to a rounded sum.

Sensitivity is one factor at a time from its low to its high, the others likely (a tornado chart; Eschenbach 1992).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

MONTHS = 12
NEVER = math.inf
LONGEST = 120  # months; beyond it a pay-back says no more than that it is far away


@dataclass(frozen=True)
class Range:
    """A number that is not known exactly: low <= likely <= high."""

    low: float
    likely: float
    high: float

    @classmethod
    def only(cls, value: float) -> Range:
        """A number of which nobody has said how far it may be off."""
        return cls(value, value, value)

    @classmethod
    def around(cls, likely: float, low: float | None = None, high: float | None = None) -> Range:
        """A range that holds its likely value, whatever its ends were given as."""
        return cls(min(likely, low if low is not None else likely), likely, max(likely, high if high is not None else likely))

    @property
    def is_open(self) -> bool:
        """Whether it is a range at all."""
        return self.low < self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def __mul__(self, other: Range | float) -> Range:
        by = other if isinstance(other, Range) else Range.only(other)
        return Range(self.low * by.low, self.likely * by.likely, self.high * by.high)

    def less(self, other: Range) -> Range:
        """This minus the other; the outer range, so the lowest is with the highest of the other."""
        return Range(self.low - other.high, self.likely - other.likely, self.high - other.low)


class Name(Enum):
    """What a dossier assumes, by name, in the order of the sums."""

    EMPLOYEES = "employees"
    HOURS = "hours"
    WEEKS = "weeks"
    HOUR_COST = "hour_cost"
    CONTACTS = "contacts"
    CONTACT_COST = "contact_cost"
    CUSTOMERS = "customers"
    LEAVE_CHANCE = "leave_chance"
    CUSTOMER_VALUE = "customer_value"
    WON_BACK = "won_back"
    INVESTMENT = "investment"
    RUNNING = "running"


class Part(Enum):
    """What a problem costs money by."""

    HOURS = "hours"
    CONTACTS = "contacts"
    CUSTOMERS = "customers"

    @property
    def factors(self) -> tuple[Name, ...]:
        return FACTORS[self]


FACTORS = {
    Part.HOURS: (Name.EMPLOYEES, Name.HOURS, Name.WEEKS, Name.HOUR_COST),
    Part.CONTACTS: (Name.CONTACTS, Name.CONTACT_COST),
    Part.CUSTOMERS: (Name.CUSTOMERS, Name.LEAVE_CHANCE, Name.CUSTOMER_VALUE),
}
TIMES = {Part.HOURS: 1.0, Part.CONTACTS: float(MONTHS), Part.CUSTOMERS: MONTHS / 100}  # the chance of leaving is in percent

Values = Mapping[Name, Range]


@dataclass(frozen=True)
class Payback:
    """In how many months what is asked is earned back: at best, likely, at worst; NEVER where it costs more than it brings."""

    best: float
    likely: float
    worst: float


@dataclass(frozen=True)
class Figures:
    """What comes out. A part, the benefit and the pay-back are None while something they need is not known."""

    parts: dict[Part, Range | None]
    cost: Range | None
    hours: Range | None
    contacts: Range | None
    benefit: Range | None
    payback: Payback | None


def figures(values: Values) -> Figures:
    """All sums over these assumptions. What the solution costs a year counts as nothing while nobody has said it."""
    parts = {part: _product(values, part.factors, TIMES[part]) for part in Part}
    counted = [p for p in parts.values() if p is not None]
    cost = None
    for part in counted:
        cost = part if cost is None else cost + part
    won = values.get(Name.WON_BACK)
    benefit = (cost * won * 0.01).less(values.get(Name.RUNNING, Range.only(0))) if cost and won else None
    asked = values.get(Name.INVESTMENT)
    return Figures(
        parts, cost, _product(values, (Name.EMPLOYEES, Name.HOURS, Name.WEEKS)), _product(values, (Name.CONTACTS,), MONTHS), benefit,
        payback=_payback(asked, benefit) if asked and benefit else None,
    )  # fmt: skip


def _product(values: Values, names: tuple[Name, ...], times: float = 1.0) -> Range | None:
    """The product of these factors; None while one of them is not known."""
    if any(name not in values for name in names):
        return None
    product = Range.only(times)
    for name in names:
        product = product * values[name]
    return product


def _payback(asked: Range, benefit: Range) -> Payback:
    return Payback(months(asked.low, benefit.high), months(asked.likely, benefit.likely), months(asked.high, benefit.low))


def months(asked: float, benefit: float) -> float:
    """How long it takes to earn back what is asked; NEVER when nothing is earned."""
    return MONTHS * asked / benefit if benefit > 0 else NEVER


class Measure(Enum):
    """What the sensitivity is measured on: the most telling of what is known."""

    PAYBACK = "payback"
    BENEFIT = "benefit"
    COST = "cost"


@dataclass(frozen=True)
class Swing:
    """What comes out when one assumption is at its low or at its high end, and all others are likely."""

    name: Name
    given: Range
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Sensitivity:
    """Which assumption moves the result most, that one first."""

    measure: Measure
    middle: float
    swings: list[Swing]


READ: dict[Measure, Callable[[Figures], float | None]] = {
    Measure.PAYBACK: lambda f: f.payback.likely if f.payback else None,
    Measure.BENEFIT: lambda f: f.benefit.likely if f.benefit else None,
    Measure.COST: lambda f: f.cost.likely if f.cost else None,
}


def sensitivity(values: Values) -> Sensitivity | None:
    """One assumption at a time from low to high. On the pay-back, as long as that is never endless; else on what it brings or costs."""
    for measure in Measure:
        found = _swings(values, measure)
        if found and (measure != Measure.PAYBACK or all(max(s.at_low, s.at_high) <= LONGEST for s in found.swings)):
            return found
    return None


def _swings(values: Values, measure: Measure) -> Sensitivity | None:
    middle = READ[measure](figures(values))
    if middle is None or (measure == Measure.PAYBACK and middle > LONGEST):
        return None
    swings = []
    for name, given in values.items():
        if not given.is_open:
            continue
        low, high = (READ[measure](figures({**values, name: replace(given, likely=end)})) for end in (given.low, given.high))
        if low is not None and high is not None and low != high:
            swings.append(Swing(name, given, low, high))
    order = list(Name)
    return Sensitivity(measure, middle, sorted(swings, key=lambda s: (-s.width, order.index(s.name))))


def rough(value: float) -> float:
    """Two significant figures: 351.234 becomes 350.000, 9,73 becomes 9,7."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, 1 - math.floor(math.log10(abs(value))))
