"""An adapter of the parent on its trimmed child: blocks are the same, so what it changes is too; only the base that it names is another."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import load_file, save_file

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.progress import Report, silent
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.export.forms import LEARNED, export
from finfoundry.train.export.manifest import ModelManifest, read_manifest, write_manifest
from finfoundry.train.light.lightened import FILE, checked_name, learned

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


def follow(adapter: Path, light: Path, out: Path, report: Report = silent) -> ModelManifest:
    """Write the adapter for the trimmed model. Raises ModelError where it is not of the parent, InputError where blocks changed."""
    manifest, child = read_manifest(adapter), read_manifest(light)
    base = Base(str(light / FILE), light / FILE)
    checked_name(out, "adapter", base)
    if child.recipe.get("lighten") != "trim":
        raise InputError(f"{light} is no trimmed model: its blocks are others", remedy="Tune again, with its file as the recipe's base")
    if child.base_sha256 != manifest.base_sha256:
        raise ModelError(
            f"{manifest.name} was tuned on {manifest.base} ({manifest.base_sha256[:12]}…), {light} comes of {child.base_sha256[:12]}…",
            remedy="Trim the base on which it was tuned",
        )
    if not (adapter / LEARNED / WEIGHTS).is_file():
        raise InputError(f"{adapter} holds no adapter", remedy="Give the folder of a run with weights: lora or qlora")
    (out / LEARNED).mkdir(parents=True, exist_ok=True)
    save_file(load_file(adapter / LEARNED / WEIGHTS), out / LEARNED / WEIGHTS, {"format": "pt", "base_sha256": base.sha256})
    config = json.loads((adapter / LEARNED / CONFIG).read_text("utf-8")) | {"base_model_name_or_path": base.name}
    (out / LEARNED / CONFIG).write_text(json.dumps(config, indent=2), "utf-8")
    manifest.data |= learned(out, adapter, light)
    manifest.parents = [*manifest.parents, {"name": manifest.name, "path": adapter.name, "sha256": path_digest(adapter / LEARNED)}]
    manifest.base, manifest.base_sha256, manifest.forms = base.name, base.sha256, {}
    write_manifest(out, manifest)
    return export(out, base, ["adapter", "lora"], report)
