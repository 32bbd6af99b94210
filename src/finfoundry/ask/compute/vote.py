"""Plans of several planners, carried out and grouped by what they tell: what two come to independently is told, and of one alone what its
planner is sure enough of.

A group weighs as much as its planners together, each the share of its plans that were right on questions whose answer is known
(``benchmarks/votes.py``; ``data/votes.json``). Of two groups of which none outweighs the other neither is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from finfoundry.ask.compute.breakdown_rows import step
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.rules import Plan

Voter = Literal["reader", "concept", "line", "named", "model"]
MOVES = ("change", "direction")
RATE_TOLD = Decimal("0.0005")  # half of the last digit of a percentage as answers tell it
APART = 0.15  # what a group must weigh more than any other to be told


@dataclass(frozen=True, slots=True)
class Ballot:
    """A plan that was carried out; ``alone``: whether its planner is sure enough of it for it to be told though no other comes to it;
    ``spare``: it counts only where another plan of its planner tells the same.
    """

    voter: Voter
    plan: Plan
    rows: Sequence[Sequence[Computed]]
    alone: bool
    lacking: tuple[str, ...] = ()  # of the values asked for, those that no document holds, in words
    spare: bool = False

    @property
    def weight(self) -> float:
        """How often plans of this planner that were as sure as this one were right; of a line that the states read they say so."""
        share = shares()[self.voter if self.alone else f"{self.voter} in doubt"]
        return max(share, self.plan.sure) if self.voter == "line" and self.alone else share


@dataclass(frozen=True, slots=True)
class Group:
    """Ballots that tell the same; the first is told."""

    ballots: tuple[Ballot, ...]

    @property
    def voters(self) -> set[Voter]:
        """Its planners: two plans of one are no two opinions."""
        return {one.voter for one in self.ballots}

    @property
    def may_be_told(self) -> bool:
        """Whether two planners come to it, or one that is sure enough."""
        return len(self.voters) > 1 or any(one.alone for one in self.ballots)

    @property
    def weight(self) -> float:
        """The weight of its planners together."""
        return sum(max(one.weight for one in self.ballots if one.voter == voter) for voter in self.voters)


def grouped(ballots: Sequence[Ballot]) -> list[Group]:
    """Ballots by what they tell, the heaviest group first; of those that weigh alike in the order of their ballots."""
    groups: list[list[Ballot]] = []
    for ballot in ballots:
        same = next((group for group in groups if alike(group[0], ballot)), None)
        if same is None:
            groups.append([ballot])
        else:
            same.append(ballot)
    found = [Group(tuple(sorted(group, key=lambda one: not one.alone))) for group in groups]
    return sorted(found, key=lambda group: -group.weight)


def drawn_alike(ballots: Sequence[Ballot]) -> list[Ballot]:
    """Plans that were drawn from one model, each sure enough to be told alone where another of them tells the same; without spare ones
    that no other tells.
    """
    return [
        replace(one, alone=one.alone or len(group.ballots) > 1)
        for group in grouped(ballots)
        for one in group.ballots
        if len(group.ballots) > 1 or not one.spare
    ]


def confirmed(drawn: Sequence[Ballot], others: Sequence[Ballot]) -> bool:
    """Whether the last of some plans that were drawn from one model tells the same as one before it; or, where it may be told alone, as one
    of another planner: no more of them need be drawn.
    """
    *before, last = drawn
    return any(alike(last, one) for one in (*before, *(others if last.alone else ())))


def drawn_apart(groups: Sequence[Group]) -> bool:
    """Whether plans that were drawn from one model tell different things: a reason to ask what is meant."""
    return sum("model" in group.voters for group in groups) > 1


def chosen(groups: Sequence[Group]) -> Group | None:
    """The heaviest group, where it may be told and no other weighs about as much."""
    return groups[0] if groups and groups[0].may_be_told and len(against(groups)) == 1 else None


def may_be_told(groups: Sequence[Group]) -> bool:
    """Whether any of some groups may be told."""
    return any(group.may_be_told for group in groups)


def against(groups: Sequence[Group]) -> list[Group]:
    """The groups that stand against each other: the heaviest, and those that weigh about as much."""
    return [group for group in groups if groups[0].weight - group.weight < APART]


def settled(groups: Sequence[Group], following: Voter | None) -> bool:
    """Whether a group is chosen, and the planner that follows need not be asked: its word alone could not outweigh that, or it is the base
    model, which is slow.
    """
    if chosen(groups) is None:
        return False
    beside = groups[1].weight if len(groups) > 1 else 0.0
    return following in (None, "model") or groups[0].weight - beside - shares()[following] >= APART


def alike(one: Ballot, other: Ballot) -> bool:
    """Whether two plans tell the same, as far as it is printed: the values of one are among those of the other."""
    if one.plan.yes_no != other.plan.yes_no or _is_but_an_end(one, other) or _is_but_an_end(other, one):
        return False
    return _within(_told(one), _told(other)) or _within(_told(other), _told(one))


def _is_but_an_end(one: Ballot, other: Ballot) -> bool:
    """Whether one tells a single level, of which the other tells how it moved: that says nothing for a movement."""
    moved = other.plan.ask in MOVES and one.plan.ask not in MOVES
    ends = [computed.value for row in other.rows for computed in row] if moved else []
    told = [computed.value for row in one.rows for computed in row]
    return len(told) == 1 and told[0] in ends


@dataclass(frozen=True, slots=True)
class _Told:
    """A value with the time that it is of, whether it is a rate, and the rounding with which it is told."""

    value: Decimal
    span: FiscalSpan
    rate: bool
    rounding: Decimal


def _within(some: Sequence[_Told], all_of_them: Sequence[_Told]) -> bool:
    return all(any(_same(one, other) for other in all_of_them) for one in some)


def _same(one: _Told, other: _Told) -> bool:
    apart = abs(one.value - other.value)
    return (one.span, one.rate) == (other.span, other.rate) and apart <= max(one.rounding, other.rounding)


def _told(ballot: Ballot) -> list[_Told]:
    """What a plan tells: its values; of two times that it compares, the difference and the growth as well."""
    told = [_of(one.value, one) for row in ballot.rows for one in row]
    for row in ballot.rows if ballot.plan.ask in MOVES else ():
        first, last = row[0], row[-1]
        told.append(_of(last.value - first.value, last))
        if first.value and last.unit != "ratio":
            told.append(_Told(abs(last.value / first.value - 1), last.span, True, RATE_TOLD))
    return told


def _of(value: Decimal, computed: Computed) -> _Told:
    """A value without its sign, in which prints differ: a liability of 5, or of (5)."""
    rate = computed.unit == "ratio"
    coarsest = max(step(operand.stored.fact) for operand in computed.operands.values())
    return _Told(abs(value), computed.span, rate, RATE_TOLD if rate else coarsest)


@lru_cache(maxsize=1)
def shares() -> Mapping[str, float]:
    """The share of plans that were right by planner, as measured."""
    held = json.loads((files("finfoundry.ask") / "data" / "votes.json").read_text(encoding="utf-8"))
    return {name: float(share) for name, share in held["right"].items()}
