"""``finfoundry bundle``: the product and its models in one folder, for a machine without a network; and the check of such a folder.

The folder: ``wheels/``, ``models/NAME/``, ``requirements.txt`` (pinned, with hashes), ``sbom.cdx.json``, ``INSTALL.md`` in two languages,
and ``SHA256SUMS`` over all of them, which ``sha256sum -c`` reads too, so that nothing of ours is needed to check before installing.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from finfoundry import __version__
from finfoundry.base.catalogue import MANIFEST, catalogue, model_folder, usual_models
from finfoundry.base.pull import damaged, file_sha256
from finfoundry.core.errors import InputError, IntegrityError, ModelError, StoreError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.operations import wheels
from finfoundry.operations.instructions import INSTRUCTIONS
from finfoundry.operations.sbom import Weights, bill
from finfoundry.operations.wheels import Wheel
from finfoundry.runtime.settings import Settings

SUMS, SBOM, REQUIREMENTS = "SHA256SUMS", "sbom.cdx.json", "requirements.txt"


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was put together. Send ``digest``, the SHA-256 of the list of sums, by another way than the folder."""

    folder: str
    version: str
    python: str
    platform: str
    wheels: int
    models: list[str]
    files: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class BundleCheck:
    """What ``verify`` found: nothing in ``problems`` when every file is what was bundled and fits this machine."""

    ok: bool
    folder: str
    files: int
    bytes: int
    digest: str | None
    problems: list[str]


