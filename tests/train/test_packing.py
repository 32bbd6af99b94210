"""No row of a pack sees another; the loss is that of transformers; gradients do not depend on how rows are spread over packs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.train import tiny

from finfoundry.train.base import Base
from finfoundry.train.branched import branched
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import WINDOW, Order, Pack, RowTokens, fit

Bases = Callable[[str], Base]
ROWS = tuple(
    RowTokens(tuple(range(10 + 7 * n, 10 + 7 * n + 12 + 9 * n)), 4 + n) for n in range(3)
)  # up to 30 tokens: past Gemma's window of 16


def module(base: Base, dtype: torch.dtype = torch.float64) -> CausalLoss:
    return CausalLoss(base.model(dtype))


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_a_row_in_a_pack_has_the_hidden_states_that_it_has_alone(architecture: str, bases: Bases) -> None:
    model = module(bases(architecture))
    with torch.no_grad():
        together, labels = model.states(Pack(ROWS))
        alone = [model.states(Pack((row,))) for row in ROWS]
        torch.testing.assert_close(together, torch.cat([states for states, _ in alone]), atol=1e-12, rtol=1e-10)
        assert labels.tolist() == [token for row in ROWS for token in row.ids[row.start :]]
        head = model.model.get_output_embeddings()
        torch.testing.assert_close(head(together), torch.cat([head(states) for states, _ in alone]), atol=1e-11, rtol=1e-9)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_loss_and_gradients_are_those_of_transformers(architecture: str, bases: Bases) -> None:
    """In float32, relative difference at most 1e-5: packed and at loss positions only, against one row at a time with all logits."""
    ours, theirs = module(bases(architecture), torch.float32), bases(architecture).model(torch.float32)
    theirs.set_attn_implementation("eager")
    pack = Pack(ROWS)
    loss = ours(pack) / pack.targets
    loss.backward()
    reference = torch.zeros(())
    for row in ROWS:
        ids = torch.tensor([row.ids])
        labels = ids.clone()
        labels[0, : row.start] = -100
        reference = reference + theirs(input_ids=ids, labels=labels).loss * row.targets
    reference = reference / pack.targets
    torch.autograd.backward(reference)
    assert abs(loss.item() - reference.item()) <= 1e-5 * reference.item()
    wanted = dict(theirs.named_parameters())
    for name, weight in ours.model.named_parameters():
        difference = (weight.grad - wanted[name].grad).norm() / wanted[name].grad.norm()
        assert difference <= 1e-5, (name, difference)


def test_accumulated_gradient_is_that_of_the_large_batch(bases: Bases) -> None:
    """In float64 to the last digits: three packs of one row, weighted by the targets of all, and one pack of three."""
    one, many = module(bases("llama")), module(bases("llama"))
    targets = sum(row.targets for row in ROWS)
    (one(Pack(ROWS)) / targets).backward()
    for row in ROWS:
        (many(Pack((row,))) / targets).backward()
    for a, b in zip(one.parameters(), many.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, atol=1e-6, rtol=1e-6)


rows = st.lists(st.integers(2, 40), min_size=1, max_size=60).map(lambda lengths: [RowTokens(tuple(range(n)), 1) for n in lengths])


@given(rows)
@settings(max_examples=60, deadline=None)
def test_every_row_is_in_one_pack_and_no_pack_is_overfull(rows: list[RowTokens]) -> None:
    packs = fit(rows, 40)
    assert sorted(row.ids for pack in packs for row in pack.rows) == sorted(row.ids for row in rows)
    assert all(0 < pack.tokens <= 40 for pack in packs)


@given(rows, st.integers(1, 4), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_an_epoch_holds_every_row_once_and_the_order_does_not_depend_on_what_was_asked_before(
    rows: list[RowTokens], packs: int, seed: int
) -> None:
    order = Order(rows, 40, packs, 3, seed)
    steps = [order.step(number) for number in range(order.steps)]
    again = Order(rows, 40, packs, 3, seed)
    for number in reversed(range(order.steps)):
        assert [pack.rows for pack in again.step(number)] == [pack.rows for pack in steps[number]]
    flat = [pack for step in steps for pack in step]
    first, seen = [], 0
    while seen < len(rows):
        first.append(flat.pop(0))
        seen += len(first[-1].rows)
    assert sorted(row.ids for pack in first for row in pack.rows) == sorted(row.ids for row in rows)


def test_packs_share_out_what_is_alike_in_length() -> None:
    """Two tasks, one of longer rows, and a row more than fills the packs: each step teaches both, and as much as any other."""
    long, short = ([RowTokens((task, *range(size)), 1) for _ in range(count)] for task, size, count in ((1, 60, 300), (2, 28, 301)))
    order = Order([*long, *short], 1024, 1, 1, 3)
    packs = [order.step(number)[0] for number in range(order.steps)]
    shares = [sum(row.ids[0] == 1 for row in pack.rows) / len(pack.rows) for pack in packs]
    assert 0.4 < min(shares) < max(shares) < 0.6
    assert min(pack.targets for pack in packs) > 0.9 * max(pack.targets for pack in packs)


def test_no_pack_is_small_where_rows_are_more_than_are_fitted_together() -> None:
    order = Order([RowTokens(tuple(range(40)), 1) for _ in range(WINDOW + 3)], 1024, 1, 1, 3)
    sizes = [order.step(number)[0].tokens for number in range(order.steps)]
    assert min(sizes) > 0.9 * max(sizes)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_what_rows_share_is_read_once_and_each_is_scored_as_if_alone(architecture: str, bases: Bases) -> None:
    """Completions of two questions, one of them once, past Gemma's window: scores and gradients as of separate rows, in float64."""
    stems = (tuple(range(20, 43)), tuple(range(60, 66)))
    told = [RowTokens((*stems[of], *ending), len(stems[of])) for of, ending in ((0, (7, 8, 9)), (1, (9, 2)), (0, (2,)), (0, (7, 30, 2)))]
    together = branched(told, 40)
    pack, apart = Pack(tuple(together)), Pack(tuple(row for one in together for row in one.held))
    assert (len(together), pack.tokens, apart.tokens) == (2, 23 + 7 + 8, 26 + 24 + 26 + 8)
    ours, theirs = (CausalLoss(bases(architecture).model(torch.float64)) for _ in range(2))
    slopes = torch.linspace(-1, 2, pack.targets, dtype=torch.float64)
    scores = ours.scores(pack)
    wanted = theirs.scores(apart)
    torch.testing.assert_close(scores, wanted, atol=1e-6, rtol=1e-6)  # kept in float32
    torch.autograd.backward([(scores * slopes).sum(), (wanted * slopes).sum()])
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, atol=1e-5, rtol=1e-5)


def test_rows_that_share_are_parted_where_a_pack_is_full() -> None:
    rows = [RowTokens((1, 2, 3, 4, *range(place)), 4) for place in (3, 3, 3)]
    assert [len(one.ids) for one in branched(rows, 11)] == [10, 7]
    assert [row for one in branched(rows, 11) for row in one.held] == rows
