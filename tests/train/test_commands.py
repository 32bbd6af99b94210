"""``finfoundry train``, ``export`` and ``adapters install`` from end to end, and what they print against its schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.command_line import run_json
from tests.train import tiny

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.tasks.fingerprints import read_fingerprints
from finfoundry.release.serving import development_adapters
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe
from finfoundry.usecases.train_model import Training

Made = Callable[..., Recipe]


@pytest.fixture
def written(recipe: Made, bases: Callable[[str], Base], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    path = tmp_path / "recipe.yaml"
    told = recipe(base=str(bases("llama").path), forms=["adapter", "lora", "q8_0"]).model_dump()
    path.write_text(json.dumps(told), "utf-8")
    return path


def test_from_a_recipe_to_an_adapter_that_requests_can_name(
    written: Path, data: Path, tmp_path: Path, bases: Callable[[str], Base]
) -> None:
    out = tmp_path / "out"
    given = [str(written), "--data", str(data), "--out", str(out)]
    plan = run_json("train", *given, "--dry-run")
    assert not out.exists()
    trained = run_json("train", *given)
    assert trained["plan"]["steps"] == plan["plan"]["steps"] == trained["outcome"]["steps"]
    assert trained["data"] | {"fingerprints": {}} == plan["data"]
    told = json.loads((out / "manifest.json").read_text("utf-8"))
    assert told["forms"].keys() == {"adapter", "lora", "q8_0"}
    assert told["base_sha256"] == bases("llama").sha256
    assert told["template"] == tiny.TEMPLATE
    known = told["data"]["fingerprints"]
    assert hashlib.sha256((out / known["path"]).read_bytes()).hexdigest() == known["sha256"]
    assert len(read_fingerprints(out / known["path"])) == told["data"]["rows"]
    exported = run_json("export", str(out), "--form", "q4_0")
    assert exported["forms"].keys() == {"adapter", "lora", "q8_0", "q4_0"}
    assert (out / "model-q4_0.gguf").stat().st_size < (out / "model-q8_0.gguf").stat().st_size
    installed = run_json("adapters", "install", str(out))
    assert installed["adapter"] == "dev-cards"
    assert (tmp_path / "home" / "adapters" / "dev-cards.gguf").read_bytes() == (out / "adapter.gguf").read_bytes()


def test_what_no_gate_has_seen_serves_under_a_name_of_development_only(tmp_path: Path) -> None:
    """Also where somebody copied it there by hand under the name of a release."""
    for name in ("dev-cards", "cards"):
        (tmp_path / "adapters").mkdir(exist_ok=True)
        (tmp_path / "adapters" / f"{name}.gguf").write_bytes(b"GGUF")
    assert development_adapters(Settings(home=tmp_path)).keys() == {"dev-cards"}


def test_another_base_is_refused(written: Path, data: Path, tmp_path: Path, bases: Callable[[str], Base]) -> None:
    """Its file was replaced after training."""
    out = tmp_path / "out"
    mine = tmp_path / "base.gguf"
    mine.write_bytes(bases("llama").path.read_bytes())
    written.write_text(written.read_text("utf-8").replace(str(bases("llama").path), str(mine)), "utf-8")
    run_json("train", str(written), "--data", str(data), "--out", str(out))
    tiny.write_gguf(mine, "llama", seed=5)
    with pytest.raises(ModelError, match=r"cards was tuned on .* \(SHA-256 [0-9a-f]{12}…\)"):
        run_json("export", str(out), "--form", "f16")
    with pytest.raises(InputError, match="another base"):
        run_json("train", str(written), "--data", str(data), "--out", str(out))


def test_a_folder_without_a_model_and_a_form_that_it_cannot_have(written: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no tuned model"):
        run_json("export", str(tmp_path), "--form", "f16")
    out = tmp_path / "out"
    run_json("train", str(written), "--data", str(data), "--out", str(out))
    with pytest.raises(InputError, match="cards cannot be written as q3"):
        run_json("export", str(out), "--form", "q3")


def test_too_little_memory_or_disk_is_said_before_the_first_step(
    written: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finfoundry.core.errors import SettingsError
    from finfoundry.train import machine

    for name, said in (("memory", "GB of memory are needed"), ("free_disk", "GB of disk are needed")):
        with monkeypatch.context() as changed:
            changed.setattr(machine, name, lambda *_: 1000)
            with pytest.raises(SettingsError, match=said):
                run_json("train", str(written), "--data", str(data), "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_tuned_is_said_before_it_is_pulled(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="glm-4-9b-0414 is of an architecture that is not tuned here") as refused:
        Training(Settings(home=tmp_path)).base("glm-4-9b-0414")
    assert "qwen3-8b" in str(refused.value.remedy)
    assert "glm" not in str(refused.value.remedy)
