"""Columns cut into bins by optimal binning, with their weight of evidence.

Cuts come from ``optbinning`` (Navas-Palencia 2020, arXiv:2001.08025); what it found is frozen into plain numbers, so that scoring and
replay need no solver. Weight of evidence here rises with risk: ln(odds in the bin / odds overall), shrunk towards 0 where rows are few:
to the rows of a bin ``PRIOR_ROWS`` are added with the overall rate (``SMOOTHING``).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from sklearn.model_selection import StratifiedKFold

from finfoundry.specialists.inputs.schema import Column, Schema, Values, take

Trend = Literal["rising", "falling", "peak", "valley", "free"]
_MOST_ROWS = 40_000  # the solver sees at most so many; counts are taken from all
_LEAST_ROWS = 60  # of a bin of numbers, but between 1 and 5 % of all: with many rows the tail can be cut finer
_LEAST_CATEGORY = 0.01  # of rows; a rare category may be the informative one
_MOST_CUTS = 20  # before the solver joins them: twice as many take four times as long, for the same information
_PARTS, _APART_ROWS = 3, 1000  # up to so many rows, numbers too are weighed by bins that a row had no part in
_PROVEN = 3.0  # standard errors that either slope of a turn needs, else the bins are monotone
PRIOR_ROWS = 4  # a bin's rate is averaged with so many rows of the overall rate
SMOOTHING = (
    f"Weight of evidence = ln(r / (1 - r)) - ln(b / (1 - b)), where b is the overall event rate of the training rows and "
    f"r = (events + {PRIOR_ROWS} b) / (rows + {PRIOR_ROWS}) that of the bin: a bin without events, or without others, has a finite weight."
)


@dataclass(frozen=True, slots=True)
class Bins:
    """One column's bins: of numbers between ``splits``, then one for each of the ``special`` codes; or of categories, where ``groups`` map
    a code to its bin. The last bin holds the missing cells. ``trend`` is that of the risk; ``status`` is what the solver said.
    """

    column: str
    splits: tuple[float, ...]
    groups: tuple[int, ...]
    labels: tuple[str, ...]
    rows: tuple[int, ...]
    events: tuple[int, ...]
    woe: tuple[float, ...]
    trend: Trend
    special: tuple[float, ...] = ()
    status: str = "OPTIMAL"

    @property
    def iv(self) -> float:
        """Information value: Σ (share of events - share of others) x weight of evidence."""
        rows, events = np.array(self.rows), np.array(self.events)
        others = rows - events
        return float(np.sum((events / max(events.sum(), 1) - others / max(others.sum(), 1)) * np.array(self.woe)))

    def index(self, cells: np.ndarray) -> np.ndarray:
        """The number of each cell's bin, from 0; cells and result have shape (rows,). Missing cells are in the last bin."""
        missing = len(self.labels) - 1
        if self.groups:
            return np.asarray(np.array([*self.groups, missing])[cells])  # code -1 takes the last entry
        at = np.where(np.isnan(cells), missing, np.searchsorted(self.splits, cells, side="right"))
        for number, code in enumerate(self.special):
            at[cells == code] = len(self.splits) + 1 + number
        return at


@dataclass(frozen=True)
class Wishes:
    """What people ask of bins: the direction of some columns, and the cuts of others, by name."""

    trends: Mapping[str, Trend] = field(default_factory=dict)
    cuts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def bin_columns(schema: Schema, values: Values, y: np.ndarray, wishes: Wishes) -> list[Bins]:
    """Bins of every column, in the schema's order. Numbers that nobody wished for are monotone unless the data prove one turn.

    ``y``: outcomes, 0 or 1, shape (rows,).
    """
    return [
        edit_column(column, values[column.name], y, wishes.cuts[column.name])
        if column.name in wishes.cuts
        else bin_column(column, values[column.name], y, wishes.trends.get(column.name, "free"))
        for column in schema
    ]


def edit_column(column: Column, cells: np.ndarray, y: np.ndarray, cuts: tuple[float, ...]) -> Bins:
    """Bins of a column of numbers by the cuts that a person gave; the trend is what the rates show.

    ``cells`` (float64, NaN = missing) and ``y`` (0 or 1) have shape (rows,).
    """
    at = np.searchsorted(cuts, cells, side="right")[~np.isnan(cells) & ~np.isin(cells, column.special)]
    trend = _trend(at, y[~np.isnan(cells) & ~np.isin(cells, column.special)], len(cuts) + 1)
    return _count(_numbers(column, cuts, trend, "GIVEN"), cells, y)


