"""The questions that the board and the lists of issues answer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from .. import clock
from ..accounts.models import Department, User
from ..db import BIGGEST_ID, Moment, db
from ..forms import read_id
from ..journeys.models import Stage
from ..words import key_in
from .models import Issue, IssueTag, Stay, contribution
from .status import BOARD, OPEN, Status

MOST_PER_COLUMN = 100
DONE_DAYS = 14
STILL_DAYS = 14
FEWEST_STAYS = 8
KEPT = timedelta(minutes=10)
LONGEST_WORD = 200  # characters that are looked for; no title has more, and SQLite takes no pattern of 50,000
ON_ITS_WAY = timedelta(hours=1)  # a shorter stay is a card that was only passing, or put right
OPEN_VALUES = [s.value for s in OPEN]


# how long is usual


class Usual(NamedTuple):
    """Whole days within which 70 % and 85 % of the issues leave a status; `n` stays were counted (0: a first guess)."""

    p70: int
    p85: int
    n: int


FIRST_GUESS = {
    Status.NEW: Usual(3, 5, 0),
    Status.ANALYSING: Usual(9, 14, 0),
    Status.READY: Usual(7, 12, 0),
    Status.IN_PROGRESS: Usual(16, 25, 0),
    Status.VERIFYING: Usual(28, 42, 0),
}
_usual: dict[str, tuple[datetime, dict[Status, Usual]]] = {}


def forget_usual_days() -> None:
    """Count again at the next question; tests call it between databases."""
    _usual.clear()


def usual_days() -> dict[Status, Usual]:
    """Per open status, from its newest 500 finished stays; kept for ten minutes in this process."""
    key = str(current_app.config["SQLALCHEMY_DATABASE_URI"])
    kept = _usual.get(key)
    if kept and timedelta(0) <= clock.now() - kept[0] < KEPT:
        return kept[1]
    newest = [
        sa.select(Stay.status, Stay.since, Stay.until)
        .where(Stay.status == s, Stay.until.is_not(None))
        .order_by(Stay.until.desc())
        .limit(500)
        .subquery()
        for s in OPEN
    ]
    stays: dict[Status, list[float]] = {s: [] for s in OPEN}
    for status, since, until in db.session.execute(sa.union_all(*[sa.select(n) for n in newest])):
        if until - since > ON_ITS_WAY:
            stays[status].append((until - since).total_seconds() / 86_400)
    found = {s: _usual_of(sorted(days), FIRST_GUESS[s]) for s, days in stays.items()}
    _usual[key] = clock.now(), found
    return found


def _usual_of(days: list[float], guess: Usual) -> Usual:
    if len(days) < FEWEST_STAYS:
        return guess
    p70, p85 = (max(1, math.ceil(days[math.ceil(q * len(days)) - 1])) for q in (0.70, 0.85))  # nearest rank
    return Usual(p70, max(p85, p70), len(days))


def ageing(days: int, status: Status) -> str:
    """`slow` past the usual 70th percentile of that status, `late` past the 85th, else ''."""
    usual = usual_days().get(status)
    if usual is None:
        return ""
    return "late" if days > usual.p85 else "slow" if days > usual.p70 else ""


def standing_still() -> sa.ColumnElement[bool]:
    """Open, and past the 85th percentile of its status or untouched for 14 days."""
    return _standing_still(*_this_hour())


def _this_hour() -> tuple[datetime, tuple[tuple[Status, Usual], ...]]:
    """What standing still depends on, to the hour, so that what follows from it can be kept that long."""
    return clock.now().replace(minute=0, second=0, microsecond=0), tuple(usual_days().items())


@lru_cache(maxsize=8)
def _standing_still(now: datetime, usual: tuple[tuple[Status, Usual], ...]) -> sa.ColumnElement[bool]:
    past = [sa.and_(Issue.status == s, Issue.status_since < now - timedelta(days=u.p85 + 1)) for s, u in usual]
    return sa.and_(is_open(), sa.or_(Issue.touched_at < now - timedelta(days=STILL_DAYS), *past))


def is_open() -> sa.ColumnElement[bool]:
    """On the board and not done. With literal values, so that the partial index on open issues is used."""
    return sa.type_coerce(Issue.status, sa.String).in_([sa.literal_column(f"'{value}'") for value in OPEN_VALUES])


# the board


@dataclass(frozen=True)
class BoardFilter:
    """What the board shows, as its URL says it."""

    department: str = ""
    lead_only: bool = False
    owner: str = ""
    stage: int | None = None
    tag: str = ""
    still: bool = False
    waiting: bool = False
    text: str = ""
    lanes: bool = False

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> BoardFilter:
        """From the query string; what it does not understand is left out."""
        stage, owner = args.get("stage", ""), args.get("owner", "")
        return cls(
            department=searchable(args.get("department", "")).upper()[:6],
            lead_only=args.get("as") == "lead",
            owner=owner if owner in ("me", "none") or read_id(owner) else "",
            stage=read_id(stage),
            tag=searchable(args.get("tag", ""))[:40],
            still=args.get("still") == "1",
            waiting=args.get("waiting") == "1",
            text=searchable(args.get("q", ""))[:100],
            lanes=args.get("lanes") == "department",
        )

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query string of this filter with some parts changed; empty parts are left out."""
        now = replace(self, **changes)
        given = {
            "department": now.department,
            "as": "lead" if now.lead_only and now.department else "",
            "owner": now.owner,
            "stage": now.stage,
            "tag": now.tag,
            "still": "1" if now.still else "",
            "waiting": "1" if now.waiting else "",
            "q": now.text,
            "lanes": "department" if now.lanes else "",
        }
        return {k: v for k, v in given.items() if v}

    def url(self, **changes: Any) -> str:
        """The board's address with this filter and some parts changed. By hand: the page has one per choice."""
        args = self.args(**changes)
        return "/board?" + urlencode(args) if args else "/board"

    @property
    def narrows(self) -> bool:
        return bool(replace(self, lanes=False).args())

    def where(self, person: Any) -> list[sa.ColumnElement[bool]]:
        """The conditions on Issue."""
        found: list[sa.ColumnElement[bool]] = []
        if self.department:
            of = sa.select(Department.id).where(Department.code == self.department).scalar_subquery()
            joins = sa.exists().where(contribution.c.issue_id == Issue.id, contribution.c.department_id == of)
            found.append(Issue.lead_id == of if self.lead_only else sa.or_(Issue.lead_id == of, joins))
        if self.owner == "none":
            found.append(Issue.owner_id.is_(None))
        elif self.owner:
            found.append(Issue.owner_id == (person.id if self.owner == "me" else int(self.owner)))
        if self.stage:
            found.append(Issue.stage_id == self.stage)
        if self.tag:
            found.append(sa.exists().where(IssueTag.issue_id == Issue.id, IssueTag.name == self.tag))
        if self.still:
            found.append(standing_still())
        if self.waiting:
            found.append(waits_for(person.department_ids))
        if self.text:
            found.append(matches(self.text))
        return found


