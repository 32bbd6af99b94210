"""The loss of a pack: hidden states of all tokens, logits only where the next token carries a loss.

With a vocabulary of 262,000 the logits cost more than the rest of a small model, so they are made a few at a time, and their gradient at
once: neither is ever held for the whole pack.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from finfoundry.train.mixture import balance_of
from finfoundry.train.packing import Pack

CHUNK = 512  # positions whose logits are held at once


class LinearCrossEntropy(torch.autograd.Function):
    """Sum over positions of the cross entropy of ``hidden @ weight.T`` (n, d) x (v, d) against ``labels`` (n,), in nats.

    The gradient is made with the loss, chunk by chunk, as in Liger (Hsu et al., 2024, section 3.2): the logits are computed once.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
        """hidden (targets, d), weight (vocabulary, d), labels (targets,) to the summed loss, a scalar; CHUNK targets at a time."""
        working = weight.to(hidden.dtype)
        wants_hidden, wants_weight = ctx.needs_input_grad[:2]
        hidden_grad = torch.empty_like(hidden) if wants_hidden else None
        weight_grad = torch.zeros_like(weight) if wants_weight else None
        total = torch.zeros((), dtype=torch.float64, device=hidden.device)
        for start in range(0, len(labels), CHUNK):
            part, gold = hidden[start : start + CHUNK], labels[start : start + CHUNK]
            logits = (part @ working.T).float()
            places = torch.arange(len(gold), device=gold.device)
            norm = logits.logsumexp(-1)
            total += (norm - logits[places, gold]).double().sum()
            if not (wants_hidden or wants_weight):
                continue
            logits.sub_(norm[:, None]).exp_()[places, gold] -= 1  # the slope of the loss along the logits
            slope = logits.to(hidden.dtype)
            if hidden_grad is not None:
                hidden_grad[start : start + CHUNK] = slope @ working
            if weight_grad is not None:
                weight_grad += slope.T @ part
        ctx.save_for_backward(hidden_grad, weight_grad)
        return total.float()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Gradients in the shapes of hidden and weight, each None where it is not wanted; ``slope`` is a scalar."""
        hidden_grad, weight_grad = ctx.saved_tensors
        return (
            None if hidden_grad is None else hidden_grad * slope.to(hidden_grad.dtype),
            None if weight_grad is None else weight_grad * slope.to(weight_grad.dtype),
            None,
        )


class TokenScores(torch.autograd.Function):
    """Log-probability of each label, (n,), of ``hidden @ weight.T``: (n, d) x (v, d). Each may have a slope of its own, so that the way
    back makes the logits a second time, CHUNK positions at once: they are never held for the whole pack.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
        """hidden (n, d), weight (vocabulary, d), labels (n,) to (n,), in nats."""
        working = weight.to(hidden.dtype)
        found = torch.empty(len(labels), device=hidden.device)
        norms = torch.empty_like(found)
        for start in range(0, len(labels), CHUNK):
            stop = start + CHUNK
            logits = (hidden[start:stop] @ working.T).float()
            norms[start:stop] = logits.logsumexp(-1)
            found[start:stop] = logits.gather(1, labels[start:stop, None])[:, 0] - norms[start:stop]
        ctx.save_for_backward(hidden, weight, labels, norms)
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Gradients in the shapes of hidden and weight, each None where it is not wanted; ``slopes`` (n,)."""
        hidden, weight, labels, norms = ctx.saved_tensors
        working = weight.to(hidden.dtype)
        hidden_grad = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        weight_grad = torch.zeros_like(weight) if ctx.needs_input_grad[1] else None
        for start in range(0, len(labels), CHUNK):
            stop = start + CHUNK
            part, gold = hidden[start:stop], labels[start:stop]
            logits = (part @ working.T).float().sub_(norms[start:stop, None]).exp_().neg_()
            logits[torch.arange(len(gold), device=gold.device), gold] += 1
            slope = (logits * slopes[start:stop, None]).to(hidden.dtype)
            if hidden_grad is not None:
                hidden_grad[start:stop] = slope @ working
            if weight_grad is not None:
                weight_grad += slope.T @ part
        return hidden_grad, weight_grad, None


class CausalLoss(nn.Module):
    """A language model whose forward pass is the summed loss of a pack, so that data-parallel wrappers see one call a pack."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, pack: Pack) -> Tensor:
        """The summed loss of a pack's targets, a scalar; where rows have weights, each counts by its own."""
        if any(row.weight != 1 for row in pack.rows):
            weights = torch.tensor([row.weight for row in pack.rows for _ in range(row.targets)], device=self.model.device)
            return -(self.scores(pack) * weights).sum() + self.balance(len(weights))
        hidden, labels = self.states(pack)
        return linear_cross_entropy(hidden, self.model.get_output_embeddings().weight, labels) + self.balance(len(labels))

    def balance(self, targets: int) -> Tensor | float:
        """What a mixture's routers add while it learns, for so many targets."""
        return balance_of(self.model) * targets if self.training else 0.0

    def states(self, pack: Pack) -> tuple[Tensor, Tensor]:
        """Hidden states (targets, d) of the places whose next token carries a loss, and those tokens (targets,)."""
        tensors = pack.tensors(self.model.device)
        return self.body(pack)[tensors["index"]], tensors["labels"]

    def body(self, pack: Pack) -> Tensor:
        """Hidden states of all tokens of a pack, (tokens, d)."""
        ids, positions = pack.placed(self.model.device)
        found = self.model.get_decoder()(input_ids=ids, position_ids=positions, use_cache=False, segments=pack.lengths)
        states: Tensor = found.last_hidden_state[0]
        return states

    def scores(self, pack: Pack) -> Tensor:
        """Log-probability of each target of a pack, (targets,), in nats."""
        hidden, labels = self.states(pack)
        return token_scores(hidden, self.model.get_output_embeddings().weight, labels)


def linear_cross_entropy(hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
    """The summed cross entropy, a scalar, of hidden (targets, d) @ weight.T, weight (vocabulary, d), against labels (targets,)."""
    hidden = _multiplied(hidden)
    with torch.autocast(hidden.device.type, enabled=False):
        total: Tensor = LinearCrossEntropy.apply(hidden, weight, labels)  # type: ignore[no-untyped-call]
    return total


def token_scores(hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
    """Log-probabilities (targets,) of labels (targets,) by hidden (targets, d) @ weight.T, weight (vocabulary, d), in nats."""
    hidden = _multiplied(hidden)
    with torch.autocast(hidden.device.type, enabled=False):
        found: Tensor = TokenScores.apply(hidden, weight, labels)  # type: ignore[no-untyped-call]
    return found


def _multiplied(hidden: Tensor) -> Tensor:
    """In the precision that products are computed in."""
    if torch.is_autocast_enabled(hidden.device.type):
        hidden = hidden.to(torch.get_autocast_dtype(hidden.device.type))
    return hidden
