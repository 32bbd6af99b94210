"""The visible text of an HTML file, in its order, with nothing joined, glued or laid out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from lxml.etree import _Element

from finfoundry.knowledge.balance.digit_runs import as_raised, has_digits
from finfoundry.knowledge.balance.pieces import Piece
from finfoundry.knowledge.formats.html_style import BLOCK_TAGS, UNSEEN_TAGS, style_of, tag_of

LONGEST_MARK = 4  # characters
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_PLACES = re.compile(r"-?\d{1,2}")


def html_pieces(root: _Element) -> list[Piece]:
    """The visible text, a piece for each stretch that no block parts; ``anchor``: the last id before it. Raised digits are runs apart."""
    reader = _Visible()
    reader.read(root, _SHOWN)
    reader.end_piece(None)
    return reader.pieces


class _Look(NamedTuple):
    """How text shows within an element, as far as that decides what a reader of the page sees."""

    seen: bool = True
    white: bool = False
    shaded: bool = False
    raised: bool = False


_SHOWN, _HIDDEN = _Look(), _Look(seen=False)


class _Visible:
    """Walks the tree once. Names of tags and looks are remembered: there are few of them, and a filing has a hundred thousand elements."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.text: list[str] = []
        self.anchor: str | None = None
        self.names: dict[object, tuple[str, bool]] = {}
        self.looks: dict[tuple[object, ...], _Look] = {}

    def end_piece(self, anchor: str | None) -> None:
        if self.text:
            if whole := " ".join("".join(self.text).split()):
                self.pieces.append(Piece(whole, {"anchor": self.anchor} if self.anchor else None))
            self.text = []
        self.anchor = anchor or self.anchor

    def read(self, element: _Element, above: _Look) -> None:
        """The text of an element and of those in it; its tail is its parent's."""
        tag = element.tag
        if (known := self.names.get(tag)) is None:
            name = tag_of(element)
            known = self.names[tag] = name, name in BLOCK_TAGS or name == "br"
        name, parts = known
        look = self.look(element, name, above)
        if look is _HIDDEN:
            if parts:
                self.end_piece(None)
            return
        if parts:
            self.end_piece(element.get("id"))
        if (text := element.text) and look.seen:
            self.text.append(_mark(text) if look.raised else text)
        for child in element:
            self.read(child, look)
            if (tail := child.tail) and look.seen:
                self.text.append(_mark(tail) if look.raised else tail)
        if parts:
            self.end_piece(None)

    def look(self, element: _Element, name: str, above: _Look) -> _Look:
        if not name:
            return _HIDDEN
        values = element.attrib
        if not values and name not in UNSEEN_TAGS and name != "sup":
            return above
        said = values.get
        key = (name, above, said("style"), said("hidden"), said("aria-hidden"), said("bgcolor"), said("color"))  # what decides a look
        if (known := self.looks.get(key)) is None:
            known = self.looks[key] = _look(element, name, above)
        return known


def _look(element: _Element, name: str, above: _Look) -> _Look:
    style = style_of(element, name)
    if style.hidden:
        return _HIDDEN
    white, shaded = (above.white if style.white is None else style.white), (above.shaded if style.shaded is None else style.shaded)
    return _Look(seen=not white or shaded, white=white, shaded=shaded, raised=above.raised or style.raised)


def _mark(text: str) -> str:
    """A raised text: its digits as raised ones, and no letters where it is as short as the mark of a footnote."""
    digits = as_raised(text)
    return "".join(sign for sign in digits if not sign.isalpha()) if len(text.strip()) <= LONGEST_MARK else digits


def tagged_texts(root: _Element) -> dict[str, str]:
    """The text of each number of inline XBRL that is seen and has digits, by its id."""
    hides: dict[_Element, bool] = {}
    found: dict[str, str] = {}
    for element in root.iter("{*}nonFraction", "ix:nonfraction"):
        text = "".join(str(part) for part in element.itertext()).strip()
        if has_digits(text) and not any(_hides(above, hides) for above in element.iterancestors()):
            found[element.get("id", "")] = text
    return found


def tagged_values(root: _Element) -> dict[str, Decimal]:
    """The amount of each number of inline XBRL that is written in digits, by its id: these, its scale and its sign, and nothing else."""
    found: dict[str, Decimal] = {}
    for element in root.iter("{*}nonFraction", "ix:nonfraction"):
        text = "".join("".join(str(part) for part in element.itertext()).split())
        style, scale = (element.get("format") or "").lower().replace("-", ""), element.get("scale") or "0"
        plain = text.replace(".", "").replace(",", ".") if "commadecimal" in style else text.replace(",", "")
        if _PLAIN.fullmatch(plain) and _PLACES.fullmatch(scale):
            found[element.get("id", "")] = Decimal(plain).scaleb(int(scale)) * (-1 if element.get("sign") == "-" else 1)
    return found


def _hides(element: _Element, known: dict[_Element, bool]) -> bool:
    """Whether an element hides what is in it; each is looked at once."""
    if (hides := known.get(element)) is None:
        hides = known[element] = style_of(element, tag_of(element)).hidden
    return hides