def waits_for(department_ids: frozenset[int]) -> sa.ColumnElement[bool]:
    """Something is asked about it, and one of these departments has to act (any department, for who works for none)."""
    Handoff = Issue.handoffs.property.mapper.class_
    return sa.exists().where(Handoff.issue_id == Issue.id, Handoff.waits(department_ids))


def matches(text: str) -> sa.ColumnElement[bool]:
    """Issues with this key or with all these words in the title, upper or lower case alike; % and _ are just characters."""
    if number := number_in(text):
        return sa.or_(Issue.id == number, Issue.title.icontains(text, autoescape=True))
    return sa.and_(*[Issue.title.icontains(word[:LONGEST_WORD], autoescape=True) for word in text.split()[:8]])


def number_in(text: str) -> int | None:
    """12, from `CX-12`, `cx 12` or a bare `12`, when that is all there is."""
    prefix, number = key_in(text) or ("EX", 0)
    return number if prefix != "EX" and number <= BIGGEST_ID else None


def searchable(text: str) -> str:
    """What can be looked for of what stands in an address: printable, and nothing that a database can't take."""
    return "".join(c for c in text if c.isprintable()).encode("utf-8", "ignore").decode().strip()


class Dept(NamedTuple):
    """What the board shows of a department."""

    code: str
    name: str
    colour: str
    wip_limit: int
    archived: bool


