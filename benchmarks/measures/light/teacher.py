"""What a tuned teacher gives a small student beyond the labelled rows that both have: against plain tuning at its plateau.

    python benchmarks/light.py teacher --data DIR --out DIR [--task benchmarks/intents/cash.yaml] [--rows 120] [--more 420] [--epochs 2]
                                       [--teacher qwen2.5-coder-1.5b-instruct] [--student smollm2-135m-instruct] [--limit 150]

The teacher is tuned (lora, one epoch) on ``--rows`` labelled rows of the task. The student learns the same rows alone: for ``--epochs``
(`sft`), and for as many steps as the distilled one takes (`sft-long`), the better of which is its plateau. The distilled student learns the
teacher's own answers to ``--more`` rows, of which nothing but the text is used (`lighten distil --answers teacher --check form`): their
labels are read by nobody. All answer the same rows, as in `tasks`. What is finished is not run again, and a run that was stopped
goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from finfoundry.train.recipe import parse_recipe
from measures.light.tasks import FORM, Bench

TEACHER_RATE, RATE = "auto", 1e-3


class Taught(Bench):
    """The teacher and its students under one folder."""

    def learned(self, name: str, base: str, count: int, epochs: float, rate: float | str) -> Path:
        folder = self.out / name
        if not (file := folder / f"model-{FORM}.gguf").is_file():
            told = self.recipe(name, base, count, epochs, weights="lora", learning_rate=rate, forms=[FORM], checkpoint_every=5)
            self.said(name, self.training.train(parse_recipe(told, name), self.given.data, folder).outcome)
        return file

    def distilled(self, teacher: Path) -> Path:
        folder = self.out / "distilled"
        if not (file := folder / f"model-{FORM}.gguf").is_file():
            recipe = self.out / "distilled.yaml"
            told = self.recipe(
                "distilled", self.given.student, self.given.more, self.given.epochs, weights="lora", learning_rate=RATE,
                forms=[FORM], sampling={"tokens": 8},
            )  # fmt: skip
            recipe.write_text(yaml.safe_dump(told), "utf-8")
            found = self.lightening.distil(recipe, self.given.data, folder, str(teacher), answers="teacher", checks=["form"])
            self.said("distilled", found.outcome)
        return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--task", default="benchmarks/intents/cash.yaml")
    parser.add_argument("--teacher", default="qwen2.5-coder-1.5b-instruct")
    parser.add_argument("--student", default="smollm2-135m-instruct")
    parser.add_argument("--rows", type=int, default=120, help="labelled rows")
    parser.add_argument("--more", type=int, default=420, help="rows that the teacher answers")
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--pack", type=int, default=384, help="tokens of a step")
    parser.add_argument("--limit", type=int, default=150, help="rows that are asked")
    given = parser.parse_args()
    given.task = [given.task]
    bench = Taught(given)
    bench.out.mkdir(parents=True, exist_ok=True)
    teacher = bench.learned("teacher", given.teacher, given.rows, 1, TEACHER_RATE)
    distilled = bench.distilled(teacher)
    plain = bench.learned("sft", given.student, given.rows, given.epochs, RATE)
    longer = bench.learned("sft-long", given.student, given.rows, given.epochs * given.more / given.rows, RATE)
    before = {name: bench.asked(name, file) for name, file in (("sft", plain), ("sft-long", longer), ("teacher", teacher))}
    for name, folders in before.items():
        print(f"with {name} as its parent:")
        bench.asked("distilled", distilled, folders)
