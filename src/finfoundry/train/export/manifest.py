"""``manifest.json`` of a model's folder: from which base and data it came, by which recipe and code, and how good each form is."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finfoundry.core.errors import ModelError
from finfoundry.train.base import Base
from finfoundry.train.data.manifest import DataManifest
from finfoundry.train.loop import LoopOutcome
from finfoundry.train.recipe import NAME, Recipe

MANIFEST = "manifest.json"


@dataclass
class FormRecord:
    """A form that was written: its file or folder in the model's folder, and what was measured on it (suite -> metric -> value)."""

    path: str
    sha256: str
    bytes: int
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass
class ModelManifest:
    name: str
    created: str  # ISO 8601
    version: str  # of finfoundry
    base: str
    base_sha256: str
    template: str  # the chat template with which it was trained and must be served
    recipe: dict[str, Any]
    recipe_sha256: str
    data: dict[str, Any]
    steps: int
    tokens: int
    loss: float
    metrics: dict[str, float] = field(default_factory=dict)
    forms: dict[str, FormRecord] = field(default_factory=dict)
    init_adapter_sha256: str = ""  # of the adapter that learning began from
    parents: list[dict[str, Any]] = field(default_factory=list)  # beside the base: name, path, SHA-256 of what each learned
    merged: dict[str, Any] = field(default_factory=dict)  # how
    front: dict[str, Any] = field(default_factory=dict)  # of a point of WARP: its front, and which points the gate refused before it

    @classmethod
    def of(
        cls, recipe: Recipe, base: Base, data: DataManifest, version: str, outcome: LoopOutcome, metrics: dict[str, float]
    ) -> ModelManifest:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(
            recipe.name, now, version, base.name, base.sha256, base.chat_template, recipe.model_dump(), recipe.digest,
            asdict(data), outcome.steps, outcome.tokens, outcome.loss, metrics,
        )  # fmt: skip


def write_manifest(folder: Path, manifest: ModelManifest) -> None:
    """Whole, or as it was before."""
    partial = folder / f".{MANIFEST}.part"
    partial.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), "utf-8")
    partial.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> ModelManifest:
    """Raises ModelError when the folder holds no tuned model."""
    try:
        return manifest_of(json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{folder} holds no tuned model ({error})", remedy="Give the folder that `finfoundry train --out` wrote"
        ) from error


def manifest_of(content: dict[str, Any]) -> ModelManifest:
    """A manifest from the content of its file. Raises KeyError, TypeError, AttributeError, ValueError where it is none."""
    forms = {name: FormRecord(**form) for name, form in content["forms"].items()}
    if not re.fullmatch(NAME, content["name"]):  # it becomes the name of a file
        raise ValueError(f"{content['name']!r} cannot be the name of a model")
    return ModelManifest(**content | {"forms": forms})


def check_base(manifest: ModelManifest, base: Base) -> None:
    """Raises ModelError when the base is not the one on which the model was tuned."""
    if manifest.base_sha256 != base.sha256:
        raise ModelError(
            f"{manifest.name} was tuned on {manifest.base} (SHA-256 {manifest.base_sha256[:12]}…), {base.path} has {base.sha256[:12]}…",
            remedy="Use the base that the manifest names, or tune again on this one (finfoundry release upgrade)",
        )
