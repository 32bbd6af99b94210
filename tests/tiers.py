"""Two tiers of tests: what is marked ``slow`` runs in the second (``make test-all``), all else in the first (``make test``)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import pytest

slow = pytest.mark.slow


def slow_but(fast: Container[Any], cases: Iterable[Any]) -> list[Any]:
    """The cases of a parametrised test, those that are not named ``fast`` marked: the first tier has a few of a large table.

    ``slow_but(["lora"], ["full", "lora"])`` runs ``lora`` in the first tier and ``full`` in the second.
    """
    return [one if one in fast else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=slow) for one in cases]
