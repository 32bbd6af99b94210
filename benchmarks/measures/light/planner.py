"""Whether `finfoundry fit` chooses what asking every candidate to the end would choose, and in which share of the time.

    python benchmarks/light.py planner --data DIR --out DIR --task TASK... --reference MODEL --candidate MODEL...
                                       [--items 200] [--target 0.95]

The planner first, then the same with ``--every``: rows are kept, so no answer is asked twice and both are told of the same answers. Time is
that of the answers that each needed, as they were given. What is finished is not asked again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from finfoundry import terminal
from finfoundry.machine import read_settings
from finfoundry.usecases.light.fit import Fit, Fitting, Terms


def seconds(found: Fit) -> float:
    """Of the answers that were asked."""
    return sum(one.judged.n * one.seconds for one in found.compared)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--task", action="append", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--candidate", action="append", required=True)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--target", type=float, default=0.95)
    given = parser.parse_args()
    same = 0
    for task in given.task:
        found = []
        for every in (False, True):
            terms = Terms(task, given.reference, tuple(given.candidate), given.target, "", given.items, every=every)
            with terminal.progress(quiet=False) as report:
                found.append(Fitting(read_settings(), given.data, given.out / task, None, report).fit(terms))
        planned, exhaustive = found
        same += planned.chosen == exhaustive.chosen
        share = seconds(planned) / max(1e-9, seconds(exhaustive))
        print(
            f"{task}: planner {planned.chosen or 'none'}, asking all {exhaustive.chosen or 'none'}; "
            f"{planned.asked} of {exhaustive.asked} answers, {share:.0%} of their time",
            flush=True,
        )
    print(f"the same choice in {same} of {len(given.task)}")
