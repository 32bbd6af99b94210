"""What each rule of the corpus report is worth on a task: learned without the rows that break it, and without as many others.

    python benchmarks/corpus_rules.py --data DIR [--task tfns …] [--rows 4000] [--limit 1000] [--draws 3]
    python benchmarks/corpus_rules.py --data DIR --task tfns --rule symbols --model smollm2-135m-instruct --out DIR --rows 160 --limit 100

The learner is TF-IDF with logistic regression, as in ``train_encoders.py``: seconds a run, so that each rule can be left out by itself, and
all at once. *Without* is the share of held-out rows told rightly after what breaks the rule was left out; *fewer* the mean after as
many rows drawn at random were, which is what fewer rows cost alone (from the lowest to the highest of ``--draws``); *all rows* is the
baseline. A rule that fewer than one row in a thousand breaks is not run: it cannot show. Rules are of web pages, rows of tasks are short
by nature.

With ``--model`` the learner is a language model, tuned (lora, one epoch) and asked as in ``train_gains.py``, and half of the rows break the
rule: what breaks it counts as much as it can. ``--out`` keeps what was tuned, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import yaml

from finfoundry.core.tasks import Task, TaskRow, load_task, rows
from finfoundry.evals.rows import Item
from finfoundry.machine import read_settings
from finfoundry.train.corpus_rules import ALL, RULES, broken
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.train_model import Training
from train_encoders import APART, texts_rival
from train_gains import Model, recipe, solver

TASKS = ("tfns", "banking77", "finfe")
LEAST = 0.001  # share of the rows below which leaving them out cannot show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--task", action="append")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--rule", default="", help="with --model: the one that is left out")
    parser.add_argument("--model", metavar="BASE", default="")
    parser.add_argument("--out", type=Path, metavar="DIR")
    given = parser.parse_args()
    if given.model:
        by_a_model(given, *(given.task or TASKS[:1]))
        return
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


def by_a_model(given: argparse.Namespace, name: str) -> None:
    """Half of the rows break the rule: all of them, those that do not, and as many drawn from all."""
    task, source = load_task(name), random.Random(0)
    sides: dict[bool, list[TaskRow]] = {True: [], False: []}
    for row in rows(task, given.data, "train"):
        sides[bool(broken(APART.join(task.texts(row)), given.rule))].append(row)
    half = min(given.rows // 2, len(sides[True]))
    breaking, kept = (source.sample(sides[side], half) for side in (True, False))
    every = source.sample([*breaking, *kept], 2 * half)
    asked = drawn(rows(task, given.data, "test"), given.limit, source)
    bench = Tuned(given, task)
    print(f"{name}, {given.rule}, {given.model}: {2 * half} rows, half of which break it; {len(asked)} held out", flush=True)
    for what, learned in (("base", []), ("all", every), ("without", kept), ("fewer", source.sample(every, half)), ("only", breaking)):
        found = bench.right(what, learned, asked)
        print(f"  {what:8} {len(learned):4} rows: {found} of {len(asked)} = {found / len(asked):.3f}", flush=True)


class Tuned:
    """A base tuned on rows of a task, and asked for others."""

    def __init__(self, given: argparse.Namespace, task: Task) -> None:
        self.given, self.task, self.training = given, task, Training(read_settings())
        self.model = Model(self.training, given.model)

    def right(self, what: str, learned: Sequence[TaskRow], asked: Sequence[TaskRow]) -> int:
        folder = self.given.out / f"{self.task.name}-{self.given.rule}-{what}"
        if learned and not (folder / "model" / "manifest.json").is_file():
            self.training.train(self._recipe(folder, learned), folder, folder / "model")
        self.model.wear(folder / "model" if learned else None)
        solve = solver(self.model, self.task, ())
        return sum(solve(Item(row.id, "", row.target, meta={"row": row})).text == row.target for row in asked)

    def _recipe(self, folder: Path, learned: Sequence[TaskRow]) -> Recipe:
        """Over a task of these rows alone, written beside the model."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rows.jsonl").write_text("".join(json.dumps(row.fields | {"target": row.target}) + "\n" for row in learned), "utf-8")
        own = self.task.model_dump() | {
            "name": "rule-rows", "source": {"paths": ["rows.jsonl"]}, "target": "target", "licence": "internal",
            "labels": {word: word for word in self.task.words}, "split": [1, 0, 0], "split_column": "",
        }  # fmt: skip
        (folder / "task.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), "utf-8")
        told = recipe("rule", [str(folder / "task.yaml")], len(learned), self.given.model).model_dump()
        told["data"] |= {"licences": ["internal"], "held_out": [], "near_duplicates": 1, "personal": "keep"}
        return parse_recipe(told, "rule")


def drawn(found: Sequence[TaskRow], most: int, source: random.Random) -> list[TaskRow]:
    return source.sample(list(found), min(most, len(found)))


def right(task: Task, learned: Sequence[TaskRow], asked: Sequence[TaskRow]) -> float:
    answer = texts_rival(task, learned)
    return fmean(answer(task.texts(row)) == str(task.read(row.target)) for row in asked)


if __name__ == "__main__":
    main()
