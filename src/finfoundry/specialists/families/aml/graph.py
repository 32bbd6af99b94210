"""A graph of transfers: typed features of each account.

All features are of patterns that the literature on laundering names (Altman et al. 2023, arXiv:2306.16424): fan-in, fan-out, cycle,
scatter-gather, rapid movement, and amounts that repeat. No label enters a feature. A feature of an account looks at the transfers of the
accounts within two steps of it and at no others (``Transfers.around``), so that strangers change nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

HOPS = 2  # how far from an account the accounts lie whose transfers its features look at
WINDOW = 10.0  # days, or steps: what counts as close in time unless it is said
_LONGEST_CYCLE = 5
_MIDDLES = 3  # accounts between two others that make a pattern
_BRANCHES = 12  # edges followed from one account in the search for cycles, the latest
MOSTLY = 0.5  # of an account's transfers: what it usually sends
CLOSE = 0.2  # the relative difference of two amounts that count as alike


_OF_PARTNERS = (
    "in fan in unusual max", "out fan out unusual max", "in share unusual", "out share unusual", "in amount min", "out amount min",
    "in usual min", "out usual min", "in partners", "out partners",
)  # fmt: skip


@dataclass(frozen=True)
class Transfers:
    """Edges in order of time. Accounts are numbered from 0 in the order of their names, which ``names`` gives back.

    ``span``: what counts as close in time, in the unit of ``time``.
    """

    source: np.ndarray
    destination: np.ndarray
    amount: np.ndarray
    time: np.ndarray
    names: tuple[str, ...]
    span: float = WINDOW

    def numbers(self, accounts: Iterable[str]) -> np.ndarray:
        """The numbers of those accounts that have a transfer, ascending: int64 of shape (n,)."""
        known = {name: number for number, name in enumerate(self.names)}
        return np.array(sorted({known[name] for name in accounts if name in known}), dtype=np.int64)

    def until(self, moment: float) -> Transfers:
        """The transfers up to a moment, that moment included."""
        return self._part(np.arange(np.searchsorted(self.time, moment, side="right")))

    def around(self, accounts: Iterable[str], hops: int = HOPS) -> Transfers:
        """The transfers of some accounts and of the accounts within ``hops`` steps of one of them."""
        near = np.zeros(len(self.names), dtype=bool)
        near[self.numbers(accounts)] = True
        for _ in range(hops):
            touched = near[self.source] | near[self.destination]
            near[self.source[touched]] = near[self.destination[touched]] = True
        return self._part(np.flatnonzero(near[self.source] | near[self.destination]))

    def _part(self, rows: np.ndarray) -> Transfers:
        both = np.concatenate([self.source[rows], self.destination[rows]])
        kept, codes = np.unique(both, return_inverse=True)
        names = tuple(self.names[number] for number in kept)
        source, destination = codes[: len(rows)], codes[len(rows) :]
        return replace(self, source=source, destination=destination, amount=self.amount[rows], time=self.time[rows], names=names)


def transfers(source: Sequence[str], destination: Sequence[str], amount: np.ndarray, time: np.ndarray, span: float = WINDOW) -> Transfers:
    """Edges from columns, sorted by time; of one moment by accounts and amount, so that the order of the rows changes nothing.

    ``amount`` and ``time`` have shape (edges,), as many as there are sources and destinations; ``span`` is in the unit of ``time``.
    """
    ends = np.concatenate([np.asarray(source, dtype=object), np.asarray(destination, dtype=object)])
    codes, names = pd.factorize(ends, sort=True)
    half = len(source)
    order = np.lexsort((amount, codes[half:], codes[:half], time))
    return Transfers(codes[:half][order], codes[half:][order], amount[order], time[order], tuple(str(name) for name in names), span)


def edge_features(graph: Transfers) -> dict[str, np.ndarray]:
    """Features of each edge by the other edges at its two ends; each is float64 of shape (edges,).

    ``usual``: share of its source's transfers that have a like amount. ``fan in``: how many others pay the same destination close in
    time; ``alike``: at any time with a like amount; ``unusual``: those of them for whom the amount is unlike what they mostly send.
    ``fan out`` the same from the source's side; ``repeated``: like amounts between the same two; ``rank``: of the amount among those that
    its source sends.
    """
    usual = _usual(graph)
    found = {
        "usual": usual,
        "rank": pd.Series(graph.amount).groupby(graph.source).rank(pct=True).to_numpy(),
        "repeated": np.zeros(len(usual)),
    }
    for name, middle, others in (("fan in", graph.destination, graph.source), ("fan out", graph.source, graph.destination)):
        counts = _company(graph, middle, others, usual < MOSTLY, found["repeated"])
        found |= {name: counts[0], f"{name} alike": counts[1], f"{name} unusual": counts[2]}
    return found


def _usual(graph: Transfers) -> np.ndarray:
    share = np.zeros(len(graph.source))
    for rows in groups(graph.source):
        amounts = graph.amount[rows]
        for row, amount in zip(rows, amounts, strict=True):
            share[row] = (np.abs(amounts - amount) <= CLOSE * abs(amount)).mean()
    return share


def _company(graph: Transfers, middle: np.ndarray, others: np.ndarray, unusual: np.ndarray, repeated: np.ndarray) -> np.ndarray:
    """Counts of shape (3, edges) of different accounts at the other end: close in time; alike; alike and unusual."""
    near, counts = graph.span, np.zeros((3, len(middle)))
    for rows in groups(middle):
        at, ends, amounts, odd = graph.time[rows], others[rows], graph.amount[rows], unusual[rows]
        first, last = np.searchsorted(at, at - near, side="left"), np.searchsorted(at, at + near, side="right")
        for place, row in enumerate(rows):
            similar = np.abs(amounts - amounts[place]) <= CLOSE * abs(amounts[place])
            counts[:, row] = (
                len(set(ends[first[place] : last[place]].tolist())),
                len(set(ends[similar].tolist())),
                len(set(ends[similar & odd].tolist())),
            )
            repeated[row] = max(repeated[row], (similar & (ends == ends[place])).sum())
    return counts


def groups(keys: np.ndarray) -> list[np.ndarray]:
    """The numbers of the rows of each different key, keys and rows ascending: arrays of shape (n,). ``keys`` has shape (rows,)."""
    order = np.argsort(keys, kind="stable")
    borders = np.flatnonzero(np.diff(keys[order])) + 1
    return list(np.split(order, borders)) if len(keys) else []


def account_features(graph: Transfers) -> pd.DataFrame:
    """One row an account, by name; every column a number."""
    accounts = len(graph.names)
    edges = edge_features(graph)
    found: dict[str, np.ndarray] = {}
    for side, ends, others in (("in", graph.destination, graph.source), ("out", graph.source, graph.destination)):
        found |= _totals(side, ends, others, graph, accounts)
        for name, value in edges.items():
            for how in ("max", "mean", "min"):
                found[f"{side} {name} {how}"] = _by_account(ends, value, accounts, how)
    found["rapid movement"] = _rapid(graph, accounts)
    found["cycle length"] = _cycles(graph, accounts)
    found["scatter-gather"] = _scatter_gather(graph, accounts)
    table = pd.DataFrame(found)
    table["in share unusual"] = table["in fan in unusual max"] / table["in partners"]
    table["out share unusual"] = table["out fan out unusual max"] / table["out partners"]
    table = pd.concat([table, _neighbours(graph, table)], axis=1)
    table.index = pd.Index(graph.names, name="account")
    return table


def _neighbours(graph: Transfers, table: pd.DataFrame) -> pd.DataFrame:
    """What an account's partners are like: of each feature the greatest, mean and (where a small value is informative) least among them."""
    found = {}
    pairs = np.unique(np.stack([graph.source, graph.destination], axis=1), axis=0)
    for side, own, other in (("in", 1, 0), ("out", 0, 1)):
        for name in _OF_PARTNERS:
            values = table[name].to_numpy()[pairs[:, other]]
            for how in ("max", "mean", "min"):
                found[f"{side} partners: {name} {how}"] = _by_account(pairs[:, own], values, len(table), how)
    return pd.DataFrame(found)


