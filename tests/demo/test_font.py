"""The demonstration's Chinese needs no font of the machine: it carries its own, small and free."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from docs.demo_font import FONT, drawn
from finfoundry.demo.report import annual_report


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(FONT)


def test_all_that_is_drawn_is_in_the_font(font: TTFont) -> None:
    missing = {char for char in drawn() if ord(char) not in font.getBestCmap()}
    assert not missing, "cut the font anew: python -m docs.demo_font FONT"
    assert FONT.stat().st_size < 150_000


def test_the_font_is_free_under_a_name_of_its_own(font: TTFont) -> None:
    """The licence asks that it lies beside, and that a changed font does not bear the old name."""
    licence = (resources.files("finfoundry.demo") / "fonts" / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    notice = font["name"].getDebugName(0)
    assert "Adobe" in notice
    assert "2014-2021 Adobe" in licence
    assert {font["name"].getDebugName(number) for number in (1, 4)} == {"Finfoundry Han"}


def test_the_report_embeds_its_chinese() -> None:
    data = annual_report().data
    assert b"FinfoundryHan" in data
    assert b"/CIDFontType0" not in data  # a font that the reader would have to bring


def test_the_font_is_found_where_it_is_shipped() -> None:
    assert Path(str(resources.files("finfoundry.demo") / "fonts" / FONT.name)) == FONT
