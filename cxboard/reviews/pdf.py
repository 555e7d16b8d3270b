"""The minutes on paper: the same frozen text as the page and the Markdown, as a PDF whose text can be selected and searched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _, ngettext

from ..language import language, moment, number
from ..markdown import plain
from ..paper import MISSING, SMALL, SOFT, Paper
from .dates import dated, held
from .minutes import Entry, per_subject
from .models import Review
from .steps import Step


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
    filled = any(entry[name] for name in ("items", "decisions", "actions", "notes", "changes", "promises")) or entry.get("said")
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
        paper.point(named(item), " · ".join([item["status"][code], *([_("comes back next time")] if item.get("again") else [])]))
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
    if entry.get("said"):
        paper.head(_("Said about it"), level=1)
    for comment in entry.get("said", []):
        paper.point(with_key(comment | {"text": plain(comment["text"])}), comment["by"])
    if entry["changes"]:
        paper.head(_("Changed during the review"), level=1)
    for changes in per_subject(entry["changes"]):
        told_of = "\n".join(change["text"][code] for change in changes)
        paper.point(*(named(changes[0]), told_of) if changes[0]["key"] else (told_of,))
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
