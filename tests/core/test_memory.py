"""Free memory is told in bytes, and where the system does not tell it, all of the machine's stands for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from finfoundry.runtime.memory import free_memory


def test_it_lies_within_the_machine() -> None:
    assert 0 < free_memory() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_a_system_that_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _path: "MemTotal: 5 kB\n")
    assert free_memory() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