_d = Department.__table__.c
_DEPARTMENTS = sa.select(_d.id, _d.code, _d.name, _d.colour, _d.wip_limit, _d.archived_at.is_not(None)).order_by(_d.code)


def board_departments() -> dict[int, Dept]:
    """Every department by id, the archived ones too: they may still lead something."""
    rows = db.session.connection().execute(_DEPARTMENTS).all()
    return {id: Dept(code, name, colour, wip_limit, bool(archived)) for id, code, name, colour, wip_limit, archived in rows}


@dataclass(frozen=True, eq=False, slots=True)
class Card:
    """One issue as the board shows it. Equal values are the same card, so its fragment can be kept beside it."""

    id: int
    title: str
    status: str
    days: int
    mark: str
    still: bool
    lead: Dept | None
    also: tuple[Dept, ...]
    owner: str
    causes: int
    voices: int
    focus: int
    waits: Dept | None
    waits_days: int
    verdict: str
    expected: str
    rank: int
    version: int
    movable: bool

    @property
    def key(self) -> str:
        return f"CX-{self.id}"


@dataclass
class Column:
    """One status of the board: its cards, how many there are in all, and how long is usual."""

    status: Status
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    usual: Usual | None = None


@dataclass
class Lane:
    """One department's row of the board (None: no lead yet)."""

    department: Dept | None
    columns: list[Column]

    @property
    def in_progress(self) -> int:
        return self.columns[BOARD.index(Status.IN_PROGRESS)].count

    @property
    def over(self) -> bool:
        return bool(self.department and self.in_progress > self.department.wip_limit)


def cards(
    person: User,
    *,
    only: int | None = None,
    numbers: Collection[int] | None = None,
    filter: BoardFilter | None = None,
    departments: dict[int, Dept] | None = None,
) -> tuple[list[Card], dict[Status, int]]:
    """The cards of the board in order of rank (done: newest first), at most 100 a column, and the count per column.

    One statement, however many issues there are. `only` asks for one card, whatever its status; `numbers` for those of
    these issues that are on the board under the filter (then without the counts).
    """
    if departments is None:
        departments = board_departments()
    since = clock.now() - timedelta(days=DONE_DAYS)
    shown = replace(filter or BoardFilter(), lanes=False) if only is None else None
    reader = _reader(person, shown)
    key = (reader, shown, numbers is None, _this_hour() if shown and shown.still else None)
    select = _statements.get(key)
    if select is None:
        if len(_statements) > MOST_STATEMENTS:
            _statements.clear()
        select = _statements[key] = _cards_statement(reader, shown, some=numbers is not None)
    # Plain rows straight from the connection: the board needs no entities, and this is the page everybody opens.
    asked: dict[str, Any] = {"done_since": since} if shown else {"only": only}
    if numbers is not None:
        asked["numbers"] = list(numbers)
    asked |= {"reader": person.id, "departments": list(person.department_ids)}
    rows = db.session.connection().execute(select, asked).all()
    seen = _cards_of(person, departments)
    found: list[Card] = []
    counts: dict[str, int] = {}
    for row in rows:
        card = seen(row[:-1])
        found.append(card)
        if card.status not in counts:
            counts[card.status] = row[-1]
    return found, {Status(value): total for value, total in counts.items()} if numbers is None else {}


