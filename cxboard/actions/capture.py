"""A promise in one line: who and by when are read from "@mo vr Bel de top-10 klanten"; the rest is what has to be done.

A day counts only at the start or the end of the line, or right beside the @name, in Dutch and in English alike; what could
mean something else stays text ("elke vr", "24/7", "10-12 klanten", a "do" that is no Thursday).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from ..forms import read_day

LONGEST = 500  # characters that are read; a line holds no more
FARTHEST = 366  # days; "over 40 weken" is fine, "over 900 dagen" is no promise
MOST_WORDS = 5  # of one day: "op dinsdag 27 november 2026"


class Somebody(Protocol):
    """A person who can be promised something from."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Capture:
    """What a line says: the title without the words that were understood, and whom and which day they meant.

    `unknown` is the @name that is nobody, or (with `candidates`) more than one.
    """

    title: str
    owner: Somebody | None = None
    due: date | None = None
    unknown: str | None = None
    candidates: tuple[Somebody, ...] = ()


def read(line: str, people: Sequence[Somebody], today: date, locale: str = "nl") -> Capture:
    """Read one line. `people` are those who can be meant; `locale` decides only about words that both languages have."""
    words = line[:LONGEST].split()
    name_at, name_length, found = _name(words, people)
    day_at, day_length, due = _day(words, name_at, name_length, today, locale)
    owner = found[0] if len(found) == 1 else None
    leaves = set(range(day_at, day_at + day_length))
    if found:
        leaves |= set(range(name_at, name_at + name_length))
    title = " ".join(w for n, w in enumerate(words) if n not in leaves).strip(" ,;:–—")
    unknown = words[name_at].lstrip("@").rstrip(",.;:!?)") if name_length and owner is None else None
    return Capture(title, owner, due, unknown, tuple(found) if len(found) > 1 else ())


# who


