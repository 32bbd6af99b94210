"""Pruned heads: whole groups or as many of each; those that carry nothing go first; trainer and engine load every architecture."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train import tiny
from tests.train.light.test_prune import TEXTS, logits, same_as_served

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Planned, floats, open_container, write_container
from finfoundry.train.base import Base
from finfoundry.train.light.heads import best, prune_heads

Bases = Callable[[str], Base]
LOADED = [one for one in tiny.ARCHITECTURES if one != "qwen2"]


@pytest.mark.parametrize("architecture", LOADED)
@pytest.mark.parametrize(("queries", "groups", "left"), [(1, 0, (2, 2)), (0, 1, (2, 1)), (1, 1, (1, 1))])
def test_a_model_of_fewer_heads_is_trained_and_served(
    architecture: str, queries: int, groups: int, left: tuple[int, int], bases: Bases, tmp_path: Path
) -> None:
    found = prune_heads(bases(architecture), TEXTS, tmp_path / "light", queries=queries, groups=groups, version="1")
    light = Base("light", Path(found.path))
    assert (light.config.num_attention_heads, light.config.num_key_value_heads) == left
    assert 0 < found.told["carried"] < 1
    same_as_served(light, tmp_path)


@pytest.mark.parametrize("architecture", LOADED)
def test_heads_that_nothing_reads_go_and_nothing_changes(architecture: str, bases: Bases, tmp_path: Path) -> None:
    base = bases(architecture)
    container = open_container(base.path)
    tensors = []
    for one in container.tensors.values():
        data = floats(one).copy()
        if one.name.endswith("attn_output.weight"):
            wide = data.shape[1] // 4
            for head in (1, 2):  # one of each group of two
                data[:, head * wide : (head + 1) * wide] = 0
        tensors.append(Planned(one.name, one.shape, one.kind, lambda data=data: data))  # type: ignore[misc]
    write_container(tmp_path / "dead.gguf", container.head, len(container.keys), tensors)
    dead = Base("dead", tmp_path / "dead.gguf")
    found = prune_heads(dead, TEXTS, tmp_path / "light", queries=1, version="1")
    assert found.told["kept"] == [[0, 3], [0, 3]]
    assert found.told["carried"] == 1.0
    torch.testing.assert_close(logits(Base("light", Path(found.path))), logits(dead), atol=1e-4, rtol=1e-4)


def test_the_best_are_those_of_all_choices() -> None:
    worth = np.random.default_rng(3).random((4, 3))
    for queries in (1, 2, 3):
        for groups in (1, 2, 4):
            each = [max(combinations(range(3), queries), key=lambda one, row=row: row[list(one)].sum()) for row in worth]  # type: ignore[misc]
            sums = [worth[place, list(one)].sum() for place, one in enumerate(each)]
            chosen = max(combinations(range(4), groups), key=lambda one: sum(sums[place] for place in one))
            heads, kept = best(worth, queries, groups)
            assert kept.tolist() == list(chosen)
            assert heads.tolist() == sorted(place * 3 + head for place in chosen for head in each[place])


def test_numbers_that_leave_none_are_refused(bases: Bases, tmp_path: Path) -> None:
    for queries, groups in ((0, 0), (2, 0), (0, 2), (-1, 0)):
        with pytest.raises(InputError, match="cannot go"):
            prune_heads(bases("llama"), TEXTS, tmp_path / "light", queries=queries, groups=groups, version="1")
    with pytest.raises(InputError, match="qwen2 with all its heads"):
        prune_heads(bases("qwen2"), TEXTS, tmp_path / "light", groups=1, version="1")
    assert not (tmp_path / "light").exists()
