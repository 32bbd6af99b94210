"""A file of wide tables, typed: what will be stored, and the document and certificate that represent it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg import sql

from finfoundry.core.document import Certificate, Document, Page, Parsed, Profile, TableReport
from finfoundry.core.errors import InputError
from finfoundry.core.names.spoken_names import whole_keys
from finfoundry.knowledge.datasets.columns import DatasetColumn, DatasetReading, columns_of, decimal, period_of, suspects, year_of
from finfoundry.knowledge.datasets.sheets import Row, SheetGrid, read
from finfoundry.knowledge.formats.content import XLSX
from finfoundry.knowledge.storage.document_rows import RowTarget, clean
from finfoundry.runtime.database import Connection

_COLUMNS = {
    "table_columns": "document_id table_number position label_id collection_id sheet name kind role concept statement unit factor instant",
    "table_rows": "document_id table_number row_number label_id collection_id company names keys period fiscal_year numbers texts",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One sheet with its columns."""

    grid: SheetGrid
    columns: tuple[DatasetColumn, ...]
    reading: DatasetReading

    @property
    def facts(self) -> int:
        return sum(column.filled for column in self.columns if column.kind == "number")


@dataclass(frozen=True, slots=True)
class TypedFile:
    """All tables of a file, with the document and the certificate under which they are stored."""

    parsed: Parsed
    tables: tuple[Typed, ...]


def type_file(data: bytes, name: str, reading: DatasetReading) -> TypedFile:
    """Read and type a file. Raises ParseError, InputError where no column names companies."""
    grids = read(data, name)
    tables = tuple(Typed(grid, tuple(columns_of(grid, reading)), reading) for grid in grids)
    media = XLSX if data.startswith(b"PK") else "text/csv"
    pages = [Page(number, 0.0, 0.0, source="sheet", name=table.grid.sheet) for number, table in enumerate(tables, 1)]
    language = "zh" if re.search(r"[\u4e00-\u9fff]", "".join(name for grid in grids for name in grid.header)) else "en"
    document = Document(name, hashlib.sha256(data).hexdigest(), media, len(data), pages, losses=_losses(tables))
    document.profile = Profile(kind="table", language=language, title=tables[0].grid.sheet)  # type: ignore[arg-type]
    return TypedFile(Parsed(document, [], _certificate(document, tables)), tables)


def _losses(tables: Sequence[Typed]) -> list[str]:
    """What was not taken as a number, and values that look like a code for "missing" but were not named."""
    found = [f"column {column.name!r}: {column.note}" for table in tables for column in table.columns if column.note]
    for table in tables:
        if not table.reading.missing:
            found += [
                f"{value} fills many cells of {table.grid.sheet!r}: if it means missing, import with --missing {value}"
                for value in suspects(table.grid, table.columns)
            ]
    return found


def _certificate(document: Document, tables: Sequence[Typed]) -> Certificate:
    numbers = [sum(column.filled for column in table.columns if column.kind == "number") for table in tables]
    cells = [sum(column.filled for column in table.columns) for table in tables]
    reports = [
        TableReport(number, number + 1, table.grid.sheet, None, None, cells[number], numbers[number], table.facts)
        for number, table in enumerate(tables)
    ]
    facts = sum(table.facts for table in tables)
    return Certificate(
        pages=len(tables), tables=len(tables), cells=sum(cells), numbers=sum(numbers), numbers_in_tables=sum(numbers),
        numbers_in_facts=facts, facts=facts, table_reports=reports, losses=list(document.losses),
    )  # fmt: skip


def write(connection: Connection, place: RowTarget, tables: Sequence[Typed]) -> None:
    """COPY columns and rows. Raises InputError for a row that names nobody."""
    for number, table in enumerate(tables):
        _copy(connection, "table_columns", _columns(table, number, place))
        _copy(connection, "table_rows", _rows(table, number, place))


def _copy(connection: Connection, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """COPY into a table of the session's own, and from there through the row policy, which COPY itself does not know."""
    names = {"table": sql.Identifier(table), "new": sql.Identifier(f"new_{table}")}
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in _COLUMNS[table].split())
    connection.execute(sql.SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {new} (LIKE {table}) ON COMMIT DELETE ROWS").format(**names))
    connection.execute(sql.SQL("TRUNCATE {new}").format(**names))
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {new} ({columns}) FROM STDIN").format(**names, columns=columns)) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {new}").format(**names, columns=columns))


def _columns(table: Typed, number: int, place: RowTarget) -> Iterator[tuple[Any, ...]]:
    for column in table.columns:
        yield (
            place.document, number, column.position, place.label, place.collection, clean(table.grid.sheet), clean(column.name),
            column.kind, column.role, column.concept, column.statement, column.unit, column.factor, column.instant,
        )  # fmt: skip


def _rows(table: Typed, number: int, place: RowTarget) -> Iterator[tuple[Any, ...]]:
    at = {role: [column.position - 1 for column in table.columns if column.role == role] for role in ("entity", "code", "period")}
    header = table.grid.header
    for line, row in table.grid.rows:
        names = sorted(
            {cell for index in at["entity"] if (cell := row[index]) and not table.reading.is_missing(cell, header[index])},
            key=lambda n: (len(n), n),
        )
        code = next((row[index] for index in at["code"] if row[index]), None)
        period = next((row[index] for index in at["period"] if row[index]), None)
        if not names and not code:
            raise InputError(f"Row {line} of {table.grid.sheet!r} names no company", remedy="Fill it in, or name other columns")
        keys = list(dict.fromkeys(filter(None, [code and code.casefold(), *(key for name in names for key in whole_keys(name))])))
        texts = [
            None if cell is None or table.reading.is_missing(cell, name) else clean(cell) for name, cell in zip(header, row, strict=True)
        ]
        yield (
            place.document, number, line, place.label, place.collection, keys[0], [clean(name) for name in names or [code or ""]], keys,
            period_of(period), year_of(period), _numbers(table.columns, texts), texts,
        )  # fmt: skip


def _numbers(columns: Sequence[DatasetColumn], texts: Row) -> list[Decimal | None]:
    return [
        value * column.factor if column.kind == "number" and cell and (value := decimal(cell)) is not None else None
        for column, cell in zip(columns, texts, strict=True)
    ]
