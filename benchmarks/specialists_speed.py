"""Speed of scoring in process, and replay, on data made here: a scorecard, and fraud as a stream with state.

python benchmarks/specialists_speed.py
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from finfoundry.specialists import credit, fraud
from finfoundry.specialists.made_data import loans, payments
from finfoundry.specialists.replay import again, kept
from finfoundry.specialists.schema import read, take
from finfoundry.specialists.score import inputs, score_inputs, score_table
from finfoundry.specialists.specialist import Request, Specialist
from finfoundry.specialists.train import train
from finfoundry.specialists.windows import Ledger, names_of

ROWS = 300_000


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loans(3000, seed=1).to_csv(folder / "loans.csv", index=False)
        made = train(credit.FAMILY, Request("credit", str(folder / "loans.csv"), "default", id="id"), folder / "credit")
        payments(20_000, seed=1).to_parquet(folder / "payments.parquet")
        request = Request(
            "fraud", str(folder / "payments.parquet"), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount"
        )
        watcher = train(fraud.FAMILY, request, folder / "fraud")
    table = loans(ROWS, seed=2)
    batch(made, table)
    single(made, table.head(300))
    replay(made, table.head(10_000))
    stream(watcher, payments(20_000, seed=1))


def batch(made: Specialist, table: pd.DataFrame) -> None:
    started, worked = time.perf_counter(), time.process_time()
    checked = read(made.schema, table)
    made.model.probability(take(checked.values, checked.good))
    print(f"batch: {len(table) / (time.perf_counter() - started):,.0f} rows/s with schema checks", end=" ")
    print(f"({len(table) / (time.process_time() - worked):,.0f} a second of the processor)")


def single(made: Specialist, table: pd.DataFrame) -> None:
    seconds, worked = [], []
    for row in range(len(table)):
        one = table.iloc[row : row + 1].reset_index(drop=True)
        started, busy = time.perf_counter(), time.process_time()
        score_table(credit.FAMILY, made, "credit", one, reasons=True)
        worked.append(time.process_time() - busy)
        seconds.append(time.perf_counter() - started)
    for name, found in (("clock", seconds), ("processor", worked)):
        print(f"single row with reasons, {name}: p50 {np.quantile(found, 0.5) * 1e3:.2f} ms, p95 {np.quantile(found, 0.95) * 1e3:.2f} ms")


def replay(made: Specialist, table: pd.DataFrame) -> None:
    ready = inputs(credit.FAMILY, made, table)
    rows = json.loads(json.dumps(kept(made, ready, score_inputs(made, "credit", ready, reasons=False))))
    print(f"replay: {len(rows) - len(again(made, rows))} of {len(rows)} the same to the last digit")


def stream(made: Specialist, table: pd.DataFrame, block: int = 256) -> None:
    """Features one by one, scores in blocks of transactions that arrived together."""
    state, rows, amounts = Ledger(("card", "shop"), 7.0), fraud.payments_of(table, made.request), table["amount"].tolist()
    names = names_of(("card", "shop"))
    started, worked = time.perf_counter(), time.process_time()
    for first in range(0, len(rows), block):
        state.enter(rows[first : first + block])
        pairs = zip(rows[first : first + block], amounts[first : first + block], strict=True)
        found = np.array([state.features(one.at, one.keys, amount) for one, amount in pairs])
        made.model.probability({name: found[:, number] for number, name in enumerate(names)})
    print(f"stream: {len(rows) / (time.perf_counter() - started):,.0f} transactions/s, scored in blocks of {block}", end=" ")
    print(f"({len(rows) / (time.process_time() - worked):,.0f} a second of the processor)")


if __name__ == "__main__":
    main()
