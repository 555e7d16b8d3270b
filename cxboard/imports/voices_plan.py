"""What an import of voices would do: each row read and judged, and all of it counted. Nothing is written here."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from wtforms import ValidationError

from .. import clock
from ..accounts import queries as accounts
from ..db import db
from ..forms import BIDI, CONTROL, read_id, tidy
from ..journeys.models import Stage
from ..voices.models import LONGEST_TAG, MOST_TAGS, Scale, Voice
from ..voices.queries import shown
from . import voices_personal as personal
from .voices_columns import Mapping
from .voices_personal import Kind
from .voices_reading import Row, Sheet
from .voices_survey import EVERY, Heard, Survey
from .voices_values import is_nothing, read_day, read_score, score_in_words, yes_or_no

LONGEST_QUOTE = 20_000
LONGEST_REFERENCE = 120
LENGTHS = {"channel": 40, "segment": 60}
MOST_TOLD = 40  # problems that the preview lists
MOST_SHOWN = 6  # voices that it shows
MOST_VALUES = 60  # different stages or departments in one file
ASKED_AT_ONCE = 500
NEW = "new"


@dataclass
class Known:
    """The stages and departments that there are, by what a file may call them."""

    stages: dict[str, int]
    departments: dict[str, int]

    @classmethod
    def all(cls) -> Known:
        stages = db.session.execute(sa.select(Stage.name, Stage.id).where(~Stage.archived).order_by(Stage.id.desc()))
        departments: dict[str, int] = {}
        for d in accounts.departments():
            departments |= {d.name.casefold(): d.id, d.code.casefold(): d.id}
        return cls({name.casefold(): id for name, id in stages}, departments)


def one_line(text: str) -> str:
    """Without line breaks, and without characters that steer or turn text."""
    return " ".join((text if text.isascii() and text.isprintable() else BIDI.sub("", CONTROL.sub(" ", text))).split())


def unknown(survey: Survey, mapping: Mapping, known: Known) -> dict[str, dict[str, int]]:
    """The stages and departments in the file that are not here, with how often they stand there; the most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for name, here in (("stage", known.stages), ("department", known.departments)):
        at = mapping.column(name)
        if at is not None:
            counted: Counter[str] = Counter()
            for text, times in (survey.columns[at].values or {}).items():
                if not is_nothing(text) and one_line(text).casefold() not in here:
                    counted[one_line(text)] += times
            found[name] = dict(counted.most_common(MOST_VALUES))
    return found


@dataclass
class Problem:
    """One thing that is wrong with a row, or read otherwise than it stands there."""

    row: int
    column: str
    kind: str
    text: str = ""

    @property
    def keeps_out(self) -> bool:
        """Whether the row can't come in because of it."""
        return self.kind in WRONG

    @property
    def sentence(self) -> str:
        said = said_of(self.kind) % {"text": self.text, "most": MOST_TAGS}
        if not self.column:
            return _("Row %(row)s: %(text)s", row=self.row, text=said)
        return _("Row %(row)s, column “%(column)s”: %(text)s", row=self.row, column=self.column, text=said)


def said_of(kind: str) -> str:
    """What is wrong, in words; with the text of the cell to be filled in."""
    return {
        "no_date": _("There is no date. Write it as 27-11-2026."),
        "date": _("“%%(text)s” is no date. Write it as 27-11-2026."),
        "to_come": _("%%(text)s is still to come. Is the day the right way round?"),
        "beyond": _("There is a cell beyond the last header: “%%(text)s”. Is a quotation mark missing?"),
        "letters": _("This text holds characters that can't be kept."),
        "long": _("This is longer than 20,000 characters. Is a quotation mark missing?"),
        "score": _("“%%(text)s” is no score; the voice comes without one."),
        "off_scale": _("“%%(text)s” is not on the scale; the voice comes without a score."),
        "label": _("“%%(text)s” is neither yes nor no; the label is left out."),
        "tags": _("There are more than %%(most)s labels; the first are kept."),
    }[kind].replace("%%", "%")


WRONG = ("no_date", "date", "to_come", "beyond", "letters", "long")  # with these, a row can't come in


