"""What a reward is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finfoundry.core.protocols import Message


@dataclass(frozen=True, slots=True)
class SampledAnswer:
    """A completion with what is known of its question. ``expected`` is the answer of the row, ``texts`` what it is about, ``task`` its
    source; ``tokens`` are counted with the end, ``room`` is how many there might have been.
    """

    messages: tuple[Message, ...]
    text: str
    expected: str
    texts: tuple[str, ...]
    task: str
    finished: bool
    tokens: int
    room: int


Reward = Callable[[SampledAnswer], float]  # from 0, nothing of what is wanted, to 1, all of it; the same for the same completion
