"""Heads of texts that begin where a linear probe ends: fitted on what the body tells of texts before it learns, then learned with it.

What an encoder's states have in common is far larger than what tells texts apart, so a head drawn at random sees little else for its first
hundreds of steps, and the body learns to please it (Kumar et al., 2022, arXiv 2202.10054: linear probing, then fine-tuning).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from finfoundry.train.loop import CHECKPOINTS
from finfoundry.train.methods.encode import LabelledRow, read_of
from finfoundry.train.methods.method import Start
from finfoundry.train.packing import Pack, Steps

FEWEST = 2  # rows of each label's head, or nothing is told apart
ROUNDS = 100  # of L-BFGS
PENALTY = 5.0  # times the squared weights, of states that are scaled to one: rows are few
CLEAR = 1e-6  # added to the spread of a state that never changes


def begin(module: Any, start: Start) -> Steps:
    """Fit the heads on ``probe`` rows each, unless they were learned before: in a run that goes on, or by the adapter it begins from."""
    recipe = start.recipe
    if recipe.probe and recipe.init_adapter is None and not (start.folder / CHECKPOINTS).exists():
        rows = [row for row in start.rows if isinstance(row, LabelledRow)]
        for name, form in module.model.forms.items():
            if form.kind in ("one", "several", "score"):
                fit(module.model, name, form.kind != "one", [row for row in rows if row.head == name][: recipe.probe], recipe.pack)
    return start.order


def fit(model: Any, name: str, several: bool, rows: list[LabelledRow], pack: int = 1024) -> None:
    """Put into a head the weights of a logistic regression over what it reads of the rows' states; ``pack`` tokens are read at once."""
    if len(rows) < FEWEST:
        return
    head, learning = model.heads[name], model.training
    model.eval()
    with torch.no_grad():
        states = torch.cat([_read(model, together) for together in _side_by_side(rows, pack)]).double().cpu()
    model.train(learning)
    wanted = torch.zeros(len(rows), head.out_features, dtype=torch.float64)
    for place, row in enumerate(rows):
        labels = torch.tensor(row.labels, dtype=torch.long)
        wanted[place] = one_hot(labels, head.out_features).sum(0) if model.forms[name].kind != "score" else row.score
    middle, spread = states.mean(0), states.std(0) + CLEAR
    weight, bias = _regression((states - middle) / spread, wanted, several)
    with torch.no_grad():
        head.weight.copy_(weight / spread)
        head.bias.copy_(bias - (weight / spread) @ middle)


def _side_by_side(rows: list[LabelledRow], most: int) -> Iterator[tuple[LabelledRow, ...]]:
    """Rows in their order, as many at once as have ``most`` tokens; one that is longer by itself."""
    together, tokens = list[LabelledRow](), 0
    for row in rows:
        if together and tokens + len(row.ids) > most:
            yield tuple(together)
            together, tokens = [], 0
        together.append(row)
        tokens += len(row.ids)
    if together:
        yield tuple(together)


def _read(model: Any, rows: tuple[LabelledRow, ...]) -> Tensor:
    """Of the states of each row what its head reads, shape (rows, inputs)."""
    pack = Pack(rows)
    ids, positions = pack.placed(next(model.parameters()).device)
    states = model.body(input_ids=ids, position_ids=positions, segments=pack.lengths).last_hidden_state[0]
    parts = states.split([len(row.ids) for row in rows])
    return torch.cat([read_of(model.forms[row.head], part) for row, part in zip(rows, parts, strict=True)])


def _regression(states: Tensor, wanted: Tensor, several: bool) -> tuple[Tensor, Tensor]:
    """Weights (labels, inputs) and biases by maximum likelihood with a penalty on the weights; the same each time."""
    weight = torch.zeros(wanted.shape[1], states.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(wanted.shape[1], dtype=torch.float64, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        logits = states @ weight.T + bias
        told = binary_cross_entropy_with_logits if several else cross_entropy
        total: Tensor = told(logits, wanted, reduction="sum") + PENALTY * weight.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    solver.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()
