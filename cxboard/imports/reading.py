"""A spreadsheet as a table of texts: CSV as Excel and others write it, or an Excel file; within limits, whatever is inside."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _

from ..domain import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
MOST_UNPACKED = 60 * 1024 * 1024
LONGEST_CELL = 50_000
DELIMITERS = ";,\t"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Unreadable(Refused):
    """This file can't be read as a table; the message says why, and what to do."""


@dataclass(frozen=True)
class Table:
    """What a file holds: its headers, and its rows with the number that a spreadsheet shows beside them."""

    name: str
    headers: list[str]
    rows: list[tuple[int, list[str]]]

    @property
    def stem(self) -> str:
        """The name without its ending, as people would say it."""
        return PurePath(self.name).stem.strip()[:80] or "Import"


def read(data: bytes, name: str) -> Table:
    """The table in a file that somebody sent. Raises Unreadable."""
    name = file_name(name)
    if len(data) > MOST_BYTES:
        raise Unreadable(_("This file is larger than 5 MB. Split it, or leave out what is not needed."))
    if not data.strip():
        raise Unreadable(_("This file is empty."))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an Excel file from before 2007. Save it as .xlsx or as CSV."))
    records = excel(data) if data.startswith(b"PK") else csv_records(data)
    return table(name, records)


def file_name(name: str) -> str:
    """Only the last part of a file's name, on one line, without characters that turn or hide text."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:80] or "import"


def trimmed(number: int, record: Iterable[str], most: int) -> list[str]:
    """The cells of a row without what is empty at its end. Raises Unreadable for more than `most` columns, or a cell that is too long."""
    cells = [cell.strip() for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > most:
        raise Unreadable(_("Row %(row)s has %(count)s columns; cxboard takes at most %(most)s.", row=number, count=len(cells), most=most))
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise Unreadable(_("Row %(row)s has a cell with more than 50,000 characters. Is a quotation mark missing?", row=number))
    return cells


def table(name: str, records: Iterable[list[str]]) -> Table:
    """The first row that holds something is the header; empty rows are left out, but counted."""
    headers: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, record in enumerate(records, 1):
        cells = trimmed(number, record, MOST_COLUMNS)
        if not cells:
            continue
        if not headers:
            headers = cells
        elif len(rows) == MOST_ROWS:
            raise Unreadable(_("This file has more than 5,000 rows. Split it into several files."))
        else:
            rows.append((number, cells))
    if not rows:
        raise Unreadable(_("This file has no rows under its header."))
    wide = max(len(headers), *(len(cells) for _number, cells in rows))
    return Table(
        name=name,
        headers=[*headers, *[""] * (wide - len(headers))],
        rows=[(number, [*cells, *[""] * (wide - len(cells))]) for number, cells in rows],
    )


# CSV


def csv_records(data: bytes) -> Iterator[list[str]]:
    """The records of a CSV file, whatever its encoding and its separator. Raises Unreadable with the row."""
    text = decoded(data)
    first, _newline, rest = text.partition("\n")
    if found := re.fullmatch(r"sep=([;,\t|])\r?", first):
        text, separator = rest, found[1]
    else:
        separator = separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error:
            said = _(
                "Row %(row)s has a quotation mark that is not closed, or closed too early. Write a quotation mark inside a cell twice.",
                row=number,
            )
            raise Unreadable(said) from None
        if record is None:
            return
        yield record


def decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 where the file says so, else UTF-8 where that fits, else the Windows encoding of Western Europe."""
    marked = next((encoding for bom, encoding in BOMS if data.startswith(bom)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" in text:
            row = text[: text.index("\x00")].count("\n") + 1
            raise Unreadable(_("Line %(line)s holds a character that no text has. Save the file as CSV (UTF-8) again.", line=row))
        return text
    raise Unreadable(_("The letters in this file can't be read. Save it as CSV (UTF-8)."))


def separator_of(text: str) -> str:
    """What stands most often between the cells of the first line that holds something, outside of quotation marks."""
    first = next((line for line in text.splitlines() if line.strip(DELIMITERS + " ")), "")
    outside = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=lambda d: (outside.count(d), -DELIMITERS.index(d)))


# Excel


def excel(data: bytes) -> Iterator[list[str]]:
    """The records of the first sheet that holds something. Raises Unreadable."""
    check_zip(data)
    from openpyxl.reader.excel import load_workbook

    from .voices_workbook import Reading

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                if part.endswith(".xml"):  # openpyxl keeps all that is open, however deep
                    for _piece in Reading().pieces(package, part):
                        pass
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        left = 4 * MOST_ROWS  # over all sheets: a small file can name the same long sheet many times
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = islice(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), left + 1)
            records = [[in_words(value) for value in row] for row in rows]
            left -= len(records)
            if left < 0:
                raise Unreadable(_("This file has more than 5,000 rows. Split it into several files."))
            if any(any(record) for record in records):
                yield from records
                return
    except Unreadable:
        raise
    except Exception:  # a damaged file can break openpyxl and the XML parser in any way
        raise Unreadable(_("This Excel file can't be read. Open it in Excel, save it again, or save it as CSV.")) from None


def check_zip(data: bytes) -> None:
    """Raises Unreadable for a zip file that is no workbook, or that would unpack to far too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable(_("This Excel file can't be read. Open it in Excel, save it again, or save it as CSV.")) from None
    if "xl/workbook.xml" not in {p.filename for p in parts}:
        raise Unreadable(_("This is a zip file and no table. Unpack it, and choose the CSV or Excel file inside."))
    if len(parts) > 2_000 or sum(p.file_size for p in parts) > MOST_UNPACKED:
        raise Unreadable(_("This Excel file unpacks to more than cxboard takes. Save only the sheet with the rows, as CSV."))


def in_words(value: Any) -> str:
    """A cell as somebody would type it: a date with its year first, a number with a decimal comma."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10f}".rstrip("0").replace(".", ",")
    return str(value)
