"""What people write in Markdown, as HTML that can do nothing: CommonMark without raw HTML, then an allow-list over the result."""

import re
from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
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


@lru_cache(maxsize=500)
def render(text: str | None) -> Markup:
    """The text as HTML. Headings start at h3, since the page itself has the first two."""
    tokens = _reader().parse(text or "")
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag) if token.type.startswith("heading") else token.tag
    html = _reader().renderer.render(tokens, _reader().options, {})
    return Markup(_cleaner().clean(html))
