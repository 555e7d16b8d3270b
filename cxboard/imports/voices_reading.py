"""A file of voices, row by row: recognised as it is, and never whole in memory, whatever is inside."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _

from .reading import BOMS, Unreadable, file_name, trimmed
from .voices_workbook import MOST_COLUMNS, sheet_rows

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 250_000
LONGEST_LINE = 2_000_000
SEPARATORS = ";,\t|"
SAMPLE = 256 * 1024
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Sheet:
    """A file that was recognised: how it is written, and its headers. `rows()` reads it from the start each time."""

    path: Path
    name: str
    headers: list[str]
    excel: bool = False
    encoding: str = ""
    separator: str = ""

    @property
    def key(self) -> str:
        """The same for every file with these headers."""
        return hashlib.sha256("\n".join(h.casefold() for h in self.headers).encode()).hexdigest()

    @property
    def how(self) -> str:
        """What the file was recognised as, in a few words."""
        if self.excel:
            return _("an Excel file")
        between = {";": _("semicolons"), ",": _("commas"), "\t": _("tabs"), "|": _("bars")}[self.separator]
        return _("CSV with %(between)s, in %(encoding)s", between=between, encoding=ENCODINGS.get(self.encoding, "UTF-16"))

    def rows(self) -> Iterator[Row]:
        """The rows under the headers, each as wide as these; wider where there are cells beyond the last header. Raises Unreadable."""
        wide = len(self.headers)
        found = numbered(self)
        next(found)
        for count, (number, cells) in enumerate(found):
            if count == MOST_ROWS:
                raise Unreadable(_("This file has more than %(most)s rows. Split it into several files.", most=f"{MOST_ROWS:,}"))
            yield number, cells + [""] * (wide - len(cells))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Sheet:
        return cls(**{**kept, "path": Path(kept["path"])})


def recognise(path: Path, name: str) -> Sheet:
    """What this file is, by what is in it and not by its name. Raises Unreadable with what to do."""
    name = file_name(name)
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(_("This file is larger than %(most)s MB. Split it, or leave out what is not needed.", most=MOST_BYTES // 1024**2))
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable(_("This file is empty."))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an Excel file from before 2007, or one with a password. Save it as .xlsx without a password, or as CSV."))
    if start.startswith(b"PK"):
        sheet = Sheet(path, name, [], excel=True)
    else:
        encoding = encoding_of(path, start)
        sheet = Sheet(path, name, [], encoding=encoding, separator=separator_of(sample(path, encoding)))
    first = next(numbered(sheet), None)
    if first is None:
        raise Unreadable(_("This file is empty."))
    named = Sheet(path, name, [" ".join(h.split()) for h in first[1]], sheet.excel, sheet.encoding, sheet.separator)
    if next(named.rows(), None) is None:
        raise Unreadable(_("This file has no rows under its header."))
    return named


def numbered(sheet: Sheet) -> Iterator[Row]:
    """The rows that hold something, with the number that a spreadsheet shows beside them; the first is the header."""
    records = sheet_rows(sheet.path) if sheet.excel else enumerate(csv_records(sheet), 1)
    for number, record in records:
        if cells := trimmed(number, record, MOST_COLUMNS):
            yield number, cells


# CSV


def csv_records(sheet: Sheet) -> Iterator[list[str]]:
    """The records of a CSV file. Raises Unreadable with the row."""
    with sheet.path.open(encoding=sheet.encoding, newline="") as file:
        lines = bounded(file)
        first = next(lines, "")
        if not re.fullmatch(r"sep=.\r?\n?", first):
            lines = chained(first, lines)
        reader = csv.reader(lines, delimiter=sheet.separator, strict=True)
        number = 0
        while True:
            number += 1
            try:
                record = next(reader, None)
            except csv.Error:
                text = _("Row %(row)s has a quotation mark that is not closed, or closed too early. Write a quotation mark inside a cell twice.", row=number)
                raise Unreadable(text) from None
            if record is None:
                return
            yield record


def chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def bounded(file: IO[str]) -> Iterator[str]:
    """The lines of a file, none of them endless."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise Unreadable(_("Line %(line)s is longer than a table has. Is this a CSV file?", line=number))
        yield line


def encoding_of(path: Path, start: bytes) -> str:
    """UTF-8 or UTF-16 where the file says or shows it, else the Windows encoding of Western Europe. Raises Unreadable."""
    said = next((encoding for bom, encoding in BOMS if start.startswith(bom)), None) or utf16_without_mark(start)
    for encoding in [said] if said else ["utf-8", "cp1252"]:
        if fits(path, encoding):
            return encoding
    raise Unreadable(_("The letters in this file can't be read. Save it as CSV (UTF-8)."))


def utf16_without_mark(start: bytes) -> str | None:
    """Text of Western Europe in UTF-16 has a zero in nearly every pair of bytes, always on the same side."""
    pairs = len(start) // 2
    for encoding, side in (("utf-16-le", 1), ("utf-16-be", 0)):
        if pairs > 3 and start[side::2].count(0) > 0.6 * pairs and start[1 - side :: 2].count(0) == 0:
            return encoding
    return None


def fits(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in this encoding. Raises Unreadable for a character that no text has."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while True:
            piece = file.read(SAMPLE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeError:
                return False
            if "\x00" in text:
                line += text[: text.index("\x00")].count("\n")
                raise Unreadable(_("Line %(line)s holds a character that no text has. Save the file as CSV (UTF-8) again.", line=line))
            line += text.count("\n")
            if not piece:
                return True


def sample(path: Path, encoding: str) -> str:
    """The beginning of the file, up to the end of a line."""
    with path.open(encoding=encoding, newline="") as file:
        text = file.read(SAMPLE // 4)
    return text if len(text) < SAMPLE // 4 else text[: text.rfind("\n") + 1] or text


def separator_of(text: str) -> str:
    """The one that cuts the first rows into the most columns, and each row into as many as the header."""
    if said := re.match(r"sep=([;,\t|])\r?\n", text):
        return said[1]
    return max(SEPARATORS, key=lambda separator: (evenness(text, separator), -SEPARATORS.index(separator)))


def evenness(text: str, separator: str) -> float:
    """How well a separator cuts: columns of the header beyond the first, times the share of rows with as many."""
    widths: Counter[int] = Counter()
    wide = 0
    try:
        for record in islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 60):
            if any(cell.strip() for cell in record):
                wide = wide or len(record)
                widths[len(record)] += 1
    except csv.Error:
        pass  # what is wrong is said when it is read in earnest
    return (wide - 1) * widths[wide] / sum(widths.values()) if widths else 0.0


def texts(rows: Iterable[Row], column: int) -> Iterator[str]:
    """The cells of one column."""
    return (cells[column] for _number, cells in rows)
