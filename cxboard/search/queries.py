"""Finding: which entries fit the question, as far as this person may see them, in which order, and what their hits say.

Ranked: the key itself, then hits in a title, what is open before what is closed, and the newest first. Only the newest few
hundred of a kind are looked at, so that a word that stands everywhere takes no longer than a rare one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from .. import clock
from ..accounts.models import Department, User
from ..actions.models import Action, ActionStatus, Decision
from ..causes.models import Problem, ProblemStatus, about_nothing_hidden
from ..db import BIGGEST_ID, db
from ..discussion.models import Comment
from ..issues.models import Issue, contribution
from ..issues.queries import is_open, searchable
from ..reviews.models import Review
from .hits import Hit, hits_of
from .index import ENTRY
from .kinds import KINDS
from .words import Question, stem

MOST = 200  # of a kind that are ranked, the newest
RECENT = 20_000  # PostgreSQL looks among so many of the newest entries first
PER_PAGE = 30
PER_KIND = 5  # in the palette
MOST_IN_PALETTE = 12
PERIODS = {"week": 7, "month": 31, "quarter": 92, "year": 366}


@dataclass(frozen=True)
class Asked:
    """What is looked for and where, as the URL says it."""

    text: str = ""
    kind: str = ""
    department: str = ""
    period: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Asked:
        """From the query string; what it does not understand is left out."""
        kind, period, page = args.get("kind", ""), args.get("period", ""), args.get("page", "")
        return cls(
            text=" ".join(searchable(args.get("q", "")[:1_000].replace("\t", " ").replace("\n", " ")).split())[:200],
            kind=kind if kind in KINDS else "",
            department=searchable(args.get("department", "")[:40]).upper()[:6],
            period=period if period in PERIODS else "",
            page=min(max(int(page), 1), 100) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
        )

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query string with some parts changed; empty parts are left out."""
        now = replace(self, **{"page": 1, **changes})
        given = {"q": now.text, "kind": now.kind, "department": now.department, "period": now.period, "page": now.page if now.page > 1 else ""}
        return {name: value for name, value in given.items() if value}


@dataclass
class Found:
    """The hits in order, and how many there are of each kind; `more` when a kind has more than were looked at."""

    hits: list[Hit] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    more: bool = False

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)

    def by_kind(self) -> list[tuple[str, list[Hit]]]:
        """The hits under the name of their kind, the kind of the best hit first."""
        groups: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in self.hits:
            groups[hit.kind].append(hit)
        return [(str(KINDS[name].label), hits) for name, hits in groups.items()]


@dataclass(frozen=True)
class Place:
    """Where an entry comes in the order, before anything is read of it."""

    kind: str
    thing_id: int
    by_key: bool
    in_title: bool
    open: bool
    entry: int

    @property
    def order(self) -> tuple[bool, bool, bool, int]:
        return (not self.by_key, not self.in_title, not self.open, -self.entry)


def find(person: User, asked: Asked) -> Found:
    """One page of what fits, and the counts of all of it."""
    places, more = look_up(person, asked, MOST)
    of_kind = [p for p in places if not asked.kind or p.kind == asked.kind]
    shown = of_kind[(asked.page - 1) * PER_PAGE : asked.page * PER_PAGE]
    counts = {name: sum(p.kind == name for p in places) for name in KINDS}
    return Found(hits_of([(p.kind, p.thing_id) for p in shown], Question.of(asked.text)), counts, len(of_kind), more)


def glance(person: User, text: str) -> Found:
    """The best few of each kind, for the palette."""
    places, _more = look_up(person, Asked(text), PER_KIND * 4)
    few: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        if len(few[place.kind]) < PER_KIND:
            few[place.kind].append(place)
    shown = sorted((p for kind in few.values() for p in kind), key=lambda p: p.order)[:MOST_IN_PALETTE]
    return Found(hits_of([(p.kind, p.thing_id) for p in shown], Question.of(text)), {}, len(shown))


def look_up(person: User, asked: Asked, most: int) -> tuple[list[Place], bool]:
    """The places of all that fits, best first, and whether a kind has more than `most`."""
    question = Question.of(asked.text)
    where = conditions(person, asked)
    found: dict[tuple[str, int], tuple[int, bool, bool]] = {}
    for kind, thing, entry in keyed(question, where):
        found[kind, thing] = (entry, True, False)
    full = False
    if question:
        for in_title in (True, False):
            per_kind: defaultdict[str, int] = defaultdict(int)
            for kind, thing, entry in matching(question, where, in_title=in_title, most=most):
                per_kind[kind] += 1
                found.setdefault((kind, thing), (entry, False, in_title))
            full = full or any(n >= most for n in per_kind.values())
    still = open_among(found)
    places = [Place(kind, thing, by_key, in_title, (kind, thing) in still, entry) for (kind, thing), (entry, by_key, in_title) in found.items()]
    return sorted(places, key=lambda p: p.order), full


