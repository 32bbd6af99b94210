"""Fraud: transactions in time. Features look only at the past, in a file and in service alike, to the digit.

For each entity (card, customer, merchant, terminal …) and window: how many transactions, their mean amount, and how many of those
whose label is known by now were fraud. Amounts enter the sums as whole ten-thousandths: integer
sums have no order, so that a file sorted by entity and payments that come one by one give the same bits (``windows``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from finfoundry.core import cancellation
from finfoundry.core.errors import InputError
from finfoundry.specialists.families.fraud.timeline import DAY, LONGEST, WINDOWS, Hole, Timeline, day
from finfoundry.specialists.families.fraud.windows import (
    Ledger,
    Payment,
    View,
    clock,
    deviation,
    entity_features,
    names_of,
    unexplained,
    whole,
)
from finfoundry.specialists.inputs.schema import Schema
from finfoundry.specialists.inputs.table import need, times
from finfoundry.specialists.inputs.target import outcomes, texts_of
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.metrics import COMMON, average_precision, precision_at, recall_at
from finfoundry.specialists.models.specialist import TrainingRequest

_LARGEST = 1e12  # an amount in units of money; more is an error
_MANY = 20_000  # rows; with more, looking up the past key by key saves nothing


def microseconds(column: pd.Series) -> np.ndarray:
    """Times as whole microseconds since 1970, int64 of shape (rows,); plain numbers count as seconds. A missing time is the least int64, or
    0 in a column of plain numbers.
    """
    found = times(column)
    if pd.api.types.is_numeric_dtype(found):
        return np.asarray(np.round(found.fillna(0).to_numpy(dtype=np.float64) * 1e6), dtype=np.int64)
    if found.dt.tz is not None:
        found = found.dt.tz_convert(None)
    return np.asarray(found.to_numpy().astype("datetime64[us]"), dtype=np.int64)


@dataclass(frozen=True)
class Remembered:
    """Transactions that windows look back on. ``odd``: no amount explains them; ``rows``: for each entity, the row numbers of each
    key, shape (n,); ``at`` (microseconds) and ``odd`` (bool) have shape (rows,).
    """

    table: pd.DataFrame
    at: np.ndarray
    odd: np.ndarray
    rows: tuple[dict[object, np.ndarray], ...]

    def before(self, first: int, table: pd.DataFrame, entities: tuple[str, ...]) -> np.ndarray:
        """Numbers of the rows strictly before ``first`` (microseconds) that share an entity with the table, ascending: shape (n,). Of all
        earlier rows where the table is long.
        """
        if len(table) > _MANY:
            return np.flatnonzero(self.at < first)
        none = np.empty(0, dtype=np.int64)
        found = [known.get(key, none) for name, known in zip(entities, self.rows, strict=True) for key in _keys(table, name).unique()]
        together = np.unique(np.concatenate([none, *found]))
        return np.asarray(together[self.at[together] < first])


def recall(history: pd.DataFrame, request: TrainingRequest) -> Remembered:
    """Earlier transactions, ready to go before others. Raises InputError: a column is missing."""
    need_windows(history, request)
    history = history[readable(history, request)].reset_index(drop=True)
    _, odd = _sorted_pasts(history, request)
    places = [history.groupby(_keys(history, name), sort=False).indices for name in request.entities]
    rows: tuple[dict[object, np.ndarray], ...] = tuple({key: np.asarray(found) for key, found in one.items()} for one in places)
    return Remembered(history, microseconds(history[str(request.time)]), odd, rows)


def features(table: pd.DataFrame, request: TrainingRequest, past: Remembered | Ledger | None) -> pd.DataFrame:
    """The causal features of every row, in the table's order, with the file's own columns in addition (entities and target left out).

    Of what is remembered the part that lies before the table's first transaction goes before it. A ledger holds the rows already.

    Raises InputError: a column is missing, or no row has a readable time.
    """
    need_windows(table, request)
    timed = readable(table, request)
    if not timed.all():  # such a row is refused later; it must not be part of the past of others
        if not timed.any():
            raise InputError(f"No row has a readable time in the column {request.time!r}")
        return features(table[timed], request, past).reindex(table.index)
    made = _from_ledger(table, request, past) if isinstance(past, Ledger) else _from_tables(table, request, past)
    columns = pd.DataFrame(made, columns=names_of(request.entities), index=table.index)
    drop = {*request.entities, str(request.amount), *columns.columns}
    return pd.concat([table[[name for name in table if name not in drop]], columns], axis=1)


def _from_ledger(table: pd.DataFrame, request: TrainingRequest, ledger: Ledger) -> np.ndarray:
    """Shape (rows, features)."""
    at, amounts, keys = microseconds(table[str(request.time)]), _amounts(table, request), _all_keys(table, request)
    ledger.fetch(key for found in keys for key in enumerate(found))
    rows = zip(at.tolist(), keys, amounts.tolist(), strict=True)
    return np.array([_features(ledger, *row) for row in rows]).reshape(len(table), len(names_of(request.entities)))


def _features(ledger: Ledger, at: int, keys: tuple[str, ...], amount: float) -> list[float]:
    cancellation.check()
    return ledger.features(at, keys, amount)


def _from_tables(table: pd.DataFrame, request: TrainingRequest, past: Remembered | None) -> np.ndarray:
    """Shape (rows, features)."""
    joined, start, known = table, 0, np.empty(0, dtype=bool)
    if past is not None and len(past.table):
        earlier = past.before(int(microseconds(table[str(request.time)]).min()), table, request.entities)
        joined, start, known = pd.concat([past.table.iloc[earlier], table], ignore_index=True), len(earlier), past.odd[earlier]
    pasts, odd = _sorted_pasts(joined, request)
    odd[:start] = known  # their own past may not be all here
    at = microseconds(joined[str(request.time)])[start:]
    amount = _amounts(joined, request)[start:]
    made = np.empty((len(table), len(names_of(request.entities))))
    made[:, :3] = [[*clock(int(now)), value] for now, value in zip(at, amount, strict=True)]
    width = (made.shape[1] - 3) // len(pasts)
    for number, one in enumerate(pasts):
        cancellation.check()
        first = 3 + number * width
        for row, found in enumerate(one.features(odd, start)):
            made[row, first : first + width] = found
    return made


def payments_of(table: pd.DataFrame, request: TrainingRequest) -> list[Payment]:
    """Rows as payments, with their labels where the table has them; they are readable (``unreadable``)."""
    ids = texts_of(table[request.id]).tolist() if request.id and request.id in table else [f"row {row}" for row in table.index]
    at, labels, keys = microseconds(table[str(request.time)]).tolist(), _labels(table, request).tolist(), _all_keys(table, request)
    units = [whole(amount) for amount in _amounts(table, request).tolist()]
    return [
        Payment(id_, moment, key, unit, fraud=None if label < 0 else label == 1)
        for id_, moment, key, unit, label in zip(ids, at, keys, units, labels, strict=True)
    ]  # fmt: skip


def check(
    table: pd.DataFrame, request: TrainingRequest, schema: Schema, past: Remembered | Ledger | None
) -> tuple[dict[int, str], list[str]]:
    """Rows (from 0) whose amount is none, or before which the known history ends too early, with why; and where the history has holes."""
    refused = unreadable(table, request, schema)
    at = microseconds(table[str(request.time)])
    timed = np.flatnonzero(readable(table, request))
    timeline = past.timeline if isinstance(past, Ledger) else None
    if isinstance(past, Remembered):
        timeline = Timeline.of(round(request.delay_days * DAY), [*past.at.tolist(), *at[timed].tolist()])
    if timeline is None:
        return refused, []
    holes: dict[Hole, int] = {}
    for row in timed.tolist():
        now = int(at[row])
        if why := timeline.blind(now):
            refused.setdefault(row, f"column {request.time!r}: {why}")
        elif hole := timeline.hole_before(now):
            holes[hole] = holes.get(hole, 0) + 1
    told = [f"No payment is known between {day(start)} and {day(end)}: {rows} rows look into that" for (start, end), rows in holes.items()]
    return refused, told


def unreadable(table: pd.DataFrame, request: TrainingRequest, schema: Schema) -> dict[int, str]:
    """Rows (from 0) whose amount is none, with why."""
    name, amounts = str(request.amount), _amounts(table, request)
    lowest = next((column.low for column in schema if column.name == "amount"), 0.0)
    wrong = ~np.isfinite(amounts) | (np.abs(amounts) > _LARGEST) | ((amounts < 0) & (lowest >= 0))
    return {int(row): f"column {name!r}: {table[name].iloc[row]!r} is no amount of a payment" for row in np.flatnonzero(wrong)}


def shape_of(request: TrainingRequest) -> str:
    """What decides the windows: specialists that agree in it look back on one state."""
    told = [list(request.entities), request.amount, request.delay_days]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _all_keys(table: pd.DataFrame, request: TrainingRequest) -> list[tuple[str, ...]]:
    return list(zip(*(_keys(table, name).tolist() for name in request.entities), strict=True))


def need_windows(table: pd.DataFrame, request: TrainingRequest) -> None:
    """Raises InputError: a column of the windows is missing."""
    if not request.time or not request.amount or not request.entities:
        raise InputError("The family fraud needs --time, --amount and at least one --entity")
    for name in (*request.entities, request.amount, request.time):
        need(table, name, "input of the windows")


def readable(table: pd.DataFrame, request: TrainingRequest) -> np.ndarray:
    """Whether each row has a time: bool of shape (rows,)."""
    found = times(table[str(request.time)])
    return np.asarray(np.isfinite(found) if pd.api.types.is_numeric_dtype(found) else found.notna())


def _keys(table: pd.DataFrame, entity: str) -> pd.Series:
    """An entity's cells as text, whether a file holds them as text or as numbers; a missing one is a key of its own."""
    return texts_of(table[entity]).where(table[entity].notna(), "")


