"""What people write becomes Markdown with safe links, keys and names, and nothing else; nobody sees what is kept for another."""

import pytest
from hypothesis import given, settings, strategies as st
from markupsafe import Markup

from cxboard import markdown
from tests.makers import make_issue, make_problem


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Eén regel", "<p>Eén regel</p>"),
        ("Twee\nregels", "<p>Twee<br>\nregels</p>"),
        ("Een **vet** _woord_", "<p>Een <strong>vet</strong> <em>woord</em></p>"),
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
        ("\ue0000\ue001 en \ue0005", "<p>0 en 5</p>"),
    ],
)
def test_text_as_it_was_typed(typed, shown):
    assert markdown.render(typed).strip() == shown


def test_known_words_become_what_they_are_and_nothing_else_does():
    known = (("CX-1", Markup("<a>!</a>")), ("@Eva Smit", Markup("<b>!</b>")))

    text = markdown.render("CX-1, **CX-1**, xCX-1 CX-12 CX-1a `CX-1` [CX-1](https://x.nl) https://x.nl/CX-1 @Eva Smit, x@Eva Smit @Eva Smithe", known)

    assert text.count("<a>!</a>") == 2
    assert text.count("<b>!</b>") == 1


@pytest.mark.usefixtures("app")
def test_a_key_leads_somewhere_only_for_who_may_see_what_is_there(person):
    issue, open_, hidden = make_issue("Dit <is> \"het\"", by=person("Mo")), make_problem(by=person("Eva")), make_problem("Geheim", by=person("Eva"), restricted=True)
    text = f"{issue.key} {open_.key} {hidden.key} CX-999 EX-{hidden.id + 1} ZZ-1"

    def seen(who: str) -> str:
        return markdown.render(text, markdown.known_in(text, markdown.links([text], person(who))))

    assert f'<a href="/problems/{hidden.id}" title="Geheim">{hidden.key}</a>' in seen("Eva")
    for who in ("Mo", "Finn"):
        assert seen(who).count("<a ") == 2
        assert "Geheim" not in seen(who)
        assert f"</a> {hidden.key} CX-999 EX-{hidden.id + 1} ZZ-1" in seen(who)  # as one that never was
    assert 'title="Dit &lt;is&gt; &#34;het&#34;"' in seen("Mo")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_an_element_that_it_may_not(typed):
    shown = markdown.render(typed, (("CX-1", Markup("!")),))

    for tag in markdown.TAGS:
        shown = shown.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in shown.replace("<a ", "").replace("<ol ", "").replace("<br>", "")
