"""The README tells the truth about settings, commands and the map of the house."""

import re
from pathlib import Path

import pytest

from cxboard.cli import main
from cxboard.config import SETTINGS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_in_the_table_with_its_default(setting):
    assert f"| `{setting.name}` | {setting.default} | {setting.purpose} |" in README


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_the_table(command):
    assert f"`cxboard {command}" in README


def test_every_slice_is_on_the_map():
    slices = {p.parent.name for p in (ROOT / "cxboard").glob("*/__init__.py")}

    assert {s for s in slices if f"{s}/" not in README} == set()


def test_every_picture_and_file_it_names_exists():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path
