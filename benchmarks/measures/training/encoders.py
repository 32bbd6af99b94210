"""What a tuned encoder tells of each task, beside the usual cheap rival: TF-IDF and logistic regression, of the same rows.

    python benchmarks/training.py encoders --data DIR --out DIR [--task tfns …] [--tokens 400000] [--seeds 1] [--limit 1000]

Every encoder is learned by the recipe of `banking77-encoder` within ``--tokens``: as many epochs as that allows, at most six, of all
rows, or of as many rows as one epoch can take, in smaller steps where tokens are few. The rival learns the same rows: that of labels reads
words and their pairs, of Chinese up to three characters; that of spans tells each word, or character, by itself and those around it. Both
are asked the same rows, which neither learned; milliseconds are those of an answer on one thread. What is finished is not run again.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer

from finfoundry.base.text_encoder import FORM, TextEncoder
from finfoundry.core.tasks import EntitySpan, Task, load_task, rows
from finfoundry.core.tasks import TaskRow as TaskRow
from finfoundry.evals.result import SuiteResult
from finfoundry.evals.rows import Item, Reply, Solver, read_rows
from finfoundry.evals.run import ROWS, run
from finfoundry.evals.suites.tasks import task_suite
from finfoundry.evals.systems.tuned_encoder import encoder_solver
from finfoundry.machine import read_settings
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.compare_runs import compare
from finfoundry.usecases.train_model import Training

TASKS = ("banking77", "tfns", "finfe", "finnl", "finer-ord", "ner-zh", "finre", "headline-direction", "fiqa-direction")
EPOCHS = 6
CONTEXT, PACK = 256, 1024  # tokens of a row, of a step
RATE, PROBE = 5e-4, 600  # rows on which heads are fitted first: drawn at random they told the same of every text, the body with them
STEPS = 200  # that few tokens are divided into: in 51 steps of 1,024 an encoder learned less than TF-IDF of the same rows
APART = " ‖ "  # between the texts of one row
Answer = Callable[[Sequence[str]], str]


def recipe(task: Task, limit: int | None, epochs: float, seed: int, tokens: int) -> Recipe:
    told = {
        "name": f"{task.name}-encoder", "base": "multilingual-e5-small", "method": "encode", "weights": "lora",
        "data": {"tasks": [{"task": task.name, "limit": limit}], "licences": [task.licence], "too_long": "drop"},
        "context": CONTEXT, "pack": max(CONTEXT, min(PACK, tokens // STEPS)), "packs": 1,
        "epochs": epochs, "learning_rate": RATE, "probe": PROBE, "head_rate": 1, "seed": seed, "forms": ["adapter", "onnx"],
    }  # fmt: skip
    return parse_recipe(told, task.name)


def budgeted(training: Training, task: Task, data: Path, tokens: int) -> tuple[int | None, float]:
    """How many rows are learned from, and how often: within ``tokens``. Both by the mean length of a sample of the rows."""
    base = training.base("multilingual-e5-small", recipe(task, None, 1, 0, tokens))
    found = rows(task, data, "train")
    mean = fmean(len(base.tokenizer.encode(APART.join(task.texts(row))).ids) for row in found[:: max(1, len(found) // 300)])
    often = tokens / (mean * len(found))
    return (None, round(min(EPOCHS, often), 2)) if often >= 1 else (math.floor(tokens / mean), 1)


def texts_rival(task: Task, learned: Sequence[TaskRow]) -> Answer:
    signs: dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 3)} if task.language == "zh" else {"ngram_range": (1, 2)}
    told = [task.read(row.target) for row in learned]
    several = task.kind == "choices"
    told_by: Any = LogisticRegression(C=10, max_iter=300)
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2, **signs), OneVsRestClassifier(told_by) if several else told_by)
    texts = [APART.join(task.texts(row)) for row in learned]
    if not several:
        pipeline.fit(texts, told)
        return lambda asked: str(pipeline.predict([APART.join(asked)])[0])
    labels = MultiLabelBinarizer()
    pipeline.fit(texts, labels.fit_transform(told))
    return lambda asked: _likely(pipeline, labels.classes_, APART.join(asked))


def _likely(pipeline: Pipeline, words: Sequence[str], text: str) -> str:
    shares = pipeline.predict_proba([text])[0]
    return " ".join(word for word, share in zip(words, shares, strict=True) if share > 0.5) or words[int(shares.argmax())]


def parts(task: Task, text: str) -> list[tuple[int, int]]:
    """Where words begin and end, of Chinese characters."""
    if task.language == "zh":
        return [(place, place + 1) for place, sign in enumerate(text) if not sign.isspace()]
    found, start = [], 0
    for word in text.split(" "):
        if word:
            found.append((start, start + len(word)))
        start += len(word) + 1
    return found


def signs_of(text: str, places: Sequence[tuple[int, int]], number: int) -> dict[str, Any]:
    """What the rival of spans knows of one word: its form, and those of the words around it."""
    told: dict[str, Any] = {}
    for beside in range(-2, 3):
        if 0 <= number + beside < len(places):
            start, end = places[number + beside]
            word = text[start:end]
            told |= {f"{beside}": word.lower(), f"{beside} upper": word[0].isupper(), f"{beside} end": word[-3:].lower()}
            if beside < 2 and number + beside + 1 < len(places):
                told[f"{beside} pair"] = text[start : places[number + beside + 1][1]].lower()
    return told


def spans_rival(task: Task, learned: Sequence[TaskRow]) -> Answer:
    found, tags = [], []
    for row in learned:
        text = task.texts(row)[0]
        spans = [one for one in task.read(row.target, text) or () if isinstance(one, EntitySpan)]
        places = parts(task, text)
        for number, (start, end) in enumerate(places):
            inside = next((one for one in spans if start < one.end and end > one.start), None)
            found.append(signs_of(text, places, number))
            tags.append("O" if inside is None else f"{'B' if start <= inside.start else 'I'}-{inside.label}")
    pipeline = make_pipeline(DictVectorizer(), LogisticRegression(C=3, max_iter=60))
    pipeline.fit(found, tags)

    def answer(asked: Sequence[str]) -> str:
        places = parts(task, asked[0])
        signs = [signs_of(asked[0], places, number) for number in range(len(places))]
        told = [str(tag) for tag in pipeline.predict(signs)] if signs else []
        lines, begun = list[str](), 0
        for number, tag in enumerate(told):
            if tag.startswith("B") or (tag.startswith("I") and (number == 0 or told[number - 1] == "O")):
                begun = places[number][0]
            if tag != "O" and not (number + 1 < len(told) and told[number + 1] == f"I-{tag[2:]}"):
                lines.append(f"{tag[2:]}: {asked[0][begun : places[number][1]].strip('.,;:')}")
        return "\n".join(lines) or task.none

    return answer


def tuned_encoder(task: Task, folder: Path) -> Solver:
    return encoder_solver(TextEncoder(folder / FORM, threads=1), task)


def drawn(task: Task, data: Path, limit: int | None) -> list[TaskRow]:
    """The rows that a recipe of the first seed learns from."""
    found = [*rows(task, data, "train")]
    random.Random(f"1/{task.name}").shuffle(found)
    return found[:limit]


def rival(task: Task, data: Path, limit: int | None) -> Solver:
    answer = (spans_rival if task.kind == "entities" else texts_rival)(task, drawn(task, data, limit))

    def solve(item: Item) -> Reply:
        return Reply(answer(task.texts(item.meta["row"])))

    return solve


class Bench:
    """Models and runs under one folder; what is there already is not done again."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given, self.settings = given, read_settings()
        self.training = Training(self.settings)

    def tuned(self, task: Task, seed: int) -> Path:
        folder: Path = self.given.out / "models" / f"{task.name}-{seed}"
        if not (folder / "manifest.json").is_file():
            limit, epochs = budgeted(self.training, task, self.given.data, self.given.tokens)
            found = self.training.train(recipe(task, limit, epochs, seed, self.given.tokens), self.given.data, folder)
            done = found.outcome
            print(f"{task.name}: {found.data.rows} rows, {epochs} epochs, {done.steps} steps, {done.seconds:.0f} s", flush=True)
        return folder

    def asked(self, task: Task, system: str, solver: Callable[[], Solver]) -> Path:
        folder: Path = self.given.out / "runs" / system / task.name
        result: SuiteResult = run(task_suite(task), solver(), self.given.data, folder, system=system, limit=self.given.limit)
        value = result.measures[result.headline]
        spent = 1000 * median(row.seconds for row in read_rows(folder / ROWS))
        told = f"{result.headline} {value.value:.3f} [{value.low:.3f}, {value.high:.3f}] of {result.n}, {spent:.1f} ms"
        print(f"{task.name:12} {system:12} {told}", flush=True)
        return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--task", action="append", help="in place of all")
    parser.add_argument("--tokens", type=int, default=400_000, help="that an encoder reads while it learns")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--limit", type=int, default=1000, help="rows that are asked, a task")
    bench = Bench(given := parser.parse_args())
    for name in given.task or TASKS:
        task = load_task(name)
        limit, _ = budgeted(bench.training, task, given.data, given.tokens)
        beside = bench.asked(task, f"tf-idf-{limit}" if limit else "tf-idf", partial(rival, task, given.data, limit))
        for seed in range(1, given.seeds + 1):
            folder = bench.tuned(task, seed)
            ours = bench.asked(task, f"encoder-{seed}", partial(tuned_encoder, task, folder))
            gain = next(iter(compare(beside, ours).differences.values()))
            print(f"{task.name:12} encoder - tf-idf {gain.difference:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]", flush=True)
