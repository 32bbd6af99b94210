"""Tokens that are proposed change no answer, a cache of 8 bits hardly one; the settings reach the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train.test_served import PROMPT, served

from finfoundry.base.llama import Served, engine_process
from finfoundry.core.errors import ModelError
from finfoundry.core.protocols import Message, Request
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base

REPEATED = [*PROMPT, *([40, 41, 42, 43, 44, 45, 46, 47] * 6)]
TOKENS = 24


def answered(base: Base, folder: Path, name: str, *more: str) -> dict[str, Any]:
    body = {"prompt": REPEATED, "n_predict": TOKENS, "temperature": 0, "return_tokens": True, "ignore_eos": True, "cache_prompt": False}
    with served(base.path, folder / "none", folder / f"{name}.sock", *more) as engine:
        found: dict[str, Any] = engine.client.post("http://engine/completion", json=body).json()
    return found


def near_ties(base: Base, tokens: list[int]) -> float:
    """By how much a token falls short of the likeliest at its place, at most, in deviations of the logits there."""
    model = base.model(torch.float32)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[*REPEATED, *tokens]])).logits[0, len(REPEATED) - 1 : -1]
    deviations = logits.std(-1)
    logits[:, 2] = -torch.inf
    return float(((logits.max(-1).values - logits.gather(1, torch.tensor(tokens)[:, None])[:, 0]) / deviations).max())


def test_what_is_proposed_is_taken_only_where_it_would_be_said(bases: Callable[[str], Base], tmp_path: Path) -> None:
    base = bases("qwen3")
    plain = answered(base, tmp_path, "plain")
    prompt = answered(base, tmp_path, "prompt", "--speculate", "prompt")
    draft = answered(base, tmp_path, "draft", "--speculate", str(base.path))
    assert draft["timings"]["draft_n_accepted"] > TOKENS // 2, "its own proposals are its own words"
    for found in (plain, prompt, draft):
        assert len(found["tokens"]) == TOKENS
        assert near_ties(base, found["tokens"]) < 0.01
    assert near_ties(base, answered(base, tmp_path, "cache", "--cache", "q8_0")["tokens"]) < 0.1


def test_a_model_says_how_likely_it_found_its_answer(bases: Callable[[str], Base], tmp_path: Path) -> None:
    with served(bases("qwen3").path, tmp_path / "none", tmp_path / "a.sock") as engine:
        told = engine.chat(Request((Message("user", "card"),), max_tokens=4, likelihood=True))
        silent = engine.chat(Request((Message("user", "card"),), max_tokens=4))
    assert told.likelihood is not None
    assert 0 < told.likelihood <= 1
    assert silent.likelihood is None
    assert told.text == silent.text


def test_settings_reach_the_engine(bases: Callable[[str], Base], tmp_path: Path) -> None:
    weights = bases("qwen3").path
    mine = Served("engine", "tiny", weights, tmp_path)

    def argv(**given: Any) -> list[str]:
        return list(engine_process(Settings(home=tmp_path, model=str(weights), **given), mine).argv)

    plain = argv()
    assert (plain[plain.index("--cache") + 1], plain[plain.index("--speculate") + 1]) == ("f16", "")
    other = argv(cache="q8_0", speculate=str(weights))
    assert (other[other.index("--cache") + 1], other[other.index("--speculate") + 1]) == ("q8_0", str(weights))
    with pytest.raises(ModelError, match="is not a file"):
        argv(speculate=str(tmp_path / "absent.gguf"))
