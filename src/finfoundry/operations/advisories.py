"""Known vulnerabilities of the packages in a bill of materials or a lock, found without a network in a copy of an advisory database.

The database is a file in the format of OSV (https://ossf.github.io/osv-schema/): a ZIP of JSON files, as osv.dev exports it for PyPI, or a
folder of them. Who has a network may ask `pip-audit` the same of a lock; this needs none, so that the side without one can ask again later.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from finfoundry.core.errors import InputError
from finfoundry.operations.wheels import canonical

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^\s;\\]+)", re.MULTILINE)
_PURL = re.compile(r"pkg:pypi/([^@/]+)@([^?#]+)")


@dataclass(frozen=True, slots=True)
class Advisory:
    """A package in a version that an advisory names. ``fixed`` are versions without it, none where there is none yet."""

    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """``advisories`` counts what the database knows of; ``latest`` is when it was changed last, so that an old copy is noticed."""

    packages: int
    advisories: int
    latest: str | None
    found: list[Advisory]


def audit(parts: Sequence[Path], database: Path) -> Audited:
    """Hold every package of bills of materials (``*.json``) and locks against the database. Raises InputError for what is none of these."""
    packages = {one for part in parts for one in packages_of(part)}
    versions: dict[str, list[str]] = {}
    for name, version in sorted(packages):
        versions.setdefault(name, []).append(version)
    count, latest, found = 0, "", []
    for entry in entries(database):
        count, latest = count + 1, max(latest, str(entry.get("modified", "")))
        if "withdrawn" not in entry:
            found += list(_affecting(entry, versions))
    if not count:
        raise InputError(
            f"{database} holds no advisories", remedy="Name the ZIP file that osv.dev exports for PyPI, or a folder of its files"
        )
    return Audited(len(packages), count, latest or None, sorted(found, key=lambda one: (one.package, one.id)))


def packages_of(path: Path) -> set[tuple[str, str]]:
    """Canonical names and versions. Raises InputError."""
    try:
        text = path.read_text("utf-8")
        found = _of_bill(json.loads(text)) if path.suffix == ".json" else set(_PIN.findall(text))
    except (OSError, UnicodeDecodeError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise InputError(
            f"{path} is neither a bill of materials nor a lock", remedy="Name sbom.cdx.json of a bundle, or a *.lock"
        ) from error
    if not found:
        raise InputError(f"{path} names no package with its version", remedy="Name sbom.cdx.json of a bundle, or a *.lock")
    return {(canonical(name), version) for name, version in found}


def _of_bill(bill: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {found.groups() for part in bill["components"] if (found := _PURL.match(part.get("purl", "")))}  # type: ignore[misc]


def entries(database: Path) -> Iterator[dict[str, Any]]:
    """Every advisory. Raises InputError for a file that is no database."""
    try:
        if database.is_dir():
            for path in sorted(database.rglob("*.json")):
                yield json.loads(path.read_bytes())
        else:
            with zipfile.ZipFile(database) as archive:
                for name in archive.namelist():
                    if name.endswith(".json"):
                        yield json.loads(archive.read(name))
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(
            f"{database} is no database of advisories ({error})", remedy="Fetch it again: the export of osv.dev for PyPI"
        ) from error


def _affecting(entry: Mapping[str, Any], versions: Mapping[str, Sequence[str]]) -> Iterator[Advisory]:
    for one in entry.get("affected", ()):
        package = one.get("package", {})
        name = canonical(str(package.get("name", "")))
        if package.get("ecosystem") != "PyPI":
            continue
        for version in versions.get(name, ()):
            if version in one.get("versions", ()) or any(_within(version, part.get("events", ())) for part in _ranges(one)):
                fixed = tuple(event["fixed"] for part in _ranges(one) for event in part.get("events", ()) if "fixed" in event)
                yield Advisory(name, version, str(entry["id"]), tuple(entry.get("aliases", ())), str(entry.get("summary", "")), fixed)


def _ranges(affected: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in affected.get("ranges", ()) if part.get("type") == "ECOSYSTEM"]


def _within(text: str, events: Sequence[Mapping[str, str]]) -> bool:
    """Whether a version lies in a range, which its events open (``introduced``) and close (``fixed``, ``last_affected``) in their order.

    A version that is none cannot be compared: it counts as affected, to be looked at by a person.
    """
    try:
        version, inside = Version(text), False
        for kind, bound in sorted((item for event in events for item in event.items()), key=lambda item: _position(item[1])):
            if kind == "introduced" and version >= _position(bound):
                inside = True
            elif (kind == "fixed" and version >= _position(bound)) or (kind == "last_affected" and version > _position(bound)):
                inside = False
    except InvalidVersion:
        return True
    return inside


def _position(bound: str) -> Version:
    return Version("0.dev0" if bound == "0" else bound)
