"""One run of a suite: rows are appended as they come, and a run that was killed goes on where it stopped."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from finfoundry import __version__
from finfoundry.core.errors import EngineError, FinfoundryError, InputError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.evals.measures import Measure
from finfoundry.evals.result import SuiteResult, summarise
from finfoundry.evals.rows import Item, Judgement, Reply, Row, Scorer, Solver, read_rows

ROWS, RUN, RESULT = "rows.jsonl", "run.json", "result.json"
SYNC_SECONDS = 0.5  # rows of at most so much time are lost with the machine; none with the process
ERRORS_IN_A_ROW = 3  # after which a run stops: the engine is gone


@dataclass(frozen=True, slots=True)
class Suite:
    """Data and scorer; a solver is given to each run. ``system`` names the kind of solver that it takes."""

    name: str
    about: str
    system: str  # answer, task, pages, tables, facts, cells, binder
    items: Callable[[Path], Sequence[Item]]
    score: Scorer
    measures: tuple[Measure, ...]  # the first is the headline
    sample: int | None = None  # how many items a run of all suites takes; None = all
    margin: float = 0.02  # what a release may lose
    documents: Callable[[Path], Sequence[Path]] | None = None  # what a home must hold before it is asked
    written: Callable[[Path, Path], Sequence[Path]] | None = None  # the same, where files must be written into a folder first
    missing: tuple[str, ...] = ()  # texts that mean no value, where the documents are wide tables
    currency: str | None = None  # of their amounts, where the tables state none and their publisher does
    seeded: Callable[[Path, int], Sequence[Item]] | None = None  # items made anew for a seed
    made: bool = False  # its items are made: no data folder is read
    own_document: bool = False  # each item is asked of the one document that its meta names


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What makes two runs the same one, as ``run.json`` keeps it."""

    suite: str
    system: str
    model: str | None
    seed: int
    version: str
    data: str  # name of the data folder; where it lies is nobody's business
    weights: str | None = None  # SHA-256 of what answered: rows of other weights under the same name are not these

    def open(self, folder: Path) -> None:
        """Begin in an empty folder or go on in its own. Raises InputError where another run lies there."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / RUN
        mine = {key: value for key, value in dataclasses.asdict(self).items() if key != "version"}
        if path.exists():
            there = json.loads(path.read_text(encoding="utf-8"))
            other = {key for key, value in mine.items() if there.get(key) != value}
            if other:
                raise InputError(f"{folder} holds a run with another {', '.join(sorted(other))}", remedy="Choose another --out")
            return
        path.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def sample(items: Sequence[Item], limit: int | None, seed: int) -> list[Item]:
    """A seeded sample: a larger one of the same seed holds the smaller."""
    if limit is None or limit >= len(items):
        return list(items)
    return random.Random(seed).sample(list(items), len(items))[:limit]  # noqa: S311  a sample, no secret


def run(
    suite: Suite, solver: Solver, data: Path, folder: Path, *,
    system: str = "product", model: str | None = None, weights: str | None = None, limit: int | None = None, seed: int = 0,
    report: Report = silent,
) -> SuiteResult:  # fmt: skip
    """Ask what is not in the folder yet and write rows, result. Raises InputError, EngineError (after errors in a row)."""
    every = suite.seeded(data, seed) if suite.seeded else suite.items(data)
    if not every:
        raise InputError(f"suite {suite.name} has no items in {data}")
    items = sample(every, limit, seed)
    SuiteRun(suite.name, system, model, seed, __version__, data.name, weights).open(folder)
    _drop_unfinished(folder / ROWS)
    done = {row.id: row for row in read_rows(folder / ROWS)}
    with (folder / ROWS).open("a", encoding="utf-8") as file:
        ask([item for item in items if item.id not in done], suite, solver, _writer(file), len(items), report)
        file.flush()
        os.fsync(file.fileno())
    rows = {row.id: row for row in read_rows(folder / ROWS)}
    asked = [rows[item.id] for item in items]
    result = dataclasses.replace(summarise(suite.name, system, model, seed, len(every), asked, suite.measures), folder=folder.name)
    write_json(folder / RESULT, dataclasses.asdict(result))
    return result


def ask(items: Sequence[Item], suite: Suite, solver: Solver, keep: Callable[[Row], None], total: int, report: Report = silent) -> None:
    """Ask and hand each row to ``keep`` as it comes; ``total`` counts those too that were asked before. Raises EngineError after errors in
    a row.
    """
    failed = 0
    for number, item in enumerate(items, total - len(items) + 1):
        row = _one(item, suite, solver)
        failed = failed + 1 if row.verdict == "error" else 0
        if failed == ERRORS_IN_A_ROW:
            raise EngineError(f"{failed} questions in a row ended in an error, the last: {row.why}", remedy="Run again to go on from here")
        keep(row)
        report(Progress(suite.name, number, total, ""))


def _writer(file: TextIO) -> Callable[[Row], None]:
    """Appends rows to a file; at most ``SYNC_SECONDS`` of them are lost with the machine."""
    synced = time.monotonic()

    def write(row: Row) -> None:
        nonlocal synced
        file.write(row.line)
        file.flush()
        if time.monotonic() - synced > SYNC_SECONDS:
            os.fsync(file.fileno())
            synced = time.monotonic()

    return write


def _one(item: Item, suite: Suite, solver: Solver) -> Row:
    started = time.perf_counter()
    try:
        reply = solver(item)
    except FinfoundryError as error:
        return Row.of(item, Reply("", status="error"), Judgement("error", 0.0, str(error)), time.perf_counter() - started)
    seconds = time.perf_counter() - started
    return Row.of(item, reply, suite.score(item, reply), seconds)


def _drop_unfinished(path: Path) -> None:
    """Cut off what a kill left of a line, and errors: they are asked again."""
    if not path.exists():
        return
    rows = read_rows(path)
    kept = "".join(row.line for row in rows if row.verdict != "error")
    if path.read_text(encoding="utf-8") != kept:
        write_text(path, kept)


def write_text(path: Path, text: str) -> None:
    """The whole file or the one before."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