def bundle(settings: Settings, out: Path, *, models: Sequence[str] = (), extras: Sequence[str] = (), report: Report = silent) -> Bundled:
    """Make the folder: whole, or not at all. Without ``models`` the chat model and the embedders of the settings.

    Raises InputError where the folder is there already, ModelError for a model or wheel that cannot be had, StoreError for a full disk.
    """
    if out.exists():
        raise InputError(f"{out} is already there", remedy="Name a new folder")
    new = out.with_name(out.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        weights = [copy_model(settings, name, new / "models", report) for name in models or usual_models(settings)]
        report(Progress("wheels", 0))
        found = wheels.collect(new / "wheels", extras)
        write_texts(new, found, weights, extras)
        sums = {str(path.relative_to(new)): file_sha256(path) for path in sorted(new.rglob("*")) if path.is_file()}
        (new / SUMS).write_text("".join(f"{sha256}  {name}\n" for name, sha256 in sums.items()), "utf-8")
        size = sum((new / name).stat().st_size for name in sums)
        new.rename(out)
    except OSError as error:
        raise StoreError(
            f"The bundle could not be written to {out} ({error.strerror})", remedy="Free space, or name another folder"
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Bundled(
        str(out), __version__, python_version(), sysconfig.get_platform(), len(found), [one.name for one in weights], len(sums), size,
        file_sha256(out / SUMS),
    )  # fmt: skip


def copy_model(settings: Settings, name: str, folder: Path, report: Report) -> Weights:
    """Raises ModelError for a model that is not here, or not any more what was pulled."""
    source = model_folder(settings, name)
    if wrong := damaged(name, settings):
        raise ModelError(f"{name}/{wrong[0]} is not what was pulled", remedy=f"Remove {source} and run `finfoundry pull {name}`")
    report(Progress(f"copying {name}", 0))
    shutil.copytree(source, folder / name)
    entry = catalogue()[name]
    return Weights(name, entry.licence, entry.original, json.loads((source / MANIFEST).read_text("utf-8"))["sha256"])


def write_texts(folder: Path, found: Sequence[Wheel], weights: Sequence[Weights], extras: Sequence[str]) -> None:
    """The requirements with a hash for each wheel, the bill of materials, and the instructions of installing."""
    digests = {wheel.path.name: file_sha256(wheel.path) for wheel in found}
    pins = (f"{wheel.name}=={wheel.version} --hash=sha256:{digests[wheel.path.name]}\n" for wheel in found)
    (folder / REQUIREMENTS).write_text("".join(pins), "utf-8")
    sbom = bill(found, digests, weights, datetime.now(UTC))
    (folder / SBOM).write_text(json.dumps(sbom, indent=1, ensure_ascii=False) + "\n", "utf-8")
    values = {"version": __version__, "python": python_version(), "platform": sysconfig.get_platform(), "extras": ", ".join(extras) or "-"}
    for name, text in INSTRUCTIONS.items():
        (folder / name).write_text(text.format(**values), "utf-8")


def verify(folder: Path) -> BundleCheck:
    """Compare every file with its sum, the bill of materials with the files, weights with the catalogue, the wheels with this Python.

    Raises InputError where there is no bundle.
    """
    if not (folder / SUMS).is_file():
        raise InputError(f"{folder} is no bundle: it has no {SUMS}", remedy="Name the folder that `finfoundry bundle --out` made")
    listed = read_sums(folder / SUMS)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink()} - {SUMS}
    problems = [f"{name} is missing" for name in sorted(listed.keys() - there)]
    problems += [f"{name} is not in {SUMS}" for name in sorted(there - listed.keys())]
    problems += [f"{name} was altered" for name in sorted(listed.keys() & there) if file_sha256(folder / name) != listed[name]]
    if not problems:
        problems += check_bill(folder, listed) + check_models(listed) + check_fit(folder)
    size = sum((folder / name).stat().st_size for name in listed.keys() & there)
    return BundleCheck(not problems, str(folder), len(listed), size, file_sha256(folder / SUMS), problems)


def read_sums(path: Path) -> dict[str, str]:
    """Raises IntegrityError for a list that is none, or that names a file outside the folder."""
    found = {}
    for line in path.read_text("utf-8", "replace").splitlines():
        sha256, _, name = line.partition("  ")
        if len(sha256) != 2 * hashlib.sha256().digest_size or not name or Path(name).is_absolute() or ".." in Path(name).parts:
            raise IntegrityError(f"{path} cannot be read: {line[:80]!r}", remedy="Copy the bundle again")
        found[name] = sha256
    return found


def check_bill(folder: Path, listed: dict[str, str]) -> list[str]:
    """Everything that runs is in the bill of materials, with its digest, and nothing else is."""
    sbom = json.loads((folder / SBOM).read_text("utf-8"))
    parts = [
        sbom["metadata"]["component"],
        *sbom["components"],
        *(one for part in sbom["components"] for one in part.get("components", ())),
    ]
    in_bill = {entry["content"] for part in parts for entry in part.get("hashes", ())}
    real = {listed[name]: name for name in listed if name.startswith(("wheels/", "models/")) and Path(name).name != MANIFEST}
    return [f"{real[one]} is not in {SBOM}" for one in real.keys() - in_bill] + [
        f"{SBOM} names a file that is not there" for _ in in_bill - real.keys()
    ]


def check_models(listed: dict[str, str]) -> list[str]:
    """Weights whose digest the catalogue knows must have it."""
    return [
        f"models/{name}/{file} is not the one of the catalogue"
        for name, entry in catalogue().items()
        for file, wanted in entry.files.items()
        if wanted.sha256 and listed.get(f"models/{name}/{file}", wanted.sha256) != wanted.sha256
    ]


def check_fit(folder: Path) -> list[str]:
    """Wheels with compiled code are for one Python and one kind of machine."""
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    problems = []
    for wheel in sorted((folder / "wheels").glob("*.whl")):
        python, abi, machine = wheel.stem.split("-")[-3:]
        if not any(part in (tag, "py3") or (abi == "abi3" and part.startswith("cp3")) for part in python.split(".")):
            problems.append(f"{wheel.name} is not for Python {python_version()}")
        elif machine != "any" and platform.machine() not in machine:
            problems.append(f"{wheel.name} is not for {platform.machine()}")
    return problems


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