def woe_of(bins: Sequence[Bins], values: Values) -> np.ndarray:
    """Weights of evidence of each row and column, float64 of shape (rows, columns)."""
    return np.stack([np.array(one.woe)[one.index(values[one.column])] for one in bins], axis=1)


def woe_apart(bins: Sequence[Bins], schema: Schema, values: Values, y: np.ndarray, wishes: Wishes, seed: int) -> np.ndarray:
    """Weights of evidence to fit a model on, shape (rows, bins): by bins of other rows, so that a column of noise cannot look informative.

    For categories always, for numbers where rows are few; nowhere where a third of the rows might lack a class. (Cross-fitting of target
    encodings: Prokhorenkova et al. 2018, section 3.)
    """
    found = woe_of(bins, values)
    apart = [number for number, column in enumerate(schema) if column.kind == "category" or len(y) <= _APART_ROWS]
    if not apart or min(y.sum(), len(y) - y.sum()) < 10 * _PARTS:
        return found
    part = Schema(tuple(schema.columns[number] for number in apart))
    for fit, rest in StratifiedKFold(_PARTS, shuffle=True, random_state=seed).split(y, y):
        others = bin_columns(part, take(values, fit), y[fit], wishes)
        found[np.ix_(rest, apart)] = woe_of(others, take(values, rest))
    return found


def bin_column(column: Column, cells: np.ndarray, y: np.ndarray, asked: Trend = "free") -> Bins:
    """Bins of one column with the largest information value, given the least share of rows in a bin and the trend.

    ``cells`` (float64, or int32 codes of categories) and ``y`` (0 or 1) have shape (rows,).
    """
    rows = np.arange(len(y))
    if len(rows) > _MOST_ROWS:
        rows = np.random.default_rng(0).choice(rows, _MOST_ROWS, replace=False)
    if column.kind == "category":
        groups, status = _group(column, cells[rows], y[rows])
        labels = [
            " | ".join(name for name, at in zip(column.categories, groups, strict=True) if at == bin_) for bin_ in range(max(groups) + 1)
        ]
        return _count(Bins(column.name, (), tuple(groups), (*labels, "missing"), (), (), (), "free", status=status), cells, y)
    present = rows[~np.isnan(cells[rows]) & ~np.isin(cells[rows], column.special)]
    splits, trend, status = _cut(cells[present], y[present], asked)
    splits = plain_cuts(splits, cells[present])
    return _count(_numbers(column, splits, trend, status), cells, y)


def plain_cuts(cuts: Sequence[float], cells: np.ndarray) -> tuple[float, ...]:
    """The cuts in the fewest digits that part the same rows, so that what is printed is what is scored: a solver's cut between 0.22 and
    0.23, 0.22500000149, becomes 0.225. ``cells``: what was cut, without missing ones, shape (rows,).
    """
    return tuple(_plain(cut, float(cells[cells < cut].max()), float(cells[cells >= cut].min())) for cut in cuts)


def _plain(cut: float, below: float, above: float) -> float:
    """The number in the fewest digits over ``below``, up to ``above``, near a cut."""
    shorter = (float(f"{cut:.{digits}g}") for digits in range(1, 17))
    return next((one for one in shorter if below < one <= above), above)


def _printed(number: float) -> str:
    """All digits of a number, and no more: 1234567.5, 0.225, 20."""
    return str(np.format_float_positional(number, trim="-"))


def _numbers(column: Column, splits: tuple[float, ...], trend: Trend, status: str) -> Bins:
    """Bins of a column of numbers, without their rows."""
    edges = ["-∞", *map(_printed, splits), "∞"]
    labels = [f"[{low}, {high})" for low, high in pairwise(edges)] + [f"special {_printed(code)}" for code in column.special]
    return Bins(column.name, splits, (), (*labels, "missing"), (), (), (), trend, column.special, status)


