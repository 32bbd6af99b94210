"""The visible text of an HTML file, in its order, with nothing joined, glued or laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

from finfoundry.knowledge.balance.digit_runs import as_raised, has_digits
from finfoundry.knowledge.balance.pieces import Piece
from finfoundry.knowledge.formats.html_style import BLOCK_TAGS, UNSEEN_TAGS, style_of, tag_of


def html_pieces(root: _Element) -> Iterator[Piece]:
    """The visible text, a piece for each stretch that no block parts; ``anchor``: the last id before it. Raised digits are runs apart."""
    text: list[str] = []
    anchor: str | None = None
    for part, here in _visible(root):
        if part is not None:
            text.append(part)
            continue
        if text:
            whole, text = " ".join("".join(text).split()), []
            if whole:
                yield Piece(whole, {"anchor": anchor} if anchor else None)
        anchor = here or anchor
    if whole := " ".join("".join(text).split()):
        yield Piece(whole, {"anchor": anchor} if anchor else None)


def _visible(root: _Element) -> Iterator[tuple[str | None, str | None]]:
    """Texts in their order, and None where a block begins or ends, with its id. What cannot be seen is left out."""
    around = [_Look()]
    names: dict[object, str] = {}
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        name = names.get(element.tag)
        if name is None:
            name = names[element.tag] = tag_of(element)
        parts = name in BLOCK_TAGS or name == "br"
        if event == "start":
            look = _look(element, name, around[-1])
            around.append(look)
            if look.hidden:
                walk.skip_subtree()
                continue
            if parts:
                yield None, element.get("id")
            if element.text and look.seen:
                yield _mark(element.text) if look.raised else element.text, None
            continue
        if event == "end":
            around.pop()
            if parts:
                yield None, None
        if element.tail and around[-1].seen:
            yield _mark(element.tail) if around[-1].raised else element.tail, None


LONGEST_MARK = 4  # characters


@dataclass(frozen=True, slots=True)
class _Look:
    """How text shows where an element begins, as far as that decides what a reader of the page sees."""

    hidden: bool = False
    white: bool = False
    shaded: bool = False
    raised: bool = False

    @property
    def seen(self) -> bool:
        return not self.white or self.shaded


def _mark(text: str) -> str:
    """A raised text: its digits as raised ones, and no letters where it is as short as the mark of a footnote."""
    digits = as_raised(text)
    return "".join(sign for sign in digits if not sign.isalpha()) if len(text.strip()) <= LONGEST_MARK else digits


def _look(element: _Element, name: str, above: _Look) -> _Look:
    if not name:
        return _Look(hidden=True)
    if not element.attrib and name not in UNSEEN_TAGS and name != "sup":
        return above
    style = style_of(element, name)
    if style.hidden:
        return _Look(hidden=True)
    if style.white is None and style.shaded is None and style.raised == above.raised:
        return above
    white, shaded = (above.white if style.white is None else style.white), (above.shaded if style.shaded is None else style.shaded)
    return _Look(white=white, shaded=shaded, raised=above.raised or style.raised)


def tagged_texts(root: _Element) -> dict[str, str]:
    """The text of each number of inline XBRL that is seen and has digits, by its id."""
    hides: dict[_Element, bool] = {}
    found: dict[str, str] = {}
    for element in root.iter("{*}nonFraction", "ix:nonfraction"):
        text = "".join(str(part) for part in element.itertext()).strip()
        if has_digits(text) and not any(_hides(above, hides) for above in element.iterancestors()):
            found[element.get("id", "")] = text
    return found


def _hides(element: _Element, known: dict[_Element, bool]) -> bool:
    """Whether an element hides what is in it; each is looked at once."""
    if (hides := known.get(element)) is None:
        hides = known[element] = style_of(element, tag_of(element)).hidden
    return hides
