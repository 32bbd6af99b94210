"""A specialist out of the registry: checked while it is still an archive, then written, then named.

The registry may have come from a backup, that is, from anywhere: names that lead elsewhere, files that are no part of the specialist,
contents that unpack to more than they say, and anything whose digest is another are refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from finfoundry.core.errors import IntegrityError
from finfoundry.specialists.models.specialist import MANIFEST

MOST_FILES = 100
LARGEST = 4 << 30  # bytes of all files, unpacked
_REMEDY = "Restore the registry from a backup that you trust, or train again"


def unpack(data: bytes, version: str, target: Path) -> None:
    """Write the files of a version into a new folder. Raises IntegrityError, and then there is no folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _checked(archive, version)
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
                for name, digest in files.items():
                    _write(archive, name, digest, Path(folder) / "files" / name)
                shutil.rmtree(target, ignore_errors=True)
                (Path(folder) / "files").rename(target)
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(version) from error


def _checked(archive: zipfile.ZipFile, version: str) -> dict[str, str | None]:
    """The names of all files with their digests, None for the manifest itself."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) > MOST_FILES or len(set(names)) < len(names) or sum(member.file_size for member in members) > LARGEST:
        raise _damaged(version)
    hashes = dict(json.loads(archive.read(MANIFEST))["files"])
    if hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest() != version or {*hashes, MANIFEST} != set(names):
        raise _damaged(version)
    if any(len(PurePosixPath(name).parts) != 1 or name in ("", ".", "..") or "\\" in name or "\0" in name for name in names):
        raise _damaged(version)
    return {**hashes, MANIFEST: None}


def _write(archive: zipfile.ZipFile, name: str, digest: str | None, path: Path) -> None:
    """At most as much as the archive says, so that nothing grows without end. Raises IntegrityError for another digest."""
    path.parent.mkdir(exist_ok=True)
    size, found = archive.getinfo(name).file_size, hashlib.sha256()
    with archive.open(name) as source, path.open("xb") as file:
        while block := source.read(1 << 20):
            found.update(block)
            size -= len(block)
            if size < 0:
                raise _damaged(name)
            file.write(block)
    if digest is not None and found.hexdigest() != digest:
        raise _damaged(name)


def _damaged(what: str) -> IntegrityError:
    return IntegrityError(f"What the registry holds of {what[:60]!r} is not what was registered", remedy=_REMEDY)
