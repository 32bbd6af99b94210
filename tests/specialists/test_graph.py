"""Patterns in made graphs with known roles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from finfoundry.specialists.families.aml import aml
from finfoundry.specialists.families.aml.graph import account_features
from finfoundry.specialists.families.aml.graph_evidence import explain
from finfoundry.specialists.inputs.made_data import laundering
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.reports import plots


def test_the_sub_graph_names_the_collector(tmp_path: Path) -> None:
    accounts, transfers, roles = laundering(400, 24, seed=1)
    transfers.to_csv(tmp_path / "transfers.csv", index=False)
    request = TrainingRequest(
        "aml",
        "",
        "laundering",
        id="account",
        transactions=str(tmp_path / "transfers.csv"),
        source="from",
        destination="to",
        amount="amount",
    )
    graph = aml.graph_of(aml.read_transfers(request), request)
    found = {row.account: explain(graph, str(row.account)) for row in roles.itertuples()}
    right = [found[row.account] is not None and found[row.account].collector == str(row.collector) for row in roles.itertuples()]  # type: ignore[union-attr]
    assert np.mean(right) >= 0.95
    evidence = next(iter(found.values()))
    assert evidence is not None
    assert "<svg" in plots.network(evidence.edges, evidence.collector)
    table = aml.features(accounts, request, None)
    assert len(table) == len(accounts)
    guilty = table["laundering"] == 1
    assert table.loc[guilty, "rapid movement"].mean() > table.loc[~guilty, "rapid movement"].mean()
    assert account_features(graph).shape[0] == len(graph.names)
