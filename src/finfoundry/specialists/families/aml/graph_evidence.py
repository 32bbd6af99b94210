"""The sub-graph that shows an investigator what an account took part in: a pattern, who is at its centre, by which transfers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from finfoundry.specialists.families.aml.graph import CLOSE, MOSTLY, Transfers, find_cycle, groups, two_step_ways

Pattern = Literal["fan-in", "fan-out", "cycle", "scatter-gather"]


@dataclass(frozen=True)
class GraphEvidence:
    """The sub-graph that explains one account: a pattern, who is at its centre, who takes part, by which edges."""

    account: str
    pattern: Pattern
    collector: str
    accounts: tuple[str, ...]
    edges: tuple[tuple[str, str, float, float], ...]  # source, destination, amount, time
    strength: float


def explain(graph: Transfers, account: str) -> GraphEvidence | None:
    """The strongest pattern around an account; None where it has no transfer.

    Candidates are the fan-in and fan-out around the account and around its partners, cycles and scatter-gathers through it; their
    strength is the number of different accounts, weighted by how alike the amounts are and how close the times.
    """
    graph = graph.around([account])
    if account not in graph.names:
        return None
    number = graph.names.index(account)
    near = np.flatnonzero((graph.source == number) | (graph.destination == number))
    around = {number, *graph.source[near].tolist(), *graph.destination[near].tolist()}
    fans = [_fan(graph, number, middle, inward=inward) for middle in sorted(around) for inward in (True, False)]
    found = [one for one in fans if one is not None]
    found += _cycle_of(graph, number) + _gather_of(graph, number)
    return max(found, key=lambda one: one.strength, default=None)


def _fan(graph: Transfers, account: int, middle: int, *, inward: bool) -> GraphEvidence | None:
    """The largest group of like and unusual amounts between one account and several others that the account belongs to."""
    middles, others = (graph.destination, graph.source) if inward else (graph.source, graph.destination)
    rows = np.flatnonzero(middles == middle)
    best: tuple[float, np.ndarray] | None = None
    for row in rows if account == middle else rows[others[rows] == account]:
        group = rows[np.abs(graph.amount[rows] - graph.amount[row]) <= CLOSE * abs(graph.amount[row])]
        worth = len(np.unique(others[group])) * _weight(graph, group)
        if best is None or worth > best[0]:
            best = worth, group
    if best is None or len(np.unique(others[best[1]])) < 2:
        return None
    return _evidence(graph, account, "fan-in" if inward else "fan-out", middle, best[1], best[0])


def _weight(graph: Transfers, group: np.ndarray) -> float:
    """How remarkable a group of transfers is: unusual for those who send, and close in time."""
    return 0.05 + _unusual(graph, group) + graph.span / (graph.span + float(np.ptp(graph.time[group])))


def _unusual(graph: Transfers, group: np.ndarray) -> float:
    """Share of a group's transfers whose amount is unlike most of what their source sends."""
    unlike = 0
    for row in group:
        sent = graph.amount[graph.source == graph.source[row]]
        unlike += bool((np.abs(sent - graph.amount[row]) <= CLOSE * abs(graph.amount[row])).mean() < MOSTLY)
    return unlike / max(len(group), 1)


def _cycle_of(graph: Transfers, account: int) -> list[GraphEvidence]:
    outgoing = {int(graph.source[rows[0]]): rows for rows in groups(graph.source)}
    found = []
    for row in outgoing.get(account, np.array([], dtype=np.int64)):
        path = find_cycle(graph, outgoing, int(row))
        if path:
            starter = int(graph.source[min(path, key=lambda edge: graph.time[edge])])
            rows = np.array(path)
            found.append(_evidence(graph, account, "cycle", starter, rows, (len(path) + 1) * _weight(graph, rows)))
    return found


def _gather_of(graph: Transfers, account: int) -> list[GraphEvidence]:
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


def _evidence(graph: Transfers, account: int, pattern: Pattern, collector: int, rows: np.ndarray, strength: float) -> GraphEvidence:
    rows = np.sort(rows)
    members = Counter([*graph.source[rows].tolist(), *graph.destination[rows].tolist()])
    edges = tuple(
        (graph.names[graph.source[row]], graph.names[graph.destination[row]], float(graph.amount[row]), float(graph.time[row]))
        for row in rows
    )
    return GraphEvidence(
        graph.names[account], pattern, graph.names[collector], tuple(graph.names[one] for one in members), edges, float(strength)
    )
