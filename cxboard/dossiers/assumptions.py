"""What each assumption is called, in what unit it is, and who could know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from .reckoning import Name, Part


@dataclass(frozen=True)
class Kind:
    """One assumption: its words, the decimals it may have, its most, and where a value comes from when the dossier has none."""

    name: Name
    label: Any
    unit: Any
    who_knows: Any
    places: int = 0
    most: float = 1e9
    money: bool = False
    share: bool = False  # in percent
    company: bool = False  # one value for all dossiers, that a dossier may overrule
    fact: str | None = None  # the fact of the problem that it is

    @property
    def column(self) -> str:
        return self.name.value

    @property
    def step(self) -> str:
        """How history calls it."""
        return f"assume_{self.name.value}"


KINDS: dict[Name, Kind] = {
    k.name: k
    for k in (
        Kind(Name.EMPLOYEES, _l("Employees"), _l("people"), _l("The department that has the problem can count them."), most=1e6, fact="employees"),
        Kind(Name.HOURS, _l("Hours lost"), _l("hours a week each"), _l("Ask the people who do the work, or measure a week."), places=2, most=80, fact="hours_lost"),
        Kind(Name.WEEKS, _l("Weeks worked"), _l("weeks a year"), _l("Human resources knows it: a year without leave and holidays."), places=1, most=53, company=True),
        Kind(Name.HOUR_COST, _l("Cost of an hour"), _l("euro"), _l("Finance knows it: wages with all that comes on top."), places=2, most=10_000, money=True, company=True),
        Kind(Name.CONTACTS, _l("Extra contacts"), _l("a month"), _l("Whoever answers customers can count a week of them."), most=1e8),
        Kind(Name.CONTACT_COST, _l("Cost of a contact"), _l("euro"), _l("Customer service knows it together with finance."), places=2, most=10_000, money=True, company=True),
        Kind(Name.CUSTOMERS, _l("Customers touched"), _l("a month"), _l("Fill in the reach of the issues that it causes."), most=1e8),
        Kind(Name.LEAVE_CHANCE, _l("Chance of leaving"), _l("of those touched"), _l("Whoever follows why customers leave can estimate it."), places=2, most=100, share=True, company=True),
        Kind(Name.CUSTOMER_VALUE, _l("Value of a customer"), _l("euro"), _l("Finance or marketing knows it: the margin that leaves with a customer."), places=2, most=1e7, money=True, company=True),
        Kind(Name.WON_BACK, _l("What goes away"), _l("of the cost"), _l("Whoever will solve it can estimate how much of it then goes away."), places=1, most=100, share=True),
        Kind(Name.INVESTMENT, _l("Asked, once"), _l("euro"), _l("Whoever will solve it can ask for a quotation."), most=2**31 - 1, money=True, fact="investment"),
        Kind(Name.RUNNING, _l("Upkeep"), _l("euro a year"), _l("Whoever will run it can say what it costs a year."), most=1e9, money=True),
    )
}  # fmt: skip

COMPANY = [k for k in KINDS.values() if k.company]

PART_LABELS = {
    Part.HOURS: _l("Hours that are lost"),
    Part.CONTACTS: _l("Customers who have to call again"),
    Part.CUSTOMERS: _l("Customers who leave"),
}
SOLVING = (Name.WON_BACK, Name.INVESTMENT, Name.RUNNING)


def kind_of(name: str) -> Kind | None:
    """The assumption that is called this."""
    return next((k for k in KINDS.values() if k.column == name), None)
