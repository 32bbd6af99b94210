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
from finfoundry.specialists.target import outcomes

DAY = 86_400_000_000  # microseconds; times are whole microseconds
WINDOWS = {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
LONGEST = max(WINDOWS.values())
_AMOUNT = 10_000  # an amount's unit in the sums
_MOST = 10_000_000  # tenths: larger amounts count as this in the squares, so that 64 bits hold them
_UNUSUAL = 2.0  # standard deviations
_MANY = 20_000  # rows; with more, looking up the past key by key saves nothing
Units = tuple[int, int]  # an amount in ten-thousandths and in tenths
Sums = tuple[int, int, int]
Known = tuple[int, int, int, int]


@dataclass(slots=True)
class Past:
    """What is known of one entity: its transactions by time, and its known labels, with running sums (the first entry is 0)."""

    at: list[int] = field(default_factory=list)
    sums: list[Sums] = field(default_factory=lambda: [(0, 0, 0)])  # amounts, tenths, squares of tenths
    labelled: list[int] = field(default_factory=list)
    known: list[Known] = field(default_factory=lambda: [(0, 0, 0, 0)])  # frauds, their tenths and squares, those that no amount explains
    frauds: list[int] = field(default_factory=list)  # times


@dataclass(frozen=True, slots=True)
class View:
    """What one entity's past says at one moment, in whole numbers. ``last`` and ``last_fraud`` are times, -1 where there is none."""

    windows: list[tuple[int, int]]  # count, amounts
    labels: list[tuple[int, int, int]]  # known labels, frauds, frauds that no amount explains
    usual: tuple[int, int, int]  # count, tenths, squares of tenths over the longest window, without known frauds
    recent: tuple[int, int]  # of the last three known labels: how many there are, how many are frauds
    last: int
    last_fraud: int


def names_of(entities: tuple[str, ...]) -> list[str]:
    """The features in their order, without what the file itself brings."""
    found = ["hour", "weekday", "amount"]
    for entity in entities:
        found += [f"{entity} seconds since last", f"{entity} seconds since known fraud", f"{entity} last labels"]
        found += [f"{entity} amount deviation", f"{entity} amount to usual", f"{entity} usual spread"]
        for window in WINDOWS:
            found += [f"{entity} count {window}", f"{entity} mean amount {window}", f"{entity} amount to mean {window}"]
            found += [f"{entity} frauds known {window}", f"{entity} fraud rate known {window}", f"{entity} unexplained frauds {window}"]
    return found


def deviation(tenths: int, usual: tuple[int, int, int]) -> float:
    """How many standard deviations (plus one unit of money) an amount lies above what is usual; NaN with fewer than two."""
    count, total, squares = usual
    if count < 2:
        return float("nan")
    spread = (max(count * squares - total * total, 0) / (count * count)) ** 0.5
    return float((tenths - total / count) / (spread + 10))


def unexplained(deviations: list[float]) -> bool:
    """No amount of this transaction is unusual for any of its entities: were it fraud, the amount would not show it."""
    return not any(one > _UNUSUAL for one in deviations)


def _entity_features(now: int, units: Units, view: View) -> list[float]:
    """From whole numbers to floats: the only arithmetic on floats, shared by file and stream."""
    cents, tenths = units
    count, total, squares = view.usual
    nan = float("nan")
    found = [
        (now - view.last) / 1e6 if view.last >= 0 else nan,
        (now - view.last_fraud) / 1e6 if view.last_fraud >= 0 else nan,
        view.recent[1] / view.recent[0] if view.recent[0] else nan,
        deviation(tenths, view.usual),
        (tenths + 10) * count / (total + 10 * count) if count and total + 10 * count > 0 else nan,
        (max(count * squares - total * total, 0) / (count * count)) ** 0.5 / 10 if count else nan,
    ]
    for (count, amounts), (labelled, frauds, odd) in zip(view.windows, view.labels, strict=True):
        found += [float(count), amounts / (count * _AMOUNT) if count else nan, cents * count / amounts if amounts else nan]
        found += [float(frauds), (frauds + 0.01) / (labelled + 1.0), float(odd)]
    return found


class Stream:
    """The features of one transaction after the other, with state. Transactions come in order of time; labels in order of their time."""

    def __init__(self, entities: tuple[str, ...], delay_days: float) -> None:
        self._entities = entities
        self._delay = round(delay_days * DAY)
        self._past: dict[tuple[int, object], Past] = defaultdict(Past)
        self._waiting: dict[object, tuple[int, tuple[object, ...], int, bool]] = {}  # id → what its label will need

    def features(self, id_: object, at: int, keys: tuple[object, ...], amount: float) -> list[float]:
        """The features of a transaction at ``at`` (microseconds), from strictly earlier ones; then it becomes part of the past.

        Raises:
            InputError: it lies before one that was already seen.
        """
        units = whole(amount)
        found, deviations = [*clock(at), amount], []
        for number, key in enumerate(keys):
            past = self._past[number, key]
            view = self._view(past, at)
            deviations.append(deviation(units[1], view.usual))
            found += _entity_features(at, units, view)
            if past.at and at < past.at[-1]:
                raise InputError("A transaction lies before one that was already seen", remedy="Send transactions in order of time")
            amounts, tenths, squares = past.sums[-1]
            past.at.append(at)
            past.sums.append((amounts + units[0], tenths + units[1], squares + units[1] ** 2))
        self._waiting[id_] = at, keys, units[1], unexplained(deviations)
        return found

    def _view(self, past: Past, at: int) -> View:
        now, known = bisect_left(past.at, at), bisect_left(past.labelled, at - self._delay)
        end, told = past.sums[now], past.known[known]
        windows, labels = [], []
        for width in WINDOWS.values():
            first = bisect_left(past.at, at - width, 0, now)
            windows.append((now - first, end[0] - past.sums[first][0]))
            since = bisect_left(past.labelled, at - self._delay - width, 0, known)
            labels.append((known - since, told[0] - past.known[since][0], told[3] - past.known[since][3]))
        since = min(bisect_left(past.labelled, at - LONGEST), known)
        recent = max(known - 3, 0)
        fraud = bisect_left(past.frauds, at - self._delay)
        usual = (
            now - first - (told[0] - past.known[since][0]),
            end[1] - past.sums[first][1] - (told[1] - past.known[since][1]),
            end[2] - past.sums[first][2] - (told[2] - past.known[since][2]),
        )
        latest = (known - recent, told[0] - past.known[recent][0])
        return View(windows, labels, usual, latest, past.at[now - 1] if now else -1, past.frauds[fraud - 1] if fraud else -1)

    def label(self, id_: object, fraud: bool) -> None:
        """What became known of a transaction; it counts from its time + delay on. Raises InputError: unknown, or out of order."""
        if id_ not in self._waiting:
            raise InputError(f"No transaction {id_!r} waits for its label", remedy="Send the transaction first, its label once")
        at, keys, tenths, odd = self._waiting.pop(id_)
        for number, key in enumerate(keys):
            past = self._past[number, key]
            if past.labelled and at < past.labelled[-1]:
                raise InputError("A label lies before one that was already known", remedy="Send labels in order of their transactions")
            frauds, total, squares, unusual = past.known[-1]
            past.labelled.append(at)
            hit = int(fraud)
            past.known.append((frauds + hit, total + hit * tenths, squares + hit * tenths**2, unusual + hit * odd))
            if fraud:
                past.frauds.append(at)


def whole(amount: float) -> Units:
    """An amount in whole units; a missing one counts as 0."""
    if amount != amount or abs(amount) == float("inf"):
        return 0, 0
    return round(amount * _AMOUNT), max(min(round(amount * 10), _MOST), -_MOST)


def clock(at: int) -> tuple[float, float]:
    """Hour of the day with fraction, and day of the week (0 = Monday; 1970-01-01 was a Thursday)."""
    return at % DAY / (DAY / 24), float((at // DAY + 3) % 7)


def microseconds(column: pd.Series) -> np.ndarray:
    """Times as whole microseconds since 1970, int64; plain numbers count as seconds. A missing time is the least number."""
    found = times(column)
    if pd.api.types.is_numeric_dtype(found):
        return np.asarray(np.round(found.fillna(0).to_numpy(dtype=np.float64) * 1e6), dtype=np.int64)
    if found.dt.tz is not None:
        found = found.dt.tz_convert(None)
    return np.asarray(found.to_numpy().astype("datetime64[us]"), dtype=np.int64)


@dataclass(frozen=True)
class Remembered:
    """Transactions that windows look back on. ``odd``: no amount explains them; ``rows``: for each entity, where each key stands."""

    table: pd.DataFrame
    at: np.ndarray
    odd: np.ndarray
    rows: tuple[dict[object, np.ndarray], ...]

    def before(self, first: int, table: pd.DataFrame, entities: tuple[str, ...]) -> np.ndarray:
        """Rows strictly before ``first`` that share an entity with the table; all earlier rows where the table is long."""
        if len(table) > _MANY:
            return np.flatnonzero(self.at < first)
        none = np.empty(0, dtype=np.int64)
        found = [known.get(key, none) for name, known in zip(entities, self.rows, strict=True) for key in _keys(table, name).unique()]
        together = np.unique(np.concatenate([none, *found]))
        return np.asarray(together[self.at[together] < first])


def recall(history: pd.DataFrame, request: Request) -> Remembered:
    """Earlier transactions, ready to go before others. Raises InputError: a column is missing."""
    _need(history, request)
    history = history[_readable(history, request)].reset_index(drop=True)
    _, odd = _sorted_pasts(history, request)
    places = [history.groupby(_keys(history, name), sort=False).indices for name in request.entities]
    rows: tuple[dict[object, np.ndarray], ...] = tuple({key: np.asarray(found) for key, found in one.items()} for one in places)
    return Remembered(history, microseconds(history[str(request.time)]), odd, rows)


def features(table: pd.DataFrame, request: Request, past: Remembered | None) -> pd.DataFrame:
    """The causal features of every row, in the table's order, with the file's own columns beside (entities and target left out).

    The part of ``past`` that lies before the table's first transaction goes before it.
    """
    _need(table, request)
    readable = _readable(table, request)
    if not readable.all():  # such a row is refused later; it must not stand in the past of others
        if not readable.any():
            raise InputError(f"No row has a readable time in the column {request.time!r}")
        return features(table[readable], request, past).reindex(table.index)
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
        first = 3 + number * width
        for row, found in enumerate(one.features(odd, start)):
            made[row, first : first + width] = found
    columns = pd.DataFrame(made, columns=names_of(request.entities), index=table.index)
    drop = {*request.entities, str(request.amount), *columns.columns}
    return pd.concat([table[[name for name in table if name not in drop]], columns], axis=1)


def _need(table: pd.DataFrame, request: Request) -> None:
    if not request.time or not request.amount or not request.entities:
        raise InputError("The family fraud needs --time, --amount and at least one --entity")
    for name in (*request.entities, request.amount, request.time):
        need(table, name, "input of the windows")


def _readable(table: pd.DataFrame, request: Request) -> np.ndarray:
    found = times(table[str(request.time)])
    return np.asarray(np.isfinite(found) if pd.api.types.is_numeric_dtype(found) else found.notna())


def _keys(table: pd.DataFrame, entity: str) -> pd.Series:
    """An entity's cells; a missing one is a key of its own."""
    return table[entity].astype(object).where(table[entity].notna(), "")


def _amounts(table: pd.DataFrame, request: Request) -> np.ndarray:
    return np.asarray(pd.to_numeric(table[str(request.amount)], errors="coerce").to_numpy(dtype=np.float64))


def _sorted_pasts(table: pd.DataFrame, request: Request) -> tuple[list[_Sorted], np.ndarray]:
    """Each entity's transactions, and which rows no amount explains."""
    at = microseconds(table[str(request.time)])
    units = np.array([whole(value) for value in _amounts(table, request)], dtype=np.int64).reshape(-1, 2)
    fraud = _labels(table, request)
    pasts = [_Sorted(_keys(table, entity), at, units, fraud, request.delay_days) for entity in request.entities]
    apart = np.stack([past.deviations() for past in pasts], axis=1)
    return pasts, np.array([unexplained(row) for row in apart.tolist()], dtype=bool)


def _labels(joined: pd.DataFrame, request: Request) -> np.ndarray:
    """1, 0, or -1 where unknown. The event is that of training: a few rows do not tell which of two values it is."""
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
        """Of every row, in the order of the file."""
        found = np.empty(len(self.order))
        pairs = zip(self.units[:, 1].tolist(), self.usual().tolist(), strict=True)
        found[self.order] = [deviation(tenths, (usual[0], usual[1], usual[2])) for tenths, usual in pairs]
        return found

    def features(self, odd: np.ndarray, start: int) -> Iterator[list[float]]:
        """Of the rows from ``start`` on, in the order of the file. ``odd``: rows whose amount explains nothing."""
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
            yield _entity_features(int(self.at[row]), (int(self.units[row, 0]), int(self.units[row, 1])), view)

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


def keep(table: pd.DataFrame, request: Request) -> pd.DataFrame:
    """The transactions that the longest window and the delay of labels still reach back to."""
    columns = [str(request.time), *request.entities, str(request.amount), request.target]
    at = microseconds(table[str(request.time)])
    recent = at >= at.max() - 2 * LONGEST - round(request.delay_days * DAY)
    return pd.DataFrame(table.loc[recent, columns].reset_index(drop=True))


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
    recall=recall,
    required=("time", "amount", "entities"),
    alerts=0.01,
)
