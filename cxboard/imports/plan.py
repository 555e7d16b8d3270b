"""What an import would do: every row read and judged first; then, when all is well, everything in one go."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _, ngettext
from sqlalchemy.exc import IntegrityError

from .. import clock
from ..accounts import queries as accounts
from ..accounts.models import Department, User
from ..causes.models import Category, Cause, Problem
from ..db import db
from ..discussion.models import Comment
from ..domain import Refused
from ..forms import tidy
from ..history import Event
from ..issues.models import Issue, IssueTag, lock_ranking
from ..issues.status import Confidence, Status
from ..journeys.models import Journey, Stage
from .columns import IGNORE, LABELS, left_out, match, plain_name
from .reading import Table
from .words import CATEGORIES, CONFIDENCES, STATUSES

SOURCE = "import"
PARKED_DAYS = 30
MIDDLE_SEVERITY = 3
LONG, LINE = 20_000, 160


@dataclass(frozen=True)
class Wrong:
    """One thing to correct: in which row and column, what is wrong and how to write it."""

    row: int
    column: str
    text: str

    @property
    def sentence(self) -> str:
        if not self.row:
            return self.text
        if not self.column:
            return _("Row %(row)s: %(text)s", row=self.row, text=self.text)
        return _("Row %(row)s, column “%(column)s”: %(text)s", row=self.row, column=self.column, text=self.text)


@dataclass
class Draft:
    """One row as an issue to be."""

    row: int
    cells: list[str]
    facts: dict[str, Any] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    here: bool = False

    @property
    def mark(self) -> str:
        """How the preview shows it: `bad`, `same` (it is here already) or `new`."""
        return "bad" if self.wrong else "same" if self.here else "new"


@dataclass(frozen=True)
class Done:
    """What an import did."""

    added: int
    here: int

    @property
    def sentence(self) -> str:
        parts = [ngettext("%(num)s issue was imported.", "%(num)s issues were imported.", self.added)]
        if self.here:
            parts.append(ngettext("%(num)s was here already.", "%(num)s were here already.", self.here))
        return " ".join(parts)


class Plan:
    """A table with its columns named, held against what is here already. Nothing is written before `carry_out()`."""

    def __init__(self, table: Table, columns: list[str] | None = None) -> None:
        self.table = table
        self.columns = columns if columns is not None else match(table.headers)
        self.departments = {d.code.casefold(): d for d in accounts.departments(archived=True)}
        self.departments |= {d.name.casefold(): d for d in self.departments.values()}
        self.people = {key: p for p in accounts.people() for key in (p.name.casefold(), p.email)}
        self.stages = {s.name.casefold(): s for s in db.session.scalars(sa.select(Stage).order_by(Stage.archived.desc(), Stage.id.desc()))}
        self.imported = Imported.all()
        self.new_departments: dict[str, str] = {}  # as the file writes it, without capitals -> code
        self.names: dict[str, str] = {}  # of those, by code
        self.new_stages: dict[str, str] = {}
        self.drafts = [self.judge(row, cells) for row, cells in table.rows]
        self.find_doubles()

    # reading the rows

    def judge(self, row: int, cells: list[str]) -> Draft:
        """Read one row; what can't be read is noted, with the way to write it."""
        draft = Draft(row, cells)
        raw = {name: (header, cells[at]) for at, (name, header) in enumerate(zip(self.columns, self.table.headers, strict=True)) if name}
        for name, (header, text) in raw.items():
            reader = READERS[name]
            try:
                draft.facts[name] = reader(self, tidy(text, lines=name in ("story", "note")))
            except Unclear as unclear:
                draft.wrong.append(Wrong(row, header, str(unclear)))
        for at, name in enumerate(self.columns):
            if name == IGNORE and not self.table.headers[at] and cells[at]:
                text = _("There is a cell beyond the last header: “%(text)s”. Is a quotation mark missing?", text=cells[at][:40])
                draft.wrong.append(Wrong(row, "", text))
                break
        if not draft.wrong:
            self.judge_whole(draft)
        return draft

    def judge_whole(self, draft: Draft) -> None:
        """What only the cells of a row together can tell."""
        facts = draft.facts
        if "title" in self.columns and not facts.get("title"):
            text = _("This issue has no title. Write in a few words what customers run into.")
            draft.wrong.append(Wrong(draft.row, self.header("title"), text))
            return
        owner, lead = facts.get("owner"), facts.get("lead")
        if owner and lead and not any(d.code.casefold() == lead.casefold() for d in owner.departments):
            text = _(
                "%(name)s does not work at %(department)s. Choose an owner from the lead department, or leave this empty.",
                name=owner.name, department=lead,
            )  # fmt: skip
            draft.wrong.append(Wrong(draft.row, self.header("owner"), text))
        if facts.get("status") == Status.PARKED and not facts.get("until"):
            facts["until"] = clock.today() + timedelta(days=PARKED_DAYS)
        number = facts.get("reference") or ""
        title = facts.get("title") or ""
        facts["reference"] = number or hash_of(title)
        draft.here = self.imported.has(number, title)
        if not draft.here and number and (other := self.imported.titled(number)):
            text = _("Number %(number)s is “%(title)s” here. If this is another issue, give it another number.", number=number, title=other)
            draft.wrong.append(Wrong(draft.row, self.header("reference"), text))

    def find_doubles(self) -> None:
        """Two rows with one number, or without numbers with one title, are a mistake that only people can solve."""
        first: dict[str, int] = {}
        for draft in self.drafts:
            reference = draft.facts.get("reference")
            if draft.wrong or not reference:
                continue
            if reference in first:
                text = _("This is in row %(row)s already. Take one of the two out.", row=first[reference])
                draft.wrong.append(Wrong(draft.row, self.header("reference") or self.header("title"), text))
            first.setdefault(reference, draft.row)

    def header(self, name: str) -> str:
        """What the file calls this column."""
        return self.table.headers[self.columns.index(name)] if name in self.columns else ""

    def department(self, text: str) -> str:
        """The code of a department; one that is not here yet will be made. Raises Unclear."""
        if found := self.departments.get(text.casefold()):
            if found.archived_at:
                raise Unclear(_("%(name)s is an archived department. Open it again in Settings, or write another.", name=found.name))
            return found.code
        if text.casefold() in self.new_departments:
            return self.new_departments[text.casefold()]
        if text.upper() in self.names:
            return text.upper()
        if len(text) > 80:
            raise Unclear(_("This is too long for a department. Write its code, such as KS."))
        code = code_for(text, {*self.departments, *(c.casefold() for c in self.new_departments.values())})
        self.new_departments[text.casefold()] = code
        self.names[code] = code if text.upper() == code else " ".join(text.split())
        return code

    # what it comes to

    @property
    def wrong(self) -> list[Wrong]:
        """Everything that is to be corrected before the import can be done."""
        if "title" not in self.columns:
            return [Wrong(0, "", _("Which column is the title? Choose it above its cells."))]
        chosen = Counter(c for c in self.columns if c)
        if twice := [str(LABELS[c]) for c, count in chosen.items() if count > 1]:
            return [Wrong(0, "", _("Two columns are both “%(name)s”. Leave one of them out.", name=twice[0]))]
        return [w for draft in self.drafts for w in draft.wrong]

    @property
    def new(self) -> list[Draft]:
        return [d for d in self.drafts if d.mark == "new"]

    @property
    def here(self) -> int:
        return sum(d.mark == "same" for d in self.drafts)

    @property
    def needed_departments(self) -> list[str]:
        """Codes that will be made, in order of first use; also those that rows name with something else wrong in them."""
        made = set(self.new_departments.values())
        named = [c for d in self.drafts if not d.here for c in [d.facts.get("lead"), *d.facts.get("contributing", [])] if c in made]
        return list(dict.fromkeys(named))

    @property
    def told_departments(self) -> list[str]:
        """Those as people read them: a name with its code, or just the code."""
        return [f"{self.names[c]} ({c})" if self.names[c] != c else c for c in self.needed_departments]

    @property
    def needed_stages(self) -> list[str]:
        named = [d.facts["stage"] for d in self.new if d.facts.get("stage")]
        return [n for n in dict.fromkeys(named) if n.casefold() not in self.stages]

    @property
    def journey(self) -> str:
        """The journey for stages that no journey has yet, called after the file."""
        name = " ".join(re.findall(r"[^\W_]+", self.table.stem))[:80].strip()
        return name[:1].upper() + name[1:] or "Import"

    @property
    def left_out(self) -> list[str]:
        """The columns that stay behind."""
        return left_out(self.table.headers, self.columns)

    def new_problems(self, by: User) -> int:
        """How many EX problems will be made, besides those that this person sees here already."""
        here: set[tuple[str, str]] = set(problems_here(by))
        made = 0
        for facts in (d.facts for d in self.new if d.facts.get("problem")):
            title, category = facts["problem"].casefold(), facts.get("category")
            if (title, category.value if category else "") not in here:
                here |= {(title, (category or Category.PROCESS).value), (title, "")}
                made += 1
        return made

    @property
    def causes(self) -> int:
        """How many issues will be linked to a suspected EX problem."""
        return sum(bool(d.facts.get("problem")) for d in self.new)

    @property
    def statuses(self) -> list[tuple[Status, int]]:
        """How many of the new issues stand where."""
        counted = Counter(d.facts.get("status") or Status.NEW for d in self.new)
        return [(s, counted[s]) for s in Status if counted[s]]

    def lines(self, by: User) -> list[str]:
        """The plan in sentences, for the command line."""
        said = [w.sentence for w in self.wrong[:50]]
        if len(self.wrong) > 50:
            said.append(_("And %(count)s more.", count=len(self.wrong) - 50))
        if codes := self.told_departments:
            said.append(_("New departments: %(codes)s.", codes=", ".join(codes)))
        if columns := self.left_out:
            said.append(_("Left out: %(columns)s.", columns=", ".join(f"“{c}”" for c in columns)))
        if self.wrong:
            return said
        new = len(self.new)
        said.insert(0, ngettext("%(num)s new issue.", "%(num)s new issues.", new))
        if self.here:
            said.append(ngettext("%(num)s was here already.", "%(num)s were here already.", self.here))
        if stages := self.needed_stages:
            said.append(_("New stages in the journey “%(journey)s”: %(stages)s.", journey=self.journey, stages=", ".join(stages)))
        if self.causes:
            said.append(ngettext("%(num)s new EX problem.", "%(num)s new EX problems.", self.new_problems(by)))
            said.append(ngettext("%(num)s link from an issue to a suspected cause.", "%(num)s links from an issue to a suspected cause.", self.causes))
        return said

    # doing it

    def carry_out(self, *, by: User) -> Done:
        """Write all new rows, in the order of the file. Raises Refused while something is wrong; the caller commits."""
        lock_ranking()
        if self.wrong:
            raise Refused(self.wrong[0].sentence)
        try:
            with db.session.no_autoflush:
                Writing(self, by).write()
            db.session.flush()
        except IntegrityError:
            db.session.rollback()
            raise Refused(_("Somebody else is importing the same rows. Look at the board; then try again.")) from None
        return Done(len(self.new), self.here)


