"""The scan for slow functions looks where text is read, and knows a slow one."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from text_growth import MARGIN, PACKAGES, SIZES, Growth, functions


def test_every_package_that_reads_text_is_scanned() -> None:
    assert {name.partition(".")[0] for name, _ in functions([])} == set(PACKAGES)


@pytest.mark.parametrize(("slow", "time"), [(False, lambda n: n * math.log(n)), (True, lambda n: n * n)])
def test_growth_beyond_n_log_n_is_noticed(slow: bool, time: Callable[[int], float]) -> None:
    seconds = tuple(time(size) / time(SIZES[0]) for size in SIZES)
    assert (Growth("some.function", "digits", seconds, over=False).factor > MARGIN) == slow
