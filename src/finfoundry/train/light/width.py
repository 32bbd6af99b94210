"""Prune width: the channels of each feed-forward map that carry least go (Minitron: Muralidharan et al., 2024, arXiv 2407.14679).

What a channel carries is the mean square of its activation on own texts times that of the weights which read it. Rows of gate and up stay
as they are stored; the columns of down lie across blocks of bits and are stored anew, by the importance of what flows through them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES
from numpy.typing import NDArray

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Container, Planned, Tensor, floats, open_container
from finfoundry.core.progress import Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.light.activations import Activations, measured
from finfoundry.train.light.depth import BLOCK
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened

Places = NDArray[np.int64]


@dataclass(frozen=True)
class PrunedWidth:
    """``carried``: the share of what all channels carry that those kept do, on average over blocks."""

    channels: int
    of: int
    carried: float
    tokens: int


def prune_width(base: Base, texts: Iterable[str], out: Path, *, share: float, version: str, report: Report = silent) -> Lightened:
    """Take out about ``share`` of the channels, the same number in each block. Raises InputError for a share that leaves none."""
    checked_name(out, "width", base)
    container = open_container(base.path)
    width = base.config.intermediate_size
    count = channels_left(container, width, share)
    found = measured(base, texts, report=report)
    stay, carried = dict[str, Places](), list[float]()
    for name, tensor in container.tensors.items():
        if name.endswith("ffn_down.weight"):
            worth = carried_by(tensor, found)
            best = np.sort(np.argsort(-worth, kind="stable")[:count])
            stay[block_of(name)] = best
            carried.append(float(worth[best].sum() / max(worth.sum(), 1e-30)))
    tensors = [_narrowed(one, container, stay, found) for one in kept(container)]
    told = PrunedWidth(count, width, round(float(np.mean(carried)), 5), found.tokens)
    values = {f"{container.architecture}.feed_forward_length": count}
    return write_lightened(out, base, container, "width", Draft(values, tensors), plain(told), version)


def channels_left(container: Container, width: int, share: float) -> int:
    """How many channels stay: a multiple of the blocks in which columns are stored. Raises InputError."""
    downs = [one for name, one in container.tensors.items() if name.endswith("ffn_down.weight")]
    if not downs:
        raise InputError("a mixture's experts are not narrowed", remedy="Narrow the models before they become experts")
    step = max(GGML_QUANT_SIZES[one.kind][0] for one in downs)
    step = step if step > 1 else 32
    count = round(width * (1 - share) / step) * step
    if not 0 < count < width:
        raise InputError(f"a share of {share} leaves {count} of {width} channels", remedy=f"{step} channels go or stay together")
    return count


def carried_by(down: Tensor, found: Activations) -> NDArray[np.float64]:
    """What each input of a map carries: the square of its activations times that of the weights which read it, (inputs,)."""
    return np.asarray(found.squares[down.name] * np.square(floats(down), dtype=np.float64).sum(0))


def block_of(name: str) -> str:
    """``blk.3.`` of a tensor of that block, else nothing."""
    match = BLOCK.match(name)
    return match[0] if match else ""


def _narrowed(tensor: Planned, container: Container, stay: dict[str, Places], found: Activations) -> Planned:
    places, stored = stay.get(block_of(tensor.name)), container.tensors[tensor.name]
    if places is None or ".ffn_" not in tensor.name or "norm" in tensor.name:
        return tensor
    if "ffn_down.weight" not in tensor.name:
        return Planned(tensor.name, (len(places), *tensor.shape[1:]), tensor.kind, functools.partial(rows, stored, places))
    importance = found.importance(tensor.name)
    shape = (tensor.shape[0], len(places))
    return Planned(tensor.name, shape, tensor.kind, functools.partial(columns, stored, places, importance))


def rows(tensor: Tensor, places: Places) -> Any:
    """Some outputs of a map, as they are stored."""
    return tensor.data.reshape(tensor.shape[0], -1)[places]


def columns(tensor: Tensor, places: Places, importance: NDArray[np.float32] | None) -> Any:
    """Some inputs of a map, stored anew by what flows through them."""
    seen = None if importance is None else importance[places]
    return quantised(np.ascontiguousarray(floats(tensor)[:, places]), tensor.kind, seen)
