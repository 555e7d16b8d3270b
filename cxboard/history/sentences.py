"""The wording of every event, in whole sentences. An event without a sentence can't be recorded.

A sentence is `lazy_gettext("%(who)s …")`; it may use who, key, before, after, reason, text. `LABELS` turns a stored value
into words per field; slices add theirs with `say_field()`.
"""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from markupsafe import Markup, escape

from .models import Event

Label = Callable[[Any], str]

SENTENCES: dict[str, Any] = {}
FIELDS: dict[str, Any] = {}
LABELS: dict[str, Label] = {}
ICONS: dict[str, str] = {}
DAYS = ("due", "until", "from_day")  # what an event keeps as 2026-11-27 and people read as 27 nov 2026


def say(kind: str, sentence: Any, icon: str = "history") -> None:
    """Give the event `kind` its sentence and its icon."""
    SENTENCES[kind] = sentence
    ICONS[kind] = icon


def say_field(field: str, name: Any, label: Label = str) -> None:
    """Give a field its name in a sentence, and a way to write its values."""
    FIELDS[field] = name
    LABELS[field] = label


say("changed", _l("%(who)s changed %(field)s from “%(before)s” to “%(after)s”"), "pencil")
say("filled", _l("%(who)s set %(field)s to “%(after)s”"), "pencil")
say("cleared", _l("%(who)s removed %(field)s (it was “%(before)s”)"), "pencil")
say("rewritten", _l("%(who)s rewrote %(field)s"), "pencil")


def value_of(field: str | None, value: Any) -> str:
    """A stored value in words; nothing becomes a dash."""
    if value is None or value == "" or value == []:
        return "–"
    return str(LABELS.get(field or "", str)(value))


def sentence(event: Event) -> Markup:
    """The event in the reader's language, with the person in bold. Everything that people typed is escaped."""

    who = escape(event.by.name) if event.by else escape(_("cxboard"))
    parts = {
        "who": Markup("<b>%s</b>") % who,
        "field": FIELDS.get(event.field or "", event.field or ""),
        "before": value_of(event.field, event.before),
        "after": value_of(event.field, event.after),
        "reason": event.reason or "",
    }
    for source in (event.before, event.after):
        if isinstance(source, dict):
            parts.update({k: _written(k, v) for k, v in source.items() if isinstance(v, str | int) and k not in parts})
    return Markup(escape(str(SENTENCES[event.kind]))) % _Forgiving(parts)


def _written(name: str, value: str | int) -> str | int:
    """A detail of an event as people write it."""
    if name not in DAYS or not isinstance(value, str):
        return value
    from ..forms import read_day
    from ..language import day

    return day(read_day(value)) or value


class _Forgiving(dict[str, Any]):
    """Placeholders that an event does not fill are written as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def icon(event: Event) -> str:
    """The icon beside the sentence."""
    return ICONS.get(event.kind, "history")


__all__ = ["SENTENCES", "icon", "say", "say_field", "sentence", "value_of"]
