"""Finding: which entries fit the question, as far as this person may see them, in which order, and what their hits say.

Ranked: the key itself, then hits in a title, what is open before what is closed, and the newest first. Only the newest few
hundred of a kind are looked at, so that a word that stands everywhere takes no longer than a rare one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from werkzeug.datastructures import MultiDict

from .. import clock
from ..accounts.models import Department, User
from ..actions.models import Action, ActionStatus
from ..causes.models import Problem, ProblemStatus, about_nothing_hidden
from ..db import BIGGEST_ID, db
from ..handoffs.models import OPEN as HANDOFF_OPEN, Handoff
from ..issues.models import Issue, contribution
from ..issues.queries import Reader, is_open, searchable
from ..words import Question, stem
from .hits import Hit, hits_of
from .index import ENTRY
from .kinds import KINDS, WITH_TITLE
from .words import SIGNS

MOST = 200  # of a kind that are ranked, the newest
LOOKED_AT = 3_000  # of a kind that a filter is tried on, the newest
NEWEST = (5_000, 40_000, 200_000)  # entries among which PostgreSQL looks for what is common, the newest
COMMON = 250  # hits of one kind that PostgreSQL fetches whatever their age; not fewer than MOST
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

    @property
    def narrows(self) -> bool:
        """Whether a filter leaves some of the hits out."""
        return bool(self.department or self.period)

    @property
    def since(self) -> datetime:
        """When the period begins that is asked for."""
        return clock.now() - timedelta(days=PERIODS[self.period])

    @property
    def first_day(self) -> str | None:
        """The day on which that period begins, as other lists take it; None for any time."""
        return clock.local(self.since).date().isoformat() if self.period else None

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
    question = Question.of(asked.text)
    places, more = look_up(person, asked, question, MOST)
    of_kind = [p for p in places if not asked.kind or p.kind == asked.kind]
    shown = of_kind[(asked.page - 1) * PER_PAGE : asked.page * PER_PAGE]
    counts = {name: sum(p.kind == name for p in places) for name in KINDS}
    return Found(hits_of([(p.kind, p.thing_id) for p in shown], question), counts, len(of_kind), more)


def glance(person: User, text: str) -> Found:
    """The best few of each kind, for the palette."""
    question = Question.of(text, typing=True)
    places, _more = look_up(person, Asked(text), question, PER_KIND * 4)
    few: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        if len(few[place.kind]) < PER_KIND:
            few[place.kind].append(place)
    shown = sorted((p for kind in few.values() for p in kind), key=lambda p: p.order)[:MOST_IN_PALETTE]
    return Found(hits_of([(p.kind, p.thing_id) for p in shown], question), {}, len(shown))


def with_keys(person: User, keys: Sequence[tuple[str, int]]) -> list[Hit]:
    """The issues and problems with these keys that are there and may be seen, in this order."""
    things = [("issue" if prefix == "CX" else "problem", number) for prefix, number in keys if number <= BIGGEST_ID]
    pairs = sa.or_(*[sa.and_(ENTRY.c.kind == kind, ENTRY.c.thing_id == number) for kind, number in things], sa.false())
    seen = {(kind, id) for kind, id in db.session.execute(sa.select(ENTRY.c.kind, ENTRY.c.thing_id).where(pairs, visible(person)))} if things else set()
    return hits_of([t for t in things if t in seen], Question())


def look_up(person: User, asked: Asked, question: Question, most: int) -> tuple[list[Place], bool]:
    """The places of all that fits, best first, and whether a kind has more than `most`."""
    found: dict[tuple[str, int], tuple[int, bool, bool]] = {(kind, thing): (entry, True, False) for kind, thing, entry in keyed(question, person, asked)}
    seen: Counter[tuple[str, bool]] = Counter()
    for kind, thing, entry, in_title in matching(question, person, asked, most=most) if question else ():
        seen[kind, in_title] += 1
        before = found.get((kind, thing), (entry, False, False))
        found[kind, thing] = (entry, before[1], before[2] or bool(in_title))
    full = any(n >= most for n in seen.values())
    still = open_among(found)
    places = [Place(kind, thing, by_key, in_title, (kind, thing) in still, entry) for (kind, thing), (entry, by_key, in_title) in found.items()]
    return sorted(places, key=lambda p: p.order), full


def visible(person: Any) -> sa.ColumnElement[bool]:
    """A restricted problem, and what hangs on it, is left out here, before anything is counted or cut off, and nowhere later."""
    return about_nothing_hidden(ENTRY.c.problem_id, person)


def narrowed(asked: Asked, entry: Any) -> list[sa.ColumnElement[bool]]:
    """The filters: of a department, made in a period."""
    return [*([of_department(entry, asked.department)] if asked.department else []), *([entry.c.at >= asked.since] if asked.period else [])]


def of_department(entry: Any, code: Any) -> sa.ColumnElement[bool]:
    """About an issue that the department leads or contributes to, or a problem that it has."""
    of = sa.select(Department.id).where(Department.code == code).scalar_subquery()
    joins = sa.select(contribution.c.issue_id).where(contribution.c.department_id == of, contribution.c.issue_id == entry.c.issue_id)
    leads = sa.select(Issue.id).where(Issue.id == entry.c.issue_id, Issue.lead_id == of)
    owns = sa.select(Problem.id).where(Problem.id == entry.c.problem_id, Problem.department_id == of)
    return sa.or_(leads.exists(), joins.exists(), owns.exists())


def keyed(question: Question, person: User, asked: Asked) -> Sequence[Any]:
    """The issue and the problem with the key that was typed."""
    if question.key is None or question.key[1] > BIGGEST_ID:
        return []
    prefix, number = question.key
    kinds = [kind for kind, p in (("issue", "CX"), ("problem", "EX")) if prefix in ("", p)]
    where = (ENTRY.c.kind.in_(kinds), ENTRY.c.thing_id == number, visible(person), *narrowed(asked, ENTRY))
    return db.session.execute(sa.select(ENTRY.c.kind, ENTRY.c.thing_id, ENTRY.c.id).where(*where)).all()


def matching(question: Question, person: User, asked: Asked, *, most: int) -> list[Any]:
    """(kind, thing, entry, in the title) of the newest entries that hold all words, about `most` of each kind."""
    if db.session.get_bind().dialect.name == "sqlite":
        return matching_on_sqlite(question, person, asked, most)
    return matching_on_postgresql(question, person, asked, most)


COLUMNS = (ENTRY.c.kind, ENTRY.c.thing_id, ENTRY.c.id, ENTRY.c.issue_id, ENTRY.c.problem_id, ENTRY.c.at)


def matching_on_sqlite(question: Question, person: User, asked: Asked, most: int) -> list[Any]:
    """FTS5 walks through its hits from the newest on, and stops when there are enough: for each kind, and its titles."""
    words = sa.table("search_words", sa.column("rowid"), sa.column("search_words"))
    parts = []
    for sign, in_title in ((sign, n) for kind in KINDS for n, sign in enumerate(SIGNS[kind][: 1 + (kind in WITH_TITLE)])):
        fits = words.c.search_words.op("match")(for_fts5(question, sign))
        hits = sa.select(*COLUMNS).select_from(words.join(ENTRY, ENTRY.c.id == words.c.rowid)).where(fits, visible(person))
        newest = hits.order_by(words.c.rowid.desc()).limit(most if not asked.narrows else LOOKED_AT).subquery()
        parts.append(sa.select(newest.c.kind, newest.c.thing_id, newest.c.id, sa.literal(in_title)).where(*narrowed(asked, newest)))
    return list(db.session.execute(sa.union_all(*parts)))


def matching_on_postgresql(question: Question, person: User, asked: Asked, most: int) -> list[Any]:
    """GIN knows no order, and to fetch all hits of a word that stands everywhere takes long.

    So first among the newest thousands; for the kinds that had few there, all hits if those are not too many (a rare word);
    and what is left is so common that there are enough among ever more of the newest.
    """
    newest = db.session.scalar(sa.select(sa.func.max(ENTRY.c.id)).select_from(ENTRY)) or 0
    enough = LOOKED_AT if asked.narrows else most
    about = {"reader": person.id, "departments": list(person.department_ids), "department": asked.department, "since": asked.since if asked.period else None}

    def ask(kinds: Sequence[str], *, after: int | None = None, at_most: int | None = None) -> list[str]:
        """Keep the newest hits of these kinds, among the entries `after` one or among `at_most` of each kind; returns the kinds
        that had fewer than enough.
        """
        groups = tuple((kind,) for kind in kinds) if at_most else (tuple(kinds),)
        select = newest_hits(groups, person.is_regisseur, enough, bool(asked.department), bool(asked.period), at_most)
        words = {name: ask for group in groups for name, ask in words_of(question, group).items()}
        if at_most:  # only by the index of the words: walking through all entries would not end
            db.session.execute(sa.text("set local enable_seqscan = off"))
        rows = db.session.execute(select, {**about, **words, "after": after}).all()
        if at_most:
            db.session.execute(sa.text("set local enable_seqscan = on"))
        seen.update(dict.fromkeys(kinds, 0) | {row[0]: row[4] for row in rows})
        found.update({kind: [row[:4] for row in rows if row[0] == kind] for kind in kinds})
        return [kind for kind in kinds if seen[kind] < enough]

    found: dict[str, list[Any]] = {}
    seen: dict[str, int] = {}
    few = ask(list(KINDS), after=newest - NEWEST[0])
    if few and newest > NEWEST[0]:
        ask(few, at_most=COMMON + 1)
        few = [kind for kind in few if seen[kind] > COMMON]
        for many in NEWEST[1:]:
            few = ask(few, after=newest - many) if few else []
        if few:
            ask(few, at_most=BIGGEST_ID)
    return [row for rows in found.values() for row in rows]


@lru_cache(maxsize=500)
def newest_hits(groups: tuple[tuple[str, ...], ...], is_regisseur: bool, enough: int, of_one: bool, of_late: bool, at_most: int | None) -> sa.Select[Any]:
    """Of each kind the newest hits, and the newest with the words in their title, as far as they pass the filters; each with the
    count of its kind.

    Among the entries `after` one; otherwise among `at_most` of each kind. What is looked for and who looks is
    said when it runs (`words_of`, `Reader`): building it takes as long as the answer.
    """
    reader: Any = Reader(is_regisseur)
    parts = [hits_of_kinds(kinds, reader) for kinds in groups]
    parts = [part.limit(at_most) if at_most else part.where(ENTRY.c.id > sa.bindparam("after")) for part in parts]
    hits = parts[0].subquery() if len(parts) == 1 else sa.union_all(*[sa.select(part.subquery()) for part in parts]).subquery()
    place = sa.func.row_number().over(partition_by=(hits.c.kind, hits.c.in_title), order_by=hits.c.id.desc()).label("place")
    placed = sa.select(hits, place, sa.func.count().over(partition_by=hits.c.kind).label("seen")).subquery()
    filters = [of_department(placed, sa.bindparam("department"))] if of_one else []
    filters += [placed.c.at >= sa.bindparam("since")] if of_late else []
    return sa.select(placed.c.kind, placed.c.thing_id, placed.c.id, placed.c.in_title, placed.c.seen).where(placed.c.place <= enough, *filters)


def hits_of_kinds(kinds: Sequence[str], reader: Any) -> sa.Select[Any]:
    """The entries of these kinds that hold all words, and whether their title does."""

    def hold(name: str) -> sa.ColumnElement[bool]:
        return ENTRY.c.vector.op("@@")(sa.cast(sa.bindparam(name, type_=sa.String), TSQUERY))

    in_words, in_a_title = names_of(kinds)
    in_title = sa.case((hold(in_a_title), 1), else_=0) if any(k in WITH_TITLE for k in kinds) else sa.literal_column("0")
    return sa.select(*COLUMNS, in_title.label("in_title")).where(hold(in_words), visible(reader))


def names_of(kinds: Sequence[str]) -> tuple[str, str]:
    """What the words, and the words of a title, are called in a statement about these kinds."""
    return f"words_{'_'.join(kinds)}", f"title_{'_'.join(kinds)}"


def words_of(question: Question, kinds: Sequence[str]) -> dict[str, str]:
    """The words as each of these kinds signs them."""
    titles = [for_tsquery(question, SIGNS[kind][1]) for kind in kinds if kind in WITH_TITLE]
    in_words, in_a_title = names_of(kinds)
    return {in_words: any_of([for_tsquery(question, SIGNS[kind][0]) for kind in kinds]), **({in_a_title: any_of(titles)} if titles else {})}


def any_of(asks: Sequence[str]) -> str:
    return "(" + " | ".join(f"({ask})" for ask in asks) + ")"


def for_fts5(question: Question, sign: str) -> str:
    asks = [f'"{sign}{s}"' for s in question.stems]
    if question.last:
        asks.append(f'("{sign}{stem(question.last)}" OR "{sign}{question.last}"*)')
    return " AND ".join(asks)


def for_tsquery(question: Question, sign: str) -> str:
    asks = [f"'{sign}{s}'" for s in question.stems]
    if question.last:
        asks.append(f"('{sign}{stem(question.last)}' | '{sign}{question.last}':*)")
    return " & ".join(asks)


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
    if ids["handoff"]:
        selects.append(sa.select(sa.literal("handoff"), Handoff.id).where(Handoff.id.in_(ids["handoff"]), Handoff.status.in_(HANDOFF_OPEN)))
    if ids["action"]:
        selects.append(sa.select(sa.literal("action"), Action.id).where(Action.id.in_(ids["action"]), Action.status == ActionStatus.OPEN))
    still = {(str(kind), int(id)) for kind, id in db.session.execute(sa.union_all(*selects))} if selects else set()
    return still | {(kind, thing) for kind, thing in found if kind in ("decision", "minutes", "comment")}
