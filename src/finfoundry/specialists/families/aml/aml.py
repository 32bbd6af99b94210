"""Money laundering: features of the transfer graph, boosted trees, and the sub-graph that an investigator looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.aml.graph import Transfers, account_features, transfers
from finfoundry.specialists.families.fraud.fraud import microseconds
from finfoundry.specialists.inputs.dates import read_times
from finfoundry.specialists.inputs.schema import amounts_of, infer, other_unit
from finfoundry.specialists.inputs.table import need, read_table
from finfoundry.specialists.inputs.target import texts_of
from finfoundry.specialists.models.classifier import Classifier, PastOnRecord
from finfoundry.specialists.models.metrics import COMMON, average_precision, precision_at, recall_at
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest

_TIMES = ("time", "timestamp", "datetime", "date", "step", "tx_datetime", "时间", "日期")
MOST_KEPT = 200_000  # transfers, or accounts with days of their own, that the record of a batch keeps
_LARGEST = 1e12  # an amount in units of money; more is an error


@dataclass(frozen=True)
class KnownTransfers:
    """Transfers that accounts are judged by. ``as_of``: the moment up to which they count, for all accounts; None: each row's own.

    ``dated``: whether times are dates, which are then days since 1970.
    """

    graph: Transfers
    dated: bool
    as_of: float | None = None
    of_training: bool = True  # the transfers that the specialist keeps, so that a replay finds them again

    @cached_property
    def whole(self) -> pd.DataFrame:
        """Of every account, up to ``as_of``."""
        return account_features(self.graph if self.as_of is None else self.graph.until(self.as_of))

    def of(self, accounts: Sequence[str], moments: np.ndarray | None) -> pd.DataFrame:
        """Features, one row for each account, empty where it had no transfer by then.

        ``moments``: up to when transfers of each count, shape (accounts,), NaN where not known; None: up to ``as_of`` for all.
        """
        if moments is None:
            return self.whole.reindex(list(accounts))
        names, found = np.asarray(accounts, dtype=object), []
        for moment in np.unique(moments[~np.isnan(moments)]).tolist():
            rows = np.flatnonzero(moments == moment)
            made = account_features(self.graph.until(moment).around(names[rows])).reindex(names[rows])
            found.append(made.set_axis(rows))
        columns = found[0].columns if found else account_features(self.graph.around(())).columns
        return pd.concat(found).reindex(range(len(names))) if found else pd.DataFrame(columns=columns, index=range(len(names)), dtype=float)


def read_transfers(request: TrainingRequest, path: Path | None = None) -> pd.DataFrame:
    """The transfers of a request as a table; ``path`` in place of the file that it names. Raises InputError."""
    if not (request.source and request.destination and request.amount and (path or request.transactions)):
        raise InputError("The family aml needs --transactions, --source, --destination and --amount")
    return read_table(path or Path(str(request.transactions)), (request.source, request.destination))


def graph_of(table: pd.DataFrame, request: TrainingRequest) -> Transfers:
    """A table of transfers as a graph, in order of time.

    Raises:
        InputError: a column is missing, a cell is no amount that somebody can be paid or no time, or a time lies in the future.
    """
    source, destination = need(table, str(request.source), "source"), need(table, str(request.destination), "destination")
    cells = need(table, str(request.amount), "amount")
    clock = table[time_column(table, request)]
    amount, (time, dated) = amounts_of(cells), moments_of(clock, request)
    _refuse(cells, ~np.isfinite(amount), "{!r} is no amount")
    _refuse(cells, (amount <= 0) | (amount > _LARGEST), "{!r} is no amount of a transfer")
    for ends in (source, destination):
        _refuse(ends, ends.isna().to_numpy(), "no account")
    _refuse(clock, np.isnan(time), "{!r} is no readable time")
    if dated:
        _refuse(clock, time > pd.Timestamp.now(tz="UTC").timestamp() / 86_400, "{} lies in the future")
    return transfers(texts_of(source).tolist(), texts_of(destination).tolist(), amount, time, request.window_days)


def _refuse(cells: pd.Series, wrong: np.ndarray, why: str) -> None:
    """Raises InputError for the first cell that is wrong."""
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(f"The transfers, row {row + 1}, column {cells.name!r}: {why.format(cells.iloc[row])}")


def time_column(table: pd.DataFrame, request: TrainingRequest) -> str:
    """The column of the transfers' times. Raises InputError: there is none."""
    wanted = (request.transfer_time, request.time)
    named = next((name for name in wanted if name and name in table), None)
    found = named or next((name for name in map(str, table.columns) if name.lower() in _TIMES), None)
    if found is None or (request.transfer_time and request.transfer_time not in table):
        raise InputError("The transfers have no column of times", remedy="Name it with --transfer-time")
    return found


