"""A pytest plugin for ``mutation.py``: writes how long each test took to the file named by ``TEST_DURATIONS``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

_seconds: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    Path(os.environ["TEST_DURATIONS"]).write_text(json.dumps(_seconds), encoding="utf-8")