class _Seen(dict[tuple[Any, ...], Card]):
    """The cards of rows that were read before, by all their values; most rows of a board are the same at the next look."""

    def __init__(self, read: Callable[[tuple[Any, ...]], Card]) -> None:
        self.read = read

    def __missing__(self, row: tuple[Any, ...]) -> Card:
        if len(self) > MOST_ROWS:
            self.clear()
        self[row] = card = self.read(row)
        return card


MOST_ROWS = 5_000
MOST_READERS = 200
_seen: dict[Any, _Seen] = {}
_same = lru_cache(maxsize=20_000)(Card)


def _cards_of(person: User, departments: dict[int, Dept]) -> Callable[[tuple[Any, ...]], Card]:
    """What gives the card of a row: kept by everything that a card follows from besides its row."""
    hour, usual = _this_hour()
    zone, day = clock.zone(), clock.today()
    mine, me, role = person.department_ids, person.id, person.role
    about = (hour, day, zone.key, usual, mine, me, role, tuple(departments.items()))
    seen = _seen.get(about)
    if seen is None:
        if len(_seen) >= MOST_READERS:
            _seen.clear()
        limits = {status.value: u for status, u in usual}
        depts = {str(id): dept for id, dept in departments.items()}
        may_all, may_own = person.is_regisseur, role.value != "viewer"
        still_before = hour - timedelta(days=STILL_DAYS)

        def read(row: tuple[Any, ...]) -> Card:
            id, title, status, since, touched, lead_id, owner_id, owner_name, reporter_id, verdict, expected, rank, version, voices, also, causes, place, waits = row  # fmt: skip
            days = (day - _moment(since).astimezone(zone).date()).days
            u = limits.get(status)
            mark = "" if u is None or days <= u.p70 else "late" if days > u.p85 else "slow"
            with_ids = also.split(",") if also else ()
            whom, _blank, turned = waits.partition(" ") if waits else ("", "", "")
            return _same(
                id,
                title,
                status,
                days,
                mark,
                still=u is not None and (mark == "late" or _moment(touched) < still_before),
                lead=depts[str(lead_id)] if lead_id else None,
                also=tuple(sorted([depts[d] for d in with_ids])),
                owner=owner_name or "",
                causes=causes,
                voices=voices,
                focus=place or 0,
                waits=depts[whom] if whom else None,
                waits_days=(day - _moment(turned).astimezone(zone).date()).days if turned else 0,
                verdict=verdict or "",
                expected=(expected or "")[:80] if status == "verifying" else "",
                rank=rank,
                version=version,
                movable=may_all
                or (
                    may_own
                    and (lead_id in mine or me in (owner_id, reporter_id) or any(int(d) in mine for d in with_ids))
                ),
            )

        seen = _seen[about] = _Seen(read)
    return seen.__getitem__


