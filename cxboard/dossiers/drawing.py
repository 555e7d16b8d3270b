"""The three charts of a dossier: where customers notice it, how it compares with other problems, and what moves the result most."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _, ngettext

from .. import charts
from ..causes.models import Certainty
from ..language import score
from .queries import Case
from .telling import KINDS, outcome, swing_words

MOST_ISSUES = 6
MOST_BARS = 8
WIDTH = 736
MOST_SWINGS = 5


@dataclass(frozen=True)
class Bands:
    """The chart of bands, and how many issues were folded into one."""

    chart: charts.Flow
    of: dict[str, dict[str, str]]
    folded: int


def bands(case: Case, *, links: bool) -> Bands | None:
    """From the problem to the issues that weigh, to the stages they lie in; as thick as pain x share. None when nothing weighs."""
    weighing = [c for c in case.moving if c.row.points > 0]
    if not weighing:
        return None
    shown = weighing if len(weighing) <= MOST_ISSUES else weighing[: MOST_ISSUES - 1]
    tail = weighing[len(shown) :]
    problem = case.problem
    issues, ties, of, stages = [], [], {}, dict[str, list[float]]()
    for c in shown:
        issues.append(charts.Node(c.row.key, c.row.points, f"{c.row.key} · {score(c.row.points)}", c.row.title))
        if links:
            of[c.row.key] = {"href": url_for("issues.show", id=c.row.issue_id)}
        ties.append(charts.Tie("problem", c.row.key, c.row.points, unsure=c.row.certainty == Certainty.SUSPECTED))
        ties.append(charts.Tie(c.row.key, f"stage {c.stage_id}", c.row.points))
    if tail:
        weight = sum(c.row.points for c in tail)
        issues.append(charts.Node("more", weight, ngettext("%(num)s more · %(points)s", "%(num)s more · %(points)s", len(tail), points=score(weight)), last=True))
        ties.append(charts.Tie("problem", "more", weight))
        for c in tail:
            ties.append(charts.Tie("more", f"stage {c.stage_id}", c.row.points))
    names = {}
    for c in weighing:
        stages.setdefault(f"stage {c.stage_id}", []).append(c.row.points)
        names[f"stage {c.stage_id}"] = c.stage or _("No stage yet")
    ends = [charts.Node(key, sum(points), names[key], score(sum(points))) for key, points in stages.items()]
    first = charts.Node("problem", case.leverage, f"{problem.key} · {score(case.leverage)}", problem.title)
    ties = list({(t.source, t.target): t for t in _together(ties)}.values())
    chart = charts.flow([[first], issues, ends], ties, width=WIDTH, rooms=(118, 250, 96), thick=150, free=(False, False, True))
    return Bands(chart, of, len(tail))


def _together(ties: list[charts.Tie]) -> list[charts.Tie]:
    """Bands between the same two nodes as one."""
    weights: dict[tuple[str, str], float] = {}
    unsure: dict[tuple[str, str], bool] = {}
    for t in ties:
        weights[t.source, t.target] = weights.get((t.source, t.target), 0) + t.weight
        unsure[t.source, t.target] = unsure.get((t.source, t.target), True) and t.unsure
    return [charts.Tie(s, t, weight, unsure[s, t]) for (s, t), weight in weights.items()]


@dataclass(frozen=True)
class Compared:
    """A problem in the Pareto: where it leads and how it is called."""

    href: str
    name: str
    is_this: bool


def pareto(case: Case, *, links: bool) -> charts.Pareto[Compared] | None:
    """This problem among all that move pain, and what nothing explains; without links only their keys. None while it moves none."""
    moving = [r for r in case.ranking if r.leverage > 0]
    if case.place is None or len(moving) < 2:
        return None
    shown = moving if len(moving) <= MOST_BARS else moving[: MOST_BARS - 1]
    parts = [
        charts.Part(
            Compared(url_for("causes.show", id=r.id) if links else "", f"{r.key} {r.title}" if links else r.key, r.id == case.problem.id), r.key, r.leverage, r.suspected
        )
        for r in shown
    ]
    tail = moving[len(shown) :]
    if tail:
        words = ngettext("%(num)s other", "%(num)s others", len(tail))
        inside = any(r.id == case.problem.id for r in tail)
        parts.append(charts.Part(Compared(url_for("causes.index") if links else "", words, inside), words, sum(r.leverage for r in tail), sum(r.suspected for r in tail)))
    left = case.whole - sum(r.leverage for r in moving)
    if left > 1e-9 * case.whole:
        parts.append(charts.Part(Compared("", _("Not explained yet"), False), _("not explained yet"), left, rest=True))
    chart = charts.pareto(parts, case.whole, width=WIDTH, height=214)
    return replace(chart, steps=tuple(replace(step, few=step.part.thing.is_this) for step in chart.steps))


def swings(case: Case) -> charts.Spans | None:
    """What moves the result most, the widest first; None when nothing has a range."""
    found = case.sensitivity
    if not found or not found.swings:
        return None
    ranges = []
    for swing in found.swings[:MOST_SWINGS]:
        low, high = sorted((swing.at_low, swing.at_high))
        words = swing_words(swing)
        ranges.append((str(KINDS[swing.name].label), (low, words[0]), (high, words[1])))
    return charts.spans(ranges, found.middle, words=lambda v: outcome(found.measure, v), width=WIDTH)
