"""Small documents to read facts from: rows of text as a table on a page, with what stands above it."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.core.document import Block, Cell, Document, Fact, Page

Rows = Sequence[Sequence[str]]

COVER = [
    Block("heading", "FORM 10-K"),
    Block("paragraph", "For the fiscal year ended December 31, 2024"),
    Block("paragraph", "Example Holdings, Inc."),
    Block("paragraph", "(Exact name of registrant as specified in its charter)"),
    Block("paragraph", "Aggregate market value of the stock held by non-affiliates: $1,234,567"),
]
COVER_ZH = [
    Block("heading", "示例科技股份有限公司"),
    Block("heading", "2020 年年度报告"),
    Block("paragraph", "公司代码：600999 公司简称：示例科技"),
]


def table(rows: Rows, *, title: str | None = None, note: str | None = None, indents: Sequence[int] = (), continued: bool = False) -> Block:
    """A table; an empty text is no cell, and "text>2" spans two columns."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            content, _, span = text.partition(">")
            if content:
                indent = indents[r] if r < len(indents) and c == 0 else 0
                cells.append(Cell(r, c, content, column_span=int(span or 1), indent=indent))
    text = "\n".join("\t".join(cell.partition(">")[0] for cell in row) for row in rows)
    return Block("table", text, cells=cells, title=title, note=note, continued=continued)


def document(*pages: Sequence[Block], cover: Sequence[Block] = COVER) -> Document:
    every = [Page(number, 600, 800, list(blocks)) for number, blocks in enumerate([cover, *pages], 1)]
    return Document("paper.pdf", "0" * 64, "application/pdf", 1, every)


def found(facts: Sequence[Fact], label: str, **wanted: object) -> list[Fact]:
    """The facts with this innermost label and these fields."""
    return [f for f in facts if f.metric[-1] == label and all(getattr(f, name) == value for name, value in wanted.items())]


def values(facts: Sequence[Fact], label: str) -> list[tuple[str, str | None, str]]:
    return [(format(f.value, "f"), f.unit, f.period) for f in found(facts, label)]
