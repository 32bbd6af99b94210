"""The SQL of a scorecard against the scorecard, on 10,000 rows among which are values on, just below and just above every cut.

python benchmarks/specialists_sql.py [ROWS]
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from finfoundry.specialists import credit
from finfoundry.specialists.grades import grade
from finfoundry.specialists.made_data import loans
from finfoundry.specialists.schema import read
from finfoundry.specialists.specialist import Request, Specialist
from finfoundry.specialists.sql_export import scorecard_sql
from finfoundry.specialists.train import train


def on_cuts(made: Specialist, table: pd.DataFrame) -> pd.DataFrame:
    """The table with its first rows put on, just below and just above each cut of each number, and a missing cell a column."""
    table, row = table.reset_index(drop=True).copy(), 0
    for bins in made.bins:
        if bins.groups:
            continue
        table[bins.column] = table[bins.column].astype(float)
        for split in bins.splits:
            for value in (split, np.nextafter(split, -np.inf), np.nextafter(split, np.inf)):
                table.loc[row, bins.column] = value
                row += 1
    return table


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


def main(rows: int = 10_000) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "loans.csv"
        loans(3000, seed=1).to_csv(path, index=False)
        made = train(credit.FAMILY, Request("credit", str(path), "default", id="id", budget=5), Path(name) / "credit")
        score, probability, grades = compared(made, on_cuts(made, loans(rows, seed=2)))
    print(
        f"SQL against the scorecard, {rows} rows with all cuts: score off by {score:g}, probability by {probability:.2g} (reach: 1e-9)",
        end="",
    )
    print(f"; grades that differ: {grades}")


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:2]))