def _amounts(table: pd.DataFrame, request: TrainingRequest) -> np.ndarray:
    return np.asarray(pd.to_numeric(table[str(request.amount)], errors="coerce").to_numpy(dtype=np.float64))


def _sorted_pasts(table: pd.DataFrame, request: TrainingRequest) -> tuple[list[_Sorted], np.ndarray]:
    """Each entity's transactions, and which rows no amount explains."""
    at = microseconds(table[str(request.time)])
    units = np.array([whole(value) for value in _amounts(table, request)], dtype=np.int64).reshape(-1, 2)
    fraud = _labels(table, request)
    pasts = [_Sorted(_keys(table, entity), at, units, fraud, request.delay_days) for entity in request.entities]
    apart = np.stack([past.deviations() for past in pasts], axis=1)
    return pasts, np.array([unexplained(row) for row in apart.tolist()], dtype=bool)


def _labels(joined: pd.DataFrame, request: TrainingRequest) -> np.ndarray:
    """1, 0, or -1 where unknown. The event is that of training: a few rows do not show which of two values it is."""
    if request.target not in joined:
        return np.full(len(joined), -1, dtype=np.int8)
    return outcomes(joined[request.target], request.event)


class _Sorted:
    """One entity's transactions sorted by entity and time: every sum of a window is a difference of two running sums."""

    def __init__(self, keys: pd.Series, at: np.ndarray, units: np.ndarray, fraud: np.ndarray, delay_days: float) -> None:
        code = pd.factorize(keys)[0].astype(np.int64)
        self.order = np.lexsort((at, code))
        self.delay = round(delay_days * DAY)
        self.unit = next(unit for unit in (1_000_000, 1_000, 1) if not (at % unit).any() and not self.delay % unit)
        width = (int(at.max() - at.min()) + LONGEST + self.delay + DAY) // self.unit
        if int(code.max() + 1) * width > 2**62:
            raise InputError("There are too many entities over too long a time for one file", remedy="Split the file by time")
        self.at, self.units = at[self.order], units[self.order]
        self.edge = code[self.order] * width
        self.place = self.edge + (self.at - at.min()) // self.unit  # one number line: entity, then time
        self.now = np.searchsorted(self.place, self.place, side="left")  # strictly earlier
        fraud = fraud[self.order]
        self.known = np.flatnonzero(fraud >= 0)
        self.hit = (fraud[self.known] == 1).astype(np.int64)
        self.labelled = self.place[self.known]
        tenths = self.units[:, 1]
        self.sums = [_running(part) for part in (self.units[:, 0], tenths, tenths * tenths)]
        of_frauds = tenths[self.known] * self.hit
        self.frauds = [_running(part) for part in (self.hit, of_frauds, of_frauds * tenths[self.known])]

    def _since(self, line: np.ndarray, width: int) -> np.ndarray:
        """How many of a number line lie before the row's time less ``width``, never past the entity's edge."""
        return np.asarray(np.searchsorted(line, np.maximum(self.place - width // self.unit, self.edge), side="left"))

    def usual(self) -> np.ndarray:
        """Count, tenths and squares over the longest window without known frauds, int64 of shape (rows, 3)."""
        first, till = self._since(self.place, LONGEST), self._since(self.labelled, self.delay)
        since = np.minimum(self._since(self.labelled, LONGEST), till)
        counts = [self.now - first, *(part[self.now] - part[first] for part in self.sums[1:])]
        return np.stack([all_ - (part[till] - part[since]) for all_, part in zip(counts, self.frauds, strict=True)], axis=1)

    def deviations(self) -> np.ndarray:
        """``deviation`` of every row's amount, in the order of the file: shape (rows,)."""
        found = np.empty(len(self.order))
        pairs = zip(self.units[:, 1].tolist(), self.usual().tolist(), strict=True)
        found[self.order] = [deviation(tenths, (usual[0], usual[1], usual[2])) for tenths, usual in pairs]
        return found

    def features(self, odd: np.ndarray, start: int) -> Iterator[list[float]]:
        """Features of the rows from ``start`` on, in the order of the file. ``odd``: rows that no amount explains, bool, shape (rows,)."""
        unexplained_ = _running(self.hit * odd[self.order][self.known])
        till = self._since(self.labelled, self.delay)
        windows, labels = [], []
        for width in WINDOWS.values():
            first, since = self._since(self.place, width), self._since(self.labelled, self.delay + width)
            windows.append(np.stack([self.now - first, self.sums[0][self.now] - self.sums[0][first]], axis=1))
            labels.append(np.stack([till - since, *(part[till] - part[since] for part in (self.frauds[0], unexplained_))], axis=1))
        recent = np.maximum(till - 3, np.searchsorted(self.labelled, self.edge, side="left"))
        latest = np.stack([till - recent, self.frauds[0][till] - self.frauds[0][recent]], axis=1)
        usual, last, last_fraud = self.usual(), self._last(), self._last_fraud()
        back = np.empty(len(self.order), dtype=np.int64)
        back[self.order] = np.arange(len(self.order))
        for row in back[start:].tolist():
            view = View(
                [tuple(part[row].tolist()) for part in windows], [tuple(part[row].tolist()) for part in labels],
                tuple(usual[row].tolist()), tuple(latest[row].tolist()), int(last[row]), int(last_fraud[row]),
            )  # fmt: skip
            yield entity_features(int(self.at[row]), (int(self.units[row, 0]), int(self.units[row, 1])), view)

    def _last(self) -> np.ndarray:
        begin = np.searchsorted(self.place, self.edge, side="left")
        return np.where(self.now > begin, self.at[np.maximum(self.now - 1, 0)], -1)

    def _last_fraud(self) -> np.ndarray:
        rows = self.known[self.hit == 1]
        if not len(rows):
            return np.full(len(self.place), -1)
        before, begin = self._since(self.place[rows], self.delay), np.searchsorted(self.place[rows], self.edge, side="left")
        return np.where(before > begin, self.at[rows][np.maximum(before - 1, 0)], -1)


def _running(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(values, dtype=np.int64)])


def keep(table: pd.DataFrame, request: TrainingRequest) -> pd.DataFrame:
    """The transactions that the longest window and the delay of labels still reach back to."""
    columns = [*([request.id] if request.id else []), str(request.time), *request.entities, str(request.amount), request.target]
    at = microseconds(table[str(request.time)])
    recent = at >= at.max() - 2 * LONGEST - round(request.delay_days * DAY)
    kept = table.loc[recent, columns]
    return pd.DataFrame((kept.drop_duplicates(request.id) if request.id else kept).reset_index(drop=True))


CLASSIFIER = Classifier(
    name="fraud",
    purpose="Ranks transactions by the chance of fraud, so that a limited number of alerts goes to people.",
    scorecard="scorecard",
    trees="trees",
    champion="trees",
    metrics={
        **COMMON,
        "average_precision": average_precision,
        "precision_at_0.1_percent": precision_at(0.001),
        "recall_at_1_percent": recall_at(0.01),
    },
    features=features,
    labels_delayed=True,
    keep=keep,
    recall=recall,
    check=check,
    required=("time", "amount", "entities"),
    alerts=0.01,
)
