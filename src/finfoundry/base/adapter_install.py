"""What a run tuned over an encoder, put into a home: a reader of questions, a scorer of evidence."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.tuned_adapter import ADAPTER_FILES, OFF, SHIPPED, AdapterUse, adapter_folder
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.tuned_file import WEIGHTS
from finfoundry.runtime.settings import Settings

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class InstalledAdapter:
    """``base`` names its encoder; ``sha256`` and ``bytes`` are of what was learned."""

    base: str
    sha256: str
    bytes: int


def install_adapter(settings: Settings, use: AdapterUse, folder: Path, name: str) -> InstalledAdapter:
    """Copy what a run learned into the home. Raises InputError for a name that is none, ModelError for a folder that holds no tuned
    encoder.
    """
    check_name(use, name)
    target = adapter_folder(settings, use, name)
    partial = target.with_name(f".{name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        told = _pack(folder, partial)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder} holds no tuned encoder ({error})", remedy="Give the folder that `finfoundry train` wrote") from error
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return InstalledAdapter(told["base"], told["sha256"], (target / WEIGHTS).stat().st_size)


def check_name(use: AdapterUse, name: str) -> None:
    """Raises InputError for a name that is none."""
    if not _NAME.fullmatch(name) or name in (SHIPPED, OFF):
        raise InputError(f"a {use.noun} cannot be called {name!r}", remedy="Use small letters, digits and hyphens")


def _pack(folder: Path, target: Path) -> dict[str, str]:
    """What a run learned, and what says of it its base and digest."""
    learned = folder / "adapter"
    told = {
        "base": str(json.loads((folder / MANIFEST).read_text("utf-8"))["base"]),
        "sha256": hashlib.sha256((learned / WEIGHTS).read_bytes()).hexdigest(),
    }
    target.mkdir(parents=True)
    for file in ADAPTER_FILES:
        shutil.copyfile(learned / file, target / file)
    (target / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return told
