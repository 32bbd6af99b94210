"""Lists: rows under one header of names, and the column in them that names companies or clients."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from finfoundry.core.document import Cell, Document
from finfoundry.knowledge.facts.table.company_names import HAS_FIRM_FORM
from finfoundry.knowledge.facts.table.grid import number_of

MOST_OF = 0.9  # the share of a column's cells that makes its kind
_ENTITY = re.compile(
    r"(?:company|entity|issuer|client|customer|borrower|counterparty|firm|bank)(?:[ _-]?name)?|name|公司|公司名称|企业|企业名称"
    r"|客户|客户名称|借款人|交易对手|发行人|证券简称|股票简称|名称|机构|机构名称|银行",
    re.IGNORECASE,
)
_COMPANY_ZH = re.compile(r"(?:公司|银行|集团)$")


def listed(document: Document) -> list[str]:
    """The companies that the lists of a workbook name: none of them is who reports."""
    blocks = (block for page in document.pages if page.source == "sheet" for block in page.blocks if block.kind == "table")
    return list(dict.fromkeys(name for block in blocks for name in listed_entities(block.cells)))


def listed_entities(cells: Sequence[Cell]) -> list[str]:
    """The companies that a list names in a column of its own, where they are several: none of them is who reports."""
    names, rows = split(cells)
    column = entity_column(names, rows)
    found = list(dict.fromkeys(row[column].text.strip() for row in rows if column in row)) if column is not None else []
    return found if len(found) > 1 else []


def split(cells: Sequence[Cell]) -> tuple[dict[int, str], list[dict[int, Cell]]]:
    """The names of the columns in the first row, and the rows below."""
    by_row: dict[int, dict[int, Cell]] = {}
    for cell in cells:
        if cell.text.strip():
            by_row.setdefault(cell.row, {})[cell.column] = cell
    rows = [by_row[number] for number in sorted(by_row)]
    return ({column: cell.text.strip() for column, cell in rows[0].items()}, rows[1:]) if rows else ({}, [])


def entity_column(names: dict[int, str], rows: Sequence[dict[int, Cell]]) -> int | None:
    """The column of companies or clients: so headed, or holding names with legal forms."""
    headed = [
        column for column in names if _ENTITY.fullmatch(names[column]) and not holds(rows, column, lambda text: bool(number_of(text)))
    ]
    formed = [column for column in names if holds(rows, column, lambda text: bool(HAS_FIRM_FORM.search(text) or _COMPANY_ZH.search(text)))]
    return next(iter([*headed, *formed]), None)


def texts_of(rows: Sequence[dict[int, Cell]], column: int) -> set[str]:
    return {row[column].text.strip() for row in rows if column in row}


def holds(rows: Sequence[dict[int, Cell]], column: int, fits: Callable[[str], bool]) -> bool:
    """Whether nearly all cells of a column are of a kind, and half of the rows have one."""
    texts = [row[column].text.strip() for row in rows if column in row]
    return bool(texts) and 2 * len(texts) >= len(rows) and sum(map(fits, texts)) >= MOST_OF * len(texts)
