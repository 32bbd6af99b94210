"""Units that stand over single columns, and the columns in which figures are translated into another currency."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from finfoundry.core.quantities.unit_lines import UnitLine, read_unit_line, states_unit
from finfoundry.knowledge.facts.header_times.timing import Timing

_ASIDE = re.compile(r"\s*[(（](?:(?:unaudited|audited|未经审计|经审计)|(?:notes?|附注|注)\s*[\w.]{0,8}|\w{1,2})[)）]\s*$", re.IGNORECASE)


class UnitColumn(Protocol):
    """What is told of a column here: its time, its own name, its unit, and whether it holds changes or percents."""

    timing: Timing
    dimension: str | None
    unit: UnitLine
    change: bool
    percent: bool


def unit_said(texts: Iterable[str]) -> str | None:
    """The last of the texts over a column that states a unit and nothing else, without a reference to a note; None where none does.

    >>> unit_said(["2024", "US$ (Note 2)"]), unit_said(["2024", "Cloud"])
    ('US$', None)
    """
    bare = [_ASIDE.sub("", text).strip() for text in texts]
    return next((text for text in reversed(bare) if states_unit(text)), None)


def tell_units_apart(columns: Mapping[int, UnitColumn], said: Mapping[int, str]) -> None:
    """The unit printed over each column, where they are not the same for all: "£m | US$m". What is the same is the table's."""
    lines = {number: read_unit_line(note) for number, note in said.items()}
    scaled = any(line.scale is not None for line in lines.values())
    beside_percents = any(column.percent for number, column in columns.items() if number not in lines)
    if len(set(lines.values())) < (1 if beside_percents else 2):
        return
    for number, line in lines.items():  # "£m | US$": dollars of one
        columns[number].unit = replace(line, scale=Decimal(1)) if scaled and line.scale is None and line.unread is None else line


def tell_translations(columns: Mapping[int, UnitColumn], said: Mapping[int, str]) -> None:
    """Columns of one time in two currencies, "RMB | RMB | US$": those of the currency that has more times are the company's own, and the
    others are translations, called as they are headed; where none has more, each is so called.
    """
    codes = {number: code for number, text in said.items() if (code := read_unit_line(text).currency) is not None}
    if len(set(codes.values())) < 2:  # "$ million" over the second of two years is no name of it
        for column in (columns[number] for number in codes if columns[number].timing.dated):
            column.dimension = _without_units(column.dimension)
        return
    times = defaultdict[str, set[tuple[Timing, str]]](set)
    for number, code in codes.items():
        columns[number].dimension = _without_units(columns[number].dimension)
        if not columns[number].change:
            times[code].add((columns[number].timing, columns[number].dimension or ""))
    every = [time for own in times.values() for time in own]
    if len(set(every)) == len(every):  # each time in one currency
        for number in codes:
            columns[number].dimension = columns[number].dimension or (None if columns[number].timing.dated else said[number])
        return
    most = max(map(len, times.values()))
    own = [code for code, each in times.items() if len(each) == most]
    for number, code in codes.items():
        if own != [code]:
            columns[number].dimension = " · ".join(filter(None, (columns[number].dimension, said[number])))


def _without_units(dimension: str | None) -> str | None:
    parts = (dimension or "").split(" · ")
    return " · ".join(part for part in parts if part and not states_unit(_ASIDE.sub("", part).strip())) or None
