"""The rows of an Excel workbook, one at a time: little memory, whatever is inside, and no formula is ever worked out."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.parsers import expat

from flask_babel import gettext as _

from .reading import Unreadable

MOST_COLUMNS = 250
LONGEST_CELL = 50_000
MOST_PARTS = 2_000
MOST_UNPACKED = 600 * 1024 * 1024
MOST_WORDS = 80 * 1024 * 1024  # characters of all texts together, which a workbook keeps apart from its rows
MOST_TEXTS = 1_500_000
PIECE = 64 * 1024
SILENCE = 40  # pieces in which nothing begins or ends: no workbook has so long a mark
DEEPEST = 64  # marks within marks
MOST_NAMES = 2_000  # different names of marks and of what stands in them; the parser keeps each
EPOCH = date(1899, 12, 30)
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # ECMA-376 part 1, 18.8.30
BROKEN = (expat.ExpatError, zipfile.BadZipFile, zlib.error, KeyError, IndexError, ValueError, OverflowError, EOFError, NotImplementedError, RuntimeError, OSError)

Attributes = dict[str, str]


def sheet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that holds something, each with its number. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as package:
            check(package)
            texts, dates = shared_texts(package), date_styles(package)
            for sheet in sheets(package):
                empty = True
                for number, cells in Rows(texts, dates).read(package, sheet):
                    empty = False
                    yield number, cells
                if not empty:
                    return
    except Unreadable:
        raise
    except BROKEN:
        raise Unreadable(_("This Excel file can't be read. Open it in Excel, save it again, or save it as CSV.")) from None


def check(package: zipfile.ZipFile) -> None:
    """Raises Unreadable for a zip file that is no workbook, or that would unpack to far too much."""
    parts = package.infolist()
    if "xl/workbook.xml" not in {p.filename for p in parts}:
        raise Unreadable(_("This is a zip file and no table. Unpack it, and choose the CSV or Excel file inside."))
    if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
        raise Unreadable(_("This Excel file unpacks to more than cxboard takes. Save only the sheet with the rows, as CSV."))


def too_large() -> Unreadable:
    return Unreadable(_("This Excel file holds more than cxboard takes at once. Save only the sheet with the rows, as CSV."))


class Reading:
    """One XML part of a workbook, in pieces. Definitions of its own it may not have; they are how small files become huge.

    Nor may it be deep, or full of names that are all different: the parser keeps every mark that is open and every name.
    """

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.heard = False
        self.depth = 0
        self.names: set[str] = set()

    def refuse(self, *_declared: object) -> None:
        raise ValueError("a workbook declares nothing")

    def _start(self, name: str, attributes: Attributes) -> None:
        self.heard = True
        self.depth += 1
        self.names.add(name)
        self.names.update(attributes)
        if self.depth > DEEPEST or len(self.names) > MOST_NAMES:
            raise too_large()
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.heard = True
        self.depth -= 1
        self.end(name.rpartition(":")[2])

    def _text(self, text: str) -> None:
        self.heard = True
        self.text(text)

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...

    def pieces(self, package: zipfile.ZipFile, part: str) -> Iterator[None]:
        """Read on; after each piece the caller may take what was found."""
        silent = 0
        with package.open(part) as file:
            while piece := file.read(PIECE):
                self.heard = False
                self.parser.Parse(piece, False)
                silent = 0 if self.heard else silent + 1
                if silent > SILENCE:
                    raise too_large()
                yield
            self.parser.Parse(b"", True)
            yield


class Marks(Reading):
    """The marks of a small part, each handed to `tell`."""

    def __init__(self, tell: Callable[[str, Attributes], None]) -> None:
        super().__init__()
        self.tell = tell

    def start(self, name: str, attributes: Attributes) -> None:
        self.tell(name, attributes)

    @classmethod
    def read(cls, package: zipfile.ZipFile, part: str, tell: Callable[[str, Attributes], None]) -> None:
        if part not in package.namelist():
            return
        if package.getinfo(part).file_size > MOST_WORDS:
            raise too_large()
        for _piece in cls(tell).pieces(package, part):
            pass


def sheets(package: zipfile.ZipFile) -> list[str]:
    """The parts with the sheets, in the order of their tabs."""
    ids: list[str] = []
    parts: dict[str, str] = {}

    def tab(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            ids.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes["Target"]
            parts[attributes["Id"]] = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))

    Marks.read(package, "xl/workbook.xml", tab)
    Marks.read(package, "xl/_rels/workbook.xml.rels", relation)
    found = list(dict.fromkeys(parts[i] for i in ids if parts.get(i) in package.namelist()))
    if not found:
        raise KeyError("no sheet")
    return found[:50]


class Texts(Reading):
    """The texts that the sheet refers to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.parts: list[str] = []
        self.inside = self.aside = False
        self.total = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self.inside = not self.aside
        elif name == "rPh":  # how a text is pronounced
            self.aside = True

    def end(self, name: str) -> None:
        if name == "t":
            self.inside = False
        elif name == "rPh":
            self.aside = False
        elif name == "si":
            self.found.append("".join(self.parts))
            self.parts.clear()
            if len(self.found) > MOST_TEXTS:
                raise too_large()

    def text(self, text: str) -> None:
        if self.inside:
            self.total += len(text)
            if self.total > MOST_WORDS:
                raise too_large()
            self.parts.append(text)


