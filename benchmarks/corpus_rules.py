"""What each rule of the corpus report is worth on a task: learned without the rows that break it, and without as many others.

    python benchmarks/corpus_rules.py --data DIR [--task tfns …] [--rows 4000] [--limit 1000] [--draws 3]

The learner is TF-IDF with logistic regression, as in ``train_encoders.py``: seconds a run, so that each rule can be left out by itself, and
all at once. *Without* is the share of held-out rows told rightly after what breaks the rule was left out; *fewer* the mean after as
many rows drawn at random were, which is what fewer rows cost alone (from the lowest to the highest of ``--draws``); *all rows* is the
baseline. A rule that fewer than one row in a thousand breaks is not run: it cannot show. Rules are of web pages, rows of tasks are short
by nature.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from finfoundry.core.tasks import Task, TaskRow, load_task, rows
from finfoundry.train.corpus_rules import ALL, RULES, broken
from train_encoders import APART, texts_rival

TASKS = ("tfns", "banking77", "finfe")
LEAST = 0.001  # share of the rows below which leaving them out cannot show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--task", action="append")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=3)
    given = parser.parse_args()
    for name in given.task or TASKS:
        task = load_task(name)
        source = random.Random(0)
        learned = drawn(rows(task, given.data, "train"), given.rows, source)
        asked = drawn(rows(task, given.data, "test"), given.limit, source)
        print(f"{name}: {len(learned)} rows, {len(asked)} held out; all rows {right(task, learned, asked):.3f}", flush=True)
        for rule in (*(one.name for one in RULES), ALL):
            kept = [row for row in learned if not broken(APART.join(task.texts(row)), rule)]
            gone = len(learned) - len(kept)
            if gone < LEAST * len(learned) or len(kept) < 0.05 * len(learned):
                print(f"  {rule:14} {gone:5} rows break it: {'not run' if kept else 'none would be left'}", flush=True)
                continue
            fewer = [right(task, source.sample(learned, len(kept)), asked) for _ in range(given.draws)]
            spread = f"{fmean(fewer):.3f} ({min(fewer):.3f} to {max(fewer):.3f})"
            print(f"  {rule:14} {gone:5} rows break it: without {right(task, kept, asked):.3f}, fewer {spread}", flush=True)


def drawn(found: Sequence[TaskRow], most: int, source: random.Random) -> list[TaskRow]:
    return source.sample(list(found), min(most, len(found)))


def right(task: Task, learned: Sequence[TaskRow], asked: Sequence[TaskRow]) -> float:
    answer = texts_rival(task, learned)
    return fmean(answer(task.texts(row)) == str(task.read(row.target)) for row in asked)


if __name__ == "__main__":
    main()
