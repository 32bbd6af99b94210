"""How the tables of a paper write their figures, and the marks of the notes that stand below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import dropwhile

from finfoundry.core.document import Block, Document, Page
from finfoundry.core.quantities.writings import Writing, writing_of
from finfoundry.knowledge.facts.table.grid import Style

_NOTE = re.compile(r"\s*[(（\[]?(?P<mark>\d{1,2})[)）\].]?\s+(?=[^\W\d])")  # "1 Restated.", "2) Until 2026"
_NEXT = re.compile(r"(?<=[.;。；])\s+[(（\[]?(?P<mark>\d{1,2})[)）\].]?\s+(?=[A-Z\u4e00-\u9fff])")  # on the same line
NEAR = 4  # blocks below a table that may be its notes
LONGEST_NOTE = 600  # characters


def style_of(page: Page, block: Block, usual: Writing | None) -> Style:
    """The style of a table: as its own figures show it, else as those of the paper's other tables do."""
    writing = writing_of(cell.text for cell in block.cells) or usual or "unknown"
    return Style(writing, frozenset(_marks(page, block)))


def usual_writing(document: Document) -> Writing | None:
    """The writing of the tables that show one: a decimal comma where all of these do, "both" where some do; else None."""
    tables = (block for page in document.pages for block in page.blocks if block.kind == "table")
    shown = Counter(writing for block in tables if (writing := writing_of(cell.text for cell in block.cells)) is not None)
    commas = shown["decimal comma"]
    return None if not commas else "decimal comma" if commas == shown.total() else "both" if 2 * commas >= shown.total() else None


def _marks(page: Page, block: Block) -> Iterator[str]:
    """The numbers of the notes in the last rows of a table and in the lines below it, which count from one."""
    last = max((cell.row for cell in block.cells), default=0)
    rows = [cell.text for cell in block.cells if cell.row == last and cell.column_span > 1]
    after = list(dropwhile(lambda one: one is not block and one.cells != block.cells, page.blocks))[1:]
    texts = [one.text for one in after[:NEAR] if one.kind != "table"] if after and after[0].kind != "table" else []
    lines = [line for text in (*rows, *texts) if len(text) <= LONGEST_NOTE for line in text.split("\n")]
    expected = 1
    for line in lines:
        marks = [match["mark"] for match in (_NOTE.match(line), *_NEXT.finditer(line)) if match]
        for mark in marks if _NOTE.match(line) else ():
            if int(mark) == expected:
                yield mark
                expected += 1