def moments_of(column: pd.Series, request: TrainingRequest) -> tuple[np.ndarray, bool]:
    """Times, NaN where a cell is none, and whether they are dates, then in days since 1970; plain numbers stay as they are (steps, days).

    Raises InputError as ``read_times``.
    """
    found, _ = read_times(column, str(column.name), request.date_order)
    if pd.api.types.is_numeric_dtype(found):
        return np.asarray(found, dtype=np.float64), False
    return np.where(found.isna(), np.nan, microseconds(found) / 86_400e6), True


def keep(_table: pd.DataFrame, request: TrainingRequest) -> pd.DataFrame:
    """The transfers, with the columns that the graph is made of."""
    table = read_transfers(request)
    return pd.DataFrame(table[[str(request.source), str(request.destination), str(request.amount), time_column(table, request)]])


def recall(table: pd.DataFrame, request: TrainingRequest) -> KnownTransfers:
    """A table of transfers, ready for accounts to be judged by."""
    return KnownTransfers(graph_of(table, request), moments_of(table[time_column(table, request)], request)[1])


def moment_of(text: str, known: KnownTransfers, request: TrainingRequest) -> float:
    """A date or a number as the transfers have them. Raises InputError."""
    given = pd.Series([text], name="--as-of")
    numbers = pd.to_numeric(given, errors="coerce")
    found, _ = moments_of(given if known.dated else numbers, request)
    if np.isnan(found[0]) or (known.dated and numbers.notna()[0] and len(text) != len("20240131")):
        kind = "date, as those of the transfers" if known.dated else "number, as the times of the transfers"
        raise InputError(f"--as-of {text!r} is no {kind}")
    return float(found[0])


def known_of(made: Specialist, given: Path | pd.DataFrame | None, as_of: str | None) -> KnownTransfers:
    """The transfers of a file or a table, or those of training, up to a day where one is given.

    Raises InputError, as for amounts in another unit.
    """
    if given is not None:
        table = read_transfers(made.request, given) if isinstance(given, Path) else given
        known = replace(recall(table, made.request), of_training=False)
        _same_unit(made, known)
    else:
        known = made.past = made.past if isinstance(made.past, KnownTransfers) else recall(made.history, made.request)
    return known if as_of is None else replace(known, as_of=moment_of(as_of, known, made.request))


def noted(known: KnownTransfers) -> dict[str, object]:
    """What the record of a batch says of the transfers, for a replay."""
    return {"transfers": "of training" if known.of_training else "given", "as_of": known.as_of}


def kept(known: KnownTransfers, request: TrainingRequest, table: pd.DataFrame, ids: Sequence[str], good: np.ndarray) -> dict[str, Any]:
    """What the record says besides ``noted``, so that features can be made again: the rows' own days (``days``, by id), and of transfers
    that were given those which the features of the scored rows rest on (``edges``). ``left_out``: why something is not kept.
    ``good``: numbers of the scored rows, shape (n,).

    Raises InputError as ``features``.
    """
    moments = _moments(table, request, known)
    if not request.id or (moments is None and known.of_training):
        return {}
    scored = [ids[row] for row in good.tolist()]
    days = None if moments is None else moments[good]
    told: dict[str, Any] = {} if days is None else {"days": dict(zip(scored, days.tolist(), strict=True))}
    if not known.of_training:
        latest = known.as_of if days is None else float(days.max(initial=-np.inf))
        part = (known.graph if latest is None else known.graph.until(latest)).around(scored)
        ends = {"source": part.source.tolist(), "destination": part.destination.tolist()}
        told["edges"] = {"names": list(part.names), **ends, "amount": part.amount.tolist(), "time": part.time.tolist()}
    count = max(len(told.get("days", ())), len(told["edges"]["amount"]) if "edges" in told else 0)
    if count > MOST_KEPT:
        return {"left_out": f"features: they rest on {count:,} days or transfers that were given; a record keeps {MOST_KEPT:,}"}
    return told