@dataclass
class Draft:
    """One row as a voice to be: its facts, or why it stays out."""

    row: int
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    empty: bool = False
    masked: int = 0

    @property
    def wrong(self) -> bool:
        return any(p.kind in WRONG for p in self.problems)


class Reader:
    """Reads rows the way a mapping says."""

    def __init__(self, mapping: Mapping, headers: list[str], stages: dict[str, int | None], departments: dict[str, int | None]) -> None:
        self.mapping, self.headers = mapping, headers
        self.lists = {"stage": stages, "department": departments}
        self.at = {name: at for at, name in enumerate(mapping.fields) if name and name not in ("label", "tags")}
        self.labels = [(at, one_line(headers[at]).rstrip("?: ").lower()[:LONGEST_TAG]) for at in mapping.columns("label")]
        self.tags = mapping.columns("tags")
        self.scale = Scale(mapping.scale) if mapping.scale else None
        self.today = clock.today()
        self.same: Counter[bytes] = Counter()

    def read(self, row: int, cells: list[str]) -> Draft:
        draft = Draft(row)
        if len(cells) > len(self.headers):
            draft.problems.append(Problem(row, "", "beyond", next(c for c in cells[len(self.headers) :] if c)[:40]))
            return draft
        day = self.day(draft, self.cell(cells, "said_on"))
        quote = self.quote(draft, self.cell(cells, "quote"))
        score = self.score(draft, raw := self.cell(cells, "score"))
        if draft.wrong:
            return draft
        if not quote and (score is None or not self.mapping.without_words):
            draft.empty, draft.problems = True, []
            return draft
        assert day is not None
        text = quote
        if self.mapping.mask and quote and (hidden := personal.masked(quote)) != quote:
            text, draft.masked = hidden, 1
        draft.facts = {
            "source": self.mapping.source, "reference": self.reference(self.cell(cells, "reference"), day, quote, raw), "said_on": day,
            "quote": text, "stage_id": self.listed("stage", cells), "department_id": self.listed("department", cells),
            "channel": self.line(cells, "channel"), "segment": self.line(cells, "segment"), "score": score,
            "scale": self.scale if score is not None else None, "tags": self.tags_of(draft, cells),
        }  # fmt: skip
        return draft

    def cell(self, cells: list[str], name: str) -> str:
        return cells[self.at[name]] if name in self.at else ""

    def header(self, name: str) -> str:
        return self.headers[self.at[name]] if name in self.at else ""

    def day(self, draft: Draft, text: str) -> date | None:
        if not text or is_nothing(text):
            draft.problems.append(Problem(draft.row, self.header("said_on"), "no_date"))
            return None
        day = read_day(text, self.mapping.day_first)
        if day is None or day > self.today:
            draft.problems.append(Problem(draft.row, self.header("said_on"), "date" if day is None else "to_come", text[:40]))
        return day

    def quote(self, draft: Draft, text: str) -> str:
        if is_nothing(text):
            return ""
        try:
            text = tidy(text.replace("\u00a0", " "), lines=True)
        except ValidationError:
            draft.problems.append(Problem(draft.row, self.header("quote"), "letters"))
            return ""
        if len(text) > LONGEST_QUOTE:
            draft.problems.append(Problem(draft.row, self.header("quote"), "long"))
        return text

    def score(self, draft: Draft, text: str) -> int | None:
        if self.scale is None or not text or is_nothing(text):
            return None
        low, high = self.scale.low, self.scale.high
        if (value := read_score(text)) is None:
            if (worded := score_in_words(text)) is None:
                draft.problems.append(Problem(draft.row, self.header("score"), "score", text[:40]))
                return None
            return low + round((worded - 1) / 4 * (high - low))
        if not low <= value <= high:
            draft.problems.append(Problem(draft.row, self.header("score"), "off_scale", text[:40]))
            return None
        whole = math.floor(value + 0.5)
        return low + high - whole if self.mapping.best_low else whole

    def reference(self, text: str, day: date, quote: str, score: str) -> str:
        """Its number over there; without one, a mark of what it says, and the how manieth of the same it is."""
        if text := one_line(text):
            return text if len(text) <= LONGEST_REFERENCE else "#" + hashlib.sha256(text.encode()).hexdigest()[:40]
        mark = hashlib.sha256("\x1f".join([day.isoformat(), quote, score]).encode()).digest()[:16]
        self.same[mark] += 1
        return f"#{mark.hex()}" + (f"-{self.same[mark]}" if self.same[mark] > 1 else "")

    def listed(self, name: str, cells: list[str]) -> int | None:
        text = self.cell(cells, name)
        return self.lists[name].get(one_line(text).casefold()) if text else None

    def line(self, cells: list[str], name: str) -> str:
        text = self.cell(cells, name)
        return "" if is_nothing(text) else one_line(text)[: LENGTHS[name]].strip()

    def tags_of(self, draft: Draft, cells: list[str]) -> list[str]:
        tags = []
        for at, name in self.labels:
            if text := cells[at]:
                said = yes_or_no(text)
                if said:
                    tags.append(name)
                elif said is None:
                    draft.problems.append(Problem(draft.row, self.headers[at], "label", text[:40]))
        for at in self.tags:
            if text := cells[at]:
                words = text.replace("|", ",").replace(";", ",").replace("\n", ",").split(",")
                tags += [w for w in (one_line(part).lower()[:LONGEST_TAG] for part in words) if w and not is_nothing(w)]
        tags = list(dict.fromkeys(tags))
        if len(tags) > MOST_TAGS:
            draft.problems.append(Problem(draft.row, "", "tags"))
        return sorted(tags[:MOST_TAGS])


