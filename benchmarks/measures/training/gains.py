"""What tuning gains on rows that were held back: the base without and with examples, one adapter a task, one adapter for all of them,
and that adapter on tasks that it never saw.

    python benchmarks/training.py gains --data DIR --out DIR [--rows 300] [--limit 100] [--shots 5] [--base gemma-3-270m]
                                     [--zero [--share 0.5] [--reworded 0.75 [--learn finfe@1 …]] | --rival | --task tfns@1 …]

Every adapter is learned in one epoch; the one for all tasks from the very rows from which the single ones were learned. Answers are decoded
greedily, constrained to the words of the task, by torch in bf16: no answer is wrong for its form alone. A run that was stopped goes on.
``--zero``: only the tasks that were never seen, of the base with instructions and of the adapter for all tasks; ``--share``: of so much of
what the adapter changes (`finfoundry merge --method liti`); ``--reworded``: so much of the rows is asked in other words (`data.reworded`);
``--learn``: from these tasks in place of the six. ``--rival``: only TF-IDF
and logistic regression, of as many rows of each task, beside the single adapters where these were asked. ``--task``: these alone, each
by itself: the base without and with examples, an adapter, TF-IDF and logistic regression.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import DynamicCache

from finfoundry.core.tasks import Task, load_task
from finfoundry.core.tasks import TaskRow as TaskRow
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.run import RESULT, run
from finfoundry.evals.suites.tasks import shots, task_suite
from finfoundry.machine import read_settings
from finfoundry.train.export.learned import Adapter, read_adapter
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.compare_runs import compare
from finfoundry.usecases.train_model import Training
from measures.training.encoders import Answer, drawn, texts_rival

TASKS = ("finfe@1", "finre@1", "finnl", "banking77@1", "tfns@1", "sentfin@1")
HELD_OUT = ("finne@1", "fiqa-sa@1", "finese-type", "fin-eva", "credit-narrative@1", "payment-risk@1")
MOST = 3  # labels of an answer that may have several
Tokens = tuple[int, ...]


def recipe(name: str, tasks: Sequence[str], rows: int, base: str, reworded: float = 0.0) -> Recipe:
    told = {
        "name": name, "base": base, "method": "instruct", "weights": "lora",
        "data": {
            "tasks": [{"task": task, "limit": rows} for task in tasks],
            "held_out": [] if len(tasks) == 1 else [task.partition("@")[0] for task in HELD_OUT],
            "licences": ["none-stated", "CC-BY-4.0", "MIT"], "too_long": "drop", "reworded": reworded,
        },
        "context": 384, "pack": 1024, "packs": 1, "epochs": 1, "learning_rate": 1e-3, "seed": 1, "forms": ["adapter"],
    }  # fmt: skip
    return parse_recipe(told, name)


class Model:
    """A base whose weights are those of one adapter or of none, and that answers in the words of a task."""

    def __init__(self, training: Training, name: str) -> None:
        self.base = training.base(name)
        self.plain = self.base.model(torch.float32)
        self.model = copy.deepcopy(self.plain).to(torch.bfloat16).eval()
        self.model.set_attn_implementation("sdpa")
        self.worn: str | None = None

    def wear(self, folder: Path | None, share: float = 1.0) -> None:
        """Take on an adapter, or a share of what it changes (None: the base as it is)."""
        if self.worn == f"{folder}:{share}":
            return
        adapter = read_adapter(folder / "adapter", self.base) if folder else Adapter({}, 1, 1.0)
        plain, weights = dict(self.plain.named_parameters()), dict(self.model.named_parameters())
        with torch.no_grad():
            for name, weight in weights.items():
                change = torch.from_numpy(adapter.change(name)) if name in adapter.pairs else 0
                weight.copy_(plain[name] + share * change)
        self.worn = f"{folder}:{share}"

    def ids(self, text: str) -> list[int]:
        return list(self.base.tokenizer(text, add_special_tokens=False)["input_ids"])

    @torch.no_grad()
    def read(self, ids: list[int], cache: DynamicCache) -> torch.Tensor:
        """The last hidden state after tokens that follow those in the cache, which then holds them too."""
        found: torch.Tensor = self.model.get_decoder()(
            input_ids=torch.tensor([ids]), past_key_values=cache, use_cache=True
        ).last_hidden_state[0, -1]
        return found

    def choose(self, ids: list[int], cache: DynamicCache, tree: dict[Tokens, set[int]]) -> Tokens:
        """Greedy tokens along the tree of all answers."""
        weight, answer = self.model.get_output_embeddings().weight, tuple[int, ...]()
        while choices := sorted(tree.get(answer, ())):
            state = self.read(ids, cache) if len(choices) > 1 else None
            best = choices[0] if state is None else choices[int((weight[choices] @ state).argmax())]
            ids = [best] if state is not None else [*ids, best]
            answer = (*answer, best)
        return answer


def tree_of(model: Model, task: Task) -> dict[Tokens, set[int]]:
    """All that a task may be answered, as tokens: the beginning of an answer -> what may follow."""
    found: dict[Tokens, set[int]] = defaultdict(set)
    for count in range(1, (MOST if task.kind == "choices" else 1) + 1):
        for words in itertools.permutations(task.words, count):
            line = (*model.ids(" ".join(words)), model.base.tokenizer.eos_token_id)
            for place, token in enumerate(line):
                found[line[:place]].add(token)
    return found


def solver(model: Model, task: Task, examples: tuple[TaskRow, ...]) -> Callable[[Item], Reply]:
    tree, tokenizer = tree_of(model, task), model.base.tokenizer
    shown = rendered(model, task.messages(examples[0], examples)[:-1]) if examples else []
    cached = DynamicCache()  # what the model read of the examples: the same for every item
    if shown:
        model.read(shown, cached)

    def solve(item: Item) -> Reply:
        ids = rendered(model, task.messages(item.meta["row"], examples))
        same = ids[: len(shown)] == shown
        answer = model.choose(ids[len(shown) :] if same else ids, copy.deepcopy(cached) if same else DynamicCache(), tree)
        return Reply(tokenizer.decode(answer[:-1]).strip(), prompt_tokens=len(ids), completion_tokens=len(answer))

    return solve


def rendered(model: Model, messages: Sequence[Any]) -> list[int]:
    asked = [{"role": message.role, "content": message.content} for message in messages]
    return model.ids(model.base.tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True))


class Bench:
    """Adapters and runs under one folder; what is there already is not done again."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given, self.training = given, Training(read_settings())
        self.model = Model(self.training, given.base)

    def tuned(self, name: str, tasks: Sequence[str]) -> Path:
        folder: Path = self.given.out / "models" / name
        if not (folder / "manifest.json").is_file():
            found = self.training.train(recipe(name, tasks, self.given.rows, self.given.base, self.given.reworded), self.given.data, folder)
            print(f"{name}: {found.data.rows} rows, {found.outcome.steps} steps, {found.outcome.seconds:.0f} s", flush=True)
        return folder

    def asked(self, system: str, task: str, adapter: Path | None, shown: int = 0, share: float = 1.0) -> Path:
        """The run of one system on one task."""
        told = load_task(task)
        folder: Path = self.given.out / "runs" / system / told.name
        self.model.wear(adapter, share)
        solve = solver(self.model, told, shots(told, self.given.data, shown) if shown else ())
        found = run(task_suite(told), solve, self.given.data, folder, system=system, model=self.given.base, limit=self.given.limit)
        value = found.measures[found.headline]
        print(f"{task:14} {system:9} {found.headline:9} {value.value:.3f} [{value.low:.3f}, {value.high:.3f}] of {found.n}", flush=True)
        return folder


