"""Free memory is told in bytes, all of the machine's where the system does not say; cycles are searched again after what needs none."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from finfoundry.runtime.memory import free_memory, uncollected


def test_it_lies_within_the_machine() -> None:
    assert 0 < free_memory() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_a_system_that_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _path: "MemTotal: 5 kB\n")
    assert free_memory() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_cycles_are_searched_for_again_afterwards_also_where_something_fails() -> None:
    collecting: list[bool] = []

    def read() -> None:
        with uncollected():
            collecting.append(gc.isenabled())
            raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        read()
    assert [*collecting, gc.isenabled()] == [False, True]


def test_who_had_stopped_the_search_keeps_it_stopped() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
