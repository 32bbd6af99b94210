"""Completions of questions by the model as it is now: questions are read once, however many completions are asked of each, and rows that
have ended leave the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from transformers import DynamicCache

from finfoundry.train.attention import NAME

CACHED = "sdpa"  # the attention of transformers that knows a cache; packs have their own


@dataclass(frozen=True, slots=True)
class Drawn:
    """One completion: token ids, with the end where it ended, and the log-probability of each, in nats, at temperature 1."""

    ids: tuple[int, ...]
    scores: tuple[float, ...]
    finished: bool


class Sampler(Protocol):
    """Draws completions of token ids with the current weights; the same ones for the same weights and seed."""

    def draw(self, prompts: Sequence[tuple[int, ...]], count: int, seed: int) -> list[list[Drawn]]: ...


class TorchSampler:
    """Samples in this process. ``temperature`` 0 takes the likeliest token."""

    def __init__(self, model: Any, end: int, tokens: int, temperature: float, dtype: torch.dtype) -> None:
        self._model, self._end, self._tokens, self._temperature, self._dtype = model, end, tokens, temperature, dtype

    def draw(self, prompts: Sequence[tuple[int, ...]], count: int, seed: int) -> list[list[Drawn]]:
        """``count`` completions of each prompt."""
        device = self._model.device
        source = torch.Generator(device).manual_seed(seed)
        rows = _Rows(len(prompts) * count)
        with torch.no_grad(), self._ready(), torch.autocast(device.type, self._dtype, enabled=self._dtype != torch.float32):
            ids, mask = _padded(prompts, device)
            cache = DynamicCache(config=self._model.config)
            logits = self._read(ids, mask, cache)
            cache.batch_repeat_interleave(count)
            logits, mask = logits.repeat_interleave(count, 0), mask.repeat_interleave(count, 0)
            for left in range(self._tokens - 1, -1, -1):
                chosen, scores = self._chosen(logits, source)
                alive = rows.add(chosen, scores, self._end)
                if not left or not len(alive):
                    break
                if len(alive) < len(chosen):
                    cache.batch_select_indices(alive.to(device))
                    chosen, mask = chosen[alive], mask[alive]
                mask = torch.cat([mask, mask.new_ones(len(chosen), 1)], 1)
                logits = self._read(chosen[:, None], mask, cache)
        return [rows.found(self._end)[start : start + count] for start in range(0, len(prompts) * count, count)]

    def _read(self, ids: Tensor, mask: Tensor, cache: Any) -> Tensor:
        """The logits after the last token, (rows, vocabulary)."""
        positions = (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        told = {"attention_mask": mask, "position_ids": positions, "past_key_values": cache, "use_cache": True}
        found: Tensor = self._model(input_ids=ids, **told, logits_to_keep=1).logits[:, -1].float()
        return found

    def _chosen(self, logits: Tensor, source: torch.Generator) -> tuple[Tensor, Tensor]:
        if self._temperature:
            chosen = torch.multinomial((logits / self._temperature).softmax(-1), 1, generator=source)
        else:
            chosen = logits.argmax(-1, keepdim=True)
        return chosen[:, 0], logits.log_softmax(-1).gather(1, chosen)[:, 0]

    @contextmanager
    def _ready(self) -> Iterator[None]:
        """With the attention that knows a cache, and without dropout."""
        training = self._model.training
        self._model.set_attn_implementation(CACHED)
        self._model.eval()
        try:
            yield
        finally:
            self._model.set_attn_implementation(NAME)
            self._model.train(training)


class _Rows:
    """What was drawn so far, and which rows have not ended."""

    def __init__(self, count: int) -> None:
        self.ids: list[list[int]] = [[] for _ in range(count)]
        self.scores: list[list[float]] = [[] for _ in range(count)]
        self._alive = list(range(count))

    def add(self, chosen: Tensor, scores: Tensor, end: int) -> Tensor:
        """Take a token of each living row; returns the places, among these, of those that go on."""
        for row, token, score in zip(self._alive, chosen.tolist(), scores.tolist(), strict=True):
            self.ids[row].append(token)
            self.scores[row].append(score)
        going = [place for place, row in enumerate(self._alive) if self.ids[row][-1] != end]
        self._alive = [self._alive[place] for place in going]
        return torch.tensor(going, dtype=torch.long)

    def found(self, end: int) -> list[Drawn]:
        return [Drawn(tuple(ids), tuple(scores), ids[-1] == end) for ids, scores in zip(self.ids, self.scores, strict=True)]


def _padded(prompts: Sequence[tuple[int, ...]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Token ids and mask, (prompts, longest), padded before the first token."""
    longest = max(map(len, prompts))
    ids = torch.zeros(len(prompts), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt)
        mask[row, longest - len(prompt) :] = 1
    return ids.to(device), mask.to(device)
