"""Completions drawn by an engine with the adapter as it now is, instead of by torch: quantised weights, many rows at once.

What was drawn is scored by torch, so that ratios and divergences are of the weights that learn. The engine's own probabilities differ from
these by what its products round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from finfoundry.core.errors import EngineError
from finfoundry.train.packing import RowTokens
from finfoundry.train.sampling.sampler import Drawn

TOGETHER = 8  # completions that are decoded at the same time


class TokenEngine(Protocol):
    """Completes token ids with a base and one adapter."""

    def load(self, adapter: Path) -> None:
        """Decode with this GGUF adapter from now on. Raises ModelError."""

    def complete(self, prompt: Sequence[int], tokens: int, temperature: float, seed: int) -> tuple[int, ...]:
        """Token ids that follow, with the end where it ended. Raises EngineError."""


Scores = Callable[[Sequence[RowTokens]], list[tuple[float, ...]]]  # the log-probability of each target of the rows, in nats


@dataclass(frozen=True)
class EngineSampler:
    """A ``Sampler``. ``export`` writes the adapter as it is now; ``score`` tells what the weights that learn make of what was drawn."""

    engine: TokenEngine
    export: Callable[[Path], None]
    score: Scores
    folder: Path
    end: int
    tokens: int
    temperature: float

    def draw(self, prompts: Sequence[tuple[int, ...]], count: int, seed: int) -> list[list[Drawn]]:
        """``count`` completions of each prompt. Raises EngineError, ModelError."""
        adapter = self.folder / "sampling.gguf"
        self.export(adapter)
        self.engine.load(adapter)
        asked = [prompt for prompt in prompts for _ in range(count)]
        with ThreadPoolExecutor(TOGETHER) as pool:
            found = list(pool.map(lambda number: self._complete(asked[number], seed * 100_003 + number), range(len(asked))))
        scores = self.score([RowTokens((*prompt, *ids), len(prompt)) for prompt, ids in zip(asked, found, strict=True)])
        drawn = [Drawn(ids, told, ids[-1] == self.end) for ids, told in zip(found, scores, strict=True)]
        return [drawn[start : start + count] for start in range(0, len(drawn), count)]

    def _complete(self, prompt: tuple[int, ...], seed: int) -> tuple[int, ...]:
        found = self.engine.complete(prompt, self.tokens, self.temperature, seed % 2**32)
        if not found:  # no completion, not even an end: nothing to learn from, and a group that lacks one would be another group
            raise EngineError(f"the engine gave no token after a prompt of {len(prompt)} tokens", remedy="Set sampling.engine: false")
        return found