def conditions(person: User, asked: Asked) -> list[sa.ColumnElement[bool]]:
    """What an entry must be to be shown at all; a restricted problem, and what hangs on it, is filtered here and nowhere later."""
    where = [about_nothing_hidden(ENTRY.c.problem_id, person)]
    if asked.department:
        of = sa.select(Department.id).where(Department.code == asked.department).scalar_subquery()
        joins = sa.select(contribution.c.issue_id).where(contribution.c.department_id == of, contribution.c.issue_id == ENTRY.c.issue_id)
        leads = sa.select(Issue.id).where(Issue.id == ENTRY.c.issue_id, Issue.lead_id == of)
        owns = sa.select(Problem.id).where(Problem.id == ENTRY.c.problem_id, Problem.department_id == of)
        where.append(sa.or_(leads.exists(), joins.exists(), owns.exists()))
    if asked.period:
        since = clock.now() - timedelta(days=PERIODS[asked.period])
        where.append(
            sa.or_(*[sa.and_(ENTRY.c.kind == name, sa.exists().where(kind.model.id == ENTRY.c.thing_id, moment_of(name) >= since)) for name, kind in KINDS.items()])
        )
    return where


def moment_of(kind: str) -> Any:
    """When a thing of this kind was made."""
    return {
        "issue": Issue.created_at, "problem": Problem.created_at, "action": Action.created_at, "decision": Decision.at, "minutes": Review.starts_at, "comment": Comment.at,
    }[kind]  # fmt: skip


def keyed(question: Question, where: list[sa.ColumnElement[bool]]) -> Sequence[Any]:
    """The issue and the problem with the key that was typed."""
    if question.key is None or question.key[1] > BIGGEST_ID:
        return []
    prefix, number = question.key
    kinds = [kind for kind, p in (("issue", "CX"), ("problem", "EX")) if prefix in ("", p)]
    return db.session.execute(sa.select(ENTRY.c.kind, ENTRY.c.thing_id, ENTRY.c.id).where(ENTRY.c.kind.in_(kinds), ENTRY.c.thing_id == number, *where)).all()


def matching(question: Question, where: list[sa.ColumnElement[bool]], *, in_title: bool, most: int) -> list[Any]:
    """(kind, thing, entry) of the newest entries that hold all words, at most `most` of each kind."""
    kinds = [k for k in KINDS if not in_title or k in ("issue", "problem", "action")]
    if db.session.get_bind().dialect.name == "sqlite":
        return list(db.session.execute(_union(kinds, most, lambda kind: _sqlite(question, kind, where, in_title, most))))
    recent = sa.select(sa.func.coalesce(sa.func.max(ENTRY.c.id), 0) - RECENT).select_from(ENTRY).scalar_subquery()
    found = list(db.session.execute(_union(kinds, most, lambda kind: _postgresql(question, kind, where, in_title, most, ENTRY.c.id > recent))))
    full = {kind for kind in kinds if sum(f[0] == kind for f in found) >= most}
    if rest := [k for k in kinds if k not in full]:
        found = [f for f in found if f[0] in full]
        found += db.session.execute(_union(rest, most, lambda kind: _postgresql(question, kind, where, in_title, most)))
    return found


def _union(kinds: Sequence[str], most: int, one: Any) -> Any:
    return sa.union_all(*[sa.select(one(kind).subquery()) for kind in kinds])


def _sqlite(question: Question, kind: str, where: list[sa.ColumnElement[bool]], in_title: bool, most: int) -> Any:
    """FTS5 walks through its hits from the newest on, and stops when there are enough."""
    sign = "§" if in_title else ""
    asks = [f'"¶{kind}"', *(f'"{sign}{s}"' for s in question.stems)]
    if question.last:
        asks.append(f'("{sign}{stem(question.last)}" OR "{sign}{question.last}"*)')
    words = sa.table("search_words", sa.column("rowid"), sa.column("search_words"))
    select = sa.select(ENTRY.c.kind, ENTRY.c.thing_id, ENTRY.c.id).select_from(words.join(ENTRY, ENTRY.c.id == words.c.rowid))
    return select.where(words.c.search_words.op("match")(" AND ".join(asks)), *where).order_by(words.c.rowid.desc()).limit(most)


def _postgresql(question: Question, kind: str, where: list[sa.ColumnElement[bool]], in_title: bool, most: int, *more: sa.ColumnElement[bool]) -> Any:
    sign = "§" if in_title else ""
    asks = [f"'¶{kind}'", *(f"'{sign}{s}'" for s in question.stems)]
    if question.last:
        asks.append(f"('{sign}{stem(question.last)}' | '{sign}{question.last}':*)")
    query = sa.cast(" & ".join(asks), sa.dialects.postgresql.TSQUERY)
    select = sa.select(ENTRY.c.kind, ENTRY.c.thing_id, ENTRY.c.id).where(ENTRY.c.vector.op("@@")(query), *more, *where)
    return select.order_by(ENTRY.c.id.desc()).limit(most)


def open_among(found: dict[tuple[str, int], Any]) -> set[tuple[str, int]]:
    """Those of them that are still open: issues, problems and promises can be closed; what was said stands by itself."""
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for kind, thing in found:
        ids[kind].append(thing)
    selects = []
    if ids["issue"]:
        selects.append(sa.select(sa.literal("issue"), Issue.id).where(Issue.id.in_(ids["issue"]), is_open()))
    if ids["problem"]:
        selects.append(sa.select(sa.literal("problem"), Problem.id).where(Problem.id.in_(ids["problem"]), Problem.status.not_in((ProblemStatus.RESOLVED, ProblemStatus.REJECTED))))
    if ids["action"]:
        selects.append(sa.select(sa.literal("action"), Action.id).where(Action.id.in_(ids["action"]), Action.status == ActionStatus.OPEN))
    still = {(str(kind), int(id)) for kind, id in db.session.execute(sa.union_all(*selects))} if selects else set()
    return still | {(kind, thing) for kind, thing in found if kind in ("decision", "minutes", "comment")}
