"""An answer no longer than it needs to be: as long as the row's own earns all, longer ones less; one that does not end, nothing."""

from __future__ import annotations

from finfoundry.train.rewards.reward import SampledAnswer


def length(answered: SampledAnswer) -> float:
    said, wanted = len(answered.text.strip()), len(answered.expected.strip())
    return min(1.0, max(wanted, 1) / said) if said and answered.finished else 0.0
