"""NEFTune (Jain et al., 2023, arXiv 2310.05914): noise on the vectors of tokens while a model learns, uniform in ± alpha / sqrt(L d), of
texts of L tokens in vectors of d numbers. None where it is measured or served.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def add_noise(body: nn.Module, alpha: float) -> None:
    """From now on the body of a model is given noisy vectors in training, drawn by torch's generator: a resumed step draws the same."""

    def noisy(module: Any, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        if not module.training:
            return None
        vectors = module.get_input_embeddings()(given["input_ids"])
        return args, given | {"input_ids": None, "inputs_embeds": vectors + noise(vectors, given["segments"], alpha)}

    body.register_forward_pre_hook(noisy, with_kwargs=True)


def noise(vectors: Tensor, lengths: list[int], alpha: float) -> Tensor:
    """For texts side by side: vectors (1, tokens, d), their lengths adding up to tokens."""
    widths = torch.tensor(lengths, dtype=vectors.dtype, device=vectors.device).repeat_interleave(torch.tensor(lengths).to(vectors.device))
    return torch.empty_like(vectors).uniform_(-1, 1) * (alpha / (widths * vectors.shape[-1]).sqrt())[None, :, None]
