"""A graph of transfers: typed features of each account, and the sub-graph that shows what an account took part in.

All features are of patterns that the literature on laundering names (Altman et al. 2023, arXiv:2306.16424): fan-in, fan-out, cycle,
scatter-gather, rapid movement, and amounts that repeat. No label enters a feature.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Pattern = Literal["fan-in", "fan-out", "cycle", "scatter-gather"]
_LONGEST_CYCLE = 5
_BRANCHES = 12  # edges followed from one account in the search for cycles
_SPAN = 0.1  # of the whole period: what counts as close in time
_MOSTLY = 0.5  # of an account's transfers: what it usually sends
_CLOSE = 0.2  # the relative difference of two amounts that count as alike


_OF_PARTNERS = (
    "in fan in unusual max", "out fan out unusual max", "in share unusual", "out share unusual", "in amount min", "out amount min",
    "in usual min", "out usual min", "in partners", "out partners",
)  # fmt: skip


@dataclass(frozen=True)
class Transfers:
    """Edges in order of time. Accounts are numbered from 0; ``names`` gives them back."""

    source: np.ndarray
    destination: np.ndarray
    amount: np.ndarray
    time: np.ndarray
    names: tuple[str, ...]

    @property
    def span(self) -> float:
        """What counts as close in time."""
        return float(self.time.max() - self.time.min()) * _SPAN if len(self.time) else 0.0


@dataclass(frozen=True)
class Evidence:
    """The sub-graph that explains one account: a pattern, who stands in its middle, who takes part, by which edges."""

    account: str
    pattern: Pattern
    collector: str
    accounts: tuple[str, ...]
    edges: tuple[tuple[str, str, float, float], ...]  # source, destination, amount, time
    strength: float


def transfers(source: Sequence[str], destination: Sequence[str], amount: np.ndarray, time: np.ndarray) -> Transfers:
    """Edges from columns, sorted by time."""
    codes, names = pd.factorize(np.concatenate([np.asarray(source, dtype=object), np.asarray(destination, dtype=object)]))
    order = np.argsort(time, kind="stable")
    half = len(source)
    return Transfers(codes[:half][order], codes[half:][order], amount[order], time[order], tuple(str(name) for name in names))


def edge_features(graph: Transfers) -> dict[str, np.ndarray]:
    """What each edge is part of: the company it keeps at its two ends.

    ``usual``: share of its source's transfers that have a like amount. ``fan in``: how many others pay the same destination close in
    time; ``alike``: at any time with a like amount; ``unusual``: those of them for whom the amount is unlike what they mostly send.
    ``fan out`` the same from the source's side; ``repeated``: like amounts between the same two; ``rank``: of the amount among all.
    """
    usual = _usual(graph)
    found = {"usual": usual, "rank": pd.Series(graph.amount).rank(pct=True).to_numpy(), "repeated": np.zeros(len(usual))}
    for name, middle, others in (("fan in", graph.destination, graph.source), ("fan out", graph.source, graph.destination)):
        counts = _company(graph, middle, others, usual < _MOSTLY, found["repeated"])
        found |= {name: counts[0], f"{name} alike": counts[1], f"{name} unusual": counts[2]}
    return found


def _usual(graph: Transfers) -> np.ndarray:
    share = np.zeros(len(graph.source))
    for rows in _groups(graph.source):
        amounts = graph.amount[rows]
        for row, amount in zip(rows, amounts, strict=True):
            share[row] = (np.abs(amounts - amount) <= _CLOSE * abs(amount)).mean()
    return share


def _company(graph: Transfers, middle: np.ndarray, others: np.ndarray, unusual: np.ndarray, repeated: np.ndarray) -> np.ndarray:
    """Counts of shape (3, edges) of different accounts at the other end: close in time; alike; alike and unusual."""
    near, counts = graph.span, np.zeros((3, len(middle)))
    for rows in _groups(middle):
        at, ends, amounts, odd = graph.time[rows], others[rows], graph.amount[rows], unusual[rows]
        first, last = np.searchsorted(at, at - near, side="left"), np.searchsorted(at, at + near, side="right")
        for place, row in enumerate(rows):
            similar = np.abs(amounts - amounts[place]) <= _CLOSE * abs(amounts[place])
            counts[:, row] = (
                len(set(ends[first[place] : last[place]].tolist())),
                len(set(ends[similar].tolist())),
                len(set(ends[similar & odd].tolist())),
            )
            repeated[row] = max(repeated[row], (similar & (ends == ends[place])).sum())
    return counts


def _groups(keys: np.ndarray) -> list[np.ndarray]:
    """Row numbers of each key, in their order."""
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
    """What an account's partners are like: of each feature the greatest, mean and (where small is telling) least among them."""
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
    """Max, mean or min over an account's edges; NaN where it has none."""
    grouped = pd.Series(values).groupby(ends).agg(how)
    return np.asarray(grouped.reindex(range(accounts)).to_numpy(dtype=np.float64))


def _rapid(graph: Transfers, accounts: int) -> np.ndarray:
    """Share of what came in that left again within the span."""
    moved, received = np.zeros(accounts), np.bincount(graph.destination, weights=graph.amount, minlength=accounts)
    outgoing = {int(graph.source[rows[0]]): rows for rows in _groups(graph.source)}
    for rows in _groups(graph.destination):
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
    """The length of the longest cycle through an account in order of time, up to five; 0 where there is none."""
    found = np.zeros(accounts)
    outgoing = {int(graph.source[rows[0]]): rows for rows in _groups(graph.source)}
    for rows in outgoing.values():
        for row in rows[:_BRANCHES]:
            path = find_cycle(graph, outgoing, int(row))
            if path:
                members = graph.source[path]
                found[members] = np.maximum(found[members], len(path))
    return found


