"""Text that people write in Markdown keeps its form and can do nothing else."""

import re
from html.parser import HTMLParser

import pytest

from cxboard.markdown import ATTRIBUTES, TAGS, plain, render

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://example.org/track.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/sign-out)",
    "<javascript:alert(1)>",
    '[x](https://example.org "onmouseover=alert(1) x=\\"")',
    '<a href="https://example.org" hx-get="/board" hx-trigger="load">x</a>',
    '<div hx-get="/issues/1" style="position:fixed" id="main">x</div>',
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<style>@import 'https://evil.example'</style>",
    "<form action=/sign-out><button>x</button></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<base href=https://evil.example>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "```html\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "a <details ontoggle=alert(1) open>",
    "x\n===\n<h1 id=main>y</h1>",
    "[x]: javascript:alert(1)\n\n[x]",
    "> " * 300 + "deep",
    "[" * 2000,
    # the sign that stands for a piece of HTML of ours, written as an entity
    "boo &#xE000;5&#xE001;",
    '[b](https://example.org "&#xE000;0&#xE001;") https://a/hx-post=/sign-out?x=',
    "`&#xE000;0&#xE001;` https://a/hx-post=/sign-out?x=",
    "| a |\n|---|\n| &#xE000;0&#xE001; https://example.org |",
]


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", ATTACKS)
def test_only_the_allowed_elements_attributes_and_schemes_come_through(text):
    for tag, attributes in Elements(render(text)).found:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if "href" in attributes:
            assert re.match("(https?://|mailto:)", attributes["href"])


def test_a_link_elsewhere_lends_no_reputation_and_no_window():
    assert render("[x](https://example.org)") == '<p><a href="https://example.org" rel="nofollow noopener noreferrer">x</a></p>\n'


def test_text_keeps_its_form():
    html = render("# Kop\n\nEen **vet** woord\nnieuwe regel\n\n1. een\n2. twee\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")

    assert "<h3>Kop</h3>" in html
    assert "<strong>vet</strong> woord<br>" in html
    assert "<ol>\n<li>een</li>" in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize("text", ["", None, "   "])
def test_no_text_is_nothing(text):
    assert render(text) == ""


def test_less_than_and_ampersand_are_shown_as_typed():
    assert render("AT&T < 5 & <b>") == "<p>AT&amp;T &lt; 5 &amp; &lt;b&gt;</p>\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Er belden er nog\ndrie **over** deze _week_.", "Er belden er nog\ndrie over deze week."),
        ("Twee dingen:\n\n- bellen & mailen\n- **wachten**\n\n> Ja", "Twee dingen:\n– bellen & mailen\n– wachten\nJa"),
        ("Zie [hier](https://a.example/?x=1&y=2) en https://b.example.", "Zie hier (https://a.example/?x=1&y=2) en https://b.example."),
        ("| dag | klanten |\n|---|---|\n| ma | 12 |", "dag klanten\nma 12"),
        ("# Kop\n`a < b` <script>x</script>", "Kop\na < b <script>x</script>"),
        ("Stappen:\n\n3. bellen\n4. mailen\n   - vandaag\n   - of\n     1. morgen\n5. klaar", "Stappen:\n3. bellen\n4. mailen\n   – vandaag\n   – of\n      1. morgen\n5. klaar"),
        ("1. een\n\n2. twee\n\n   nog iets\n\n- los", "1. een\n2. twee\nnog iets\n– los"),
        ("```\nals x:\n    y\n```", "als x:\n    y"),
        ("<ol start=9><li>x", "<ol start=9><li>x"),
        ("***", ""),
        ("", ""),
    ],
)
def test_on_paper_it_is_plain_words(written, read):
    assert plain(written) == read
