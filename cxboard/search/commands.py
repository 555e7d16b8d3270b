"""Where the palette can go and what it can do, in words of both languages, as far as this person may."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, url_for
from flask_babel import force_locale, gettext as _, lazy_gettext as _l

from .. import clock
from ..accounts.models import User
from ..language import LANGUAGES
from ..permissions import allows
from ..reviews.queries import reviews_ahead
from ..words import folded


@dataclass(frozen=True)
class Command:
    """A page to go to, a dialog to open (`dialog`), or something that is done at once (`post`, with `values`)."""

    name: str
    label: Any
    icon: str
    endpoint: str
    permission: str = "issue.view"
    how: str = "go"  # go, dialog or post
    args: tuple[tuple[str, Any], ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    also: Any = ""  # other words that people may type for it
    key: str = ""

    @property
    def url(self) -> str:
        return url_for(self.endpoint, **dict(self.args))


PREFER = "accounts.prefer"
COMMANDS = (
    Command("new-issue", _l("New issue"), "plus", "issues.new", "issue.report", "dialog", also=_l("report something that a customer notices"), key="N"),
    Command("new-problem", _l("New EX problem"), "plus", "causes.new", "problem.signal", "dialog", also=_l("signal what hinders employees")),
    Command("log-voice", _l("Log a voice"), "message-square-quote", "voices.new", "voice.log", "dialog", also=_l("write down what a customer said quote"), key="V"),
    Command("today", _l("Today"), "sun", "today.index", also=_l("home start")),
    Command("board", _l("Board"), "square-kanban", "issues.board"),
    Command("issues", _l("All issues"), "list-todo", "issues.index"),
    Command("reviews", _l("Weekly review"), "messages-square", "reviews.index", "review.view", also=_l("meeting agenda minutes")),
    Command("actions", _l("Actions"), "list-todo", "actions.index", also=_l("promises")),
    Command("inbox", _l("Inbox"), "bell", "notifications.index", also=_l("notifications mentions")),
    Command("problems", _l("EX problems"), "puzzle", "causes.index", "problem.view", also=_l("root causes leverage")),
    Command("map", _l("Root causes"), "spline", "causes.root_causes_map", "problem.view", also=_l("map bands why pain")),
    Command("voices", _l("Voices"), "message-square-quote", "voices.index", "voice.view", also=_l("customers quotes scores NPS CSAT CES")),
    Command("connections", _l("Connections"), "grid-3x3", "handoffs.connections", also=_l("hand-offs between departments")),
    Command("search", _l("Search page"), "search", "search.index"),
    Command("keys", _l("All keys"), "keyboard", "search.keys", how="dialog", also=_l("keyboard shortcuts help"), key="?"),
    Command("dark", _l("Dark"), "moon", PREFER, "profile.edit", "post", values=(("theme", "dark"),), also=_l("appearance theme night")),
    Command("light", _l("Light"), "sun", PREFER, "profile.edit", "post", values=(("theme", "light"),), also=_l("appearance theme day")),
    Command("as-system", _l("Light or dark as the system"), "monitor", PREFER, "profile.edit", "post", values=(("theme", "system"),), also=_l("appearance theme")),
    Command("dutch", "Nederlands", "languages", PREFER, "profile.edit", "post", values=(("locale", "nl"),), also=_l("Dutch language")),
    Command("english", "English", "languages", PREFER, "profile.edit", "post", values=(("locale", "en"),), also=_l("English language")),
    Command("profile", _l("Profile"), "user-round", "accounts.profile", "profile.edit", also=_l("settings password")),
    Command("people", _l("People"), "users-round", "accounts.people", "person.view", also=_l("settings colleagues invite")),
    Command("departments", _l("Departments"), "building-2", "accounts.departments", "person.view", also=_l("settings")),
    Command("journeys", _l("Journeys"), "route", "journeys.index", "journey.view", also=_l("stages customer employee lanes touchpoints")),
    Command("rhythm", _l("Weekly rhythm"), "calendar", "reviews.rhythm", "review.plan", also=_l("settings series")),
    Command("import", _l("Import"), "upload", "imports.index", "issue.import", also=_l("settings spreadsheet")),
    Command("audit", _l("Audit log"), "history", "audit.index", "audit.view", also=_l("settings history")),
    Command("sign-out", _l("Sign out"), "log-out", "accounts.sign_out", "profile.edit", "post", also=_l("leave")),
)
FIRST = ("new-issue", "today", "board", "reviews", "actions", "problems", "keys")  # shown before anything is typed


def commands_for(person: User) -> list[Command]:
    """Those that this person may use; the coming review among them."""
    there = current_app.view_functions
    return [*review_commands(person), *(c for c in COMMANDS if c.endpoint in there and allows(person, c.permission))]


def review_commands(person: User) -> list[Command]:
    """To the review that is live, or to start the coming one."""
    ahead = reviews_ahead()
    if not ahead:
        return []
    coming = next((r for r in ahead if r.is_live), ahead[0])
    args, week = (("id", coming.id),), clock.week_number(coming.week)
    if coming.is_live:
        return [Command("live", _("To the review of week %(week)s", week=week), "circle-play", "reviews.show", "review.view", args=args, also=_l("live meeting"))]
    found = [Command("agenda", _("Agenda of week %(week)s", week=week), "messages-square", "reviews.show", "review.view", args=args, also=_l("coming review"))]
    if allows(person, "review.run"):
        found.append(Command("start", _("Open the review of week %(week)s", week=week), "circle-play", "reviews.start", "review.run", "post", args=args, also=_l("start review meeting")))
    return found


def matching(person: User, text: str, *, most: int = 4) -> list[Command]:
    """The commands that have all typed words, each at the beginning of one of theirs; in either language."""
    typed = list(folded(text[:80]))
    if not typed or len(typed[0]) < 2:
        return []
    found = []
    for command in commands_for(person):
        label, also = words_of(command)
        if all(any(w.startswith(t) for w in label | also) for t in typed):
            found.append((not all(any(w.startswith(t) for w in label) for t in typed), command))
    return [command for _worse, command in sorted(found, key=lambda f: f[0])][:most]


@lru_cache(maxsize=200)
def _translated(name: str, label: Any, also: Any) -> tuple[frozenset[str], frozenset[str]]:
    labels, others = set(), set()
    for code in LANGUAGES:
        with force_locale(code):
            labels |= set(folded(str(label)))
            others |= set(folded(str(also)))
    return frozenset(labels), frozenset(others)


def words_of(command: Command) -> tuple[frozenset[str], frozenset[str]]:
    """The words of its name and those beside it, in every language."""
    return _translated(command.name, command.label, command.also)


def at_first(person: User) -> list[Command]:
    """What is offered before anything is typed."""
    return [c for c in commands_for(person) if c.name in FIRST or c.name in ("live", "agenda", "start")]

