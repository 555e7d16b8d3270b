"""The stylesheets keep to the design: linked in one order, every rule in its layer, colours only as tokens."""

import re
from pathlib import Path

CSS = Path(__file__).parents[2] / "static/css"
ORDER = (CSS / "order.txt").read_text().split()
LAYERS = "reset, tokens, base, layout, parts, screens, util, print"
COLOUR_FUNCTION = r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|light-dark)\("
COLOUR_NAMES = "white black red green blue yellow orange purple pink brown gold teal gray grey silver navy maroon olive"


def code(name: str) -> str:
    """A stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)


def values(name: str) -> list[str]:
    """What stands right of the colon in each declaration."""
    return re.findall(r"(?<=[\s{;])[a-z-]+: ([^;{}]+);", code(name))


def test_every_stylesheet_is_linked_once():
    assert sorted(ORDER) == sorted(str(path.relative_to(CSS)) for path in CSS.rglob("*.css"))


def test_the_first_stylesheet_declares_the_layers():
    assert ORDER[0] == "tokens.css"
    assert code("tokens.css").strip().startswith(f"@layer {LAYERS};")


def test_every_rule_stands_in_a_layer():
    top_level = {(name, begin) for name in ORDER for begin in re.findall(r"^(?!\s|\})(.+?)\s*[{;]", code(name), flags=re.MULTILINE)}

    # Typefaces and turning pages know no layers.
    allowed = {f"@layer {layer}" for layer in LAYERS.split(", ")}
    allowed |= {f"@layer {LAYERS}", "@font-face", "@media (prefers-reduced-motion: no-preference)"}
    assert [(name, begin) for name, begin in sorted(top_level) if begin not in allowed] == []


def test_colours_are_tokens():
    raw = rf"{COLOUR_FUNCTION}|#[0-9a-fA-F]{{3,8}}\b|(?<![\w-])(?:{'|'.join(COLOUR_NAMES.split())})(?![\w-])"

    assert [(name, value) for name in ORDER if name != "tokens.css" for value in values(name) if re.search(raw, value)] == []


def test_every_token_that_is_used_exists():
    defined = {token for sheet in ORDER for token in re.findall(r"(--[a-z0-9-]+):", code(sheet))}

    assert [(name, token) for name in ORDER for token in re.findall(r"var\((--[a-z0-9-]+)\)", code(name)) if token not in defined] == []


def test_nothing_is_set_in_capitals():
    assert [name for name in ORDER if "text-transform" in code(name)] == []


def test_what_scrolls_holds_what_is_only_for_screen_readers():
    """Such words are taken out of the flow; in a box that scrolls and has no position they make the whole page scroll."""
    blocks = [(name, [s.strip() for s in re.split(r",(?![^()]*\))", who)], what) for name in ORDER for who, what in re.findall(r"([^{};]+)\{([^{}]*)\}", code(name))]
    positioned = {selector for _name, who, what in blocks if re.search(r"position: (?:relative|sticky|fixed|absolute)", what) for selector in who}

    scrolls = [(name, selector) for name, who, what in blocks if re.search(r"overflow(?:-[xy])?: (?:auto|scroll)", what) for selector in who]
    assert len(scrolls) > 10
    assert [found for found in scrolls if found[1] not in positioned] == []
