"""A model that scores answers, from pairs: Bradley and Terry (1952), as in Ouyang et al. (2022, arXiv 2203.02155, equation 1).

The score is a line through the last token's state. It is calibrated on pairs that were held back: divided by a temperature (Guo et al.,
2017), so that sigmoid of a difference is how often the better-scored answer is the preferred one.
"""

from __future__ import annotations

import json

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from finfoundry.train.methods.method import Start
from finfoundry.train.methods.pairs import held_back, preferred
from finfoundry.train.packing import RowTokens
from finfoundry.train.rewards.learned import CALIBRATION, LEARNED, RewardLoss


def finish(module: RewardLoss, start: Start) -> dict[str, float]:
    """Accuracy on the held-back pairs, the temperature that fits them, the loss before and after it, in nats a pair; the temperature
    and how scores lie are written beside the weights.
    """
    kept: list[RowTokens] = [*held_back(start.material, start.base.tokenizer, start.recipe)]
    scores = module.read(kept or start.rows, start.recipe.pack, start.dtype)
    margins = scores[:, 0] - scores[:, 1]
    heat = temperature(margins) if kept else 1.0
    told = {"temperature": heat, "mean": float(scores.mean()), "spread": float(scores.std())}
    (start.folder / LEARNED / CALIBRATION).write_text(json.dumps(told), "utf-8")
    if not kept:
        return {"temperature": heat}
    losses = {"loss_plain": float(-logsigmoid(margins).mean()), "loss_calibrated": float(-logsigmoid(margins / heat).mean())}
    return {"accuracy": preferred(scores[:, 0], scores[:, 1]), "temperature": heat} | losses


def temperature(margins: Tensor) -> float:
    """What margins are best divided by, from a twentieth to twenty: on a grid, since pairs that are all told rightly ask for none."""
    grid = torch.logspace(-1.301, 1.301, 105)
    losses = [float(-logsigmoid(margins / heat).mean()) for heat in grid]
    return float(grid[losses.index(min(losses))])
