"""A tiny encoder as it is pulled, and one that was tuned over it, as the files that a run leaves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tests.train import tiny_encoder

from finfoundry.core.model_files.heads import HeadForm, write_forms
from finfoundry.core.model_files.tensor_names import tensor_names

RANK = 2
MARKS = HeadForm("question-marks", "several", ("open", "yes_no"))
ROLES = HeadForm("question-roles", "spans", ("plus",))


def encoder_folder(folder: Path) -> Path:
    """The folder of a pulled encoder."""
    tiny_encoder.base(folder)
    (folder / "manifest.json").write_text("{}")
    return folder


def tuned_folder(folder: Path, name: str = "multilingual-e5-small", base_sha256: str = "") -> Path:
    """The folder of a tuned one; ``base_sha256`` as its weights state it."""
    source, hidden = np.random.default_rng(3), tiny_encoder.HIDDEN
    weights = {}
    for ours, theirs in tensor_names(tiny_encoder.LAYERS):
        if ours.endswith(("q.w", "v.w")):
            stem = f"base_model.model.{theirs.removesuffix('.weight')}"
            weights[f"{stem}.lora_A.weight"] = source.standard_normal((RANK, hidden)).astype(np.float32)
            weights[f"{stem}.lora_B.weight"] = source.standard_normal((hidden, RANK)).astype(np.float32)
    for form in (MARKS, ROLES):
        weights[f"base_model.model.heads.{form.name}.weight"] = source.standard_normal((len(form.outputs), hidden)).astype(np.float32)
        weights[f"base_model.model.heads.{form.name}.bias"] = source.standard_normal(len(form.outputs)).astype(np.float32)
    adapter = folder / "adapter"
    adapter.mkdir(parents=True, exist_ok=True)
    save_file(weights, adapter / "adapter_model.safetensors", {"base_sha256": base_sha256} if base_sha256 else None)
    (adapter / "adapter_config.json").write_text(json.dumps({"r": RANK, "lora_alpha": 4}))
    write_forms(adapter, (MARKS, ROLES))
    (folder / "manifest.json").write_text(json.dumps({"base": name}))
    return folder


def installed(folder: Path, home: Path, name: str) -> Path:
    """What ``finfoundry reader install`` leaves in a home."""
    target = home / "readers" / name
    target.mkdir(parents=True)
    for file in (folder / "adapter").iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    digest = hashlib.sha256((target / "adapter_model.safetensors").read_bytes()).hexdigest()
    (target / "manifest.json").write_text(json.dumps({"base": "multilingual-e5-small", "sha256": digest}))
    return target