def ids_of(mapping: Mapping, known: Known, made: dict[str, dict[str, int]] | None = None) -> tuple[dict[str, int | None], dict[str, int | None]]:
    """Which stage and which department each value of the file is: one that is here, one that was chosen, or (once it is) made."""
    made = made or {}
    found = []
    for name, here, chosen in (("stage", known.stages, mapping.stages), ("department", known.departments, mapping.departments)):
        ids: dict[str, int | None] = dict(here)
        there = set(here.values())
        for text, choice in chosen.items():
            if choice == NEW:
                ids[text.casefold()] = made.get(name, {}).get(text)
            elif (id := read_id(choice)) in there:
                ids[text.casefold()] = id
        found.append(ids)
    return found[0], found[1]


@dataclass
class Outlook:
    """What the import would do, in numbers, with what is to be looked at first. Holds no sentences: who reads it has a language."""

    rows: int = 0
    new: int = 0
    here: int = 0
    doubles: int = 0
    empty: int = 0
    wrong: int = 0
    scored: int = 0
    masked: int = 0
    tagged: int = 0
    first_day: str = ""
    last_day: str = ""
    kinds: dict[str, int] = field(default_factory=dict)
    off_scale: dict[str, int] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)

    @property
    def problems_told(self) -> list[Problem]:
        return [Problem(**p) for p in self.problems]

    @property
    def problems_in_all(self) -> int:
        """How many there are; what is off the scale is counted by value."""
        return sum(times for kind, times in self.kinds.items() if kind != "off_scale")

    @property
    def off_scale_words(self) -> str:
        """The values that are not on the scale, with how often they stand there."""
        most = sorted(self.off_scale.items(), key=lambda found: -found[1])
        return ", ".join(f"{value} ({times}x)" for value, times in most)

    @property
    def first(self) -> date:
        return date.fromisoformat(self.first_day)

    @property
    def last(self) -> date:
        return date.fromisoformat(self.last_day)

    @property
    def voices(self) -> list[dict[str, Any]]:
        """The first voices, as they would come in."""
        return [{**v, "said_on": date.fromisoformat(v["said_on"])} for v in self.shown]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def look_ahead(sheet: Sheet, mapping: Mapping, heard: Heard = lambda _rows: None) -> Outlook:
    """Read all rows as they would be imported, and count. Raises Unreadable."""
    reader = Reader(mapping, sheet.headers, *ids_of(mapping, Known.all()))
    outlook = Outlook()
    seen: set[str] = set()
    softly: list[Problem] = []
    for drafts in batches((reader.read(*row) for row in counted(sheet.rows(), outlook, heard)), ASKED_AT_ONCE):
        here = references_here(mapping.source, [d.facts["reference"] for d in drafts if d.facts])
        for draft in drafts:
            judge(draft, outlook, seen, here, softly)
    outlook.problems += [asdict(p) for p in softly[: MOST_TOLD - len(outlook.problems)]]
    outlook.problems.sort(key=lambda p: p["row"])
    return outlook


