"""Columns of one table that are parts of one whole: a segment note with a column for each segment and a row for each figure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from finfoundry.ask.compute.breakdown_rows import BreakdownRow, Siblings, is_cell, is_name, lasts
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.periods import Period, find_periods

_LINES = re.compile(r"\s*·\s*")  # between the printed lines of a header
_WHEN = re.compile(r"\b(?:for|the|as|at|of|and|year|month|quarter|week|three|six|nine|twelve|fiscal|end(?:ed|ing)?)s?\b", re.I)

_Place = tuple[str, tuple[str, ...], str]  # document, figure, segment


def crosswise(
    now: Iterable[StoredFact], before: Iterable[StoredFact], span: Period, prior: Period, titles: Mapping[tuple[str, int], str]
) -> Iterator[Siblings]:
    """A breakdown for each row of a table whose columns are segments (at least two). ``now`` are facts of the span, ``before`` those of the
    span a year earlier, which may be in a table of their own; ``titles`` are the tables' by document and number.
    """
    lines: dict[tuple[str, int, int], list[StoredFact]] = defaultdict(list)
    for stored in _amounts(now, span):
        lines[stored.document_id, stored.fact.table or 0, stored.fact.row or 0].append(stored)
    older = _by_member(_amounts(before, prior))
    for (document, table, _), line in lines.items():
        rows = [_row(stored, older) for stored in line if _member(stored)]
        if len(rows) < 2 or len({row.name for row in rows}) < len(rows):
            continue
        column = {stored.fact.column or 0: stored for stored in line}
        title, figure = titles.get((document, table), ""), _figure(line[0])
        yield Siblings(document, table, title, figure, "", rows, line[0].fact.statement, [column], across=True)


def _amounts(facts: Iterable[StoredFact], span: Period) -> list[StoredFact]:
    found = [stored for stored in facts if is_cell(stored) and stored.fact.unit != "ratio" and lasts(stored, span)]
    return sorted(found, key=lambda stored: stored.fact.column or 0)


def _row(stored: StoredFact, older: Mapping[_Place, StoredFact]) -> BreakdownRow:
    before = older.get((stored.document_id, _figure(stored), _member(stored)))
    same_unit = before is not None and before.fact.unit == stored.fact.unit
    return BreakdownRow(stored.fact.column or 0, (_member(stored),), _member(stored), level=stored, before=before if same_unit else None)


def _by_member(facts: Iterable[StoredFact]) -> dict[_Place, StoredFact]:
    """The one fact of each figure and segment in a document; where there are several, none."""
    found: dict[_Place, list[StoredFact]] = defaultdict(list)
    for stored in facts:
        found[stored.document_id, _figure(stored), _member(stored)].append(stored)
    return {place: several[0] for place, several in found.items() if len(several) == 1}


def _member(stored: StoredFact) -> str:
    """The header of a column in one line; empty where it names nothing, as that of the whole company."""
    name = _LINES.sub(" ", " ".join(member for axis, member in stored.fact.dimensions if axis == "column"))
    return name if is_name(name) else ""


def _figure(stored: StoredFact) -> tuple[str, ...]:
    """The labels of a row but for those that only name a period."""
    return tuple(label for label in stored.fact.metric if not _is_date(label))


def _is_date(label: str) -> bool:
    return bool(find_periods(label)) and not is_name(_WHEN.sub("", label))