class Writing:
    """The second half of an import: making what the rows name, once each."""

    def __init__(self, plan: Plan, by: User) -> None:
        self.plan, self.by = plan, by
        self.file = plan.table.name
        self.departments = {d.code: d for d in plan.departments.values()}
        self.problems = problems_here(by)

    def write(self) -> None:
        for code in self.plan.needed_departments:
            there = db.session.scalar(sa.select(Department).where(Department.code == code))
            self.departments[code] = there or Department.open(name=self.plan.names[code], code=code, by=self.by)
            db.session.flush()
        self.add_stages()
        for draft in self.plan.new:
            self.add_issue(draft)

    def add_stages(self) -> None:
        if not (names := self.plan.needed_stages):
            return
        journey = Journey.named(self.plan.journey, by=self.by)
        for name in names:
            self.plan.stages[name.casefold()] = journey.add_stage(name, by=self.by)
        db.session.flush()

    def add_issue(self, draft: Draft) -> None:
        facts, lead = draft.facts, self.departments.get(draft.facts.get("lead") or "")
        status, note = facts.get("status") or Status.NEW, facts.get("note") or ""
        issue = Issue.report(
            title=facts["title"], by=self.by, story=facts.get("story") or "", lead=lead, source=SOURCE, reference=facts["reference"],
            created_at=facts.get("reported"), status=status, until=facts.get("until") if status == Status.PARKED else None,
        )  # fmt: skip
        issue.lead = lead
        issue.contributing = [self.departments[c] for c in facts.get("contributing", []) if c != facts.get("lead")]
        issue.tag_rows = [IssueTag(name=name) for name in facts.get("tags", [])]
        issue.stage = self.plan.stages.get((facts.get("stage") or "").casefold())
        issue.owner, issue.due = facts.get("owner"), facts.get("due")
        issue.reach, issue.effort = facts.get("reach"), facts.get("effort")
        issue.severity = facts.get("severity") or (MIDDLE_SEVERITY if issue.reach is not None else None)
        issue.confidence = facts.get("confidence") or Confidence.MEDIUM
        declined = note if status == Status.DECLINED else None
        issue.record("imported", by=self.by, after={"file": self.file, "row": draft.row}, reason=declined)
        if facts.get("problem"):
            Cause.link(issue=issue, problem=self.problem(facts), by=self.by, evidence=note)
        elif note and not declined:
            db.session.flush()
            Comment.say(note, by=self.by, issue=issue)

    def problem(self, facts: dict[str, Any]) -> Problem:
        """The EX problem with this title (and kind, where the row says one); signalled when it is new."""
        title, category = facts["problem"], facts.get("category")
        key = (title.casefold(), category.value if category else "")
        if key not in self.problems:
            found = Problem.signal(title=title, category=category or Category.PROCESS, by=self.by)
            db.session.flush()
            self.problems[title.casefold(), found.category.value] = found
            self.problems.setdefault((title.casefold(), ""), found)
        return self.problems[key]


