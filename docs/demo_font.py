"""The font of the demonstration's Chinese: what it and the tests of reading draw, cut out of a font under the Open Font License.

    python -m docs.demo_font /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

Run it again when a text draws a character that is not there yet, which a test says. Outlines become quadratic, because reportlab embeds
TrueType alone. A changed font may not bear its old name (OFL 1.1, 3). Needs fonttools, which ``requirements/specialists.lock`` brings.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "src" / "finfoundry" / "demo" / "fonts" / "FinfoundryHan.ttf"
NAME = "Finfoundry Han"
CHINESE = "Noto Sans CJK SC"  # of the fonts in a collection
DEVIATION = 1.0  # of a quadratic outline from the cubic one, in thousandths of the em
KEPT_NAMES = (0, 13, 14)  # copyright, licence, its address
LEFT = ("CFF ", "VORG", "vhea", "vmtx", "BASE", "DSIG", "GSUB", "GPOS", "GDEF")


def drawn() -> set[str]:
    """What is printed: ASCII, and all else in the texts of whoever draws."""
    demo = ROOT / "src" / "finfoundry" / "demo"
    knowledge = ROOT / "tests" / "knowledge"
    drawing = (file for file in (knowledge / "facts").glob("*.py") if "formats.drawn import" in file.read_text("utf-8"))
    files = [*(demo / f"{name}.py" for name in ("bank", "report", "writer")), *(knowledge / "formats").glob("*.py"), *drawing]
    return {*map(chr, range(0x20, 0x7F)), *(char for file in files for char in file.read_text("utf-8") if char.isprintable())}


def fonts_of(path: Path) -> list[Any]:
    """The fonts of a file: several where it is a collection."""
    return list(TTCollection(path).fonts) if path.suffix == ".ttc" else [TTFont(path)]


def cut(font: Any, characters: Iterable[str]) -> None:
    """Leave out all glyphs but those of the characters. In place."""
    options = Options(layout_features=[], name_IDs=KEPT_NAMES, notdef_outline=True, hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(font)


def to_quadratic(font: Any) -> None:
    """Cubic outlines (CFF) to quadratic ones (glyf). In place."""
    glyphs = {}
    for name, glyph in (shapes := font.getGlyphSet()).items():
        pen = TTGlyphPen(shapes)
        glyph.draw(Cu2QuPen(pen, DEVIATION, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), glyphs
    for table in LEFT:
        if table in font:
            del font[table]
    maxp = font["maxp"]
    maxp.tableVersion, maxp.maxZones = 0x00010000, 1
    for field in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements", "SizeOfInstructions"):
        setattr(maxp, f"max{field}", 0)
    maxp.maxComponentElements = 0
    font["post"].formatType = 3.0  # no names of glyphs
    font.sfntVersion = "\000\001\000\000"


def rename(font: Any) -> None:
    for number in (1, 3, 4, 6):
        font["name"].setName(NAME.replace(" ", "") if number == 6 else NAME, number, 3, 1, 0x409)
    font["name"].setName("Regular", 2, 3, 1, 0x409)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("font", type=Path, help="a font under the Open Font License with Chinese, or a collection with one")
    given = options.parse_args()
    fonts = fonts_of(given.font)
    font = next((one for one in fonts if one["name"].getDebugName(4) == CHINESE), fonts[0])
    cut(font, sorted(drawn()))
    to_quadratic(font)
    rename(font)
    FONT.parent.mkdir(exist_ok=True)
    font["head"].modified = font["head"].created  # the same bytes from the same font
    font.recalcTimestamp = False
    font.save(FONT)
    print(f"{FONT.relative_to(ROOT)}: {len(font.getGlyphOrder())} glyphs, {FONT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
