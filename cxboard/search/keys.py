"""Every key there is, by where it works: what the overview shows, and what a test compares with what pages listen to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.models import User
from ..permissions import allows


@dataclass(frozen=True)
class Key:
    """What one presses (pressed together within one entry, either of several entries), and what it does."""

    keys: tuple[str, ...]
    does: Any
    permission: str = "issue.view"
    single: bool = True  # a plain letter: works only while nobody types, and can be switched off


@dataclass(frozen=True)
class Where:
    """A kind of page and the keys that work there."""

    name: str
    label: Any
    paths: tuple[str, ...]  # how the addresses begin
    keys: tuple[Key, ...]


EVERYWHERE = Where(
    "everywhere", _l("Everywhere"), (), (
        Key(("/", "Ctrl K"), _l("search, go somewhere, do something")),
        Key(("N",), _l("new issue"), "issue.report"),
        Key(("V",), _l("log what a customer said"), "voice.log"),
        Key(("F",), _l("to the filter or the field to search in, where the page has one")),
        Key(("?",), _l("all keys")),
        Key(("Esc",), _l("close, or leave a field as it was"), single=False),
        Key(("Ctrl Enter",), _l("send what you wrote in a field of several lines"), single=False),
    ),
)  # fmt: skip
BOARD = Where(
    "board", _l("On the board"), ("/board",), (
        Key(("J", "K"), _l("next card, card before")),
        Key(("↑", "↓", "←", "→"), _l("from card to card, from column to column"), single=False),
        Key(("Enter",), _l("open the card"), single=False),
        Key(("M",), _l("move the card: a menu asks where to"), "issue.report"),
        Key(("H",), _l("ask another department for help with the card"), "issue.report"),
        Key(("X",), _l("choose the card, to change several at once"), "issue.report"),
        Key(("Shift ←", "Shift →"), _l("move the card to the next column at once"), "issue.report", single=False),
        Key(("Shift ↑", "Shift ↓"), _l("put the card higher or lower in the ranking"), "issue.rank", single=False),
    ),
)  # fmt: skip
LIST = Where(
    "issues", _l("In the list of issues"), ("/issues",), (
        Key(("J", "K"), _l("next issue, issue before")),
        Key(("X",), _l("choose the issue, to change several at once"), "issue.report"),
        Key(("Shift X",), _l("choose all up to here"), "issue.report", single=False),
    ),
)  # fmt: skip
ISSUE = Where(
    "issue", _l("On the page of an issue or a problem"), ("/issues/", "/problems/"), (
        Key(("B",), _l("write down a decision"), "decision.record"),
        Key(("A",), _l("write down an action"), "action.promise"),
        Key(("H",), _l("ask another department for help"), "handoff.ask"),
        Key(("M",), _l("move the issue"), "issue.report"),
    ),
)  # fmt: skip
VOICES = Where(
    "voices", _l("In the list of voices"), ("/voices",), (
        Key(("J", "K"), _l("next voice, voice before")),
        Key(("Enter",), _l("open the voice"), single=False),
        Key(("X",), _l("choose the voice, to do something with several"), "voice.support"),
        Key(("Shift X",), _l("choose all up to here"), "voice.support", single=False),
        Key(("S",), _l("let it support an issue"), "voice.support"),
        Key(("I",), _l("make a new issue of it"), "voice.support"),
        Key(("Z",), _l("set it aside"), "voice.set_aside"),
    ),
)  # fmt: skip
VOICE = Where(
    "voice", _l("On the page of a voice"), ("/voices/",), (
        Key(("S",), _l("let it support an issue"), "voice.support"),
        Key(("Z",), _l("set it aside"), "voice.set_aside"),
    ),
)  # fmt: skip
REVIEW = Where(
    "review", _l("In the weekly review"), ("/reviews/",), (
        Key(("B",), _l("write down a decision"), "decision.record"),
        Key(("A",), _l("write down an action"), "action.promise"),
        Key(("←", "→"), _l("turn the page"), "review.run"),
        Key(("F",), _l("full screen")),
    ),
)  # fmt: skip
PLACES = (EVERYWHERE, BOARD, LIST, ISSUE, VOICES, VOICE, REVIEW)


def overview(person: User, path: str) -> list[tuple[Where, list[Key]]]:
    """The keys that this person can use: of the page with this path first, then those that work everywhere, then the rest."""
    here = max((w for w in PLACES for p in w.paths if path == p.rstrip("/") or (p.endswith("/") and path.startswith(p) and path != p)), key=lambda w: len(w.paths[0]), default=None)
    order = sorted(PLACES, key=lambda w: (w is not here, w is not EVERYWHERE))
    found = [(w, [k for k in w.keys if allows(person, k.permission)]) for w in order]
    return [(w, keys) for w, keys in found if keys]
