"""The suite ``silent-errors``: made files, parsed as ingestion does, in a process that can be killed; no database and no model.

Every file is kept in the run's folder with its truth, so that anybody can read it with another reader.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from finfoundry.core.errors import FinfoundryError
from finfoundry.evals.measures import ratio
from finfoundry.evals.result import SuiteResult
from finfoundry.evals.rows import Item, Judgement, Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.silent_errors.peers import GridReader, judge_grids
from finfoundry.evals.silent_errors.recipe_book import Case, cases
from finfoundry.evals.silent_errors.verdicts import Reading, Verdict, judge, reading_of
from finfoundry.knowledge.ingest.containers import Readers, read_whole

FILES, TRUTHS = "files", "truths"  # folders of a run
VALUES = {"correct": 1.0, "said": 0.5, "silent": 0.0}
HELD = "(held out)"  # all kinds by another hand, in one row
MOST_NAMED = 6  # faults in a row's reason


def items(seed: int, recipes: Path | None = None) -> list[Item]:
    """One item a file, made only when it is asked. Kinds are the groups of which intervals are drawn; those that are held out are shown as
    one, so that no table tells which of them failed.
    """
    return [
        Item(case.id, f"{case.kind.name}, {case.format}", kind=f"{_shown(case)} [{case.format}]", group=case.kind.name, meta={"case": case})
        for case in cases(seed, recipes)
    ]


def _shown(case: Case) -> str:
    return HELD if case.kind.held_out else case.kind.name


def read_with(workers: Readers, folder: Path) -> Solver:
    """The product's reader over each file."""

    def verdict(case: Case) -> Verdict:
        try:
            reading = reading_of(read_whole(workers, Path(case.file), case.made.data))
        except FinfoundryError as error:
            reading = reading_of(error)
        return judge(case.made.truth, reading)

    return _solver(verdict, folder)


def read_by_peer(reader: GridReader, folder: Path) -> Solver:
    """Another reader over each file, judged by what it can tell."""

    def verdict(case: Case) -> Verdict:
        try:
            return judge_grids(case.made.truth, reader(case.made.data, case.made.suffix))
        except Exception as error:  # noqa: BLE001  whatever a library raises on a file is its refusal
            return judge(case.made.truth, Reading(refused=str(error) or type(error).__name__))

    return _solver(verdict, folder)


def _solver(verdict: Callable[[Case], Verdict], folder: Path) -> Solver:
    def solve(item: Item) -> Reply:
        case: Case = item.meta["case"]
        _keep(case, folder)
        found = verdict(case)
        return Reply(f"{found.right} of {len(case.made.truth.figures)} figures", found=found)

    return solve


def _keep(case: Case, folder: Path) -> None:
    """The file in a folder, and its truth in another under the same name."""
    for name in (FILES, TRUTHS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / FILES / case.file).write_bytes(case.made.data)
    truth = json.dumps(asdict(case.made.truth), ensure_ascii=False, indent=1, default=str)
    (folder / TRUTHS / f"{case.file}.json").write_text(truth + "\n", encoding="utf-8")


def score(item: Item, reply: Reply) -> Judgement:
    """Right, said or silently wrong; of kinds that are held out no fault is named."""
    verdict: Verdict = reply.found
    case: Case = item.meta["case"]
    why = "" if case.kind.held_out else "; ".join(map(str, verdict.faults[:MOST_NAMED]))
    counts = {"files": 1.0, verdict.outcome: 1.0, "figures": float(len(case.made.truth.figures)), "right_figures": float(verdict.right)}
    return Judgement(verdict.outcome, VALUES[verdict.outcome], why, counts)


SUITE: Suite = Suite(
    "silent-errors", "Small made files: what is not read right is said, or silently wrong.", "files", lambda _: items(0), score,
    (ratio("silently_wrong", "silent", "files", "lower"), ratio("right", "correct", "files"), ratio("said", "said", "files"),
    ratio("right_figures", "right_figures", "figures")),
    sample=100, seeded=lambda _, seed: items(seed), made=True,
)  # fmt: skip


def with_recipes(suite: Suite, folder: Path) -> Suite:
    """The suite with the recipes of a folder besides its own."""
    return replace(suite, seeded=partial(_seeded, folder))


def _seeded(folder: Path, _: Path, seed: int) -> list[Item]:
    return items(seed, folder)


def table_of(result: SuiteResult) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a table: kinds by formats, right / said / silently wrong in each; the last row is over all kinds."""
    cells: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for name, one in result.kinds.items():
        kind, _, format = name.removesuffix("]").rpartition(" [")
        for row, column in ((kind, format), (kind, "all"), ("all", format), ("all", "all")):
            cells[row][column].update(one.verdicts)
    formats = [*sorted(cells["all"].keys() - {"all"}), "all"]
    every = [*sorted(cells.keys() - {"all"}), "all"]
    return ["right/said/silent", *formats], [[kind, *(_counted(cells[kind].get(format)) for format in formats)] for kind in every]


def _counted(counts: Counter[str] | None) -> str:
    return "/".join(str(counts[name]) for name in VALUES) if counts else ""
