"""How far a student's next tokens are from its teacher's, over all pieces of the vocabulary, and its step for the training loop.

One number tells which way (Agarwal et al., 2023, arXiv 2306.13649, section 2): ``beta`` 0 is KL(teacher || student), which covers all that
the teacher might say; 1 is KL(student || teacher), which keeps to what it likes best; between them the Jensen-Shannon divergence, the
teacher weighed by beta.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import log_softmax
from torch.utils.checkpoint import checkpoint

from finfoundry.train.loss import CHUNK, CausalLoss
from finfoundry.train.packing import Pack


def divergence(student: Tensor, teacher: Tensor, beta: float) -> Tensor:
    """The sum over rows, in nats, of logits (n, vocabulary) against logits of the same shape."""
    ours, theirs = log_softmax(student.float(), -1), log_softmax(teacher.float(), -1)
    if beta == 0:
        return _relative(theirs, ours)
    if beta == 1:
        return _relative(ours, theirs)
    mixed = torch.logsumexp(torch.stack([ours + math.log1p(-beta), theirs + math.log(beta)]), 0)
    return beta * _relative(theirs, mixed) + (1 - beta) * _relative(ours, mixed)


def _relative(first: Tensor, second: Tensor) -> Tensor:
    """KL(first || second) of log probabilities, summed over rows."""
    return (first.exp() * (first - second)).sum()


def with_vocabulary_kept(model: Any) -> Any:
    """The model, whose embedding and output learn nothing any more: they may be stored in few bits already."""
    for part in (model.get_input_embeddings(), model.get_output_embeddings()):
        part.weight.requires_grad_(False)
    return model


class DistilLoss(CausalLoss):
    """A student whose forward pass is the summed divergence of a pack's targets from the teacher. The vocabulary stays as it is: what
    the two have in common; the teacher learns nothing.
    """

    def __init__(self, model: Any, teacher: Any, beta: float) -> None:
        super().__init__(with_vocabulary_kept(model))
        teacher.requires_grad_(False)
        self._teacher = (teacher.eval(),)  # in a tuple: no part of what is trained, moved or written
        self.beta = beta

    def forward(self, pack: Pack) -> Tensor:
        """The summed divergence, a scalar; logits of CHUNK targets are held at once."""
        hidden, _ = self.states(pack)
        self._teacher[0].to(hidden.device)  # the student was moved after it was given its teacher
        with torch.no_grad():
            shown, _ = CausalLoss(self._teacher[0]).states(pack)
        parts = zip(torch.split(hidden, CHUNK), torch.split(shown, CHUNK), strict=True)
        found = [checkpoint(self._part, ours, theirs, use_reentrant=False) for ours, theirs in parts]
        return torch.stack([one for one in found if one is not None]).sum() + self.balance(len(hidden))

    def _part(self, hidden: Tensor, shown: Tensor) -> Tensor:
        ours = hidden @ self.model.get_output_embeddings().weight.to(hidden.dtype).T
        theirs = shown @ self._teacher[0].get_output_embeddings().weight.to(shown.dtype).T
        return divergence(ours, theirs, self.beta)
