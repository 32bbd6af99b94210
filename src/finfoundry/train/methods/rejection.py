"""Learning from those of one's own answers that are right: sampled with the current weights, kept where they earn all there is to earn, and
tuned on (RAFT: Dong et al., 2023, arXiv 2304.06767). What learns from rewards in another way has to do better than this.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from finfoundry.train.methods import grpo
from finfoundry.train.methods.method import Start
from finfoundry.train.packing import Steps
from finfoundry.train.sampling.judged import Group
from finfoundry.train.sampling.rollouts import joined
from finfoundry.train.sampling.rounds import SampledRow

NEARLY = 1e-6


def begin(module: Any, start: Start) -> Steps:
    best = sum(weight for weight in start.recipe.rewards.values() if weight > 0)
    return grpo.begin(module, start, partial(right_ones, best))


def right_ones(best: float, groups: Sequence[Group]) -> list[SampledRow]:
    """The different completions that earn all, of questions that are not answered rightly every time."""
    found = []
    for group in groups:
        kept = {one.drawn.ids: one for one in group.found if one.total >= best - NEARLY}
        if not group.is_even:
            found += [joined(group.asked, ids, one.drawn.scores, 1.0) for ids, one in kept.items()]
    return found
