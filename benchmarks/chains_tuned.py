"""Conclusions and chains of made memos by a small model, before and after it learned both together (recipe ``chains-cpu``).

    python benchmarks/chains_tuned.py ROWS --out DIR [--count 32] [--limit 8]

ROWS is what ``finfoundry chains data --out ROWS`` wrote. So many English rows of each task are learned in one epoch; so
many memos of companies that were not learned are asked, greedily. *Right way*: the asked measure moved as told. *Credit*:
stronger or weaker, as it is. *Sentence*: the conclusion, word for word. *Lines*: the steps of the chain that stand in what is written, word
for word; *cause*: its first. ``--out`` keeps what was tuned.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import DynamicCache

from finfoundry.core.language import language_of
from finfoundry.core.tasks import Task, TaskRow, load_task, rows
from finfoundry.machine import read_settings
from finfoundry.train.recipe import load_recipe, parse_recipe
from finfoundry.usecases.chains.told_causes import ARROW
from finfoundry.usecases.train_model import Training
from train_gains import Model, rendered

RECIPE, CONCLUSION, LINKS = Path("chains-cpu"), "chain-conclusion", "chain-links"
MOST = {CONCLUSION: 64, LINKS: 160}  # tokens of an answer
WAYS = ("rose", "fell")
CREDIT = ("stronger", "weaker")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, metavar="ROWS")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=32, metavar="N", help="rows of each task to learn from")
    parser.add_argument("--limit", type=int, default=8, metavar="N", help="memos that are asked")
    given = parser.parse_args()
    training = Training(read_settings())
    folder = tuned(training, given)
    model = Model(training, load_recipe(RECIPE).base)
    for system, adapter in (("before", None), ("after", folder)):
        model.wear(adapter)
        for name in (CONCLUSION, LINKS):
            task = load_task(name)
            asked = english(rows(task, given.rows, "test"))[: given.limit]
            told = [(row.target, written(model, task, row)) for row in asked]
            print(f"{system:7} {name:16} {judged(name, told)}", flush=True)


def tuned(training: Training, given: argparse.Namespace) -> Path:
    """The model, learned from so many English rows of each task, in one epoch."""
    folder: Path = given.out / "model"
    told = load_recipe(RECIPE).model_dump()
    data = given.out / "rows"
    data.mkdir(parents=True, exist_ok=True)
    for name in (CONCLUSION, LINKS):
        lines = [line for line in (given.rows / f"{name}.jsonl").read_text("utf-8").splitlines() if language_of(line) == "en"]
        (data / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    told["data"]["tasks"] = [share | {"limit": given.count} for share in told["data"]["tasks"]]
    told |= {"epochs": 1, "packs": 1, "checkpoint_every": 8, "forms": ["adapter"]}
    if not (folder / "manifest.json").is_file():
        found = training.train(parse_recipe(told, str(RECIPE)), data, folder)
        print(f"{found.data.rows} rows, {found.data.tokens} tokens, {found.outcome.steps} steps, {found.outcome.seconds:.0f} s", flush=True)
    return folder


def english(found: Sequence[TaskRow]) -> list[TaskRow]:
    return [row for row in found if language_of(row.fields["question"]) == "en"]


@torch.no_grad()
def written(model: Model, task: Task, row: TaskRow) -> str:
    """Greedy, to the end of the turn or so many tokens."""
    cache, ids, answer = DynamicCache(), rendered(model, task.messages(row)), list[int]()
    weight, end = model.model.get_output_embeddings().weight, model.base.tokenizer.eos_token_id
    while len(answer) < MOST[task.name]:
        best = int((weight @ model.read(ids, cache)).argmax())
        if best == end:
            break
        answer.append(best)
        ids = [best]
    return str(model.base.tokenizer.decode(answer)).strip()


def judged(name: str, told: Sequence[tuple[str, str]]) -> str:
    if name == LINKS:
        lines = [(step.strip(), place, said) for target, said in told for place, step in enumerate(target.split(ARROW.strip()))]
        right = [step in said for step, _, said in lines]
        causes = [step in said for step, place, said in lines if not place]
        whole = sum(target == said for target, said in told)
        return f"lines {sum(right)} of {len(right)}, cause {sum(causes)} of {len(causes)}, whole chain {whole} of {len(told)}"
    shares = [f"{what} {sum(one(target) == one(said) for target, said in told)}" for what, one in (("right way", way), ("credit", credit))]
    return f"{', '.join(shares)}, sentence {sum(target == said for target, said in told)} of {len(told)}"


def way(text: str) -> str:
    """The first word that tells a movement."""
    return next((word for word in text.replace(",", " ").split() if word in WAYS), "none")


def credit(text: str) -> str:
    return next((word for word in CREDIT if word in text), "none")


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"{time.monotonic() - started:.0f} s")
