"""Training objectives. A method turns prepared data into rows of tokens and gives the step that the loop takes on a pack of them."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.core.plugins import offered, plugins
from finfoundry.train.methods import dpo, encode, first_heads, grpo, instruct, kto, pairs, pretrain, rejection, reward
from finfoundry.train.methods.method import Method, summed_loss
from finfoundry.train.rewards.learned import RewardLoss

METHODS: dict[str, Method] = {
    "instruct": Method(instruct.rows, summed_loss),
    "pretrain": Method(pretrain.rows, summed_loss),
    "encode": Method(encode.rows, summed_loss, encode.EncoderLoss, begin=first_heads.begin),
    "dpo": Method(dpo.rows, summed_loss, dpo.DpoLoss, begin=dpo.begin, finish=dpo.finish),
    "kto": Method(kto.rows, summed_loss, kto.KtoLoss, begin=kto.begin, finish=dpo.finish),
    "reward": Method(pairs.rows, summed_loss, RewardLoss, finish=reward.finish),
    "grpo": Method(grpo.rows, summed_loss, grpo.GroupLoss, order=grpo.planned, begin=grpo.begin, finish=grpo.finish),
    "rejection": Method(grpo.rows, summed_loss, order=grpo.planned, begin=rejection.begin, finish=grpo.finish),
}


def method_named(name: str) -> Method:
    """One of ours, or of another package, by its name in a recipe. Raises InputError."""
    if name in METHODS:
        return METHODS[name]
    if name not in offered("methods"):
        raise InputError(f"there is no method {name}", remedy=f"Choose one of {', '.join([*METHODS, *offered('methods')])}")
    found: Method = plugins("methods")[name]
    return found


__all__ = ["METHODS", "Method", "method_named", "summed_loss"]
