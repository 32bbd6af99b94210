"""Fraud: transactions in time. Features look only at the past, in a file and in a stream alike, to the digit.

For each entity (card, customer, merchant, terminal …) and window: how many transactions, their mean amount, and how many of those
whose label is known by now were fraud. Amounts enter the sums as whole ten-thousandths, and their logarithms as whole millionths:
integer sums have no order, so that a file sorted by entity and a stream by time give the same bits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.family import Family
from finfoundry.specialists.metrics import COMMON, average_precision, precision_at, recall_at
from finfoundry.specialists.specialist import Request
from finfoundry.specialists.table import need, times

DAY = 86_400_000_000  # microseconds; times are whole microseconds
WINDOWS = {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
_AMOUNT, _LOG = 10_000, 1_000_000  # the units of the integer sums


@dataclass(slots=True)
class Past:
    """What is known of one entity: its transactions by time, with running sums (the first entry is 0), and its known labels."""

    at: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=lambda: [0])
    logs: list[int] = field(default_factory=lambda: [0])
    squares: list[int] = field(default_factory=lambda: [0])
    labelled: list[int] = field(default_factory=list)
    frauds: list[int] = field(default_factory=lambda: [0])


def names_of(entities: tuple[str, ...]) -> list[str]:
    """The features in their order, without what the file itself brings."""
    found = ["hour", "weekday", "amount"]
    for entity in entities:
        found += [f"{entity} seconds since last", f"{entity} amount deviation"]
        for window in WINDOWS:
            found += [f"{entity} count {window}", f"{entity} mean amount {window}", f"{entity} amount to mean {window}"]
            found += [f"{entity} frauds known {window}", f"{entity} fraud rate known {window}"]
    return found


def _entity_features(
    now: int, cents: int, log: int, sums: list[tuple[int, int, int, int]], frauds: list[tuple[int, int]], last: int
) -> list[float]:
    """From integer sums to floats; the only arithmetic on floats, shared by file and stream. Sums: count, amounts, logs, squares."""
    count, _, logs, squares = sums[-1]
    found = [float(now - last) / 1e6 if last >= 0 else np.nan]
    if count > 1:
        variance = max(count * squares - logs * logs, 0) / (count * count)
        deviation = (log * count - logs) / count / (variance**0.5 + 0.1 * _LOG)
    else:
        deviation = np.nan
    found.append(deviation)
    for (count, amounts, _, _), (labelled, fraud) in zip(sums, frauds, strict=True):
        mean = amounts / (count * _AMOUNT) if count else np.nan
        found += [float(count), mean, cents * count / amounts if amounts else np.nan]
        found += [float(fraud), (fraud + 0.01) / (labelled + 1.0)]
    return found


class Stream:
    """The features of one transaction after the other, with state. Transactions come in order of time; labels in order of their time."""

    def __init__(self, entities: tuple[str, ...], delay_days: float) -> None:
        self._entities = entities
        self._delay = round(delay_days * DAY)
        self._past: dict[tuple[int, object], Past] = defaultdict(Past)

    def features(self, at: int, keys: tuple[object, ...], amount: float) -> list[float]:
        """The features of a transaction at ``at`` (microseconds), from strictly earlier ones; then it becomes part of the past."""
        cents, log = whole(amount)
        found = [*clock(at), amount]
        for number, key in enumerate(keys):
            past = self._past[number, key]
            now = bisect_left(past.at, at)
            sums, frauds = [], []
            for width in WINDOWS.values():
                first = bisect_left(past.at, at - width, 0, now)
                sums.append((
                    now - first, past.amounts[now] - past.amounts[first], past.logs[now] - past.logs[first], past.squares[now] - past.squares[first],
                ))  # fmt: skip
                known = bisect_left(past.labelled, at - self._delay)
                since = bisect_left(past.labelled, at - self._delay - width, 0, known)
                frauds.append((known - since, past.frauds[known] - past.frauds[since]))
            found += _entity_features(at, cents, log, sums, frauds, past.at[now - 1] if now else -1)
            self._add(past, at, cents, log)
        return found

    @staticmethod
    def _add(past: Past, at: int, cents: int, log: int) -> None:
        if past.at and at < past.at[-1]:
            raise InputError("A transaction lies before one that was already seen", remedy="Send transactions in order of time")
        past.at.append(at)
        past.amounts.append(past.amounts[-1] + cents)
        past.logs.append(past.logs[-1] + log)
        past.squares.append(past.squares[-1] + log * log)

    def label(self, at: int, keys: tuple[object, ...], fraud: bool) -> None:
        """What became known of the transaction that took place at ``at``; it counts from ``at`` + delay on."""
        for number, key in enumerate(keys):
            past = self._past[number, key]
            if past.labelled and at < past.labelled[-1]:
                raise InputError("A label lies before one that was already known", remedy="Send labels in order of their transactions")
            past.labelled.append(at)
            past.frauds.append(past.frauds[-1] + int(fraud))


def whole(amount: float) -> tuple[int, int]:
    """An amount, and the logarithm of 1 + its size, as whole units; a missing amount counts as 0."""
    if amount != amount or abs(amount) == float("inf"):
        return 0, 0
    return round(amount * _AMOUNT), round(float(np.log1p(abs(amount))) * _LOG)


def clock(at: int) -> tuple[float, float]:
    """Hour of the day with fraction, and day of the week (0 = Monday; 1970-01-01 was a Thursday)."""
    return at % DAY / (DAY / 24), float((at // DAY + 3) % 7)


def microseconds(column: pd.Series) -> np.ndarray:
    """Times as whole microseconds since 1970, int64; plain numbers count as seconds. A missing time is the least number."""
    found = times(column)
    if pd.api.types.is_numeric_dtype(found):
        return np.round(found.fillna(0).to_numpy(dtype=np.float64) * 1e6).astype(np.int64)
    if found.dt.tz is not None:
        found = found.dt.tz_convert(None)
    return found.to_numpy().astype("datetime64[us]").astype(np.int64)


def features(table: pd.DataFrame, request: Request, history: pd.DataFrame | None) -> pd.DataFrame:
    """The causal features of every row, in the table's order, with the file's own columns beside (entities and target left out).

    ``history`` goes before the table unless the table reaches back into it.
    """
    if not request.time or not request.amount or not request.entities:
        raise InputError("The family fraud needs --time, --amount and at least one --entity")
    for name in (*request.entities, request.amount, request.time):
        need(table, name, "input of the windows")
    joined, start = _with_history(table, request, history)
    at = microseconds(joined[request.time])
    amount = pd.to_numeric(joined[request.amount], errors="coerce").to_numpy(dtype=np.float64)
    units = np.array([whole(value) for value in amount], dtype=np.int64).reshape(-1, 2)
    fraud = _labels(joined, request)
    rows: list[list[float]] = [[*clock(int(now)), value] for now, value in zip(at[start:], amount[start:], strict=True)]
    for entity in request.entities:
        for row, found in zip(rows, _windows(joined[entity], at, units, fraud, request.delay_days, start), strict=True):
            row += found
    made = pd.DataFrame(rows, columns=names_of(request.entities), index=table.index, dtype=np.float64)
    drop = [name for name in (*request.entities, request.amount) if name in table]
    beside = table.drop(columns=drop)
    return pd.concat([beside[[name for name in beside if name not in made]], made], axis=1)


def _with_history(table: pd.DataFrame, request: Request, history: pd.DataFrame | None) -> tuple[pd.DataFrame, int]:
    if history is None or not len(history):
        return table, 0
    first, last = microseconds(table[str(request.time)]).min(), microseconds(history[str(request.time)]).max()
    if first <= last:
        return table, 0
    return pd.concat([history, table], ignore_index=True), len(history)


def _labels(joined: pd.DataFrame, request: Request) -> np.ndarray:
    """1, 0, or -1 where unknown. The event is the rarer value, as in training."""
    from finfoundry.specialists.target import event_of, outcomes

    if request.target not in joined or joined[request.target].dropna().nunique() != 2:
        if request.target not in joined:
            return np.full(len(joined), -1, dtype=np.int8)
        cells = pd.to_numeric(joined[request.target], errors="coerce")
        return cells.fillna(-1).to_numpy().astype(np.int8)
    return outcomes(joined[request.target], event_of(joined[request.target], request.target))


def _windows(keys: pd.Series, at: np.ndarray, units: np.ndarray, fraud: np.ndarray, delay_days: float, start: int) -> Iterator[list[float]]:
    """The features of one entity for the rows from ``start`` on, by sorted running sums."""
    codes = pd.factorize(keys)[0].astype(np.int64)
    order = np.lexsort((at, codes))
    moments, code = at[order], codes[order]
    base, span = int(at.min()) if len(at) else 0, int(at.max() - at.min()) + 1 if len(at) else 1
    width = span + int((delay_days + 31) * DAY)
    place = code * width + (moments - base)  # one number line: entity, then time
    if len(place) and int(code.max() + 1) * width > 2**62:
        raise InputError("There are too many entities over too long a time for one file", remedy="Split the file by time")
    log = units[order, 1]
    sums = [np.concatenate([[0], np.cumsum(part)]) for part in (units[order, 0], log, log * log)]
    known = np.flatnonzero(fraud[order] >= 0)
    labelled, frauds = place[known], np.concatenate([[0], np.cumsum(fraud[order][known], dtype=np.int64)])
    now = np.searchsorted(place, place, side="left")  # strictly earlier
    begin = np.searchsorted(place, code * width, side="left")
    delay = round(delay_days * DAY)
    edge, counts, labels = code * width, [], []
    for window in WINDOWS.values():
        first = np.searchsorted(place, np.maximum(place - window, edge), side="left")
        counts.append(np.stack([now - first, *(part[now] - part[first] for part in sums)], axis=1))
        till = np.searchsorted(labelled, np.maximum(place - delay, edge), side="left")
        since = np.searchsorted(labelled, np.maximum(place - delay - window, edge), side="left")
        labels.append(np.stack([till - since, frauds[till] - frauds[since]], axis=1))
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    last = np.where(now > begin, moments[np.maximum(now - 1, 0)], -1)
    for row in back[start:].tolist():
        yield _entity_features(
            int(moments[row]), int(units[order[row], 0]), int(log[row]),
            [tuple(part[row].tolist()) for part in counts], [tuple(part[row].tolist()) for part in labels], int(last[row]),
        )  # fmt: skip


def keep(table: pd.DataFrame, request: Request) -> pd.DataFrame:
    """The transactions that the longest window and the delay of labels still reach back to."""
    columns = [str(request.time), *request.entities, str(request.amount), request.target]
    at = microseconds(table[str(request.time)])
    recent = at >= at.max() - max(WINDOWS.values()) - round(request.delay_days * DAY)
    return table.loc[recent, columns].reset_index(drop=True)


FAMILY = Family(
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
    keep=keep,
    required=("time", "amount", "entities"),
)