def plain(text: str) -> str:
    """Letters and digits only, without accents and capitals, so that José is jose."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if c.isalnum())


def _name(words: list[str], people: Sequence[Somebody]) -> tuple[int, int, list[Somebody]]:
    """Where the @name stands, how many words it has, and who it can be. A name that is somebody goes before one that is nobody."""
    first: tuple[int, int, list[Somebody]] | None = None
    for at, word in enumerate(words):
        if not re.match(r"@\w", word):
            continue
        length, found = _who(words[at:], people)
        if len(found) == 1:
            return at, length, found
        if first is None or (found and not first[2]):
            first = at, length, found
    return first or (len(words), 0, [])


def _who(words: list[str], people: Sequence[Somebody]) -> tuple[int, list[Somebody]]:
    """The people an @name can be, most exact reading first, and how many words it took ("@mo amrani" takes two)."""
    whole = {p: plain(p.name) for p in people}
    for length in range(min(5, len(words)), 1, -1):
        written = plain("".join(words[:length]))
        if found := [p for p in people if whole[p] == written and len(p.name.split()) > 1]:
            return length, found
    written = plain(words[0])
    if not written:
        return 1, []
    parts = {p: [plain(w) for w in re.split(r"[\s-]+", p.name) if plain(w)] for p in people}
    readings = (
        [p for p in people if whole[p] == written],
        [p for p in people if parts[p][:1] == [written]],
        [p for p in people if whole[p].startswith(written) or parts[p][-1:] == [written] or written in _initials(p.name)],
    )
    return 1, next((found for found in readings if found), [])


def _initials(name: str) -> set[str]:
    """RVD and RD, for Roos van Dijk."""
    letters = [plain(w)[:1] for w in name.split()]
    return {"".join(letters), letters[0] + letters[-1]} if len(letters) > 1 else set()


# when

WEEKDAYS = {
    word: number
    for number, names in enumerate((
        "ma maandag mon monday", "di dinsdag tue tues tuesday", "wo woensdag wed weds wednesday", "do donderdag thu thur thurs thursday",
        "vr vrij vrijdag fri friday", "za zaterdag sat saturday", "zo zondag sun sunday",
    ))
    for word in names.split()
}  # fmt: skip
MONTHS = {
    word: number
    for number, names in enumerate((
        "jan januari january", "feb februari february", "mrt maart mar march", "apr april", "mei may", "jun juni june", "jul juli july",
        "aug augustus august", "sep sept september", "okt oktober oct october", "nov november", "dec december",
    ), 1)
    for word in names.split()
}  # fmt: skip
NUMBERS = {
    word: number
    for number, names in enumerate((
        "een één a an one", "twee two", "drie three", "vier four", "vijf five", "zes six", "zeven seven", "acht eight", "negen nine", "tien ten",
    ), 1)
    for word in names.split()
}  # fmt: skip
DAYS, WEEKS, MONTHLY = {"dag", "dagen", "day", "days"}, {"week", "weken", "weeks"}, {"maand", "maanden", "month", "months"}
NEXT = {"volgende", "komende", "aankomende", "aanstaande", "a.s", "deze", "next", "coming", "this"}
BY = {"op", "voor", "vóór", "uiterlijk", "on", "by", "before", "due"}
# After one of these a day is part of the sentence: "elke vr", "het rapport van maandag", "ma, wo en vr", "tot 27 nov".
NO_DAY_AFTER = {
    "elke", "elk", "iedere", "ieder", "alle", "vorige", "afgelopen", "van", "sinds", "vanaf", "tot", "t/m", "en", "of", "per",
    "geen", "hele", "every", "each", "all", "last", "past", "from", "since", "until", "till", "to", "and", "or", "the", "a", "no",
}  # fmt: skip
# Days that are also ordinary words: not at the start of a line, where they begin a sentence ("Do …", "Ma …", "Sat nav …").
WORDS_TOO = {"do", "zo", "ma", "mon", "sat", "sun", "wed", "di", "za"}


def _day(words: list[str], name_at: int, name_length: int, today: date, locale: str) -> tuple[int, int, date | None]:
    """Where the day stands, how many words it has and which it is: beside the @name, else at the end, else at the start."""
    if any(_contradicts(words[at:], today) for at in range(len(words))):
        return 0, 0, None
    after = name_at + name_length
    beside: list[tuple[int, int, date]] = []
    end: list[tuple[int, int, date]] = []
    start: list[tuple[int, int, date]] = []
    for at in range(len(words)):
        for length in range(min(MOST_WORDS, len(words) - at), 0, -1):
            if name_length and at < after and at + length > name_at:
                continue
            close = bool(name_length) and (at == after or at + length == name_at)
            last, first = at + length == len(words), at == 0
            if not (close or last or first):
                continue
            chunk = [_bare(w) for w in words[at : at + length]]
            if at and not (close and at == after) and _bare(words[at - 1]) in NO_DAY_AFTER:
                continue
            due = _date(chunk, today)
            if due is None or _could_be_text(chunk, words[at], close=close, first=first, last=last, after_name=at == after, locale=locale):
                continue
            (beside if close else end if last else start).append((at, length, due))
            break
    return next((reading[0] for reading in (beside, end, start) if reading), (0, 0, None))


def _contradicts(words: list[str], today: date) -> bool:
    """Whether it starts with a weekday and a date that is another weekday: one of the two is wrong, so it is asked."""
    chunk = [_bare(w) for w in words[:4]]
    dates = (_calendar(chunk[1:length], today) for length in range(len(chunk), 1, -1)) if chunk[0] in WEEKDAYS else ()
    exact = next((d for d in dates if d), None)
    return exact is not None and exact.weekday() != WEEKDAYS[chunk[0]]


def _bare(word: str) -> str:
    """The word without what surrounds it, in small letters."""
    return word.strip("()[],;:.!?\"'“”").casefold()


def _could_be_text(chunk: list[str], written: str, *, close: bool, first: bool, last: bool, after_name: bool, locale: str) -> bool:
    """Whether these words, here, may as well be part of the sentence."""
    if len(chunk) > 1:
        return False
    word = chunk[0]
    if word == "do" and locale == "en":
        return True  # English has the verb; "thu" is always a Thursday
    if word == "zo":
        return not (close and after_name and last)  # "doe het zo", "@mo zo snel mogelijk"
    if first and not close and not last:
        capitals = len(written) <= 3 and written.isupper()  # "VR bril testen"
        return word in WORDS_TOO or capitals or re.fullmatch(r"[0-9]{1,2}[-/][0-9]{1,2}", word) is not None  # "10-12 klanten"
    return first and last and not close and word in WORDS_TOO


def _date(chunk: list[str], today: date) -> date | None:
    """The day that these words say as a whole; None when they say none."""
    if len(chunk) > 1 and chunk[0] in BY:
        return _date(chunk[1:], today)
    return _named(chunk, today) or _weekday(chunk, today) or _distance(chunk, today) or _calendar(chunk, today)


def _named(chunk: list[str], today: date) -> date | None:
    """vandaag, tomorrow, overmorgen, the day after tomorrow."""
    ahead = {
        "vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2, "day after tomorrow": 2, "the day after tomorrow": 2,
    }.get(" ".join(chunk))  # fmt: skip
    return None if ahead is None else today + timedelta(days=ahead)


def _weekday(chunk: list[str], today: date) -> date | None:
    """vr, next tue, komende vrijdag: the next such day after today. volgende week di: that day of next week. vr 27 nov: that day."""
    for week in (["volgende", "week"], ["next", "week"]):
        rest = chunk[2:] if chunk[:2] == week else chunk[:-2] if chunk[-2:] == week else []
        rest = rest[1:] if rest[:1] in (["op"], ["on"]) else rest
        if len(rest) == 1 and rest[0] in WEEKDAYS:
            return today + timedelta(days=7 - today.weekday() + WEEKDAYS[rest[0]])
    if len(chunk) == 2 and chunk[0] in NEXT:
        chunk = chunk[1:]
    if chunk[0] not in WEEKDAYS:
        return None
    if len(chunk) == 1:
        return today + timedelta(days=(WEEKDAYS[chunk[0]] - today.weekday() - 1) % 7 + 1)
    exact = _calendar(chunk[1:], today)
    return exact if exact and exact.weekday() == WEEKDAYS[chunk[0]] else None


def _distance(chunk: list[str], today: date) -> date | None:
    """over 2 weken, binnen drie dagen, in 3 days, in a week."""
    if len(chunk) != 3 or chunk[0] not in ("over", "binnen", "in", "within"):
        return None
    count = NUMBERS.get(chunk[1], 0) or (int(chunk[1]) if re.fullmatch("[1-9][0-9]{0,2}", chunk[1]) else 0)
    if chunk[2] in MONTHLY and count:
        return _months_on(today, count)
    days = count if chunk[2] in DAYS else count * 7 if chunk[2] in WEEKS else 0
    return today + timedelta(days=days) if 0 < days <= FARTHEST else None


def _months_on(today: date, count: int) -> date | None:
    """The same day some months on, or the last day of a shorter month."""
    year, month = divmod(today.month - 1 + count, 12)
    found = next((d for day in range(today.day, 27, -1) if (d := _exact(today.year + year, month + 1, day))), None)
    found = found or _exact(today.year + year, month + 1, min(today.day, 28))
    return found if found and (found - today).days <= FARTHEST else None


def _calendar(chunk: list[str], today: date) -> date | None:
    """27-11, 27/11/2026, 2026-11-27, 27 nov, 27th november 2026, nov 27. Without a year: the first such day from today on."""
    if len(chunk) == 1:
        if exact := read_day(chunk[0]):
            return exact
        short = re.fullmatch(r"([0-9]{1,2})[-/]([0-9]{1,2})", chunk[0])
        if short and chunk[0] != "24/7" and len(chunk[0]) > 3:
            return _coming(int(short[1]), int(short[2]), today)
        return None
    day, month, year = ([*chunk, ""])[:3] if len(chunk) in (2, 3) else ("", "", "")
    if day in MONTHS:
        day, month = month, day
    number = re.fullmatch(r"([0-9]{1,2})(?:e|ste|de|st|nd|rd|th)?", day)
    if not number or month not in MONTHS:
        return None
    if not year:
        return _coming(int(number[1]), MONTHS[month], today)
    return _exact(int(year), MONTHS[month], int(number[1])) if re.fullmatch("20[0-9]{2}", year) else None


def _coming(day: int, month: int, today: date) -> date | None:
    """The first such day from today on; 29 February can be years away."""
    return next((d for year in range(today.year, today.year + 9) if (d := _exact(year, month, day)) and d >= today), None)


def _exact(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
