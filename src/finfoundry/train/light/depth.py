"""Prune depth: the blocks that change least what flows through them are taken out (ShortGPT: Men et al., 2024, arXiv 2403.03853).

How much a block changes is 1 - cosine of its input and output, on own texts. Where kinds of blocks alternate by their place (Gemma: five
with a sliding window, one without), those that stay must stand at places of their kind, or the engine would run them as another kind.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.gguf_container import Planned, open_container
from finfoundry.core.progress import Report, silent
from finfoundry.train.base import Base
from finfoundry.train.light.activations import measured
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened

BLOCK = re.compile(r"blk\.(\d+)\.")


@dataclass(frozen=True)
class PrunedDepth:
    """``influence`` of each block of the parent, first to last; ``kept`` are their places, from 0."""

    kept: list[int]
    of: int
    influence: list[float]
    tokens: int


def prune_depth(base: Base, texts: Iterable[str], out: Path, *, drop: int, version: str, report: Report = silent) -> Lightened:
    """Take out ``drop`` blocks. Raises InputError where no such choice leaves blocks at places of their kind."""
    checked_name(out, "depth", base)
    kinds = kinds_of(base)
    check_drop(kinds, drop)
    container = open_container(base.path)
    found = measured(base, texts, report=report)
    stay = most_influence(found.influence, kinds, len(kinds) - drop)
    places = {old: new for new, old in enumerate(stay)}
    tensors = [_moved(one, places) for one in kept(container)]
    told = PrunedDepth(stay, len(kinds), [round(float(one), 5) for one in found.influence], found.tokens)
    values = {f"{container.architecture}.block_count": len(stay)}
    return write_lightened(out, base, container, "depth", Draft(values, [one for one in tensors if one]), plain(told), version)


def kinds_of(base: Base) -> list[str]:
    """The kind of each block, by its place. Raises ModelError where a file lists what its blocks are like."""
    container = open_container(base.path)
    start = f"{container.architecture}."
    if any(key.startswith(start) and container.head[value - 4 : value] == b"\x09\0\0\0" for key, (_, value, _) in container.keys.items()):
        raise ModelError(f"the blocks of {base.path.name} differ in size", remedy="Depth is pruned where all blocks are alike")
    count = base.config.num_hidden_layers
    return list(getattr(base.config, "layer_types", None) or ["full"] * count)


def check_drop(kinds: Sequence[str], drop: int) -> None:
    """Raises InputError, with the numbers of blocks that can go."""
    flat = np.ones(len(kinds))
    if 0 <= drop < len(kinds) and most_influence(flat, kinds, len(kinds) - drop):
        return
    known = [str(one) for one in range(1, len(kinds)) if most_influence(flat, kinds, len(kinds) - one)]
    raise InputError(f"{drop} of {len(kinds)} blocks cannot go", remedy=f"These numbers can: {', '.join(known)}")


def most_influence(influence: NDArray[np.float64], kinds: Sequence[str], count: int) -> list[int]:
    """The ``count`` places, ascending, that have most influence together and whose kinds are those of the first ``count`` places.

    Empty where there are none.
    """
    best = [[-math.inf] * (count + 1) for _ in range(len(kinds) + 1)]  # [blocks looked at][blocks kept]
    for seen in range(len(kinds) + 1):
        best[seen][0] = 0.0
    for seen in range(1, len(kinds) + 1):
        for stay in range(1, min(seen, count) + 1):
            take = best[seen - 1][stay - 1] + influence[seen - 1] if kinds[seen - 1] == kinds[stay - 1] else -math.inf
            best[seen][stay] = max(best[seen - 1][stay], take)
    if math.isinf(best[-1][count]):
        return []
    chosen, stay = list[int](), count
    for seen in range(len(kinds), 0, -1):
        if stay and best[seen][stay] != best[seen - 1][stay]:
            chosen.append(seen - 1)
            stay -= 1
    return chosen[::-1]


def _moved(tensor: Planned, places: dict[int, int]) -> Planned | None:
    match = BLOCK.match(tensor.name)
    if match is None:
        return tensor
    if int(match[1]) not in places:
        return None
    return Planned(f"blk.{places[int(match[1])]}.{tensor.name[match.end() :]}", tensor.shape, tensor.kind, tensor.make)
