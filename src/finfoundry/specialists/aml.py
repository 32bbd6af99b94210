"""Money laundering: features of the transfer graph, boosted trees, and the sub-graph that an investigator looks at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.family import Family
from finfoundry.specialists.fraud import microseconds
from finfoundry.specialists.graph import Transfers, account_features, transfers
from finfoundry.specialists.metrics import COMMON, average_precision, precision_at, recall_at
from finfoundry.specialists.specialist import Request
from finfoundry.specialists.table import need, read_table, times

_TIMES = ("time", "timestamp", "datetime", "date", "step", "tx_datetime", "时间", "日期")


def read_transfers(request: Request) -> Transfers:
    """The transfers of a request, in order of time; without a column of times, in the order of the file.

    Raises:
        InputError: a file or column is missing, or an amount is no number.
    """
    if not (request.transactions and request.source and request.destination and request.amount):
        raise InputError("The family aml needs --transactions, --source, --destination and --amount")
    table = read_table(Path(request.transactions))
    source, destination = need(table, request.source, "source"), need(table, request.destination, "destination")
    amount = pd.to_numeric(need(table, request.amount, "amount"), errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(amount))
    if len(wrong):
        raise InputError(f"{Path(request.transactions).name}, row {wrong[0] + 1}, column {request.amount!r}: not a number")
    named = request.time if request.time in table else next((name for name in map(str, table.columns) if name.lower() in _TIMES), None)
    time = _moments(table[named]) if named else np.arange(len(table), dtype=np.float64)
    return transfers(source.astype(str).tolist(), destination.astype(str).tolist(), amount, time)


def _moments(column: pd.Series) -> np.ndarray:
    """Plain numbers as they are (steps, days); dates in days."""
    found = times(column)
    if pd.api.types.is_numeric_dtype(found):
        return np.asarray(found, dtype=np.float64)
    return microseconds(column) / 86_400e6


def features(table: pd.DataFrame, request: Request, _history: pd.DataFrame | None) -> pd.DataFrame:
    """The columns of the accounts, and beside them what the graph says of each; an account without transfers has empty cells."""
    accounts = need(table, request.id, "account id").astype(str) if request.id else _key(table, request)
    made = account_features(read_transfers(request)).reindex(accounts.to_numpy())
    made.index = table.index
    return pd.concat([table, made], axis=1)


def _key(table: pd.DataFrame, request: Request) -> pd.Series:
    """Without --id: the first column whose values are all different."""
    for name in table:
        if name != request.target and table[name].is_unique:
            return table[name].astype(str)
    raise InputError("No column of the accounts has a different value in each row", remedy="Name the account's column with --id")


FAMILY = Family(
    name="aml",
    purpose="Ranks accounts by the chance that they take part in laundering, and shows why, for an investigator.",
    scorecard="scorecard",
    trees="trees",
    champion="trees",
    metrics={
        **COMMON,
        "average_precision": average_precision,
        "precision_at_1_percent": precision_at(0.01),
        "recall_at_5_percent": recall_at(0.05),
    },
    features=features,
    required=("transactions", "source", "destination", "amount"),
)
