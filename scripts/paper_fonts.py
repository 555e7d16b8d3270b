"""Make the two fonts of what cxboard prints itself from the ones of the pages: one file for each weight, with a box for every
character that it does not have. Needs `brotli` beside what cxboard needs: `python scripts/paper_fonts.py`.
"""

from copy import deepcopy
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).parents[1]
WEIGHTS = {"regular": 400, "bold": 700}
NOT_FOR_PAPER = ("STAT", "GSUB", "GPOS", "GDEF", "HVAR", "MVAR", "avar")


def of_weight(source: Path, weight: int, to: Path) -> str:
    """One part of the alphabet in one weight."""
    font = TTFont(source)
    font.flavor = None
    font = instantiateVariableFont(font, {"wght": weight})
    for table in NOT_FOR_PAPER:
        if table in font:
            del font[table]
    font.save(to)
    return str(to)


def with_a_box(font: TTFont) -> TTFont:
    """U+FFFD looks as what is missing does, and so does U+E000, which keeps the place of the number of pages."""
    names = [*font.getGlyphOrder(), "missing"]
    font.setGlyphOrder(names)
    font["glyf"].glyphs["missing"] = deepcopy(font["glyf"][".notdef"])
    font["glyf"].glyphOrder = names
    font["hmtx"].metrics["missing"] = font["hmtx"][".notdef"]
    font["maxp"].numGlyphs = len(names)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0xFFFD] = table.cmap[0xE000] = "missing"
    return font


def make() -> None:
    """Both weights, into cxboard/paper."""
    folder = ROOT / "cxboard/paper"
    for name, weight in WEIGHTS.items():
        halves = [
            of_weight(ROOT / f"static/fonts/figtree-{part}-wght-normal.woff2", weight, folder / f"{part}.tmp")
            for part in ("latin", "latin-ext")
        ]
        whole = Merger().merge(halves)
        for id, text in ((1, "Figtree"), (2, name.title()), (6, f"Figtree-{name.title()}")):
            whole["name"].setName(text, id, 3, 1, 0x409)
        whole.save(folder / f"figtree-{name}.ttf")
        with_a_box(TTFont(folder / f"figtree-{name}.ttf")).save(folder / f"figtree-{name}.ttf")
        for half in halves:
            Path(half).unlink()


if __name__ == "__main__":
    make()
