"""Scales that are stated away from their table: in the running header or footer of its page, or behind a footnote mark at its head."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import dropwhile, takewhile

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.core.quantities.unit_lines import only_units, own_unit
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.column_headers import units_beside_dates
from finfoundry.knowledge.facts.table.scale import TableScale, read_measure, stated_for_all

LONGEST = 200  # characters of a line of furniture or a footnote that is hardly more than a statement of units
_OF_ALL = re.compile(
    r"\b(?:amounts?|figures?|values?|numbers|data|expressed|stated|presented|units?|currency|tables?)\b|单位|單位|金额|金額|币种|幣種",
    re.IGNORECASE,
)
_PART = re.compile(r"\s[|·•–—-]\s|(?=[(（])")  # between the parts of a running line
_ALL = re.compile(
    r"[\W\d]{0,4}(?:(?:unless|except)\b[^,;.]{0,50},\s*)?all\s+(?:\w+\s+)?(?:amounts|figures|values|numbers)\b"
    r"|[(（]?(?:本[^，,。]{1,12}[，,]?)?除[^，,。]{1,20}外[，,]\S{0,6}(?:金额|货币)|[(（]?本\S{1,12}(?:金额|货币)单位|[(（]?(?:所有|全部)金额",
    re.IGNORECASE,
)
_HEAD_MARK = re.compile(r"(\*{1,3}|[†‡§]|[⁰¹²³⁴-⁹]{1,2}|[(（]\w{1,2}[)）]|[(（]?注\s?\d{0,2}[)）]?)\s*$")
_FOOT_MARK = re.compile(r"^\s*(\*{1,3}|[†‡§]|[⁰¹²³⁴-⁹]{1,2}|[(（]?\w{1,2}[)）.]|\d{1,2}(?=\s)|[(（]?注\s?\d{0,2}[)）]?)\s*[:：]?\s*(?=\S)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WORDS = {Decimal(10) ** 3: "thousands", Decimal(10) ** 6: "millions", Decimal(10) ** 9: "billions"}


def running_measure(page: Page) -> TableScale:
    """What the running header and footer of a page state for its amounts: of "Verbena Bank plc – amounts in EUR million" the million.

    Without a scale where they state none; where they state several, these are ``unread``.
    """
    return agreed(block.text for block in page.blocks if block.kind in ("header", "footer"))


def running_everywhere(document: Document) -> TableScale:
    """What the running lines of a paper state, for its pages without any; as ``running_measure`` where its pages differ."""
    return agreed(block.text for page in document.pages for block in page.blocks if block.kind in ("header", "footer"))


def unless_elsewhere(line: TableScale, own: TableScale) -> TableScale:
    """What a running line states, for a table with a measure of its own; unread where the two name different currencies: a line in USD
    million is not surely that of a table in EUR.
    """
    named, other = line.currency, own.currency
    alike = named is None or other is None or named == other or other in line.shared or named in own.shared
    return line if alike else TableScale(unread=line.note)


def said_once(document: Document) -> TableScale:
    """What a line states for all amounts of a paper, wherever it stands: "All amounts in EUR million", 金额单位均为人民币百万元; with
    what sentences state for all tables. Of lines that disagree none holds, and their words are ``unread``.
    """
    lines = (block.text for page in document.pages for block in page.blocks if block.kind not in ("table", "header", "footer"))
    said, stated = agreed(text for text in lines if _ALL.match(text)), stated_for_all(document)
    if said.scale is not None and stated.scale is not None and said.scale != stated.scale:
        return TableScale(unread=f"{stated.note} / {said.note}")
    return stated if stated.scale is not None or stated.unread is not None else said


def agreed(texts: Iterable[str]) -> TableScale:
    """The one scale that lines state, which speak of all amounts; where they state several, none, and their words as ``unread``."""
    found = {measure.scale: measure for text in texts if (measure := _of_all(text)).scale is not None}
    if len(found) > 1:
        return TableScale(unread=" / ".join(measure.note for measure in found.values()))
    return next(iter(found.values()), TableScale())


def _of_all(text: str) -> TableScale:
    """The scale of a short line that speaks of amounts, names a currency, or is nothing but the statement of units; else none."""
    measure = read_measure(text) if len(text) <= LONGEST else TableScale()
    speaks = measure.currency is not None or _OF_ALL.search(text) is not None or any(map(only_units, _PART.split(text)))
    return measure if measure.scale is not None and speaks else TableScale()


def with_footnote(table: BlockTable) -> BlockTable:
    """The table, its measure with what the footnote states whose mark its head bears: "EUR*" above "* All amounts in millions."

    A mark over some columns alone is theirs: their headings then say it. A footnote that contradicts the table's own scale leaves both
    unread: "EUR thousand*" above "* In millions."
    """
    notes = _footnotes(table)
    if not notes:
        return table
    over = [(cell, mark) for cell in _value_heads(table) if (mark := _mark(cell.text)) in notes]
    columns = {column for cell, _ in over for column in range(cell.column, cell.column + cell.column_span)}
    whole = [mark for text in _heads(table) if (mark := _mark(text)) in notes]
    if over and not set(table.grid.value_columns) <= columns:
        table = _said_in_headings(table, {id(cell): notes[mark] for cell, mark in over})
    else:
        whole += [mark for _, mark in over]
    return replace(table, measure=_joined(table.measure, agreed(notes[mark].note for mark in whole)))


def _joined(own: TableScale, noted: TableScale) -> TableScale:
    if noted.unread is not None:
        return replace(own, scale=None, unread=noted.unread)
    if noted.scale is None or own.scale == noted.scale or own.unread is not None:
        return own
    if own.scale is not None:
        return replace(own, scale=None, unread=f"{own.note} / {noted.note}")
    shares = own.shares if own.shares is not None else noted.shares
    return replace(own, scale=noted.scale, shares=shares, currency=own.currency or noted.currency, shared=own.shared or noted.shared)


def _footnotes(table: BlockTable) -> dict[str, TableScale]:
    """The footnotes of the table's page that state a scale of amounts, by their marks."""
    found: dict[str, TableScale] = {}
    after = list(dropwhile(lambda block: not _is_of(block, table), table.page.blocks))[1:]
    if table.block.box is None:  # a flow of text has no foot of a page: what stands below the next table is that one's
        after = list(takewhile(lambda block: block.kind != "table", after))
    below = [block.text for block in after if block.kind != "table"]
    last = [row.cells[0].text for row in table.grid.rows if row.index and not row.values and len(row.cells) == 1]  # read as rows
    for text in (*last, *below):
        match = _FOOT_MARK.match(text)
        if match and (measure := _of_all(text[match.end() :])).scale is not None:
            found.setdefault(_plain(match[1]), measure)
    return found


