"""Scores kept for the audit, and computed again from what was kept, to the last digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from finfoundry.specialists.schema import Values
from finfoundry.specialists.score import Inputs, Scored
from finfoundry.specialists.scorecard import Scorecard
from finfoundry.specialists.specialist import DIGITS, Specialist


@dataclass(frozen=True)
class Replayed:
    """How many scores came out the same; ``different`` lists ids of the others."""

    record: str
    rows: int
    same: int
    different: list[str]
    root_ok: bool
    ok: bool


def kept(specialist: Specialist, ready: Inputs, scored: Scored) -> list[dict[str, Any]]:
    """One entry a row: its id, its inputs as the model reads them (categories by name, missing as null), its output."""
    columns = [(column, _plain(column.categories, ready.checked.values[column.name])) for column in specialist.schema]
    found = []
    for number, row in enumerate(scored.rows):
        if row.refused:
            found.append({"id": row.id, "inputs": None, "output": {"refused": row.refused}})
            continue
        output: dict[str, Any] = {"score": row.score, "probability": row.probability, "grade": row.grade}
        if row.alert is not None:
            output["alert"] = row.alert
        if row.reasons:
            output["base"], output["rest"] = row.base, row.rest
            output["reasons"] = [{"column": one.column, "value": one.value, "contribution": one.contribution} for one in row.reasons]
        found.append({"id": row.id, "inputs": {column.name: cells[number] for column, cells in columns}, "output": output})
    return found


def _plain(categories: tuple[str, ...], cells: np.ndarray) -> list[Any]:
    if categories:
        return [categories[code] if code >= 0 else None for code in cells]
    return [None if cell != cell else float(cell) for cell in cells]


def again(specialist: Specialist, rows: list[dict[str, Any]]) -> list[str]:
    """Ids whose score or probability comes out otherwise than it was recorded."""
    scored = [row for row in rows if row["inputs"] is not None]
    if not scored:
        return []
    values: Values = {column.name: _read(column.categories, [row["inputs"][column.name] for row in scored]) for column in specialist.schema}
    model = specialist.model
    probability = model.probability(values)
    score = model.form.score(values) if isinstance(model.form, Scorecard) else np.round(model.form.margin(values), DIGITS)
    return [
        str(row["id"])
        for row, s, p in zip(scored, score.tolist(), probability.tolist(), strict=True)
        if (row["output"]["score"], row["output"]["probability"]) != (s, p)
    ]


def _read(categories: tuple[str, ...], cells: list[Any]) -> np.ndarray:
    if categories:
        codes = {name: code for code, name in enumerate(categories)}
        return np.array([codes[cell] if cell is not None else -1 for cell in cells], dtype=np.int32)
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
