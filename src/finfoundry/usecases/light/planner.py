"""Which of several models is the cheapest that suffices for a scene: asked in steps, and no longer than its answers leave any doubt.

Candidates are asked in the order of their cost, on the same items as the reference. After each step the hopeless end: those that by the
upper bound of the paired difference cannot reach the target any more. The first that reaches it by the lower bound on all items is chosen;
dearer ones need not be asked. Of several candidates one may look good by chance: the bounds of all that may be chosen hold together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from finfoundry.core.errors import InputError
from finfoundry.evals.paired import lower_difference
from finfoundry.evals.rows import Row

FIRST = 25  # items of the first step; each further one doubles them
Verdict = Literal["suffices", "loses", "hopeless", "over budget", "not asked", "reference"]
Ask = Callable[[str, int], Sequence[Row]]  # a model's rows for the first so many items


@dataclass(frozen=True, slots=True)
class Judged:
    """A model against the reference. ``lower`` and ``upper`` are one-sided bounds of the paired difference in the share right, those of all
    candidates together right in 95 % of cases.
    """

    model: str
    cost: float  # in the unit of the budget
    verdict: Verdict
    n: int = 0
    right: float = 0.0
    difference: float = 0.0
    lower: float = -1.0
    upper: float = 1.0


def steps(items: int) -> list[int]:
    """How many items are asked by each step: 25, 50, 100 … and at last all."""
    found = [FIRST]
    while found[-1] < items:
        found.append(min(items, found[-1] * 2))
    return [min(items, one) for one in found]


def judged(
    costs: Mapping[str, float], reference: str, ask: Ask, *, target: float, budget: float, items: int, every: bool = False
) -> list[Judged]:
    """The candidates in the order of their cost, the reference last. ``target``: the share of what the reference gets right that must be
    kept. ``every``: ask all of them to the end. Raises InputError for a reference that gets nothing right.
    """
    theirs = {row.id: row.correct for row in ask(reference, items)}
    right = sum(theirs.values()) / max(1, len(theirs))
    if not right:
        raise InputError(f"{reference} answers nothing rightly: there is nothing to keep", remedy="Name a better --reference")
    candidates = sorted((one for one in costs if one != reference), key=lambda one: costs[one])
    together = max(1, sum(costs[one] <= budget for one in candidates))
    asked, found, chosen = _Asked(theirs, ask, (1 - target) * right, items, every, together), list[Judged](), False
    for model in candidates:
        if costs[model] > budget and not every:
            found.append(Judged(model, costs[model], "over budget"))
        elif chosen and not every:
            found.append(Judged(model, costs[model], "not asked"))
        else:
            one = asked.of_model(model, costs[model])
            if costs[model] > budget:
                one = Judged(model, costs[model], "over budget", one.n, one.right, one.difference, one.lower, one.upper)
            found.append(one)
            chosen = chosen or one.verdict == "suffices"
    return [*found, Judged(reference, costs[reference], "reference", len(theirs), right, 0.0, 0.0, 0.0)]


@dataclass(frozen=True)
class _Asked:
    """What every candidate is held against. ``of``: bounds that must hold together."""

    theirs: Mapping[str, bool]
    ask: Ask
    margin: float
    items: int
    every: bool
    of: int

    def of_model(self, model: str, cost: float) -> Judged:
        for count in steps(self.items):
            ours = {row.id: row.correct for row in self.ask(model, count) if row.id in self.theirs}
            n = len(ours)
            gained = sum(right and not self.theirs[name] for name, right in ours.items())
            lost = sum(self.theirs[name] and not right for name, right in ours.items())
            lower, upper = lower_difference(gained, lost, n, self.of), -lower_difference(lost, gained, n, self.of)
            told = (n, sum(ours.values()) / n, (gained - lost) / n, lower, upper)
            if upper < -self.margin and not self.every:
                return Judged(model, cost, "hopeless", *told)
        return Judged(model, cost, "suffices" if lower >= -self.margin else "loses", *told)


def cheapest(found: Sequence[Judged]) -> Judged | None:
    """The one that was looked for."""
    return next((one for one in found if one.verdict == "suffices"), None)


def nearest(found: Sequence[Judged]) -> Judged | None:
    """Where none suffices: of those asked, the one whose lower bound is highest."""
    asked = [one for one in found if one.n and one.verdict != "reference"]
    return max(asked, key=lambda one: one.lower, default=None)