def find_cycle(graph: Transfers, outgoing: dict[int, np.ndarray], first: int) -> list[int]:
    """Edges from ``first`` back to where it starts, of like amounts and close in time; [] if there is none.

    The start may lie anywhere in the cycle, so that the order of times is not asked for.
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
        for row in rows[near & (np.abs(graph.amount[rows] - amount) <= _CLOSE * abs(amount))][:_BRANCHES].tolist():
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


def two_step_ways(graph: Transfers, sources: Iterable[int] | None = None, least: int = 3) -> dict[int, dict[int, set[int]]]:
    """source → destination → the accounts between, where at least ``least`` different ones pass a like amount on close in time."""
    outgoing = {int(graph.source[rows[0]]): rows for rows in _groups(graph.source)}
    result: dict[int, dict[int, set[int]]] = {}
    for source in outgoing if sources is None else sources:
        rows = outgoing.get(source)
        if rows is None or len(rows) < least:
            continue
        ways: dict[int, set[int]] = defaultdict(set)
        for row, middle in zip(rows.tolist(), graph.destination[rows].tolist(), strict=True):
            for end in _passed_on(graph, outgoing, row):
                if end not in (source, middle):
                    ways[end].add(middle)
        wide = {end: middles for end, middles in ways.items() if len(middles) >= least}
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
    return list(graph.destination[part[np.abs(graph.amount[part] - amount) <= _CLOSE * abs(amount)]].tolist())


def explain(graph: Transfers, account: str) -> Evidence | None:
    """The strongest pattern around an account; None where it has no transfer.

    Candidates are the fan-in and fan-out around the account and around its partners, cycles and scatter-gathers through it; their
    strength is the number of different accounts, weighted by how alike the amounts are and how close the times.
    """
    if account not in graph.names:
        return None
    number = graph.names.index(account)
    near = np.flatnonzero((graph.source == number) | (graph.destination == number))
    if not len(near):
        return None
    around = {number, *graph.source[near].tolist(), *graph.destination[near].tolist()}
    found = [
        one for middle in around for one in (_fan(graph, number, middle, inward=True), _fan(graph, number, middle, inward=False)) if one
    ]
    found += _cycle_of(graph, number) + _gather_of(graph, number)
    return max(found, key=lambda one: one.strength, default=None)


def _fan(graph: Transfers, account: int, middle: int, *, inward: bool) -> Evidence | None:
    """The largest group of like and unusual amounts between one account and several others that the account belongs to."""
    middles, others = (graph.destination, graph.source) if inward else (graph.source, graph.destination)
    rows = np.flatnonzero(middles == middle)
    best: tuple[float, np.ndarray] | None = None
    for row in rows if account == middle else rows[others[rows] == account]:
        group = rows[np.abs(graph.amount[rows] - graph.amount[row]) <= _CLOSE * abs(graph.amount[row])]
        worth = len(np.unique(others[group])) * _weight(graph, group)
        if best is None or worth > best[0]:
            best = worth, group
    if best is None or len(np.unique(others[best[1]])) < 2:
        return None
    return _evidence(graph, account, "fan-in" if inward else "fan-out", middle, best[1], best[0])


def _weight(graph: Transfers, group: np.ndarray) -> float:
    """How remarkable a group of transfers is: unusual for those who send, and close in time."""
    period = float(graph.time[-1] - graph.time[0]) or 1.0
    return 0.05 + _unusual(graph, group) + 1 - float(np.ptp(graph.time[group])) / period


def _unusual(graph: Transfers, group: np.ndarray) -> float:
    """Share of a group's transfers whose amount is unlike most of what their source sends."""
    unlike = 0
    for row in group:
        sent = graph.amount[graph.source == graph.source[row]]
        unlike += bool((np.abs(sent - graph.amount[row]) <= _CLOSE * abs(graph.amount[row])).mean() < _MOSTLY)
    return unlike / max(len(group), 1)


def _cycle_of(graph: Transfers, account: int) -> list[Evidence]:
    outgoing = {int(graph.source[rows[0]]): rows for rows in _groups(graph.source)}
    found = []
    for row in outgoing.get(account, np.array([], dtype=np.int64)):
        path = find_cycle(graph, outgoing, int(row))
        if path:
            starter = int(graph.source[min(path, key=lambda edge: graph.time[edge])])
            rows = np.array(path)
            found.append(_evidence(graph, account, "cycle", starter, rows, (len(path) + 1) * _weight(graph, rows)))
    return found


def _gather_of(graph: Transfers, account: int) -> list[Evidence]:
    found = []
    before = set(graph.source[graph.destination == account].tolist())
    sources = {account} | before | set(graph.source[np.isin(graph.destination, list(before))].tolist())
    for source, ways in two_step_ways(graph, sources).items():
        for end, middles in ways.items():
            if account in (source, end) or account in middles:
                within = np.isin(graph.source, list(middles)) & (graph.destination == end) | (graph.source == source) & np.isin(
                    graph.destination, list(middles)
                )
                rows = np.flatnonzero(within)
                found.append(_evidence(graph, account, "scatter-gather", end, rows, 2 * len(middles) * _weight(graph, rows)))
    return found


def _evidence(graph: Transfers, account: int, pattern: Pattern, collector: int, rows: np.ndarray, strength: float) -> Evidence:
    rows = np.sort(rows)
    members = Counter([*graph.source[rows].tolist(), *graph.destination[rows].tolist()])
    edges = tuple(
        (graph.names[graph.source[row]], graph.names[graph.destination[row]], float(graph.amount[row]), float(graph.time[row]))
        for row in rows
    )
    return Evidence(
        graph.names[account], pattern, graph.names[collector], tuple(graph.names[one] for one in members), edges, float(strength)
    )
