"""Files out of the registry are checked before they are on the disk."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from finfoundry.core.errors import IntegrityError
from finfoundry.specialists.lifecycle import unpacking
from finfoundry.specialists.lifecycle.unpacking import unpack
from finfoundry.specialists.models.specialist import MANIFEST


def packed(files: dict[str, bytes], told: dict[str, bytes] | None = None, *more: tuple[str, bytes]) -> tuple[bytes, str]:
    """An archive of files with a manifest over ``told`` (the same), and its version."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in (told or files).items()}
    version = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (*files.items(), (MANIFEST, json.dumps({"files": hashes, "version": version}).encode()), *more):
            archive.writestr(name, data)
    return buffer.getvalue(), version


def test_what_was_registered_is_unpacked(tmp_path: Path) -> None:
    data, version = packed({"specialist.json": b"{}", "history.parquet": b"rows"})
    unpack(data, version, tmp_path / "a" / version)
    assert sorted(path.name for path in (tmp_path / "a" / version).iterdir()) == ["history.parquet", MANIFEST, "specialist.json"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == [version]


MODEL = {"specialist.json": b"{}"}
ATTACKS: dict[str, Callable[[], tuple[bytes, str]]] = {
    "a path that leads elsewhere": lambda: packed({**MODEL, "../../out": b"x"}),
    "an absolute path": lambda: packed({**MODEL, "/out-of-place": b"x"}),
    "a path of another system": lambda: packed({**MODEL, "..\\out": b"x"}),
    "a file more": lambda: packed(MODEL, None, ("more.py", b"x")),
    "a file less": lambda: packed(MODEL, {**MODEL, "history.parquet": b"x"}),
    "another content": lambda: packed({"specialist.json": b"[]"}, MODEL),
    "another version": lambda: (packed(MODEL)[0], "0" * 64),
    "no archive": lambda: (b"PK nothing", "0" * 64),
    "no manifest": lambda: (packed(MODEL)[0].replace(MANIFEST.encode(), b"x" * len(MANIFEST)), packed(MODEL)[1]),
    "too many files": lambda: packed({f"{number}": b"x" for number in range(200)}),
    "too much of it": lambda: packed({"specialist.json": b"0" * 20_000_000}),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_restored_specialist_is_checked_before_it_is_unpacked(
    tmp_path: Path, attack: Callable[[], tuple[bytes, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "LARGEST", 10_000_000)
    data, version = attack()
    with pytest.raises(IntegrityError, match="is not what was registered"):
        unpack(data, version, tmp_path / "inner" / "deep" / "target")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not Path("/out-of-place").exists()
