"""HTML tables to cells: spans laid out on a grid, ``$``, ``)`` and ``%`` joined to their number, spacer columns dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from finfoundry.core.document import Cell
from finfoundry.core.language import is_power, with_raised
from finfoundry.core.quantities.cells import in_one_cell
from finfoundry.knowledge.bounds import check
from finfoundry.knowledge.formats.html_style import BLOCK_TAGS, Style, style_of, tag_of

_BREAK = "\x1e"  # between the lines of a cell, while it is gathered
MAX_SPAN = 1000  # as browsers have it
_SYMBOL = re.compile(r"[$€£¥￥]|(?:US|HK|C|A|NT)\$|RMB|\(|[$€£¥￥]\s?\(")
_NUMBER = re.compile(r"[-–—−+(]?\s?[$€£¥￥]?\s?\(?\s?(?:\d[\d,]*(?:\.\d+)?|\.\d+|[-–—−])\s?%?\s?\)?\s?%?(?:\s?\([a-z\d]{1,2}\))?")
_SUFFIX = re.compile(r"\)|%|\)\s?%|%\s?\)|％|pts?|bps|x|\*+|(?:\([a-z]\)\s?)+")
_MARK = re.compile(r"[(\[]?(?:\d{1,2}|[a-z]|[*†‡§]+)[)\]]?(?:\s?,\s?[(\[]?(?:\d{1,2}|[a-z])[)\]]?)*")  # of a footnote
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2}")


@dataclass(slots=True)
class _Piece:
    """A cell on the grid of the source: columns ``left`` to ``right``, both included."""

    left: int
    right: int
    rows: int
    text: str
    header: bool
    indent: float
    tags: list[str] = field(default_factory=list)
    anchor: str | None = None

    @property
    def numeric(self) -> bool:
        return _NUMBER.fullmatch(self.text) is not None


def read_cells(table: _Element, place: str, *, shaded: bool, white: bool) -> list[Cell]:
    """The visible cells of a table, on a grid without empty columns and rows. ``place`` names the table in locators."""
    rows = [_glue(row) for row in _rows(table, shaded, white)]
    rows = [row for row in rows if any(piece.text for piece in row)]
    columns = _columns(rows)
    levels = _levels(rows)
    cells = []
    for number, row in enumerate(rows):
        for piece in row:
            covered = sorted({columns[place] for place in range(piece.left, piece.right + 1) if place in columns})
            if not piece.text or not covered:
                continue
            locator = {"anchor": piece.tags[0] if piece.tags else piece.anchor or place, "cell": f"R{number + 1}C{covered[0] + 1}"}
            if piece.tags:
                locator["tags"] = " ".join(piece.tags)
            cells.append(
                Cell(
                    row=number,
                    column=covered[0],
                    text=piece.text,
                    row_span=min(piece.rows, len(rows) - number),
                    column_span=covered[-1] - covered[0] + 1,
                    locator=locator,
                    indent=levels.get(round(piece.indent), 0) if covered[0] == 0 else 0,
                    header=piece.header,
                )
            )
    return cells


def _rows(table: _Element, shaded: bool, white: bool) -> Iterator[list[_Piece]]:
    taken: dict[int, int] = {}  # source column -> rows still covered by a cell above
    for row in _own(table, "tr"):
        style = style_of(row, "tr")
        if style.hidden:
            continue
        pieces: list[_Piece] = []
        column = 0
        for element in row:
            tag = tag_of(element)
            if tag not in {"td", "th"}:
                continue
            while taken.get(column, 0) > 0:
                column += 1
            across, down = _span(element.get("colspan")), _span(element.get("rowspan"))
            piece = _read_cell(element, tag, Style(shaded=style.shaded or shaded, white=style.white or white))
            check("columns", column + across)
            piece.left, piece.right, piece.rows = column, column + across - 1, down
            pieces.append(piece)
            for place in range(column, column + across):
                if down > 1:
                    taken[place] = down
            column += across
        taken = {place: left - 1 for place, left in taken.items() if left > 1}
        yield pieces


def _own(table: _Element, tag: str) -> Iterator[_Element]:
    """The rows of this table, not those of tables inside it."""
    for child in table:
        name = tag_of(child)
        if name == tag:
            yield child
        elif name in {"thead", "tbody", "tfoot"}:
            yield from (row for row in child if tag_of(row) == tag)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), MAX_SPAN) if text and text.strip().isdigit() else 1


def _read_cell(element: _Element, tag: str, above: Style) -> _Piece:
    parts: list[str] = []
    tags: list[str] = []
    own = style_of(element, tag)
    piece = _Piece(0, 0, 1, "", tag == "th", own.indent, anchor=element.get("id"))
    if not own.hidden:
        _gather(element, own, above, parts, tags, piece)
    whole = "".join(parts)
    raw = whole.replace(_BREAK, " ")
    piece.text = in_one_cell([line for part in whole.split(_BREAK) if (line := " ".join(part.split()))])
    lead = len(raw) - len(raw.lstrip("\u00a0\u3000 "))
    piece.indent += 4.0 * lead if raw[:lead].strip(" ") else 4.0 * max(lead - 1, 0)
    piece.tags = tags
    return piece


def _gather(element: _Element, own: Style, above: Style, parts: list[str], tags: list[str], piece: _Piece) -> None:
    """Append the visible text below ``element``, depth first."""
    shaded = above.shaded if own.shaded is None else own.shaded
    white = above.white if own.white is None else own.white
    seen = not (white and not shaded)
    if element.text and seen:
        parts.append(element.text)
    for child in element:
        name = tag_of(child)
        if name == "br":
            parts.append(_BREAK)
        elif name:
            style = style_of(child, name)
            raised = "".join(str(part) for part in child.itertext()).strip() if style.raised and not style.hidden else ""
            if seen and is_power("".join(parts), raised):
                parts.append(with_raised("".join(parts), raised))
            elif not style.hidden and not _MARK.fullmatch(raised):
                if name in {"ix:nonfraction", "ix:fraction"} and (identity := child.get("id")):
                    tags.append(identity)
                if name in BLOCK_TAGS:
                    parts.append(_BREAK)
                    if not any(part.strip() for part in parts):
                        piece.indent += style.indent
                _gather(child, style, Style(shaded=shaded, white=white), parts, tags, piece)
                if name in BLOCK_TAGS:
                    parts.append(_BREAK)
        if child.tail and seen:
            parts.append(child.tail)


def _glue(row: list[_Piece]) -> list[_Piece]:
    """Join "$", "(" before and ")", "%" after to the number next to them."""
    joined: list[_Piece] = []
    waiting: _Piece | None = None
    for piece in row:
        if not piece.text:
            continue
        if waiting and piece.numeric:
            text = f"{waiting.text}{piece.text}" if waiting.text.endswith("(") else f"{waiting.text} {piece.text}"
            piece = replace(piece, left=waiting.left, text=text)
        elif waiting:
            joined.append(waiting)
        waiting = None
        if _SYMBOL.fullmatch(piece.text):
            waiting = piece
        elif joined and joined[-1].numeric and _SUFFIX.fullmatch(piece.text) and not _WORDS.search(piece.text):
            joined[-1] = replace(joined[-1], right=piece.right, text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return [*joined, waiting] if waiting else joined


def _columns(rows: list[list[_Piece]]) -> dict[int, int]:
    """Source column -> column of the table. Numbers that overlap from row to row share one; then texts that touch none of them."""
    numbers = _merge([(p.left, p.right) for row in rows for p in row if p.numeric and not _YEAR.fullmatch(p.text)])
    taken = {place for left, right in numbers for place in range(left, right + 1)}
    texts = []
    for row in rows:
        for piece in row:
            if piece.text and taken.isdisjoint(range(piece.left, piece.right + 1)):
                texts.append((piece.left, piece.right))
    groups = sorted([*numbers, *_merge(texts)])
    return {place: index for index, (left, right) in enumerate(groups) for place in range(left, right + 1)}


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans become one, narrow ones first; a span across several that are already apart doesn't join them."""
    merged: list[tuple[int, int]] = []
    for left, right in sorted(set(spans), key=lambda span: (span[1] - span[0], span)):
        touched = [span for span in merged if span[0] <= right and left <= span[1]]
        if len(touched) > 1:
            continue
        if touched:
            merged.remove(touched[0])
            left, right = min(left, touched[0][0]), max(right, touched[0][1])
        merged.append((left, right))
    return merged


def _levels(rows: list[list[_Piece]]) -> dict[int, int]:
    """Rounded indentation of the first column -> level."""
    return {indent: level for level, indent in enumerate(sorted({round(row[0].indent) for row in rows if row and row[0].left == 0}))}
