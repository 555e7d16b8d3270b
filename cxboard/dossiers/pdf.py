"""The dossier on two sheets of A4: the same figures and words as the page, drawn with what a PDF has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _, ngettext
from fpdf.enums import XPos, YPos
from werkzeug.wrappers import Response

from .. import charts
from ..language import day, moment, percent, score, weekday
from ..paper import INK, LINE, MISSING, SMALL, SOFT, Paper
from . import telling
from .queries import Case
from .reckoning import Measure, Name, Part

EX, EX_PALE, CX, CX_SOFT, WARN, OK, OK_PALE = (4, 119, 129), (170, 208, 210), (157, 53, 119), (250, 240, 246), (122, 66, 0), (22, 89, 47), (203, 225, 209)
SIDE, TOP = 17, 13  # millimetres
ROW = 4.6
MOST_UNKNOWN, MOST_BARS, MOST_QUOTE = 6, 6, 230


class Sheets(Paper):
    """Paper with a foot that says whose figures these are, of when, and where they stand."""

    def __init__(self, title: str, foot: str) -> None:
        self.foot = foot
        super().__init__(title, margin=SIDE, top=TOP)
        self.set_auto_page_break(True, margin=17)

    def footer(self) -> None:
        self.set_y(-12)
        self.pen(7.5, colour=SOFT)
        self.cell(self.epw - 22, 4, self.shown(charts.clipped(self.foot, 2_000)))
        self.cell(22, 4, _("Page %(n)s of %(total)s", n=self.page_no(), total="\ue000" * 3), align="R")

    def title_of(self, text: str, beside: str = "") -> None:
        """The heading of a section, which stays with what follows."""
        if self.will_page_break(24):
            self.add_page()
        else:
            self.ln(3.4)
        self.start_section(self.shown(text), 0)
        self.pen(11.5, bold=True)
        wide = self.get_string_width(self.shown(text)) + 4
        self.cell(wide, 5.5, self.shown(text))
        self.pen(8, colour=SOFT)
        self.cell(self.epw - wide, 5.5, self.shown(beside), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(0.8)

    def rule(self, *, strong: bool = False) -> None:
        """A line over the whole width."""
        self.set_draw_color(*(INK if strong else LINE))
        self.set_line_width(0.4 if strong else 0.2)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())

    def fit(self, text: str, room: float) -> str:
        """As much of it as fits in so many millimetres, in the pen of now."""
        text = self.shown(text)
        if self.get_string_width(text) <= room:
            return text
        while text and self.get_string_width(text + "…") > room:
            text = text[:-1]
        return text.rstrip() + "…"

    def lines(self, text: str, room: float, height: float) -> list[str]:
        """The text as lines that fit in so many millimetres, in the pen of now."""
        found = self.multi_cell(room, height, self.shown(text), dry_run=True, output="LINES", align="L")
        return list(found) if isinstance(found, list) else []

    def bar(self, x: float, width: float, colour: tuple[int, int, int], *, height: float = 3.0, y: float | None = None) -> None:
        self.set_fill_color(*colour)
        self.rect(x, self.get_y() + 1 if y is None else y, max(width, 0.3), height, style="F")

    def row(self, cells: Sequence[tuple[str, float, str]], *, bold: bool = False, colours: Sequence[tuple[int, int, int]] = (), size: float = 8.5) -> None:
        """A row of a table: (text, width, L or R); a text that is too long goes on below itself."""
        texts = []
        rooms = [width - 3 for _text, width, _align in cells[:-1]] + [cells[-1][1]]
        for n, (text, _width, _align) in enumerate(cells):
            self.pen(size, bold=bold, colour=colours[n] if colours else INK)
            texts.append(self.lines(text, rooms[n], 3.7))
        height = max(len(lines) for lines in texts) * 3.7 + 1.3
        if self.will_page_break(height):
            self.add_page()
        x, y = self.l_margin, self.get_y()
        for n, (_text, width, align) in enumerate(cells):
            self.pen(size, bold=bold, colour=colours[n] if colours else INK)
            self.set_xy(x, y + 0.6)
            for line in texts[n]:
                self.cell(rooms[n], 3.7, line, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
            x += width
        self.set_xy(self.l_margin, y + height)
        self.rule()


def file(context: dict[str, Any], address: str = "") -> Response:
    """The PDF, to be kept by whoever fetched it and by nobody on the way."""
    case: Case = context["case"]
    answer = Response(as_pdf(context, address), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="cxboard-{case.problem.key}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def as_pdf(context: dict[str, Any], address: str = "") -> bytes:
    """What `views.shown` gives, in the language of this answer."""
    case: Case = context["case"]
    foot = [f"{case.organisation}, cxboard." if case.organisation else "cxboard.", _("Figures of %(moment)s.", moment=moment(case.moment)), address]
    paper = Sheets(f"{case.problem.key} {case.problem.title}", " ".join(filter(None, foot)))
    paper.set_creation_date(case.moment)
    head(paper, case)
    where(paper, case)
    said(paper, context["quotes"], context["voices"])
    compared(paper, case)
    sums(paper, case)
    sure(paper, context["swings"], case)
    unknown(paper, case)
    assumed(paper, case)
    ending(paper, case)
    if paper.replaced:
        paper.ln(2)
        paper.say(_("A %(box)s stands for a character that this paper cannot show.", box=MISSING), size=7.5, colour=SOFT)
    return bytes(paper.output())


def head(paper: Sheets, case: Case) -> None:
    """Which problem, the claim, and four figures."""
    problem, found = case.problem, case.figures
    paper.pen(9, bold=True, colour=EX)
    facts = [problem.key, problem.category.label, problem.department.name if problem.department else ""]
    paper.cell(paper.epw * 0.62, 5, paper.shown("   ".join(filter(None, facts))))
    paper.pen(8, colour=SOFT)
    sure = ngettext("Confirmed for %(sure)s of %(num)s issue", "Confirmed for %(sure)s of %(num)s issues", len(case.moving), sure=case.confirmed)
    paper.cell(paper.epw * 0.38, 5, sure if case.moving else "", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(1.5)
    paper.say(problem.title, size=19, bold=True)
    paper.ln(1)
    paper.say(" ".join(telling.claim(case)), size=11, colour=SOFT)
    if case.mine:
        paper.say(_("A version that nobody has kept."), size=9, bold=True, colour=WARN)
    paper.ln(2.5)
    paper.rule()
    asked, upkeep = case.values.get(Name.INVESTMENT), case.values.get(Name.RUNNING)
    stats = [
        (_("Costs us now, a year"), telling.euro(found.cost.likely) if found.cost else "–", telling.euros(found.cost) if found.cost else _("not known yet")),
        (_("Asked, once"), telling.exactly(asked.likely) if asked else "–", _("plus %(euro)s upkeep a year", euro=telling.exactly(upkeep.likely)) if upkeep and asked else _("upkeep not known yet") if asked else _("not known yet")),
        (_("Earned back in"), telling.months(found.payback.likely) if found.payback else "–", telling.payback_range(found.payback) if found.payback else _("not known yet")),
        (_("Leverage on customer pain"), telling.share(case), telling.place(case)),
    ]
    width, y = paper.epw / 4, paper.get_y() + 2
    for n, (label, figure, hint) in enumerate(stats):
        x = paper.l_margin + n * width
        for at, size, bold, colour, text in ((0, 8, False, SOFT, label), (4.6, 15, True, INK, figure)):
            paper.set_xy(x, y + at)
            paper.pen(size, bold=bold, colour=colour)
            paper.cell(width - 3, size * 0.45, paper.fit(text, width - 3))
        paper.set_xy(x, y + 12.4)
        paper.pen(7.5, colour=SOFT)
        paper.multi_cell(width - 3, 3.2, paper.shown(hint), align="L")
    paper.set_xy(paper.l_margin, y + 20.5)
    paper.rule()


def where(paper: Sheets, case: Case) -> None:
    """The issues that it causes, as bars, with the stage of each."""
    paper.title_of(_("Where customers notice it"), _("Bar: customer pain × share, together %(total)s.", total=score(case.leverage)))
    weighing = [c for c in case.moving if c.row.points > 0]
    if not weighing:
        paper.say(_("No open issue with a known weight is linked to it yet."), size=9, colour=SOFT)
    longest = max((c.row.points for c in weighing), default=1)
    for c in weighing[:MOST_BARS]:
        y = paper.get_y()
        paper.pen(8.5, bold=True, colour=CX)
        paper.cell(14, ROW, c.row.key)
        paper.pen(8.5)
        paper.cell(72, ROW, paper.fit(c.row.title, 70))
        paper.pen(8, colour=SOFT)
        paper.cell(28, ROW, paper.fit(c.stage or "", 26))
        paper.bar(paper.get_x(), 46 * c.row.points / longest, CX, y=y + 0.8)
        paper.set_xy(paper.l_margin + paper.epw - 16, y)
        paper.pen(8.5, bold=True)
        paper.cell(16, ROW, score(c.row.points), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        paper.ln(0.6)
    if len(weighing) > MOST_BARS:
        rest = weighing[MOST_BARS:]
        paper.say(ngettext("and %(num)s more, together %(points)s", "and %(num)s more, together %(points)s", len(rest), points=score(sum(c.row.points for c in rest))), size=8, colour=SOFT)


def said(paper: Sheets, quotes: Sequence[Any], voices: int) -> None:
    """What customers say of it."""
    beside = ngettext("%(num)s voice supports these issues", "%(num)s voices support these issues", voices) if voices else ""
    paper.title_of(_("What customers say"), beside)
    if not quotes:
        paper.say(_("No quote supports these issues yet."), size=9, colour=SOFT)
    for told in quotes:
        voice = told.voice
        quote = voice.quote if len(voice.quote) <= MOST_QUOTE else voice.quote[:MOST_QUOTE].rsplit(" ", 1)[0] + "…"
        marks = [_("%(scale)s %(score)s of %(high)s", scale=voice.scale.label, score=voice.score, high=voice.scale.high) if voice.score is not None and voice.scale else "", telling.channel(voice.channel) if voice.channel else "", f"CX-{told.issue_id}", day(voice.said_on)]
        y = paper.get_y()
        paper.pen(9.5)
        lines = paper.lines(f"“{quote}”", paper.epw - 8, 4.5)
        height = len(lines) * 4.5 + 8
        if paper.will_page_break(height):
            paper.add_page()
            y = paper.get_y()
        paper.set_fill_color(*CX_SOFT)
        paper.rect(paper.l_margin, y, paper.epw, height - 1.5, style="F")
        paper.set_xy(paper.l_margin + 4, y + 1.5)
        for line in lines:
            paper.cell(paper.epw - 8, 4.5, line, new_x=XPos.LEFT, new_y=YPos.NEXT)
        paper.pen(7.5, colour=SOFT)
        paper.cell(paper.epw - 8, 3.5, paper.shown("   ".join(filter(None, marks))))
        paper.set_xy(paper.l_margin, y + height)


def compared(paper: Sheets, case: Case) -> None:
    """Beside the other problems: standing bars with the share of each."""
    moving = [r for r in case.ranking if r.leverage > 0]
    if case.place is None or len(moving) < 2:
        return
    paper.title_of(_("How it compares with other EX problems"), _("Bar: share of the pain of all open issues."))
    high = 26.0
    shown = moving[:10]
    foot, slot = paper.get_y() + high + 6, paper.epw / max(6, len(shown))
    if foot + 8 > paper.h - 17:
        paper.add_page()
        foot = paper.get_y() + high + 6
    tallest = shown[0].leverage
    for n, r in enumerate(shown):
        mine = r.id == case.problem.id
        x, tall = paper.l_margin + n * slot, high * r.leverage / tallest
        paper.bar(x + slot * 0.12, slot * 0.76, EX if mine else EX_PALE, height=max(tall, 0.3), y=foot - tall)
        paper.pen(8, bold=mine, colour=EX if mine else SOFT)
        paper.set_xy(x, foot - tall - 4.2)
        paper.cell(slot, 4, percent(100 * r.leverage / case.whole), align="C")
        paper.set_xy(x, foot + 0.6)
        paper.cell(slot, 4, r.key, align="C")
    paper.set_xy(paper.l_margin, foot)
    paper.rule()
    paper.set_xy(paper.l_margin, foot + 5)


def sums(paper: Sheets, case: Case) -> None:
    """What it costs, part by part; all of it on one page."""
    if paper.will_page_break(52):
        paper.add_page()
    paper.title_of(_("What it costs now"))
    widths = (48, paper.epw - 48 - 24 - 42, 24, 42)
    titles = (_("Post"), _("How it is reckoned"), _("A year"), _("Outer range"))
    soft = (SOFT,) * 4
    paper.row([(t, w, a) for t, w, a in zip(titles, widths, "LLRR", strict=True)], colours=soft, size=7.5)
    for part in Part:
        found = case.figures.parts[part]
        if found:
            cells = (str(telling.PART_LABELS[part]), telling.sum_of(case, part), telling.euro(found.likely), telling.euros(found))
        else:
            cells = (str(telling.PART_LABELS[part]), _("Not counted, not known:") + " " + ", ".join(str(telling.KINDS[n].label) for n in case.missing[part]), "–", "–")
        paper.row([(t, w, a) for t, w, a in zip(cells, widths, "LLRR", strict=True)], colours=(INK, SOFT if found else WARN, INK, SOFT))
    cost = case.figures.cost
    last = (_("Together"), "", telling.euro(cost.likely) if cost else "–", telling.euros(cost) if cost else "–")
    paper.row([(t, w, a) for t, w, a in zip(last, widths, "LLRR", strict=True)], bold=True)
    if cost:
        paper.ln(1)
        paper.say(_("Rounded to two figures, so parts may not add up exactly. The outer range runs from every assumption at its low end at once to every one at its high end: it will hardly come to that."), size=7.5, colour=SOFT)


def sure(paper: Sheets, swings: charts.Spans | None, case: Case) -> None:
    """Which assumption moves the result most."""
    if swings is None or case.sensitivity is None:
        return
    if paper.will_page_break(22 + len(swings.spans) * 6.4):
        paper.add_page()
    title = {
        Measure.PAYBACK: _("How sure is the time in which it is earned back?"), Measure.BENEFIT: _("How sure is what it brings a year?"),
        Measure.COST: _("How sure is what it costs a year?"),
    }[case.sensitivity.measure]  # fmt: skip
    paper.title_of(title, _("Per assumption: low or high, and all others likely"))
    unit, top = paper.epw / swings.width, paper.get_y()
    foot = top + len(swings.spans) * 6.4
    for tick in swings.ticks:
        x = paper.l_margin + tick.at * unit
        paper.set_draw_color(*LINE)
        paper.line(x, top, x, foot)
        paper.pen(7.5, colour=SOFT)
        paper.set_xy(x - 15, foot + 0.4)
        paper.cell(30, 4, paper.shown(tick.words), align="C")
    for n, span in enumerate(swings.spans):
        y = top + n * 6.4
        paper.set_xy(paper.l_margin, y + 0.9)
        paper.pen(8.5)
        paper.cell(44, 4, paper.fit(span.label, 42))
        left, right = paper.l_margin + span.x * unit, paper.l_margin + (span.x + span.width) * unit
        paper.bar(left, right - left, OK_PALE, height=4, y=y + 0.9)
        paper.pen(7.5, colour=SOFT)
        paper.set_xy(left - 31, y + 0.9)
        paper.cell(30, 4, paper.shown(span.low), align="R")
        paper.set_xy(right + 1, y + 0.9)
        paper.cell(30, 4, paper.shown(span.high))
    middle = paper.l_margin + swings.middle * unit
    paper.set_draw_color(*OK)
    paper.set_line_width(0.6)
    paper.line(middle, top, middle, foot)
    paper.pen(7.5, bold=True)
    paper.set_xy(middle - 15, foot + 0.4)
    paper.cell(30, 4, paper.shown(swings.middle_words), align="C")
    paper.set_line_width(0.2)
    paper.set_xy(paper.l_margin, foot + 4.4)


def unknown(paper: Sheets, case: Case) -> None:
    """What a reader has to know about these figures."""
    paper.title_of(_("What is not known"))
    if not case.unknown:
        paper.say(_("Every assumption has a source and a range."), size=8.5, colour=SOFT)
    for one in case.unknown[:MOST_UNKNOWN]:
        paper.pen(8.5, colour=SOFT)
        paper.cell(4, 4, "•")
        paper.set_y(paper.get_y())
        paper.say(" ".join(filter(None, [one.what, one.who])), indent=4, size=8.5)
        paper.ln(0.4)


def assumed(paper: Sheets, case: Case) -> None:
    """Every assumption with its range and its source."""
    paper.title_of(_("Assumptions"))
    widths = (58, 52, paper.epw - 110)
    titles = (_("Assumption"), _("Likely (low to high)"), _("Source"))
    paper.row([(t, w, a) for t, w, a in zip(titles, widths, "LRL", strict=True)], colours=(SOFT,) * 3, size=7.5)
    for a in case.assumed.values():
        cells = (f"{a.kind.label} ({a.kind.unit})", telling.value(a), telling.source(a, case.problem))
        unsure = a.guess or a.is_tried or a.now is None
        paper.row([(t, w, align) for t, w, align in zip(cells, widths, "LRL", strict=True)], colours=(INK, INK, WARN if unsure else SOFT), size=8)


def ending(paper: Sheets, case: Case) -> None:
    """Whether it helped, and what is asked of whom."""
    problem = case.problem
    paper.title_of(_("Did it help?"))
    paper.say(
        _("Not measured yet: it is solved, and nobody has compared before and after.") if problem.status.value == "resolved"
        else _("Not measured yet: there is no before and after as long as it is not solved."), size=8.5, colour=SOFT,
    )  # fmt: skip
    paper.ln(2)
    if paper.will_page_break(24):
        paper.add_page()
    paper.rule(strong=True)
    paper.title_of(_("What is asked"))
    asked = case.values.get(Name.INVESTMENT)
    text = case.ask or (_("%(euro)s. What for has not been written down yet.", euro=telling.exactly(asked.likely)) if asked else _("Nobody has written down yet what is asked, and what for."))
    paper.say(text, size=9.5)
    paper.ln(1.5)
    decide = weekday(case.dossier.decide_by, True) if case.dossier and case.dossier.decide_by else _("no date yet")
    sponsor = problem.sponsor.name if problem.sponsor else _("none yet")
    paper.say(f"{_('Sponsor')}: {sponsor}     {_('Decision asked by')}: {decide}", size=SMALL, colour=SOFT)


def address_of(case: Case) -> str:
    """Where the dossier stands, for whoever has an account."""
    return url_for("dossiers.dossier", id=case.problem.id, _external=True)
