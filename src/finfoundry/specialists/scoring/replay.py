"""Scores kept for the audit, and computed again from what was kept, to the last digit: the whole output, grade and reasons included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from finfoundry.specialists.inputs.schema import Values
from finfoundry.specialists.models.classifier import PastOnRecord
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import Inputs, Scored, ScoredRow, fill

Entry = dict[str, Any]  # of the record: id, inputs, output


@dataclass(frozen=True)
class Replayed:
    """How many rows came out the same; ``different`` lists ids of the others. ``covered`` and ``left_out`` say what was computed again."""

    record: str
    rows: int
    same: int
    different: list[str]
    root_ok: bool
    ok: bool
    covered: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def kept(specialist: Specialist, ready: Inputs, scored: Scored) -> list[Entry]:
    """One entry a row: its id, its inputs as the model reads them (categories by name, missing as null), its output."""
    columns = [(column, _plain(column.categories, ready.checked.values[column.name])) for column in specialist.schema]
    found: list[Entry] = []
    for number, row in enumerate(scored.rows):
        if row.refused:
            found.append({"id": row.id, "inputs": None, "output": {"refused": row.refused}})
            continue
        found.append({"id": row.id, "inputs": {column.name: cells[number] for column, cells in columns}, "output": output_of(row)})
    return found


def output_of(row: ScoredRow) -> dict[str, Any]:
    """What of a row is recorded: reasons where they were asked for."""
    output: dict[str, Any] = {"score": row.score, "probability": row.probability, "grade": row.grade}
    if row.alert is not None:
        output["alert"] = row.alert
    if row.base is not None:
        output["base"], output["rest"] = row.base, row.rest
        output["reasons"] = [{"column": one.column, "value": one.value, "contribution": one.contribution} for one in row.reasons]
    return output


@dataclass(frozen=True)
class PastRecorded:
    """What a record says of the past that features were made of: ``head`` of the batch, and the step ``beside`` it."""

    by: PastOnRecord
    head: Mapping[str, Any]
    beside: Mapping[str, Any]

    def remade(self, specialist: Specialist, scored: Sequence[Entry]) -> list[str] | None:
        """Ids whose features come out otherwise; None where they cannot be made again."""
        return self.by.remade(specialist, self.head, self.beside, scored) if scored else None


def again(specialist: Specialist, entries: Sequence[Entry], past: PastRecorded | None = None) -> list[str]:
    """Ids of which anything comes out otherwise than it was recorded: score, probability, grade, alert, base, reasons, rest; and features,
    where the record holds what they were made of.
    """
    scored = [entry for entry in entries if entry["inputs"] is not None]
    found = computed(specialist, scored, reasons=any("reasons" in entry["output"] for entry in scored))
    wrong = [str(entry["id"]) for entry, new in zip(scored, found, strict=True) if not _same(entry["output"], new)]
    return list(dict.fromkeys(wrong + ((past and past.remade(specialist, scored)) or [])))


def computed(specialist: Specialist, entries: Sequence[Entry], *, reasons: bool) -> list[dict[str, Any]]:
    """The outputs of entries that have inputs, from these inputs."""
    if not entries:
        return []
    values: Values = {
        column.name: _read(column.categories, [entry["inputs"][column.name] for entry in entries]) for column in specialist.schema
    }
    rows = [ScoredRow(number, str(entry["id"])) for number, entry in enumerate(entries, 1)]
    fill(specialist, values, _amount(specialist, values), rows, reasons=reasons)
    return [output_of(row) for row in rows]


def told(specialist: Specialist, entries: Sequence[Entry], past: PastRecorded | None = None) -> tuple[list[str], list[str]]:
    """What ``again`` computes of these entries, and what it does not."""
    scored = [entry for entry in entries if entry["inputs"] is not None]
    outputs = [entry["output"] for entry in scored]
    covered = sorted({name for output in outputs for name in output}) if outputs else []
    left_out = [f"{len(entries) - len(outputs)} refused rows: their cells are not recorded"] if len(outputs) < len(entries) else []
    if not any("reasons" in output for output in outputs):
        left_out.append("reasons: none were asked for")
    made = [column.name for column in specialist.schema if column.made]
    if made and past and past.remade(specialist, scored) is not None:
        covered = sorted([*covered, "features"])
    elif why := past and past.beside.get("left_out"):
        left_out.append(str(why))
    elif made:
        left_out.append(f"the making of {len(made)} features out of earlier events: they are recorded as they were made")
    return covered, left_out


def _same(recorded: dict[str, Any], new: dict[str, Any]) -> bool:
    """Equal in all that was recorded; an empty list of reasons was once left out."""
    return all(new.get(name) == value for name, value in recorded.items())


def _amount(specialist: Specialist, values: Values) -> np.ndarray | None:
    return values.get("amount") if specialist.request.alert_cost is not None else None


def _plain(categories: tuple[str, ...], cells: np.ndarray) -> list[Any]:
    if categories:
        return [categories[code] if code >= 0 else None for code in cells]
    return [None if cell != cell else float(cell) for cell in cells]


def _read(categories: tuple[str, ...], cells: Sequence[Any]) -> np.ndarray:
    if categories:
        codes = {name: code for code, name in enumerate(categories)}
        return np.array([codes[cell] if cell is not None else -1 for cell in cells], dtype=np.int32)
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
