"""Checkpoints that are whole or not there: written under a name apart, forced to disk, renamed; each file's digest is in ``state.json``."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from finfoundry.core.errors import InputError, IntegrityError, SettingsError

KEPT = 2  # checkpoints; older ones are removed
STATE = "state.json"


@dataclass(frozen=True)
class RunIdentity:
    """What a run is of. A checkpoint goes on only in the run that wrote it."""

    recipe: str  # SHA-256 of what the recipe says
    base: str  # SHA-256 of the weights
    data: str  # SHA-256 of the rows, as token ids
    begun: str = ""  # SHA-256 of the adapter that it began from
    rewards: str = ""  # SHA-256 of each reward that was learned


@dataclass(frozen=True)
class Checkpoint:
    step: int  # steps done
    tensors: dict[str, dict[str, Tensor]]  # file stem -> name -> tensor


def write(folder: Path, identity: RunIdentity, checkpoint: Checkpoint) -> Path:
    """Raises SettingsError when the disk is full; what was there before stays as it was."""
    target = folder / f"step-{checkpoint.step:06d}"
    partial = folder / f".{target.name}.part"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        digests = {}
        for stem, tensors in checkpoint.tensors.items():
            path = partial / f"{stem}.safetensors"
            save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, path)
            digests[path.name] = _synced(path)
        state = {"step": checkpoint.step, "identity": asdict(identity), "files": digests}
        (partial / STATE).write_text(json.dumps(state, indent=1), "utf-8")
        _synced(partial / STATE)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    except Exception as error:
        shutil.rmtree(partial, ignore_errors=True)
        if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left" in str(error):
            raise SettingsError(
                f"the disk is full: {target} was not written", remedy="Make room and run the same command: it goes on"
            ) from error
        raise
    for old in stored(folder)[:-KEPT]:
        shutil.rmtree(old)
    return target


def latest(folder: Path, identity: RunIdentity) -> Checkpoint | None:
    """The newest checkpoint of this run. Raises InputError when it is of another, IntegrityError when a file was altered."""
    found = stored(folder)
    if not found:
        return None
    state = json.loads((found[-1] / STATE).read_text("utf-8"))
    _same(found[-1], state["identity"], identity)
    tensors = {}
    for name, digest in state["files"].items():
        path = found[-1] / name
        if not path.is_file() or _digest(path) != digest:
            raise IntegrityError(f"{path} is not as it was written", remedy=f"Remove {found[-1]}: training goes on from the one before")
        tensors[path.stem] = load_file(path)
    return Checkpoint(state["step"], tensors)


def _same(path: Path, was: dict[str, Any], identity: RunIdentity) -> None:
    words = {
        "recipe": "another recipe",
        "base": "another base (its SHA-256 differs)",
        "data": "other data",
        "begun": "another beginning (the adapter that init_adapter names differs)",
        "rewards": "another learned reward (the model in its folder differs)",
    }
    for key, now in asdict(identity).items():
        if was.get(key, "") != now:
            raise InputError(f"{path} is of {words[key]}", remedy="Give another --out, or remove the folder to begin anew")


def stored(folder: Path) -> list[Path]:
    """The checkpoints in a folder that are whole, the newest last."""
    return sorted(path for path in folder.glob("step-*") if (path / STATE).is_file())


def _synced(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
