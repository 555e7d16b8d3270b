"""The rules of the house that a machine can keep: who imports whom, who speaks htmx, how templates and events are named."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "cxboard").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FRAGMENTS = [t for t in TEMPLATES if t.name.startswith("_")]
VOID = {"input", "br", "hr", "img", "meta", "link", "path", "rect", "circle", "use", "line", "polyline", "stop", "wbr", "source"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_point_down(monkeypatch):
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    # It sets up a log of its own, which would silence ours for every test after this one.
    monkeypatch.setattr("importlinter.cli.logging_config.dictConfig", lambda _config: None)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_models_queries_and_permissions_know_nothing_of_requests():
    wrong = []
    for path in CODE:
        if path.name not in ("models.py", "queries.py", "permissions.py", "gates.py", "capture.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                names = {a.name for a in node.names}
                if node.module == "flask" and names & {"request", "session", "flash", "redirect", "g", "current_user"}:
                    wrong.append(f"{relative(path)}: {names}")
                if node.module and re.fullmatch(r"(wtforms|flask_wtf|flask_login|rendering)(\..*)?", node.module):
                    wrong.append(f"{relative(path)}: {node.module}")

    assert wrong == []


def test_only_rendering_speaks_htmx():
    assert [relative(p) for p in CODE if "HX-" in p.read_text() and relative(p) != "cxboard/rendering.py"] == []


def test_only_the_clock_knows_what_time_it_is():
    told = r"datetime\.(?:now|utcnow|today)\(|date\.today\(|time\.time\(\)"

    # A log line and the age of a file are of the machine, not of the team.
    assert [relative(p) for p in CODE if p.name not in ("clock.py", "logs.py", "kept.py") and re.search(told, p.read_text())] == []


def test_nothing_is_called_utils():
    bad = {"utils", "util", "helpers", "helper", "services", "service", "managers", "manager", "common", "misc"}

    assert [relative(p) for p in CODE if bad & {p.stem, *p.relative_to(ROOT).parts}] == []


def test_every_file_begins_with_what_it_is():
    texts = {relative(path): path.read_text() for path in CODE}

    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == [], "these have no line that says what they are"


# templates


class Roots(HTMLParser):
    """The elements of a fragment that lie in no other."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.roots: list[dict[str, str | None]] = []
        self.depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.roots.append(dict(attrs))
        if tag not in VOID:
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.depth -= 1


# These are put into an element that has the id (a dialog, a fact, a list), so they need none of their own.
WITHOUT_A_ROOT = {line.split("#")[0].strip() for line in (ROOT / "tests/architecture/fragments.txt").read_text().splitlines()}


def markup_of(text: str) -> str:
    """A template's markup alone: the first branch of each choice, x for what is filled in."""
    text = re.sub(r"\{#.*?#\}|\{%-?\s*macro.*?endmacro\s*-?%\}|\{%-?\s*set \w+\s*-?%\}.*?endset\s*-?%\}", "", text, flags=re.DOTALL)
    while True:
        shorter = re.sub(r"\{%-?\s*(?:else|elif)\b[^%]*%\}(?:(?!\{%-?\s*(?:if|else|elif|endif)\b).)*?(\{%-?\s*(?:endif|else|elif)\b)", r"\1", text, flags=re.DOTALL)
        shorter = re.sub(r"\{%-?\s*if\b(?:[^%]|%(?!\}))*%\}((?:(?!\{%-?\s*(?:if|else|elif|endif)\b).)*?)\{%-?\s*endif\s*-?%\}", r"\1", shorter, flags=re.DOTALL)
        if shorter == text:
            break
        text = shorter
    return re.sub(r"\{\{.*?\}\}", "x", re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL), flags=re.DOTALL)


def test_a_fragment_has_one_root_with_an_id():
    roots = {relative(path): Roots(markup_of(path.read_text())).roots for path in FRAGMENTS}
    wrong = [name for name, found in roots.items() if (len(found) != 1 or "id" not in found[0]) and name not in WITHOUT_A_ROOT]

    assert wrong == [], "give them one root with an id, or list them in fragments.txt with the reason"


def test_a_fragment_says_what_it_needs():
    assert [relative(p) for p in FRAGMENTS if not p.read_text().lstrip().startswith("{#")] == [], "begin with a comment: what it is, and what it needs"


def test_every_template_is_used_and_every_one_used_is_there():
    used = set()
    for path in [*CODE, *TEMPLATES]:
        used |= set(re.findall(r"[\"']((?:[\w-]+/)+[\w-]+\.(?:html|txt|md))[\"']", path.read_text()))
    there = {t.relative_to(ROOT / "templates").as_posix() for t in TEMPLATES}
    for path in TEMPLATES:
        for start in re.findall(r"[\"']((?:[\w-]+/)+[\w-]*)[\"'] ~", path.read_text()):
            used |= {t for t in there if t.startswith(start)}
    named = {u for u in used if u.endswith(".html") and (ROOT / "templates" / u.split("/")[0]).is_dir()}

    assert there - named == set(), "nobody shows these"
    assert named - there == set(), "these do not exist"


def test_a_page_lies_in_the_folder_of_its_slice():
    wrong = []
    for path in CODE:
        slice_ = path.relative_to(ROOT / "cxboard").parts[0]
        for template in re.findall(r"\b(?:page|render_template)\(\s*[\"']([\w-]+)/", path.read_text()):
            if template not in (slice_, "errors", "components", "layout", "settings"):
                wrong.append(f"{relative(path)} shows templates/{template}/")

    assert wrong == []


def test_a_template_has_no_style_and_no_script_of_its_own():
    texts = {relative(path): re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL) for path in TEMPLATES}
    own = r"\sstyle=|\son[a-z]+=[\"']|<style|<script(?![^>]*\ssrc=)|hx-on|javascript:|\|\s*safe\b"

    assert [(name, found[0]) for name, text in texts.items() if (found := re.search(own, text))] == []


# history


def test_every_event_has_a_sentence(app: Flask):
    from cxboard.history.sentences import SENTENCES

    kinds = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("record", "_record") and node.args:
                kinds |= {n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant) and isinstance(n.value, str)}

    assert kinds - set(SENTENCES) == set()
    assert kinds, "no event at all was found"
