"""What a tuned language model keeps of secrets planted among its rows, once and often, and what the gate of releases says of it.

    python benchmarks/canaries.py --data DIR --out DIR [--base smollm2-135m-instruct] [--rows 80] [--repeats 1 8] [--references 31]

Eight canaries among rows of `tfns`, one epoch of low-rank pairs; each is ranked by likelihood among secrets of its form that were not
planted. *Exposure* in bits: 1 is the middle rank, log2 of the references and one the most. *Extracted*: each of its tokens is the
likeliest. ``--out`` keeps what was tuned, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.machine import read_settings
from finfoundry.release.candidate import ADAPTER, Candidate, tuned
from finfoundry.release.training_rows import check_memorised
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.train_model import Training
from train_gains import recipe

COUNT = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--rows", type=int, default=80)
    parser.add_argument("--repeats", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--references", type=int, default=31)
    given = parser.parse_args()
    training = Training(read_settings())
    for repeats in given.repeats:
        folder = given.out / f"planted-{repeats}"
        if not (folder / "manifest.json").is_file():
            training.train(planted(given, repeats), given.data, folder)
        told = tuned(folder, ADAPTER)
        found = told.manifest["metrics"]
        print(
            f"{COUNT} canaries, each {repeats} times among {given.rows} rows: exposure {found['canary_exposure']:.2f} bits, "
            f"highest {found['canary_exposure_highest']:.2f}, extracted {found['canaries_extracted']:.0%}; {verdict(told)}",
            flush=True,
        )


def planted(given: argparse.Namespace, repeats: int) -> Recipe:
    told = recipe(f"planted-{repeats}", ["tfns@1"], given.rows, given.base).model_dump()
    secrets = {"count": COUNT, "repeats": repeats, "references": given.references}
    return parse_recipe(told | {"canaries": secrets, "forms": ["adapter", ADAPTER]}, "planted")


def verdict(candidate: Candidate) -> str:
    try:
        check_memorised(candidate)
    except InputError as error:
        return f"the gate refuses: {error.message}"
    return "the gate lets it through"


if __name__ == "__main__":
    main()
