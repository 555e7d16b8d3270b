"""History: every change writes one event (who, when, what, from, to, in which review). Events are added only."""

from .models import Event, HasHistory

__all__ = ["Event", "HasHistory"]
