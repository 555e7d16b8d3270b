"""The demo: a believable Dutch company with twelve weeks of history, told through the domain's own verbs."""

from __future__ import annotations

from .company import NAME, PASSWORD, PEOPLE


def load() -> Summary:
    """Fill the database with the company as of now, and commit; all or nothing."""
    return Story().tell()


def sign_in_lines() -> list[str]:
    """Who can sign in, and how, for the terminal."""
    wide = max(len(p.email) for p in PEOPLE)
    words = {"admin": "administrator", "regisseur": "CX regisseur", "viewer": "viewer"}
    shown = [p for p in PEOPLE if p.role != "member"] + [p for p in PEOPLE if p.role == "member"]
    lines = [f"  {p.email:{wide}}  {p.name}, {words.get(p.role) or 'member, ' + ', '.join(p.departments)}" for p in shown]
    return ["", f"Sign in as somebody of {NAME}, with the password: {PASSWORD}", *lines, ""]


from .story import Story, Summary  # noqa: E402 - the story needs the company above

__all__ = ["load", "sign_in_lines"]
