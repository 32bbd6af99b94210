"""A cascade: what is cheap is asked first, what is dear only where the cheap is not sure; how sure is enough is learned on other items.

It is made of runs of ``finfoundry evaluate`` of one suite, the cheapest first: rules and facts without a model (``--system rules``), a
tuned encoder, a small model, a large one. Each row holds its answer, how sure the system was of it, and the seconds that it took. On one
half of the items a bar is chosen for each stage but the last, such that most time is saved while as many answers are right as by the last
stage alone; the other half says what that is worth (FrugalGPT: Chen et al., 2023, arXiv 2305.05176). That a stage finds nothing is
believed as well, where so many items show that the last finds nothing right there either: that is where most of its time goes.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.evals.paired import lower_difference
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import ROWS, RUN

BARS = 12  # of one stage that are tried
FEWEST = 40  # items
LOST = 0.05  # of all items, right answers that believing silence may cost at worst (one-sided 95 %, on the half that chooses)

Asked = Sequence[Mapping[str, Row]]  # of each stage the rows by item


@dataclass(frozen=True, slots=True)
class Stage:
    """``bar``: from which confidence on its answers are taken; of the last stage all are. ``silence``: whether it is believed where it
    finds no evidence. ``took``: the share of items that ended with it.
    """

    run: str
    model: str | None  # of a run that had one
    bar: float | None
    silence: bool
    took: float
    seconds: float  # an item asked, the mean


@dataclass(frozen=True, slots=True)
class Cascade:
    """Told of the half of the items that chose no bar. ``saved``: of the last stage's seconds. ``lower``: the one-sided 95 % bound of the
    paired difference in right answers.
    """

    stages: list[Stage]
    items: int
    right: float
    right_alone: float
    lower: float
    saved: float


@dataclass(frozen=True, slots=True)
class _Taken:
    """Which answers of a stage end the asking."""

    bar: float
    silence: bool

    @property
    def never(self) -> bool:
        return math.isinf(self.bar) and not self.silence

    def takes(self, row: Row) -> bool:
        if row.status == "no_evidence":
            return self.silence
        return row.status == "answered" and row.confidence is not None and row.confidence >= self.bar


@dataclass(frozen=True, slots=True)
class _Outcome:
    right: Mapping[str, bool]
    seconds: float
    took: list[int]


def cascade(runs: Sequence[Path]) -> Cascade:
    """``runs``: folders of one suite each, the cheapest first. Raises InputError for fewer than two, or too few items in all of them."""
    stages: Asked = [{row.id: row for row in read_rows(folder / ROWS)} for folder in runs]
    items = sorted(set.intersection(*(set(rows) for rows in stages))) if len(stages) > 1 else []
    if len(items) < FEWEST:
        raise InputError(
            f"{len(items)} items are in all of {len(runs)} runs", remedy=f"Give two or more runs of one suite, with {FEWEST} items or more"
        )
    first, second = [one for one in items if _half(one)], [one for one in items if not _half(one)]
    bars = _chosen(stages, first)
    found = _asked(stages, second, bars)
    alone = {item: stages[-1][item].correct for item in second}
    told = [
        Stage(
            str(folder),
            _model(folder),
            taken.bar if taken else None,
            taken is not None and taken.silence,
            round(took / len(second), 4),
            round(sum(rows[item].seconds for item in second) / len(second), 4),
        )
        for folder, taken, took, rows in zip(runs, [*bars, None], found.took, stages, strict=True)
    ]
    whole = sum(stages[-1][item].seconds for item in second)
    return Cascade(
        told, len(second), sum(found.right.values()) / len(second), sum(alone.values()) / len(second),
        _lower(found, alone), round(1 - found.seconds / max(whole, 1e-9), 4),
    )  # fmt: skip


def write(found: Cascade, path: Path) -> None:
    """The bars as the service takes them (FINFOUNDRY_CASCADE): none of a stage that is never taken."""
    told = asdict(found)
    for stage in told["stages"]:
        stage["bar"] = stage["bar"] if stage["bar"] is not None and math.isfinite(stage["bar"]) else None
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _model(folder: Path) -> str | None:
    """Of a run, as it was named."""
    path = folder / RUN
    return json.loads(path.read_text("utf-8"))["model"] if path.is_file() else None


def _chosen(stages: Asked, items: Sequence[str]) -> tuple[_Taken, ...]:
    """The bars that save most, of those by which no fewer answers are right than by the last stage alone; silence is believed where by the
    bound, too, few can be lost.
    """
    alone = {item: stages[-1][item].correct for item in items}
    best, saved = tuple(_Taken(math.inf, False) for _ in stages[:-1]), math.inf
    for bars in itertools.product(*(_tried(rows, items) for rows in stages[:-1])):
        found = _asked(stages, items, bars)
        if sum(found.right.values()) < sum(alone.values()) or found.seconds >= saved:
            continue
        if not any(taken.silence for taken in bars) or _lower(found, alone) >= -LOST:
            best, saved = bars, found.seconds
    return best


def _lower(found: _Outcome, alone: Mapping[str, bool]) -> float:
    gained = sum(right and not alone[item] for item, right in found.right.items())
    lost = sum(alone[item] and not right for item, right in found.right.items())
    return lower_difference(gained, lost, len(alone))


def _tried(rows: Mapping[str, Row], items: Sequence[str]) -> list[_Taken]:
    """Confidences between which the answers lie in equal parts, and one that no answer reaches; each without and with silence believed."""
    told = sorted(row.confidence for row in (rows[item] for item in items) if row.status == "answered" and row.confidence is not None)
    places = {round(part * (len(told) - 1) / (BARS - 1)) for part in range(BARS)} if told else set()
    silent = (False, True) if any(rows[item].status == "no_evidence" for item in items) else (False,)
    return [_Taken(bar, silence) for bar in (*(told[place] for place in sorted(places)), math.inf) for silence in silent]


def _asked(stages: Asked, items: Sequence[str], bars: Sequence[_Taken]) -> _Outcome:
    """What the cascade answers, the seconds of all that was asked (a stage that is never taken is not asked), and how many each took."""
    right, seconds, took = dict[str, bool](), 0.0, [0] * len(stages)
    for item in items:
        for place, (rows, taken) in enumerate(zip(stages, [*bars, None], strict=True)):
            row = rows[item]
            if taken and taken.never:
                continue
            seconds += row.seconds
            if taken is None or taken.takes(row):
                right[item], took[place] = row.correct, took[place] + 1
                break
    return _Outcome(right, seconds, took)


def _half(item: str) -> bool:
    return hashlib.sha256(item.encode()).digest()[0] % 2 == 0