def _totals(side: str, ends: np.ndarray, others: np.ndarray, graph: Transfers, accounts: int) -> dict[str, np.ndarray]:
    pairs = np.unique(np.stack([ends, others], axis=1), axis=0)
    found = {f"{side} transfers": np.bincount(ends, minlength=accounts).astype(float)}
    found[f"{side} partners"] = np.bincount(pairs[:, 0], minlength=accounts).astype(float)
    found[f"{side} amount"] = np.bincount(ends, weights=graph.amount, minlength=accounts)
    for how in ("max", "mean", "min"):
        found[f"{side} amount {how}"] = _by_account(ends, graph.amount, accounts, how)
    first, last = (_by_account(ends, graph.time, accounts, how) for how in ("min", "max"))
    found[f"{side} days active"] = last - first
    return found


def _by_account(ends: np.ndarray, values: np.ndarray, accounts: int, how: str) -> np.ndarray:
    """Max, mean or min over an account's edges, added up in their order; NaN where it has none."""
    known = ~np.isnan(values)
    ends, values = ends[known], values[known]
    counts = np.bincount(ends, minlength=accounts)
    if how == "mean":
        found = np.bincount(ends, weights=values, minlength=accounts) / np.maximum(counts, 1)
    else:
        found = np.full(accounts, -np.inf if how == "max" else np.inf)
        (np.maximum if how == "max" else np.minimum).at(found, ends, values)
    return np.where(counts > 0, found, np.nan)


