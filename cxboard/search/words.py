"""How the index of search keeps the words of a thing: each under the sign of its kind."""

from __future__ import annotations

from ..words import forms

# Each word is kept under the sign of its kind, so that a word that stands in every comment costs nothing among issues.
# Folding takes circled letters apart, so no word that people write begins with one.
SIGNS = {"issue": "ⓘⒾ", "problem": "ⓟⓅ", "action": "ⓐⒶ", "decision": "ⓓⒹ", "minutes": "ⓜⓂ", "handoff": "ⓗⒽ", "comment": "ⓒⒸ"}


def as_index(title: str, body: str, kind: str) -> str:
    """The words of one thing as the index keeps them, in a fixed order; those of its title under a sign of their own as well."""
    anywhere, titled = tuple(SIGNS[kind])
    in_title = forms(title)
    return " ".join(sorted({anywhere + w for w in in_title | forms(body)} | {titled + w for w in in_title}))
