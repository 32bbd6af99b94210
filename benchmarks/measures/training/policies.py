"""What learning from rewards adds to supervised tuning that has come to its plateau: grpo, rejection and more tuning, from one start.

    python benchmarks/training.py policies --out DIR [--base smollm2-135m-instruct] [--rows 240] [--epochs 12] [--rounds 6] [--seeds 3]
                                        [--items 96] [--rate 5e-5] [--fresh] [--only grpo]

The task is made here: numbers under names and a question, to be answered by an expression over the names, which is carried out. A third of
the wordings of each kind is never learned from, nor sampled on: on these all are measured, by the likeliest tokens. The tuning ends where
the loss of rows held back hardly falls, or after ``--epochs``: of rows that it knows by heart no sample is wrong, and nothing is left to
learn. What is finished is not run again.

``--fresh``: what follows learns from questions in wordings that the tuning never saw, none of which is asked in the end: nobody wrote an
answer to them, but whatever is sampled can be carried out. Rounds ask on until enough questions tell a better answer from a worse one
(`sampling.tries`). `more` then learns written answers to the same questions, which the others never see.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch

from finfoundry import terminal
from finfoundry.core.progress import Report
from finfoundry.core.tasks import load_task, rows
from finfoundry.machine import read_settings
from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.rewards import SampledAnswer
from finfoundry.train.rewards.executed import executed
from finfoundry.train.runs.training_run import LEARNED
from finfoundry.train.sampling.sampler import TorchSampler
from finfoundry.train.text import Lesson, encode
from finfoundry.train.weights import LowRank
from finfoundry.usecases.train_model import Training

NAMES = ("sales", "costs", "tax", "staff", "rent", "loans", "cash", "debt", "assets", "fees", "grants", "stock")
KINDS = {  # an expression: wordings, the last two of which are never learned
    "{a} - {b}": ("How far is {a} above {b}?", "What is left of {a} after {b}?", "{a} less {b}?", "What is the gap from {b} up to {a}?",
                  "By how much does {a} exceed {b}?", "Take {b} away from {a}."),
    "{a} + {b}": ("What are {a} and {b} together?", "Add {a} to {b}.", "The total of {a} and {b}?", "{a} plus {b}?",
                  "What do {a} and {b} come to?", "Sum up {a} and {b}."),
    "{a} / {b}": ("What is {a} per {b}?", "Divide {a} by {b}.", "The ratio of {a} to {b}?", "{a} over {b}?",
                  "How many times {b} is {a}?", "What share of {b} is {a}?"),
    "({a} - {b}) / {b}": ("How did {b} grow to {a}, as a rate?", "The growth rate from {b} to {a}?", "Relative rise from {b} to {a}?",
                          "At which rate did {b} become {a}?", "What is the relative change of {b} when it becomes {a}?",
                          "Growth of {a} against {b}, relative?"),
    "({a} + {b}) / 2": ("What is the mean of {a} and {b}?", "The average of {a} and {b}?", "Half of {a} and {b} together?",
                        "{a} and {b} on average?", "What lies midway between {a} and {b}?", "The midpoint of {a} and {b}?"),
}  # fmt: skip
UNSEEN = 2
FRESH = {  # more wordings of each kind, which no written answer is learned from
    "{a} - {b}": ("{a} minus {b}?", "Subtract {b} from {a}.", "How much more is {a} than {b}?", "What remains of {a} once {b} is paid?"),
    "{a} + {b}": ("{a} and {b} taken together?", "What is the sum of {a} and {b}?", "Put {a} and {b} together.", "{a} with {b} added?"),
    "{a} / {b}": ("How much {a} is there for each unit of {b}?", "{a} relative to {b}?", "Express {a} as a multiple of {b}.",
                  "What fraction of {b} does {a} make up?"),
    "({a} - {b}) / {b}": ("By what rate did {b} change to reach {a}?", "The relative increase of {b} to {a}?",
                          "How fast did {b} grow on its way to {a}, relatively?", "The rate of change when {b} turns into {a}?"),
    "({a} + {b}) / 2": ("The mean value of {a} and {b}?", "What is halfway from {a} to {b}?", "{a} and {b}, averaged?",
                        "The centre of {a} and {b}?"),
}  # fmt: skip
TRIES, FRESHLY = 3, "plans-fresh"
AFTER = ("grpo", "rejection", "more")
TASK = """
name: {name}
title: An expression for a question about named numbers (generated)
language: en
licence: Apache-2.0
source: {{paths: [{name}.json], columns: [text, expression]}}
target: expression
kind: text
split: [1, 0, 0]
templates: ["{{text}}\\nExpression:"]
metrics: [exact_match]
"""


def made(count: int, seed: int, kinds: Mapping[str, Sequence[str]], name: str) -> list[list[str]]:
    """Rows of kinds in turn, in the wordings of each."""
    source = random.Random(f"{seed}/{name}")
    found = []
    for number in range(count):
        kind, wordings = list(kinds.items())[number % len(kinds)]
        names = source.sample(NAMES, 4)
        numbers = ", ".join(f"{name} = {source.randint(2, 99)}" for name in names)
        given = dict(zip("ab", source.sample(names, 2), strict=True))
        asked = source.choice(wordings)
        found.append([f"{numbers}. {asked.format(**given)}", kind.format(**given)])
    return found


def write_tasks(folder: Path, count: int, items: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    learned, unseen = ({kind: wordings[part] for kind, wordings in KINDS.items()} for part in (slice(-UNSEEN), slice(-UNSEEN, None)))
    # the names as those rows were drawn by which the entered figures were taken
    every = {"plans": made(count, 0, learned, "False"), "plans-unseen": made(items, 1, unseen, "True")}
    for name, found in (every | {FRESHLY: made(count, 2, FRESH, "fresh")}).items():
        (folder / f"{name}.json").write_text(json.dumps(found), "utf-8")
        (folder / f"{name}.yaml").write_text(TASK.format(name=name), "utf-8")


def recipe(name: str, base: str, data: Path, task: str = "plans", **given: Any) -> Recipe:
    told = {
        "name": name, "base": base, "weights": "lora", "lora": {"rank": 16, "alpha": 32}, "context": 128, "pack": 1024, "packs": 1,
        "data": {"tasks": [{"task": str(data / f"{task}.yaml")}], "licences": ["Apache-2.0"], "near_duplicates": 1}, "forms": [],
        "checkpoint_every": 5,
    }  # fmt: skip
    return parse_recipe(told | given, name)


def tuned(base: str, data: Path, epochs: float) -> Recipe:
    """To the plateau: until the loss of rows held back hardly falls any more."""
    development = {"share": 0.15, "every": 5, "patience": 2, "least": 0.01}
    return recipe("sft", base, data, method="instruct", epochs=epochs, learning_rate=1e-3, development=development)


def after(start: Path, data: Path, given: argparse.Namespace, seed: int) -> Iterator[Recipe]:
    """What is learned from the start on: of the same rows, or of those in fresh wordings."""
    task, kind, tries = (FRESHLY, "-fresh", TRIES) if given.fresh else ("plans", "", 1)
    sampling = {"prompts": 8, "completions": 8, "tokens": 20, "divergence": 0.02, "tries": tries}
    told = {"init_adapter": str(start), "seed": seed, "warmup": 0, "epochs": given.rounds * 8 / given.rows}
    rewards = {"executed": 1.0, "form": 0.0}
    for method, rate in (("grpo", given.rate), ("rejection", 2e-4)):
        learned: dict[str, Any] = {"method": method, "sampling": sampling, "learning_rate": rate, "rewards": rewards}
        yield recipe(f"{method}{kind}-{seed}", given.base, data, task, **told | learned)
    more = {"method": "instruct", "learning_rate": 2e-4, "epochs": given.rounds * 16 / given.rows}
    yield recipe(f"more{kind}-{seed}", given.base, data, task, **told | more)


def score(base: Base, told: Recipe, folder: Path, data: Path, name: str) -> list[float]:
    """1 for each item of a task whose likeliest answer comes to the right value."""
    kept = folder / f"{name}.scores.json"
    if not kept.is_file():
        weights = LowRank(told)
        model = weights.open(base, torch.float32)
        weights.begin(model, base, folder / LEARNED)
        task = load_task(data / f"{name}.yaml")
        lessons = [Lesson(row.id, task.name, task.messages(row), row.target, task.texts(row)) for row in rows(task, data)]
        encoded = [encode(base.tokenizer, lesson) for lesson in lessons]
        sampler = TorchSampler(model, base.tokenizer.eos_token_id, 20, 0.0, torch.float32)
        drawn = [one[0] for one in sampler.draw([row.ids[: row.start] for row in encoded], 1, 0)]
        texts = [base.tokenizer.decode(one.ids, skip_special_tokens=True) for one in drawn]
        answers = [
            SampledAnswer(lesson.messages, text, lesson.answer, lesson.texts, task.name, one.finished, len(one.ids), 20)
            for lesson, text, one in zip(lessons, texts, drawn, strict=True)
        ]
        (folder / f"{name}.answers.json").write_text(json.dumps([[one.expected, one.text] for one in answers]), "utf-8")
        kept.write_text(json.dumps([executed(one) for one in answers]), "utf-8")
    found: list[float] = json.loads(kept.read_text("utf-8"))
    return found


def carried_out(training: Training, told: Recipe, data: Path, out: Path, report: Report) -> Path:
    folder = out / told.name
    if not (folder / "manifest.json").is_file():
        training.train(told, data, folder, report)
    return folder


def interval(values: Sequence[Sequence[float]], start: Sequence[float]) -> tuple[float, float, float]:
    """The mean gain over the start in points, and 95 % of 2,000 resamples of items and seeds."""
    gains = 100 * (np.array(values) - np.array(start))  # (seeds, items)
    chance = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        seeds, items = chance.integers(0, len(gains), len(gains)), chance.integers(0, gains.shape[1], gains.shape[1])
        means.append(gains[seeds][:, items].mean())
    low, high = np.quantile(means, (0.025, 0.975))
    return round(float(gains.mean()), 1), round(float(low), 1), round(float(high), 1)


def main() -> None:
    """Tune, learn on, and print the gains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--rows", type=int, default=240)
    parser.add_argument("--epochs", type=float, default=12, help="of the tuning before them, at most")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--rate", type=float, default=5e-5, help="of grpo: small steps, or the policy is certain before it has learned")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--items", type=int, default=96)
    parser.add_argument("--fresh", action="store_true", help="learn on from questions in wordings without written answers")
    parser.add_argument("--only", nargs="*", default=AFTER, choices=AFTER, help="of what follows the tuning")
    given = parser.parse_args()
    training, data = Training(read_settings()), given.out / "data"
    base = training.base(given.base)
    write_tasks(data, given.rows, given.items)
    with terminal.progress(quiet=False) as report:
        first = tuned(given.base, data, given.epochs)
        start = carried_out(training, first, data, given.out, report)
        begun = score(base, first, start, data, "plans-unseen")
        terminal.print_value(f"sft: unseen wordings {fmean(begun):.3f}, of {len(begun)}")
        found: dict[str, list[list[float]]] = {}
        for seed in range(1, given.seeds + 1):
            for told in (one for one in after(start, data, given, seed) if one.name.partition("-")[0] in given.only):
                folder = carried_out(training, told, data, given.out, report)
                scores = score(base, told, folder, data, "plans-unseen")
                found.setdefault(told.name.rpartition("-")[0], []).append(scores)
                gains = {name: interval(values, begun) for name, values in found.items()}
                (given.out / "policies.json").write_text(json.dumps({"sft": fmean(begun), "gains": gains}), "utf-8")
                terminal.print_value(f"{told.name}: {fmean(scores):.3f}")
    for name, (mean, low, high) in gains.items():
        terminal.print_value(f"{name} - sft: {mean:+.1f} points [{low}, {high}], {len(found[name])} seeds, {len(begun)} items")
