"""Scale and currency of a table: what its notes, titles and the lines above it state, and the signs in its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from finfoundry.core.document import Document, Profile
from finfoundry.core.quantities.currencies import ALONE, YEN
from finfoundry.core.quantities.unit_lines import meant, own_unit, read_unit_line
from finfoundry.knowledge.facts.issuers.republic import is_report
from finfoundry.knowledge.facts.periods.acquisitions import INTRODUCES
from finfoundry.knowledge.facts.scale_lines import (
    running_everywhere,
    running_measure,
    said_once,
    scaled_in_part,
    units_of_one_column,
    unless_elsewhere,
)
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.grid import Grid, GridRow, Value, unit_note
from finfoundry.knowledge.facts.table.scale import ONE, TableScale, read_measure
from finfoundry.knowledge.facts.unsigned_tables import of_no_amounts, signs_its_amounts

_DILUTIVE = re.compile(r"\banti-?\s?dilutive\b|\b(?:excluded\s+from|not\s+included\s+in|dilute)\b[^.]*\bper\b[^.]*\bshare\b", re.IGNORECASE)
LEADS_IN = 300  # characters right above a table that may state its scale
FORMS = frozenset({"10-K", "10-Q", "20-F"})  # on their covers numbers are printed in full
COVER = 2  # pages
PARTED = "(several scales)"  # of a table that has none for all its rows
_GROUPED = re.compile(r"(?<![\d,.])[1-9]\d?\d?(?:,\d{3})+(?![\d,.])")
IN_THOUSANDS = 3  # such amounts of a table that is taken to print amounts


@dataclass(frozen=True, slots=True)
class UsualMeasure:
    """What a paper states for those of its tables that state nothing. ``stated.assumed``: no page states it, the form of the paper does."""

    stated: TableScale = field(default_factory=TableScale)
    running: TableScale = field(default_factory=TableScale)  # by the running lines of other pages, for pages without any
    signed: bool = False  # its tables bear the sign of a currency where they print amounts


def measured(table: BlockTable) -> BlockTable:
    """The table with its measure: the nearest text that states a scale, with the nearest that states a currency, and the signs in its
    cells.
    """
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


def _signed(measure: TableScale, table: BlockTable, *, stated: bool) -> BlockTable:
    """The table with the currency of the signs in the cells, before one that a text above names; a bare ``$`` is the dollar named there.

    Rows of their own with another sign, "US branch (in $)" in a table in euros, are in that currency, and the others in the stated one.
    ``stated``: whether the currency is named in full with the scale, and so of the table.
    """
    signs = currencies_of(table)
    if not signs:
        return replace(table, measure=measure)
    (sign, shared), _ = signs.most_common(1)[0]
    named = None if measure.shared else measure.currency
    currency = meant(sign, shared=shared, stated=named)
    labelled = _names_its_currency(table, sign)
    unsigned = [row for row in _rows_of_amounts(table) if not _bears(row, sign)]
    aside = bool(unsigned) and (labelled or not _bears(_rows_of_amounts(table)[0], sign))
    contradicted = named is not None and currency != named and bool(unsigned)
    if contradicted and (aside or stated or shared == YEN):
        return replace(table, measure=measure, aside=aside, grid=_with_whole_rows_signed(table.grid))
    if aside and labelled and named is None:
        measure = replace(measure, currency=None, shared=ALONE)
        return replace(table, measure=measure, aside=aside, grid=_with_whole_rows_signed(table.grid))
    return replace(table, measure=replace(measure, currency=currency, shared=shared if currency == sign else ALONE), aside=aside)


def _rows_of_amounts(table: BlockTable) -> list[GridRow]:
    return [row for row in table.grid.rows if any(not (value.number.percent or value.number.dash) for value in row.values)]


def _with_whole_rows_signed(grid: Grid) -> Grid:
    """Its numbers without a sign in the currency of the sign that their row bears: "$45 | 40"."""
    return replace(grid, rows=[_signed_row(row) for row in grid.rows])


def _signed_row(row: GridRow) -> GridRow:
    signs = {(value.number.currency, value.number.shared) for value in row.values if value.number.currency}
    if len(signs) != 1:
        return row
    code, shared = next(iter(signs))
    return replace(row, values=[_signed_value(value, code, shared) for value in row.values])


def _signed_value(value: Value, code: str | None, shared: frozenset[str]) -> Value:
    number = value.number
    bare = not (number.percent or number.currency or number.unit)
    return replace(value, number=replace(number, currency=code, shared=shared)) if bare else value


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


def usual_measure(document: Document, tables: Sequence[BlockTable]) -> UsualMeasure:
    """What most tables of a paper state, else its running lines, else one line for all; else what the form of the paper says."""
    running = running_everywhere(document)
    stated = next((one for one in (default_measure(tables), running) if states(one)), None) or said_once(document)
    if not states(stated) and is_report(document):
        # statements and notes of Taiwan's issuers are drawn up in thousands, which is said once, on a page before
        stated = TableScale(Decimal(1000), shares=Decimal(1), assumed=True)
    return UsualMeasure(stated, running, signed=not stated.assumed and signs_its_amounts(tables))


def completed(table: BlockTable, usual: UsualMeasure, profile: Profile) -> BlockTable:
    """The table with what the lines of its page and its paper state, where it states less. Neither holds for the cover of a form, nor for
    a table that counts things in a paper that signs its amounts.
    """
    counted, cover = usual.signed and of_no_amounts(table), table.page.number <= COVER and profile.kind in FORMS
    near = TableScale() if counted or cover else running_measure(table.page)
    stated = TableScale() if counted or cover else near if states(near) else usual.stated
    stated = unless_elsewhere(stated, table.measure) if stated in (near, usual.running) else stated
    return _completed(table, stated, None if counted else profile.currency)


def _completed(table: BlockTable, usual: TableScale, currency: str | None) -> BlockTable:
    measure, assumed = table.measure, table.assumed
    if not states(measure) and not (usual.assumed and not _of_amounts(table)):
        shares = measure.shares if measure.shares is not None else usual.shares
        named = measure if measure.currency else usual
        measure = replace(measure, scale=usual.scale, shares=shares, assumed=usual.assumed, unread=usual.unread)
        measure = replace(measure, currency=named.currency, shared=named.shared)
        assumed = True
    if not states(measure) and (is_parted(table) or scaled_in_part(table)):
        measure = replace(measure, unread=PARTED)  # what stands in none of its parts may be in thousands, or in millions
    if measure.shared == YEN and currency is not None and currency not in YEN:
        measure = replace(measure, currency=None, shared=ALONE)  # of yen or yuan, in a paper of neither
        currency = None
    elif table.aside and currency is not None and measure.currency is None:
        measure = replace(measure, currency=currency)
    measure = replace(measure, currency=meant(measure.currency, shared=measure.shared, stated=currency))
    return replace(table, measure=measure, assumed=assumed)


def _of_amounts(table: BlockTable) -> bool:
    """Whether a table prints amounts: several whole numbers of thousands, and not years of use, people or rates of exchange alone."""
    return len(_GROUPED.findall(table.block.text)) >= IN_THOUSANDS


def states(measure: TableScale) -> bool:
    """Whether a scale is stated, be it one that is not understood."""
    return measure.scale is not None or measure.unread is not None