def remade(made: Specialist, batch: Mapping[str, Any], beside: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """Ids of recorded accounts whose features come out otherwise from the transfers; None where these are not on record.

    ``batch`` as ``noted``, ``beside`` as ``kept``.
    """
    as_of, days = batch.get("as_of"), beside.get("days")
    here = batch.get("transfers") == "of training" or "edges" in beside
    if not here or not made.request.id or (made.request.time and as_of is None and days is None):
        return None
    ids = [str(entry["id"]) for entry in entries]
    known = replace(_given(beside["edges"], made.request) if "edges" in beside else known_of(made, None, None), as_of=as_of)
    found = known.of(ids, None if days is None else np.array([days[one] for one in ids], dtype=np.float64))
    names = [column.name for column in made.schema if column.made]
    wanted = np.array(
        [[np.nan if (cell := entry["inputs"][name]) is None else cell for name in names] for entry in entries], dtype=np.float64
    )
    same = np.all((wanted == found[names].to_numpy()) | (np.isnan(wanted) & np.isnan(found[names].to_numpy())), axis=1)
    return [str(entry["id"]) for entry, right in zip(entries, same, strict=True) if not right]


def _given(edges: Mapping[str, Any], request: TrainingRequest) -> KnownTransfers:
    """Transfers as ``kept`` wrote them."""
    source, destination = (np.array(edges[end], dtype=np.int64) for end in ("source", "destination"))
    amount, time = (np.array(edges[name], dtype=np.float64) for name in ("amount", "time"))
    return KnownTransfers(Transfers(source, destination, amount, time, tuple(edges["names"]), request.window_days), dated=False)


def _same_unit(made: Specialist, known: KnownTransfers) -> None:
    before = pd.DataFrame({"amount": amounts_of(made.history[str(made.request.amount)])})
    if told := other_unit(infer(before, ()).columns[0], known.graph.amount):
        raise InputError(f"The transfers, column {made.request.amount!r}: {told}")


def features(table: pd.DataFrame, request: TrainingRequest, past: KnownTransfers | None) -> pd.DataFrame:
    """The columns of the accounts, and what the transfers say of each up to its time; an account without transfers has empty cells.

    ``past``: of ``recall``; in training it is made of the file that the request names.

    Raises InputError: a column is missing, none identifies the accounts, or their times and those of the transfers are not of one kind.
    """
    accounts = texts_of(need(table, request.id, "account id")) if request.id else _key(table, request)
    known = recall(read_transfers(request), request) if past is None else past
    made = known.of(accounts.tolist(), _moments(table, request, known))
    made.index = table.index
    return pd.concat([table[[name for name in table if name not in made]], made], axis=1)


def _moments(table: pd.DataFrame, request: TrainingRequest, known: KnownTransfers) -> np.ndarray | None:
    """The moment as of which each row is judged, shape (rows,); None: one for all. Raises InputError: times of two kinds."""
    if known.as_of is not None or not request.time:
        return None
    cells = need(table, request.time, "time")
    moments, dated = moments_of(cells, request)
    if dated != known.dated and cells.notna().any():
        raise InputError(f"The times in {request.time!r} and those of the transfers are not of one kind: dates, and plain numbers")
    return moments


def _key(table: pd.DataFrame, request: TrainingRequest) -> pd.Series:
    """Without --id: the first column whose values are all different."""
    for name in table:
        if name != request.target and table[name].is_unique:
            return table[name].astype(str)
    raise InputError("No column of the accounts has a different value in each row", remedy="Name the account's column with --id")


CLASSIFIER = Classifier(
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
    undated="No --time was given: features count every transfer, those after an account was found out too; name the day of each judgement",
    alerts=0.05,
    on_record=PastOnRecord("transfers", lambda made: known_of(made, None, None), noted, kept, remade),
)
