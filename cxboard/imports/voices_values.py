"""What people write in a cell for a date, a score, yes or no, and for nothing at all."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from ..forms import read_number
from .columns import plain_name
from .voices_workbook import EPOCH

NOTHING = {
    "", "did not answer", "not answered", "no answer", "no response", "no reply", "unanswered", "not applicable", "n a", "na", "null", "nan", "nil",
    "blank", "empty", "geen antwoord", "niet beantwoord", "geen reactie", "niet ingevuld", "niet van toepassing", "n v t", "nvt", "leeg",
    "onbeantwoord", "unknown", "onbekend", "geen opmerking", "geen opmerkingen", "no comment", "no comments",
}  # fmt: skip
YES = {"1", "yes", "ja", "y", "j", "x", "true", "waar", "✓", "✔", "v", "1.0", "1,0"}
NO = {"0", "no", "nee", "n", "false", "onwaar", "-", "0.0", "0,0"}
MONTHS = {name: n for n, names in enumerate("jan feb mrt,maa,mar apr mei,may jun jul aug sep okt,oct nov dec".split(), 1) for name in names.split(",")}
SERIALS = range(10_000, 80_000)  # 1927 to 2119, as Excel counts days
YEARS = range(1990, 2200)

NUMERIC = re.compile(r"([0-9]{1,4})([-/. ])([0-9]{1,2})\2([0-9]{1,4})")
WORDED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|e)?[-/. ]*([a-z]{3,9})\.?[-/., ]*([0-9]{4}|[0-9]{2})")
WORDED_FIRST = re.compile(r"([a-z]{3,9})\.? *([0-9]{1,2})(?:st|nd|rd|th)?,? *([0-9]{4})")
CLOCK = re.compile(r"(?:t|,? +|,)[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap]m)?(?: ?z| ?[+-][0-9]{2}:?[0-9]{2})?$")
WEEKDAY = re.compile(r"^(?:ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun|[a-z]{3,6}d[ay][gy])[.,]? +(?=[0-9a-z])")


def is_nothing(text: str) -> bool:
    """Whether a cell says that nothing was answered."""
    return len(text) < 25 and (not text or plain_name(text) in NOTHING)


def yes_or_no(text: str) -> bool | None:
    """Whether a label is given; None for what is neither yes nor no."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO or is_nothing(word) else None


# dates


@dataclass
class Days:
    """The ways in which the dates of one column are written: how many so that only one reading fits, and how many that fit both."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    year_first: int = 0
    serial: int = 0
    other: int = 0

    def look(self, text: str, times: int = 1) -> None:
        kind = way_of(text)
        setattr(self, kind, getattr(self, kind) + times)

    @property
    def read(self) -> int:
        """How many are dates, whatever their way; a bare number only counts in a column that is chosen for it."""
        return self.day_first + self.month_first + self.either + self.year_first

    @property
    def reads_day_first(self) -> bool:
        """How the column as a whole is read: as most of those that fit only one way, and the European way when there are none."""
        return self.day_first >= self.month_first

    @property
    def ways(self) -> int:
        return sum(bool(n) for n in (self.day_first + self.month_first + self.either, self.year_first, self.serial))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@lru_cache(maxsize=20_000)
def way_of(text: str) -> str:
    """The name of the way in which this date is written (a field of Days)."""
    text = bare(text)
    if m := NUMERIC.fullmatch(text):
        a, b, c = m[1], int(m[3]), m[4]
        if len(a) > 2:
            return "year_first" if read_day(text) else "other"
        first = int(a)
        if len(c) == 3 or min(first, b) < 1:
            return "other"
        if max(first, b) <= 12:
            return "either" if first != b else "year_first"  # 3-3 is the same both ways
        return "day_first" if b <= 12 and first <= 31 else "month_first" if first <= 12 and b <= 31 else "other"
    if read_day(text) is None:
        return "other"
    return "serial" if re.fullmatch(r"[0-9]{5}([.,][0-9]+)?", text) else "year_first"


@lru_cache(maxsize=20_000)
def read_day(text: str, day_first: bool = True) -> date | None:
    """The day in a cell, in any of the usual ways, with or without a time; a date that fits only one order is read in that one."""
    text = bare(text)
    if m := NUMERIC.fullmatch(text):
        a, b, c = int(m[1]), int(m[3]), int(m[4])
        if len(m[1]) == 4:
            return a_day(a, b, c)
        if len(m[1]) == 3 or len(m[4]) in (1, 3):
            return None
        year = c if len(m[4]) == 4 else century(c)
        turned = b > 12 >= a if day_first else not a > 12 >= b
        return a_day(year, a, b) if turned else a_day(year, b, a)
    if m := re.fullmatch(r"(19|20|21)([0-9]{2})([0-9]{2})([0-9]{2})", text):
        return a_day(int(m[1] + m[2]), int(m[3]), int(m[4]))
    if m := re.fullmatch(r"([0-9]{5})(?:[.,][0-9]+)?", text):
        return EPOCH + timedelta(days=int(m[1])) if int(m[1]) in SERIALS else None
    if (m := WORDED.fullmatch(text)) and (month := MONTHS.get(m[2][:3])):
        return a_day(int(m[3]) if len(m[3]) == 4 else century(int(m[3])), month, int(m[1]))
    if (m := WORDED_FIRST.fullmatch(text)) and (month := MONTHS.get(m[1][:3])):
        return a_day(int(m[3]), month, int(m[2]))
    return None


def bare(text: str) -> str:
    """A date without its weekday and its time."""
    text = " ".join(text.casefold().split())
    return WEEKDAY.sub("", CLOCK.sub("", text)) if len(text) > 10 else text


def century(year: int) -> int:
    return 2000 + year if year < 70 else 1900 + year


def a_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


# scores

SCORE_WORDS = {
    5: ("very good", "very satisfied", "excellent", "extremely likely", "strongly agree", "zeer goed", "heel goed", "zeer tevreden", "uitstekend", "helemaal mee eens"),
    4: ("good", "satisfied", "likely", "agree", "goed", "tevreden", "mee eens"),
    3: ("neither good nor poor", "neither", "neutral", "fair", "average", "neutraal", "matig", "redelijk", "niet tevreden niet ontevreden", "niet goed niet slecht"),
    2: ("poor", "bad", "dissatisfied", "unlikely", "disagree", "slecht", "ontevreden", "mee oneens"),
    1: ("very poor", "very bad", "very dissatisfied", "extremely unlikely", "strongly disagree", "zeer slecht", "heel slecht", "zeer ontevreden", "helemaal mee oneens"),
}  # fmt: skip
WORDS = {word: score for score, words in SCORE_WORDS.items() for word in words}


@lru_cache(maxsize=5_000)
def read_score(text: str) -> float | None:
    """The number in a cell: 7, 7,5 or 7.5, 8/10, 4 van 5, “5 - very good”, five stars; None for what is none."""
    text = " ".join(text.casefold().split())
    if stars := text.count("★") or text.count("⭐"):
        return float(stars)
    if (value := read_number(text)) is not None:
        return value
    if m := re.match(r"([0-9]{1,2}(?:[.,][0-9])?)\s*(?:/\s*[0-9]{1,2}$|van\b|out of|of\b|[-–:=]\s*[^\W0-9]|sterren\b|stars?\b|\()", text):
        return read_number(m[1])
    return None


def score_in_words(text: str) -> int | None:
    """5 for “very good” down to 1 for “very poor”, in Dutch and in English."""
    return WORDS.get(plain_name(text))
