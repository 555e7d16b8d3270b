"""Scripts: those of every page are joined into one file, the others are asked for by the pages that need them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
JS = ROOT / "static/js"
JOINED = (JS / "order.txt").read_text().split()


def test_every_script_is_on_every_page_or_asked_for_by_some():
    asked = {name for page in (ROOT / "templates").rglob("*.html") for name in re.findall(r"asset\('js/([\w-]+\.js)'\)", page.read_text())} - {"all.js"}
    own = {path.name for path in JS.glob("*.js")}

    assert len(JOINED) == len(set(JOINED))
    assert set(JOINED) | asked == own
    assert set(JOINED) & asked == set()


def test_a_script_that_is_joined_keeps_to_itself():
    """It has no names in common with the others, and the next one begins on a line of its own."""
    for name in JOINED:
        script = re.sub(r"^(\s*//[^\n]*\n)+", "", (JS / name).read_text())
        assert script.startswith("(() => {\n"), name
        assert script.endswith("})();\n"), name
