"""What cxboard prints itself: A4 with our own letters, whose text can be selected and searched.

The fonts are made by `scripts/paper_fonts.py` from those of the pages. What they have no character for (emoji, Arabic) is
a box; `replaced` says whether there was any.
"""

from __future__ import annotations

import logging
import unicodedata
from pathlib import Path

from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from ..language import language

FONTS = Path(__file__).parent
FAMILY = "Figtree"
INK, SOFT, ACCENT, LINE = (38, 27, 36), (96, 84, 91), (94, 30, 78), (222, 217, 214)
MARGIN, BODY, SMALL = 22, 10, 8.5  # millimetres, points, points
MISSING = "\N{REPLACEMENT CHARACTER}"
HOW_MANY_PAGES = "\ue000" * 3  # keeps the place of a number that is known at the end
SAME = str.maketrans({"\t": "    ", "→": ">", "≥": ">=", "≤": "<=", "\N{NON-BREAKING HYPHEN}": "-", "\N{NARROW NO-BREAK SPACE}": " "})
UNSEEN = ("Cf", "Cc", "Mn", "Me", "Cs")  # what has no shape of its own: direction marks, joiners, what a combining accent leaves

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every font that it makes smaller


class Paper(FPDF):
    """A4 with a heading for each part, lines with a mark before them, and the page number under each page."""

    def __init__(self, title: str, *, margin: float = MARGIN, top: float = MARGIN - 4) -> None:
        super().__init__(format="A4")
        self.named, self.replaced = title, False
        self.c_margin = 0  # lines and text begin at the same place
        self.set_margins(margin, top, margin)
        self.set_auto_page_break(True, margin=MARGIN)
        for style, file in (("", "regular"), ("B", "bold")):
            self.add_font(FAMILY, style, FONTS / f"figtree-{file}.ttf")
        regular = self.fonts[FAMILY.lower()]
        assert isinstance(regular, TTFFont)
        self.known = frozenset(regular.cmap) - {ord(HOW_MANY_PAGES[0])}
        self.alias_nb_pages(HOW_MANY_PAGES)
        self.set_title(self.shown(title))
        self.set_lang(language())
        self.set_creator("cxboard")
        self.add_page()

    def shown(self, text: str) -> str:
        """As the font has it: composed, without what cannot be seen, with a box for what is missing."""
        found = []
        for letter in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(SAME):
            if letter == "\n" or ord(letter) in self.known:
                found.append(letter)
            elif unicodedata.category(letter) == "Zs":
                found.append(" ")
            elif unicodedata.category(letter) not in UNSEEN:
                found.append(MISSING)
        self.replaced = self.replaced or MISSING in found
        return "".join(found)

    def footer(self) -> None:
        """What it is, and which page of how many."""
        self.set_y(-14)
        self.pen(SMALL, colour=SOFT)
        width = self.epw / 2
        self.cell(width, 5, self.named)
        self.cell(width, 5, _("Page %(n)s of %(total)s", n=self.page_no(), total=HOW_MANY_PAGES), align="R")

    def pen(self, size: float = BODY, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def say(self, text: str, *, indent: float = 0, size: float = BODY, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """A paragraph."""
        self.pen(size, bold=bold, colour=colour)
        self.set_x(self.l_margin + indent)
        self.multi_cell(self.epw - indent, size * 0.5, self.shown(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def head(self, text: str, beside: str = "", *, level: int = 0) -> None:
        """A heading, which is never alone at the foot of a page."""
        if self.will_page_break(26):
            self.add_page()
        else:
            self.ln(3 if level else 6)
        self.start_section(self.shown(text), level)
        self.pen(10 if level else 13, bold=True, colour=SOFT if level else ACCENT)
        self.cell(self.epw - 40, 6, self.shown(text))
        self.pen(SMALL, colour=SOFT)
        self.cell(40, 6, beside, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if not level:
            self.set_draw_color(*LINE)
            self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(1.5)

    def point(self, text: str, under: str = "", *, mark: str = "•") -> None:
        """A line with a mark before it, and what belongs to it in smaller letters."""
        if self.will_page_break(11 if under else 6):
            self.add_page()
        self.pen(colour=SOFT)
        self.cell(7, BODY * 0.5, mark, align="L" if mark == "•" else "R")
        self.set_y(self.get_y())
        self.say(text, indent=9 if mark != "•" else 5)
        if under:
            self.say(under, indent=9 if mark != "•" else 5, size=SMALL, colour=SOFT)
        self.ln(1)

    def fact(self, name: str, text: str) -> None:
        """A word and what stands for it, side by side."""
        self.pen(colour=SOFT)
        self.cell(32, BODY * 0.5, self.shown(name))
        self.set_y(self.get_y())
        self.say(text, indent=32)
        self.ln(0.8)