def counted(rows: Iterable[Row], outlook: Outlook, heard: Heard) -> Iterator[Row]:
    for row in rows:
        outlook.rows += 1
        if not outlook.rows % EVERY:
            heard(outlook.rows)
        yield row


def judge(draft: Draft, outlook: Outlook, seen: set[str], here: set[str], softly: list[Problem]) -> None:
    """Count one row. What keeps rows out is listed before what is only read otherwise."""
    for problem in draft.problems:
        outlook.kinds[problem.kind] = outlook.kinds.get(problem.kind, 0) + 1
        if problem.kind == "off_scale" and (problem.text in outlook.off_scale or len(outlook.off_scale) < 20):
            outlook.off_scale[problem.text] = outlook.off_scale.get(problem.text, 0) + 1
        if problem.kind in WRONG and len(outlook.problems) < MOST_TOLD:
            outlook.problems.append(asdict(problem))
        elif problem.kind not in (*WRONG, "off_scale") and len(softly) < MOST_TOLD:
            softly.append(problem)
    if draft.empty or draft.wrong:
        outlook.empty += draft.empty
        outlook.wrong += draft.wrong
        return
    facts = draft.facts
    if facts["reference"] in seen:
        outlook.doubles += 1
        return
    seen.add(facts["reference"])
    if facts["reference"] in here:
        outlook.here += 1
        return
    outlook.new += 1
    outlook.masked += draft.masked
    outlook.tagged += bool(facts["tags"])
    day = facts["said_on"].isoformat()
    outlook.first_day = min(outlook.first_day or day, day)
    outlook.last_day = max(outlook.last_day, day)
    if facts["score"] is not None:
        outlook.scored += 1
        outlook.scores[str(facts["score"])] = outlook.scores.get(str(facts["score"]), 0) + 1
    if len(outlook.shown) < MOST_SHOWN:
        outlook.shown.append({**facts, "row": draft.row, "said_on": day, "scale": facts["scale"].value if facts["scale"] else None, "quote": facts["quote"][:600]})


def references_here(source: str, references: list[str]) -> set[str]:
    """Which of these came in before."""
    if not references:
        return set()
    select = sa.select(Voice.reference).where(Voice.source == source, Voice.reference.in_(references), shown())
    return {r for r in db.session.scalars(select) if r}


def batches(found: Iterable[Any], size: int) -> Iterator[list[Any]]:
    found = iter(found)
    while some := list(islice(found, size)):
        yield some


# what is asked before anything can be done


def missing(mapping: Mapping) -> str | None:
    """What the mapping needs before rows can be read."""
    if "said_on" not in mapping.fields:
        return _("Which column is the date? Choose it above its cells.")
    if "quote" not in mapping.fields and "score" not in mapping.fields:
        return _("Which column is what the customer said? Choose it above its cells.")
    for name in dict.fromkeys(mapping.fields):
        if name and name not in ("label", "tags") and mapping.fields.count(name) > 1:
            from .voices_columns import LABELS

            return _("Two columns are both “%(name)s”. Leave one of them out.", name=LABELS[name])
    if not mapping.source:
        return _("Where do these voices come from? Give the source a name.")
    return None


@dataclass(frozen=True)
class Warning:
    """A column with what looks like personal data: what, how many cells, examples, and whether it comes in."""

    column: str
    at: int
    kind: Kind
    cells: int
    examples: list[str]
    comes_in: bool
    in_words: bool  # it stands between the words of a text, where it can be masked


def warnings(survey: Survey, mapping: Mapping) -> list[Warning]:
    """What an importer should know of before these voices are in a database."""
    found = []
    for at, column in enumerate(survey.columns):
        comes_in = bool(mapping.fields[at])
        whole = column.holds
        if whole is not None:
            found.append(Warning(column.header, at, whole, column.answered, column.personal_examples.get(whole.value) or column.examples[:3], comes_in, False))
        elif comes_in:
            kinds = (k for k in Kind if column.personal.get(k.value))
            found += [Warning(column.header, at, k, column.personal[k.value], column.personal_examples[k.value], True, mapping.fields[at] == "quote") for k in kinds]
    return found
