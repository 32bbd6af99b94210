"""How each reward went, from the first rounds to the last, and which one was gamed: it rose while others fell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from finfoundry.train.sampling.rollouts import FOLDER, read_round

FIFTH = 5  # of the rounds, the first and the last of which are compared
MOVED = 0.02  # by which a reward must rise, or fall, to count


@dataclass(frozen=True, slots=True)
class RewardTrend:
    """``weight``: 0 where it was only watched. ``gamed``: the rewards that fell while this one, for which it was trained, rose."""

    reward: str
    weight: float
    first: float
    last: float
    gamed: tuple[str, ...] = ()
    constant: bool = False  # said the same of every round


def trends(folder: Path, weights: dict[str, float]) -> list[RewardTrend]:
    """Of a run's folder; none where it sampled nothing."""
    records = [read_round(path)["rewards"] for path in sorted((folder / FOLDER).glob("*.json"))]
    if not records:
        return []
    span = max(1, len(records) // FIFTH)
    ends = {name: (fmean(one[name] for one in records[:span]), fmean(one[name] for one in records[-span:])) for name in weights}
    fell = {name for name, (first, last) in ends.items() if last < first - MOVED}
    found = []
    for name, weight in weights.items():
        first, last = ends[name]
        gamed = tuple(sorted(fell)) if weight > 0 and last > first + MOVED else ()
        found.append(RewardTrend(name, weight, round(first, 4), round(last, 4), gamed, len({one[name] for one in records}) == 1))
    return found