def _rapid(graph: Transfers, accounts: int) -> np.ndarray:
    """Share of what came in that left again within the span."""
    moved, received = np.zeros(accounts), np.bincount(graph.destination, weights=graph.amount, minlength=accounts)
    outgoing = {int(graph.source[rows[0]]): rows for rows in groups(graph.source)}
    for rows in groups(graph.destination):
        account = int(graph.destination[rows[0]])
        out = outgoing.get(account)
        if out is None:
            continue
        sums = np.concatenate([[0.0], np.cumsum(graph.amount[out])])
        at = graph.time[out]
        left = (
            sums[np.searchsorted(at, graph.time[rows] + graph.span, side="right")]
            - sums[np.searchsorted(at, graph.time[rows], side="left")]
        )
        moved[account] = np.minimum(left, graph.amount[rows]).sum()
    return np.asarray(moved / np.maximum(received, 1e-9))


def _cycles(graph: Transfers, accounts: int) -> np.ndarray:
    """The length of the longest cycle that an account's latest transfers lead back to it by, up to five; 0 where there is none."""
    found = np.zeros(accounts)
    outgoing = {int(graph.source[rows[0]]): rows for rows in groups(graph.source)}
    for account, rows in outgoing.items():
        found[account] = max(len(find_cycle(graph, outgoing, int(row))) for row in rows[-_BRANCHES:])
    return found


def find_cycle(graph: Transfers, outgoing: dict[int, np.ndarray], first: int) -> list[int]:
    """Edges from ``first`` back to where it starts, of like amounts and close in time; [] if there is none.

    The start may lie anywhere in the cycle, so that the order of times is not asked for. ``outgoing``: the edges that leave each account,
    by its number, shape (n,).
    """
    start, amount, at_first = int(graph.source[first]), graph.amount[first], graph.time[first]
    queue = deque([[first]])
    while queue:
        path = queue.popleft()
        at = int(graph.destination[path[-1]])
        if at == start:
            return path if len(path) > 2 else []
        if len(path) == _LONGEST_CYCLE or at not in outgoing:
            continue
        rows = outgoing[at]
        near = np.abs(graph.time[rows] - at_first) <= 2 * graph.span
        for row in rows[near & (np.abs(graph.amount[rows] - amount) <= CLOSE * abs(amount))][-_BRANCHES:].tolist():
            if int(graph.destination[row]) not in graph.source[path[1:]]:
                queue.append([*path, row])
    return []


def _scatter_gather(graph: Transfers, accounts: int) -> np.ndarray:
    """The most two-step ways from an account to one other, or to it from one other, through different accounts close in time."""
    found = np.zeros(accounts)
    for source, ways in two_step_ways(graph).items():
        for destination, middles in ways.items():
            for account in (source, destination, *middles):
                found[account] = max(found[account], len(middles))
    return found


def two_step_ways(graph: Transfers, sources: Iterable[int] | None = None) -> dict[int, dict[int, set[int]]]:
    """source → destination → the accounts between, where at least ``_MIDDLES`` different ones pass a like amount on close in time."""
    outgoing = {int(graph.source[rows[0]]): rows for rows in groups(graph.source)}
    result: dict[int, dict[int, set[int]]] = {}
    for source in outgoing if sources is None else sources:
        rows = outgoing.get(source)
        if rows is None or len(rows) < _MIDDLES:
            continue
        ways: dict[int, set[int]] = defaultdict(set)
        for row, middle in zip(rows.tolist(), graph.destination[rows].tolist(), strict=True):
            for end in _passed_on(graph, outgoing, row):
                if end not in (source, middle):
                    ways[end].add(middle)
        wide = {end: middles for end, middles in ways.items() if len(middles) >= _MIDDLES}
        if wide:
            result[source] = wide
    return result


def _passed_on(graph: Transfers, outgoing: dict[int, np.ndarray], row: int) -> list[int]:
    """Where a like amount goes on to within the span."""
    onward = outgoing.get(int(graph.destination[row]))
    if onward is None:
        return []
    at, amount = graph.time[row], graph.amount[row]
    times = graph.time[onward]
    part = onward[np.searchsorted(times, at, side="left") : np.searchsorted(times, at + graph.span, side="right")]
    return list(graph.destination[part[np.abs(graph.amount[part] - amount) <= CLOSE * abs(amount)]].tolist())
