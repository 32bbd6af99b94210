"""What light forms keep of a model that was tuned for tasks, and what healing gives back: right answers, against the tuned model's own.

    python benchmarks/light.py tasks --data DIR --out DIR [--base smollm2-135m-instruct] [--task tfns@1 …] [--rows 600] [--epochs 2]
                                     [--pack 1024] [--heal 300] [--heal-epochs 1] [--limit 150]
                                     [--form depth-eighth …]

The base is tuned (lora) and written as Q8_0: the parent, and the teacher of all that follows. Each form is made of it with the rows that it
learned as the corpus. Where weights were lost it is healed for ``--heal-epochs`` of ``--heal`` rows a task by `lighten distil` (the parent
teaches), or, for `-sft`, by the rows alone. `-joint` heals whole weights on the grid of Q4_0; `-after` heals the same weights in floats,
then rounds by importance. `rank-quarter` leaves room for the adapter that heals it: products of thin maps, with that adapter's own rank of
16 added, have a fifth fewer weights. Answers are chosen among the words of the task, greedily, by torch in bf16, as in `training.py gains`.
Beside the parent's stands what the commonest answer would get: a model that always gives it has nothing to keep. What is finished is not
run again. What all get right over their megabytes is drawn into ``light.svg``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from finfoundry.core.tasks import load_task, rows
from finfoundry.evals.rows import read_rows
from finfoundry.evals.run import ROWS, run
from finfoundry.evals.suites.tasks import task_suite
from finfoundry.machine import read_settings
from finfoundry.train.recipe import parse_recipe
from finfoundry.usecases.compare_runs import compare
from finfoundry.usecases.light.lighten import Lightening
from finfoundry.usecases.light.pareto import Point, draw
from finfoundry.usecases.train_model import Training
from measures.training.gains import Model, solver

FORM, GRID, PLOT, MEAN = "q8_0", "q4_0", "light.svg", "macro_f1"
FORMS = (
    "trim",
    "rank-fifth",
    "rank-quarter",
    "depth-eighth",
    "depth-quarter",
    "depth-quarter-sft",
    "width-quarter",
    "depth-eighth-joint",
    "depth-eighth-after",
)
SHARES = {"eighth": 0.125, "quarter": 0.25, "fifth": 0.2}
LICENCES = ["MIT", "CC-BY-4.0", "none-stated"]
HEALED, WHOLE = {"weights": "lora", "learning_rate": 5e-4}, {"weights": "full", "learning_rate": 3e-5}


class Bench:
    """Models and runs under one folder."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given, self.settings = given, read_settings()
        self.training, self.lightening = Training(self.settings), Lightening(self.settings)
        self.out: Path = given.out.absolute()
        self.points: list[Point] = []  # of the first task

    def recipe(self, name: str, base: Path | str, count: int, epochs: float, **more: object) -> dict[str, object]:
        told = {
            "name": name, "base": str(base), "method": "instruct", "context": 384, "pack": self.given.pack, "packs": 1,
            "epochs": epochs, "seed": 1,
            "data": {"tasks": [{"task": task, "limit": count} for task in self.given.task], "licences": LICENCES, "too_long": "drop"},
        }  # fmt: skip
        return told | more

    def parent(self) -> Path:
        folder = self.out / "parent"
        if not (file := folder / f"model-{FORM}.gguf").is_file():
            told = self.recipe(
                "parent", self.given.base, self.given.rows, self.given.epochs, weights="lora", learning_rate=1e-3, forms=[FORM]
            )
            self.said("parent", self.training.train(parse_recipe(told, "parent"), self.given.data, folder).outcome)
        return file

    def corpus(self) -> Path:
        """The rows that were learned, as texts with their answers."""
        path = self.out / "corpus.jsonl"
        if not path.is_file():
            tasks = [load_task(name) for name in self.given.task]
            found = [
                f"{task.prompt(row)}\n{row.target}" for task in tasks for row in rows(task, self.given.data, "train")[: self.given.rows]
            ]
            path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in found), "utf-8")
        return path

    def light(self, form: str, parent: Path) -> Path:
        """The file of a form before it is healed."""
        way, part = (*form.split("-"), "")[:2]
        folder = self.out / (f"{way}-{part}" if part else way)
        if not (file := folder / "model.gguf").is_file():
            base, corpus, name = self.training.base(str(parent)), [self.corpus()], str(parent)
            if way == "trim":
                found = self.lightening.trim(name, corpus, folder, len(base.tokenizer) // 4)
            elif way == "depth":
                found = self.lightening.depth(name, corpus, folder, max(1, round(SHARES[part] * base.config.num_hidden_layers)))
            else:
                found = getattr(self.lightening, way)(name, corpus, folder, SHARES[part])
            print(f"{form}: {json.dumps(found.told, ensure_ascii=False)[:300]}", flush=True)
        return file

    def healed(self, form: str, parent: Path, light: Path) -> Path:
        """The file of a form after healing."""
        folder, joint, after = self.out / f"{form}-healed", form.endswith("-joint"), form.endswith("-after")
        stored = GRID if joint else FORM
        if not (file := folder / f"model-{stored}.gguf").is_file():
            told = self.recipe(
                form, light, self.given.heal, self.given.heal_epochs, **(WHOLE if joint or after else HEALED), forms=[stored]
            )
            if form.endswith("-sft"):
                found = self.training.train(parse_recipe(told, form), self.given.data, folder)
            else:
                (self.out / f"{form}.yaml").write_text(yaml.safe_dump(told), "utf-8")
                recipe = self.out / f"{form}.yaml"
                found = self.lightening.distil(recipe, self.given.data, folder, str(parent), grid=GRID if joint else None)
            self.said(form, found.outcome)
        if not after:
            return file
        if not (rounded := self.out / f"{form}-{GRID}" / "model.gguf").is_file():
            self.lightening.quantise(str(file), [self.corpus()], rounded.parent, GRID)
        return rounded

    @staticmethod
    def said(name: str, outcome: object) -> None:
        told = vars(outcome)
        print(f"{name}: {told['steps']} steps, {told['tokens']:,} tokens, {told['seconds']:.0f} s", flush=True)

    def asked(self, name: str, file: Path, beside: Sequence[Path] = (), tasks: Sequence[str] = ()) -> list[Path]:
        """The runs of one file on all tasks (or on ``tasks``), and how many of the parent's right answers it keeps."""
        tasks = tasks or self.given.task
        folders = [self.out / "runs" / name / load_task(task).name for task in tasks]
        if not all((folder / "result.json").is_file() for folder in folders):
            model = Model(self.training, str(file))
            for told, folder in zip(map(load_task, tasks), folders, strict=True):
                run(task_suite(told), solver(model, told, ()), self.given.data, folder, system=name, model=name, limit=self.given.limit)
        size = file.stat().st_size / 1e6
        for place, folder in enumerate(folders):
            right = self.told(name, folder, beside[place] if beside else None, size)
            if not place:
                self.points.append(Point(name, size, right))
        return folders

    def told(self, name: str, folder: Path, parent: Path | None, size: float) -> float:
        """Prints what is right, and returns it."""
        found = json.loads((folder / "result.json").read_text("utf-8"))
        value = found["measures"][found["headline"]]
        line = f"{name:24} {folder.name:10} {found['headline']} {value['value']:.3f} of {found['n']}, {size:.0f} MB"
        if not parent:
            line += f", always the commonest answer {commonest(folder):.3f}"
        if found["headline"] != MEAN and MEAN in found["measures"]:
            line += f", {MEAN} {found['measures'][MEAN]['value']:.3f}"
        if parent:
            before = json.loads((parent / "result.json").read_text("utf-8"))
            one = next(iter(compare(parent, folder).differences.values()))
            kept = value["value"] / max(1e-9, before["measures"][before["headline"]]["value"])
            line += f", {kept:.1%} of the parent's, {one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
        print(line, flush=True)
        return float(value["value"])


def commonest(folder: Path) -> float:
    """The share of right answers of who always gives the commonest one."""
    found = Counter(row.gold for row in read_rows(folder / ROWS))
    return max(found.values()) / found.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--task", action="append", help="in place of tfns@1")
    parser.add_argument("--rows", type=int, default=600, help="that the parent learns, a task")
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--pack", type=int, default=1024, help="tokens of a step: fewer where rows are few, or little is learned")
    parser.add_argument("--heal", type=int, default=300, help="rows a task")
    parser.add_argument("--heal-epochs", type=float, default=1)
    parser.add_argument("--limit", type=int, default=150, help="rows that are asked, a task")
    parser.add_argument("--form", action="append", choices=FORMS, help="in place of all")
    given = parser.parse_args()
    given.task = given.task or ["tfns@1"]
    bench = Bench(given)
    bench.out.mkdir(parents=True, exist_ok=True)
    parent = bench.parent()
    before = bench.asked("parent", parent)
    for form in given.form or FORMS:
        light = bench.light(form, parent)
        if not form.endswith(("-sft", "-joint", "-after")):
            bench.asked(form, light, before)
        if not form.startswith("trim"):
            bench.asked(f"{form}-healed", bench.healed(form, parent, light), before)
        (bench.out / PLOT).write_text(draw(bench.points), "utf-8")