def _moment(value: str | datetime) -> datetime:
    """As the board's statement reads it: SQLite gives the text that it keeps, in UTC, without saying so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


MOST_STATEMENTS = 500
_statements: dict[Any, Any] = {}  # building one takes longer than running it


@dataclass(frozen=True)
class Reader:
    """Whoever reads, as a statement knows them that serves all who have the same role: named when it runs."""

    is_regisseur: bool
    id: ClassVar[Any] = sa.bindparam("reader", type_=sa.Integer)
    shown_problem: ClassVar[None] = None
    department_ids: ClassVar[Any] = sa.bindparam("departments", expanding=True, type_=sa.Integer)


class _OneReader(NamedTuple):
    """One person, where the filter is about them ("mine", "waits for us")."""

    is_regisseur: bool
    id: int
    department_ids: frozenset[int]

    @property
    def shown_problem(self) -> None:
        return None


def _reader(person: User, shown: BoardFilter | None) -> Any:
    """Who a statement is made for."""
    about_them = shown is not None and (shown.owner == "me" or shown.waiting)
    return _OneReader(person.is_regisseur, person.id, person.department_ids) if about_them else Reader(person.is_regisseur)


def _cards_statement(person: Any, shown: BoardFilter | None, *, some: bool = False) -> sa.Select[Any]:
    """What `cards` asks the database: all that is `shown`, `some` of it (`numbers`), or the issue `only`; these and
    `done_since` are given when it runs.
    """
    # Cause, Focus and Handoff live above this slice; an issue knows them by its relationships.
    Cause, Focus = Issue.causes.property.mapper.class_, Issue.focus.property.mapper.class_
    Handoff = Issue.handoffs.property.mapper.class_
    owner = aliased(User)
    causes = sa.select(sa.func.count()).where(Cause.issue_id == Issue.id, Cause.visible_to(person)).scalar_subquery()
    focus = sa.select(Focus.place).where(Focus.issue_id == Issue.id, Focus.until.is_(None)).limit(1).scalar_subquery()
    also = sa.func.aggregate_strings(sa.cast(contribution.c.department_id, sa.String), ",")
    base = sa.select(
        Issue.id,
        Issue.title,
        sa.type_coerce(Issue.status, sa.String),
        sa.type_coerce(Issue.status_since, sa.String),  # as the driver gives it: most rows are never looked into
        sa.type_coerce(Issue.touched_at, sa.String),
        Issue.lead_id,
        Issue.owner_id,
        owner.name.label("owner"),
        Issue.reporter_id,
        sa.type_coerce(Issue.verdict, sa.String),
        Issue.expected_effect,
        Issue.rank,
        Issue.version,
        Issue.voice_count,
        sa.select(also).where(contribution.c.issue_id == Issue.id).scalar_subquery(),
        causes.label("causes"),
        focus.label("focus"),
        Handoff.longest_wait(),
    ).outerjoin(owner, owner.id == Issue.owner_id)
    if shown is None:
        return base.add_columns(sa.literal(1).label("total")).where(Issue.id == sa.bindparam("only", type_=sa.Integer))
    where = shown.where(person)
    if some:
        lately = sa.and_(Issue.status == Status.DONE, Issue.status_since > sa.bindparam("done_since", type_=Moment()))
        these = Issue.id.in_(sa.bindparam("numbers", expanding=True, type_=sa.Integer))
        return base.add_columns(sa.literal(0).label("total")).where(these, sa.or_(is_open(), lately), *where).order_by(Issue.rank, Issue.id)
    place = sa.func.row_number().over(partition_by=Issue.status, order_by=(Issue.rank, Issue.id)).label("place")
    total = sa.func.count().over(partition_by=Issue.status).label("total")
    picked = sa.select(Issue.id, place, total).where(is_open(), *where).subquery()
    newest = sa.func.row_number().over(order_by=(Issue.status_since.desc(), Issue.id.desc())).label("place")
    recent = (
        sa.select(Issue.id, newest, sa.func.count().over().label("total"))
        .where(Issue.status == Status.DONE, Issue.status_since > sa.bindparam("done_since", type_=Moment()), *where)
        .subquery()
    )
    both = sa.union_all(
        sa.select(picked).where(picked.c.place <= MOST_PER_COLUMN),
        sa.select(recent).where(recent.c.place <= MOST_PER_COLUMN),
    ).subquery()
    return base.add_columns(both.c.total).join(both, both.c.id == Issue.id).order_by(both.c.place)


def board(person: User, filter: BoardFilter, departments: dict[int, Dept]) -> list[Lane]:
    """The whole board: one lane without a department, or a lane per department that leads something."""
    found, counts = cards(person, filter=filter, departments=departments)
    usual = usual_days()
    if not filter.lanes:
        return [Lane(None, _columns(found, usual, counts))]
    lanes = []
    by_code = {d.code: d for d in departments.values()}
    for code in sorted({c.lead.code if c.lead else "" for c in found}, key=lambda c: (c == "", c)):
        own = [c for c in found if (c.lead.code if c.lead else "") == code]
        lanes.append(Lane(by_code.get(code), _columns(own, usual, {})))
    return lanes or [Lane(None, _columns([], usual, {}))]


def _columns(found: list[Card], usual: dict[Status, Usual], counts: dict[Status, int]) -> list[Column]:
    columns = [Column(s, usual=usual.get(s)) for s in BOARD]
    by_value = {c.status.value: c for c in columns}
    for card in found:
        by_value[card.status].cards.append(card)
    for column in columns:
        column.count = counts.get(column.status, len(column.cards))
    return columns


def card_of(issue: Issue, person: User) -> Card:
    """One issue's card, after something happened to it."""
    db.session.flush()
    return cards(person, only=issue.id)[0][0]