def _is_of(block: Block, table: BlockTable) -> bool:
    return block is table.block or (block.kind == "table" and block.box is not None and block.box == table.block.box)


def _heads(table: BlockTable) -> Sequence[str]:
    """The texts that speak of the whole table: its title, its note, the corner over its labels, the line above."""
    corner = (cell.text for row in table.grid.rows if row.kind == "header" for cell in row.cells if cell.column in table.grid.labels)
    title = (table.block.title or "").split(" / ")
    return [text for text in (*corner, *title, table.block.note or "", *table.above[:1]) if text]


def _value_heads(table: BlockTable) -> list[Cell]:
    return [cell for row in table.grid.rows if row.kind == "header" for cell in row.cells if cell.column not in table.grid.labels]


def _mark(text: str) -> str:
    """The footnote mark at the end of a text, without its brackets; "" where there is none."""
    match = _HEAD_MARK.search(text)
    return _plain(match[1]) if match else ""


def _plain(mark: str) -> str:
    return mark.strip("()（）. ").translate(_RAISED)


def _said_in_headings(table: BlockTable, stated: dict[int, TableScale]) -> BlockTable:
    """The table whose column headings say what a footnote says of them, so that they are read as those which say it themselves."""

    def said(cell: Cell) -> Cell:
        words = _in_words(stated.get(id(cell)))
        return replace(cell, text=f"{_HEAD_MARK.sub('', cell.text)} ({words})") if words else cell

    rows = [replace(row, cells=[said(cell) for cell in row.cells]) for row in table.grid.rows]
    return replace(table, grid=replace(table.grid, rows=rows))


def _in_words(measure: TableScale | None) -> str:
    if measure is None or measure.scale not in _WORDS:
        return ""
    return f"{measure.currency} {_WORDS[measure.scale]}" if measure.currency else f"in {_WORDS[measure.scale]}"


def units_of_one_column(table: BlockTable) -> set[str]:
    """The headings that state a scale for one column beside its date, where those of the columns differ: "31 December 2023 (EUR thousand)"
    beside "31 December 2024". The scale of the table is none of theirs. Empty where all columns have one scale.
    """
    columns = _scaled_alone(table)
    return {cell.text for cell in _value_heads(table) if cell.column in columns and own_unit(cell.text).scale is not None}


def scaled_in_part(table: BlockTable) -> bool:
    """Whether dates state a scale over some columns of figures and none over others: these are not known to be in ones."""
    columns = _scaled_alone(table)
    return bool(columns) and not set(table.grid.value_columns) - table.percent <= columns


def _scaled_alone(table: BlockTable) -> set[int]:
    return set(units_beside_dates((row for row in table.grid.rows if row.kind == "header"), table.grid.labels))
