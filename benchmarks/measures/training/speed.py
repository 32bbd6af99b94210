"""Training speed against TRL's SFTTrainer, with its defaults and at its best: same base, rows, adapter, one epoch, and the loss after it.

    python benchmarks/training.py speed --data DIR [--rows 300] [--base gemma-3-270m] [--only ours default best]

``best`` is our run done by TRL: the very packs in the very order, the adapter as it begins, the moments of the optimizer, nothing computed
twice, and weights in the number format that our run chooses on this machine. Its loss afterwards must be ours. ``default`` makes batches
of its own. Learning rate and its way down, clipping, rank and seed are the same for all. The loss is that on an eighth of the rows of each
task. At a rate that stays high it would tell what the last step taught: on its way through one run it went from .47 up to .93.
Needs `pip install trl`. Each trainer runs in a process of its own; the time is that of training alone, without loading and reading.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from finfoundry.machine import read_settings
from finfoundry.train import machine
from finfoundry.train.checkpoint import RunIdentity
from finfoundry.train.loop import LoopRun, train
from finfoundry.train.loss import CausalLoss
from finfoundry.train.methods import summed_loss
from finfoundry.train.packing import Order, RowTokens, Steps, fit
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.runs.plan import Cost
from finfoundry.train.runs.training_run import PreparedRun, prepared
from finfoundry.train.weights import trainable
from finfoundry.usecases.train_model import SCREEN, Training
from measures import command

KINDS = ("ours", "default", "best")
SAME_RUN: dict[str, Any] = {  # what makes TRL take our packs, in our order, as they are
    "padding_free": True, "max_length": None, "dataset_kwargs": {"skip_prepare_dataset": True}, "train_sampling_strategy": "sequential",
    "per_device_train_batch_size": 1, "gradient_checkpointing": False, "adam_beta2": 0.95,
}  # fmt: skip


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock, and of processors: on a machine with other work the second is the fair one."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> Spent:
        return cls(time.perf_counter(), time.process_time())

    def until_now(self) -> Spent:
        now = Spent.now()
        return Spent(now.wall - self.wall, now.processor - self.processor)


def recipe(base: str, rows: int) -> Recipe:
    told = {
        "name": "speed", "base": base, "method": "instruct", "weights": "lora",
        "data": {
            "tasks": [{"task": "finfe@1", "limit": rows}, {"task": "finre@1", "limit": rows}], "licences": ["none-stated"],
            "too_long": "drop", "near_duplicates": 1,
        },
        "context": 256, "pack": 1024, "packs": 1, "learning_rate": 5e-4, "warmup": 0, "schedule": "cosine", "seed": 3, "forms": [],
        "checkpoint_every": 10_000,
    }  # fmt: skip
    return parse_recipe(told, "speed")


def ours(told: PreparedRun, folder: Path) -> tuple[Spent, CausalLoss]:
    recipe, base = told.recipe, told.base
    weights, dtype = trainable(recipe), machine.precision(recipe.precision, folder)
    module = CausalLoss(weights.open(base, dtype))
    cost, peak = Cost(recipe, base.config), told.plan.peak_flops
    identity = RunIdentity(recipe.digest, base.sha256, "benchmark")
    run = LoopRun(recipe, module, weights.learned(module.model), told.order, summed_loss, folder, identity, dtype, cost, peak)
    begin = Spent.now()
    outcome = train(run)
    print(f"  share of peak {outcome.share_of_peak:.0%}", file=sys.stderr)
    return begin.until_now(), module


def trl(told: PreparedRun, folder: Path, *, best: bool) -> tuple[Spent, CausalLoss]:
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(
        output_dir=str(folder), report_to="none", save_strategy="no", logging_strategy="no", learning_rate=5e-4,
        lr_scheduler_type="cosine_with_min_lr", lr_scheduler_kwargs={"min_lr_rate": 0.1},
        num_train_epochs=1, use_cpu=not torch.cuda.is_available(), seed=3, **(SAME_RUN if best else {"completion_only_loss": True}),
    )  # fmt: skip
    dtype = machine.precision(told.recipe.precision, folder) if best else torch.float32
    start = first_adapter(told, dtype) if best else {}  # before the model: both have one config, which says how they attend
    model = told.base.model(dtype)
    model.set_attn_implementation("sdpa")
    lora = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    data = Dataset.from_dict(packs_of(told.order) if best else rows_of(told.rows))
    trainer = SFTTrainer(model, args=config, train_dataset=data, processing_class=told.base.tokenizer, peft_config=lora)
    tuned = trainer.model.base_model.model
    put(start, tuned)
    begin = Spent.now()
    trainer.train()
    spent = begin.until_now()
    tuned.set_attn_implementation("segments")
    return spent, CausalLoss(tuned)


def rows_of(rows: Sequence[RowTokens]) -> dict[str, list[Any]]:
    return {
        "input_ids": [list(row.ids) for row in rows],
        "completion_mask": [[0] * row.start + [1] * row.targets for row in rows],
    }


def packs_of(order: Steps) -> dict[str, list[Any]]:
    """The packs of a run, one a step, as TRL's own packing would hand them on."""
    packs = [pack for number in range(order.steps) for pack in order.step(number)]
    return {
        "input_ids": [[token for row in pack.rows for token in row.ids] for pack in packs],
        "labels": [[label for row in pack.rows for label in (*[-100] * row.start, *row.ids[row.start :])] for pack in packs],
        "seq_lengths": [pack.lengths for pack in packs],
    }


