"""Texts scored, watched, and computed again from what the record keeps of them, which is the texts themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.protocols import TextReader
from finfoundry.runtime.audit import plain
from finfoundry.specialists.families.family import Recomputed
from finfoundry.specialists.families.text.text_results import ScoredText, TextScores, TextSpecialist, columns_of
from finfoundry.specialists.families.text.text_training import refusals
from finfoundry.specialists.families.text.texts import ReadTexts, read_texts, texts_in
from finfoundry.specialists.inputs.table import TableSource, need
from finfoundry.specialists.inputs.target import texts_of
from finfoundry.specialists.lifecycle.validate import Monitoring, Stability
from finfoundry.specialists.models.specialist import DIGITS
from finfoundry.specialists.models.stability import psi, reached_by_chance, reading, shares_between
from finfoundry.specialists.scoring.replay import Entry
from finfoundry.specialists.scoring.score import SeenIds


def score_kept(made: TextSpecialist, name: str, table: pd.DataFrame, reader: TextReader) -> tuple[TextScores, list[Entry]]:
    """The classes of a table's rows, with what the record keeps of each. Raises InputError: a column is missing."""
    table = table.reset_index(drop=True)
    ids, refused = _ids(made, table)
    texts, missing = texts_in(table, columns_of(made.request))
    read = read_texts(reader, made.task, texts, missing | refused)
    rows = [_row(made, read, number, ids[number]) for number in range(len(table))]
    entries = [
        {"id": row.id, "inputs": None if row.refused else {"texts": list(texts[row.row - 1])}, "output": output_of(row)} for row in rows
    ]
    unsure = sum(row.refused is None and row.class_name is None for row in rows)
    told = (len(read.good), unsure, len(read.refused), made.bar)
    return TextScores(name, made.request.family, made.version, *told, rows), entries


def head(made: TextSpecialist, name: str, digest: str) -> dict[str, Any]:
    """The first fields of the audit record of scores."""
    return {
        "specialist": name, "family": made.request.family, "version": made.version, "model": "encoder", "encoder": made.encoder,
        "data_sha256": digest,
    }  # fmt: skip


def output_of(row: ScoredText) -> dict[str, Any]:
    if row.refused:
        return {"refused": row.refused}
    return {"class_name": row.class_name, "likeliest": row.likeliest, "probability": row.probability}


def monitor(made: TextSpecialist, name: str, source: TableSource, reader: TextReader, *, serves: bool) -> Monitoring:
    """How far the classes and the probability have moved since training. ``serves``: its encoder is the one that serves now.

    Raises InputError: no row can be read.
    """
    texts, missing = texts_in(source.table, columns_of(made.request))
    read = read_texts(reader, made.task, texts, missing)
    if not len(good := read.good):
        row, why = next(iter(read.refused.items()))
        raise InputError(f"No row of {source.name} can be scored; row {row + 1}: {why}")
    probability = np.round(made.calibration(read.margin[good]), DIGITS)
    now = np.bincount(read.likeliest[good], minlength=len(made.classes)) / len(good)
    moved = [
        _stability("score", made, made.probabilities, np.array(shares_between(made.edges, probability)), len(good)),
        _stability("class", made, made.shares, now, len(good)),
    ]
    alerts = [f"{one.name} has moved: PSI {one.psi:.3f}" for one in moved if one.reading == "moved"]
    if len(good) < 0.95 * len(texts):
        alerts.append(f"{len(texts) - len(good)} of {len(texts)} rows were refused")
    if not serves:
        alerts.append(f"Another encoder serves for the task {made.task} now, or none: calibrate that one, or retire this specialist")
    return Monitoring(
        name, made.request.family, made.version, len(texts), len(read.refused), refusals(read.refused), moved, float(probability.mean()),
        [], {}, alerts,
    )  # fmt: skip


def again(made: TextSpecialist, entries: list[Entry], reader: TextReader) -> Recomputed:
    """Read recorded texts again."""
    whole = [entry for entry in entries if entry["inputs"] is not None]
    read = read_texts(reader, made.task, [tuple(entry["inputs"]["texts"]) for entry in whole], {})
    new = [output_of(_row(made, read, number, str(entry["id"]))) for number, entry in enumerate(whole)]
    different = [str(entry["id"]) for entry, output in zip(whole, new, strict=True) if plain(output) != entry["output"]]
    left_out = [] if len(whole) == len(entries) else [f"{len(entries) - len(whole)} refused rows"]
    return Recomputed(different, sorted({name for entry in whole for name in entry["output"]}), left_out)


def _row(made: TextSpecialist, read: ReadTexts, number: int, id_: str) -> ScoredText:
    if number in read.refused:
        return ScoredText(number + 1, id_, refused=read.refused[number])
    likeliest = made.classes[int(read.likeliest[number])]
    probability = round(float(made.calibration(read.margin[[number]])[0]), DIGITS)
    return ScoredText(number + 1, id_, likeliest if probability >= made.bar else None, likeliest, probability)


def _ids(made: TextSpecialist, table: pd.DataFrame) -> tuple[list[str], dict[int, str]]:
    """The ids of the rows, and the rows whose id is missing or stands before, with why."""
    if not made.request.id:
        return [str(number + 1) for number in range(len(table))], {}
    given = need(table, made.request.id, "id")
    cells = texts_of(given).where(given.notna(), "")
    refused = {row: f"column {made.request.id!r}: empty" for row, id_ in enumerate(cells) if not id_}
    for row, earlier in SeenIds().repeated(cells, 0).items():
        refused.setdefault(row, f"column {made.request.id!r}: the id {cells.iloc[row]} stands already in row {earlier + 1}")
    return cells.tolist(), refused


def _stability(name: str, made: TextSpecialist, before: tuple[float, ...], now: np.ndarray, rows: int) -> Stability:
    expected = np.array(before)
    index, chance = psi(expected, now), reached_by_chance(expected, made.lineage.used, rows, 2)
    return Stability(name, index, reading(index, chance), chance)
