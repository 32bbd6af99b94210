"""A dry run: how a file is read, and what each of its columns is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.dates import read_times
from finfoundry.specialists.inputs.reading import FileReading
from finfoundry.specialists.inputs.schema import infer
from finfoundry.specialists.inputs.table import read_layout, read_table

_DATED = 0.95  # of the cells of a column, from which on it holds dates


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One column: number, category, date, or why it would be no input; ``sample`` is its first cell."""

    column: str
    taken_for: str
    empty: int
    sample: str


@dataclass(frozen=True)
class Look:
    """A file as it would be read."""

    file: str
    rows: int
    encoding: str
    separator: str
    line_ends: str
    header_line: int
    decimal: str
    sheet: str
    notes: list[str]
    columns: list[LookedAt]


def look(path: Path) -> Look:
    """Read a file and say how. Raises InputError as ``read_table``."""
    table, how = read_table(path), read_layout(path)
    columns = [_looked_at(str(name), table[name]) for name in table.columns]
    separator = {"\t": "tab"}.get(how.separator, how.separator)
    return Look(
        path.name, len(table), how.encoding, separator, how.line_ends, how.header, _mark(how), how.sheet, how.notes, columns
    )  # fmt: skip


def _mark(how: FileReading) -> str:
    return "" if how.encoding == "Parquet" else how.decimal


def _looked_at(name: str, cells: pd.Series) -> LookedAt:
    present = cells.dropna()
    sample = "" if present.empty else str(present.iloc[0])
    return LookedAt(name, _taken_for(name, cells), len(cells) - len(present), sample[:40])


def _taken_for(name: str, cells: pd.Series) -> str:
    try:
        if not pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
            read, order = read_times(cells.dropna(), name)
            if len(read) and pd.api.types.is_datetime64_any_dtype(read) and float(read.notna().mean()) >= _DATED:
                return f"date{', ' + order if order else ''}: {read.min()} to {read.max()}"
        (column,) = infer(pd.DataFrame({name: cells}), ()).columns
    except InputError as error:
        return str(error).partition(f"({name}: ")[2].rstrip(")") or str(error)
    unit = ", percent" if column.percent else ""
    return f"number{unit}: {column.low:g} to {column.high:g}" if column.kind == "number" else f"category: {len(column.categories)} values"
