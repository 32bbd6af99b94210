"""What completions are judged by, each from 0 to 1, weighed by the recipe and logged apart.

Those here need the row and its completion alone; what must read the store or ask the product is passed in from above, by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from finfoundry.train.rewards.advice import advice
from finfoundry.train.rewards.bound import bound, supported
from finfoundry.train.rewards.executed import executed
from finfoundry.train.rewards.form import form
from finfoundry.train.rewards.length import length
from finfoundry.train.rewards.planned import planned
from finfoundry.train.rewards.refusal import refusal
from finfoundry.train.rewards.reward import Reward, SampledAnswer
from finfoundry.train.rewards.right import right

REWARDS: Mapping[str, Reward] = {
    "right": right,
    "executed": executed,
    "planned": planned,
    "bound": bound,
    "supported": supported,
    "form": form,
    "refusal": refusal,
    "advice": advice,
    "length": length,
}

__all__ = ["REWARDS", "Reward", "SampledAnswer"]
