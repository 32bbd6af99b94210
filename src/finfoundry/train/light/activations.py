"""What flows through a model while it reads own texts: how much each block changes, how large the inputs of each map are."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from finfoundry.core.errors import InputError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.names import names_of
from finfoundry.train.text import blocks

LENGTH = 256  # tokens of a piece of text
TOKENS = 8192  # that are read
LEAST = 1e-3  # of the mean: what an input that was never seen counts
OUTPUT = ("output.weight", "token_embd.weight")
AS_ANOTHER = ("attn_k.", "attn_v.", "ffn_up.")  # maps that read what the one before them does


@dataclass
class Activations:
    """``squares``: of each map, by its name in GGUF, the sum over tokens of the squares of its inputs, (inputs,), and ``products`` of all
    pairs of them, (inputs, inputs), where they were asked for, of the first of the maps that read one input. ``changes``: of each block 1 -
    cosine of what goes in and what comes out.
    """

    tokens: int = 0
    squares: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    products: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    changes: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def importance(self, name: str) -> NDArray[np.float32] | None:
        """The mean square of each input of a map, none of them zero; None where the map was not seen."""
        found = self.squares.get(name)
        if found is None:
            return None
        mean = found / max(1, self.tokens)
        return np.asarray(mean + LEAST * mean.mean() + 1e-12, np.float32)

    @property
    def influence(self) -> NDArray[np.float64]:
        """Of each block, the mean of its changes."""
        return self.changes / max(1, self.tokens)


def rows_of(base: Base, texts: Iterable[str], tokens: int = TOKENS) -> Iterator[tuple[int, ...]]:
    """Pieces of the texts as token ids, about ``tokens`` together. Raises InputError for texts that are too short to show anything."""
    read, lines = 0, (text if text.endswith("\n") else f"{text}\n" for text in texts if text.strip())
    while batch := list(itertools.islice(lines, 32)):
        for row in blocks(base.tokenizer, "".join(batch), LENGTH):
            read += len(row.ids)
            yield row.ids
            if read >= tokens:
                return
    if not read:
        raise InputError("the texts are empty", remedy="Give texts like those that the model will read, by --corpus")


def measured(base: Base, texts: Iterable[str], *, tokens: int = TOKENS, products: bool = False, report: Report = silent) -> Activations:
    """Read the texts with the base."""
    return measured_pieces(base, rows_of(base, texts, tokens), tokens=tokens, products=products, report=report)


@torch.no_grad()
def measured_pieces(
    base: Base, pieces: Iterable[Sequence[int]], *, tokens: int = TOKENS, products: bool = False, report: Report = silent
) -> Activations:
    """Read texts that are token ids already, about ``tokens`` of them."""
    model = base.model(torch.float32).eval()
    found, watch = Activations(), _Watch(base, model, products)
    for ids in pieces:
        if found.tokens >= tokens:
            break
        model.get_decoder()(input_ids=torch.tensor([list(ids)]), use_cache=False, segments=[len(ids)])
        found.tokens += len(ids)
        report(Progress("read texts", min(found.tokens, tokens), tokens, "tokens", base.name))
    found.squares, found.products, found.changes = watch.squares, watch.products, np.array(watch.changes)
    return found


class _Watch:
    """Looks at the inputs of all linear maps, at what goes in and out of blocks, and at the last state."""

    def __init__(self, base: Base, model: Any, products: bool) -> None:
        names, body = names_of(base.config), model.get_decoder()
        self.squares: dict[str, NDArray[np.float64]] = {}
        self.products: dict[str, NDArray[np.float64]] = {}
        self.changes = [0.0] * len(body.layers)
        self._pairs = products
        for name, module in model.named_modules():
            if isinstance(module, nn.Linear) and ".layers." in name:
                module.register_forward_pre_hook(self._inputs(names.of(f"{name}.weight")))
        for place, layer in enumerate(body.layers):
            layer.register_forward_hook(self._block(place), with_kwargs=True)
        body.norm.register_forward_hook(self._last)

    def _inputs(self, name: str) -> Any:
        def look(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            self._add(name, given[0], self._pairs and not any(part in name for part in AS_ANOTHER))

        return look

    def _last(self, _: nn.Module, __: tuple[Tensor, ...], out: Tensor) -> None:
        for name in OUTPUT:
            self._add(name, out)

    def _add(self, name: str, states: Tensor, pairs: bool = False) -> None:
        flat = states.reshape(-1, states.shape[-1]).double()
        self.squares[name] = self.squares.get(name, 0) + flat.square().sum(0).numpy()
        if pairs:
            self.products[name] = self.products.get(name, 0) + (flat.T @ flat).numpy()

    def _block(self, place: int) -> Any:
        def look(_: nn.Module, given: tuple[Tensor, ...], told: dict[str, Any], out: Any) -> None:
            before = given[0] if given else told["hidden_states"]
            after = out[0] if isinstance(out, tuple) else out
            self.changes[place] += float((1 - cosine_similarity(before[0], after[0], dim=-1)).sum())

        return look
