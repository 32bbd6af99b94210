"""The rows that a planner learns from, and those of families that it never sees: files of the tasks ``planner`` and ``planner-unseen``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.ask.planner.filled_questions import FilledQuestion, Filler
from finfoundry.ask.planner.wordings import Wording, wordings
from finfoundry.core.errors import InputError

EACH = 13  # fillings of a wording that is learned
EACH_UNSEEN = 3


@dataclass(frozen=True, slots=True)
class PlannerData:
    """What was written: rows and wordings, to learn and held out; ``labels`` of the institution's own rows that fill them."""

    learned: int
    learned_wordings: int
    unseen: int
    unseen_wordings: int
    families: int
    labels: int
    folder: str


def write_rows(folder: Path, each: int = EACH, seed: int = 0, labels: Sequence[str] = ()) -> PlannerData:
    """Write ``planner.jsonl`` and ``planner-unseen.jsonl``. Raises InputError where the folder cannot be written."""
    filler, known = Filler(seed, labels), wordings()
    parts = [[one for one in known if one.unseen == unseen] for unseen in (False, True)]
    files = (("planner", parts[0], each), ("planner-unseen", parts[1], min(each, EACH_UNSEEN)))
    counts = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, part, copies in files:
            rows = [_row(one) for one in _filled(filler, part, copies)]
            (folder / f"{name}.jsonl").write_text("".join(rows), "utf-8")
            counts.append(len(rows))
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}", remedy="Give another folder with --out") from error
    families = len({one.family for one in known})
    return PlannerData(counts[0], len(parts[0]), counts[1], len(parts[1]), families, len(labels), str(folder))


def _filled(filler: Filler, part: Sequence[Wording], copies: int) -> list[FilledQuestion]:
    """Each filling once: a wording without a slot for metrics may come out alike."""
    found = (filler.fill(wording, copy) for wording in part for copy in range(copies))
    return list({one.question: one for one in found}.values())


def _row(one: FilledQuestion) -> str:
    row = {"question": one.question, "plan": one.plan.text, "wording": f"wording {one.wording.number}", "family": one.wording.family}
    return json.dumps(row, ensure_ascii=False) + "\n"
