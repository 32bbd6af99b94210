"""The planner's data, from our lexicon or from the rows of a store, and its adapter put into a home."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from finfoundry.app import open_app
from finfoundry.ask.planner.planner_rows import EACH, PlannerData, write_rows
from finfoundry.base.planner_model import FOLDER, MANIFEST
from finfoundry.core.errors import InputError
from finfoundry.release.candidate import ADAPTER, tuned
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

ROWS = 20_000  # facts whose labels are taken
FEWEST = 20  # labels of a store below which questions would be all alike
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class InstalledPlanner:
    """``setting`` is what FINFOUNDRY_PLANNER has to be for it to be used."""

    setting: str
    sha256: str
    bytes: int


def planner_data(out: Path, each: int = EACH, seed: int = 0, collection: str | None = None, user: str | None = None) -> PlannerData:
    """Write the rows to learn and to measure. Raises InputError for a collection with too few labels."""
    labels = _labels(collection, user) if collection else ()
    return write_rows(out, each, seed, labels)


def _labels(collection: str, user: str | None) -> list[str]:
    """The labels of rows that the user may read, each once."""
    with open_app() as app:
        facts = app.facts(app.principal(user), collection=collection, limit=ROWS)
    found = sorted({fact.metric[-1] for fact in facts if fact.metric})
    if len(found) < FEWEST:
        remedy = "Ingest documents with tables into it, or leave out --collection"
        raise InputError(f"collection {collection} has {len(found)} labels of rows, {FEWEST} are needed", remedy=remedy)
    return found


def install_planner(settings: Settings, folder: Path, name: str) -> InstalledPlanner:
    """Copy the GGUF adapter of a tuned planner into the home. Raises what ``tuned`` raises, InputError for a name that is none."""
    if not _NAME.fullmatch(name):
        raise InputError(f"a planner cannot be called {name!r}", remedy="Use small letters, digits and hyphens")
    candidate = tuned(folder, ADAPTER)
    target = settings.home.absolute() / FOLDER / name
    target.mkdir(parents=True, exist_ok=True)
    beside = target / f".{name}.part"
    shutil.copyfile(candidate.path, beside)
    beside.replace(target / f"{name}.gguf")
    manifest = {"base": candidate.base, "sha256": candidate.sha256, "recipe_sha256": candidate.manifest.get("recipe_sha256")}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    Supervisor(settings.home).stop("planner")  # the next question starts it with the new adapter
    return InstalledPlanner(f"{candidate.base}+{name}", candidate.sha256, candidate.path.stat().st_size)
