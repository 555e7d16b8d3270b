"""Named places on a page, where slices above add a panel without being imported by the slice below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Loader = Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A fragment and what it shows."""

    template: str
    context: dict[str, Any]


_registered: dict[str, list[tuple[int, str, Loader]]] = {}


def add_panel(place: str, order: int, template: str, loader: Loader) -> None:
    """Show `template` at `place` (`issue`, `problem`, `issue-side` …). `loader(thing, person)` gives its context, None shows nothing."""
    found = _registered.setdefault(place, [])
    if (order, template, loader) not in found:
        found.append((order, template, loader))
        found.sort(key=lambda f: f[0])


def panels(place: str, thing: Any, person: Any) -> list[Panel]:
    """The panels of a place for this thing and this reader, in order."""
    loaded = ((template, loader(thing, person)) for _order, template, loader in _registered.get(place, []))
    return [Panel(template, context) for template, context in loaded if context is not None]