def rival(given: argparse.Namespace) -> None:
    """TF-IDF and logistic regression, and how far the single adapters are from them."""
    ours, others = [], []
    for name in given.task or TASKS:
        task, folder, tuned = load_task(name), given.out / "runs" / "tf-idf" / load_task(name).name, given.out / "runs" / "single"
        answer = texts_rival(task, drawn(task, given.data, given.rows))
        found = run(task_suite(task), partial(replied, task, answer), given.data, folder, system="tf-idf", limit=given.limit)
        value = found.measures[found.headline]
        print(f"{name:14} tf-idf    {found.headline:9} {value.value:.3f} [{value.low:.3f}, {value.high:.3f}] of {found.n}", flush=True)
        if (tuned / task.name / RESULT).is_file():
            ours.append(tuned / task.name)
            others.append(folder)
    if ours:
        difference("single-task - tf-idf", ours, others)


def replied(task: Task, answer: Answer, item: Item) -> Reply:
    return Reply(answer(task.texts(item.meta["row"])))


def difference(name: str, ours: Sequence[Path], others: Sequence[Path]) -> None:
    """The mean over tasks of the paired differences in the headline, with its interval."""
    found = [next(iter(compare(other, one).differences.values())) for one, other in zip(ours, others, strict=True)]
    mean = sum(one.difference for one in found) / len(found)
    half = math.sqrt(sum(((one.high - one.low) / 2) ** 2 for one in found)) / len(found)
    print(f"{name}: {mean:+.3f} [{mean - half:+.3f}, {mean + half:+.3f}], mean of {len(found)} tasks", flush=True)


