"""Speed of learning from preferences and from rewards against TRL: same base, adapter, rows, epochs, learning rate and clipping.

    python benchmarks/training.py speed-policies --out DIR [--method dpo grpo] [--base smollm2-135m-instruct] [--pairs 60] [--rounds 2]

`dpo`: pairs of `make demo-train`, one epoch, four pairs a step. `grpo`: rounds of eight questions of `policies`, eight completions
of at most twenty tokens each, one step a round; the reward is their length, which differs from the start on: for speed alone. Weights are
in the number format that our run chooses on this machine, for both; nothing is computed twice. Times are of all that a run does after the
base was read: of a reference, of sampling, of learning. Needs `pip install trl`. Each trainer runs in a process of its own, whose times are
kept: what is finished is not run again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from finfoundry import __version__
from finfoundry.core.tasks import load_task, rows
from finfoundry.demo.training import corrections, write_data
from finfoundry.machine import read_settings
from finfoundry.train import machine
from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.rewards import SampledAnswer
from finfoundry.train.rewards.length import length
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.usecases.train_model import SCREEN, Training
from measures import command
from measures.training.policies import write_tasks
from measures.training.speed import Spent

RATE, QUESTIONS, COMPLETIONS, TOKENS = 1e-4, 8, 8, 20
TRAINERS = ("ours", "trl")


def recipe(method: str, base: str, data: Path, rounds: int) -> Recipe:
    told: dict[str, Any] = {
        "name": f"speed-{method}", "base": base, "method": method, "weights": "lora", "context": 256, "pack": 1024, "packs": 1,
        "learning_rate": RATE, "warmup": 0, "schedule": "constant", "seed": 3, "forms": [], "checkpoint_every": 10_000,
    }  # fmt: skip
    if method == "dpo":
        told |= {"data": {"preferences": ["preferences.jsonl"], "licences": ["Apache-2.0"]}, "epochs": 1, "pack": 768}
    else:
        told |= {
            "data": {"tasks": [{"task": str(data / "plans.yaml")}], "licences": ["Apache-2.0"], "near_duplicates": 1},
            "rewards": {"length": 1.0}, "epochs": rounds * QUESTIONS / len(rows(load_task(data / "plans.yaml"), data)),
            "sampling": {"prompts": QUESTIONS, "completions": COMPLETIONS, "tokens": TOKENS, "divergence": 0.02},
        }  # fmt: skip
    return parse_recipe(told, method)


def write_rows(folder: Path, pairs: int) -> None:
    task = write_data(folder)
    (folder / "preferences.jsonl").write_text("".join(json.dumps(one) + "\n" for one in corrections(task)[:pairs]), "utf-8")
    write_tasks(folder, 120, 8)


def ours(told: Recipe, base: Base, data: Path, folder: Path) -> Spent:
    made = prepared(told, base, data, folder, SCREEN)
    begun = Spent.now()
    found = carry_out(made, folder, __version__)
    print(f"  {found.outcome.steps} steps, {found.outcome.tokens} tokens", file=sys.stderr)
    return begun.until_now()


def usual(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "output_dir": str(folder), "report_to": "none", "save_strategy": "no", "logging_strategy": "no", "learning_rate": RATE,
        "lr_scheduler_type": "constant", "use_cpu": True, "seed": 3, "gradient_checkpointing": False, "bf16": False,
    } | more  # fmt: skip


def trl(told: Recipe, base: Base, data: Path, folder: Path, rounds: int) -> Spent:
    from datasets import Dataset
    from peft import LoraConfig
    from pyarrow import Table
    from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer

    model = base.model(machine.precision(told.precision, folder))
    model.set_attn_implementation("sdpa")
    lora = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    begun = Spent.now()
    if told.method == "dpo":
        read = [json.loads(line) for line in (data / "preferences.jsonl").read_text("utf-8").splitlines()]
        sides = [
            {"prompt": [said("user", one["prompt"])]} | {side: [said("assistant", one[side])] for side in ("chosen", "rejected")}
            for one in read
        ]
        config = DPOConfig(**usual(folder, num_train_epochs=1, per_device_train_batch_size=4, beta=0.1, max_length=256))
        trainer: Any = DPOTrainer(
            model,
            args=config,
            train_dataset=Dataset(Table.from_pylist(sides), fingerprint="sides"),
            processing_class=base.tokenizer,
            peft_config=lora,
        )
    else:
        task = load_task(data / "plans.yaml")
        asked = [{"prompt": [said("user", task.prompt(row))], "expected": row.target} for row in rows(task, data)[: rounds * QUESTIONS]]
        texts = {task.prompt(row): task.texts(row) for row in rows(task, data)}

        def reward(prompts: list[Any], completions: list[Any], expected: list[str], **_: Any) -> list[float]:
            return [
                length(SampledAnswer((), done[0]["content"], gold, texts[prompt[-1]["content"]], "plans", True, TOKENS, TOKENS))
                for prompt, done, gold in zip(prompts, completions, expected, strict=True)
            ]

        group = {"num_generations": COMPLETIONS, "max_completion_length": TOKENS, "beta": 0.02, "temperature": 1.0}
        steps = {"per_device_train_batch_size": QUESTIONS * COMPLETIONS, "max_steps": rounds}
        config = GRPOConfig(**usual(folder, **group, **steps))
        trainer = GRPOTrainer(
            model,
            reward,
            args=config,
            train_dataset=Dataset(Table.from_pylist(asked), fingerprint="asked"),
            processing_class=base.tokenizer,
            peft_config=lora,
        )
    trainer.train()
    return begun.until_now()


def said(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--method", nargs="*", default=["dpo", "grpo"])
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--child", choices=TRAINERS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    data = given.out / "data"
    if given.child:
        training = Training(read_settings())
        base, method = training.base(given.base), given.method[0]
        told, folder = recipe(method, given.base, data, given.rounds), given.out / f"{method}-{given.child}"
        folder.mkdir(exist_ok=True)
        spent = ours(told, base, data, folder) if given.child == "ours" else trl(told, base, data, folder, given.rounds)
        print(json.dumps({"wall": spent.wall, "processor": spent.processor}))
        return
    write_rows(data, given.pairs)
    for method in given.method:
        found = {}
        for trainer in TRAINERS:
            kept = given.out / f"{method}-{trainer}-{given.pairs if method == 'dpo' else given.rounds}.json"
            if not kept.is_file():
                argv = [*command("training", "speed-policies"), "--out", str(given.out), "--base", given.base, "--pairs", str(given.pairs)]
                more = ["--rounds", str(given.rounds), "--method", method, "--child", trainer]
                text = subprocess.run([*argv, *more], check=True, stdout=subprocess.PIPE, text=True).stdout
                kept.write_text(text.splitlines()[-1], "utf-8")
            found[trainer] = json.loads(kept.read_text("utf-8"))
            print(f"{method:5} {trainer:5} {found[trainer]['processor']:.1f} processor-seconds, {found[trainer]['wall']:.1f} s", flush=True)
        print(f"{method:5} ours against TRL: {found['trl']['processor'] / found['ours']['processor']:.2f} times as fast", flush=True)
