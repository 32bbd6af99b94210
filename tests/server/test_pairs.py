"""Every route with every pair of users; in full, with times, by ``benchmarks/service.py pairs``."""

from __future__ import annotations

import os

import pytest
from tests.server.conftest import Live

from measures.service.pairs import pairs

REQUESTS = int(os.environ.get("FINFOUNDRY_PAIRS", "300"))


@pytest.mark.filterwarnings("default")
def test_what_is_hidden_looks_like_what_is_not_there(live: Live) -> None:
    seen = pairs(live.app, live.url, REQUESTS, ("pia", "quin", "rolf"))
    assert seen.requests >= REQUESTS
    assert seen.leaks == []
    assert seen.differences == []
