"""Card fraud of one month by time: train on days 1-20, test on 21-30; a label is usable 7 days after its transaction.

    python benchmarks/specialists.py fraud

Beside it, in the same run, LightGBM three times: with its defaults on the transaction's own columns; with its defaults on the product's
window features; and on those with a search: twelve drawn settings, each fitted on days 1-13 and stopped early by average precision on
days 14-20, the best fitted again on days 1-20. That is as many trainings as the product's own search has in its three forward folds and the
last fit (three shapes each). Differences come with a paired bootstrap over the tested transactions.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.inputs.schema import Values, take
from finfoundry.specialists.inputs.table import read_source
from finfoundry.specialists.inputs.target import outcomes
from finfoundry.specialists.lifecycle.train import TrainingTable, prepare, train
from finfoundry.specialists.models.metrics import alerted, auc, average_precision
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest
from finfoundry.specialists.scoring.score import inputs
from measures import described
from measures.specialists.data import data

DAYS, SEARCH_DAYS = 20, 13
_TRIED, _MOST_ROUNDS, _RESAMPLES = 12, 600, 200
_SPACE: dict[str, tuple[Any, ...]] = {
    "num_leaves": (8, 15, 31, 63),
    "learning_rate": (0.03, 0.06, 0.1),
    "min_child_samples": (20, 50, 100, 200),
    "colsample_bytree": (0.4, 0.7, 1.0),
    "subsample": (0.7, 1.0),
    "reg_lambda": (0.0, 1.0, 10.0),
    "scale_pos_weight": (1.0, 5.0),
}


def main() -> None:
    described(__doc__).parse_args()
    table = pd.read_parquet(data("card_fraud_sim_2018-04.parquet"))
    day = (table["TX_DATETIME"] - table["TX_DATETIME"].min().normalize()).dt.days + 1
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "train.parquet", Path(folder) / "test.parquet"
        table[day <= DAYS].to_parquet(first)
        table[day > DAYS].to_parquet(second)
        request = TrainingRequest(
            "fraud", str(first), "TX_FRAUD", time="TX_DATETIME", id="TRANSACTION_ID",
            entities=("CUSTOMER_ID", "TERMINAL_ID"), amount="TX_AMOUNT",
            exclude=("TX_FRAUD_SCENARIO", "TX_TIME_SECONDS", "TX_TIME_DAYS"),
        )  # fmt: skip
        started = time.process_time()
        made = train(fraud.CLASSIFIER, request, Path(folder) / "fraud", lambda step: print(step, file=sys.stderr))
        print(f"trained in {time.process_time() - started:.0f} processor-seconds; settings {made.model.form.settings}")  # type: ignore[union-attr]
        values, y = tested(made, read_source(second).table)
        scores = {name: model.probability(values) for name, model in made.models.items()}
        prepared = prepare(fraud.CLASSIFIER, request, read_source(first).table)
    plain(table, (day <= DAYS).to_numpy())
    scores |= rivals(prepared, values)
    for name, score in scores.items():
        print(name, told(y, score))
    for name in ("LightGBM, window features", "LightGBM, window features, search"):
        print(f"trees - {name}, average precision:", "{:+.4f} [{:+.4f}, {:+.4f}]".format(*difference(y, scores["trees"], scores[name])))


def tested(made: Specialist, table: pd.DataFrame) -> tuple[Values, np.ndarray]:
    """The window features of the tested rows, looking back on the training's, and their outcomes."""
    ready = inputs(fraud.CLASSIFIER, made, table)
    rows = ready.checked.good
    return take(ready.checked.values, rows), outcomes(table["TX_FRAUD"], made.event)[rows].astype(np.int64)


def told(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    found = {"average_precision": average_precision(y, p), "precision": alerted(y, p, 0.001)[0], "recall": alerted(y, p, 0.01)[1]}
    return {name: round(value, 4) for name, value in (found | {"auc": auc(y, p)}).items()}


def difference(y: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Average precision of ``one`` less that of ``other``, and its interval over rows drawn again within each class."""
    random = np.random.default_rng(0)
    classes = [np.flatnonzero(y == kind) for kind in (0, 1)]
    drawn = []
    for _ in range(_RESAMPLES):
        rows = np.concatenate([random.choice(part, len(part)) for part in classes])
        drawn.append(average_precision(y[rows], one[rows]) - average_precision(y[rows], other[rows]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return average_precision(y, one) - average_precision(y, other), float(low), float(high)


def plain(table: pd.DataFrame, fit: np.ndarray) -> None:
    columns = pd.DataFrame({"amount": table["TX_AMOUNT"], "hour": table["TX_DATETIME"].dt.hour, "weekday": table["TX_DATETIME"].dt.weekday})
    model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=2).fit(columns[fit], table["TX_FRAUD"][fit])
    p, y = np.asarray(model.predict_proba(columns[~fit]))[:, 1], table["TX_FRAUD"][~fit].to_numpy()
    print("LightGBM, own columns", told(y, p))


def rivals(prepared: TrainingTable, values: Values) -> dict[str, np.ndarray]:
    """LightGBM on the product's features, by its defaults and by the best of some drawn settings."""
    names = prepared.schema.names
    matrix, test = (np.stack([one[name] for name in names], axis=1) for one in (prepared.values, values))
    default = lightgbm.LGBMClassifier(verbose=-1, n_jobs=2).fit(matrix, prepared.y)
    started = time.process_time()
    settings, rounds = search(matrix, prepared)
    best = classifier(settings, rounds).fit(matrix, prepared.y)
    print(f"searched in {time.process_time() - started:.0f} processor-seconds; {rounds} rounds of {settings}")
    return {
        "LightGBM, window features": np.asarray(default.predict_proba(test))[:, 1],
        "LightGBM, window features, search": np.asarray(best.predict_proba(test))[:, 1],
    }


def search(matrix: np.ndarray, prepared: TrainingTable) -> tuple[dict[str, Any], int]:
    """Settings and rounds with the best average precision on the last days before the test."""
    time_ = pd.Series(prepared.time)
    early = ((time_ - time_.min().normalize()).dt.days + 1 <= SEARCH_DAYS).to_numpy()
    random = np.random.default_rng(0)
    best: tuple[float, dict[str, Any], int] = (-1.0, {}, 0)
    for _ in range(_TRIED):
        settings = {name: choices[random.integers(len(choices))] for name, choices in _SPACE.items()}
        model = classifier(settings, _MOST_ROUNDS)
        model.fit(
            matrix[early], prepared.y[early], eval_X=matrix[~early], eval_y=prepared.y[~early], eval_metric="average_precision",
            callbacks=[lightgbm.early_stopping(50, first_metric_only=True, verbose=False)],
        )  # fmt: skip
        reached = average_precision(prepared.y[~early], np.asarray(model.predict_proba(matrix[~early]))[:, 1])
        best = max(best, (reached, settings, int(model.best_iteration_)), key=lambda found: found[0])
    return best[1], best[2]


def classifier(settings: dict[str, Any], rounds: int) -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(
        **settings, n_estimators=rounds, subsample_freq=1, metric="average_precision", random_state=0, n_jobs=2, verbose=-1
    )
