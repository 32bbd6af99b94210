"""What is left of a tuned change once its weights are stored in few bits: by plain rounding, as llama.cpp's quantiser does it, and by ours.

    python benchmarks/training.py rounding MODEL_DIR [--layers 3]

MODEL_DIR is a folder of ``finfoundry train`` with an adapter. 1 is the whole change; 0 none of it; above 1 it is exaggerated. "off" is the
size of what the stored change lacks, or has too much, between the directions in which the adapter acts, as a share of the change.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import Tensor, floats, open_container
from finfoundry.machine import read_settings
from finfoundry.train.export.forms import LEARNED, adapter_changes
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.gguf_file.blocks import kind_for, quantised
from finfoundry.train.gguf_file.rounding import directions, rounded
from finfoundry.usecases.train_model import Training

Array = NDArray[np.float32]


def measured(old: Array, new: Array, stored: Array) -> tuple[float, float, float]:
    """The share of the change that is stored; how far it is off; the error as a share of the weights."""
    change, left, right = new - old, *directions(new - old)
    size = float(np.linalg.norm(change))
    kept = float(((stored - old) * change).sum()) / size**2
    return kept, float(np.linalg.norm(left.T @ (stored - new) @ right)) / size, float(np.linalg.norm(stored - new) / np.linalg.norm(old))


def read_back(data: NDArray[np.uint8], shape: tuple[int, ...], kind: GGMLQuantizationType) -> Array:
    return floats(Tensor("", shape, kind, data.view(np.uint8).reshape(-1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=3, help="so many, evenly spread")
    given = parser.parse_args()
    base = Training(read_settings()).base(read_manifest(given.folder).base)
    tensors = open_container(base.path).tensors
    changes = adapter_changes(read_adapter(given.folder / LEARNED, base), base)
    chosen = {round(number) for number in np.linspace(0, base.config.num_hidden_layers - 1, given.layers)}
    for form in ("q8_0", "q4_0", "q4_k_m"):
        found = defaultdict[tuple[str, str], list[tuple[float, float, float]]](list)
        for name, change in changes.items():
            if int(name.split(".")[1]) in chosen:
                old, new = floats(tensors[name]), change(tensors[name])
                kind = kind_for(form, name, old.shape, tied=True)
                blocks = f"{tensors[name].kind.name} -> {kind.name}"
                found[blocks, "plain"].append(measured(old, new, read_back(quantised(new, kind), old.shape, kind)))
                found[blocks, "ours"].append(measured(old, new, read_back(rounded(old, new, kind), old.shape, kind)))
        for (blocks, how), values in sorted(found.items(), reverse=True):
            kept, off, error = np.mean(values, axis=0)
            print(
                f"{form:7} {blocks:13} {how:6} kept {kept:5.2f}, off {off:5.2f}, error {error:6.2%} of the weights; {len(values)} tensors"
            )
