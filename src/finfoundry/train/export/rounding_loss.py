"""How far a file in few bits is from the model that it stores, beside plain rounding of the same weights: by what either reads in texts.

``rounded`` keeps what tuning changed and pays for it in the other weights. Whether that paid off is measured on each file that is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import Tensor, floats, open_container
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.gguf_file.names import names_of

Floats = NDArray[np.float32]
TOKENS = 256  # that are read at most
TEXTS = (
    "Total assets rose by 4.2 % to EUR 1,310 million, since loans to customers grew in all regions and deposits were kept.",
    "The Board proposes a dividend of 0.45 a share. Net interest income came to 88 million, after 81 million in the year before.",
    "截至2024年12月31日，公司资产总计为1,310百万元，较上年末增长4.2%，主要由于客户贷款增加。净利息收入为88百万元，上年为81百万元。",
    "Question: What was the net profit of the bank in 2024?\nAnswer: The net profit was 31 million in 2024, against 27 million in 2023.",
)


@dataclass(frozen=True, slots=True)
class RoundingLoss:
    """Mean Kullback-Leibler divergence, in nats a token, of what a file predicts from what the weights before rounding predict."""

    divergence: float
    plain: float  # of the same weights rounded plainly, block by block, as llama.cpp's quantiser does it
    tokens: int

    @property
    def worse(self) -> bool:
        return self.divergence > self.plain


def rounding_loss(path: Path, base: Base, changes: Mapping[str, Callable[[Tensor], Floats]]) -> RoundingLoss | None:
    """Of a file written from a base with ``changes``, by tensors of GGUF; None where no changed tensor was rounded, or experts were."""
    written, before, names = open_container(path).tensors, open_container(base.path).tensors, names_of(base.config)
    rounded = [name for name in changes if len(before[name].shape) == 2]
    if not rounded or len(rounded) < sum(len(before[name].shape) > 1 for name in changes):
        return None
    model = base.model(torch.float32).eval()
    weights = {names.of(name): (name, weight) for name, weight in model.named_parameters()}
    ids = _tokens(base)

    def read(of: Callable[[str], Floats]) -> torch.Tensor:
        with torch.no_grad():
            for name in changes:
                own, weight = weights[name]
                weight.copy_(torch.from_numpy(np.array(names.taken_back(own, of(name)))).reshape(weight.shape))
            return torch.cat(
                [torch.log_softmax(model(input_ids=one, use_cache=False, segments=[one.shape[1]]).logits[0].float(), -1) for one in ids]
            )

    def plainly(name: str) -> Floats:
        new, kind = changes[name](before[name]), written[name].kind
        if name not in rounded:
            return new
        return floats(Tensor(name, new.shape, kind, quantised(new, kind).view(np.uint8).reshape(-1)))

    whole = read(lambda name: changes[name](before[name]))
    stored, plain = (_apart(whole, read(of)) for of in (lambda name: floats(written[name]), plainly))
    return RoundingLoss(stored, plain, len(whole))


def _tokens(base: Base) -> list[torch.Tensor]:
    found, left = [], min(TOKENS, int(base.config.max_position_embeddings))
    for text in TEXTS:
        ids: list[Any] = base.tokenizer(text, add_special_tokens=True)["input_ids"][:left]
        left -= len(ids)
        found += [torch.tensor([ids])] if len(ids) > 1 else []
    return found


def _apart(whole: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.nn.functional.kl_div(other, whole, log_target=True, reduction="batchmean"))
