"""What a document offers to the reading of facts: cells and lines of a length that somebody could read.

A label of a thousand characters labels nothing, and a thousand blanks separate no better than forty: but each would keep patterns busy.
The document itself keeps its text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from finfoundry.core.document import Block, Cell, Page

LONGEST_CELL, LONGEST_LINE, LONGEST_GAP = 1_000, 10_000, 40  # characters
CUT = "…"
_GAP = re.compile(rf"[^\S\n]{{{LONGEST_GAP + 1},}}")
_LINES = re.compile(r"\n(?:[^\S\n]{0,40}\n){2,}")


def legible(pages: list[Page]) -> tuple[list[Page], int]:
    """The pages with what is too long cut, and how many cells and lines were."""
    cut = 0
    found = []
    for page in pages:
        blocks = []
        for block in page.blocks:
            shown, number = _block(block)
            blocks.append(shown)
            cut += number
        found.append(replace(page, blocks=blocks) if any(a is not b for a, b in zip(blocks, page.blocks, strict=True)) else page)
    return found, cut


def _block(block: Block) -> tuple[Block, int]:
    """The block itself where nothing in it is too long."""
    texts = [block.text, *(cell.text for cell in block.cells)]
    if max(map(len, texts)) <= LONGEST_GAP:
        return block, 0
    text, cut = _lines(block.text)
    cells = [_cell(cell) for cell in block.cells]
    cut += sum(len(cell.text) > LONGEST_CELL for cell in cells)
    same = text == block.text and all(a is b for a, b in zip(cells, block.cells, strict=True))
    return (block if same else replace(block, text=text, cells=cells)), cut


def _lines(text: str) -> tuple[str, int]:
    folded = _LINES.sub("\n\n", _folded(text))
    if len(folded) <= LONGEST_LINE:
        return folded if folded != text else text, 0
    lines = folded.split("\n")
    cut = sum(len(line) > LONGEST_LINE for line in lines)
    return "\n".join(f"{line[:LONGEST_LINE]}{CUT}" if len(line) > LONGEST_LINE else line for line in lines), cut


def _cell(cell: Cell) -> Cell:
    text = _folded(cell.text)
    text = f"{text[:LONGEST_CELL]}{CUT}" if len(text) > LONGEST_CELL else text
    return cell if text == cell.text else replace(cell, text=text)


def _folded(text: str) -> str:
    return _GAP.sub(" " * LONGEST_GAP, text) if len(text) > LONGEST_GAP else text
