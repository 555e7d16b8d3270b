"""`cxboard fill`: bulk data with a believable spread, straight into the tables, for measuring how cxboard behaves when it is full."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from . import clock
from .accounts.models import COLOURS, Department, Role, User, membership
from .causes.models import Category, Cause, Certainty, Problem, ProblemStatus
from .causes.whys import Why
from .db import db
from .discussion.models import Comment
from .history import Event
from .issues.models import RANK_STEP, Issue, IssueTag, Stay, contribution
from .issues.status import OPEN, Confidence, Status, Verdict
from .journeys.models import Journey, Stage
from .search import index

PASSWORD = "measure me in the open"  # noqa: S105 - only ever in a database that is made for measuring
EMAIL = "regisseur@fill.example"
BATCH = 5_000
CODES = ("KS", "FAC", "IT", "LOG", "MAR", "VK", "JUR", "HR")
SUBJECTS = "Verhuizing|Eindnota|Voorschot|Storing|Meterstand|Afspraak|Incassobrief|Welkomstbrief|Machtiging|Overstap|Contract|Teruglevering".split("|")
TROUBLES = (
    "komt weken te laat|is niet te begrijpen|lukt niet in één keer|verdwijnt zonder bericht|noemt een ander bedrag|moet drie keer worden uitgelegd|"
    "vraagt om gegevens die er al zijn|wordt niet nagekomen"
).split("|")  # fmt: skip
TAGS = ("nota", "brieven", "contact", "app", "verhuizen", "incasso", "storing", "zakelijk")
QUOTE = "> Ik heb dit al drie keer uitgelegd, en elke keer begint het opnieuw.\n\nHet gaat om klanten die {0}. Gemeld door de balie."


@dataclass(frozen=True)
class Filled:
    """What was added."""

    issues: int
    open: int
    comments: int
    seconds: float

    @property
    def sentence(self) -> str:
        return f"Added {self.issues} issues ({self.open} open) with {self.comments} comments, in {self.seconds:.1f} s."


def fill(*, issues: int, open: int, comments: int, seed: int = 7) -> Filled:
    """Add `issues` issues of which `open` are on the board, each with `comments` comments; commits in batches."""
    began = clock.now()
    filling = Filling(random.Random(seed))  # noqa: S311 - the same data every time
    for first in range(0, issues, BATCH):
        filling.pour(range(first, min(first + BATCH, issues)), issues - open, comments)
        db.session.commit()
        index.catch_up()  # many rows at once pass no flush
    if db.engine.dialect.name == "postgresql":
        filling.move_sequences_on()
    index.tidy()
    db.session.execute(sa.text("analyze"))
    db.session.commit()
    return Filled(issues, open, issues * comments, (clock.now() - began).total_seconds())


class Filling:
    """The rows, made in Python and inserted many at a time."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.now = chance, clock.now()
        self.departments = [self.department(n, code) for n, code in enumerate(CODES)]
        self.people = self.colleagues()
        self.stages = self.journey()
        self.problems = self.hindrances()
        db.session.flush()
        self.first_id = (db.session.scalar(sa.select(sa.func.max(Issue.id))) or 0) + 1
        self.first_rank = db.session.scalar(sa.select(sa.func.max(Issue.rank))) or 0
        self.next_cause = (db.session.scalar(sa.select(sa.func.max(Cause.id))) or 0) + 1
        self.next_why = (db.session.scalar(sa.select(sa.func.max(Why.id))) or 0) + 1

    # the company around it

    def department(self, number: int, code: str) -> int:
        there = db.session.scalar(sa.select(Department.id).where(Department.code == code))
        if there:
            return there
        made = Department(name=f"Afdeling {code}", code=code, colour=COLOURS[number % len(COLOURS)])
        db.session.add(made)
        db.session.flush()
        return made.id

    def colleagues(self) -> list[tuple[int, int]]:
        """(person, department) of forty people; the first is a regisseur with a password, made for measuring."""
        if db.session.scalar(sa.select(User.id).where(User.email == EMAIL)) is None:
            chair = User(email=EMAIL, name="Robin Regisseur", role=Role.REGISSEUR, version=0)
            db.session.add(chair)
            db.session.flush()
            chair.set_password(PASSWORD, by=chair)
            members = [User(email=f"lid{n}@fill.example", name=f"Lid {n}", role=Role.MEMBER, version=0) for n in range(1, 41)]
            db.session.add_all(members)
            db.session.flush()
            rows = [{"user_id": m.id, "department_id": self.departments[n % len(CODES)]} for n, m in enumerate(members)]
            db.session.execute(sa.insert(membership), rows)
        select = sa.select(User.id, membership.c.department_id).join(membership).where(User.email.like("lid%@fill.example"))
        return [(person, department) for person, department in db.session.execute(select.order_by(User.id))]

    def journey(self) -> list[int]:
        journey = Journey.named("Klant zijn (gevuld)")
        if not journey.stages:
            for name in ("Oriënteren", "Overstappen", "Gebruiken", "Betalen", "Verhuizen", "Opzeggen"):
                journey.add_stage(name)
        db.session.flush()
        return list(db.session.scalars(sa.select(Stage.id).where(Stage.journey_id == journey.id)))

    def hindrances(self) -> list[int]:
        """Sixty EX problems for the causes to lead to."""
        by = self.people[0][0]
        for n in range(60):
            db.session.add(
                Problem(
                    title=f"{SUBJECTS[n % len(SUBJECTS)]} gaat met de hand van systeem naar systeem ({n + 1})",
                    category=self.chance.choice(list(Category)), status=ProblemStatus.CONFIRMED, department_id=self.chance.choice(self.departments),
                    reporter_id=by, created_at=self.now - timedelta(days=400), version=0, restricted=n % 20 == 7,
                )
            )  # fmt: skip
        db.session.flush()
        return list(db.session.scalars(sa.select(Problem.id)))

    # the issues

    def pour(self, numbers: range, closed: int, comments: int) -> None:
        """One batch: the issues and everything that hangs on them."""
        rows: dict[Any, list[dict[str, Any]]] = {
            t: [] for t in (Issue, Stay, contribution, IssueTag, Cause, Why, Comment, Event)
        }  # fmt: skip
        for number in numbers:
            self.one(number, number >= closed, comments, rows)
        for table, values in rows.items():
            if values:
                db.session.execute(sa.insert(getattr(table, "__table__", table)), values)

    def one(self, number: int, is_open: bool, comments: int, rows: dict[Any, list[dict[str, Any]]]) -> None:
        chance, id_ = self.chance, self.first_id + number
        status = self.status(is_open)
        path = list(self.path(status))
        days = [chance.randrange(1, 40) if is_open else chance.randrange(60, 1500)]
        for _ in path[1:]:
            days.append(max(0, days[-1] - chance.randrange(1, 12)))
        moments = [self.now - timedelta(days=d, minutes=chance.randrange(600)) for d in days]
        moments.sort()
        lead = chance.choice(self.departments)
        owner = chance.choice([p for p, d in self.people if d == lead])
        reporter = chance.choice(self.people)[0]
        title = f"{chance.choice(SUBJECTS)} {chance.choice(TROUBLES)} ({id_})"
        rows[Issue].append({
            "id": id_, "title": title, "story": QUOTE.format(title.lower()), "status": status, "status_since": moments[-1], "rank": self.first_rank + (number + 1) * RANK_STEP,
            "lead_id": lead, "owner_id": owner if status != Status.NEW or number % 3 else None, "reporter_id": reporter, "stage_id": chance.choice(self.stages), "due": None,
            "reach": float(chance.randrange(10, 4000)), "severity": chance.randrange(1, 6), "confidence": chance.choice(list(Confidence)), "effort": float(chance.randrange(1, 20)),
            "staff_effect": chance.choice((None, -1, 0, 1, 2)), "no_cause_note": None, "expected_effect": "CES van 4,6 naar 3,7" if status in (Status.VERIFYING, Status.DONE) else None,
            "verdict": chance.choice(list(Verdict)) if status == Status.DONE else None, "verdict_note": None,
            "parked_until": (self.now + timedelta(days=30)).date() if status == Status.PARKED else None, "merged_into_id": None, "source": None, "reference": None,
            "created_at": moments[0], "touched_at": moments[-1], "version": len(path),
        })  # fmt: skip
        for place, (at, there) in enumerate(zip(moments, path, strict=True)):
            until = moments[place + 1] if place + 1 < len(path) else None
            rows[Stay].append({"issue_id": id_, "status": there, "since": at, "until": until})
            before = {"status": path[place - 1].value, "since": moments[place - 1].isoformat(), "until": None} if place else None
            after = {"status": there.value, "since": at.isoformat(), "until": None} if place else {"text": title}
            rows[Event].append(self.event(id_, "moved" if place else "reported", owner if place else reporter, at, before, after, place + 1))
        for department in chance.sample([d for d in self.departments if d != lead], chance.choice((0, 1, 1, 2))):
            rows[contribution].append({"issue_id": id_, "department_id": department})
        for tag in chance.sample(TAGS, chance.choice((0, 1, 2))):
            rows[IssueTag].append({"issue_id": id_, "name": tag})
        for problem in chance.sample(self.problems, chance.choice((0, 1, 1, 2))) if status != Status.NEW else ():
            self.cause(id_, problem, owner, moments[-1], rows)
        for n in range(comments):
            at = min(moments[0] + timedelta(hours=5 * n + 1), self.now)
            said = f"Vandaag weer {chance.randrange(2, 40)} keer gehoord; we zoeken het uit."
            rows[Comment].append({"issue_id": id_, "problem_id": None, "review_id": None, "author_id": chance.choice(self.people)[0], "text": said, "at": at})

    def status(self, is_open: bool) -> Status:
        if is_open:
            return self.chance.choices(OPEN, weights=(5, 6, 5, 4, 3))[0]
        return self.chance.choices((Status.DONE, Status.DECLINED, Status.PARKED), weights=(85, 13, 2))[0]

    def path(self, status: Status) -> Iterator[Status]:
        """The statuses that it went through."""
        yield Status.NEW
        if status in (Status.DECLINED, Status.PARKED):
            yield status
            return
        for there in (*OPEN[1:], Status.DONE):
            if status == Status.NEW:
                return
            yield there
            if there == status:
                return

    def event(self, issue: int, kind: str, by: int, at: Any, before: Any, after: Any, version: int) -> dict[str, Any]:
        return {
            "at": at, "by_id": by, "kind": kind, "subject": "issue", "subject_id": issue, "issue_id": issue, "problem_id": None, "review_id": None,
            "field": "status" if kind == "moved" else None, "before": before, "after": after, "reason": None, "version": version,
        }  # fmt: skip

    def cause(self, issue: int, problem: int, by: int, at: Any, rows: dict[Any, list[dict[str, Any]]]) -> None:
        id_, self.next_cause = self.next_cause, self.next_cause + 1
        sure = self.chance.choice(list(Certainty))
        rows[Cause].append({
            "id": id_, "issue_id": issue, "problem_id": problem, "certainty": sure, "share": self.chance.choice((None, 20, 30, 40)), "evidence": "", "author_id": by,
            "confirmed_by_id": by if sure != Certainty.SUSPECTED else None, "confirmed_at": at if sure != Certainty.SUSPECTED else None, "created_at": at, "version": 1,
        })  # fmt: skip
        path, first = "", self.next_why
        self.next_why += 2
        for depth, text in enumerate(("Het wordt overgetypt", "De systemen kennen elkaar niet"), 1):
            why = first + depth - 1
            path += f"{why}/"
            rows[Why].append({
                "id": why, "ref": f"filled{why:08}", "issue_id": issue, "parent_id": first if depth == 2 else None, "path": path, "depth": depth, "position": id_ if depth == 1 else 1,
                "text": text, "evidence": "", "stands": False, "cause_id": id_ if depth == 2 else None, "by_id": by, "at": at, "version": 0,
            })  # fmt: skip

    def move_sequences_on(self) -> None:
        """PostgreSQL does not look at ids that were given."""
        for table in ("issue", "cause", "why"):
            db.session.execute(sa.text(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"))  # noqa: S608
