"""A reward that was learned from preferences: a line through the last token's state (method ``reward``), calibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from finfoundry.core.errors import ModelError
from finfoundry.train.base import Base
from finfoundry.train.export.learned import read_full
from finfoundry.train.loss import CausalLoss
from finfoundry.train.machine import device
from finfoundry.train.packing import Pack, RowTokens, fit
from finfoundry.train.recipe import Recipe
from finfoundry.train.rewards.reward import SampledAnswer
from finfoundry.train.text import Lesson, encode
from finfoundry.train.weights import LowRank, trainable

CALIBRATION, LEARNED = "reward.json", "adapter"


class RewardLoss(CausalLoss):
    """The summed loss of the pairs of a pack; ``model.heads["reward"]`` begins at zero, so that no answer is better at the start."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        head = nn.Linear(model.config.hidden_size, 1, bias=False, device=model.device)
        nn.init.zeros_(head.weight)
        model.heads = nn.ModuleDict({"reward": head})

    def forward(self, pack: Pack) -> Tensor:
        """The summed loss, a scalar."""
        found = self.texts(pack).reshape(-1, 2)
        return -logsigmoid(found[:, 0] - found[:, 1]).sum()

    def texts(self, pack: Pack) -> Tensor:
        """The score of each text of a pack, (texts,)."""
        ends = torch.tensor(pack.lengths, device=self.model.device).cumsum(0) - 1
        scores: Tensor = self.model.heads["reward"](self.body(pack)[ends])[:, 0]
        return scores.float()

    def read(self, rows: Sequence[RowTokens], capacity: int, dtype: torch.dtype) -> Tensor:
        """The scores of rows, (rows, texts of each), in their order."""
        found: dict[RowTokens, Tensor] = {}
        was = self.training
        self.eval()
        kind = self.model.device.type
        with torch.no_grad(), torch.autocast(kind, dtype, enabled=dtype != torch.float32):
            for pack in fit(list(dict.fromkeys(rows)), capacity):
                found |= dict(zip(pack.rows, self.texts(pack).reshape(len(pack.rows), -1).cpu(), strict=True))
        self.train(was)
        return torch.stack([found[row] for row in rows])


class LearnedReward:
    """The probability that an answer is preferred to a middling one of the pairs that the score was learned from."""

    def __init__(self, folder: Path, base: Base, recipe: Recipe) -> None:
        """``folder`` is a model's, ``recipe`` the one that it was trained by. Raises ModelError for another base or kind of model."""
        try:
            told = json.loads((folder / LEARNED / CALIBRATION).read_text("utf-8"))
            self._heat, self._middle = float(told["temperature"]), float(told["mean"])
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{folder} holds no model of rewards ({error})", remedy="Train one: method reward") from error
        weights = trainable(recipe)
        self._tokenizer = base.tokenizer
        self._module = RewardLoss(weights.open(base, torch.float32)).to(device())
        if isinstance(weights, LowRank):
            weights.begin(self._module.model, base, folder / LEARNED)
        else:
            self._module.model.load_state_dict(read_full(folder / LEARNED), strict=False)

    def __call__(self, answered: SampledAnswer) -> float:
        row = encode(self._tokenizer, Lesson("", "", answered.messages, answered.text))
        score = self._module.read([row], len(row.ids), torch.float32).double()
        return float(torch.sigmoid((score - self._middle) / self._heat))
