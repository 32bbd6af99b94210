"""What a run learned in eight bits: nearly the same numbers in a third of the bytes, as they are read where it is served."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from finfoundry.core.model_files.heads import HeadForm, read_forms, write_forms
from finfoundry.core.model_files.tuned_file import CONFIG, SCALE, WEIGHTS, learned_on, read_safetensors
from finfoundry.runtime.path_digest import path_digest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
state_reader = importlib.import_module("state_reader")
STEM = "base_model.model.body.layers.0.mlp.up_proj.lora_"


def test_a_run_is_written_in_eight_bits(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    held = {f"{STEM}A.weight": draw.normal(size=(4, 256)), f"{STEM}B.weight": draw.normal(size=(512, 4)) * np.array([1, 0.01, 0, 5])}
    held |= {
        "base_model.model.heads.figure-pairs.weight": draw.normal(size=(1, 64)),
        "base_model.model.heads.figure-pairs.bias": np.ones(1),
    }
    run, out = tmp_path / "run" / "adapter", tmp_path / "small"
    run.mkdir(parents=True)
    (run / WEIGHTS).write_bytes(save({name: tensor.astype(np.float32) for name, tensor in held.items()}, {"base_sha256": "ab"}))
    (run / CONFIG).write_text(json.dumps({"r": 4, "lora_alpha": 8.0}))
    write_forms(run, (HeadForm("figure-pairs", "score", ("score",), (2,), "last"),))
    state_reader.write_small(run.parent, out)
    written = out / "adapter" / WEIGHTS
    again = read_safetensors(written.read_bytes())
    assert again.keys() == held.keys()
    assert all(not name.endswith(SCALE) for name in again)
    for name, tensor in held.items():
        most = np.abs(tensor).max(axis=1 if ".lora_A." in name else 0, keepdims=True)
        assert np.all(np.abs(again[name] - tensor) <= most / 127 + 1e-6), name
    assert written.stat().st_size < 0.4 * (run / WEIGHTS).stat().st_size
    assert learned_on(out / "adapter") == "ab"
    assert [form.name for form in read_forms(out / "adapter")] == ["figure-pairs"]
    told = json.loads((out / "manifest.json").read_text("utf-8"))
    assert (told["base_sha256"], told["sha256"]) == ("ab", path_digest(written))
