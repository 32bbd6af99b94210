"""The memory that a dry run foretells, against the peak that the run then has: a process of its own for each recipe.

    python benchmarks/training.py memory [--base smollm2-135m-instruct …] [--weights lora full qlora] [--pack 1024] [--checkpointing]

Rows are made up, long enough that packs are full; two steps are taken, since the second has the moments of the first. The peak is that of
the process (``ru_maxrss``), all that it holds: the libraries, and the pages of the base's file that it has read, included.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import tempfile
from pathlib import Path

from finfoundry.machine import read_settings
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.train_model import Training
from measures import command

WORDS = ("bond", "loan", "rate", "term", "fund", "card", "fee", "risk", "bank", "cash", "debt", "note", "swap", "share", "yield")


def recipe(given: argparse.Namespace) -> Recipe:
    told = {
        "name": "memory", "base": given.base, "method": "instruct", "weights": given.weights, "context": given.pack, "pack": given.pack,
        "data": {"conversations": [{"paths": ["rows.jsonl"], "licence": "CC0-1.0"}], "licences": ["CC0-1.0"], "too_long": "drop"},
        "packs": 1, "epochs": 0.5, "precision": given.precision, "gradient_checkpointing": given.checkpointing, "forms": [],
    }  # fmt: skip
    return parse_recipe(told, "the recipe")


def write_rows(folder: Path, pack: int) -> None:
    """Four rows, each of about three quarters of a pack; an answer is half of it, so that many places carry a loss."""
    chance = random.Random(0)
    words = pack * 3 // 4 // 2
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        for _ in range(4):
            asked, said = (" ".join(chance.choices(WORDS, k=words)) for _ in range(2))
            file.write(json.dumps({"instruction": asked, "output": said}) + "\n")


def one(given: argparse.Namespace) -> None:
    """What a child does: foretell, train, and print both."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_rows(folder, given.pack)
        training, told = Training(read_settings()), recipe(given)
        plan = training.dry_run(told, folder, folder / "out").plan
        training.train(told, folder, folder / "out")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"foretold": plan.memory_bytes, "peak": peak, "tokens": plan.tokens, "precision": plan.precision}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", nargs="+", default=["smollm2-135m-instruct"])
    parser.add_argument("--weights", nargs="+", default=["lora", "full", "qlora"])
    parser.add_argument("--pack", type=int, default=1024)
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        given.base, given.weights = given.base[0], given.weights[0]
        one(given)
        return
    for base in given.base:
        for weights in given.weights:
            argv = [*command("training", "memory"), "--child", "--base", base, "--weights", weights, "--pack", str(given.pack)]
            argv += ["--precision", given.precision, *(["--checkpointing"] if given.checkpointing else [])]
            said = subprocess.run(argv, capture_output=True, text=True, check=False)
            if said.returncode:
                print(f"{base} {weights}: {said.stderr.strip().splitlines()[-1]}")
                continue
            found = json.loads(said.stdout.splitlines()[-1])
            share = found["peak"] / found["foretold"]
            told = f"foretold {found['foretold'] / 1e9:.2f} GB, peak {found['peak'] / 1e9:.2f} GB, peak / foretold {share:.2f}"
            print(f"{base} {weights} {found['precision']} pack {given.pack}{' checkpointing' if given.checkpointing else ''}: {told}")
