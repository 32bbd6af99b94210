"""Every route with every pair of users; in full, with times, by ``benchmarks/server_pairs.py``."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tests.server.conftest import Live

REQUESTS = int(os.environ.get("FINFOUNDRY_PAIRS", "300"))


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    folder = Path(__file__).parents[2] / "benchmarks"
    monkeypatch.syspath_prepend(str(folder))
    spec = importlib.util.spec_from_file_location("server_pairs", folder / "server_pairs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "server_pairs", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("default")
def test_what_is_hidden_looks_like_what_is_not_there(live: Live, benchmark: ModuleType) -> None:
    seen = benchmark.pairs(live.app, live.url, REQUESTS, ("pia", "quin", "rolf"))
    assert seen.requests >= REQUESTS
    assert seen.leaks == []
    assert seen.differences == []
