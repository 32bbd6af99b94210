"""Two runs of one suite, item by item: is the difference real, and which answers flipped?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.evals.differences import Difference, difference
from finfoundry.evals.intervals import mcnemar
from finfoundry.evals.measures import MEASURES, Measure
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import ROWS, RUN
from finfoundry.evals.suites import load_suite


@dataclass(frozen=True, slots=True)
class Flip:
    """An item whose verdict differs."""

    id: str
    question: str
    gold: str
    before: str
    after: str
    text_before: str
    text_after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``gained`` and ``lost`` count items right in one run alone; ``p`` is McNemar's exact two-sided probability."""

    suite: str
    n: int
    only_first: int  # items that only one of the runs asked: left out
    only_second: int
    gained: int
    lost: int
    p: float
    differences: dict[str, Difference]
    flips: list[Flip]


def compare_rows(first: Sequence[Row], second: Sequence[Row], measures: Sequence[Measure], suite: str = "") -> Comparison:
    """Pairs by item. Raises InputError when no item is common."""
    ours, theirs = {row.id: row for row in first}, {row.id: row for row in second}
    both = [name for name in ours if name in theirs]
    if not both:
        raise InputError("the two runs have no item in common", remedy="Run both on the same suite, data and seed")
    one, other = [ours[name] for name in both], [theirs[name] for name in both]
    gained = sum(b.correct and not a.correct for a, b in zip(one, other, strict=True))
    lost = sum(a.correct and not b.correct for a, b in zip(one, other, strict=True))
    flips = [
        Flip(a.id, a.question, a.gold, a.verdict, b.verdict, a.text, b.text)
        for a, b in zip(one, other, strict=True)
        if a.verdict != b.verdict
    ]
    found = {measure.name: difference(one, other, measure) for measure in measures}
    return Comparison(suite, len(both), len(ours) - len(both), len(theirs) - len(both), gained, lost, mcnemar(lost, gained), found, flips)


def compare(first: Path, second: Path) -> Comparison:
    """Two run folders. Raises InputError when one is no run, or of another suite."""
    runs = [_run(folder) for folder in (first, second)]
    if runs[0]["suite"] != runs[1]["suite"]:
        raise InputError(f"the runs are of two suites: {runs[0]['suite']} and {runs[1]['suite']}")
    return compare_rows(read_rows(first / ROWS), read_rows(second / ROWS), _measures(str(runs[0]["suite"])), str(runs[0]["suite"]))


def _measures(suite: str) -> Sequence[Measure]:
    """Those of the suite; of a task file of one's own, which has no name here, the share of right answers."""
    try:
        return load_suite(suite).measures
    except InputError:
        return (MEASURES["correct"],)


def _run(folder: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise InputError(f"{folder} holds no run", remedy="Give the folder of one suite, with its rows.jsonl and run.json") from error
    return found
