"""Known vulnerabilities of what a bundle or a lock names, from a copy of an advisory database, without a network."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from finfoundry.core.errors import InputError
from finfoundry.operations.advisories import _within, audit

LOCK = """# made
alpha==1.4.0 \\
    --hash=sha256:00
Beta_One[extra]==2.0 ; python_version > "3"
gamma==0.9
"""


def advisory(identifier: str, name: str, *, versions: tuple[str, ...] = (), events: Any = (), **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "versions": list(versions), "ranges": ranges}
    return {"id": identifier, "modified": "2026-01-02T00:00:00Z", "summary": "x", "aliases": ["CVE-1"], "affected": [affected], **more}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "core.lock"
    path.write_text(LOCK)
    return path


def database(folder: Path, *found: dict[str, Any]) -> Path:
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(found):
            archive.writestr(f"{number}.json", json.dumps(one))
    return path


def test_packages_with_a_known_vulnerability_are_named(tmp_path: Path, lock: Path) -> None:
    known = database(
        tmp_path,
        advisory("PYSEC-1", "alpha", events=[{"introduced": "0"}, {"fixed": "1.4.1"}]),
        advisory("PYSEC-2", "beta-one", versions=("2.0",)),
        advisory("PYSEC-3", "gamma", events=[{"introduced": "1.0"}]),
        advisory("PYSEC-4", "gamma", versions=("0.9",), withdrawn="2026-01-01T00:00:00Z"),
        advisory("PYSEC-5", "delta", versions=("1",)),
    )
    found = audit([lock], known)
    assert [(one.package, one.version, one.id, one.fixed) for one in found.found] == [
        ("alpha", "1.4.0", "PYSEC-1", ("1.4.1",)),
        ("beta-one", "2.0", "PYSEC-2", ()),
    ]
    assert (found.packages, found.advisories, found.latest) == (3, 5, "2026-01-02T00:00:00Z")


def test_a_bill_of_materials_is_read_like_a_lock(tmp_path: Path) -> None:
    (tmp_path / "sbom.cdx.json").write_text(json.dumps({"components": [{"purl": "pkg:pypi/alpha@1.4.0"}, {"name": "weights"}]}))
    known = database(tmp_path, advisory("PYSEC-1", "alpha", events=[{"introduced": "1.0"}, {"last_affected": "1.4.0"}]))
    assert [one.id for one in audit([tmp_path / "sbom.cdx.json"], known).found] == ["PYSEC-1"]


@pytest.mark.parametrize("wrong", ["absent", "empty", "no zip", "no json"])
def test_what_is_no_database_is_refused_so_that_nothing_passes_for_safe(tmp_path: Path, lock: Path, wrong: str) -> None:
    path = tmp_path / "all.zip"
    if wrong == "empty":
        database(tmp_path)
    elif wrong == "no zip":
        path.write_bytes(b"PK")
    elif wrong == "no json":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("1.json", "{")
    with pytest.raises(InputError):
        audit([lock], path)


@pytest.mark.parametrize("text", ["", "alpha>=1\n"])
def test_a_lock_without_pins_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "core.lock").write_text(text)
    with pytest.raises(InputError, match="names no package"):
        audit([tmp_path / "core.lock"], database(tmp_path, advisory("1", "x")))


releases = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(releases, releases, releases)
def test_a_version_is_affected_from_the_first_to_before_the_fixed(version: str, one: str, other: str) -> None:
    first, fixed = sorted((one, other), key=Version)
    events = [{"introduced": first}, {"fixed": fixed}]
    if Version(first) != Version(fixed):
        assert _within(version, events) == (Version(first) <= Version(version) < Version(fixed))
    assert _within(version, [{"introduced": "0"}])
