"""Pages a second into the store: parsed, searchable by words, searchable by meaning.

    python benchmarks/ingest_speed.py [--data FOLDER] [--files 12] [--processes 2] [--models FOLDER] [--embedder NAME]

The path of ``finfoundry ingest``: parsing in worker processes, one transaction a document. Baseline: the parsing alone, in the same run.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from finfoundry.base.catalogue import entry
from finfoundry.base.embedder import LocalEmbedder
from finfoundry.core.document import Parsed
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.ingest_files import IngestTarget, Intake
from finfoundry.knowledge.ingest.workers import ParseOutcome, Workers
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.audit import install
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.supervisor import Supervisor
from measures import WHERE, carried_out

DATA = Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")) / "en_filings" / "financebench" / "pdfs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--embedder", default="multilingual-e5-small")
    options = parser.parse_args()
    there = sorted(options.data.rglob("*.pdf")) if options.data.exists() else []
    files = there[:: max(len(there) // options.files, 1)]
    if not files:
        raise NotFound(f"there is no PDF in {options.data}", remedy=WHERE)
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    supervisor = Supervisor(home)
    database = Database(Postgres(home).start(supervisor))
    database.migrate()
    with database.owner() as connection:
        install(connection, Master.open(home))
    folder = options.models / options.embedder if options.models else None
    embedder = LocalEmbedder(entry(options.embedder), folder, threads=2) if folder and (folder / "model.onnx").exists() else None
    try:
        measure(Store(database, embedder), files, options.processes)
    finally:
        database.close()
        supervisor.stop()


def measure(store: Store, files: list[Path], processes: int) -> None:
    workers = Workers(processes=processes)
    started = time.monotonic()
    outcomes = list(workers.parse_all((file, file.read_bytes()) for file in files))
    show(f"parsed, {processes} processes", outcomes, time.monotonic() - started)
    started = time.monotonic()
    Intake(store, workers, ADMINISTRATOR, IngestTarget("default", "general")).run(files, max_bytes=2**30, home=Path("/nonexistent"))
    show("parsed and searchable", outcomes, time.monotonic() - started)
    for document in store.documents(ADMINISTRATOR):
        store.delete(ADMINISTRATOR, document.id)
    started = time.monotonic()
    for outcome in outcomes:
        if isinstance(outcome.result, Parsed):
            store.add(ADMINISTRATOR, outcome.result, outcome.data)
    show("stored alone, one process", outcomes, time.monotonic() - started)
    if store.embedder:
        started = time.monotonic()
        store.embed_pending()
        show("embedded alone, one process", outcomes, time.monotonic() - started)
    workers.close()


def show(name: str, outcomes: list[ParseOutcome], seconds: float) -> None:
    pages = sum(len(one.result.document.pages) for one in outcomes if isinstance(one.result, Parsed))
    print(f"{name:28} {pages} pages in {seconds:6.1f} s: {pages / seconds:6.1f} pages/s", flush=True)


if __name__ == "__main__":
    carried_out(main)
