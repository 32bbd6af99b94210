"""A package of new versions of rules: a folder or a ZIP file with the files and a manifest that says what each is, and from when.

The manifest is ``manifest.json`` or ``manifest.yaml``: a list, or ``{"laws": […]}``, of entries with ``file``, and where the text does not
say it ``title``, ``level``, ``issued``, ``effective``, ``expires``, and ``repeals`` and ``amends`` (lists of titles). An entry without a
file says of a rule that is there already, by its title, when it ``expires``.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from finfoundry.core.errors import InputError
from finfoundry.core.rules.law import LawStatement, Matter
from finfoundry.knowledge.laws.said_value import check_value

MANIFESTS = ("manifest.json", "manifest.yaml", "manifest.yml")
MOST_ENTRIES = 1000
LARGEST_MANIFEST = 4 << 20  # bytes
_FIELDS: tuple[Matter, ...] = ("title", "level", "issued", "effective", "expires")
_LISTS: tuple[Matter, ...] = ("repeals", "amends")
_LEVELS = {
    "国家法律": "law", "法律": "law", "行政法规": "administrative regulation", "部门规章": "departmental rule",
    "规范性文件": "normative document", "内部制度": "policy", "产品说明": "product",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackageEntry:
    """One rule of a package: its file (empty where the rule is there already), and what the manifest says of it."""

    file: str
    data: bytes
    statements: tuple[LawStatement, ...]

    def said(self, matter: Matter) -> str | None:
        """What the manifest says of a matter; None where it says nothing."""
        return next((one.value for one in self.statements if one.matter == matter), None)


def read_package(path: Path, largest: int) -> list[PackageEntry]:
    """The entries of a package. Raises InputError for a manifest or a file that is not there, too large (``largest`` bytes) or not as it
    must be; it names the entry.
    """
    held = dict(_files(path, largest))
    name = next((one for one in MANIFESTS if one in held), None)
    if name is None:
        raise InputError(f"{path.name} holds no manifest", remedy=f"Put {MANIFESTS[0]} beside the files (docs/laws.md)")
    rows = _rows(name, held.pop(name))
    entries = [_entry(number, row, held, name) for number, row in enumerate(rows, 1)]
    named = [entry.file for entry in entries if entry.file]
    if double := sorted({one for one in named if named.count(one) > 1}):
        raise InputError(f"{name} names {double[0]} twice", remedy="Say all that is so of a file in one entry")
    if unsaid := sorted(set(held) - set(named)):
        raise InputError(f"{name} says nothing of {unsaid[0]}", remedy="Add an entry for the file, or leave it out")
    return entries


def _files(path: Path, largest: int) -> Iterator[tuple[str, bytes]]:
    """The files of a folder or a ZIP, by their paths in it; hidden ones are left out."""
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink())
        sizes = {one.relative_to(path).as_posix(): one.stat().st_size for one in found}
        _check_sizes(path, sizes, largest)
        for one in found:
            name = one.relative_to(path).as_posix()
            if not _hidden(name):
                yield name, one.read_bytes()
        return
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path.name} is neither a folder nor a ZIP file", remedy="Name a folder or a .zip with a manifest")
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and not _hidden(one.filename)]
        _check_sizes(path, {one.filename: one.file_size for one in members}, largest)
        for member in members:
            with archive.open(member) as file:
                data = file.read(largest + 1)
            _check_sizes(path, {member.filename: len(data)}, largest)
            yield member.filename, data


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts)


def _check_sizes(path: Path, sizes: Mapping[str, int], largest: int) -> None:
    if len(sizes) > MOST_ENTRIES + 1:
        raise InputError(f"{path.name} holds {len(sizes):,} files, more than {MOST_ENTRIES:,}", remedy="Make several packages of it")
    large = next((name for name, size in sizes.items() if size > largest), None)
    if large is not None:
        raise InputError(f"{large} is larger than {largest:,} bytes", remedy="Raise max_file_bytes, or leave it out")


def _rows(name: str, data: bytes) -> list[Mapping[str, Any]]:
    if len(data) > LARGEST_MANIFEST:
        raise InputError(f"{name} is larger than {LARGEST_MANIFEST:,} bytes", remedy="Make several packages of it")
    try:
        loaded = json.loads(data) if name.endswith(".json") else yaml.safe_load(data)
    except (ValueError, yaml.YAMLError) as error:
        raise InputError(f"{name} cannot be read ({str(error).splitlines()[0]})", remedy="Write it as docs/laws.md shows") from error
    rows = loaded.get("laws") if isinstance(loaded, dict) else loaded
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{name} holds no list of rules", remedy='Write {"laws": [{"file": "…", "effective": "2020-03-01"}]}')
    return rows


def _entry(number: int, row: Mapping[str, Any], held: Mapping[str, bytes], manifest: str) -> PackageEntry:
    where = f"{manifest}, entry {number}"
    known = {"file", *_LISTS, *_FIELDS}
    if unknown := sorted(str(name) for name in row if name not in known):
        raise InputError(f"{where}: there is no field {unknown[0][:60]!r}", remedy=f"Its fields are {', '.join(sorted(known))}")
    file = str(row.get("file") or "")
    if file and file not in held:
        raise InputError(f"{where}: the file {file[:120]!r} is not in the package", remedy="Add it, or put its name right")
    statements = [_said(where, matter, row[matter]) for matter in _FIELDS if row.get(matter) not in (None, "")]
    for matter in _LISTS:
        titles = row.get(matter) or []
        if not isinstance(titles, list):
            raise InputError(f"{where}: {matter} is no list", remedy=f'Write "{matter}": ["title", …]')
        statements += [_said(where, matter, title) for title in titles]
    entry = PackageEntry(file, held.get(file, b""), tuple(statements))
    effective, expires = entry.said("effective"), entry.said("expires")
    if effective and expires and expires <= effective:
        raise InputError(f"{where}: in force from {effective}, and no more from {expires}", remedy="Put the days right")
    if not file and not (entry.said("title") and entry.said("expires")):
        raise InputError(f"{where} has no file", remedy="Name its file; of a rule that is there already give title and expires")
    return entry


def _said(where: str, matter: Matter, value: object) -> LawStatement:
    text = str(value)
    try:
        said = check_value(matter, _LEVELS.get(text, text) if matter == "level" else text)
    except InputError as error:
        raise InputError(f"{where}: {error.message}", remedy=error.remedy) from error
    return LawStatement(matter, said, "manifest", f"{where}: {matter} {text}"[:200])