def problems_here(by: User) -> dict[tuple[str, str], Problem]:
    """The EX problems that this person sees, by title and kind, and by title alone; the oldest where there are more."""
    found: dict[tuple[str, str], Problem] = {}
    for problem in db.session.scalars(sa.select(Problem).where(Problem.visible_to(by)).order_by(Problem.id.desc())):
        found[problem.title.casefold(), problem.category.value] = found[problem.title.casefold(), ""] = problem
    return found


@dataclass(frozen=True)
class Imported:
    """The issues that came in by an import before: by their number, with the title they had in the file, and by title."""

    numbers: dict[str, str]
    titles: frozenset[str]

    @classmethod
    def all(cls) -> Imported:
        rows = db.session.execute(
            sa.select(Issue.reference, Issue.title, Event.after)
            .join(Event, sa.and_(Event.subject == "issue", Event.subject_id == Issue.id, Event.kind == "reported"))
            .where(Issue.source == SOURCE)
        ).all()
        numbers = {reference: (after or {}).get("text", title) for reference, title, after in rows}
        return cls(numbers, frozenset(t.casefold() for t in numbers.values()))

    def has(self, number: str, title: str) -> bool:
        """Whether this row came in before: under its number, or by title when it or the earlier one had no number."""
        if number and number in self.numbers:
            return self.numbers[number].casefold() == title.casefold()
        return (not number or hash_of(title) in self.numbers) and title.casefold() in self.titles

    def titled(self, number: str) -> str | None:
        return self.numbers.get(number)


