"""What a score means: the scale of its grades, its direction, and the bins of its inputs, as they are stored with the model."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InputBins:
    """The bins of one input and what happened in each at training. The last bin holds the missing cells.

    Numbers are cut at ``splits`` (a bin starts at its lower cut); ``groups`` gives the bin of each category.
    """

    column: str
    splits: tuple[float, ...]
    groups: Mapping[str, int]
    rows: tuple[int, ...]
    events: tuple[int, ...]
    special: tuple[float, ...] = ()  # codes that are no quantity ("-1 = unknown"), each with a bin behind the cut ones

    def bin_of(self, value: str) -> int | None:
        """The bin of a recorded value, ``missing`` included; None for a value that the bins do not know."""
        if value == "missing":
            return len(self.rows) - 1
        if self.groups:
            return self.groups.get(value)
        try:
            number = float(value)
            return len(self.splits) + 1 + self.special.index(number) if number in self.special else bisect_right(self.splits, number)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class ScoreMeaning:
    """``rate``: the share of training rows that had the ``event``. ``grades``: upper limits of the probability, from grade 1 on.

    ``lowest`` and ``highest``: scores that a row can have, where the model has such limits.
    """

    event: str
    higher_is_safer: bool
    rate: float
    grades: tuple[float, ...]
    state: str
    lowest: int | None = None
    highest: int | None = None
    bins: Mapping[str, InputBins] = field(default_factory=dict)
