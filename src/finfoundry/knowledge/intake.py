"""Files and folders into the store: each file for itself, so that a bad one does not stop the rest."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import FinfoundryError, InputError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.knowledge.loading import load
from finfoundry.knowledge.store import Added, Store
from finfoundry.knowledge.workers import Outcome, Workers


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file: ``outcome`` and ``id``, or ``error`` and ``remedy``."""

    path: str
    outcome: str | None = None  # added, unchanged, referenced (the bytes stand elsewhere too), superseded (replaced an older file)
    id: str | None = None
    pages: int = 0
    facts: int = 0
    mark: str | None = None
    superseded: tuple[str, ...] = ()
    error: str | None = None
    remedy: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents go."""

    collection: str
    label: str
    again: bool = False  # read files that are there already once more: a newer parser may read more of them


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves and those in the folders, hidden ones left out, in the order of their names. No link is followed."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        if path.is_symlink():  # refused by ``load``, like the links in a folder
            yield path
            continue
        yield from sorted(
            file
            for file in path.rglob("*")
            if (file.is_file() or file.is_symlink()) and not any(part.startswith(".") for part in _below(file, path))
        )


def _below(file: Path, folder: Path) -> tuple[str, ...]:
    return file.relative_to(folder).parts


class Intake:
    """One run over some files."""

    def __init__(
        self, store: Store, workers: Workers, principal: Principal, place: Place, *, max_bytes: int, home: Path, report: Report = silent
    ) -> None:
        self._store = store
        self._workers = workers
        self._principal = principal
        self._place = place
        self._max_bytes = max_bytes
        self._home = home
        self._report = report
        self._results: dict[Path, Ingested] = {}

    def run(self, paths: Sequence[Path]) -> list[Ingested]:
        """Read, parse and store; results in the order of the files. Raises StoreError when the database is gone."""
        files = list(dict.fromkeys(files_below(paths)))
        if not files:
            return [Ingested(str(path), error=f"{path} holds no files", remedy="Name a folder with documents") for path in paths]
        for outcome in self._workers.parse_all(self._loaded(files)):
            self._note(outcome.path, self._stored(outcome), len(files))
        return [self._results[file] for file in files]

    def _note(self, file: Path, result: Ingested, total: int) -> None:
        self._results[file] = result
        self._report(Progress("ingesting", len(self._results), total, "files"))

    def _loaded(self, files: Sequence[Path]) -> Iterator[tuple[Path, bytes]]:
        """The files that need parsing, with their bytes; those that are there already, or cannot be read, are noted at once."""
        for file in files:
            try:
                data = load(file, self._max_bytes, self._home)
                same = self._store.find(
                    self._principal, hashlib.sha256(data).hexdigest(), collection=self._place.collection, label=self._place.label
                )
            except (InputError, NotPermitted) as error:
                self._note(file, failed(file, error), len(files))
                continue
            if same and not self._place.again:
                self._note(file, entered(file, same), len(files))
            else:
                yield file, data

    def _stored(self, outcome: Outcome) -> Ingested:
        if isinstance(outcome.result, FinfoundryError):
            return failed(outcome.path, outcome.result)
        place, started = self._place, time.monotonic()
        try:
            added = self._store.add(
                self._principal, outcome.result, outcome.data, collection=place.collection, label=place.label, again=place.again
            )
        except (InputError, NotPermitted) as error:
            return failed(outcome.path, error)
        return entered(outcome.path, added, outcome.result.certificate.mark, outcome.seconds + time.monotonic() - started)


def entered(file: Path, added: Added, mark: str | None = None, seconds: float = 0.0) -> Ingested:
    return Ingested(
        str(file), added.outcome, added.document_id, added.pages, added.facts, mark, added.superseded, seconds=round(seconds, 3)
    )


def failed(file: Path, error: FinfoundryError) -> Ingested:
    return Ingested(str(file), error=error.message, remedy=error.remedy)
