"""The sums, recounted by hand: what a problem costs, when it is earned back, and what moves that most."""

import itertools
import math
import random

import pytest

from cxboard.dossiers.reckoning import NEVER, Measure, Name, Part, Range, figures, rough, sensitivity

ALL = {
    Name.EMPLOYEES: Range(80, 85, 90), Name.HOURS: Range(1.0, 1.4, 1.8), Name.WEEKS: Range(44, 44, 44), Name.HOUR_COST: Range(45, 48, 52),
    Name.CONTACTS: Range(900, 1150, 1400), Name.CONTACT_COST: Range(6, 7.2, 9), Name.CUSTOMERS: Range(400, 1000, 1500),
    Name.LEAVE_CHANCE: Range(0.1, 0.2, 0.4), Name.CUSTOMER_VALUE: Range(100, 120, 150), Name.WON_BACK: Range(40, 60, 80),
    Name.INVESTMENT: Range(140_000, 165_000, 210_000), Name.RUNNING: Range(15_000, 18_000, 20_000),
}  # fmt: skip


def by_hand(v: dict[Name, float]) -> tuple[float, float]:
    """(cost a year, pay-back in months), written out."""
    n = {name.value: value for name, value in v.items()}
    hours = n["employees"] * n["hours"] * n["weeks"] * n["hour_cost"]
    contacts = n["contacts"] * 12 * n["contact_cost"]
    customers = n["customers"] * 12 * (n["leave_chance"] / 100) * n["customer_value"]
    cost = hours + contacts + customers
    benefit = cost * n["won_back"] / 100 - n["running"]
    return cost, (n["investment"] / (benefit / 12) if benefit > 0 else math.inf)


def test_the_sums_are_those_of_a_plain_recount() -> None:
    found = figures(ALL)
    cost, payback = by_hand({name: r.likely for name, r in ALL.items()})

    assert found.cost
    assert found.payback
    assert found.cost.likely == pytest.approx(cost)
    assert found.payback.likely == pytest.approx(payback)
    hours, contacts = found.parts[Part.HOURS], found.parts[Part.CONTACTS]
    assert hours
    assert contacts
    assert hours.likely == pytest.approx(85 * 1.4 * 44 * 48)
    assert contacts.likely == pytest.approx(1150 * 12 * 7.2)
    assert found.hours
    assert found.hours.likely == pytest.approx(5236)


def test_nothing_that_is_assumed_comes_out_beyond_the_outer_range_and_its_ends_are_reached() -> None:
    found = figures(ALL)
    ends = [(r.low, r.high) for r in ALL.values()]
    outcomes = [by_hand(dict(zip(ALL, corner, strict=True))) for corner in itertools.product(*ends)]
    costs, paybacks = [c for c, _p in outcomes], [p for _c, p in outcomes]

    assert found.cost
    assert found.payback
    assert (min(costs), max(costs)) == pytest.approx((found.cost.low, found.cost.high))
    assert (min(paybacks), max(paybacks)) == pytest.approx((found.payback.best, found.payback.worst))
    chance = random.Random(1)
    for _ in range(300):
        cost, payback = by_hand({name: chance.uniform(r.low, r.high) for name, r in ALL.items()})
        assert found.cost.low <= cost <= found.cost.high
        assert found.payback.best <= payback <= found.payback.worst


def test_what_never_pays_back_is_never_and_no_number() -> None:
    dear = figures(ALL | {Name.RUNNING: Range(150_000, 600_000, 900_000)})
    assert dear.payback
    assert dear.payback.likely == dear.payback.worst == NEVER
    assert dear.payback.best < NEVER
    free = figures(ALL | {Name.INVESTMENT: Range.only(0)})
    assert free.payback
    assert free.payback.likely == 0


def test_what_is_not_known_is_not_counted() -> None:
    without = {n: r for n, r in ALL.items() if n not in (Name.CONTACTS, Name.WON_BACK)}
    found = figures(without)

    assert found.parts[Part.CONTACTS] is None
    assert found.cost
    assert found.cost.likely == pytest.approx(85 * 1.4 * 44 * 48 + 1000 * 12 * 0.002 * 120)
    assert (found.benefit, found.payback, found.contacts) == (None, None, None)
    assert figures({}).cost is None


def test_the_sensitivity_is_one_at_a_time_widest_first() -> None:
    found = sensitivity(ALL)
    assert found
    assert found.measure == Measure.PAYBACK
    likely = {name: r.likely for name, r in ALL.items()}
    for swing in found.swings:
        assert swing.at_low == pytest.approx(by_hand(likely | {swing.name: ALL[swing.name].low})[1])
        assert swing.at_high == pytest.approx(by_hand(likely | {swing.name: ALL[swing.name].high})[1])
    widths = [abs(s.at_high - s.at_low) for s in found.swings]
    assert widths == sorted(widths, reverse=True)
    assert Name.WEEKS not in [s.name for s in found.swings], "what has no range moves nothing"
    assert found.swings[0].name == Name.WON_BACK


def test_the_sensitivity_is_of_the_benefit_where_the_payback_may_be_endless_and_of_the_cost_where_nothing_is_won() -> None:
    endless = sensitivity(ALL | {Name.RUNNING: Range(15_000, 18_000, 900_000)})
    assert endless
    assert endless.measure == Measure.BENEFIT
    bare = sensitivity({n: r for n, r in ALL.items() if n != Name.WON_BACK})
    assert bare
    assert bare.measure == Measure.COST
    assert sensitivity({}) is None


@pytest.mark.parametrize(("given", "read"), [(351_234, 350_000), (9.73, 9.7), (0, 0), (99.6, 100), (0.0123, 0.012), (-1550, -1600), (5, 5), (math.inf, math.inf)])
def test_people_read_two_figures(given: float, read: float) -> None:
    assert rough(given) == read


def test_a_range_holds_its_likely_value() -> None:
    assert Range.around(5, 6, 8) == Range(5, 5, 8)
    assert Range.around(5) == Range(5, 5, 5)
    assert Range.around(5, 2, 3) == Range(2, 5, 5)
