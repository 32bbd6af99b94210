"""Mixtures: copies are the dense model in the engine, experts are told apart by their texts, shapes that do not fit are refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train import tiny
from tests.train.test_served import decoded, served, shortfall

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import open_container
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint, read_fingerprints
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.light.experts import router, upcycle
from finfoundry.train.light.quantise import quantise

CARDS = ["the card was blocked and the pin was wrong"] * 8
LAWS = ["银行应当按照规定报送资本充足率"] * 8
Bases = Callable[[str], Base]


def test_copies_are_the_dense_model(bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    found = upcycle(base, [base] * 4, [CARDS, LAWS, CARDS, LAWS], tmp_path / "mixture", used=2, version="1")
    stored = open_container(Path(found.path))
    assert stored.tensors["blk.1.ffn_down_exps.weight"].shape == (4, 64, 128)
    model = base.model(torch.float32)
    model.set_attn_implementation("eager")
    with served(Path(found.path), tmp_path / "none", tmp_path / "a.sock") as engine:
        tokens = decoded(engine)
    assert shortfall(model, tokens) < 0.01


def test_experts_of_other_weights_answer_otherwise(bases: Bases, tmp_path: Path) -> None:
    base, other = bases("llama"), tiny.base(tmp_path, "llama", 9)
    found = upcycle(base, [other, other], [CARDS, LAWS], tmp_path / "mixture", used=1, version="1")
    model = base.model(torch.float32)
    model.set_attn_implementation("eager")
    with served(Path(found.path), tmp_path / "none", tmp_path / "a.sock") as engine:
        assert shortfall(model, decoded(engine)) > 0.1


def test_the_router_tells_texts_apart_and_is_balanced() -> None:
    source = np.random.default_rng(0)
    shared, ways = source.normal(0, 3, 32), source.normal(0, 1, (3, 32))
    states = [np.asarray(shared + way + source.normal(0, 1, (200, 32)), np.float32) for way in ways]
    rows = router(states)
    for place, one in enumerate(states):
        assert ((one @ rows.T).argmax(1) == place).mean() > 0.9
    first = (np.concatenate(states) @ rows.T).argmax(1)
    assert np.bincount(first, minlength=3).min() > 0.25 * len(first)
    np.testing.assert_allclose((np.concatenate(states) @ rows.T).mean(0), 0, atol=1e-2)


def test_use_is_told(bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    found = upcycle(base, [base, base], [CARDS, LAWS], tmp_path / "mixture", used=1, version="1")
    use = np.array(found.told["use"])
    np.testing.assert_allclose(use.sum(1), 1, atol=1e-3)
    assert use[0, 0] > 0.6
    assert use[1, 1] > 0.6


def test_shapes_that_do_not_fit_are_refused(bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    with pytest.raises(InputError, match="architecture qwen2"):
        upcycle(bases("qwen2"), [base] * 2, [CARDS, LAWS], tmp_path / "out", used=1, version="1")
    with pytest.raises(InputError, match="1 experts"):
        upcycle(base, [base], [CARDS], tmp_path / "out", used=1, version="1")
    with pytest.raises(InputError, match="3 used"):
        upcycle(base, [base] * 2, [CARDS, LAWS], tmp_path / "out", used=3, version="1")
    with pytest.raises(InputError, match="another architecture"):
        upcycle(base, [base, bases("gemma3")], [CARDS, LAWS], tmp_path / "out", used=1, version="1")
    small = Base("small", Path(quantise(base, CARDS, tmp_path / "small", form="q8_0", version="1").path))
    with pytest.raises(InputError, match="not alike"):
        upcycle(base, [base, small], [CARDS, LAWS], tmp_path / "out", used=1, version="1")
    assert not (tmp_path / "out").exists()


def test_what_the_experts_learned_is_known_of_the_mixture(bases: Bases, tmp_path: Path) -> None:
    """Fingerprints and suites of all parents, whose files the manifest names; and of what is made of the mixture in turn."""
    folders = []
    for number, text in enumerate(("what is the annual fee of this card", "which loans are secured by a house")):
        folder = tmp_path / f"tuned-{number}"
        folder.mkdir()
        shutil.copy(tiny.base(tmp_path, "llama", number).path, folder / "model.gguf")
        Fingerprints([fingerprint(text)]).write(folder / "data-fingerprints.npz")
        (folder / "manifest.json").write_text(json.dumps({"data": {"spent": [f"suite-{number}"]}}))
        folders.append(folder)
    experts = [Base(folder.name, folder / "model.gguf") for folder in folders]
    found = upcycle(bases("llama"), experts, [CARDS, LAWS], tmp_path / "mixture", used=1, version="1")
    small = quantise(Base("mixture", Path(found.path)), CARDS, tmp_path / "small", form="q8_0", version="1")
    for folder in (Path(found.folder), Path(small.folder)):
        manifest = read_manifest(folder)
        assert manifest.data["spent"] == ["suite-0", "suite-1"]
        assert path_digest(folder / "data-fingerprints.npz") == manifest.data["fingerprints"]["sha256"]
        known = read_fingerprints(folder / "data-fingerprints.npz")
        assert known.knows("what is the annual fee of this card") == known.knows("which loans are secured by a house") == "exact"
    assert [one["sha256"] for one in read_manifest(tmp_path / "mixture").parents] == [one.sha256 for one in experts]
