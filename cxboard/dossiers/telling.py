"""The figures of a dossier in words: two significant figures, ranges as ranges, and never as a word."""

from __future__ import annotations

import math

from flask_babel import gettext as _, ngettext

from ..causes.models import Problem
from ..language import number, percent
from ..voices.forms import channel_label
from .assumptions import KINDS, PART_LABELS, Kind
from .queries import Assumed, Case, Origin
from .reckoning import LONGEST, Measure, Name, Part, Payback, Range, Swing, rough
from .sentences import amount, written

__all__ = ["KINDS", "PART_LABELS", "Measure", "Name", "Origin", "Part"]


def euro(value: float) -> str:
    """`€ 350.000`, in two significant figures; whole euros from ten up."""
    near = rough(value)
    return f"{'−' if near < 0 else ''}€\u00a0{number(abs(near), 0 if abs(near) >= 10 else 2)}"


def euros(value: Range) -> str:
    """`€ 180.000 to € 640.000`, or one amount when nobody gave a range."""
    if euro(value.low) == euro(value.high):
        return euro(value.likely)
    return _("%(low)s to %(high)s", low=euro(value.low), high=euro(value.high))


def exactly(value: float) -> str:
    """`€ 165.000`: what somebody asked for is not rounded."""
    return f"€\u00a0{number(value, 0)}"


def count(value: float) -> str:
    """`5.200`, in two significant figures."""
    return number(rough(value), 0 if abs(value) >= 10 else 1)


def counts(value: Range) -> str:
    if count(value.low) == count(value.high):
        return count(value.likely)
    return _("%(low)s to %(high)s", low=count(value.low), high=count(value.high))


def months(value: float) -> str:
    """`10 months`; more than ten years and never are words."""
    if math.isinf(value):
        return _("never")
    if value > LONGEST:
        return _("more than ten years")
    if value < 1:
        return _("at once") if value == 0 else _("less than a month")
    return ngettext("%(num)s month", "%(num)s months", round(rough(value)))


def payback_range(payback: Payback) -> str:
    """How far the pay-back may turn out otherwise, in words."""
    best, likely, worst = months(payback.best), months(payback.likely), months(payback.worst)
    if best == worst:
        return _("in every case") if not math.isinf(payback.best) else _("not even when everything turns out well")
    if math.isinf(payback.likely):
        return _("at these figures; at best in %(best)s", best=best)
    if math.isinf(payback.worst):
        return _("at best in %(best)s, at worst never", best=best)
    if best == likely or payback.worst > LONGEST or payback.best < 1:
        return _("at best %(best)s, at worst %(worst)s", best=best, worst=worst)
    return _("between %(best)s and %(worst)s", best=number(round(rough(payback.best)), 0), worst=worst)


def claim(case: Case) -> list[str]:
    """The case in one or two sentences."""
    found, hours, contacts = case.figures, case.figures.hours, case.figures.contacts
    said = []
    if hours and contacts:
        said.append(_("It costs employees about %(hours)s hours a year, and customers about %(contacts)s extra contacts.", hours=count(hours.likely), contacts=count(contacts.likely)))
    elif hours:
        said.append(_("It costs employees about %(hours)s hours a year.", hours=count(hours.likely)))
    elif contacts:
        said.append(_("It costs customers about %(contacts)s extra contacts a year.", contacts=count(contacts.likely)))
    elif found.cost:
        said.append(_("It costs about %(euro)s a year.", euro=euro(found.cost.likely)))
    else:
        said.append(_("What it costs is not known yet."))
    if found.payback and math.isinf(found.payback.likely):
        said.append(_("At these figures, what is asked is not earned back."))
    elif found.payback and found.payback.likely >= 1:
        said.append(_("What is asked is earned back in about %(months)s.", months=months(found.payback.likely)))
    return said


def place(case: Case) -> str:
    """Where it stands by leverage, and what moves along."""
    many = len(case.moving)
    along = ngettext("%(num)s issue moves along", "%(num)s issues move along", many)
    if case.place is None:
        return along
    of = sum(r.leverage > 0 for r in case.ranking)
    if case.place == 1 and of > 1:
        return _("largest of %(of)s, %(along)s", of=of, along=along)
    return _("number %(place)s of %(of)s, %(along)s", place=case.place, of=of, along=along)


def value(assumed: Assumed) -> str:
    """`€ 48 (€ 45 to € 52)`."""
    return written(assumed.kind, assumed.now) if assumed.now else "–"


def likely(assumed: Assumed) -> str:
    return amount(assumed.kind, assumed.now.likely) if assumed.now else "?"


def sum_of(case: Case, part: Part) -> str:
    """`85 employees × 1,4 hours a week × 44 weeks × € 48`: how a part is reckoned, with what is likely."""
    told = {name: likely(case.assumed[name]) for name in part.factors}
    if part == Part.HOURS:
        return _(
            "%(employees)s people × %(hours)s hours a week × %(weeks)s weeks × %(cost)s", employees=told[Name.EMPLOYEES], hours=told[Name.HOURS],
            weeks=told[Name.WEEKS], cost=told[Name.HOUR_COST],
        )  # fmt: skip
    if part == Part.CONTACTS:
        return _("%(contacts)s contacts a month × 12 × %(cost)s", contacts=told[Name.CONTACTS], cost=told[Name.CONTACT_COST])
    return _(
        "%(customers)s customers a month × 12 × %(chance)s × %(value)s", customers=told[Name.CUSTOMERS],
        chance=told[Name.LEAVE_CHANCE], value=told[Name.CUSTOMER_VALUE],
    )  # fmt: skip


def source(assumed: Assumed, problem: Problem) -> str:
    """Where the value comes from, in words; who could know it where there is none."""
    if assumed.is_tried:
        return _("your version, not kept")
    if assumed.origin == Origin.NOBODY:
        return _("Not known. %(who)s", who=assumed.kind.who_knows)
    if assumed.origin == Origin.FACT:
        return _("as written down with %(key)s", key=problem.key)
    if assumed.origin == Origin.ROWS:
        return _("counted from the issues that %(key)s causes", key=problem.key)
    told = assumed.source or _("no source given")
    if assumed.guess:
        told = _("a guess: %(source)s", source=assumed.source) if assumed.source else _("a guess, not measured")
    return told


def fields(kind: Kind, held: Range | None) -> tuple[str, str, str]:
    """Low, likely and high as they stand in their fields; the ends are empty while nobody gave a range."""
    if held is None:
        return "", "", ""
    low, middle, high = (number(v, kind.places) for v in (held.low, held.likely, held.high))
    return (low, middle, high) if held.is_open else ("", middle, "")


def swing_words(swing: Swing) -> tuple[str, str]:
    """What is written at both ends of a swing: the value that brings the lower outcome about, then that of the higher."""
    kind = KINDS[swing.name]
    low, high = (amount(kind, v) for v in (swing.given.low, swing.given.high))
    return (low, high) if swing.at_low < swing.at_high else (high, low)


def outcome(measure: Measure, value: float) -> str:
    """An outcome of the sensitivity in its own unit, short, as on an axis."""
    return ngettext("%(num)s month", "%(num)s months", round(value)) if measure == Measure.PAYBACK else euro(value)


def channel(told: str) -> str:
    """How a voice came in."""
    return channel_label(told)


def share(case: Case) -> str:
    """How much of the pain of all open issues it moves."""
    return percent(case.share) if case.share else "–"
