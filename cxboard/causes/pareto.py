"""The Pareto of the pain: by problem, by kind of cause, or by the department whose house it is in.

Everything is percent of one whole: the pain of all open issues. A bar is leverage, so a suspected link counts half. What
the bars leave is a bar of its own at the end: what problems outside the filter move, and what is not explained yet. Every
part can be opened to the rows that add up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l, ngettext

from .. import charts
from ..language import percent
from .pain import Explained, Hurt, Left, Pain, Source, listed
from .queries import Asked

MOST_BARS = 12
HALF = 0.5  # of what is explained at all: so many of the first parts are what the title speaks of
MOST_ROWS = 400

TAIL, OTHERS, REST, ALL, UNKNOWN, NONE = "tail", "others", "rest", "all", "unknown", "none"


class By(Enum):
    """What the bars are of."""

    PROBLEM = "problem"
    CATEGORY = "category"
    DEPARTMENT = "department"

    @property
    def label(self) -> str:
        return str({By.PROBLEM: _l("Problem"), By.CATEGORY: _l("Kind of cause"), By.DEPARTMENT: _l("Department")}[self])

    @classmethod
    def read(cls, text: str | None) -> By:
        return next((b for b in cls if b.value == text), cls.PROBLEM)

    def of(self, problem: Source) -> str:
        """Which part a problem belongs to."""
        if self is By.CATEGORY:
            return problem.category.value
        if self is By.DEPARTMENT:
            return str(problem.department.id) if problem.department else NONE
        return str(problem.id)


@dataclass(frozen=True)
class Portion:
    """One part: its name (short, and in full), the links that add up to it, and where its bar leads."""

    of: str
    label: str
    name: str
    links: tuple[Explained, ...]
    amount: float
    href: str
    problem: Source | None = None

    @property
    def unsure(self) -> float:
        return sum(x.points for x in self.links if x.is_suspected)


@dataclass(frozen=True)
class Found:
    """The Pareto with its finding: the first `few` parts explain `carried` percent of the pain."""

    by: By
    pain: Pain
    parts: tuple[Portion, ...]
    rests: tuple[Portion, ...]
    chart: charts.Pareto[Portion]
    few: int

    @property
    def carried(self) -> float:
        return self.chart.steps[self.few - 1].cumulated

    @property
    def explained(self) -> float:
        return sum(p.amount for p in self.parts)

    @property
    def finding(self) -> str:
        """The title: who explains how much."""
        portion = percent(self.carried)
        first = self.parts[0]
        if self.by is By.PROBLEM:
            if self.few == 1 and first.problem:
                return _("%(key)s explains %(percent)s of the pain", key=first.problem.key, percent=portion)
            return ngettext("%(num)s problem explains %(percent)s of the pain", "%(num)s problems explain %(percent)s of the pain", self.few, percent=portion)
        if self.by is By.CATEGORY:
            if self.few == 1:
                return _("%(name)s: this kind of cause explains %(percent)s of the pain", name=first.name, percent=portion)
            return ngettext("%(num)s kind of cause explains %(percent)s of the pain", "%(num)s kinds of causes explain %(percent)s of the pain", self.few, percent=portion)
        if self.few == 1:
            return _("%(name)s: problems in its house explain %(percent)s of the pain", name=first.name, percent=portion)
        return ngettext(
            "Problems in the house of %(num)s department explain %(percent)s of the pain",
            "Problems in the houses of %(num)s departments explain %(percent)s of the pain",
            self.few, percent=portion,
        )  # fmt: skip

    def added_up(self) -> dict[int, float]:
        """Per problem, in the order of leverage, percent of the pain up to and with it."""
        so_far, found = 0.0, {}
        for problem, points in by_problem(link for p in self.parts for link in p.links):
            so_far += points
            found[problem.id] = 100 * so_far / self.pain.total
        return found


def by_problem(links: Iterable[Explained]) -> list[tuple[Source, float]]:
    """What each problem moves, most first, in the order of /problems."""
    points: dict[int, float] = {}
    problems: dict[int, Source] = {}
    counts: dict[int, int] = {}
    for link in links:
        problems[link.problem.id] = link.problem
        points[link.problem.id] = points.get(link.problem.id, 0.0) + link.points
        counts[link.problem.id] = counts.get(link.problem.id, 0) + 1
    return sorted(((problems[p], n) for p, n in points.items()), key=lambda x: (-x[1], -counts[x[0].id], x[0].id))


def draw(pain: Pain, asked: Asked, by: By, address: Callable[[str], str]) -> Found | None:
    """The Pareto of the problems asked for; None when they move no pain at all. `address`: where a part's bar leads."""
    mine = [link for link in pain.links if listed(link, asked)]
    parts = _parts(mine, by, address)
    if not parts:
        return None
    rests = _rests(pain, mine, address)
    shown = parts if len(parts) <= MOST_BARS else [*parts[: MOST_BARS - 1], _tail(parts[MOST_BARS - 1 :], address)]
    half, so_far, few = HALF * sum(p.amount for p in parts), 0.0, 0
    while few < len(shown) and so_far < half - 1e-9:
        so_far += shown[few].amount
        few += 1
    drawn = [charts.Part(p, p.label, p.amount, p.unsure) for p in shown] + [charts.Part(p, p.label, p.amount, rest=True) for p in rests]
    return Found(by, pain, tuple(shown), tuple(rests), charts.pareto(drawn, pain.total, few=few), few)