def shared_texts(package: zipfile.ZipFile) -> list[str]:
    part = "xl/sharedStrings.xml"
    texts = Texts()
    if part in package.namelist():
        for _piece in texts.pieces(package, part):
            pass
    return texts.found


def date_styles(package: zipfile.ZipFile) -> set[int]:
    """The numbers of the styles that show a number as a date."""
    own: dict[int, bool] = {}
    styles: list[int] = []
    inside: list[str] = [""]

    def mark(name: str, attributes: Attributes) -> None:
        if name in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside[0] = name
        elif name == "numFmt":
            own[int(attributes["numFmtId"])] = is_date_format(attributes.get("formatCode", ""))
        elif name == "xf" and inside[0] == "cellXfs":
            styles.append(int(attributes.get("numFmtId", 0)))

    Marks.read(package, "xl/styles.xml", mark)
    return {n for n, number in enumerate(styles) if own.get(number, number in DATE_FORMATS)}


def is_date_format(code: str) -> bool:
    """Whether a format writes days or years; what stands in quotation marks or brackets does not count."""
    return bool(re.search("[dy]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.partition(";")[0]).lower()))


class Rows(Reading):
    """The rows of one sheet."""

    def __init__(self, texts: list[str], dates: set[int]) -> None:
        super().__init__()
        self.texts, self.dates = texts, dates
        self.ready: list[tuple[int, list[str]]] = []
        self.number = self.column = self.length = 0
        self.cells: dict[int, str] = {}
        self.kind = self.style = ""
        self.parts: list[str] = []
        self.inside = False

    def read(self, package: zipfile.ZipFile, part: str) -> Iterator[tuple[int, list[str]]]:
        for _piece in self.pieces(package, part):
            yield from self.ready
            self.ready.clear()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            place = attributes.get("r")
            self.column = column_of(place) if place else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
            self.parts.clear()
            self.length = 0
        elif name in ("v", "t"):
            self.inside = True
        elif name == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.column = 0
            self.cells = {}

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.inside = False
        elif name == "c":
            if (text := self.value()).strip():
                if self.column > MOST_COLUMNS:
                    told = _("Row %(row)s has %(count)s columns; cxboard takes at most %(most)s.", row=self.number, count=self.column, most=MOST_COLUMNS)
                    raise Unreadable(told)
                self.cells[self.column] = text
        elif name == "row" and self.cells:
            self.ready.append((self.number, [self.cells.get(n, "") for n in range(1, max(self.cells) + 1)]))

    def text(self, text: str) -> None:
        if self.inside:
            self.length += len(text)
            if self.length > LONGEST_CELL:
                raise Unreadable(_("Row %(row)s has a cell with more than 50,000 characters. Is a quotation mark missing?", row=self.number))
            self.parts.append(text)

    def value(self) -> str:
        """The cell as somebody would type it: a date with its year first; of a formula what it last came to."""
        text = "".join(self.parts)
        if self.kind == "s":
            return self.texts[int(text)] if text else ""
        if self.kind == "e":
            return ""
        if self.kind != "n" or not text:
            return text
        number = float(text)
        if int(self.style) in self.dates and 1 <= number < 2_000_000:
            return (EPOCH + timedelta(days=int(number))).isoformat()
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.10f}".rstrip("0")


def column_of(place: str) -> int:
    """3, of C7."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - 64
    if not 1 <= number <= 16_384:
        raise ValueError(place)
    return number