def alone(bench: Bench, tasks: Sequence[str]) -> None:
    """Each task by itself, beside the base and the rival of as many rows."""
    for task in tasks:
        bench.asked("base", task, None)
    few = [bench.asked("examples", task, None, bench.given.shots) for task in tasks]
    taught = [bench.asked("single", task, bench.tuned(f"single-{task.partition('@')[0]}", [task])) for task in tasks]
    difference("single-task - base with examples", taught, few)
    rival(bench.given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=300, help="to learn from, a task")
    parser.add_argument("--limit", type=int, default=100, help="held-back rows, a task")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--base", default="gemma-3-270m")
    parser.add_argument("--zero", action="store_true", help="only tasks that were never seen")
    parser.add_argument("--share", type=float, default=1.0, help="of what the adapter changes, with --zero")
    parser.add_argument("--reworded", type=float, default=0.0, help="share of the rows that are asked in other words, with --zero")
    parser.add_argument("--learn", action="append", help="from these tasks in place of the six, with --zero")
    parser.add_argument("--rival", action="store_true", help="only TF-IDF and logistic regression")
    parser.add_argument("--task", action="append", help="only these, each by itself")
    if (given := parser.parse_args()).rival:
        rival(given)
        return
    bench = Bench(given)
    if given.task:
        alone(bench, given.task)
        return
    if given.zero:
        unseen = [bench.asked("base", task, None) for task in HELD_OUT]
        name = "multi" if given.share == 1 else f"multi-{given.share:g}"
        multi = bench.tuned("multi", given.learn or TASKS)
        difference("zero-shot - base", [bench.asked(name, task, multi, share=given.share) for task in HELD_OUT], unseen)
        return
    every = (*TASKS, *HELD_OUT)
    plain = {task: bench.asked("base", task, None) for task in every}
    few = {task: bench.asked("examples", task, None, given.shots) for task in every}
    multi = bench.tuned("multi", TASKS)
    shared = {task: bench.asked("multi", task, multi) for task in every}
    single = {task: bench.asked("single", task, bench.tuned(f"single-{task.partition('@')[0]}", [task])) for task in TASKS}
    taught = [single[task] for task in TASKS]
    difference("single-task - base with examples", taught, [few[task] for task in TASKS])
    difference("multi-task - single-task", [shared[task] for task in TASKS], taught)
    for name, base in (("base", plain), ("base with examples", few)):
        difference(f"zero-shot - {name}", [shared[task] for task in HELD_OUT], [base[task] for task in HELD_OUT])