def hash_of(title: str) -> str:
    """What a row without a number is known by."""
    return "#" + hashlib.sha256(title.casefold().encode()).hexdigest()[:32]


def code_for(text: str, taken: Iterable[str]) -> str:
    """A department's code: the text itself when it looks like one, else its initials, with a number when they are taken."""
    words = plain_name(text).upper().split()
    short = "".join(words)
    code = short if 2 <= len(short) <= 6 else "".join(w[0] for w in words)[:6] if len(words) > 1 else short[:3]
    if len(code) < 2 or not code[0].isalpha():
        raise Unclear(_("“%(text)s” is no department. Write its code, such as KS, or its name.", text=text))
    taken, free, number = set(taken), code, 2
    while free.casefold() in taken:
        free, number = f"{code[:5]}{number}", number + 1
    return free


# reading one cell: a text into a fact, or Unclear with the way to write it


class Unclear(Exception):
    """A cell that can't be read; the message says how to write it."""


def no_longer_than(most: int) -> Callable[[Plan, str], str]:
    def read(_plan: Plan, text: str) -> str:
        if len(text) > most:
            raise Unclear(_("This has %(count)s characters; write it in at most %(most)s.", count=len(text), most=most))
        return text

    return read


def read_choice(choices: dict[str, Any], example: str) -> Callable[[Plan, str], Any]:
    def read(_plan: Plan, text: str) -> Any:
        if not text:
            return None
        if (found := choices.get(plain_name(text))) is None:
            raise Unclear(_("“%(text)s” is not one of the choices. Write one of: %(choices)s.", text=text[:40], choices=example))
        return found

    return read


