"""Experts apart: each process holds a part of a mixture's experts, and a gate sends it the tokens that are theirs.

The gate, with attention, vocabulary and routers, is one more process; what it sends and to whom is traced, and what comes back is summed as
in one process. So a mixture runs whose experts are more than one process, or machine, can hold. It is computed in torch: the engine's
server has no such gate.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from finfoundry.core.errors import InputError
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.blocks import floats
from finfoundry.train.gguf_file.container import open_container
from finfoundry.train.light.activations import rows_of
from finfoundry.train.mixture import RoutedMaps, routed_maps

Floats = NDArray[np.float32]
PATIENCE = 600.0  # seconds for an answer of a holder


@dataclass(frozen=True)
class Dispatch:
    """So many tokens went to an expert of a block, in a process."""

    block: int
    expert: int
    process: int
    tokens: int


@dataclass(frozen=True)
class Apart:
    """A mixture in one process and in several. ``use``: of each corpus' tokens the share that each expert takes first. ``dispatched``:
    tokens that each process was sent for each of its experts. ``difference``: of the logits, the largest, over their deviation; ``same``:
    of the likeliest tokens, the share.
    """

    processes: list[list[int]]
    use: dict[str, list[float]]
    dispatched: list[dict[int, int]]
    sent: int
    difference: float
    same: float
    tokens: int


@torch.no_grad()
def compared_apart(base: Base, corpora: Mapping[str, Iterable[str]], processes: int, tokens: int = 512) -> Apart:
    """Read texts both ways. Raises what ``apart`` raises."""
    parts = _parts(base.config.experts, processes)
    rows = {name: list(rows_of(base, texts, tokens)) for name, texts in corpora.items()}
    model, use = base.model(torch.float32).eval(), dict[str, list[float]]()
    one = [_logits(model, ids) for many in rows.values() for ids in many]
    for name, many in rows.items():
        use[name] = _use(model, many)
    with apart(base, processes) as (gated, trace):
        other = [_logits(gated, ids) for many in rows.values() for ids in many]
    dispatched = [{expert: sum(sent.tokens for sent in trace if sent.expert == expert) for expert in part} for part in parts]
    far = max(float((first - second).abs().max() / first.std()) for first, second in zip(one, other, strict=True))
    same = [first.argmax(-1) == second.argmax(-1) for first, second in zip(one, other, strict=True)]
    count = sum(map(len, same))
    agreed = sum(int(each.sum()) for each in same) / count
    return Apart([list(part) for part in parts], use, dispatched, len(trace), round(far, 7), round(agreed, 6), count)


def _logits(model: Any, ids: Sequence[int]) -> Tensor:
    found: Tensor = model(input_ids=torch.tensor([ids]), use_cache=False, segments=[len(ids)]).logits[0]
    return found


def _use(model: Any, rows: Iterable[Sequence[int]]) -> list[float]:
    taken = torch.zeros(len(routed_maps(model)[0].taken))
    for ids in rows:
        _logits(model, ids)
        taken += torch.stack([maps.taken for maps in routed_maps(model)]).sum(0)
    return [round(float(share), 4) for share in taken / taken.sum()]


def _parts(experts: int, processes: int) -> list[tuple[int, ...]]:
    if not 1 < processes <= experts:
        raise InputError(
            f"{experts} experts do not lie in {processes} processes", remedy="Give a mixture, and 2 or more processes but no more"
        )
    return [tuple(part.tolist()) for part in np.array_split(np.arange(experts), processes)]


@contextmanager
def apart(base: Base, processes: int) -> Iterator[tuple[Any, list[Dispatch]]]:
    """The model whose experts lie in so many processes, and the trace, which grows as it computes. Raises InputError for a model without
    experts, or fewer of them than processes.
    """
    parts = _parts(base.config.experts, processes)
    started, lines = list[Any](), list[Connection]()
    try:
        for part in parts:
            ours, theirs = multiprocessing.get_context("spawn").Pipe()
            child = multiprocessing.get_context("spawn").Process(target=hold, args=(base.path, part, theirs), daemon=True)
            child.start()
            theirs.close()  # so that a holder that ends is noticed
            started.append(child)
            lines.append(ours)
        model, trace = base.model(torch.float32).eval(), list[Dispatch]()
        for block, (layer, maps) in enumerate(zip(model.get_decoder().layers, routed_maps(model), strict=True)):
            layer.mlp = _Gate(block, maps, parts, lines, trace)
        yield model, trace
    finally:
        for line in lines:
            line.close()
        for child in started:
            child.join(10)
            child.kill()


class _Gate(nn.Module):
    """A block's feed-forward part whose experts are elsewhere: the router alone is here."""

    def __init__(
        self, block: int, maps: RoutedMaps, parts: Sequence[tuple[int, ...]], lines: Sequence[Connection], trace: list[Dispatch]
    ) -> None:
        super().__init__()
        del maps.gate_exps, maps.up_exps, maps.down_exps
        self._routed, self._block, self._parts, self._lines, self._trace = maps.routed, block, parts, lines, trace

    def forward(self, states: Tensor) -> Tensor:
        """(…, width) to the same shape: all holders are sent their tokens before the first is waited for."""
        flat = states.reshape(-1, states.shape[-1])
        chosen, shares = self._routed(flat)
        where = {expert: torch.where(chosen == expert) for part in self._parts for expert in part}
        for process, (part, line) in enumerate(zip(self._parts, self._lines, strict=True)):
            given = {expert: flat[where[expert][0]].numpy() for expert in part if len(where[expert][0])}
            self._trace += [Dispatch(self._block, expert, process, len(one)) for expert, one in given.items()]
            line.send((self._block, given))
        out = torch.zeros_like(flat)
        for line in self._lines:
            for expert, made in _received(line).items():
                rows, places = where[expert]
                out.index_add_(0, rows, torch.from_numpy(made) * shares[rows, places, None])
        return out.reshape(states.shape)


