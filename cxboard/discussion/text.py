"""Plain text as people typed it: paragraphs and line ends kept, addresses and keys (CX-12, EX-7) as links, nothing else."""

import re
from collections.abc import Container
from urllib.parse import urlsplit

from flask import url_for
from markupsafe import Markup, escape

LINK = re.compile(r"https?://[^\s<>\"'“”]+|\b(?:CX|EX)-[1-9][0-9]{0,9}\b")
KEY = re.compile(r"(CX|EX)-([0-9]+)")


def keys_in(text: str, kind: str) -> set[int]:
    """The numbers behind CX- or EX- in a text."""
    return {int(m[2]) for found in LINK.findall(text) if (m := KEY.fullmatch(found)) and m[1] == kind}


def show(text: str, issues: Container[int] = (), problems: Container[int] = ()) -> Markup:
    """The text as HTML. Only the given issues and problems become links: those that exist and that the reader may see."""
    paragraphs = re.split(r"\n{2,}", text.strip())
    return Markup("").join(Markup("<p>%s</p>") % _lines(p, issues, problems) for p in paragraphs)


def _lines(text: str, issues: Container[int], problems: Container[int]) -> Markup:
    return Markup("<br>").join(_line(line, issues, problems) for line in text.split("\n"))


def _line(text: str, issues: Container[int], problems: Container[int]) -> Markup:
    shown, end = Markup(""), 0
    for match in LINK.finditer(text):
        found = match[0]
        link = _address(found) if found.startswith("http") else _key(found, issues, problems)
        if link is None:
            continue
        label, html = link
        shown += escape(text[end : match.start()]) + html
        end = match.start() + len(label)
    return shown + escape(text[end:])


def _address(found: str) -> tuple[str, Markup] | None:
    """A web address without the full stop or the bracket that ends the sentence around it."""
    found = found.rstrip(".,;:!?)]}…")
    try:
        host = urlsplit(found).hostname
    except ValueError:
        return None
    return (found, Markup('<a href="%s" rel="noopener noreferrer nofollow">%s</a>') % (found, found)) if host else None


def _key(found: str, issues: Container[int], problems: Container[int]) -> tuple[str, Markup] | None:
    kind, number = found[:2], int(found[3:])
    if number not in (issues if kind == "CX" else problems):
        return None
    url = url_for("issues.show" if kind == "CX" else "causes.show", id=number)
    return found, Markup('<a href="%s">%s</a>') % (url, found)