def read_amount(low: float, high: float, *, whole: bool = False) -> Callable[[Plan, str], float | int | None]:
    def read(_plan: Plan, text: str) -> float | int | None:
        from ..forms import read_number

        if not text:
            return None
        value = read_number(text)
        if value is None or not low <= value <= high or (whole and value != int(value)):
            if whole:
                raise Unclear(_("“%(text)s” is no whole number from %(low)s to %(high)s.", text=text[:40], low=int(low), high=int(high)))
            raise Unclear(_("“%(text)s” is no number that fits here. Write it as 3200 or 4,6.", text=text[:40]))
        return int(value) if whole else value

    return read


def read_date(_plan: Plan, text: str) -> date | None:
    from ..forms import read_day

    if not text:
        return None
    found = read_day(text.split("T")[0].split(" ")[0])
    if found is None:
        raise Unclear(_("“%(text)s” is no date. Write it as 27-11-2026.", text=text[:40]))
    return found


def read_reported(plan: Plan, text: str) -> datetime | None:
    day = read_date(plan, text)
    if day is None:
        return None
    if day > clock.today():
        raise Unclear(_("%(text)s is still to come. Write the day on which it was reported.", text=text[:40]))
    return min(datetime.combine(day, time(9), tzinfo=clock.zone()), clock.now())


def read_until(plan: Plan, text: str) -> date | None:
    day = read_date(plan, text)
    return day if day and day > clock.today() else None


def read_department(plan: Plan, text: str) -> str | None:
    return plan.department(text) if text else None


def read_departments(plan: Plan, text: str) -> list[str]:
    return list(dict.fromkeys(plan.department(name) for name in split(text, ",;/+&|")))


def read_owner(plan: Plan, text: str) -> User | None:
    if not text:
        return None
    found = plan.people.get(text.casefold())
    if found is None:
        raise Unclear(
            _("Nobody here is called “%(text)s”. Write a name or e-mail address as in Settings, or leave this empty.", text=text[:60])
        )
    return found


def read_tags(_plan: Plan, text: str) -> list[str]:
    tags = list(dict.fromkeys(split(text, ",;|")))
    if long := next((t for t in tags if len(t) > 40), None):
        raise Unclear(_("The label “%(text)s” is too long. Write labels of at most 40 characters, with commas between.", text=long[:50]))
    return sorted(tags)


def split(text: str, separators: str) -> list[str]:
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    return [part.strip() for part in text.split(separators[0]) if part.strip()]


READERS: dict[str, Callable[[Plan, str], Any]] = {
    "reference": no_longer_than(80),
    "title": no_longer_than(LINE),
    "story": no_longer_than(LONG),
    "lead": read_department,
    "contributing": read_departments,
    "owner": read_owner,
    "status": read_choice(STATUSES, "Nieuw, Analyse, Klaar om te starten, In uitvoering, Effect meten, Klaar, Geparkeerd, Afgewezen"),
    "until": read_until,
    "reported": read_reported,
    "due": read_date,
    "reach": read_amount(0, 1e9),
    "severity": read_amount(1, 5, whole=True),
    "confidence": read_choice(CONFIDENCES, "laag, middel, hoog"),
    "effort": read_amount(0, 10_000),
    "stage": no_longer_than(80),
    "tags": read_tags,
    "problem": no_longer_than(LINE),
    "category": read_choice(CATEGORIES, ", ".join(c.value for c in Category)),
    "note": no_longer_than(10_000),
}

__all__ = ["Done", "Draft", "Plan", "Wrong"]
