"""Real faults before the gate: a tuned model is served as it should be, and as the usual accidents leave it.

    python benchmarks/releases.py gate-faults MODEL --task TASK.yaml --data DIR --out DIR [--limit N] [--shuffled MODEL]

Each run is judged against the right one, as it is and resampled to ``--items``. MODEL is a folder of ``finfoundry train``
with the forms q8_0 and lora (``make demo-train`` leaves one); ``--shuffled`` another, trained on the same rows with their labels shuffled.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from pathlib import Path

from finfoundry.base.llama import Served, start_engine
from finfoundry.core.tasks import load_task
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import run
from finfoundry.evals.suites.tasks import task_solver, task_suite
from finfoundry.machine import read_settings
from finfoundry.release.candidate import base_of, read_manifest
from finfoundry.release.gate import Trial, Verdict, judge
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

OTHER_TEMPLATE = "{% for m in messages %}[INST] {{ m['content'] }} [/INST]{% endfor %}"  # another family's: the accident of a conversion
RESAMPLED = 20


def variants(model: Path, settings: Settings, shuffled: Path | None) -> dict[str, tuple[Served, str | None]]:
    """What is served under which name, and with which adapter."""
    manifest = read_manifest(model)
    name, base = manifest["name"], base_of(settings, manifest["base"])
    adapters, merged = settings.home / "gate-faults", model / manifest["forms"]["q8_0"]["path"]
    adapters.mkdir(exist_ok=True)
    link = adapters / f"{name}.gguf"
    link.unlink(missing_ok=True)
    link.symlink_to((model / manifest["forms"]["lora"]["path"]).absolute())
    none = settings.home / "no-adapters"
    right = Served("gate-faults", name, merged.absolute(), none)
    bare = dataclasses.replace(right, weights=base.path, chat_template=manifest["template"])
    found: dict[str, tuple[Served, str | None]] = {
        "serving": (right, None),
        "harmless: adapter beside the base": (dataclasses.replace(bare, adapters=adapters), name),
        "fault: adapter not merged": (bare, None),
        "fault: wrong chat template": (dataclasses.replace(right, chat_template=OTHER_TEMPLATE), None),
    }
    if shuffled:
        told = read_manifest(shuffled)
        found["fault: shuffled labels"] = (dataclasses.replace(right, weights=(shuffled / told["forms"]["q8_0"]["path"]).absolute()), None)
    return found


def verdict(serving: list[Row], candidate: list[Row]) -> Verdict:
    """By the margins alone."""
    return judge([Trial("task", "keep", 0.02, MEASURES["correct"], serving, candidate)])


def resampled(serving: list[Row], candidate: list[Row], items: int, seed: int) -> bool:
    """Whether one resampled candidate is refused."""
    place = {row.id: row for row in candidate}
    drawn = random.Random(seed).choices(serving, k=items)
    pairs = [
        (dataclasses.replace(row, id=str(number), group=str(number)), dataclasses.replace(place[row.id], id=str(number), group=str(number)))
        for number, row in enumerate(drawn)
    ]
    return not verdict([one for one, _ in pairs], [other for _, other in pairs]).passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model", type=Path)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--shuffled", type=Path)
    given = parser.parse_args()
    settings, task = read_settings(), load_task(given.task)
    supervisor, suite = Supervisor(settings.home), task_suite(task)
    serving: list[Row] = []
    for name, (served, adapter) in variants(given.model, settings, given.shuffled).items():
        engine = start_engine(settings, supervisor, served)
        folder = given.out / name.replace(": ", "-").replace(" ", "-")
        run(suite, task_solver(engine, task, adapter=adapter), given.data, folder, model=name, limit=given.limit)
        engine.close()
        supervisor.stop(served.process)
        rows = read_rows(folder / "rows.jsonl")
        serving = serving or rows
        right, slips = sum(row.correct for row in rows) / len(rows), sum(row.slip for row in rows) / len(rows)
        told = verdict(serving, rows)
        refused = sum(resampled(serving, rows, given.items, seed) for seed in range(RESAMPLED))
        print(
            f"{name}: {right:.1%} of {len(rows)} right, {slips:.1%} slips: {'passes' if told.passed else 'refused'};"
            f" resampled to {given.items} items {refused} of {RESAMPLED} refused",
            flush=True,
        )
