"""Does the gate refuse what is faulty, and let pass what is harmless? 200 candidates, half of them with a planted fault.

    python benchmarks/releases.py gate-power RUNS [--items N] [--seed S]
    python benchmarks/releases.py gate-power --losses          # candidates with true losses of 2, 5, 10 points at 20 to 500 items

RUNS holds real runs (``finfoundry evaluate … --out RUNS/NAME``): ``serving``, harmless variants of it (``harmless-…``) and faulty ones
(``fault-…``). Their per-item rows are resampled: a candidate is drawn item by item together with what serves, so that the share of items
on which two runs differ is the real one. A loss of 3 to 5 points on one suite is planted on top. Without RUNS the rows are made up, with
the shares of differing items given by ``--differ``.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from finfoundry.evals.differences import difference
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.paired import lower_difference
from finfoundry.evals.rows import Row, read_rows
from finfoundry.release.gate import Trial, judge

SUITES, HALF = 6, 100
CORRECT = MEASURES["correct"]
Pair = tuple[bool, bool]  # right before, right after
Pairs = list[Pair]
KNOWN: list[tuple[Row, Row]] = []


def made_up(chance: random.Random) -> Pairs:
    """A world of items of which 80 in 100 are right, before as after."""
    return [(right, right) for right in (chance.random() < 0.8 for _ in range(20_000))]


def swapped(pairs: Pairs, differ: float, chance: random.Random) -> Pairs:
    """Make so many items right instead of wrong, and as many wrong instead of right, that a share of all differs."""
    wrong = [place for place, (before, _) in enumerate(pairs) if not before]
    right = [place for place, (before, _) in enumerate(pairs) if before]
    each = min(len(wrong), round(len(pairs) * differ / 2))
    changed = {*chance.sample(wrong, each), *chance.sample(right, each)}
    return [(before, not after if place in changed else after) for place, (before, after) in enumerate(pairs)]


def levelled(pairs: Pairs) -> Pairs:
    """Of two real runs the items on which they differ, half of them turned: the same share differs, and in the mean nothing is lost."""
    turned, found = 0, []
    for before, after in pairs:
        if before != after:
            turned += 1
            before, after = (after, before) if turned % 2 else (before, after)
        found.append((before, after))
    return found


def worse(pairs: Pairs, points: float, chance: random.Random) -> Pairs:
    """Right answers of the candidate made wrong, one by one, by chance: ``points`` in a hundred of all items in the mean."""
    share = points / 100 * len(pairs) / max(1, sum(after for _, after in pairs))
    return [(before, after and chance.random() >= share) for before, after in pairs]


def rows(right: Sequence[bool]) -> list[Row]:
    """Rows that say no more than right or wrong; the same objects again and again, since there are millions."""
    while len(KNOWN) < len(right):
        name = str(len(KNOWN))
        KNOWN.append(
            (Row(name, "", name, "", "", "", "answered", "wrong", 0.0), Row(name, "", name, "", "", "", "answered", "correct", 1.0))
        )
    return [known[one] for known, one in zip(KNOWN, right, strict=False)]


def passes(suites: Sequence[Pairs], margin: float) -> bool:
    """By the margins alone: no suite is named, and none is of safety."""
    trials = [
        Trial(f"s{number}", "keep", margin, CORRECT, rows([before for before, _ in pairs]), rows([after for _, after in pairs]))
        for number, pairs in enumerate(suites)
    ]
    return judge(trials).passed


@dataclasses.dataclass(frozen=True)
class Power:
    items: int
    differ: float
    margin: float
    harmless_refused: float
    faulty_refused: float
    harmless_lower: float  # refused by the baseline: the value of some suite is lower by more than the margin, no bound asked
    faulty_lower: float


def resampled(items: int, differ: float, margin: float, seed: int, real: Sequence[Pairs] = ()) -> Power:
    """HALF harmless and HALF faulty candidates over SUITES suites of so many items each."""
    chance = random.Random(seed)
    worlds = [levelled(real[place % len(real)]) if real else swapped(made_up(chance), differ, chance) for place in range(SUITES)]
    harmless = faulty = harmless_lower = faulty_lower = 0
    for number in range(HALF):
        fair = [chance.choices(world, k=items) for world in worlds]
        harmless, harmless_lower = harmless + (not passes(fair, margin)), harmless_lower + lower(fair, margin)
        suites = [chance.choices(world, k=items) for world in worlds]
        suites[number % SUITES] = worse(suites[number % SUITES], chance.uniform(3, 5), chance)
        faulty, faulty_lower = faulty + (not passes(suites, margin)), faulty_lower + lower(suites, margin)
    return Power(items, differ, margin, harmless / HALF, faulty / HALF, harmless_lower / HALF, faulty_lower / HALF)


def passing(loss: float, differ: float, items: int, seed: int, draws: int = 400) -> tuple[float, float]:
    """How often a candidate that truly loses the margin passes: the gate, the bootstrap alone. ``differ``: gained and lost next to it."""
    drawn = np.random.default_rng(seed).multinomial(items, [loss + differ, differ, 1 - loss - 2 * differ], size=draws)
    gate = sum(lower_difference(int(gained), int(lost), items) > -loss for lost, gained, _ in drawn)
    bootstrap = 0
    for lost, gained, _ in drawn:
        pairs = [(True, False)] * int(lost) + [(False, True)] * int(gained) + [(True, True)] * int(items - lost - gained)
        found = difference(rows([before for before, _ in pairs]), rows([after for _, after in pairs]), CORRECT)
        bootstrap += found.lower > -loss or found.low == found.high == 0
    return gate / draws, bootstrap / draws


def print_losses(seed: int) -> None:
    """The gate's promise: at most 5 %. Beside it the bootstrap that the gate used before."""
    for loss in (0.02, 0.05, 0.10):
        for differ in (0.0, 0.03):
            shares = {items: passing(loss, differ, items, seed) for items in (20, 60, 100, 200, 300, 500)}
            line = ", ".join(f"{items}: {gate:.1%} ({bootstrap:.0%})" for items, (gate, bootstrap) in shares.items())
            print(f"true loss {loss:.0%}, {differ:.0%} gained and lost beside it; passed at items (bootstrap alone): {line}")


