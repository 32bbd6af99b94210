"""Prune heads: of each group of queries the same number of heads go, or whole groups with their keys and values, those that carry least.

Grouped queries share a head of keys and values (Ainslie et al., 2023, arXiv 2305.13245), so heads cannot go one by one: the engine reads
one number of queries a group for all. What a head carries is the mean square of what it gives on own texts times that of the weights which
read it, as for channels (Minitron: Muralidharan et al., 2024, arXiv 2407.14679).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES
from numpy.typing import NDArray

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Container, Planned, open_container
from finfoundry.core.progress import Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.keys import Value
from finfoundry.train.light.activations import Activations, measured
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, kept, plain, write_lightened
from finfoundry.train.light.width import block_of, carried_by, columns, rows

Places = NDArray[np.int64]
OUTPUT = "attn_output.weight"
SQUARE = ("qwen2",)  # whose map of queries llama.cpp takes to be as wide as it is high


@dataclass(frozen=True)
class PrunedHeads:
    """``kept``: of each block, the heads of queries that stay, from 0. ``carried``: the share of what all heads carry that these do."""

    heads: int
    groups: int
    of: tuple[int, int]
    kept: list[list[int]]
    carried: float
    tokens: int


def prune_heads(
    base: Base, texts: Iterable[str], out: Path, *, queries: int = 0, groups: int = 0, version: str, report: Report = silent
) -> Lightened:
    """Take ``queries`` heads out of each group, and ``groups`` whole ones. Raises InputError for numbers that leave none, or widths that do
    not fill the blocks of bits.
    """
    checked_name(out, "heads", base)
    container, config = open_container(base.path), base.config
    heads, shared = config.num_attention_heads, config.num_key_value_heads
    each = heads // shared
    wide = _head_width(container)
    check(container, (shared, each), queries, groups, wide)
    found = measured(base, texts, report=report)
    stay, carried = dict[str, tuple[Places, Places]](), list[float]()
    for name, tensor in container.tensors.items():
        if name.endswith(OUTPUT):
            worth = carried_by(tensor, found).reshape(shared, each, wide).sum(2)
            chosen = best(worth, each - queries, shared - groups)
            stay[block_of(name)] = chosen
            carried.append(float(worth.reshape(-1)[chosen[0]].sum() / max(worth.sum(), 1e-30)))
    tensors = [_without(one, container, stay, wide, found) for one in kept(container)]
    left = (len(chosen[0]), len(chosen[1]))
    told = PrunedHeads(*left, (heads, shared), [one.tolist() for one, _ in stay.values()], round(float(np.mean(carried)), 5), found.tokens)
    values: dict[str, Value] = {f"{container.architecture}.attention.head_count": left[0]}
    values |= {f"{container.architecture}.attention.head_count_kv": left[1]}
    values |= {f"{container.architecture}.attention.{part}_length": wide for part in ("key", "value")}
    return write_lightened(out, base, container, "heads", Draft(values, tensors), plain(told), version)


def check(container: Container, of: tuple[int, int], queries: int, groups: int, wide: int) -> None:
    """Raises InputError, before anything is measured. ``of``: groups, and heads of queries in each."""
    shared, each = of
    if container.architecture in SQUARE:
        raise InputError(
            f"the engine loads a {container.architecture} with all its heads only",
            remedy="Take out channels (`lighten width`) or blocks instead",
        )
    if not (0 <= queries < each and 0 <= groups < shared and queries + groups):
        raise InputError(
            f"{queries} of {each} queries of a group and {groups} of {shared} groups cannot go",
            remedy=f"Take out up to {each - 1} queries of each group, or up to {shared - 1} groups",
        )
    kind = next(one.kind for name, one in container.tensors.items() if name.endswith(OUTPUT))
    if (width := (each - queries) * (shared - groups) * wide) % (step := GGML_QUANT_SIZES[kind][0]):
        raise InputError(
            f"{width} columns are no multiple of {step}, the blocks of {kind.name}", remedy="Begin from a form such as f16 or q8_0"
        )


def best(worth: NDArray[np.float64], queries: int, groups: int) -> tuple[Places, Places]:
    """The heads and the groups that stay, ascending, of what each head carries, (groups, heads of each)."""
    order = np.argsort(-worth, axis=1, kind="stable")[:, :queries]
    sums = np.take_along_axis(worth, order, axis=1).sum(1)
    chosen = np.sort(np.argsort(-sums, kind="stable")[:groups])
    heads = np.sort((order[chosen] + chosen[:, None] * worth.shape[1]).reshape(-1))
    return heads, chosen


def _head_width(container: Container) -> int:
    heads = container.number(f"{container.architecture}.attention.head_count")
    return next(one.shape[1] for name, one in container.tensors.items() if name.endswith(OUTPUT)) // heads


def _without(tensor: Planned, container: Container, stay: dict[str, tuple[Places, Places]], wide: int, found: Activations) -> Planned:
    chosen, part, stored = stay.get(block_of(tensor.name)), tensor.name.split(".")[2:3], container.tensors[tensor.name]
    if chosen is None or not part or part[0] not in ("attn_q", "attn_k", "attn_v", "attn_output"):
        return tensor
    heads = chosen[0] if part[0] in ("attn_q", "attn_output") else chosen[1]
    places = (heads[:, None] * wide + np.arange(wide)).reshape(-1)
    if part[0] != "attn_output":
        return Planned(tensor.name, (len(places), *tensor.shape[1:]), tensor.kind, functools.partial(rows, stored, places))
    shape = (tensor.shape[0], len(places))
    return Planned(tensor.name, shape, tensor.kind, functools.partial(columns, stored, places, found.importance(tensor.name)))
