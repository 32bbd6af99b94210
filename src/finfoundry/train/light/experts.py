"""Upcycle: the feed-forward maps of several models of one shape become experts side by side, of which a few are read for each token.

Nothing is trained here, as in mergekit's mixtures: a router has a row an expert, the mean of the states at its place on the expert's own
texts less that of all (Komatsuzaki et al., 2022, arXiv 2212.05055, begin from copies alike). Rows are turned along the mean of all states
so that over all texts each expert is as likely as another. Experts that are copies of the dense model are the dense model, whichever are
chosen.

Copies alike stay alike when they are trained further. With ``drop`` a share of the channels of each expert is drawn anew, from numbers with
the mean and the spread of its own (Drop-Upcycling: Nakamura et al., 2025, arXiv 2502.19261): it is worse then, and learns to differ.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Container, Planned, Tensor, floats, open_container
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.light.activations import rows_of
from finfoundry.train.light.depth import BLOCK
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened

MAPS = ("ffn_gate", "ffn_up", "ffn_down")
TOKENS = 1024  # of each expert's texts
SHARP = 4.0  # deviation of a router's scores: how sure it is
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mixture:
    """``use``: of the tokens of each expert's texts, the share that each expert takes first, the mean over blocks."""

    experts: list[str]
    used: int
    drop: float
    use: list[list[float]]
    tokens: int


def upcycle(
    base: Base, experts: Sequence[Base], texts: Sequence[Iterable[str]], out: Path, *,
    used: int, drop: float = 0.0, version: str, report: Report = silent,
) -> Lightened:  # fmt: skip
    """Write a mixture whose attention and vocabulary are the base's. Raises InputError for shapes that do not fit together, or another
    architecture than Llama's, the only one that the engine runs with experts under its own name.
    """
    checked_name(out, "experts", base)
    container, others = open_container(base.path), [open_container(one.path) for one in experts]
    check(container, others, len(texts), used)
    if not 0 <= drop < 1:
        raise InputError(f"a share of {drop} cannot be drawn anew", remedy="Give --drop a share from 0 to 1, such as 0.5")
    states = [_states(base, one, report) for one in texts]
    routers = [router([found[layer] for found in states]) for layer in range(len(states[0]))]
    tensors = [planned for one in kept(container) for planned in _side_by_side(one, others, routers, drop)]
    use = np.mean([_use(rows, [found[layer] for found in states]) for layer, rows in enumerate(routers)], axis=0)
    told = Mixture(
        [one.name for one in experts],
        used,
        drop,
        [[round(float(share), 4) for share in row] for row in use],
        sum(len(found[0]) for found in states),
    )
    values = {"llama.expert_count": len(experts), "llama.expert_used_count": used}
    return write_lightened(out, base, container, "experts", Draft(values, tensors, parents=experts), plain(told), version)


def check(container: Container, others: Sequence[Container], texts: int, used: int) -> None:
    """Raises InputError, before anything is read of the texts."""
    if container.architecture != "llama":
        raise InputError(
            f"a mixture of the architecture {container.architecture} is not served", remedy="Begin from a Llama, as SmolLM2 is"
        )
    if len(others) < 2 or texts != len(others) or not 0 < used <= len(others):
        raise InputError(
            f"{len(others)} experts, {texts} corpora, {used} used",
            remedy="Name two or more experts, a corpus for each, and use some of them",
        )
    if any(other.architecture != container.architecture for other in others):
        raise InputError("an expert is of another architecture", remedy="Take experts that were tuned from one base")
    for name, one in container.tensors.items():
        if any(part in name for part in MAPS):
            found = [other.tensors.get(name) for other in others]
            if any(other is None or (other.shape, other.kind) != (one.shape, found[0] and found[0].kind) for other in found):
                raise InputError(f"{name} is not alike in all experts", remedy="Export them in one form, from one base")


def router(states: Sequence[Floats]) -> Floats:
    """Rows (experts, width) from the states of each expert's texts, (tokens, width) each: balanced over all of them."""
    means, every = np.stack([one.mean(0) for one in states]), np.concatenate(states)
    rows = means - means.mean(0)
    spread = (every @ rows.T).std()
    rows = rows * (SHARP / spread if spread > 0 else 0.0)
    middle = every.mean(0)
    return np.asarray(rows - np.outer(rows @ middle, middle) / max(float(middle @ middle), 1e-12), np.float32)


def _use(rows: Floats, states: Sequence[Floats]) -> NDArray[np.float64]:
    return np.stack([np.bincount((one @ rows.T).argmax(1), minlength=len(rows)) / len(one) for one in states])


def _side_by_side(tensor: Planned, others: Sequence[Container], routers: Sequence[Floats], drop: float) -> list[Planned]:
    """A map of the feed-forward part becomes all experts', as they are stored; the router stands before the first of them."""
    part = next((one for one in MAPS if f".{one}.weight" in tensor.name), None)
    if part is None:
        return [tensor]
    stored = [other.tensors[tensor.name] for other in others]
    found = Planned(
        tensor.name.replace(part, f"{part}_exps"), (len(stored), *tensor.shape), stored[0].kind, functools.partial(_joined, stored, drop)
    )
    match = BLOCK.match(tensor.name)
    if part != MAPS[0] or match is None:
        return [found]
    rows = routers[int(match[1])]
    return [Planned(f"{match[0]}ffn_gate_inp.weight", rows.shape, GGMLQuantizationType.F32, lambda: rows), found]


def _joined(stored: Sequence[Tensor], drop: float) -> Any:
    return np.concatenate([_partly_anew(one, number, drop).view(np.uint8).reshape(-1) for number, one in enumerate(stored)])


def _partly_anew(tensor: Tensor, expert: int, drop: float) -> NDArray[Any]:
    """An expert's map with a share of its channels drawn anew: the same ones in all three of its maps."""
    if not drop:
        return tensor.data
    down, block = MAPS[2] in tensor.name, BLOCK.match(tensor.name)
    weights = floats(tensor).copy()
    channels = weights.T if down else weights  # (channels, width), of which rows are drawn
    chance = np.random.default_rng([expert, int(block[1]) if block else 0])
    places = chance.permutation(len(channels))[: round(drop * len(channels))]
    old = channels[places]
    channels[places] = np.random.default_rng([expert, zlib.crc32(tensor.name.encode())]).normal(old.mean(), old.std(), old.shape)
    return quantised(weights, tensor.kind)


@torch.no_grad()
def _states(base: Base, texts: Iterable[str], report: Report) -> list[Floats]:
    """What each block's feed-forward part is given while the base reads: an array (tokens, width) a block."""
    model = base.model(torch.float32).eval()
    found: list[list[Floats]] = [[] for _ in model.get_decoder().layers]
    for layer, seen in zip(model.get_decoder().layers, found, strict=True):
        layer.mlp.register_forward_pre_hook(
            lambda _, given, seen=seen: seen.append(given[0].reshape(-1, given[0].shape[-1]).numpy().copy())
        )
    for ids in rows_of(base, texts, TOKENS):
        model.get_decoder()(input_ids=torch.tensor([ids]), use_cache=False, segments=[len(ids)])
        report(Progress("read texts", len(found[0]), 0, "pieces", base.name))
    return [np.concatenate(one) for one in found]