def _received(line: Connection) -> Mapping[int, Floats]:
    if not line.poll(PATIENCE):
        raise TimeoutError("a process that holds experts does not answer")
    found: Mapping[int, Floats] = line.recv()
    return found


def hold(path: Path, experts: Sequence[int], line: Connection) -> None:
    """Compute these experts of a GGUF file for the gate at the other end, until it hangs up. Reads their rows of the file and no others."""
    torch.set_num_threads(1)
    stored = open_container(path).tensors
    width = next(one.shape[-1] for name, one in stored.items() if "ffn_gate_exps" in name)
    blocks = 1 + max(int(name.split(".")[1]) for name in stored if "ffn_gate_exps" in name)
    held = [
        {
            part: torch.from_numpy(np.stack([_expert(stored[f"blk.{block}.ffn_{part}_exps.weight"], one) for one in experts]))
            for part in PARTS
        }
        for block in range(blocks)
    ]
    maps = RoutedMaps(len(experts), 1, width, held[0]["gate"].shape[1], torch.float32)
    with torch.no_grad():
        while (asked := _next(line)) is not None:
            block, given = asked
            for part, weights in held[block].items():
                setattr(maps, f"{part}_exps", nn.Parameter(weights, requires_grad=False))
            line.send({one: maps.expert(experts.index(one), torch.from_numpy(rows)).numpy() for one, rows in given.items()})


PARTS = ("gate", "up", "down")


def _expert(tensor: Any, number: int) -> Floats:
    return np.array(floats(tensor.rows(number, number + 1))[0], np.float32)


def _next(line: Connection) -> tuple[int, Mapping[int, Floats]] | None:
    try:
        asked: tuple[int, Mapping[int, Floats]] = line.recv()
    except (EOFError, OSError):
        return None
    return asked