def _parts(links: Sequence[Explained], by: By, address: Callable[[str], str]) -> list[Portion]:
    grouped: dict[str, list[Explained]] = {}
    for problem, _points in by_problem(links):
        grouped.setdefault(by.of(problem), [])
    for link in links:
        grouped[by.of(link.problem)].append(link)
    parts = [_part(of, tuple(rows), by, address) for of, rows in grouped.items()]
    return sorted((p for p in parts if p.amount > 0), key=lambda p: -p.amount)


def _part(of: str, links: tuple[Explained, ...], by: By, address: Callable[[str], str]) -> Portion:
    problem, amount = links[0].problem, sum(x.points for x in links)
    if by is By.PROBLEM:
        return Portion(of, problem.key, f"{problem.key} {problem.title}", links, amount, address(of), problem)
    if by is By.CATEGORY:
        return Portion(of, problem.category.label, problem.category.label, links, amount, address(of))
    if problem.department is None:
        return Portion(of, _("No department"), _("No department yet"), links, amount, address(of))
    return Portion(of, problem.department.code, problem.department.name, links, amount, address(of))


def _tail(parts: Sequence[Portion], address: Callable[[str], str]) -> Portion:
    words = ngettext("%(num)s other", "%(num)s others", len(parts))
    return Portion(TAIL, words, words, tuple(link for p in parts for link in p.links), sum(p.amount for p in parts), address(TAIL))


def _rests(pain: Pain, mine: Sequence[Explained], address: Callable[[str], str]) -> list[Portion]:
    """What the parts leave of the whole: what other problems move, and what nothing does."""
    others = _elsewhere(pain, mine)
    moved = sum(x.points for x in others)
    rest = pain.total - moved - sum(x.points for x in mine)
    rests = [Portion(OTHERS, _("other problems"), _("Problems outside this choice"), tuple(others), moved, address(OTHERS))] if moved > 0 else []
    if rest > 1e-9 * pain.total:
        rests.append(Portion(REST, _("not explained yet"), _("Not explained yet"), (), rest, address(REST)))
    return rests


def _elsewhere(pain: Pain, mine: Sequence[Explained]) -> list[Explained]:
    chosen = {link.cause_id for link in mine}
    return [link for link in pain.links if link.problem.is_open and link.cause_id not in chosen]


@dataclass(frozen=True)
class Rows:
    """What a part is the sum of: links, issues of which something is left, or issues. `folded` of them are only counted."""

    of: str
    name: str
    total: float
    links: Sequence[Explained] = ()
    left: Sequence[Left] = ()
    issues: Sequence[Hurt] = ()
    folded: int = 0
    folded_sum: float = 0.0


def behind(pain: Pain, asked: Asked, by: By, of: str) -> Rows | None:
    """The rows behind one part of the Pareto, largest first; None for a part that is not there."""
    if of == ALL:
        return _kept(of, _("The pain of all open issues"), pain.weighed, lambda i: i.pain or 0.0, "issues")
    if of == UNKNOWN:
        return _kept(of, _("Open issues whose pain is not known yet"), pain.not_weighed, lambda i: 0.0, "issues")
    mine = [link for link in pain.links if listed(link, asked)]
    if of == REST:
        counted = [*mine, *_elsewhere(pain, mine)]
        return _kept(of, _("Not explained yet"), pain.left_of(counted, lambda x: x.points), lambda x: x.rest, "left")
    parts = _parts(mine, by, str)
    if of == TAIL:
        parts = [_tail(parts[MOST_BARS - 1 :], str)] if len(parts) > MOST_BARS else []
    part = next((p for p in (*parts, *_rests(pain, mine, str)) if p.of == of), None)
    if part is None:
        return None
    return _kept(of, part.name, sorted(part.links, key=lambda x: (-x.points, x.cause_id)), lambda x: x.points, "links")


def _kept(of: str, name: str, rows: Sequence[Any], weight: Callable[[Any], float], kind: str) -> Rows:
    folded = rows[MOST_ROWS:]
    return Rows(of, name, sum(weight(r) for r in rows), folded=len(folded), folded_sum=sum(weight(r) for r in folded), **{kind: rows[:MOST_ROWS]})
