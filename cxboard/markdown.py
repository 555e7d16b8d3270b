"""What people write in Markdown, as HTML that can do nothing: CommonMark without raw HTML, then an allow-list over the result."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# No id, class, style or data-/hx- attribute, no picture: nothing that could look or act like a part of cxboard.
TAGS = {
    "p",
    "br",
    "hr",
    "strong",
    "em",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "h3",
    "h4",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    return reader.enable(["table", "strikethrough"]).disable("image")


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener noreferrer", strip_comments=True,
        attribute_filter=_plain_links,
    )  # fmt: skip


def _plain_links(tag: str, attribute: str, value: str) -> str | None:
    """A link names its scheme: `//elsewhere` and addresses within cxboard (a trap to click) are left out."""
    if attribute == "href" and not re.match("(?:https?://|mailto:)", value, re.IGNORECASE):
        return None
    return value


# Words that mean something here: keys (CX-12) and, in a comment, names (@Eva Smit). A slice says what its keys lead to.

Known = tuple[tuple[str, Markup], ...]
Finder = Callable[[set[int], Any], Mapping[int, tuple[str, str]]]  # numbers and a reader -> address and title, of what they may see
FINDERS: dict[str, Finder] = {}
ADDRESS = r"https?://[^\s<>\"'“”\ue000\ue001]+"
KEY = re.compile(r"(?<![\w-])([A-Z]{2})-([1-9][0-9]{0,8})(?!\w)")
MOST_KEYS = 200  # in what is shown at once
OPEN, CLOSE = "\ue000", "\ue001"  # around the number of a piece of HTML of ours, which the cleaning would take out
SIGN = re.compile(f"[{OPEN}{CLOSE}]")


def link_keys(prefix: str, finder: Finder) -> None:
    """`CX-12` in any text leads to what `finder` finds for 12."""
    FINDERS[prefix] = finder


def links(texts: Iterable[str], reader: Any) -> dict[str, Markup]:
    """The keys in these texts as links: of those that are there and that this reader may see; the others stay text."""
    keys = sorted({(m[1], int(m[2])) for text in texts for m in KEY.finditer(text) if m[1] in FINDERS})[:MOST_KEYS]
    found: dict[str, Markup] = {}
    for prefix, finder in FINDERS.items():
        numbers = {number for kind, number in keys if kind == prefix}
        for number, (url, title) in (finder(numbers, reader) if numbers else {}).items():
            found[f"{prefix}-{number}"] = Markup('<a href="%s" title="%s">%s-%s</a>') % (url, title, prefix, number)
    return found


def known_in(text: str, known: Mapping[str, Markup]) -> Known:
    """Those of the known keys that stand in this text."""
    return tuple((key, known[key]) for key in sorted({m[0] for m in KEY.finditer(text)}) if key in known)


@lru_cache(maxsize=500)
def render(text: str | None, known: Known = ()) -> Markup:
    """The text as HTML; `known` words become the HTML beside them. Headings start at h3, since the page itself has the first two.

    Kept by all that it is made of: what one reader may not see is in nothing that is kept for another.
    """
    tokens = _reader().parse(SIGN.sub("", text or ""))
    words, ours = dict(known), list[Markup]()
    alternatives = [ADDRESS, *(rf"(?<![\w@-]){re.escape(w)}(?!\w)" for w in sorted(words, key=len, reverse=True))]
    pattern = re.compile("|".join(alternatives))
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag) if token.type.startswith("heading") else token.tag
        _only_ours_are_signs((token, *(token.children or [])))
        _mark(token.children or [], pattern, words, ours)
    html = str(_cleaner().clean(_reader().renderer.render(tokens, _reader().options, {})))
    return Markup(re.sub(f"{OPEN}([0-9]+){CLOSE}", lambda m: ours[int(m[1])], html))


def plain(text: str) -> str:
    """The words without Markdown's signs, for paper: a line for each paragraph, point and row; a link with where it leads to."""
    html = re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', lambda m: m[2] if m[2] == m[1] else f"{m[2]} ({m[1]})", render(text), flags=re.DOTALL)
    html = _with_points(re.sub(r"</(td|th)>\s*<", " <", html))
    lines = str(nh3.clean(re.sub(r"</(p|li|h3|h4|tr|pre)>|<br>", "\n", html), tags=set())).splitlines()
    return "\n".join(unescape(line).rstrip() for line in lines if line.strip())


def _with_points(html: str) -> str:
    """Lists with a dash or the number before each point, as far in as the list stands in others."""
    lists: list[int | None] = []  # those that are open, from without to within: the number of the next point, None without numbers

    def mark(tag: re.Match[str]) -> str:
        if tag["end"]:
            lists.pop()
        elif tag["list"]:
            lists.append(int(tag["start"] or 1) if tag["list"] == "ol" else None)
        else:
            number = lists[-1]
            lists[-1] = None if number is None else number + 1
            return "\n" + "   " * (len(lists) - 1) + ("– " if number is None else f"{number}. ")
        return ""

    return re.sub(r'\s*<(?:(?P<end>/[ou]l)|(?P<list>ul|ol)(?: start="(?P<start>[0-9]+)")?|li)>\s*(?:<p>)?', mark, html)


def _only_ours_are_signs(tokens: Iterable[Token]) -> None:
    """A sign that was written as `&#xE000;` shows only now; left in, it would put HTML of ours where somebody else wants it."""
    for token in tokens:
        token.content = SIGN.sub("", token.content)
        token.attrs = {name: SIGN.sub("", value) if isinstance(value, str) else value for name, value in token.attrs.items()}


def _mark(tokens: list[Token], pattern: re.Pattern[str], words: Mapping[str, Markup], ours: list[Markup]) -> None:
    """Put a sign in the place of each address and each known word that stands in no link and no code."""
    depth = 0

    def sign(match: re.Match[str]) -> str:
        word, rest = match[0], ""
        if word in words:
            shown = words[word]
        else:
            word, rest, shown = _address(word)
            if not shown:
                return match[0]
        ours.append(shown)
        return f"{OPEN}{len(ours) - 1}{CLOSE}{rest}"

    for token in tokens:
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not depth:
            token.content = pattern.sub(sign, token.content)


def _address(found: str) -> tuple[str, str, Markup]:
    """A web address without the full stop or the bracket that ends the sentence around it, and what was left off."""
    address = found.rstrip(".,;:!?)]}…")
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    link = Markup('<a href="%s" rel="noopener noreferrer nofollow">%s</a>') % (address, address) if host else Markup("")
    return address, found[len(address) :], link
