"""How much faster a mixture decodes than a dense model of as many weights, of which all are read for each token.

    python benchmarks/light.py mixture BASE --out DIR [--experts 4] [--used 1] [--pairs 6] [--tokens 32]

BASE is a Llama (smollm2-135m-instruct). The mixture's experts are copies of its feed-forward maps and its router is drawn at random: for
speed alone, as is its dense twin, whose maps are those of all experts side by side. Both files stay in DIR; a run that was stopped finds
them there.
"""

from __future__ import annotations

import argparse
import functools
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import Container, Planned, Tensor, floats, open_container, write_container
from finfoundry.machine import read_settings
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.gguf_file.keys import with_values
from finfoundry.train.light.depth import BLOCK
from finfoundry.usecases.light.lighten import Lightening
from measures.light.speed import PROMPTS, Timed, ratio, timed
from measures.running_engine import running_engine


def mixed(container: Container, experts: int) -> list[Planned]:
    found = []
    for tensor in container.tensors.values():
        part = next((one for one in ("ffn_gate", "ffn_up", "ffn_down") if f".{one}.weight" in tensor.name), None)
        if part is None:
            found.append(Planned(tensor.name, tensor.shape, tensor.kind, functools.partial(same, tensor)))
            continue
        name, shape = tensor.name.replace(part, f"{part}_exps"), (experts, *tensor.shape)
        found.append(Planned(name, shape, tensor.kind, functools.partial(np.tile, tensor.data, experts)))
        if part == "ffn_gate" and (block := BLOCK.match(tensor.name)):
            rows = np.random.default_rng(int(block[1])).normal(0, 0.1, (experts, tensor.shape[1])).astype(np.float32)
            found.append(Planned(f"{block[0]}ffn_gate_inp.weight", rows.shape, GGMLQuantizationType.F32, functools.partial(np.array, rows)))
    return found


def dense(container: Container, experts: int) -> list[Planned]:
    """Rows of gate and up go below each other as they are; columns of down lie across blocks of bits."""
    found = []
    for tensor in container.tensors.values():
        if ".ffn_gate.weight" in tensor.name or ".ffn_up.weight" in tensor.name:
            make, shape = functools.partial(np.tile, tensor.data, experts), (experts * tensor.shape[0], *tensor.shape[1:])
        elif ".ffn_down.weight" in tensor.name:
            make, shape = functools.partial(wide, tensor, experts), (*tensor.shape[:1], experts * tensor.shape[1])
        else:
            make, shape = functools.partial(same, tensor), tensor.shape
        found.append(Planned(tensor.name, shape, tensor.kind, make))
    return found


def same(tensor: Tensor) -> NDArray[np.uint8]:
    return tensor.data


def wide(tensor: Tensor, experts: int) -> NDArray[np.uint8]:
    return quantised(np.ascontiguousarray(np.tile(floats(tensor), (1, experts))), tensor.kind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--experts", type=int, default=4)
    parser.add_argument("--used", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=32)
    given = parser.parse_args()
    container = open_container(Lightening(read_settings()).base(given.base).path)
    given.out.mkdir(parents=True, exist_ok=True)
    twin, mixture = given.out / f"dense-{given.experts}.gguf", given.out / f"mixture-{given.experts}-{given.used}.gguf"
    width = container.number("llama.feed_forward_length")
    if not twin.is_file():
        values = {"llama.feed_forward_length": given.experts * width}
        write_container(twin, *with_values(container, values), dense(container, given.experts))
    if not mixture.is_file():
        values = {"llama.expert_count": given.experts, "llama.expert_used_count": given.used}
        write_container(mixture, *with_values(container, values), mixed(container, given.experts))
    runs: tuple[list[Timed], list[Timed]] = ([], [])
    with ExitStack() as stack:
        engines = [stack.enter_context(running_engine(str(path))) for path in (twin, mixture)]
        for pair in range(-1, given.pairs):
            for place in (0, 1) if pair % 2 else (1, 0):
                one = timed(engines[place], PROMPTS[pair % len(PROMPTS)], given.tokens)
                if pair >= 0:
                    runs[place].append(one)
    print(f"bytes    {twin.stat().st_size / 1e6:.0f} -> {mixture.stat().st_size / 1e6:.0f} MB, {given.used} of {given.experts} experts")
    print("prefill ", ratio([one.prefill for one in runs[0]], [one.prefill for one in runs[1]]))
    print("decode  ", ratio([one.decode for one in runs[0]], [one.decode for one in runs[1]]))
