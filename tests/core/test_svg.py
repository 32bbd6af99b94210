"""One way to draw: what it writes is XML, and nobody else writes SVG."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

import finfoundry
from finfoundry.core.svg import Plane, element, picture, text


def test_a_picture_is_xml_whatever_its_words_are() -> None:
    words = "R&D <b> \"x\" '净利'"
    root = etree.fromstring(picture(60, 40, [text(1, 2.26, words, font_size=11)], name=words))
    assert root.get("aria-label") == words
    assert root.get("viewBox") == "0 0 60 40"
    (drawn,) = root
    assert (drawn.text, drawn.get("x"), drawn.get("y"), drawn.get("font-size")) == (words, "1", "2.3", "11")


def test_an_attribute_without_a_value_is_left_out() -> None:
    assert element("path", d="M0 0", fill=None) == '<path d="M0 0"/>'


def test_values_lie_where_the_plane_says() -> None:
    plane = Plane(10, 110, 20, 220, most=5, high=3, low=-1)
    assert [plane.x(0), plane.x(5)] == [10, 110]
    assert [plane.y(-1), plane.y(1), plane.y(3)] == [220, 120, 20]
    assert 'points="10.0,220.0 110.0,20.0"' in plane.curve([(0, -1), (5, 3)], "#000")
    assert Plane(0, 10, 0, 10, high=2, low=2).y(2) == 10  # nothing rises: no division by nothing


def test_svg_is_written_in_one_place() -> None:
    source = Path(finfoundry.__file__).parent
    marks = ('"<svg', "'<svg", '"<polyline', "'<polyline", "viewBox='")
    found = [path.name for path in source.rglob("*.py") if any(mark in path.read_text("utf-8") for mark in marks)]
    assert found == []
