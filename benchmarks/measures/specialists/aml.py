"""Laundering: AMLSim fan-in, folds by component of unusual transfers between accounts that take part; made graphs with known roles.

    python benchmarks/specialists.py aml

Beside it, in the same run: LightGBM with its defaults on degrees and sums alone, on the same folds.
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import GroupKFold

from finfoundry.specialists.families.aml import aml
from finfoundry.specialists.families.aml.graph import edge_features, transfers
from finfoundry.specialists.families.aml.graph_evidence import explain
from finfoundry.specialists.inputs.made_data import laundering
from finfoundry.specialists.inputs.schema import take
from finfoundry.specialists.inputs.table import read_table
from finfoundry.specialists.lifecycle.train import fit_models, prepare
from finfoundry.specialists.models.metrics import alerted, average_precision
from finfoundry.specialists.models.specialist import TrainingRequest
from measures import described
from measures.specialists.data import data


def main() -> None:
    described(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, tarfile.open(data("amlsim_20K_fanin200.tgz")) as archive:
        archive.extractall(folder, filter="data")
        here = next(path.parent for path in Path(folder).rglob("nodes.csv"))
        request = TrainingRequest(
            "aml", str(here / "nodes.csv"), "isFraud", id="nodeid", exclude=("fraudStep",), transactions=str(here / "transactions.csv"),
            source="sourceNodeId", destination="targetNodeId", amount="value",
        )  # fmt: skip
        table = read_table(here / "nodes.csv")
        prepared = prepare(aml.CLASSIFIER, request, table)
        groups = components(request, prepared.frame)
    y, scores = prepared.y, {name: np.zeros(len(prepared.y)) for name in ("scorecard", "trees", "plain LightGBM on degrees")}
    degrees = prepared.frame[["in transfers", "out transfers", "in partners", "out partners", "in amount", "out amount"]]
    for fit, test in GroupKFold(5, shuffle=True, random_state=0).split(y, y, groups):
        models = fit_models(aml.CLASSIFIER, prepared.schema, take(prepared.values, fit), y[fit], request)
        for name, model in models.items():
            scores[name][test] = model.margin(take(prepared.values, test))
        simple = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1).fit(degrees.iloc[fit], y[fit])
        scores["plain LightGBM on degrees"][test] = np.asarray(simple.predict_proba(degrees.iloc[test]))[:, 1]
    for name, score in scores.items():
        print(f"{name}: average precision {average_precision(y, score):.4f}, recall at 5 % {alerted(y, score, 0.05)[1]:.4f}", flush=True)
    roles()


def components(request: TrainingRequest, frame: pd.DataFrame) -> np.ndarray:
    """Accounts that unusual transfers between participants join stay together; each other account stands alone."""
    graph = aml.graph_of(aml.read_transfers(request), request)
    guilty = set(frame.loc[frame["isFraud"] == 1, "nodeid"].astype(str))
    place = {str(name): number for number, name in enumerate(frame["nodeid"])}
    odd = edge_features(graph)["usual"] < 0.5
    pairs = [
        (place[graph.names[source]], place[graph.names[destination]])
        for source, destination in zip(graph.source[odd], graph.destination[odd], strict=True)
        if graph.names[source] in guilty and graph.names[destination] in guilty
    ]
    rows, columns = np.array(pairs).T
    return np.asarray(connected_components(coo_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(frame),) * 2), directed=False)[1])


def roles() -> None:
    right: dict[str, list[bool]] = {}
    for seed in range(5):
        _, moved, truth = laundering(600, 40, seed=100 + seed)
        graph = transfers(
            moved["from"].astype(str).tolist(), moved["to"].astype(str).tolist(), moved["amount"].to_numpy(), moved["time"].to_numpy()
        )
        for row in truth.itertuples():
            found = explain(graph, str(row.account))
            right.setdefault(str(row.pattern), []).append(found is not None and found.collector == str(row.collector))
    print("collector named:", {pattern: f"{np.mean(hits):.1%} of {len(hits)}" for pattern, hits in right.items()})
