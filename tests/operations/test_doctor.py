"""What ``doctor`` warns of, though nothing fails."""

from __future__ import annotations

from pathlib import Path

from finfoundry.machine import passed_no_gate
from finfoundry.runtime.settings import Settings


def test_what_was_shipped_or_released_is_no_warning(tmp_path: Path) -> None:
    assert passed_no_gate(Settings(home=tmp_path)) == []
    assert passed_no_gate(Settings(home=tmp_path, planner="off", reader="off")) == []


def test_what_no_gate_has_passed_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, planner="dev-question-planner", reader="own")
    assert passed_no_gate(settings) == ["FINFOUNDRY_READER=own", "FINFOUNDRY_PLANNER=dev-question-planner"]
