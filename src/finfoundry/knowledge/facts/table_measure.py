"""Scale and currency of a table: what its notes, titles and the lines above it state, and the signs in its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.quantities.currencies import ALONE, YEN
from finfoundry.core.quantities.unit_lines import meant, own_unit, read_unit_line
from finfoundry.knowledge.facts.periods.acquisitions import INTRODUCES
from finfoundry.knowledge.facts.scale_lines import units_of_one_column
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.grid import GridRow, unit_note
from finfoundry.knowledge.facts.table.scale import ONE, TableScale, read_measure

_DILUTIVE = re.compile(r"\banti-?\s?dilutive\b|\b(?:excluded\s+from|not\s+included\s+in|dilute)\b[^.]*\bper\b[^.]*\bshare\b", re.IGNORECASE)
LEADS_IN = 300  # characters right above a table that may state its scale


def measure_of(table: BlockTable) -> TableScale:
    """The nearest text that states a scale, with the nearest that states a currency."""
    inside = [
        cell.text
        for row in table.grid.rows
        if row.kind in {"note", "header"}
        for cell in row.cells
        if row.kind == "note" or cell.column in table.grid.labels or unit_note(cell.text)
    ]
    of_one = units_of_one_column(table)
    note = "" if any(table.block.note in text for text in of_one if table.block.note) else table.block.note or ""
    headings = [] if is_parted(table) else [row.cells[0].text for row in table.grid.rows[:4] if row.kind == "heading"]
    above = table.above[:2]
    whole = [f"{above[1]} {above[0]}"] if len(above) > 1 and above[0][:1].islower() and len(above[0] + above[1]) < 400 else []
    texts = [
        *(text for text in inside if text not in of_one),
        *headings,
        *whole,
        note,
        table.block.title or "",
        *(text[-LEADS_IN:] if place == 0 else text for place, text in enumerate(table.above[:4]) if place == 0 or len(text) < LEADS_IN),
    ]
    measures = [read_measure(text) for text in texts if text]
    nearest = next((measure for measure in measures if measure.scale is not None or measure.shares is not None), TableScale())
    alone = nearest.scale is None and not currencies_of(table)  # "Shares in thousands", whatever is said further up of amounts
    scaled = nearest if alone else next((measure for measure in measures if measure.scale is not None), TableScale())
    named = next((measure for measure in (scaled, *measures[: len(inside) + 4]) if measure.currency), TableScale())
    unread = None if scaled.scale is not None else next((measure.unread for measure in measures[: len(inside) + 4] if measure.unread), None)
    shares = next((measure.shares for measure in (scaled, *measures[: len(inside) + 4]) if measure.shares is not None), None)
    scale = scaled.scale if scaled.scale is not None else shares  # "(Shares in thousands)" and no more
    measure = replace(scaled, scale=scale, currency=named.currency, shared=named.shared, shares=shares, unread=unread)
    if not currencies_of(table) and scaled.scale is None and shares is not None:
        measure = replace(measure, counted=True)
    elif not currencies_of(table) and any(_DILUTIVE.search(text[-INTRODUCES:]) for text in table.above[:1]):
        measure = replace(measure, shares=ONE if scale is None else shares, counted=True)
    return _signed(measure, table, stated=scaled.scale is not None and scaled.currency is not None and not scaled.shared)


def is_parted(table: BlockTable) -> bool:
    """Whether the parts of a table have scales of their own: "Volume (in thousands):", then "Revenue (in millions):"."""
    headings = (row.cells[0].text for row in table.grid.rows if row.kind == "heading")
    return len({scale for text in (*headings, *table.labels) if (scale := own_unit(text).scale) is not None}) > 1


def currencies_of(table: BlockTable) -> Counter[tuple[str, frozenset[str]]]:
    """The currencies of the signs in the cells, and which currencies share each sign."""
    values = (value.number for row in table.grid.rows for value in row.values)
    return Counter((number.currency, number.shared) for number in values if number.currency)


def _signed(measure: TableScale, table: BlockTable, *, stated: bool) -> TableScale:
    """The scale with the currency of the signs in the cells, before one that a text above names; a bare ``$`` is the dollar named there.

    Rows of their own with another sign, "US branch (in $)" in a table in euros, are in that currency, and the others in the stated one.
    ``stated``: whether the currency is named in full with the scale, and so of the table.
    """
    signs = currencies_of(table)
    if not signs:
        return measure
    (sign, shared), _ = signs.most_common(1)[0]
    named = None if measure.shared else measure.currency
    currency = meant(sign, shared=shared, stated=named)
    labelled = _names_its_currency(table, sign)
    unsigned = [row for row in _rows_of_amounts(table) if not _bears(row, sign)]
    table.aside = bool(unsigned) and (labelled or not _bears(_rows_of_amounts(table)[0], sign))
    contradicted = named is not None and currency != named and bool(unsigned)
    if contradicted and (table.aside or stated or shared == YEN):
        _sign_whole_rows(table)
        return measure
    if table.aside and labelled and named is None:
        _sign_whole_rows(table)
        return replace(measure, currency=None, shared=ALONE)
    return replace(measure, currency=currency, shared=shared if currency == sign else ALONE)


def _rows_of_amounts(table: BlockTable) -> list[GridRow]:
    return [row for row in table.grid.rows if any(not (value.number.percent or value.number.dash) for value in row.values)]


def _sign_whole_rows(table: BlockTable) -> None:
    """Give the sign that a row bears to its numbers without one: "$45 | 40"."""
    for row in table.grid.rows:
        signs = {(value.number.currency, value.number.shared) for value in row.values if value.number.currency}
        for value in row.values if len(signs) == 1 else ():
            if not (value.number.percent or value.number.currency or value.number.unit):
                code, shared = next(iter(signs))
                value.number = replace(value.number, currency=code, shared=shared)


def _names_its_currency(table: BlockTable, sign: str) -> bool:
    labels = [row.text_at(table.grid.labels[0]) for row in table.grid.rows if table.grid.labels and _bears(row, sign)]
    return bool(labels) and all(read_unit_line(label).currency == sign for label in labels)


def _bears(row: GridRow, sign: str) -> bool:
    return any(value.number.currency == sign for value in row.values)


def default_measure(tables: Iterable[BlockTable]) -> TableScale:
    """What most money tables of the document state, for those that state nothing."""
    scales: Counter[Decimal] = Counter()
    exempt: Counter[Decimal] = Counter()
    for table in tables:
        if table.measure.scale is not None:
            scales[table.measure.scale] += 1
            if table.measure.shares is not None:
                exempt[table.measure.shares] += 1
    if not scales:
        return TableScale()
    shares = exempt.most_common(1)[0][0] if sum(exempt.values()) * 2 > sum(scales.values()) else None
    return TableScale(scales.most_common(1)[0][0], None, shares)
