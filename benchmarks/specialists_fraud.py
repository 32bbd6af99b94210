"""Card fraud of one month by time: train on days 1-20, test on 21-30; a label is usable 7 days after its transaction.

    python benchmarks/specialists_fraud.py

Beside it, in the same run: LightGBM with its defaults on the transaction's own columns.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd

from finfoundry.specialists import fraud
from finfoundry.specialists.metrics import alerted, auc, average_precision
from finfoundry.specialists.specialist import Request
from finfoundry.specialists.table import read_source
from finfoundry.specialists.train import train
from finfoundry.specialists.validate import validate
from specialists_data import data

DAYS = 20
BUDGET = 150.0  # seconds


def main() -> None:
    table = pd.read_parquet(data("card_fraud_sim_2018-04.parquet"))
    day = (table["TX_DATETIME"] - table["TX_DATETIME"].min().normalize()).dt.days + 1
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "train.parquet", Path(folder) / "test.parquet"
        table[day <= DAYS].to_parquet(first)
        table[day > DAYS].to_parquet(second)
        request = Request(
            "fraud", str(first), "TX_FRAUD", time="TX_DATETIME", id="TRANSACTION_ID",
            entities=("CUSTOMER_ID", "TERMINAL_ID"), amount="TX_AMOUNT",
            exclude=("TX_FRAUD_SCENARIO", "TX_TIME_SECONDS", "TX_TIME_DAYS"), budget=BUDGET,
        )  # fmt: skip
        started = time.monotonic()
        made = train(fraud.FAMILY, request, Path(folder) / "fraud", lambda step: print(step, file=sys.stderr))
        print(f"trained in {time.monotonic() - started:.0f} s; settings {made.model.form.settings}")  # type: ignore[union-attr]
        found = validate(fraud.FAMILY, made, "fraud", read_source(second))
    for name, figures in found.models.items():
        print(name, {key: round(figure.value, 4) for key, figure in figures.items()})
    plain(table, (day <= DAYS).to_numpy())


def plain(table: pd.DataFrame, fit: np.ndarray) -> None:
    columns = pd.DataFrame({"amount": table["TX_AMOUNT"], "hour": table["TX_DATETIME"].dt.hour, "weekday": table["TX_DATETIME"].dt.weekday})
    model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=2).fit(columns[fit], table["TX_FRAUD"][fit])
    p, y = np.asarray(model.predict_proba(columns[~fit]))[:, 1], table["TX_FRAUD"][~fit].to_numpy()
    print(
        "plain LightGBM",
        {
            "average_precision": average_precision(y, p),
            "precision": alerted(y, p, 0.001)[0],
            "recall": alerted(y, p, 0.01)[1],
            "auc": auc(y, p),
        },
    )


if __name__ == "__main__":
    main()
