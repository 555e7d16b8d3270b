"""A notification as a sentence in the reader's language, its icon, and where it leads."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _, ngettext

from .. import clock, language
from ..forms import read_day
from .models import Kind, Notification

ICONS = {
    Kind.MENTION: "at-sign",
    Kind.HANDOFF: "hand-helping",
    Kind.ASSIGNED: "list-todo",
    Kind.DUE: "calendar",
    Kind.REVIEW: "messages-square",
    Kind.OUTCOME: "arrow-right",
    Kind.OWNER: "user-round",
}


def icon(told: Notification) -> str:
    """The icon beside the sentence."""
    return ICONS[told.kind]


def sentence(told: Notification) -> str:
    """What is told, as plain text; whoever shows it escapes it."""
    facts = told.facts
    who = told.by.name if told.by else "cxboard"
    match told.kind:
        case Kind.MENTION if "department" in facts:
            return _("%(who)s mentioned %(department)s", who=who, department=facts["department"])
        case Kind.MENTION:
            return _("%(who)s mentioned you", who=who)
        case Kind.ASSIGNED:
            return _("%(who)s wrote down for you, by %(day)s: “%(text)s”", who=who, day=day_of(facts), text=facts["text"])
        case Kind.DUE:
            return _("You promised for %(day)s: “%(text)s”", day=day_of(facts), text=facts["text"])
        case Kind.REVIEW:
            return _("The review of week %(week)s is closed, and its minutes are ready", week=clock.week_number(facts["week"]))
        case Kind.OWNER:
            return _("%(who)s made you the owner", who=who)
        case Kind.HANDOFF:
            return handoff(facts, who)
        case _:
            return outcome(facts, who)


def outcome(facts: dict[str, Any], who: str) -> str:
    """What became of what I reported."""
    match facts["status"]:
        case "declined":
            return _("%(who)s declined what you reported. You can reply.", who=who)
        case "parked":
            return _("%(who)s parked what you reported, until %(day)s", who=who, day=language.day(read_day(facts["until"])))
        case "merged":
            return _("%(who)s merged what you reported into %(key)s", who=who, key=facts["into"])
        case "in_progress":
            return _("Work has begun on what you reported")
        case "done":
            return _("What you reported is done")
        case _:
            return _("%(who)s accepted what you reported", who=who)


def handoff(facts: dict[str, Any], who: str) -> str:
    """What was asked of a department, or what became of what was asked."""
    named = {"who": who, "asking": facts["asking"], "asked": facts["asked"]}
    match facts["step"]:
        case "asked":
            return _("%(asking)s asks %(asked)s for help, by %(day)s", day=day_of(facts), **named)
        case "asked_again":
            return _("%(asking)s asks %(asked)s again for help, by %(day)s", day=day_of(facts), **named)
        case "accepted":
            return _("%(asked)s will help %(asking)s: %(who)s accepted the request", **named)
        case "answered":
            return _("%(asked)s answered %(asking)s", **named)
        case "declined":
            return _("%(asked)s can’t help %(asking)s: %(who)s declined the request", **named)
        case _:
            return _("%(asking)s needs no help of %(asked)s any more", **named)


def said(told: Notification) -> str:
    """The words that it is about: what was said where I was mentioned, why something was declined; '' when there are none."""
    facts = told.facts
    if told.kind in (Kind.ASSIGNED, Kind.DUE):
        return ""
    return str(facts.get("reason") or facts.get("text") or "")


def day_of(facts: dict[str, Any]) -> str:
    """`fri 27 Nov`."""
    return language.weekday(read_day(facts["due"]))


def where(told: Notification) -> str:
    """`CX-12 Eindnota komt te laat`; '' for what is about no issue or problem."""
    about = told.issue or told.problem
    return f"{about.key} {about.title}" if about else ""


def path(told: Notification) -> str:
    """Where it is shown: the comment, request or action itself, on the page of what it is about."""
    return page_of(told) + (f"#{told.subject}-{told.subject_id}" if told.subject in ("comment", "handoff", "action") else "")


def page_of(told: Notification) -> str:
    """The page of what it is about, as a path of this app; works without a request too."""
    kind, id = told.thing
    match kind:
        case "issue":
            return address("issues.show", id=id)
        case "problem":
            return address("causes.show", id=id)
        case "review":
            return address("reviews.show", id=id)
        case _:
            return address("actions.index")


def address(endpoint: str, **values: Any) -> str:
    """The path of a page, also outside a request."""
    return current_app.url_map.bind("").build(endpoint, values)


def link(path: str) -> str:
    """The whole address, of the host that the settings name and nobody's request."""
    return f"{current_app.config['BASE_URL']}{path}"


def how_many(count: int) -> str:
    """`3 unread`, as a screen reader says it."""
    return ngettext("%(num)s unread message", "%(num)s unread messages", count)
