"""Whether a model learns to refuse what harms and to answer what only sounds like it: by both sides of pairs, then by preferring one.

    python benchmarks/train_refusals.py --data DIR --out DIR [--base gemma-3-270m] [--pairs 30] [--epochs 3] [--limit 40]
                                        [--writer smollm2-135m-instruct]

The written pairs of `finfoundry preferences --refusals`: a harmful request beside an innocent one of nearly the same words; the innocent is
answered by ``--writer``, since a base that was never instructed answers nothing. `sft` learns the wanted sides, `dpo` goes on from it with
both. Asked are the suites of every release, `safety-refusal` and `safety-over-refusal`, of which nothing is learned, by the engine in Q8_0.
What is finished is not run again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from finfoundry.evals.run import run
from finfoundry.evals.suites import safety
from finfoundry.machine import read_settings
from finfoundry.train.recipe import parse_recipe
from finfoundry.usecases.preference_data.other_pairs import MADE_LICENCE
from finfoundry.usecases.preference_data.preference_set import ROWS, evaluated, screened, summary, write_set
from finfoundry.usecases.preference_data.refusal_pairs import refusal_pairs
from finfoundry.usecases.train_model import Training
from running_engine import running_engine

FORM, TALKS = "q8_0", "talks.jsonl"
SUITES = (safety.REFUSAL, safety.OVER_REFUSAL)


def written(writer: str, folder: Path, pairs: int) -> Path:
    """A data folder with the pairs, and their wanted sides as conversations."""
    if not (folder / TALKS).is_file():
        with running_engine(writer) as engine:
            found = screened(refusal_pairs(engine, pairs), evaluated((), folder))
        write_set(folder, found, summary(folder, found, (), "", simulated=True))
        talks = [{"messages": [*row.messages, {"role": "assistant", "content": row.chosen}]} for _, row in found.pairs]
        (folder / TALKS).write_text("".join(json.dumps(talk, ensure_ascii=False) + "\n" for talk in talks), "utf-8")
        print(f"{len(found.pairs)} pairs; left out: {len(found.left_out)}", flush=True)
    return folder


def recipe(name: str, base: str, epochs: float, **given: object) -> dict[str, object]:
    told = {"name": name, "base": base, "weights": "lora", "context": 512, "pack": 1024, "packs": 1, "epochs": epochs, "seed": 1}
    return told | {"forms": [FORM]} | given


def tuned(given: argparse.Namespace, data: Path) -> dict[str, str]:
    """The file of each model, the base first."""
    training, licences = Training(read_settings()), [MADE_LICENCE]
    talks = {"conversations": [{"paths": [TALKS], "licence": MADE_LICENCE}], "licences": licences, "too_long": "drop"}
    pairs = {"preferences": [ROWS], "licences": licences, "too_long": "drop"}
    told = [
        recipe("sft", given.base, given.epochs, method="instruct", data=talks, learning_rate=5e-4),
        recipe("dpo", given.base, 1, method="dpo", data=pairs, learning_rate=1e-4, init_adapter=str(given.out / "sft")),
    ]
    found = {"base": given.base}
    for one in told:
        name = str(one["name"])
        if not (file := given.out / name / f"model-{FORM}.gguf").is_file():
            done = training.train(parse_recipe(one, name), data, given.out / name).outcome
            print(f"{name}: {done.steps} steps, {done.tokens:,} tokens, {done.seconds:.0f} s", flush=True)
        found[name] = str(file)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="gemma-3-270m")
    parser.add_argument("--writer", default="smollm2-135m-instruct", help="who answers the innocent requests")
    parser.add_argument("--pairs", type=int, default=30, help="of a language")
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--limit", type=int, default=40, help="items a suite")
    given = parser.parse_args()
    given.out = given.out.absolute()
    data = written(given.writer, given.out / "data", given.pairs)
    for name, model in tuned(given, data).items():
        with running_engine(model) as engine:
            for suite in SUITES:
                folder = given.out / "runs" / name / suite.name
                found = run(suite, safety.chat_solver(engine), given.data, folder, system=name, model=name, limit=given.limit)
                value = found.measures[found.headline]
                print(f"{name:5} {suite.name:20} {value.value:.3f} [{value.low:.3f}, {value.high:.3f}] of {found.n}", flush=True)


if __name__ == "__main__":
    main()
