"""llama.cpp decodes what transformers decodes: the base, and the base with an adapter that a request chooses, in each architecture."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train import tiny

from finfoundry.base.llama import LlamaEngine
from finfoundry.core.protocols import Request
from finfoundry.train.base import Base
from finfoundry.train.export.forms import adapter_changes, write_gguf, write_lora
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.recipe import Recipe
from finfoundry.train.weights import LowRank

PROMPT = [1, 4, 70, 80, 90, 100, 110, 120, 5]
TOKENS = 6


@contextmanager
def served(model: Path, adapters: Path, socket: Path, *more: str) -> Iterator[LlamaEngine]:
    argv = [
        sys.executable,
        "-m",
        "finfoundry.base.llama_server",
        "--model",
        str(model),
        "--name",
        "tiny",
        "--socket",
        str(socket),
        "--context",
        "2048",
    ]
    child = subprocess.Popen([*argv, "--threads", "1", "--adapters", str(adapters), *more])
    try:
        until = time.monotonic() + 120
        while not socket.exists() and child.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert socket.exists(), "the engine did not start"
        engine = LlamaEngine(socket, "tiny")
        yield engine
        engine.close()
    finally:
        child.terminate()
        child.wait()


def decoded(engine: LlamaEngine, adapter: str | None = None) -> list[int]:
    body: dict[str, Any] = {"prompt": PROMPT, "n_predict": TOKENS, "temperature": 0, "return_tokens": True, "ignore_eos": True}
    body["lora"] = engine._body(Request((), adapter=adapter)).get("lora", [])
    found: list[int] = engine.client.post("http://engine/completion", json=body).json()["tokens"]
    return found


def shortfall(model: torch.nn.Module, tokens: list[int]) -> float:
    """By how much a token falls short of the likeliest at its place, at most, in standard deviations of the logits there."""
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[*PROMPT, *tokens]])).logits[0, len(PROMPT) - 1 : -1]
    deviations = logits.std(dim=-1)
    logits[:, 2] = -torch.inf
    chosen = logits.gather(1, torch.tensor(tokens)[:, None])[:, 0]
    return float(((logits.max(dim=-1).values - chosen) / deviations).max())


def expected(model: torch.nn.Module) -> list[int]:
    """Greedy, never the sign of the end."""
    ids = list(PROMPT)
    with torch.no_grad():
        for _ in range(TOKENS):
            logits = model(input_ids=torch.tensor([ids])).logits[0, -1]
            logits[2] = -torch.inf
            ids.append(int(logits.argmax()))
    return ids[len(PROMPT) :]


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_a_served_form_answers_as_the_trained_model(
    architecture: str, bases: Callable[[str], Base], recipe: Callable[..., Recipe], tmp_path: Path
) -> None:
    base = bases(architecture)
    weights = LowRank(recipe())
    model = weights.open(base, torch.float32)
    model.set_attn_implementation("eager")
    plain = expected(model)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in weights.learned(model).items():
            if "lora_B" in name:
                weight.normal_(0, 2.0)
    tuned = expected(model)
    assert tuned != plain
    weights.save(model, base, tmp_path / "adapter")
    adapter = read_adapter(tmp_path / "adapter", base)
    (tmp_path / "adapters").mkdir()
    write_lora(tmp_path / "adapters" / "tuned.gguf", adapter, base)
    with served(base.path, tmp_path / "adapters", tmp_path / "a.sock") as engine:
        assert decoded(engine) == plain
        assert decoded(engine, "tuned") == tuned
        assert decoded(engine) == plain  # the next request is not changed by the one before
    write_gguf(tmp_path / "merged.gguf", base, "f16", adapter_changes(adapter, base))
    with served(tmp_path / "merged.gguf", tmp_path / "none", tmp_path / "b.sock") as engine:
        merged = decoded(engine)
    assert shortfall(model, merged) < 0.05  # weights rounded to 16 bits may turn a near tie
    assert shortfall(model, plain) > 1, "the model without its adapter would be noticed"
