"""The pain of the open issues, and what explains it: the whole that the root-cause map and the Pareto divide.

- the whole: the pain of every open issue whose pain is known, explained or not;
- a link *explains* pain x share of its issue. The map draws that;
- it *moves* that times its certainty (product.md: a suspected link counts half). That is leverage; the Pareto draws that;
- not explained yet: what is left of each issue. What a restricted problem explains is in it for whoever may not see that
  problem, and so is what a problem explained that is solved or rejected while its issue is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..issues.status import Status
from .models import Category, Certainty, ProblemStatus
from .queries import Asked, Mark


@dataclass(frozen=True)
class Hurt:
    """An open issue: how much pain it is (None: not known yet), and where in the journey."""

    id: int
    title: str
    status: Status
    pain: float | None
    stage_id: int | None

    @property
    def key(self) -> str:
        return f"CX-{self.id}"


@dataclass(frozen=True)
class Place:
    """A stage of a journey."""

    id: int
    name: str
    journey_id: int
    journey: str


@dataclass(frozen=True)
class Source:
    """A problem that explains some of it."""

    id: int
    title: str
    category: Category
    status: ProblemStatus
    restricted: bool
    department: Mark | None

    @property
    def key(self) -> str:
        return f"EX-{self.id}"

    @property
    def is_open(self) -> bool:
        return self.status.is_open


@dataclass(frozen=True)
class Explained:
    """A link: so much of this issue is explained by that problem. `share` in percent; `given` when somebody has given it."""

    cause_id: int
    issue: Hurt
    problem: Source
    share: float
    given: bool
    certainty: Certainty

    @property
    def pain(self) -> float:
        """What it explains."""
        return (self.issue.pain or 0.0) * self.share / 100

    @property
    def points(self) -> float:
        """What solving it moves: a suspected link counts half."""
        return self.pain * self.certainty.factor

    @property
    def is_suspected(self) -> bool:
        return self.certainty == Certainty.SUSPECTED


@dataclass(frozen=True)
class Left:
    """An issue of which something is not explained: `explained` of its pain is."""

    issue: Hurt
    explained: float

    @property
    def rest(self) -> float:
        return max(0.0, (self.issue.pain or 0.0) - self.explained)


@dataclass(frozen=True)
class Pain:
    """All of it, as far as one person may see."""

    issues: Mapping[int, Hurt]
    links: tuple[Explained, ...]
    places: Mapping[int, Place]

    @cached_property
    def total(self) -> float:
        return sum(i.pain or 0.0 for i in self.issues.values())

    @cached_property
    def weighed(self) -> list[Hurt]:
        """The open issues whose pain is known, most first."""
        return sorted((i for i in self.issues.values() if i.pain), key=lambda i: (-(i.pain or 0), i.id))

    @cached_property
    def not_weighed(self) -> list[Hurt]:
        """The open issues that are on no chart, because reach, severity or confidence is still open."""
        return sorted((i for i in self.issues.values() if not i.pain), key=lambda i: i.id)

    def left_of(self, links: Iterable[Explained], weight: Callable[[Explained], float]) -> list[Left]:
        """Per issue what those links leave, most first; issues of which nothing is left are not in it."""
        explained: dict[int, float] = {}
        for link in links:
            explained[link.issue.id] = explained.get(link.issue.id, 0.0) + weight(link)
        left = [Left(i, explained.get(i.id, 0.0)) for i in self.weighed]
        return sorted((x for x in left if x.rest > 1e-9 * (x.issue.pain or 1)), key=lambda x: (-x.rest, x.issue.id))


def listed(link: Explained, asked: Asked) -> bool:
    """Whether the problem of this link is among those that /problems lists."""
    problem = link.problem
    if problem.status != asked.status if asked.status else not problem.is_open:
        return False
    if asked.category and problem.category != asked.category:
        return False
    return not asked.department or (problem.department is not None and problem.department.id == asked.department)
