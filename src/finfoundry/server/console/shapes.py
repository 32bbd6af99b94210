"""An answer cut into what the page shows: running text, figures, marks of citations; and a cell's row and column on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.core.document import Block, Box, Cell, Locator, Page

MOST_MARKED = 20  # boxes of a kind on one picture
FOR_PEOPLE = ("heading", "row")  # of a locator: what tells a place to people, and is no name of a cell
LONGEST_PRINTED = 200  # characters of an address
_MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the answer's text; a figure and a citation lead to ``href``."""

    text: str
    kind: str = "text"  # text, figure, marker
    href: str | None = None
    title: str = ""


def pieces(answer: Answer, turn: str | None = None) -> list[Piece]:
    """The text in order; each figure once or more, where it is printed. ``turn`` is the address of the answer where it is kept: figures
    then lead to all that they are computed from.
    """
    places = sorted({*_figures(answer, turn), *_markers(answer)}, key=lambda place: (place[0], -place[1]))
    found, end = list[Piece](), 0
    for start, stop, piece in places:
        if start < end:
            continue
        if start > end:
            found.append(Piece(answer.text[end:start]))
        found.append(piece)
        end = stop
    return [*found, Piece(answer.text[end:])] if answer.text[end:] else found


def _figures(answer: Answer, turn: str | None) -> Iterator[tuple[int, int, Piece]]:
    for number, figure in enumerate(answer.figures, 1):
        href = href_of(figure, answer.citations)
        if href and turn:
            href = f"{turn}/figures/{number}"
        for match in re.finditer(rf"(?<![\d.,]){re.escape(figure.text)}(?![\d]|[.,]\d)", answer.text):
            title = f"{figure.value} {figure.unit or ''} · {figure.period or '–'}"
            yield match.start(), match.end(), Piece(figure.text, "figure", href, title)


def _markers(answer: Answer) -> Iterator[tuple[int, int, Piece]]:
    by_marker = {citation.marker: citation for citation in answer.citations}
    for match in _MARKER.finditer(answer.text):
        citation = by_marker.get(int(match[1]))
        if citation:
            yield match.start(), match.end(), Piece(match[0], "marker", evidence(citation), f"{citation.document.name}, {citation.page}")


def href_of(figure: Figure, citations: Sequence[Citation]) -> str | None:
    """The address of the evidence of a figure, or of the first operand of a calculation; None where nothing is cited."""
    if figure.reference.citation is not None:
        return next((evidence(one) for one in citations if one.marker == figure.reference.citation), None)
    operands = (figure.reference.operands or {}).values()
    return next((href for operand in operands if (href := href_of(operand, citations))), None)


def evidence(citation: Citation) -> str:
    """The address of the page that shows a citation."""
    return address(citation.document.id, citation.page, citation.box, citation.locator, citation.quote)


def address(document: str, page: int, box: Box | None, locator: Locator | None, printed: str = "") -> str:
    """The address of the page that shows a place; without a box what is printed there tells which of the cells at a locator is meant."""
    anchor = {name: value for name, value in (locator or {}).items() if name not in FOR_PEOPLE}
    query = {"box": _written(box)} if box else {**anchor, **({"printed": printed[:LONGEST_PRINTED]} if anchor else {})}
    path = f"/console/evidence/{document}/{page}"
    return f"{path}?{urlencode(query)}" if query else path


def picture(document: str, page: int, strong: Sequence[Box], near: Sequence[Box], said: Sequence[Box] = ()) -> str:
    """The address of the page's picture: boxes marked strongly, their rows and columns lightly, and what says how to read them."""
    marked = (("box", strong), ("near", near), ("said", said))
    query = [(name, _written(one)) for name, boxes in marked for one in list(dict.fromkeys(boxes))[:MOST_MARKED]]
    path = f"/v1/documents/{document}/pages/{page}.png"
    return f"{path}?{urlencode(query)}" if query else path


def _written(box: Box) -> str:
    return ",".join(f"{value:.2f}" for value in box)


def cell_at(page: Page, box: Box | None, locator: Locator, printed: str = "") -> tuple[Block, Cell] | None:
    """The cell that a box lies in, or that a locator names, with its table. A locator may name a whole table: then the cell is the one that
    is ``printed``, or with which that ends.
    """
    found = [(block, cell) for block in page.blocks for cell in block.cells if _named(cell, locator) or _inside(cell, box)]
    said = printed.strip()
    ways = (lambda text: text == said, lambda text: said.endswith(text) and any(map(str.isdigit, text)), lambda _: True)
    return next((hit for way in ways for hit in found if hit[1].text.strip() and way(hit[1].text.strip())), None)


def _named(cell: Cell, locator: Locator) -> bool:
    return bool(locator) and bool(cell.locator) and all((cell.locator or {}).get(name) == value for name, value in locator.items())


def _inside(cell: Cell, box: Box | None) -> bool:
    return box is not None and cell.box is not None and _covers(cell.box, box)


def row_and_column(cells: Sequence[Cell], cell: Cell) -> list[Box]:
    """Boxes of the row and of the column of a cell."""
    row = [one.box for one in cells if one.box and one.row <= cell.row < one.row + one.row_span]
    column = [one.box for one in cells if one.box and one.column <= cell.column < one.column + one.column_span]
    return [_around(boxes) for boxes in (row, column) if len(boxes) > 1]


def _covers(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - 1 <= x <= outer[2] + 1 and outer[1] - 1 <= y <= outer[3] + 1


def _around(boxes: Sequence[Box]) -> Box:
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
