"""The minutes on paper: the same frozen text as the page and the Markdown, as a PDF whose text can be selected and searched.

The fonts are made by `scripts/paper_fonts.py` from those of the pages. What they have no character for (emoji, Arabic) is
a box, and the last line says so.
"""

from __future__ import annotations

import logging
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _, ngettext
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from ..language import language, moment, number
from .dates import dated, held
from .minutes import Entry
from .models import Review
from .steps import Step

FONTS = Path(__file__).parent / "paper"
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

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.named, self.replaced = title, False
        self.c_margin = 0  # lines and text begin at the same place
        self.set_margins(MARGIN, MARGIN - 4, MARGIN)
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


def as_pdf(review: Review, minutes: Entry) -> bytes:
    """The minutes as `for_reader` gives them, in the language of this answer."""
    title = _("Weekly review, week %(week)s", week=review.number)
    paper = Paper(title)
    paper.set_creation_date(review.closed_at)
    paper.say(title, size=20, bold=True)
    paper.ln(4)
    facts(paper, review, minutes)
    if minutes["wins"]:
        paper.head(_("Done since last time"))
        for win in minutes["wins"]:
            paper.point(named(win))
    told = 0
    for entry in minutes["steps"]:
        told = step(paper, entry, minutes, told)
    ending(paper, review, minutes)
    if paper.replaced:
        paper.ln(6)
        paper.say(_("A %(box)s stands for a character that this paper cannot show. The minutes in cxboard have it.", box=MISSING), size=SMALL, colour=SOFT)
    return bytes(paper.output())


def facts(paper: Paper, review: Review, minutes: Entry) -> None:
    """When, where and who."""
    paper.fact(_("When"), ", ".join(filter(None, [held(review), minutes["place"]])))
    if entered := minutes.get("entered"):
        paper.fact(_("Written up"), _("afterwards, by %(name)s, %(moment)s", name=entered["by"], moment=moment(datetime.fromisoformat(entered["at"]))))
    if minutes["chair"]:
        paper.fact(_("Chair"), minutes["chair"])
    groups, rating = minutes["attendance"]["departments"], minutes["rating"]
    present = "; ".join((f"{g['code']}: " if g["code"] else "") + ", ".join(g["present"]) for g in groups if g["present"])
    paper.fact(_("Present"), present or "–")
    for name, people in (
        (_("Guests"), minutes["attendance"]["guests"]),
        (_("Excused"), [p for g in groups for p in g["excused"]]),
        (_("Absent"), [p for g in groups for p in g["absent"]]),
    ):
        if people:
            paper.fact(name, ", ".join(people))
    if rating["mean"] is not None:
        mark = _("%(mean)s on average, of %(n)s", mean=number(rating["mean"]), n=rating["count"])
    else:
        mark = ngettext(
            "None: %(num)s mark was given, and the average is shown from five marks on.",
            "None: %(num)s marks were given, and the average is shown from five marks on.", rating["count"],
        )  # fmt: skip
    paper.fact(_("Mark"), mark)


def step(paper: Paper, entry: Entry, minutes: Entry, told: int) -> int:
    """One step; returns how many decisions have been told up to here, since they are counted through."""
    here, code = Step(entry["step"]), language()
    voice = minutes["voice"] if here == Step.CUSTOMER else None
    filled = any(entry[name] for name in ("items", "decisions", "actions", "notes", "changes", "promises"))
    if not (filled or voice or here == Step.NUMBERS):
        return told
    paper.head(here.label, "" if minutes.get("entered") else _("%(n)s of %(box)s min", n=entry["spent"], box=entry["minutes"]))
    if voice:
        paper.say(named(voice))
        if voice["quote"]:
            paper.say(f"“{voice['quote']}”", indent=5, colour=SOFT)
    if here == Step.NUMBERS:
        for figure in minutes["numbers"]:
            value = figure["value"] if figure["of"] is None else _("%(n)s of %(total)s", n=figure["value"], total=figure["of"])
            paper.point(f"{value} {figure['label'][code]}")
    for item in entry["items"]:
        paper.point(named(item), item["status"][code])
    if entry["decisions"]:
        paper.head(_("Decisions"), level=1)
    for decision in entry["decisions"]:
        told += 1
        paper.point(with_key(decision), mark=f"{told}.")
    if entry["actions"]:
        paper.head(_("Actions"), level=1)
    for action in entry["actions"]:
        paper.point(with_key(action), f"{action['owner']}, {dated(action['due'])}")
    if entry["promises"]:
        paper.head(_("Promised earlier"), level=1)
    for action in entry["promises"]:
        paper.point(with_key(action), f"{action['owner']}, {how_it_stands(action)}")
    if entry["changes"]:
        paper.head(_("Changed during the review"), level=1)
    for change in entry["changes"]:
        paper.point((f"{change['key']}: " if change["key"] else "") + change["text"][code])
    if entry["notes"]:
        paper.head(_("Notes"), level=1)
        paper.say(entry["notes"])
    return told


def ending(paper: Paper, review: Review, minutes: Entry) -> None:
    """What was not done, not reached or skipped, and the corrections."""
    if minutes["not_doing"]:
        paper.head(_("What we will not do"))
    for refusal in minutes["not_doing"]:
        paper.point(named(refusal), ": ".join(filter(None, [how_refused(refusal), refusal["reason"]])))
    if minutes["not_reached"]:
        paper.head(_("Not reached, comes back next time"))
    for item in minutes["not_reached"]:
        often = ngettext("carried over once before", "carried over %(num)s times before", item["carried"]) if item["carried"] else ""
        paper.point(named(item), often)
    if minutes.get("skipped"):
        paper.head(_("Skipped this time"))
    for skipped in minutes.get("skipped", []):
        paper.point(named(skipped), f"{skipped['by']}: {skipped['reason']}")
    if review.remarks:
        paper.head(_("Corrections"))
    for remark in review.remarks:
        paper.point(remark.text, f"{remark.by.name}, {moment(remark.at)}")


def named(entry: dict[str, Any]) -> str:
    """`CX-12 Eindnota komt te laat`."""
    return " ".join(filter(None, [entry["key"], entry["title"]]))


def with_key(entry: dict[str, Any]) -> str:
    """`Bel de klant (CX-12)`."""
    return str(entry["text"]) + (f" ({entry['key']})" if entry["key"] else "")


def how_it_stands(action: dict[str, Any]) -> str:
    """What became of an earlier promise."""
    if action["status"] != "open":
        return _("done") if action["status"] == "done" else _("dropped")
    stands = _("open, for %(day)s", day=dated(action["due"]))
    often = ngettext("carried over once", "carried over %(num)s times", action["carried"]) if action["carried"] else ""
    return f"{stands} ({often})" if often else stands


def how_refused(refusal: dict[str, Any]) -> str:
    """Parked until when, dropped or declined."""
    if refusal["kind"] == "parked" and refusal["until"]:
        return _("not before %(day)s", day=dated(refusal["until"]))
    return _("dropped") if refusal["kind"] == "dropped" else _("declined")
