"""Plain text becomes paragraphs, lines and safe links, and nothing else."""

import pytest
from hypothesis import given, settings, strategies as st

from cxboard.discussion.text import keys_in, show


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Eén regel", "<p>Eén regel</p>"),
        ("Twee\nregels", "<p>Twee<br>regels</p>"),
        ("Twee\n\nalinea's", "<p>Twee</p><p>alinea&#39;s</p>"),
        ("<b>vet</b>", "<p>&lt;b&gt;vet&lt;/b&gt;</p>"),
        ("{{ 7*7 }} ${x} %s", "<p>{{ 7*7 }} ${x} %s</p>"),
        (
            "Zie https://example.org/a?b=1&c=2.",
            '<p>Zie <a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">https://example.org/a?b=1&amp;c=2</a>.</p>',
        ),
        ("(http://example.org)", '<p>(<a href="http://example.org" rel="noopener noreferrer nofollow">http://example.org</a>)</p>'),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("https://", "<p>https://</p>"),
        ("http://[", "<p>http://[</p>"),
        ("mailto:a@b.nl", "<p>mailto:a@b.nl</p>"),
    ],
)
@pytest.mark.usefixtures("app")
def test_text_as_it_was_typed(typed, shown):
    assert show(typed) == shown


def test_keys_become_links_only_when_they_are_given(app):
    with app.test_request_context():
        text = show("CX-1, CX-2, EX-3 en EX-4; xCX-1 CX-01 CX-1a", issues={1}, problems={3})

    assert text.count("<a ") == 2
    assert '<a href="/issues/1">CX-1</a>' in text
    assert '<a href="/problems/3">EX-3</a>' in text


def test_keys_are_found():
    assert keys_in("CX-1 en cx-2, (CX-30). https://x.nl/CX-7", "CX") == {1, 30}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_an_element_of_its_own(typed):
    shown = show(typed)

    for tag in ("<p>", "</p>", "<br>", "</a>"):
        shown = shown.replace(tag, "")
    assert "<" not in shown.replace('<a href="', "")
