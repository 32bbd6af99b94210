"""Experts apart in processes of the engine against one process that holds all: memory, what is sent, and how far the outcomes lie apart.

    python benchmarks/light.py apart MIXTURE --corpus PATH... [--processes 2] [--tokens 512]

As `finfoundry lighten apart`; then one process twice, once with a noise of one part in ten million on what the experts of each block make:
by so much an outcome moves when sums are taken in another order, since activations are rounded to 8 bits and an expert is chosen or not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from finfoundry.machine import read_settings
from finfoundry.train.light.activations import LENGTH, rows_of
from finfoundry.train.light.apart import MADE
from finfoundry.train.light.corpus import texts_of
from finfoundry.train.light.engine_nodes import BATCH, Engine, Floats
from finfoundry.usecases.light.lighten import Lightening

NOISE = 1e-7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mixture")
    parser.add_argument("--corpus", type=Path, action="append", required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=512, help="of each corpus")
    given = parser.parse_args()
    lightening = Lightening(read_settings())
    found = lightening.apart(given.mixture, given.corpus, given.processes)
    for name, one in (("one process", found.whole), *((f"process {place}", one) for place, one in enumerate(found.processes))):
        print(f"{name}: experts {one.experts}, file {one.bytes / 1e6:.0f} MB, resident {one.resident / 1e6:.0f} MB")
    for name, shares in found.use.items():
        print(f"taken first of the tokens of {Path(name).name}: {shares}")
    print(f"sent, by expert, over all blocks: {found.dispatched}")
    print(
        f"apart: {found.same:.1%} of {found.tokens} likeliest tokens the same, logits within {found.difference:.2g} deviations", flush=True
    )
    base, source = lightening.base(given.mixture), np.random.default_rng(0)

    def shaken(_: str, values: Floats) -> Floats:
        return np.asarray(values * (1 + NOISE * source.standard_normal(values.shape)), np.float32)

    nodes = [f"{MADE}-{block}" for block in range(base.config.num_hidden_layers)]
    plain, other, same, far, count = Engine(base.path, LENGTH), Engine(base.path, LENGTH, nodes, shaken), 0, 0.0, 0
    for path in given.corpus:
        for ids in rows_of(base, texts_of([path]), given.tokens):
            for place in range(0, len(ids), BATCH):
                still, moved = (engine.read(ids[place : place + BATCH], anew=not place) for engine in (plain, other))
                far = max(far, float(np.abs(still - moved).max() / still.std()))
                same, count = same + int((still.argmax(-1) == moved.argmax(-1)).sum()), count + len(still)
    print(f"one process and its noise: {same / count:.1%} of {count} the same, logits within {far:.2g} deviations")