def first_adapter(told: PreparedRun, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """What our run begins with, by the names of the weights."""
    weights = trainable(told.recipe)
    return {name: weight.detach() for name, weight in weights.learned(weights.open(told.base, dtype)).items()}


def put(start: dict[str, torch.Tensor], model: Any) -> None:
    theirs = dict(model.named_parameters())
    with torch.no_grad():
        for name, weight in start.items():
            theirs[name].copy_(weight)


def loss(module: CausalLoss, rows: list[RowTokens]) -> float:
    """Mean over target tokens, in bf16."""
    module.eval()
    total, count = 0.0, 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for pack in fit(rows, 1024):
            total, count = total + float(module(pack)), count + pack.targets
    return total / count


def child(kind: str, data: Path, rows: int, base: str) -> dict[str, Any]:
    training = Training(read_settings())
    with tempfile.TemporaryDirectory() as folder:
        told = prepared(recipe(base, rows), training.base(base), data, Path(folder), SCREEN)
        held = told.rows[::8]  # none of the trainers sees these
        kept = [row for place, row in enumerate(told.rows) if place % 8]
        order = Order(kept, 1024, 1, 1, 3)
        told = PreparedRun(told.recipe, told.base, told.material, kept, order, told.plan)
        spent, module = ours(told, Path(folder)) if kind == "ours" else trl(told, Path(folder), best=kind == "best")
        return {"kind": kind, "rows": len(kept), **asdict(spent), "loss": loss(module, held)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=300, help="of each of two tasks; an eighth of all is held back")
    parser.add_argument("--base", default="gemma-3-270m")
    parser.add_argument("--only", nargs="*", default=KINDS)
    parser.add_argument("--child", choices=KINDS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not (arguments.data / "zh_tasks" / "fincuge").is_dir():
        print(f"not run: {arguments.data} has no zh_tasks/fincuge")
        return
    if arguments.child:
        print(json.dumps(child(arguments.child, arguments.data, arguments.rows, arguments.base)))
        return
    found = {}
    for kind in arguments.only:
        argv = [*command("training", "speed"), "--data", str(arguments.data), "--rows", str(arguments.rows), "--base", arguments.base]
        said = subprocess.run([*argv, "--child", kind], check=True, stdout=subprocess.PIPE, text=True).stdout
        found[kind] = told = json.loads(said.splitlines()[-1])
        rate = told["rows"] / told["processor"]
        print(
            f"{kind:8} {told['rows']} rows, {rate:.2f} a processor-second, {told['wall']:.1f} s; loss on others {told['loss']:.3f}",
            flush=True,
        )
    for kind in [kind for kind in found if kind != "ours" and "ours" in found]:
        faster, worse = found[kind]["processor"] / found["ours"]["processor"], found["ours"]["loss"] - found[kind]["loss"]
        print(f"ours against TRL {kind}: {faster:.2f} times as fast, loss {worse:+.3f}")
