"""A mixture of experts against the dense model of as many active weights and the same training: right answers, task by task.

    python benchmarks/light.py experts --data DIR --out DIR [--base smollm2-135m-instruct] [--task tfns@1 …] [--rows 80] [--together 60]
                                       [--used 1] [--drop 0] [--limit 60]

Each task tunes an expert of its own from the base (all weights, ``--rows``); they become one mixture, whose attention is the mean of theirs
(Sukhbaatar et al., 2024, arXiv 2403.07816), whose router reads the rows of each, and which is trained whole on ``--together`` rows of every
task. The dense model learns the same rows in two runs of the same kind: those of all experts, then those of the mixture. Beside them stands
the cheap alternative: an adapter a task on the base as it was, which learns the expert's rows as often as expert and mixture together.
Answers are chosen among the words of the task, greedily, by torch in bf16, as in `training.py gains`. What is finished is not run again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from finfoundry.core.tasks import load_task, rows
from finfoundry.train.merging.algorithms import Mix
from finfoundry.train.recipe import parse_recipe
from measures.light.tasks import FORM, Bench

ADAPTER = {"weights": "lora", "learning_rate": 1e-3}
TASKS = ("tfns@1", "sentfin@1", "banking77@1", "payment-risk@1")
RATE = 1e-4


class Experts(Bench):
    """The experts, the mixture and the dense model under one folder."""

    def learned(self, name: str, base: Path | str, tasks: list[str], count: int, *, more: float = 1, adapter: bool = False) -> Path:
        """The file of a base with all of its weights, or an adapter, tuned for ``--epochs`` times ``more``."""
        folder = self.out / name
        if not (file := folder / f"model-{FORM}.gguf").is_file():
            way = ADAPTER if adapter else {"weights": "full", "learning_rate": RATE}
            told = self.recipe(name, base, count, self.given.epochs * more, **way, forms=[FORM])
            told["data"] = {
                "tasks": [{"task": task, "limit": count} for task in tasks], "licences": [*self.given.licence], "too_long": "drop",
            }  # fmt: skip
            self.said(name, self.training.train(parse_recipe(told, name), self.given.data, folder).outcome)
        return file

    def texts(self, task: str) -> Path:
        told, path = load_task(task), self.out / f"texts-{load_task(task).name}.jsonl"
        if not path.is_file():
            found = [f"{told.prompt(row)}\n{row.target}" for row in rows(told, self.given.data, "train")[: self.given.rows]]
            path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in found), "utf-8")
        return path

    def mixture(self, experts: list[Path]) -> Path:
        folder = self.out / "mixture"
        if not (file := folder / "model.gguf").is_file():
            corpora = [self.texts(task) for task in self.given.task]
            if not (mean := self.out / "mean" / f"model-{FORM}.gguf").is_file():
                self.training.merge([one.parent for one in experts], mean.parent, "mean", "linear", Mix((1.0,) * len(experts)), None)
                self.training.export(mean.parent, [FORM])
            files = [str(one) for one in experts]
            found = self.lightening.experts(str(mean), files, corpora, folder, self.given.used, self.given.drop)
            print(f"use of experts by each task's tokens: {json.dumps(found.told['use'])}", flush=True)
        return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--task", action="append", help="in place of the four: an expert each")
    parser.add_argument("--licence", action="append", default=["MIT", "CC-BY-4.0", "none-stated", "Apache-2.0"])
    parser.add_argument("--rows", type=int, default=80, help="that an expert learns")
    parser.add_argument("--together", type=int, default=60, help="of each task, that the mixture learns")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--pack", type=int, default=1024, help="tokens of a step")
    parser.add_argument("--used", type=int, default=1, help="experts that are read for a token")
    parser.add_argument("--drop", type=float, default=0.0, help="share of each expert's channels that is drawn anew")
    parser.add_argument("--limit", type=int, default=60, help="rows that are asked, a task")
    given = parser.parse_args()
    given.task = given.task or list(TASKS)
    bench = Experts(given)
    bench.out.mkdir(parents=True, exist_ok=True)
    first = bench.learned("dense-first", given.base, given.task, given.rows)
    dense = bench.learned("dense", first, given.task, given.together)
    before = bench.asked("dense", dense)
    experts = [bench.learned(f"expert-{load_task(task).name}", given.base, [task], given.rows) for task in given.task]
    mixture = bench.mixture(experts)
    bench.asked("mixture-untrained", mixture, before)
    bench.asked("mixture", bench.learned("mixture-trained", mixture, given.task, given.together), before)
    for place, task in enumerate(given.task):
        more = (given.rows + given.together) / given.rows
        file = bench.learned(f"adapter-{load_task(task).name}", given.base, [task], given.rows, more=more, adapter=True)
        bench.asked("adapters", file, before[place : place + 1], [task])
