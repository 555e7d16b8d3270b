"""Every text for people has its Dutch, whole and in the house style; what is looked at is the source itself."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
DUTCH = ROOT / "cxboard" / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%%|%\([a-z_]+\)[sd]|\{[a-z_]*\}")
UNWANTED = re.compile(r"!|\bhelaas\b|\bsuccesvolle?\b|\b(?:u|uw)\b|\bklik hier\b", re.IGNORECASE)

Text = str | tuple[str, ...]


def texts_in_source() -> dict[Text, set[str]]:
    """Every text that the code or a template asks a translation for, and the files in which it stands."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(m["pattern"], m["method"]) for m in mappings]
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "_n": (1, 2)}
    found: dict[Text, set[str]] = {}
    for file, _line, text, _comments, _context in extract_from_dir(ROOT, methods, {}, keywords):
        found.setdefault(text if isinstance(text, str) else tuple(text), set()).add(file)
    return found


@pytest.fixture(scope="module")
def source() -> dict[Text, set[str]]:
    return texts_in_source()


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with DUTCH.open("rb") as file:
        return read_po(file, locale="nl")


def sentences(message: Message) -> list[tuple[str, str]]:
    """Each form of a message beside its Dutch."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or ("", ""), strict=True))


def translated(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_every_text_has_its_dutch(source, catalogue):
    missing = []
    for text, files in source.items():
        message = catalogue.get(text if isinstance(text, str) else text[0])
        if message is None or not all(dutch for _english, dutch in sentences(message)):
            missing.append(f"{', '.join(sorted(files))}: {text!r}")

    assert not missing, "no Dutch yet (make messages, then fill it in):\n" + "\n".join(sorted(missing))


def test_a_text_with_a_plural_has_one_in_dutch_too(source, catalogue):
    single = [text for text in source if isinstance(text, tuple) and isinstance(catalogue[text[0]].id, str)]

    assert not single, f"counted in the source, not in the catalogue: {single}"


def test_nothing_is_translated_that_nobody_says(source, catalogue):
    said = {text if isinstance(text, str) else text[0] for text in source}
    gone = [message.id for message in translated(catalogue) if (message.id if isinstance(message.id, str) else message.id[0]) not in said]

    assert not gone, f"no longer in the source (make messages): {gone}"


def test_no_guess_is_left_in(catalogue):
    assert not [message.id for message in translated(catalogue) if message.fuzzy]
    assert not catalogue.obsolete


def test_the_placeholders_are_the_same(catalogue):
    differ = []
    for message in translated(catalogue):
        for english, dutch in sentences(message):
            if set(PLACEHOLDER.findall(english)) - {"%%"} != set(PLACEHOLDER.findall(dutch)) - {"%%"}:
                differ.append(f"{english!r} -> {dutch!r}")

    assert not differ, "\n".join(differ)


def test_a_percent_sign_is_doubled_only_where_something_is_filled_in(catalogue):
    """Without placeholders nothing is filled in, so `%%` would be read as two signs."""
    wrong = []
    for message in translated(catalogue):
        for text in {form for pair in sentences(message) for form in pair}:
            filled = "%(" in text
            bare = re.sub(r"%%|%\([a-z_]+\)[sd]", "", text)
            if (filled and "%" in bare) or (not filled and "%%" in text):
                wrong.append(text)

    assert not wrong, "\n".join(wrong)


def test_the_dutch_speaks_as_a_colleague(catalogue):
    wrong = [dutch for message in translated(catalogue) for _english, dutch in sentences(message) if UNWANTED.search(dutch)]

    assert not wrong, "no exclamation marks, no helaas, no succesvol, no u:\n" + "\n".join(wrong)


def test_a_text_ends_as_its_source_ends(catalogue):
    """A full stop, a question mark, a colon or a blank too many or too few shows at once in a list."""
    differ = []
    for message in translated(catalogue):
        for english, dutch in sentences(message):
            ends = [re.search(r"[.?:…]?\s*$", text)[0] for text in (english, dutch)]
            if ends[0] != ends[1] or english[0].isspace() != dutch[0].isspace():
                differ.append(f"{english!r} -> {dutch!r}")

    assert not differ, "\n".join(differ)


def test_no_word_stands_in_a_template_outside_the_catalogue():
    """What is no tag and no expression is text, and text is asked for with _()."""
    bare = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"\{% block live %\}.*?\{% endblock %\}", "", text)  # names of what a page follows, for no reader
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\0", text, flags=re.DOTALL)
        text = re.sub(r"<kbd>[^<]*</kbd>", "", text.replace(" (Esc)", ""))  # as it stands on the key
        for name, value in re.findall(r'\b(aria-label|title|placeholder|alt|data-copied)="([^"]*)"', text):
            if re.search(r"[^\W\d_]{2}", value):
                bare.append(f"{path.relative_to(ROOT)}: {name}={value!r}")
        text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        for piece in re.split("\0|<[^>]*>", text):
            words = re.sub(r"&\w+;|\bcxboard\b|\S+=\"\S*|^\"", "", piece.strip())
            if re.search(r"[^\W\d_]{2}", words):
                bare.append(f"{path.relative_to(ROOT)}: {piece.strip()!r}")

    assert not bare, "\n".join(bare)
