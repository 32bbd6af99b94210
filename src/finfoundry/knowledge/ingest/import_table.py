"""Files of wide tables into the store, each for itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import InputError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.ingest.ingest_files import IngestTarget
from finfoundry.knowledge.ingest.loading import load
from finfoundry.knowledge.storage.store import Store
from finfoundry.knowledge.storage.typed_table import Typed, type_file


@dataclass(frozen=True, slots=True)
class ColumnView:
    """How one column was read."""

    name: str
    kind: str
    role: str | None
    concept: str | None
    unit: str | None
    filled: int
    missing: int


@dataclass(frozen=True, slots=True)
class TableView:
    sheet: str
    rows: int
    columns: tuple[ColumnView, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file: ``outcome`` and ``id`` (or, of a trial, no id), or ``error`` and ``remedy``."""

    path: str
    outcome: str | None = None  # added, unchanged, referenced, superseded; trial: nothing was stored
    id: str | None = None
    facts: int = 0
    tables: tuple[TableView, ...] = ()
    warnings: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    error: str | None = None
    remedy: str | None = None
    seconds: float = 0.0


def import_tables(
    store: Store,
    principal: Principal,
    paths: Sequence[Path],
    reading: DatasetReading,
    place: IngestTarget,
    *,
    max_bytes: int,
    home: Path,
    trial: bool = False,
    report: Report = silent,
) -> list[Imported]:
    """Read, type and store; a bad file does not stop the rest. ``trial`` shows how the columns would be read, and stores nothing."""
    results = []
    for number, path in enumerate(paths, 1):
        started = time.monotonic()
        try:
            data = load(path, max_bytes, home)
            results.append(_imported(store, principal, path, data, reading, place, trial, started))
        except (InputError, NotPermitted) as error:
            results.append(Imported(str(path), error=error.message, remedy=error.remedy))
        report(Progress("importing", number, len(paths), "files"))
    return results


def _imported(
    store: Store, principal: Principal, path: Path, data: bytes, reading: DatasetReading, place: IngestTarget, trial: bool, started: float
) -> Imported:
    file = type_file(data, path.name, reading)
    views = tuple(_view(table) for table in file.tables)
    losses, facts = tuple(file.parsed.document.losses), sum(table.facts for table in file.tables)
    if trial:
        return Imported(str(path), "trial", None, facts, views, losses, seconds=round(time.monotonic() - started, 3))
    added = store.add(principal, file.parsed, data, collection=place.collection, label=place.label, tables=file.tables)
    with store.database.owner() as connection:
        connection.execute("ANALYZE table_rows")  # the planner would take thousands of new rows for none
    seconds = round(time.monotonic() - started, 3)
    return Imported(str(path), added.outcome, added.document_id, added.facts, views, losses, added.superseded, seconds=seconds)


def _view(table: Typed) -> TableView:
    columns = (ColumnView(c.name, c.kind, c.role, c.concept, c.unit, c.filled, c.missing) for c in table.columns)
    return TableView(table.grid.sheet, len(table.grid.rows), tuple(columns))