def _cut(cells: np.ndarray, y: np.ndarray, asked: Trend) -> tuple[tuple[float, ...], Trend, str]:
    """Splits, the trend that they keep, and the solver's status. A turn that was not asked for needs both its slopes proven."""
    if not 0 < y.sum() < len(y) or len(np.unique(cells)) < 2:
        return (), asked, "CONSTANT"
    if asked != "free":
        name = {"rising": "ascending", "falling": "descending"}.get(asked, asked)
        splits, status = _solve("numerical", cells.astype(np.float64), y, name)
        return tuple(map(float, splits)), asked, status
    for trend in ("auto", "auto_asc_desc"):
        splits, status = _solve("numerical", cells.astype(np.float64), y, trend)
        found = _trend(np.searchsorted(splits, cells, side="right"), y, len(splits) + 1)
        if found != "free":
            break
    return tuple(map(float, splits)), found, status


def _trend(at: np.ndarray, y: np.ndarray, bins: int) -> Trend:
    """The trend of the rates over bins; free where a turn is not proven, or there is more than one, or one bin."""
    rows, events = np.bincount(at, minlength=bins), np.bincount(at, weights=y, minlength=bins)
    steps = np.sign(np.diff(events / np.maximum(rows, 1)))
    if bins > 1 and abs(steps.sum()) == bins - 1:
        return "rising" if steps[0] > 0 else "falling"
    turns = np.flatnonzero(steps[1:] != steps[:-1]) + 1
    if len(turns) != 1 or not steps.all():
        return "free"
    top = int(turns[0])
    sides = [(events[:top].sum(), rows[:top].sum()), (events[top + 1 :].sum(), rows[top + 1 :].sum())]
    if any(_apart(events[top], rows[top], *side) < _PROVEN for side in sides):
        return "free"
    return "peak" if steps[0] > 0 else "valley"


def _apart(events: float, rows: float, others: float, of: float) -> float:
    """How many standard errors two rates lie apart."""
    share = (events + others) / (rows + of)
    error = (share * (1 - share) * (1 / rows + 1 / of)) ** 0.5
    return float(abs(events / rows - others / of) / error) if error > 0 else 0.0


def _group(column: Column, codes: np.ndarray, y: np.ndarray) -> tuple[list[int], str]:
    """The bin of each category, and the solver's status; what was not seen here joins the bin whose rate is nearest to that of all."""
    present = codes >= 0
    found: list = []  # type: ignore[type-arg]
    status = "CONSTANT"
    if 0 < y[present].sum() < present.sum() and len(np.unique(codes[present])) > 1:
        found, status = _solve("categorical", codes[present].astype(object), y[present], "auto_asc_desc")
    rates = [float(y[np.isin(codes, np.asarray(members, dtype=np.int64))].mean()) for members in found]
    usual = min(range(len(rates)), key=lambda number: abs(rates[number] - y.mean()), default=0)
    groups = [usual] * len(column.categories)
    for number, members in enumerate(found):
        for code in members:
            groups[int(code)] = number
    return groups, status


def _solve(kind: str, cells: np.ndarray, y: np.ndarray, trend: str) -> tuple[list, str]:  # type: ignore[type-arg]
    """Splits, or groups of codes, and what the solver said."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # optbinning and its solvers warn of their own future
        from optbinning import OptimalBinning

        least = min(max(_LEAST_ROWS / len(y), 0.01), 0.05) if kind == "numerical" else _LEAST_CATEGORY
        binning = OptimalBinning(dtype=kind, monotonic_trend=trend, time_limit=20, min_prebin_size=least, max_n_prebins=_MOST_CUTS)
        binning.fit(cells, y)
        return (list(binning.splits) if binning.status in ("OPTIMAL", "FEASIBLE") else []), str(binning.status)


def _count(empty: Bins, cells: np.ndarray, y: np.ndarray) -> Bins:
    """The bins with rows, events and weights of evidence."""
    at = empty.index(cells)
    rows = np.bincount(at, minlength=len(empty.labels))
    events = np.bincount(at, weights=y, minlength=len(empty.labels))
    base = y.mean()
    rate = np.clip((events + PRIOR_ROWS * base) / (rows + PRIOR_ROWS), 1e-9, 1 - 1e-9)
    woe = np.where(rows == 0, 0.0, np.log(rate / (1 - rate)) - np.log(base / (1 - base)))
    return replace(
        empty,
        rows=tuple(int(n) for n in rows),
        events=tuple(int(n) for n in events),
        woe=tuple(float(w) for w in woe),
        trend=empty.trend if empty.splits else "free",
    )
