"""SQL and ONNX of a model against the model, on 10,000 rows among which are values on, just below and just above every cut and split.

python benchmarks/specialists.py sql [ROWS]
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

from finfoundry.specialists.families.credit import credit
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.inputs.schema import read
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.models.grades import grade
from finfoundry.specialists.models.onnx_export import to_onnx
from finfoundry.specialists.models.scorecard import Scorecard
from finfoundry.specialists.models.specialist import DIGITS, Specialist, TrainingRequest
from finfoundry.specialists.models.sql_export import scorecard_sql
from finfoundry.specialists.models.tree_nodes import ensemble_of
from finfoundry.specialists.models.trees import Trees
from measures import described


def on_cuts(made: Specialist, table: pd.DataFrame) -> pd.DataFrame:
    """The table with its first rows put on, just below and just above each cut of each number, in the bins and in the trees."""
    table = table.reset_index(drop=True).copy()
    for bins in made.bins:
        if bins.groups:
            continue
        table[bins.column] = table[bins.column].astype(float)
        cuts = np.unique([*bins.splits, *_splits(made, bins.column)])
        values = np.concatenate([cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)])[: len(table)]
        table.loc[: len(values) - 1, bins.column] = values
    return table


def _splits(made: Specialist, column: str) -> list[float]:
    """Of a column in all trees."""
    forms = [model.form for model in made.models.values() if isinstance(model.form, Trees)]
    trees = [(form, ensemble_of(form.texts)) for form in forms]
    return [at for form, tree in trees for number, at in zip(tree.feature, tree.split, strict=True) if form.columns[number] == column]


def compared(made: Specialist, table: pd.DataFrame) -> tuple[float, float, int]:
    """The largest differences of score and probability, and the grades that differ. A missing cell is NULL."""
    with sqlite3.connect(":memory:") as connection:
        table.to_sql("t", connection, index=False)
        found = pd.read_sql_query(scorecard_sql(made, "t"), connection)
    values = read(made.schema, table).values
    score, probability = made.model.form.score(values), made.model.probability(values)  # type: ignore[union-attr]
    off = np.abs(found["probability"].to_numpy(dtype=float) - probability)
    near = np.array([np.abs(np.array([0.0025 * 2**n for n in range(9)]) - one).min() < 1e-9 for one in probability])
    differ = int(((found["grade"].to_numpy() != grade(probability)) & ~near).sum())
    return float(np.abs(found["score"].to_numpy() - score).max()), float(off.max()), differ


def onnx_run(made: Specialist, model: str, table: pd.DataFrame, precision: type = np.float64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score, probability and grade by onnxruntime. ``precision``: what the cells are rounded to before."""
    session = onnxruntime.InferenceSession(to_onnx(made, model))
    cells = {
        column.name: table[column.name].astype(object).where(table[column.name].notna(), "").to_numpy()
        if column.categories
        else table[column.name].to_numpy(dtype=precision).astype(np.float64)
        for column in made.schema
    }
    score, probability, grades = session.run(None, {one.name: cells[one.name].reshape(-1, 1) for one in session.get_inputs()})
    return score[:, 0], probability[:, 0], grades[:, 0]


def onnx_compared(made: Specialist, model: str, table: pd.DataFrame, precision: type = np.float64) -> tuple[float, float, int]:
    """The largest differences of score and probability, and the grades that differ."""
    score, probability, grades = onnx_run(made, model, table, precision)
    values, one = read(made.schema, table).values, made.models[model]
    expected = one.probability(values)
    scores = one.form.score(values) if isinstance(one.form, Scorecard) else np.round(one.form.margin(values), DIGITS)
    return float(np.abs(score - scores).max()), float(np.abs(probability - expected).max()), int((grades != grade(expected)).sum())


def main() -> None:
    parser = described(__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000, help="made rows")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "loans.csv"
        loans(3000, seed=1).to_csv(path, index=False)
        made = train(credit.CLASSIFIER, TrainingRequest("credit", str(path), "default", id="id", budget=5), Path(name) / "credit")
        table = on_cuts(made, loans(rows, seed=2))
        score, probability, grades = compared(made, table)
    print(f"SQL against the scorecard, {rows} rows with all cuts: score off by {score:g}, probability by {probability:.2g} (reach: 1e-9)")
    print(f"  grades that differ: {grades}")
    for model in made.models:
        score, probability, grades = onnx_compared(made, model, table)
        single = onnx_compared(made, model, table, np.float32)
        print(f"ONNX against the {model}: score off by {score:g}, probability by {probability:.2g} (reach: 1e-6)")
        print(f"  grades that differ: {grades}")
        print(f"  cells in single precision, as the usual converters take them: off by {single[0]:g} and {single[1]:.2g}")
