"""What light forms keep of their base, before any healing: nats a token by which they are off it on held-out text, and their own
perplexity.

    python benchmarks/light_kept.py BASE LIGHT... --corpus PATH [--rows 60] [--speed]

BASE is a pulled name or a GGUF file, each LIGHT a folder of `finfoundry lighten`. KL(base || light) over the whole vocabulary on lines of
the corpus drawn by a seed; give other lines than those by which they were made light. Of a folder with factors (`lighten rank`) these are
measured, too; with --speed the time that torch takes to read the rows with the base's maps, dense, and with factors, in turn.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from finfoundry.machine import read_settings
from finfoundry.train.base import Base
from finfoundry.train.development import mean_loss
from finfoundry.train.light.corpus import texts_of
from finfoundry.train.light.divergence import DistilLoss
from finfoundry.train.light.low_rank import FACTORS, with_factors
from finfoundry.train.loss import CausalLoss
from finfoundry.train.methods.method import summed_loss
from finfoundry.train.packing import RowTokens
from finfoundry.train.text import blocks
from finfoundry.usecases.light.lighten import Lightening

PACK = 512
TURNS = 5


def told(name: str, model: Any, base: Any, rows: list[RowTokens]) -> None:
    off = mean_loss(summed_loss, DistilLoss(model, base, 0.0), rows, PACK, torch.float32)
    own = mean_loss(summed_loss, CausalLoss(model), rows, PACK, torch.float32)
    weights = sum(weight.numel() for name, weight in model.named_parameters() if ".layers." in name)
    print(f"{name:28} {off:.4f} nats a token off, perplexity {np.exp(own):.1f}, {weights / 1e6:.1f} million weights in blocks", flush=True)


def seconds(models: dict[str, Any], rows: list[RowTokens]) -> None:
    """Of each model the median over turns, in turn."""
    found: dict[str, list[float]] = {name: [] for name in models}
    with torch.no_grad():
        for _ in range(TURNS):
            for name, model in models.items():
                begun = time.perf_counter()
                for row in rows[:8]:
                    model.get_decoder()(input_ids=torch.tensor([row.ids]), use_cache=False, segments=[len(row.ids)])
                found[name].append(time.perf_counter() - begun)
    for name, taken in found.items():
        print(f"{name:28} {statistics.median(taken):.2f} s for {sum(len(row.ids) for row in rows[:8])} tokens", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("light", type=Path, nargs="+")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    lightening = Lightening(read_settings())
    base = lightening.base(given.base)
    lines = [line for line in texts_of([given.corpus]) if len(line) > 40]
    chosen = [lines[place] for place in np.random.default_rng(7).permutation(len(lines))[: given.rows]]
    rows = [row for line in chosen for row in blocks(base.tokenizer, line, 256)]
    whole = base.model(torch.float32)
    told("the base", whole, base.model(torch.float32), rows)
    for folder in given.light:
        light: Base = lightening.base(str(folder))
        told(folder.name, light.model(torch.float32), whole, rows)
        if (folder / f"{FACTORS}.safetensors").is_file():
            factored = with_factors(base, folder).eval()
            told(f"{folder.name}, factors", factored, whole, rows)
            if given.speed:
                seconds({"the base, dense": whole.eval(), f"{folder.name}, factors": factored}, rows)


if __name__ == "__main__":
    main()
