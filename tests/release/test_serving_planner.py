"""Which adapter plans: the one that was released, one of development only where the settings name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.core.errors import ModelError
from finfoundry.release.candidate import MODEL
from finfoundry.release.serving_planner import planner_of
from finfoundry.runtime.settings import Settings

OWN = "dev-question-planner"


def test_only_a_released_planner_plans_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / f"{OWN}.gguf").write_bytes(b"GGUF")
    unset, own, off = (Settings(home=tmp_path, planner=planner) for planner in ("", OWN, "off"))
    assert planner_of(unset, {}) is None, "one that no gate has seen"
    assert planner_of(unset, {PLANNER}) == PLANNER
    assert planner_of(own, {}) == OWN
    assert planner_of(own, {PLANNER}) == PLANNER
    assert planner_of(off, {PLANNER}) is None


def test_a_planner_of_development_that_is_not_loaded_is_told(tmp_path: Path) -> None:
    """Beside a released base nothing of development is."""
    own = Settings(home=tmp_path, planner=OWN)
    with pytest.raises(ModelError, match="not loaded with the model"):
        planner_of(own, {})
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / f"{OWN}.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelError, match="not loaded with the model"):
        planner_of(own, {MODEL})


def test_of_an_engine_elsewhere_the_settings_name_it(tmp_path: Path) -> None:
    remote = Settings(home=tmp_path, engine_url="http://127.0.0.1:1/v1", planner="planner-of-vllm")
    assert planner_of(remote, {PLANNER}) == "planner-of-vllm"
    assert planner_of(remote.model_copy(update={"planner": ""}), {PLANNER}) is None
