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


def read_transfers(request: Request, path: Path | None = None) -> pd.DataFrame:
    """The transfers of a request as a table; ``path`` in place of the file that it names. Raises InputError."""
    if not (request.source and request.destination and request.amount and (path or request.transactions)):
        raise InputError("The family aml needs --transactions, --source, --destination and --amount")
    return read_table(path or Path(str(request.transactions)), (request.source, request.destination))


def graph_of(table: pd.DataFrame, request: Request) -> Transfers:
    """A table of transfers as a graph, in order of time; without a column of times, in the order of the table.

    Raises:
        InputError: a column is missing, or an amount is no number.
    """
    source, destination = need(table, str(request.source), "source"), need(table, str(request.destination), "destination")
    amount = pd.to_numeric(need(table, str(request.amount), "amount"), errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(amount) | source.isna() | destination.isna())
    if len(wrong):
        raise InputError(
            f"The transfers, row {wrong[0] + 1}: no {request.source!r}, no {request.destination!r}, or {request.amount!r} is no number"
        )
    named = _time_column(table, request)
    time = _moments(table[named]) if named else np.arange(len(table), dtype=np.float64)
    if np.isnan(time).any():
        raise InputError(f"The transfers, row {int(np.isnan(time).argmax()) + 1}, column {named!r}: no readable time")
    return transfers(source.astype(str).tolist(), destination.astype(str).tolist(), amount, time)


def _time_column(table: pd.DataFrame, request: Request) -> str | None:
    return request.time if request.time in table else next((name for name in map(str, table.columns) if name.lower() in _TIMES), None)


def _moments(column: pd.Series) -> np.ndarray:
    """Plain numbers as they are (steps, days); dates in days."""
    found = times(column)
    if pd.api.types.is_numeric_dtype(found):
        return np.asarray(found, dtype=np.float64)
    return np.where(found.isna(), np.nan, microseconds(column) / 86_400e6)


def keep(_table: pd.DataFrame, request: Request) -> pd.DataFrame:
    """The transfers, with the columns that the graph is made of."""
    table = read_transfers(request)
    named = _time_column(table, request)
    return pd.DataFrame(table[[str(request.source), str(request.destination), str(request.amount), *([named] if named else [])]])


def recall(table: pd.DataFrame, request: Request) -> pd.DataFrame:
    """What the graph of a table of transfers says of each account."""
    return account_features(graph_of(table, request))


def features(table: pd.DataFrame, request: Request, past: pd.DataFrame | None) -> pd.DataFrame:
    """The columns of the accounts, and beside them what the graph says of each; an account without transfers has empty cells.

    ``past``: of ``recall``; in training it is made of the file that the request names.
    """
    accounts = need(table, request.id, "account id").astype(str) if request.id else _key(table, request)
    known = recall(read_transfers(request), request) if past is None else past
    made = known.reindex(accounts.to_numpy())
    made.index = table.index
    return pd.concat([table[[name for name in table if name not in made]], made], axis=1)


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
    keep=keep,
    recall=recall,
    required=("transactions", "source", "destination", "amount"),
    alerts=0.05,
)
