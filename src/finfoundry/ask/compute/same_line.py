"""The line of one table that another table of its paper prints too: known by its label and a figure that both have at one time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.understand.stored_labels import label_key

TELLING = 4  # digits of a figure that two lines do not share by chance


def same_line(found: Sequence[StoredFact], fetch: Callable[[str | None, str | None], Sequence[StoredFact]]) -> list[StoredFact]:
    """The figures of other times of rows without headings that have the label, and a figure, of a cell found under a heading: what a paper
    prints of a product's sales, costs and margin, it prints of its sales last year in a table of sales alone.
    """
    headed = [one for one in found if any(axis == "column" for axis, _ in one.fact.dimensions) and _digits(one) >= TELLING]
    if not headed:
        return []
    times = {one.fact.period for one in headed}
    lines = [line for label in {one.fact.metric[-1] for one in headed} for line in _lines(fetch(None, label))]
    same = [line for line in lines if any(_is_of(cell, one) for cell in line for one in headed)]
    return [cell for line in same for cell in line if cell.fact.period not in times]


def _lines(facts: Sequence[StoredFact]) -> Iterator[list[StoredFact]]:
    """The rows of tables without their cells under headings."""
    rows: dict[tuple[str, int | None, int | None], list[StoredFact]] = {}
    for one in facts:
        if not one.fact.dimensions and one.fact.table is not None and one.fact.metric:
            rows.setdefault((one.document_id, one.fact.table, one.fact.row), []).append(one)
    yield from rows.values()


def _is_of(cell: StoredFact, one: StoredFact) -> bool:
    """Whether a cell is another print of a figure: of its paper, time, label, unit and value."""
    own, other = cell.fact, one.fact
    same = (own.period, own.unit, own.value, own.scope) == (other.period, other.unit, other.value, other.scope)
    return same and cell.document_id == one.document_id and label_key(cell) == label_key(one)


def _digits(one: StoredFact) -> int:
    return len(re.sub(r"\D", "", one.fact.text).lstrip("0"))
