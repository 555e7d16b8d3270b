"""What others made and we carry is whole, and every icon that is asked for is in the sprite."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CARRIED = ("static/vendor", "static/fonts", "static/icons", "tests/browser/vendor")


def check(root: Path) -> str:
    return subprocess.run(
        [sys.executable, root / "scripts/vendor.py", "check"], capture_output=True, text=True, check=False
    ).stderr.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in (*CARRIED, "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_what_we_carry_is_as_it_was_fetched():
    assert check(ROOT) == ""


def test_a_changed_a_missing_and_a_stray_file_are_found(copy: Path):
    (copy / "static/vendor/htmx.min.js").write_text("alert(1)")
    (copy / "static/icons/lucide.LICENSE.txt").unlink()
    (copy / "static/vendor/other.js").touch()

    assert check(copy).splitlines() == [
        "static/icons/lucide.LICENSE.txt: missing",
        "static/vendor/other.js: does not belong here",
        "static/vendor/htmx.min.js: changed since it was fetched",
    ]


def test_an_icon_that_is_listed_but_not_drawn_is_found(copy: Path):
    with (copy / "static/icons/icons.txt").open("a") as names:
        names.write("unicorn\n")

    assert "built from another list" in check(copy)


def test_everything_we_carry_has_its_licence_beside_it():
    for folder in CARRIED:
        assert list((ROOT / folder).glob("*LICENSE*")), folder


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    drawn = set(re.findall(r'id="i-([^"]+)"', (ROOT / "static/icons/icons.svg").read_text()))

    missing = {(name, str(where.relative_to(ROOT))) for where, name in icons_asked_for() if name not in drawn}

    assert missing == set()


def icons_asked_for() -> Iterator[tuple[Path, str]]:
    for path in [*(ROOT / "templates").rglob("*.*"), *(ROOT / "static/js").rglob("*.js")]:
        for name in re.findall(r"""#i-([a-z0-9-]+)|\bicon\(\s*["']([a-z0-9-]+)["']""", path.read_text()):
            yield path, name[0] or name[1]
    for path in (ROOT / "cxboard").rglob("*.py"):
        for name in _icons_in(ast.parse(path.read_text())):
            yield path, name


def _icons_in(module: ast.Module) -> Iterator[str]:
    """The third word of say(), and what a function named `icon` gives back."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            yield from _words(node.args[2:])
        if isinstance(node, ast.FunctionDef) and node.name == "icon":
            for part in ast.walk(node):
                if isinstance(part, ast.Return) and part.value:
                    yield from _words([part.value])
                elif isinstance(part, ast.Dict):
                    yield from _words(part.values)
                elif isinstance(part, ast.Call):
                    yield from _words(part.args[1:])


def _words(nodes: list[ast.expr]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
