"""Data that a command or a request gives to specialists: a file, one SELECT over the wide tables of the store, or rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.runtime.audit import canonical, plain
from finfoundry.specialists.families.family import Options
from finfoundry.specialists.inputs.table import TableSource, file_digest, read_blocks, read_source

MOST_SQL_ROWS = 1_000_000


@dataclass(frozen=True)
class Given:
    """Where data come from: a file, or one SELECT over the wide tables of the store; ``options``: what the family takes besides."""

    data: Path | None = None
    sql: str | None = None
    options: Options = field(default_factory=dict)


@dataclass(frozen=True)
class GivenData:
    """The data of a ``Given``, read as a principal when they are needed."""

    app: App
    principal: Principal
    given: Given

    def table(self, text: Collection[str] = ()) -> TableSource:
        """Raises InputError: neither or both of file and SQL, or unreadable."""
        given = self.given
        if (given.data is None) == (given.sql is None):
            raise InputError("Data are missing, or given twice", remedy="Give either --data FILE or --sql QUERY")
        if given.data is not None:
            return read_source(given.data, list(text))
        found = self.app.query_tables(self.principal, str(given.sql), MOST_SQL_ROWS)
        if not found.rows or found.truncated:
            raise InputError("The query found no rows" if not found.rows else f"The query found more than {MOST_SQL_ROWS:,} rows")
        table = pd.DataFrame(found.rows, columns=list(found.columns))
        for name in table:
            numbers = pd.to_numeric(table[name], errors="coerce")  # the store's Decimals, too
            if name not in text and int(numbers.notna().sum()) == int(table[name].notna().sum()):
                table[name] = numbers
        return TableSource("the query", table, hashlib.sha256(table.to_csv(index=False).encode()).hexdigest())

    def blocks(self, text: Collection[str] = ()) -> tuple[Iterator[pd.DataFrame], str]:
        """A file in blocks, a query whole."""
        if (path := self.given.data) is not None:
            return read_blocks(path, list(text)), file_digest(path) if path.is_file() else ""
        source = self.table(text)
        return iter([source.table]), source.digest


@dataclass(frozen=True)
class GivenRows:
    """Rows of a request."""

    rows: Sequence[Mapping[str, Any]]

    def table(self, text: Collection[str] = ()) -> TableSource:  # noqa: ARG002 - a request says of each cell whether it is text
        rows = list(self.rows)
        return TableSource("the rows", pd.DataFrame(rows), hashlib.sha256(canonical(plain(rows))).hexdigest())

    def blocks(self, text: Collection[str] = ()) -> tuple[Iterator[pd.DataFrame], str]:
        source = self.table(text)
        return iter([source.table]), source.digest