def lower(suites: Sequence[Pairs], margin: float) -> bool:
    """The baseline: what was measured is lower by more than the margin."""
    return any(sum(after - before for before, after in pairs) < -margin * len(pairs) for pairs in suites)


def paired(before: Path, after: Path) -> Pairs:
    """Two real runs of one suite, by item."""
    there = {row.id: row for row in read_rows(after / "rows.jsonl")}
    return [(row.correct, there[row.id].correct) for row in read_rows(before / "rows.jsonl") if row.id in there]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("runs", type=Path, nargs="?")
    parser.add_argument("--items", type=int, nargs="*", default=[250, 500, 1000, 2000, 4000])
    parser.add_argument("--differ", type=float, nargs="*", default=[0.01, 0.03, 0.06])
    parser.add_argument("--margin", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--losses", action="store_true", help="true losses of 2, 5, 10 points at 20 to 500 items")
    given = parser.parse_args()
    if given.losses:
        print_losses(given.seed)
        return
    real = []
    for other in sorted(given.runs.glob("harmless-*/*/rows.jsonl")) if given.runs else []:
        pairs = paired(given.runs / "serving" / other.parent.name, other.parent)
        real.append(pairs)
        print(
            f"{other.parent.parent.name} {other.parent.name}: {len(pairs)} items, {sum(a != b for a, b in pairs) / len(pairs):.1%} differ"
        )
    for differ in [float("nan")] if real else given.differ:
        for items in given.items:
            found = resampled(items, differ, given.margin, given.seed, real)
            print(
                f"{found.items} items a suite, {'real pairs' if real else f'{differ:.0%} differ'}, margin {found.margin:.0%}: "
                f"harmless refused {found.harmless_refused:.0%}, faulty refused {found.faulty_refused:.0%};"
                f" without a bound {found.harmless_lower:.0%} and {found.faulty_lower:.0%}"
            )
