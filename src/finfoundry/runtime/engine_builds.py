"""The engine built for the instructions of this processor: of the builds in a folder the one that asks for most of what it has.

The wheel of xllamacpp runs on every processor of its kind, and so leaves out what newer ones have (AVX-512, VNNI, bf16). A build of one's
own is a folder with the package ``xllamacpp`` and ``build.json``: ``{"version": "…", "needs": ["avx512f", "avx512_vnni"]}``, its version
and the instructions without which it does not run, as the system names them. It is put before the installed package when the engine starts.
"""

from __future__ import annotations

import logging
import os
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from finfoundry.core.errors import SettingsError

PACKAGE, ABOUT = "xllamacpp", "build.json"
INSTRUCTIONS = Path("/proc/cpuinfo")
log = logging.getLogger("finfoundry.engine")


class EngineBuild(BaseModel):
    """What ``build.json`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    needs: tuple[str, ...]


def instructions(path: Path = INSTRUCTIONS) -> frozenset[str]:
    """The names of what the processor can do; none on systems that do not tell them so."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(name for line in lines if line.startswith(("flags", "Features")) for name in line.partition(":")[2].split())


def build_for(folder: Path, known: frozenset[str], wanted: str) -> Path | None:
    """The build of version ``wanted`` that needs most of what is ``known``; None where none runs here: then the installed package does.

    Raises SettingsError for a folder that is not there, or a build that does not say what it needs.
    """
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder} with builds of the engine", remedy="Correct FINFOUNDRY_ENGINE_BUILDS")
    found: dict[Path, EngineBuild] = {}
    for path in sorted(path for path in folder.iterdir() if (path / PACKAGE).is_dir()):
        build = _read(path / ABOUT)
        if build.version != wanted:
            log.warning("The build %s is of %s %s, not %s: it is not used", path, PACKAGE, build.version, wanted)
        elif known.issuperset(build.needs):
            found[path] = build
    return max(found, key=lambda path: len(found[path].needs), default=None)


def _read(path: Path) -> EngineBuild:
    try:
        return EngineBuild.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError) as error:
        raise SettingsError(
            f"{path} does not say what the build needs ({error})", remedy='Write {"version": "…", "needs": ["avx512f", …]}'
        ) from error


def environment(folder: Path | None) -> dict[str, str]:
    """What the engine's process must be given so that it imports the best build. Raises what ``build_for`` raises."""
    best = build_for(folder, instructions(), version(PACKAGE)) if folder else None
    if best is None:
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(best.absolute()), os.environ.get("PYTHONPATH"))))}
