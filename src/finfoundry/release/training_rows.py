"""Whether a candidate was trained on the rows of its own exam: the fingerprints of its training rows against the items; and whether it
tells what it was trained on.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.tasks.fingerprints import read_fingerprints
from finfoundry.evals.rows import Item
from finfoundry.release.candidate import BASE, Candidate, sha256_of
from finfoundry.release.exam import Exam


def check_training(candidate: Candidate, exam: Exam) -> None:
    """Raises InputError where graded answers to a suite of the exam were learned from, or items of it are among the training rows, word
    for word, or more of them nearly so than the exam allows; IntegrityError for a tuned model whose manifest does not say what it was
    trained on.
    """
    if candidate.form == BASE:
        return
    from finfoundry.evals.suites import load_suite  # here: what only serves a release draws no items

    known = read_fingerprints(fingerprints_of(candidate))
    spent = {suite.partition("@")[0] for suite in candidate.manifest["data"].get("spent") or ()}
    for name, terms in exam.suites.items():
        if spent and load_suite(name).name.partition("@")[0] in spent:
            raise InputError(
                f"{candidate.name} was trained on graded answers to suite {name}",
                remedy="Examine it on another suite, or tune again without the preferences of that run",
            )
        items = exam.items(name)
        found = Counter(known.knows(text_of(item)) for item in items)
        if found["exact"] or found["near"] > terms.near * len(items):
            counts = f"of {len(items)}, {found['exact']} word for word, {found['near']} nearly"
            raise InputError(
                f"{candidate.name} was trained on items of suite {name}: {counts}",
                remedy="Hold the suite's items out of the training (data.held_out of the recipe), and tune again",
            )


def check_memorised(candidate: Candidate) -> None:
    """Raises InputError where the canaries that were planted in its training are exposed by more bits than its recipe allows, any of them
    is told to whoever asks, or nobody measured either. Of a model without canaries nothing is known, and nothing refused.
    """
    metrics, told = candidate.manifest.get("metrics") or {}, (candidate.manifest.get("recipe") or {}).get("canaries")
    if not told:
        return
    exposed, extracted = (_measured(metrics.get(name)) for name in ("canary_exposure", "canaries_extracted"))
    if exposed is None or extracted is None:
        raise InputError(
            f"the recipe of {candidate.name} plants canaries, but its manifest does not say how far they are exposed",
            remedy="Train it again: finfoundry train measures what a model keeps of them",
        )
    if exposed > float(told["limit"]) or extracted:
        raise InputError(
            f"{candidate.name} keeps what it was trained on: canaries are exposed by {exposed:.1f} bits (at most {told['limit']}), "
            f"{extracted:.0%} of them are told to who asks",
            remedy="Train for fewer epochs or at a lower rate, with fewer rows that occur often, and measure again",
        )


def _measured(metric: object) -> float | None:
    """A metric as a number; None where it is none, since nothing compares with NaN."""
    return float(metric) if isinstance(metric, int | float) and math.isfinite(metric) else None


def fingerprints_of(candidate: Candidate) -> Path:
    """The file that its manifest names. Raises IntegrityError for none, and for another."""
    recorded: dict[str, Any] = (candidate.manifest.get("data") or {}).get("fingerprints") or {}
    if not recorded or candidate.folder is None:
        raise IntegrityError(
            f"the manifest of {candidate.name} does not say on which rows it was trained",
            remedy="Train it again: finfoundry train writes the fingerprints of its rows",
        )
    path = candidate.folder / str(recorded["path"])
    if not path.is_file() or sha256_of(path) != recorded["sha256"]:
        raise IntegrityError(f"{path} is not the file that the manifest of {candidate.name} names", remedy="Train the model again")
    return path


def text_of(item: Item) -> str:
    """What an item is about: of a task's row, as training takes it; else the question."""
    row = item.meta.get("row")
    return str(row.about) if row is not None else item.question
