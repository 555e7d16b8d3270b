"""Everything that is read stands out enough from its ground, in light and in dark, for every kind of sight."""

import itertools
import re
from pathlib import Path

import pytest

from tests.look.colour import SIGHTS, Rgb, apart, contrast, rgb

TOKENS = Path(__file__).parents[2] / "static/css/tokens.css"
COLOUR = r"(oklch\([^)/]*\)|#fff)"
BOTH = rf"light-dark\({COLOUR}, {COLOUR}\)"
SCHEMES = ("light", "dark")

TEXT, PART = 4.5, 3.0  # WCAG 2.2: 1.4.3 for text, 1.4.11 for parts of the interface
MIN_APART = 0.05  # two and a half times what is just noticeable
GROUNDS = ("bg", "sunken", "surface", "hover")
HUES = ("cx", "ex", "ok", "warn", "bad", "star")
INKS = ("ink", "ink-2", "ink-3")
PAIRS = [
    *((ink, ground, TEXT) for ink in INKS for ground in GROUNDS),
    *(("ink", ground, TEXT) for ground in ("lift", "raised")),
    *((ink, "raised", TEXT) for ink in ("ink-2", "ink-3", "accent-ink", "bad-ink")),
    *(("accent-ink", ground, TEXT) for ground in GROUNDS),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("on-star", "star", TEXT),
    ("bg", "ink", TEXT),
    *((f"{hue}-ink", ground, TEXT) for hue in HUES for ground in ("surface", "bg", f"{hue}-soft")),
    *((ink, f"{hue}-soft", TEXT) for hue in HUES for ink in INKS),
    *((hue, ground, PART) for hue in (*HUES[:-1], "accent", "ring", "line-strong") for ground in ("surface", "bg")),
    *(("ring", ground, PART) for ground in ("sunken", "raised")),
    ("bad", "bad-soft", PART),
    ("accent-ink", "hover", PART),
]


def tokens() -> dict[str, tuple[Rgb, Rgb]]:
    found = re.findall(rf"--([a-z0-9-]+): {BOTH};", TOKENS.read_text().partition("twelve department colours")[0])
    return {name: (rgb(light), rgb(dark)) for name, light, dark in found}


def departments() -> dict[str, tuple[Rgb, Rgb, Rgb, Rgb]]:
    found = re.findall(rf"\.d-([a-z]+) \{{\s*--d: {BOTH};\s*--on-d: {BOTH};\s*\}}", TOKENS.read_text())
    return {name: (rgb(a), rgb(b), rgb(c), rgb(d)) for name, a, b, c, d in found}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_read_stands_out_from_its_ground(scheme: str):
    which, colours = SCHEMES.index(scheme), tokens()
    found = [(fore, ground, contrast(colours[fore][which], colours[ground][which]), least) for fore, ground, least in PAIRS]

    assert [(fore, ground, seen) for fore, ground, seen, least in found if seen < least] == []


def test_there_are_twelve_department_colours():
    assert len(departments()) == 12


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_department_s_code_can_be_read_and_its_colour_seen_on_a_card(scheme: str):
    which = SCHEMES.index(scheme)
    card = tokens()["surface"][which]

    assert [name for name, colours in departments().items() if contrast(colours[which + 2], colours[which]) < TEXT] == []
    assert [name for name, colours in departments().items() if contrast(colours[which], card) < PART] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_departments_look_alike(sight: str, scheme: str):
    which = SCHEMES.index(scheme)
    fills = {name: colours[which] for name, colours in departments().items()}

    closest = min(itertools.combinations(fills, 2), key=lambda two: apart(fills[two[0]], fills[two[1]], sight))

    assert apart(fills[closest[0]], fills[closest[1]], sight) >= MIN_APART, closest


def test_the_measures_agree_with_known_values():
    white, black = rgb("#fff"), rgb("oklch(0 0 0)")

    assert contrast(white, black) == pytest.approx(21)
    assert apart(white, black) == pytest.approx(1, abs=0.001)
    assert rgb("oklch(0.628 0.2577 29.23)") == pytest.approx((1, 0, 0), abs=0.01)
