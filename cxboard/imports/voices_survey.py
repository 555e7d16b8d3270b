"""What stands in each column of a file: read once, row by row, and kept as counts and a few examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import voices_personal as personal
from .voices_personal import Kind
from .voices_reading import Sheet
from .voices_values import Days, is_nothing, read_score, score_in_words, way_of, yes_or_no

FEW = 400  # different values up to which a column is a list to choose from
EXAMPLES = 4
SHORT = 60
LONGEST_VALUE = 200
LOOKED_AT = 8  # rows that are shown as they are
EVERY = 2_000  # rows between two signs of life
LISTENED_TO = 3_000  # rows whose words are held against their scores
PLEASED = re.compile(
    r"\b(?:thanks?|thank you|excellent|great|friendly|helpful|good|kind|happy|amazing|brilliant|polite|professional|bedankt|dank|fijn|goed|prima|"
    r"vriendelijke?|snelle?|tevreden|top|super|prettige?|behulpzaam|netjes|uitstekend)\b", re.IGNORECASE
)  # fmt: skip
DISPLEASED = re.compile(
    r"\b(?:not|never|wait|waiting|waited|hours|poor|bad|rude|late|worse|terrible|slow|unable|lack|disappoint\w*|niet|nooit|geen|slechte?|wacht\w*|"
    r"gewacht|lang|ontevreden|onvriendelijk\w*|klacht\w*|helaas|boos|laat|kapot|frustr\w*|moeilijk|onduidelijk|duur)\b", re.IGNORECASE
)  # fmt: skip

Heard = Callable[[int], None]


@dataclass
class Column:
    """One column: how many cells are filled, with what sort of things."""

    header: str
    filled: int = 0
    nothing: int = 0
    yes: int = 0
    labels: int = 0  # yes or no
    numbers: int = 0
    worded: int = 0  # “very good” and the like
    length: int = 0  # characters together
    longest: int = 0
    days: Days = field(default_factory=Days)
    values: dict[str, int] | None = field(default_factory=dict)  # None: too many different ones
    examples: list[str] = field(default_factory=list)
    personal: dict[str, int] = field(default_factory=dict)
    personal_examples: dict[str, list[str]] = field(default_factory=dict)
    names: int = 0
    pleased: list[float] = field(default_factory=lambda: [0, 0])  # scores beside pleased words: how many, and their sum
    displeased: list[float] = field(default_factory=lambda: [0, 0])

    @property
    def answered(self) -> int:
        """The cells that say something."""
        return self.filled - self.nothing

    @property
    def is_label(self) -> bool:
        """Nothing but yes and no, and at least one yes."""
        return self.yes > 0 and self.labels == self.answered

    @property
    def is_dates(self) -> bool:
        return self.answered > 0 and self.days.read >= 0.8 * self.answered

    @property
    def is_prose(self) -> bool:
        """What people say in their own words is long, and hardly ever the same."""
        return self.answered > 0 and self.length / self.answered >= 25 and (self.values is None or len(self.values) > 0.3 * self.answered)

    @property
    def holds(self) -> Kind | None:
        """The sort of personal data that this column consists of, by its header or by what is in it."""
        if not self.answered:
            return None
        if kind := personal.by_header(self.header):
            return kind
        for kind in (Kind.MAIL, Kind.PHONE):
            if not self.is_prose and self.personal.get(kind.value, 0) > personal.MOSTLY * self.answered:
                return kind
        different = self.values is None or len(self.values) > 0.5 * self.answered
        return Kind.NAME if different and self.answered > 4 and self.names > 0.7 * self.answered else None

    @property
    def is_reversed(self) -> bool:
        """As a score: whether low ones stand beside pleased words, and high ones beside displeased words."""
        if min(self.pleased[0], self.displeased[0]) < 20:
            return False
        scores = [s for s in map(read_score, self.values or {}) if s is not None]
        apart = self.displeased[1] / self.displeased[0] - self.pleased[1] / self.pleased[0]
        return bool(scores) and apart > 0.1 * (max(scores) - min(scores))

    # looking at cells

    def look(self, text: str) -> None:
        """One cell that is not empty."""
        self.filled += 1
        if self.values is None:
            self.judge(text, 1)
            return
        self.values[text] = self.values.get(text, 0) + 1
        if len(self.values) > FEW:
            self.settle()
            self.values = None

    def settle(self) -> None:
        """Judge what was only counted so far."""
        for text, times in (self.values or {}).items():
            self.judge(text, times)

    def judge(self, text: str, times: int) -> None:
        if is_nothing(text):
            self.nothing += times
            return
        size = len(text)
        self.length += size * times
        self.longest = max(self.longest, size)
        if len(self.examples) < EXAMPLES and (cut := text[:SHORT]) not in self.examples:
            self.examples.append(cut)
        if size < 12 and (said := yes_or_no(text)) is not None:
            self.labels += times
            self.yes += times * said
        if size < 40:
            if way_of(text) != "other":
                self.days.look(text, times)
            if read_score(text) is not None:
                self.numbers += times
            elif score_in_words(text) is not None:
                self.worded += times
            if personal.is_name(text):
                self.names += times
        for kind, found in ((Kind.MAIL, personal.mails(text)), (Kind.PHONE, personal.phones(text)), (Kind.NAME, personal.named(text) if size > 12 else [])):
            if found:
                self.personal[kind.value] = self.personal.get(kind.value, 0) + times
                kept = self.personal_examples.setdefault(kind.value, [])
                if len(kept) < 3 and found[0] not in kept:
                    kept.append(found[0])

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "days": self.days.as_json()}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Column:
        return cls(**{**kept, "days": Days(**kept["days"])})


@dataclass
class Survey:
    """A whole file: how many rows, what is in each column, and the first rows as they are."""

    rows: int
    columns: list[Column]
    first: list[tuple[int, list[str]]]

    @property
    def headers(self) -> list[str]:
        return [c.header for c in self.columns]

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "columns": [c.as_json() for c in self.columns], "first": self.first}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Survey:
        return cls(kept["rows"], [Column.from_json(c) for c in kept["columns"]], [(n, cells) for n, cells in kept["first"]])


def survey(sheet: Sheet, heard: Heard = lambda _rows: None) -> Survey:
    """Read the file once. Raises Unreadable."""
    columns = [Column(header) for header in sheet.headers]
    looks = [column.look for column in columns]
    first: list[tuple[int, list[str]]] = []
    rows = 0
    sampled: list[list[str]] = []
    for number, cells in sheet.rows():
        rows += 1
        if rows <= LISTENED_TO:
            sampled.append(cells)
        if rows <= LOOKED_AT:
            first.append((number, [cell[:300] for cell in cells[: len(columns)]]))
        for look, cell in zip(looks, cells, strict=False):
            if cell:
                look(cell)
        if not rows % EVERY:
            heard(rows)
    for column in columns:
        if column.values is not None:
            column.settle()
            shortened: Counter[str] = Counter()
            for text, times in column.values.items():
                shortened[text[:LONGEST_VALUE]] += times
            column.values = dict(shortened.most_common())
    listen(columns, sampled)
    return Survey(rows, columns, first)


def listen(columns: list[Column], sampled: list[list[str]]) -> None:
    """Hold the words of the column with the most of them against the numbers in others, to know which way a score goes."""
    prose = max((n for n, c in enumerate(columns) if c.is_prose), key=lambda n: columns[n].length, default=None)
    scores = [n for n, c in enumerate(columns) if c.values and 1 < len(c.values) <= 25 and c.numbers >= 0.8 * c.answered and not c.is_label]
    if prose is None or not scores:
        return
    for cells in sampled:
        pleased, displeased = bool(PLEASED.search(cells[prose])), bool(DISPLEASED.search(cells[prose]))
        if pleased == displeased:
            continue
        for n in scores:
            if (score := read_score(cells[n])) is not None:
                kept = columns[n].pleased if pleased else columns[n].displeased
                kept[0] += 1
                kept[1] += score
