"""From a changed rule to a promoted adapter: twenty examples, and the minutes until what serves follows them.

    python benchmarks/releases.py rule --out DIR [--examples 20] [--limit 80] [--base gemma-3-270m]

An adapter for a desk's messages (those of `make demo-train`) serves. Then the rule changes: a stolen card is no lost card any more, but
fraud. The clock runs from the examples of the new rule, on disk, to the promotion: the adapter is tuned on from the one that serves, on
the examples and five times as many rows of before again; an approver's exam asks that messages of the new rule in other wordings improve
and that all others and what is safe stay; who proposes does not promote. Run it in a home of its own (FINFOUNDRY_HOME) that has the base.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.core.principal import Principal
from finfoundry.demo.training import WANTS, messages
from finfoundry.machine import read_settings
from finfoundry.release.candidate import tuned
from finfoundry.runtime.settings import Settings
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.train_model import Training

NAME, NEW, STOLEN = "desk-messages", "fraud", ("stolen", "被偷")
ANA, BO = Principal("ana"), Principal("bo")
TASK = """
name: {name}
title: What a bank's customer wants (generated)
language: en
licence: Apache-2.0
source: {{paths: [{name}.json], columns: [text, label]}}
target: label
kind: choice
labels: {{{labels}}}
split: {split}
templates: ["Message of a bank's customer: {{text}}\\nWhat is it about? {wants}:"]
metrics: [accuracy]
max_tokens: 8
"""
Rows = list[tuple[str, str]]


def write_task(folder: Path, name: str, rows: Rows, *, learned: bool) -> Path:
    wants = [*WANTS, NEW]
    told = TASK.format(
        name=name, labels=", ".join(f"{want}: {want}" for want in wants), wants=", ".join(wants), split=[1, 0, 0] if learned else [0, 0, 1]
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    (folder / f"{name}.yaml").write_text(told, "utf-8")
    return folder / f"{name}.yaml"


def recipe(base: str, task: Path, epochs: float, start: Path | None = None) -> Recipe:
    told = {
        "name": NAME, "purpose": "What a customer wants.", "base": base, "method": "instruct", "weights": "lora",
        "data": {"tasks": [{"task": str(task)}], "licences": ["Apache-2.0"], "near_duplicates": 1},
        "context": 128, "pack": 1024, "packs": 1, "epochs": epochs, "learning_rate": 1e-3, "seed": 1, "forms": ["adapter", "lora"],
    }  # fmt: skip
    return parse_recipe(told | ({"init_adapter": str(start)} if start else {}), NAME)


def parted(examples: int) -> tuple[Rows, Rows, Rows, Rows]:
    """Rows of before, examples of the new rule, and what is asked of each: messages that are in neither."""
    every = messages()
    changed = [(text, NEW) for text, _ in every if any(word in text for word in STOLEN)]
    same = [row for row in every if not any(word in row[0] for word in STOLEN)]
    random.Random(0).shuffle(changed)
    return same[:240], changed[:examples], changed[examples:], same[240:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="gemma-3-270m")
    parser.add_argument("--examples", type=int, default=20)
    parser.add_argument("--limit", type=int, default=80, help="items a suite")
    given = parser.parse_args()
    settings = Settings(**read_settings().model_dump() | {"model": given.base, "worker": False})
    before, examples, asked, unchanged = parted(given.examples)
    data, training = given.out / "data", Training(settings)
    with terminal.progress(quiet=False) as report, open_app(settings) as app:
        desk = ReleaseDesk(app, report)
        keep = write_task(data, "unchanged", unchanged, learned=False)
        if NAME not in desk.register.serving():
            task = write_task(data, "before", before, learned=True)
            training.train(recipe(given.base, task, 1), data, given.out / "before", report)
            desk.fix_exam(BO, NAME, data, "the first", suites=(), improve=[str(keep)], near=1.0, limit=given.limit)
            first = desk.propose(ANA, tuned(given.out / "before", "lora"), "the first")
            desk.promote(BO, [first.id], "the first")
        begun = time.monotonic()
        improve = write_task(data, "new-rule", asked, learned=False)
        task = write_task(data, "examples", [*examples, *before[: len(examples) * 5]], learned=True)
        training.train(recipe(given.base, task, 3, given.out / "before"), data, given.out / "after", report)
        learned = time.monotonic()
        desk.fix_exam(
            BO, NAME, data, "a stolen card is fraud", suites=[str(keep)], improve=[str(improve)], margins={str(keep): 0.1}, near=1.0,
            limit=given.limit,
        )  # fmt: skip
        found = desk.propose(ANA, tuned(given.out / "after", "lora"), "a stolen card is fraud")
        for one in desk.register.show(found.id).verdict["findings"]:
            print(f"{one['suite']:20} {one['role']:8} {one['serving']:.3f} -> {one['candidate']:.3f} of {one['n']} {one['why']}")
        if found.passed:
            desk.promote(BO, [found.id], "the new rule holds, nothing else is lost")
        ended = time.monotonic()
    print(f"{len(examples)} examples: tuned in {learned - begun:.0f} s, proved in {ended - learned:.0f} s")
    print(f"{'promoted' if found.passed else 'refused'} {(ended - begun) / 60:.1f} minutes after the rule changed")
