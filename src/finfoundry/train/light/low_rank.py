"""Low rank: the maps of each block become products of two thinner ones, cut where the outputs on own texts change least.

Truncation by singular values counts all inputs alike; whitened, it counts them as they occur (SVD-LLM: Wang et al., 2024, arXiv
2403.07378): with C = S S^T the mean of x x^T, the error of a cut of W S by its smallest singular values is that of the outputs. Maps that
read the same input are cut as one and share their thin half (queries, keys and values; gate and up). A head of keys or values serves a
group of queries, so its rows weigh as much as the queries that read it. Where the budget goes is decided over all blocks at once: a
direction costs the weights of its row and its column, and is worth the share of its map's output that it carries.

Written twice: as one dense product in a GGUF file, which the engine loads and which is no smaller, for llama.cpp reads no factors; and as
the factors themselves, which are smaller and which torch computes with.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import nn

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Planned, open_container
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.export.manifest import FormRecord, read_manifest, write_manifest
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.gguf_file.names import array, names_of
from finfoundry.train.light.activations import Activations, measured
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened

FUSED = (("q_proj", "k_proj", "v_proj"), ("o_proj",), ("gate_proj", "up_proj"), ("down_proj",))  # maps that read one input
FACTORS = "factors"  # the form, and the stem of its file
LEAST = 1e-5  # of the mean variance of inputs: what one that hardly occurs counts
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LowRank:
    """``ranks`` of each group of maps that are cut as one, by its first map; absent: it stays whole. ``carried``: the share of the outputs'
    squares on the corpus that the cut maps keep, the mean over them.
    """

    share: float
    ranks: dict[str, int]
    weights: int  # of all maps of the blocks as factors
    of: int
    carried: float
    tokens: int


@dataclass(frozen=True)
class Group:
    """Maps that read one input: their names, how many outputs each has, the whitened directions, the strongest first."""

    names: tuple[str, ...]
    outputs: tuple[int, ...]
    left: NDArray[np.floating[Any]]  # (outputs together, directions), of the weighed rows
    strength: Floats  # (directions,)
    right: NDArray[np.floating[Any]]  # (directions, inputs)
    weighed: Floats  # (outputs together,): what each row counts

    @property
    def price(self) -> int:
        """Weights of one direction."""
        return len(self.left) + int(self.right.shape[1])

    @property
    def whole(self) -> int:
        return len(self.left) * int(self.right.shape[1])

    @property
    def worth(self) -> Floats:
        """The share of the outputs' squares in each direction."""
        squares = np.square(self.strength)
        return np.asarray(squares / max(float(squares.sum()), 1e-30))

    def offers(self) -> Iterator[tuple[float, int]]:
        """What each further weight is worth, and the weights that one then has, the best first: the upper hull of worth over cost."""
        costs = [rank * self.price for rank in range(-(-self.whole // self.price))] + [self.whole]
        worth = [0.0, *np.cumsum(self.worth)[: len(costs) - 2].tolist(), 1.0]
        place = 0
        while place < len(costs) - 1:
            slopes = [(worth[to] - worth[place]) / (costs[to] - costs[place]) for to in range(place + 1, len(costs))]
            best = int(np.argmax(slopes))
            place += best + 1
            yield slopes[best], costs[place]

    def factors(self, rank: int) -> tuple[Floats, Floats]:
        """(outputs together, rank) and (rank, inputs), whose product stands for the maps."""
        root = np.sqrt(self.strength[:rank])
        return self.left[:, :rank] * root / self.weighed[:, None], root[:, None] * self.right[:rank]


def cut_rank(base: Base, texts: Iterable[str], out: Path, *, share: float, version: str, report: Report = silent) -> Lightened:
    """Leave out about ``share`` of the weights of all maps. Raises InputError for a share that leaves nothing."""
    if not 0 < share < 1:
        raise InputError(f"a share of {share} cannot go", remedy="Give a share between 0 and 1, such as 0.2")
    checked_name(out, "rank", base)
    found = measured(base, texts, products=True, report=report)
    model, names = base.model(torch.float32), names_of(base.config)
    groups = list(_groups(model, names.of, found, report))
    ranks = chosen_ranks(groups, share)
    container = open_container(base.path)
    tensors, stored, carried = {one.name: one for one in kept(container)}, dict[str, NDArray[np.float32]](), list[float]()
    for group in groups:
        if (rank := ranks.get(group.names[0])) is None:
            continue
        left, right = group.factors(rank)
        carried.append(float(group.worth[:rank].sum()))
        stored[f"{group.names[0]}.right"] = np.ascontiguousarray(right, np.float32)
        for name, part in zip(group.names, np.split(left, np.cumsum(group.outputs)[:-1]), strict=True):
            stored[f"{name}.left"] = np.ascontiguousarray(part, np.float32)
            dense, place = names.laid_out(name, (part @ right).astype(np.float32)), names.of(name)
            tensors[place] = Planned(
                place, dense.shape, tensors[place].kind, functools.partial(quantised, dense, tensors[place].kind, found.importance(place))
            )
    whole = sum(group.whole for group in groups)
    stay = sum(ranks[group.names[0]] * group.price if group.names[0] in ranks else group.whole for group in groups)
    told = LowRank(share, ranks, stay, whole, round(float(np.mean(carried)) if carried else 1.0, 5), found.tokens)
    result = write_lightened(out, base, container, "rank", Draft({}, list(tensors.values())), plain(told), version)
    _write_factors(out, stored)
    return result


def chosen_ranks(groups: Iterable[Group], share: float) -> dict[str, int]:
    """How many directions of each group stay, by its first map, so that ``1 - share`` of all weights do: those worth most for their price
    first. A group may stay whole, which half of its directions would cost as well. Raises InputError where a group is left with nothing.
    """
    parts = {group.names[0]: group for group in groups}
    room = (1 - share) * sum(group.whole for group in parts.values())
    offers = sorted(((*offer, name) for name, group in parts.items() for offer in group.offers()), key=lambda offer: -offer[0])
    spent = dict.fromkeys(parts, 0)
    for _, cost, name in offers:
        left, price = room - sum(spent.values()), parts[name].price
        spent[name] = cost if cost - spent[name] <= left else spent[name] + max(0, int(left // price)) * price
    ranks = {name: cost // parts[name].price for name, cost in spent.items() if cost < parts[name].whole}
    if empty := [name for name, rank in ranks.items() if not rank]:
        raise InputError(f"a share of {share} leaves nothing of {empty[0]}", remedy="Let a smaller share go")
    return ranks


def whitened(weight: Floats, product: Floats) -> tuple[Floats, Floats, Floats]:
    """U (outputs, n), strengths (n,) and V (n, inputs) of a map (outputs, inputs), the strongest first, ``product`` (inputs, inputs) being
    the mean of x x^T: U diag(s) V is the map, and left out directions cost the squares of their strengths in the mean square of its output.
    """
    variance = np.trace(product) / len(product)
    root = np.linalg.cholesky(product + (LEAST * variance + 1e-12) * np.eye(len(product)))
    left, strength, right = np.linalg.svd(weight @ root, full_matrices=False)
    return left, strength, np.asarray(np.linalg.solve(root.T, right.T).T)


def _groups(model: Any, named: Any, found: Activations, report: Report) -> Iterator[Group]:
    weights = {name: weight for name, weight in model.named_parameters() if ".layers." in name and weight.ndim == 2}
    config, layers = model.config, model.config.num_hidden_layers
    serves = config.num_attention_heads / config.num_key_value_heads  # queries that read one head of keys
    for layer in range(layers):
        for maps in FUSED:
            part = tuple(name for one in maps for name in weights if f".layers.{layer}." in name and f".{one}." in name)
            if not part:
                raise InputError("a mixture's experts are not factored", remedy="Factor the models before they become experts")
            rows = [array(weights[name]).astype(np.float64) for name in part]
            counts = [np.sqrt(serves) if ".k_proj." in name or ".v_proj." in name else 1.0 for name in part]
            weighed = np.concatenate([np.full(len(one), count) for one, count in zip(rows, counts, strict=True)])
            product = found.products[named(part[0])] / max(1, found.tokens)
            left, strength, right = whitened(np.concatenate(rows) * weighed[:, None], product)
            yield Group(part, tuple(map(len, rows)), left.astype(np.float32), strength, right.astype(np.float32), weighed)
        report(Progress("cut maps", layer + 1, layers, "blocks", ""))


def _write_factors(out: Path, stored: Mapping[str, NDArray[np.float32]]) -> None:
    path = out / f"{FACTORS}.safetensors"
    save_file(dict(stored), path)
    manifest = read_manifest(out)
    manifest.forms[FACTORS] = FormRecord(path.name, path_digest(path), path.stat().st_size)
    write_manifest(out, manifest)


class FactoredLinear(nn.Module):
    """A map as two: (..., inputs) to (..., outputs) by way of the rank. Of maps that share an input the thin half is computed once."""

    def __init__(self, right: nn.Linear, left: nn.Linear) -> None:
        super().__init__()
        self.right, self.left = right, left

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """The thin half is kept with its input: the next map of the group is given the same."""
        seen = self.right.__dict__.get("seen")
        if seen is None or seen[0] is not given:
            seen = self.right.__dict__["seen"] = (given, self.right(given))
        out: torch.Tensor = self.left(seen[1])
        return out


def with_factors(base: Base, folder: Path) -> Any:
    """The model of a folder of ``lighten rank``, its maps as factors, ready to compute; ``base`` is its dense file."""
    model = base.model(torch.float32)
    stored = load_file(folder / f"{FACTORS}.safetensors")
    for name, right in ((name.removesuffix(".right"), one) for name, one in stored.items() if name.endswith(".right")):
        thin = _linear(right)
        block = name[: name.index(".layers.") + len(".layers.")] + name.split(".layers.")[1].split(".")[0] + "."
        group = next(maps for maps in FUSED if any(f".{one}." in name for one in maps))
        for other in (one.removesuffix(".left") for one in stored if one.startswith(block) and one.endswith(".left")):
            if any(f".{one}." in other for one in group):
                parent, _, leaf = other.removesuffix(".weight").rpartition(".")
                holder = model.get_submodule(parent)
                setattr(holder, leaf, FactoredLinear(thin, _linear(stored[f"{other}.left"], getattr(holder, leaf).bias)))
    return model


def _linear(weight: NDArray[np.float32], bias: Any = None) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    made.weight = nn.Parameter(torch.from_numpy(np.array(weight)))
    if bias is not None:
        made.bias = bias
    return made
