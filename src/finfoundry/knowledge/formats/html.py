"""HTML and inline XBRL: visible text as blocks in reading order, tables as cells with locators, pages where the source breaks them.

What a reader of the page doesn't see (``display: none``, the header of inline XBRL, white on white, zero size) is dropped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html
from lxml.etree import _Element

from finfoundry.core.document import Block, Document, Page
from finfoundry.core.errors import ParseError
from finfoundry.core.language import with_raised
from finfoundry.core.quantities.numbers import scale_of
from finfoundry.knowledge.formats.encoding import decode
from finfoundry.knowledge.formats.html_end import cut_short
from finfoundry.knowledge.formats.html_style import BLOCK_TAGS, BY_CLASS, Style, hide_by_class, is_struck, style_of, tag_of
from finfoundry.knowledge.formats.html_table import read_cells
from finfoundry.knowledge.formats.outline import Outline
from finfoundry.knowledge.formats.text_blocks import heading_level

_BULLET = re.compile(r"^(?:[•●▪■◦·\-–—*]|\(?\d{1,2}[.)]|\([a-z]{1,3}\))$")
_LIST = re.compile(r"^[•●▪■◦]\s*")
_PART = re.compile(r"^(part\s+[ivx]+\b|第[一二三四五六七八九十]+[章编篇])", re.IGNORECASE)
_ITEM = re.compile(r"^(item\s+\d{1,2}[a-c]?\b|第[一二三四五六七八九十]+节)", re.IGNORECASE)
_UNIT_NOTE = re.compile(r"单位\s*[:：]|币种|\b(?:dollars?|amounts?|millions?|thousands?|billions?)\b|金额单位", re.IGNORECASE)
PARSER_DEPTH = 250  # the HTML parser leaves out what lies deeper than about this many elements
BESIDE = 20  # characters before a raised mark that tell what it is
MAX_DEPTH = 400  # of elements; deeper is no document


def parse_html(data: bytes, name: str) -> Document:
    """Read HTML. Raises ParseError when there is no element in it."""
    root, depth = _shared(data, name)
    reader = _Reader()
    reader.read(root)
    document = Document(name, hashlib.sha256(data).hexdigest(), "text/html", len(data), reader.finish())
    if depth >= PARSER_DEPTH:
        document.losses.append(f"the page nests {PARSER_DEPTH} elements or more: what lies deeper was not read")
    document.losses += _left_out(root)
    if where := cut_short(data):
        document.cut_short = f"the file breaks off {where}: what followed is not in it"
    titles = (" ".join((element.text or "").split()) for element in root.iter() if tag_of(element) == "title")
    document.profile.title = next((title for title in titles if " " in title or len(title) > 30), None)
    if not any(page.blocks for page in document.pages):
        document.losses.append("no visible text")
    return document


def _left_out(root: _Element) -> Iterator[str]:
    """What of a page a reader would miss who looks at its source: struck text, hidden rows of tables, what style sheets hide."""
    struck = rows = parts = 0
    for element in root.iter():
        if not (tag := tag_of(element)):
            continue
        struck += is_struck(element, tag)
        if tag == "tr":
            rows += style_of(element, tag).hidden
        elif element.get("hidden") == BY_CLASS:
            parts += _has_digits(element)
    if struck:
        yield f"{struck} pieces of struck text were left out"
    if rows:
        yield f"{rows} hidden rows of tables were left out"
    if parts:
        yield f"{parts} parts with figures that a style sheet hides were left out"


def _has_digits(element: _Element) -> bool:
    return any(letter.isdigit() for part in element.itertext() for letter in str(part))


def read_tree(data: bytes, name: str) -> _Element:
    """Parse as XML where it is well formed (as inline XBRL must be), else as HTML. Each inline XBRL tag has an ``id`` afterwards.

    Raises ParseError where it is neither, or nests too deeply.
    """
    return _measured(data, name)[0]


def _measured(data: bytes, name: str) -> tuple[_Element, int]:
    """The tree, and how deep it is."""
    root = _strict(data)
    if root is None:
        text, _ = decode(data, name)
        try:
            root = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
        except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
            raise ParseError(f"{name} cannot be read as HTML: {error}", remedy="Save the page again from a browser.") from error
    depth = _depth(root)
    if depth > MAX_DEPTH:
        raise ParseError(f"{name} nests more than {MAX_DEPTH} elements", remedy="Export it again in a plain form.")
    tagged = root.iter("{*}nonFraction", "{*}fraction", "ix:nonfraction", "ix:fraction")
    for number, element in enumerate(e for e in tagged if tag_of(e) in {"ix:nonfraction", "ix:fraction"}):
        if not element.get("id"):
            element.set("id", f"ix-{number}")
    hide_by_class(root)
    return root, depth


_shared = lru_cache(maxsize=1)(_measured)


def shared_tree(data: bytes, name: str) -> _Element:
    """The tree of ``read_tree``, once for all that read the same file and change nothing: its text, its tags, its printed digits."""
    return _shared(data, name)[0]


def forget_tree() -> None:
    """Let go of the tree that was read last."""
    _shared.cache_clear()


def _strict(data: bytes) -> _Element | None:
    if not data.lstrip()[:200].startswith((b"<?xml", b"<html xmlns")) and b"inlineXBRL" not in data[:20_000]:
        return None
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _depth(root: _Element) -> int:
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


@dataclass(slots=True)
class _Reader:
    """Walks the tree once and collects blocks."""

    pages: list[Page] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    outline: Outline = field(default_factory=Outline)
    text: list[str] = field(default_factory=list)
    bold: int = 0  # characters of the open block
    length: int = 0
    anchor: str | None = None
    level: int | None = None  # of the h1..h6 that is open
    tables: int = 0

    def read(self, element: _Element, above: Style = Style()) -> None:  # noqa: B008  frozen
        """Collect the text of an element and of those in it, as blocks; hidden elements are left out. ``above``: the parent's style."""
        tag = tag_of(element)
        if not tag:
            return
        style = style_of(element, tag)
        if style.hidden:
            return
        here = Style(
            bold=above.bold if style.bold is None else style.bold,
            white=above.white if style.white is None else style.white,
            shaded=above.shaded if style.shaded is None else style.shaded,
        )
        block = tag in BLOCK_TAGS
        if block or tag == "br":
            self.flush()
        if style.page_break:
            self.turn()
        self.anchor = element.get("id") or element.get("name") or self.anchor if tag in {"a", "div", "p", "section"} else self.anchor
        if tag == "table" and self.table(element, here):
            return
        if style.raised and not block and self.raise_mark(element, here):
            return
        self.level = int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else self.level
        self.add(element.text, here)
        for child in element:
            self.read(child, here)
            self.add(child.tail, here)
        if block:
            self.flush()
            self.level = None

    def add(self, text: str | None, style: Style) -> None:
        """Add text to the open block, unless it is white on white."""
        if not text or (style.white and not style.shaded):
            return
        visible = len(text.strip())
        self.text.append(text)
        self.length += visible
        self.bold += visible if style.bold else 0

    def raise_mark(self, element: _Element, style: Style) -> bool:
        """Add the raised mark that an element is, kept apart from the digits before it. False where it is none."""
        text = "".join(str(part) for part in element.itertext())
        mark = with_raised("".join(self.text)[-BESIDE:], text)
        if mark == text:
            return False
        self.add(mark, style)
        return True

    def flush(self) -> None:
        """Close the open block."""
        text = " ".join("".join(self.text).split())
        bold = self.length > 0 and self.bold >= 0.9 * self.length
        self.text, self.bold, self.length = [], 0, 0
        if not text:
            return
        level = self.level or _level(text, bold)
        locator = {"anchor": self.anchor} if self.anchor else None
        if level:
            self.blocks.append(Block("heading", text, section=self.outline.enter(level, text), level=level, locator=locator))
        else:
            self.blocks.append(Block("list" if _LIST.match(text) else "paragraph", text, section=self.outline.path, locator=locator))

    def turn(self) -> None:
        """Start a new page, if the old one holds anything."""
        self.flush()
        if self.blocks:
            self.pages.append(Page(len(self.pages) + 1, 0.0, 0.0, self.blocks, source="flow"))
            self.blocks = []

    def finish(self) -> list[Page]:
        self.turn()
        return self.pages or [Page(1, 0.0, 0.0, source="empty")]

    def table(self, element: _Element, style: Style) -> bool:
        """Take a data table as one block. False for a table that only lays out the page: its cells are read as text."""
        if any(tag_of(child) == "table" for child in element.iterdescendants()):
            return False
        for caption in (child for child in element if tag_of(child) == "caption"):
            self.read(caption, style)
        cells = read_cells(element, self.anchor or f"table-{self.tables + 1}", shaded=bool(style.shaded), white=bool(style.white))
        rows = [[cell for cell in cells if cell.row == row] for row in range(cells[-1].row + 1)] if cells else []
        if not rows:
            return True
        if all(len(row) == 1 for row in rows):
            return False
        if all(_BULLET.match(row[0].text) and len(row) <= 2 for row in rows):
            for row in rows:
                self.blocks.append(Block("list", " ".join(cell.text for cell in row), section=self.outline.path))
            return True
        self.tables += 1
        title, note = _above(self.blocks)
        text = "\n".join("\t".join(cell.text for cell in row) for row in rows)
        locator = {"anchor": self.anchor or f"table-{self.tables}"}
        self.blocks.append(Block("table", text, cells=cells, section=self.outline.path, title=title, note=note, locator=locator))
        return True


def _level(text: str, bold: bool) -> int | None:
    if len(text) > 200 or text.endswith((".", ";", ",", "。", "；", "，")) or not re.search(r"[A-Za-z\u4e00-\u9fff]", text):
        return None
    if bold or len(text) < 60:
        if _PART.match(text):
            return 1
        if _ITEM.match(text):
            return 2
    if not bold:
        return heading_level(text, markdown=False)
    return 3 if text.isupper() else 4


def _above(blocks: list[Block]) -> tuple[str | None, str | None]:
    """The title and the unit note among the short blocks right above a table."""
    title = note = None
    for block in reversed(blocks[-4:]):
        if block.kind == "table" or len(block.text) > 250:
            break
        if (
            note is None
            and len(block.text) < 150
            and (scale_of(block.text) is not None or "单位" in block.text)
            and _UNIT_NOTE.search(block.text)
        ):
            note = block.text
        elif title is None and len(block.text) < 150 and not block.text.startswith(("(", "（")) and not block.text.endswith((".", "。")):
            title = block.text
            if block.kind == "heading":
                break
    return title, note
