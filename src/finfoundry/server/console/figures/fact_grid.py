"""Facts of one line as a grid: a row a company, a column a year, in each place the figure of the whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.disclosure import Disclosure
from finfoundry.core.periods import parse_iso
from finfoundry.knowledge.shown.views import FactView
from finfoundry.usecases.workbook import mark_workbook, plain_text

MOST_YEARS = 12  # columns, the latest


@dataclass(frozen=True, slots=True)
class GridPlace:
    """A figure of a grid; ``others`` says that papers print different values for it."""

    fact: FactView
    others: bool


@dataclass(frozen=True, slots=True)
class FactGrid:
    """``rows``: company, line and unit with a place a year, None where there is no figure."""

    years: list[int]
    rows: list[tuple[tuple[str, str, str], list[GridPlace | None]]]


def year_of(fact: FactView) -> int | None:
    """The year that a figure is of: a whole year, or a day; None for a quarter or a half."""
    try:
        period = parse_iso(fact.period)
    except ValueError:
        return None
    return period.end.year if period.instant or period.months == 12 else None


def fact_grid(facts: Sequence[FactView]) -> FactGrid:
    """From facts, the best first: figures of the whole group without a part; of several, the first is shown and the others are marked."""
    places: dict[tuple[str, str, str], dict[int, list[FactView]]] = {}
    for fact in facts:
        year = year_of(fact)
        if year is None or fact.dimensions or fact.scope != "consolidated":
            continue
        row = (fact.entity or "–", fact.concept or " › ".join(fact.metric), fact.unit or "")
        places.setdefault(row, {}).setdefault(year, []).append(fact)
    years = sorted({year for row in places.values() for year in row})[-MOST_YEARS:]
    return FactGrid(years, [(_named(row, held), [_place(held.get(year, [])) for year in years]) for row, held in places.items()])


def _named(row: tuple[str, str, str], held: dict[int, list[FactView]]) -> tuple[str, str, str]:
    """A row is grouped by the concept, and shown under the line as it is printed."""
    latest = held[max(held)][0]
    return row[0], " › ".join(latest.metric), row[2]


def _place(found: Sequence[FactView]) -> GridPlace | None:
    return GridPlace(found[0], len({Decimal(one.value) for one in found}) > 1) if found else None


def grid_workbook(grid: FactGrid, labels: Sequence[Disclosure]) -> bytes:
    """The grid as an XLSX file: exact values in base units."""
    import openpyxl  # here: most processes write no workbook

    book = openpyxl.Workbook(write_only=True)
    mark_workbook(book, labels)
    sheet = book.create_sheet("facts", 0)
    sheet.append(["entity", "metric", "unit", *grid.years])
    for names, places in grid.rows:
        sheet.append([*map(plain_text, names), *(Decimal(place.fact.value) if place else None for place in places)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
