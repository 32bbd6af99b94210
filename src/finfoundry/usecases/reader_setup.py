"""The learnt reader's data, from our lexicon or from the rows of a store, and a tuned one put into a home."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from finfoundry.app import open_app
from finfoundry.ask.reader.reader_rows import EACH, ReaderData, write_rows
from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.question_reader import ADAPTER_FILES, OFF, SHIPPED, adapter_folder, question_reader
from finfoundry.core.encoders.tuned_file import WEIGHTS
from finfoundry.core.errors import InputError, ModelError
from finfoundry.runtime.settings import Settings

ROWS = 20_000  # facts whose labels are taken
FEWEST = 20  # labels of a store below which questions would be all alike
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class InstalledReader:
    """``setting`` is what FINFOUNDRY_READER has to be for it to be used."""

    setting: str
    base: str
    sha256: str
    bytes: int


def reader_data(out: Path, each: int = EACH, seed: int = 0, collection: str | None = None, user: str | None = None) -> ReaderData:
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


def install_reader(settings: Settings, folder: Path, name: str) -> InstalledReader:
    """Copy what a run learned into the home, and put it together. Raises InputError for a name that is none, ModelError for a folder
    that holds no tuned encoder, or one whose base is not here.
    """
    if not _NAME.fullmatch(name) or name in (SHIPPED, OFF):
        raise InputError(f"a reader cannot be called {name!r}", remedy="Use small letters, digits and hyphens")
    target = adapter_folder(settings, name)
    partial = target.with_name(f".{name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        told = _pack(folder, partial)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder} holds no tuned encoder ({error})", remedy="Give the folder that `finfoundry train` wrote") from error
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    question_reader(settings.model_copy(update={"reader": name}))  # what cannot be served is told now
    return InstalledReader(name, told["base"], told["sha256"], (target / WEIGHTS).stat().st_size)


def _pack(folder: Path, target: Path) -> dict[str, str]:
    """What a run learned, and what says of it its base and digest."""
    learned = folder / "adapter"
    told = {
        "base": str(json.loads((folder / MANIFEST).read_text("utf-8"))["base"]),
        "sha256": hashlib.sha256((learned / WEIGHTS).read_bytes()).hexdigest(),
    }
    target.mkdir(parents=True)
    for file in ADAPTER_FILES:
        shutil.copyfile(learned / file, target / file)
    (target / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return told
