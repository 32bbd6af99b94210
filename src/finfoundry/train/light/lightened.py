"""The folder of a model that was made light: its GGUF file, its manifest, and what its parent had learned from."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from finfoundry.core.errors import InputError, SettingsError
from finfoundry.core.model_files.gguf_container import Container, Planned, byte_size, write_container
from finfoundry.core.tasks.fingerprints import Fingerprints
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.data.learned_rows import FINGERPRINTS, learned_before, spent_before
from finfoundry.train.export.manifest import MANIFEST, FormRecord, ModelManifest, read_manifest, write_manifest
from finfoundry.train.gguf_file.blocks import FILE_TYPES
from finfoundry.train.gguf_file.keys import Value, with_values
from finfoundry.train.machine import free_disk
from finfoundry.train.recipe import NAME

FORM = "gguf"  # the form of blocks as the parent has them, where it is none of those that are exported
FILE = "model.gguf"
TEMPLATE = "tokenizer.chat_template"


@dataclass(frozen=True)
class Lightened:
    """What ``finfoundry lighten`` prints. ``told`` is what the way did, in its own figures."""

    name: str
    folder: str
    way: str
    parent: str
    parent_sha256: str
    form: str
    path: str
    sha256: str
    parent_bytes: int
    bytes: int
    weights: int
    told: dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A file to be written: values of keys that change, and all tensors. ``parents``: models whose weights are in it beside the base's."""

    values: Mapping[str, Value]
    tensors: list[Planned]
    form: str = FORM
    parents: Sequence[Base] = ()


def write_lightened(out: Path, base: Base, container: Container, way: str, draft: Draft, told: dict[str, Any], version: str) -> Lightened:
    """Write file and manifest, whole or not at all. Raises SettingsError for a full disk, InputError for a folder in use."""
    name = checked_name(out, way, base)
    size = sum(byte_size(tensor.shape, tensor.kind) for tensor in draft.tensors)
    if size > free_disk(out):
        raise SettingsError(f"{size / 1e6:.0f} MB do not fit on the disk of {out}", remedy="Make room, or give another --out")
    out.mkdir(parents=True, exist_ok=True)
    values = {TEMPLATE: base.chat_template, "general.file_type": FILE_TYPES.get(draft.form, _file_type(container)), **draft.values}
    head, count = with_values(container, values)
    path = out / FILE
    write_container(path, head, count, draft.tensors)
    data = learned(out, base.path, *(one.path for one in draft.parents))
    manifest = ModelManifest(
        name, datetime.now(UTC).isoformat(timespec="seconds"), version, base.name, base.sha256, base.chat_template,
        {"lighten": way, "weights": "full", **told}, _digest(told), data, 0, 0, 0.0,
        parents=[{"name": one.name, "path": one.path.name, "sha256": one.sha256} for one in draft.parents],
    )  # fmt: skip
    manifest.forms[draft.form] = FormRecord(FILE, path_digest(path), path.stat().st_size)
    write_manifest(out, manifest)
    record = manifest.forms[draft.form]
    weights = sum(math.prod(tensor.shape) for tensor in draft.tensors)
    parent = base.path.stat().st_size
    return Lightened(name, str(out), way, base.name, base.sha256, draft.form, str(path), record.sha256, parent, record.bytes, weights, told)


def checked_name(out: Path, way: str, base: Base) -> str:
    """The name of a model from that of its folder. Raises InputError, also for a folder that holds anything but an earlier result of the
    same way from the same base.
    """
    name = out.resolve().name
    if not re.fullmatch(NAME, name):
        raise InputError(f"{name!r} cannot be the name of a model", remedy="Give --out a name of small letters, digits, . _ -")
    if out.exists() and any(out.iterdir()) and not _is_earlier(out, way, base):
        raise InputError(f"{out} holds other files", remedy="Give a new folder with --out")
    return name


def _is_earlier(out: Path, way: str, base: Base) -> bool:
    if not (out / MANIFEST).is_file():
        return False
    found = read_manifest(out)
    return found.recipe.get("lighten") == way and found.base_sha256 == base.sha256


def kept(container: Container) -> list[Planned]:
    """All tensors as they are."""
    return [Planned(one.name, one.shape, one.kind, _bytes(one.data)) for one in container.tensors.values()]


def _bytes(data: np.ndarray[Any, Any]) -> Any:
    return lambda: data


def _file_type(container: Container) -> int:
    return container.number("general.file_type") if "general.file_type" in container.keys else 0


def _digest(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def learned(out: Path, *parents: Path) -> dict[str, Any]:
    """What a gate asks of a model's rows, for its manifest: the fingerprints of all that its parents learned, and the suites they spent."""
    Fingerprints(learned_before(*parents)).write(out / FINGERPRINTS)
    return {"fingerprints": {"path": FINGERPRINTS, "sha256": path_digest(out / FINGERPRINTS)}, "spent": spent_before(*parents)}


def plain(one: Any) -> dict[str, Any]:
    """A dataclass as it is written into a manifest."""
    return asdict(one)
