"""The root-cause map: problems at the left, open issues in the middle, stages at the right, bands as thick as the pain.

A band from a problem to an issue is what the link explains (pain x share; a suspected one is drawn whole, and dashed), from
an issue to its stage the pain of the issue. So what comes into an issue is what goes out: what no problem explains comes
from "not explained yet", and, when only some problems are asked for, what the rest explains from "other problems".
The table has the same rows, one for each link, and one for what is left of an issue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from flask_babel import gettext as _, ngettext

from .. import charts
from ..forms import read_id
from ..language import score
from .models import Category, Certainty
from .pain import Explained, Hurt, Pain, Place, Source

MOST = {"problems": 13, "issues": 20, "stages": 14}  # nodes in a column before the tail is folded
OPENED = 400  # nodes in a column that somebody opened
PAGE = 100  # rows of the table
NONE = "none"  # not explained, and no stage
THICK = 440  # of all pain together, in units of the view box

SORTS: dict[str, Callable[[Row], Any]] = {
    "carries": lambda r: r.carries,
    "problem": lambda r: (r.problem is None, r.problem.id if r.problem else 0),
    "issue": lambda r: r.issue.id,
    "stage": lambda r: r.place.name.lower() if r.place else "",
    "pain": lambda r: r.issue.pain or 0.0,
    "share": lambda r: r.share,
    "sure": lambda r: r.certainty.dots if r.certainty else 0,
}
FALLING = ("carries", "pain", "share", "sure")  # most first, unless turned


@dataclass(frozen=True)
class Narrowed:
    """What of the map to show: the query string of /causes, with anything unknown left out."""

    department: int | None = None
    category: Category | None = None
    journey: int | None = None
    problem: int | str | None = None
    issue: int | None = None
    stage: int | str | None = None
    view: str = ""
    opened: frozenset[str] = frozenset()
    sort: str = "carries"
    turned: bool = False
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Narrowed:
        sort = args.get("sort", "")
        return cls(
            department=read_id(args.get("department")),
            category=next((c for c in Category if c.value == args.get("category")), None),
            journey=read_id(args.get("journey")),
            problem=NONE if args.get("problem") == NONE else read_id(args.get("problem")),
            issue=read_id(args.get("issue")),
            stage=NONE if args.get("stage") == NONE else read_id(args.get("stage")),
            view=args.get("view", "") if args.get("view") in ("map", "table") else "",
            opened=frozenset(args.get("all", "").split(",")) & MOST.keys(),
            sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "carries",
            turned=sort.startswith("-") and sort.removeprefix("-") in SORTS,
            page=read_id(args.get("page")) or 1,
        )

    def but(self, **other: Any) -> dict[str, str | int]:
        """The query string with something else chosen; back on the first page unless that is what changes."""
        n = replace(self, **({"page": 1} | other))
        sort = ("-" if n.turned else "") + n.sort
        chosen = {
            "department": n.department, "category": n.category and n.category.value, "journey": n.journey, "problem": n.problem, "issue": n.issue,
            "stage": n.stage, "view": n.view, "all": ",".join(sorted(n.opened)), "sort": "" if sort == "carries" else sort, "page": n.page if n.page > 1 else None,
        }  # fmt: skip
        return {k: v for k, v in chosen.items() if v}

    def sorted_by(self, name: str) -> dict[str, str | int]:
        """The query string for this column on top; once more turns it around."""
        return self.but(sort=name, turned=name == self.sort and not self.turned, view="table")

    @property
    def falls(self) -> bool:
        """Whether the first row has the most."""
        return (self.sort in FALLING) != self.turned

    @property
    def by_problem(self) -> bool:
        """Whether only some problems are asked for."""
        return bool(self.department or self.category or isinstance(self.problem, int))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.by_problem or self.problem or self.journey or self.issue or self.stage)

    def wants(self, problem: Source) -> bool:
        """Whether this is one of the problems asked for."""
        if isinstance(self.problem, int) and problem.id != self.problem:
            return False
        if self.category and problem.category != self.category:
            return False
        return not self.department or (problem.department is not None and problem.department.id == self.department)


@dataclass(frozen=True)
class Row:
    """One line of the table: so much of the pain of this issue comes from that problem. Without a problem: from others, or not explained."""

    issue: Hurt
    place: Place | None
    problem: Source | None
    carries: float
    certainty: Certainty | None = None
    given: bool = True
    others: int = 0  # how many links of other problems are in it

    @property
    def share(self) -> float:
        return 100 * self.carries / self.issue.pain if self.issue.pain else 0.0

    @property
    def source(self) -> str:
        """The node at the left that it comes from."""
        return f"p{self.problem.id}" if self.problem else "others" if self.others else "rest"

    @property
    def target(self) -> str:
        return f"s{self.place.id}" if self.place else "s-none"

    @property
    def is_suspected(self) -> bool:
        return self.certainty == Certainty.SUSPECTED


class Looks(NamedTuple):
    """What a node is besides a shape: where it leads, what that does, and the class of a node that is no thing of its own."""

    href: str
    told: str
    look: str = ""


@dataclass(frozen=True)
class RootCauses:
    """The part of the map that is asked for."""

    pain: Pain
    narrowed: Narrowed
    rows: tuple[Row, ...]

    @cached_property
    def issues(self) -> dict[int, Hurt]:
        return {r.issue.id: r.issue for r in self.rows}

    @cached_property
    def total(self) -> float:
        """The pain of the issues that are shown."""
        return sum(i.pain or 0.0 for i in self.issues.values())

    @cached_property
    def explained(self) -> float:
        return sum(r.carries for r in self.rows if r.source != "rest")

    @cached_property
    def asked_for(self) -> float:
        """What the problems asked for explain."""
        return sum(r.carries for r in self.rows if r.problem)

    @cached_property
    def suspected(self) -> float:
        return sum(r.carries for r in self.rows if r.is_suspected)

    @cached_property
    def problems(self) -> dict[int, Source]:
        return {r.problem.id: r.problem for r in self.rows if r.problem}

    @cached_property
    def in_order(self) -> list[Row]:
        """The rows as the table sorts them."""
        by = SORTS[self.narrowed.sort]
        plain = sorted(self.rows, key=lambda r: (-r.carries, r.issue.id, r.source))
        return sorted(plain, key=by, reverse=self.narrowed.falls)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.rows) // PAGE))

    @property
    def page(self) -> list[Row]:
        first = (min(self.narrowed.page, self.pages) - 1) * PAGE
        return self.in_order[first : first + PAGE]


def root_causes(pain: Pain, narrowed: Narrowed) -> RootCauses:
    """What is asked for of all that this person may see."""
    behind: dict[int, list[Explained]] = {}
    for link in pain.links:
        if link.problem.is_open and link.issue.pain and link.pain > 0:
            behind.setdefault(link.issue.id, []).append(link)
    rows = [row for issue in pain.weighed for row in _rows_of(issue, pain.places.get(issue.stage_id or 0), behind.get(issue.id, []), narrowed)]
    return RootCauses(pain, narrowed, tuple(rows))


def _rows_of(issue: Hurt, place: Place | None, links: Sequence[Explained], narrowed: Narrowed) -> Iterable[Row]:
    """The rows of one issue; none when it is not asked for."""
    if narrowed.issue and issue.id != narrowed.issue:
        return
    if narrowed.journey and (place is None or place.journey_id != narrowed.journey):
        return
    if narrowed.stage and (place.id if place else NONE) != narrowed.stage:
        return
    wanted = [x for x in links if narrowed.wants(x.problem)]
    left = (issue.pain or 0.0) - sum(x.pain for x in links)
    left = left if left > 1e-9 * (issue.pain or 1) else 0.0
    if (narrowed.by_problem and not wanted) or (narrowed.problem == NONE and not left):
        return
    for link in wanted:
        yield Row(issue, place, link.problem, link.pain, link.certainty, link.given)
    if others := [x for x in links if not narrowed.wants(x.problem)]:
        yield Row(issue, place, None, sum(x.pain for x in others), others=len(others))
    if left:
        yield Row(issue, place, None, left)


# drawing it


@dataclass(frozen=True)
class Drawn:
    """The map as a chart, what each node is besides a shape, and which nodes each part lights up with."""

    chart: charts.Flow
    of: dict[str, dict[str, str]]
    paths: dict[Any, str]


def draw(found: RootCauses, address: Callable[..., str]) -> Drawn:
    """The chart of it: the tail of each column folded into one node, that opens by its address (`address` takes a query string)."""
    sizes: list[dict[str, float]] = [{}, {}, {}]
    for row in found.rows:
        for size, key in zip(sizes, (row.source, f"i{row.issue.id}", row.target), strict=True):
            size[key] = size.get(key, 0.0) + row.carries
    folds = [_folded(size, name, found.narrowed) for size, name in zip(sizes, MOST, strict=True)]
    carried: dict[tuple[str, str, bool], float] = {}
    paths: dict[Any, set[str]] = {}
    for row in found.rows:
        keys = [fold.get(key, key) for fold, key in zip(folds, (row.source, f"i{row.issue.id}", row.target), strict=True)]
        for pair, unsure in (((keys[0], keys[1]), row.is_suspected), ((keys[1], keys[2]), False)):
            carried[(*pair, unsure)] = carried.get((*pair, unsure), 0.0) + row.carries
            paths.setdefault(pair, set()).update(keys)
        for key in keys:
            paths.setdefault(key, set()).update(keys)
    nodes, of = _nodes(found, sizes, folds, address)
    ties = [charts.Tie(source, target, weight, unsure) for (source, target, unsure), weight in carried.items()]
    busiest = max((len(column) for column in nodes), default=0)
    chart = charts.flow(nodes, ties, free=(True, True, False), rooms=(262, 352, 168), thick=min(THICK, 60 + 60 * busiest))
    return Drawn(chart, of, {k: " ".join(sorted(v)) for k, v in paths.items()})


def _folded(size: Mapping[str, float], name: str, narrowed: Narrowed) -> dict[str, str]:
    """Which nodes of a column are together in one, at its end."""
    most = OPENED if name in narrowed.opened else MOST[name]
    own = sorted((k for k in size if k not in ("others", "rest", "s-none")), key=lambda k: (-size[k], len(k), k))
    return dict.fromkeys(own[most - 1 :], f"more-{name}") if len(own) > most else {}


def _nodes(
    found: RootCauses, sizes: Sequence[Mapping[str, float]], folds: Sequence[Mapping[str, str]], address: Callable[..., str]
) -> tuple[list[list[charts.Node]], dict[str, dict[str, str]]]:
    of: dict[str, Looks] = {}
    narrowed, columns = found.narrowed, []
    for size, fold, name in zip(sizes, folds, MOST, strict=True):
        column = [_node(found, key, size[key], of, address) for key in _in_order(found, size, name) if key not in fold]
        if fold:
            key, together = f"more-{name}", sum(size[k] for k in fold)
            words = ngettext("and %(num)s more", "and %(num)s more", len(fold))
            href = address(**narrowed.but(opened=narrowed.opened | {name}, view=narrowed.view or "map"))
            of[key] = Looks(href, _("Show them all."), "f-more")
            column.append(charts.Node(key, together, words, score(together), last=1))
        columns.append(column)
    return columns, {key: looks._asdict() for key, looks in of.items()}


def _in_order(found: RootCauses, size: Mapping[str, float], name: str) -> list[str]:
    """Stages in the order of their journey, the others by how much they carry."""
    if name == "stages":
        return [k for k in (f"s{id}" for id in found.pain.places) if k in size] + ["s-none"] * ("s-none" in size)
    return sorted(size, key=lambda k: (-size[k], len(k), k))


def _node(found: RootCauses, key: str, size: float, of: dict[str, Looks], address: Callable[..., str]) -> charts.Node:
    narrowed, points = found.narrowed, score(size)
    if key == "rest":
        of[key] = Looks(address(**narrowed.but(problem=NONE)), _("Show only the issues that have some."), "f-rest")
        return charts.Node(key, size, _("Not explained yet"), points, last=3)
    if key == "others":
        of[key] = Looks(address(**narrowed.but(problem=None, department=None, category=None)), _("Show them too."), "f-more")
        return charts.Node(key, size, _("Other problems"), points, last=2)
    if key == "s-none":
        of[key] = Looks(address(**narrowed.but(stage=NONE)), _("Show only this."), "f-more")
        return charts.Node(key, size, _("No stage"), points, last=2)
    id = int(key[1:])
    if key[0] == "s":
        place = found.pain.places[id]
        of[key] = Looks(address(**narrowed.but(stage=id)), _("Show only this."))
        namesakes = sum(r.name == place.name for r in found.pain.places.values()) > 1
        return charts.Node(key, size, place.name, f"{points} · {place.journey}" if namesakes else points)
    thing: Hurt | Source = found.issues[id] if key[0] == "i" else found.problems[id]
    name = "issue" if key[0] == "i" else "problem"
    alone = getattr(narrowed, name) == id
    of[key] = Looks(f"/{name}s/{id}" if alone else address(**narrowed.but(**{name: id})), _("Open its page.") if alone else _("Show only this."))
    return charts.Node(key, size, f"{thing.key} · {points}", thing.title)