def column_counts(person: User, filter: BoardFilter) -> dict[Status, int]:
    """How many issues each column holds under this filter."""
    shown = replace(filter, lanes=False)
    reader = _reader(person, shown)
    key = ("counts", reader, shown, _this_hour() if shown.still else None)
    select = _statements.get(key)
    if select is None:
        if len(_statements) > MOST_STATEMENTS:
            _statements.clear()
        where = shown.where(reader)
        opened = sa.select(sa.type_coerce(Issue.status, sa.String), sa.func.count()).where(is_open(), *where).group_by(Issue.status)
        done = sa.select(sa.literal(Status.DONE.value), sa.func.count()).select_from(Issue)
        lately = Issue.status_since > sa.bindparam("done_since", type_=Moment())
        select = _statements[key] = sa.union_all(opened, done.where(Issue.status == Status.DONE, lately, *where))
    rows = db.session.connection().execute(select, {"done_since": clock.now() - timedelta(days=DONE_DAYS)})
    return dict.fromkeys(BOARD, 0) | {Status(value): count for value, count in rows}


@dataclass(frozen=True)
class Choices:
    """What there is to filter by, and the board's three figures."""

    owners: tuple[tuple[int, str], ...] = ()
    stages: tuple[tuple[int, str], ...] = ()
    tags: tuple[str, ...] = ()
    open: int = 0
    still: int = 0
    focus: int = 0
    waiting: int = 0
    on_mine: bool = False


def choices(department_ids: frozenset[int] = frozenset()) -> Choices:
    """Owners, stages and tags of open issues, and how many are open, stand still, are in focus and wait for one of these
    departments (of any, without one); one statement.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for kind, id, name in db.session.connection().execute(_choices_statement(*_this_hour(), department_ids)).all():
        found.setdefault(kind, []).append((id, name))
    return Choices(
        owners=tuple(sorted(found.get("owner", []), key=lambda o: o[1].casefold())),
        stages=tuple(found.get("stage", [])),
        tags=tuple(sorted((name for _id, name in found.get("tag", [])), key=str.casefold)),
        open=found["open"][0][0],
        still=found["still"][0][0],
        focus=found["focus"][0][0],
        waiting=found["waiting"][0][0],
        on_mine=bool(department_ids),
    )


@lru_cache(maxsize=100)
def _choices_statement(now: datetime, usual: tuple[tuple[Status, Usual], ...], department_ids: frozenset[int]) -> sa.CompoundSelect[Any]:
    Focus = Issue.focus.property.mapper.class_
    opened, said = is_open(), sa.literal
    owners = User.id.in_(sa.select(Issue.owner_id).where(opened))
    stages = Stage.id.in_(sa.select(Issue.stage_id).where(opened))
    tags = sa.select(said("tag"), said(0), IssueTag.name).join(Issue, Issue.id == IssueTag.issue_id)
    return sa.union_all(
        sa.select(said("owner").label("kind"), User.id.label("id"), User.name.label("name")).where(owners),
        sa.select(said("stage"), Stage.id, Stage.name).where(stages),
        tags.where(opened).distinct(),
        sa.select(said("open"), sa.func.count(), said("")).select_from(Issue).where(opened),
        sa.select(said("still"), sa.func.count(), said("")).select_from(Issue).where(_standing_still(now, usual)),
        sa.select(said("waiting"), sa.func.count(), said("")).select_from(Issue).where(opened, waits_for(department_ids)),
        sa.select(said("focus"), sa.func.count(), said("")).select_from(Focus).join(Issue, Issue.id == Focus.issue_id).where(Focus.until.is_(None), opened),
    )


# lists


def listed(*, status: Status | None, text: str, page: int, per_page: int = 50) -> tuple[list[Issue], int]:
    """Issues of one status (None: all), newest change of status first, and how many there are."""
    from sqlalchemy.orm import joinedload

    where = [Issue.status == status] if status else []
    if text:
        where.append(matches(text))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Issue).where(*where)) or 0
    select = (
        sa.select(Issue)
        .where(*where)
        .order_by(Issue.status_since.desc(), Issue.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return list(
        db.session.scalars(
            select.options(joinedload(Issue.lead), joinedload(Issue.owner), joinedload(Issue.merged_into))
        )
    ), total


LITTLE_WORDS = frozenset(
    "voor naar niet maar door over deze onze haar zijn wordt worden klant klanten komt krijgt after with from that this their customer customers does".split()
)


def similar(issue: Issue, *, limit: int = 8) -> list[Issue]:
    """Open issues that share words with this one, most shared first: what it may be a duplicate of."""
    words = {w for w in re.findall(r"\w{4,}", issue.title.casefold()) if w not in LITTLE_WORDS}
    if not words:
        return []
    shared = [Issue.title.icontains(w[:7], autoescape=True) for w in sorted(words)[:10]]
    count = sum((sa.case((s, 1), else_=0) for s in shared[1:]), sa.case((shared[0], 1), else_=0))
    select = (
        sa.select(Issue)
        .where(Issue.id != issue.id, Issue.status.in_(OPEN), sa.or_(*shared))
        .order_by(count.desc(), Issue.rank)
        .limit(limit)
    )
    return list(db.session.scalars(select))


def look_alikes(issues: list[Issue]) -> dict[int, tuple[int, str]]:
    """For each of these the open issue, older than it, with which it shares most words: (id, title), if that is most of what either
    says. One query, whatever their number: this is for a list, `similar` for one issue."""
    wanted = {i.id: _stems(i.title) for i in issues}
    known = set().union(*wanted.values())
    best: dict[int, tuple[float, int, str]] = {}
    if not known:
        return {}
    for other, title in db.session.execute(sa.select(Issue.id, Issue.title).where(is_open()).order_by(Issue.id)):
        stems = _stems(title)
        if len(stems & known) < 2:
            continue
        for id, own in wanted.items():
            shared = len(own & stems)
            likeness = shared / min(len(own), len(stems)) if shared >= 2 and other < id else 0.0
            if likeness >= MOST_OF_IT and (id not in best or likeness > best[id][0]):
                best[id] = (likeness, other, title)
    return {id: (other, title) for id, (_likeness, other, title) in best.items()}


MOST_OF_IT = 0.6


def _stems(title: str) -> set[str]:
    """The words of a title that say something, without their endings."""
    return {w[:7] for w in re.findall(r"\w{4,}", title.casefold()) if w not in LITTLE_WORDS}


def like(text: str, *, but: Issue, limit: int = 8) -> list[Issue]:
    """Open issues with these words in their title."""
    select = sa.select(Issue).where(Issue.id != but.id, is_open(), matches(text)).order_by(Issue.rank).limit(limit)
    return list(db.session.scalars(select))


def find_by_words(text: str, *, limit: int = 8) -> list[Issue]:
    """The open issue with this number, or open issues with all these words in their title."""
    if number := number_in(text):
        found = db.session.get(Issue, number)
        if found is not None or text.strip().lower().startswith("cx"):
            return [found] if found else []
    return list(db.session.scalars(sa.select(Issue).where(is_open(), matches(text)).order_by(Issue.rank).limit(limit)))


def linked(ids: set[int], person: Any) -> dict[int, tuple[str, str]]:
    """Where CX-12 in a text leads, and its title: everybody may see every issue."""
    return {id: (f"/issues/{id}", title) for id, title in db.session.execute(sa.select(Issue.id, Issue.title).where(Issue.id.in_(ids)))}
