"""Files and folders into the store: each file for itself, so that a bad one does not stop the rest."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Parsed
from finfoundry.core.errors import FinfoundryError, InputError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.knowledge.ingest.containers import Containers, Readers
from finfoundry.knowledge.ingest.loading import load
from finfoundry.knowledge.ingest.workers import ParseOutcome
from finfoundry.knowledge.storage.store import Added, Store
from finfoundry.runtime.database import Connection

_NOT_READ = {
    "dropped": "deleted, or put under another label, while it was read; nothing was written",
    "gone": "no longer there; its document stays, and is marked (--remove-missing takes it away)",
    "removed": "no longer there; its document was removed",
}


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file: ``outcome`` and ``id``, or ``error`` and ``remedy``; ``inside`` is what became of the files in it."""

    path: str
    # added, unchanged, referenced (the bytes are elsewhere too), superseded (an older file), unpacked, dropped (its document was deleted
    # while it was read again); of a document whose file is no longer in the folder: gone (it stays, marked), removed
    outcome: str | None = None
    id: str | None = None
    pages: int = 0
    facts: int = 0
    mark: str | None = None
    superseded: tuple[str, ...] = ()
    error: str | None = None
    remedy: str | None = None
    seconds: float = 0.0
    inside: tuple[Ingested, ...] = ()
    corrections: int = 0  # by hand, in force on what it replaces; they are not taken over
    changed: int = 0  # facts that came out otherwise than when the same bytes were read before

    @property
    def whole(self) -> bool:
        """Whether it was read, and all that is inside it."""
        return self.error is None and all(part.whole for part in self.inside)

    def show_on(self, display: Display) -> None:
        if self.error:
            display.line(f"[red]failed[/]  {escaped(self.path)}: {escaped(self.error)}")
            display.line(f"        → {escaped(self.remedy or '')}")
            return
        if self.outcome == "unpacked":
            display.line(f"[green]unpacked[/]  {escaped(self.path)}: {len(self.inside)} files")
            display.show(list(self.inside))
            return
        if self.outcome in _NOT_READ:
            display.line(f"[yellow]{self.outcome}[/]  {self.id}  {escaped(self.path)}: {_NOT_READ[self.outcome]}")
            return
        told = f"{self.pages} pages, {self.facts:,} facts, {self.seconds:.1f} s" if self.seconds else f"{self.pages} pages"
        replaced = f"; replaces {', '.join(self.superseded)}" if self.superseded else ""
        mark = f"  [yellow]! {escaped(self.mark)}[/]" if self.mark else ""
        mark += f"  [yellow]! {self.corrections} corrections by hand are not taken over[/]" if self.corrections else ""
        mark += f"  [yellow]! {self.changed} facts came out otherwise: finfoundry documents diff {self.id}[/]" if self.changed else ""
        display.line(f"[green]{self.outcome}[/]  {self.id}  {escaped(self.path)}: {told}{replaced}{mark}")
        for part in self.inside:
            display.show(part)

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        for row in rows:
            row.show_on(display)


@dataclass(frozen=True, slots=True)
class IngestTarget:
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

    def __init__(self, store: Store, workers: Readers, principal: Principal, place: IngestTarget, *, report: Report = silent) -> None:
        self._store = store
        self._workers = workers
        self._principal = principal
        self._place = place
        self._report = report
        self._results: dict[Path, Ingested] = {}
        self._replaces: dict[Path, str] = {}  # the documents that are read again, as they were before the reading
        self._containers = Containers()
        self._total = 0

    def run(self, paths: Sequence[Path], *, max_bytes: int, home: Path) -> list[Ingested]:
        """Read, parse and store files of at most ``max_bytes`` outside the home; results in the order of the files.

        Raises StoreError when the database is gone.
        """
        files = list(dict.fromkeys(files_below(paths)))
        if not files:
            return [Ingested(str(path), error=f"{path} holds no files", remedy="Name a folder with documents") for path in paths]
        self._total = len(files)
        self._read(self._loaded(files, max_bytes, home))
        return [self._result(file) for file in files]

    def run_sent(self, name: str, data: bytes, replaces: str | None = None) -> Ingested:
        """The same for one file whose bytes are there; ``replaces``: the id of the document for which it is read again."""
        self._total = 1
        if replaces:
            self._replaces[Path(name)] = replaces
        self._read(iter([(Path(name), data)]))
        return self._result(Path(name))

    def _read(self, files: Iterator[tuple[Path, bytes]]) -> None:
        """The files, and what comes out of them as soon as it is out: so few containers lie in memory."""
        for outcome in self._workers.parse_all(self._unknown(self._with_opened(files))):
            self._note(outcome.path, self._stored(outcome))
        while self._containers.waiting:  # out of the last files, which the workers had when the first line came to its end
            self._read(iter(()))

    def _with_opened(self, files: Iterator[tuple[Path, bytes]]) -> Iterator[tuple[Path, bytes]]:
        waiting = self._containers.waiting
        for file in files:
            yield file
            while waiting:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _loaded(self, files: Sequence[Path], max_bytes: int, home: Path) -> Iterator[tuple[Path, bytes]]:
        """The files with their bytes; those that cannot be read are noted at once."""
        for file in files:
            try:
                data = load(file, max_bytes, home)
            except InputError as error:
                self._note(file, failed(file, error))
            else:
                yield file, data

    def _unknown(self, files: Iterator[tuple[Path, bytes]]) -> Iterator[tuple[Path, bytes]]:
        """The files that need parsing; those that are there already are noted at once."""
        place = self._place
        for file, data in files:
            try:
                digest = hashlib.sha256(data).hexdigest()
                same = self._store.find(self._principal, digest, collection=place.collection, label=place.label)
            except (InputError, NotPermitted) as error:
                self._note(file, failed(file, error))
                continue
            if same and not place.again:
                self._note(file, entered(file, same))
            else:
                if same:
                    self._replaces.setdefault(file, same.document_id)
                yield file, data

    def _stored(self, outcome: ParseOutcome) -> Ingested:
        parsed = outcome.result
        if isinstance(parsed, FinfoundryError):
            return failed(outcome.path, parsed)
        parts, parsed.document.parts = parsed.document.parts, []  # they are documents of their own
        result = self._added(outcome, parsed) if parsed.document.pages else None
        if result and result.outcome == "dropped":
            return result  # and what is inside it with it
        for file, error in self._containers.take(outcome.path, parts):
            self._note(file, failed(file, error))
        self._total += len(parts)
        return result or Ingested(str(outcome.path), "unpacked", seconds=round(outcome.seconds, 3))

    def _added(self, outcome: ParseOutcome, parsed: Parsed) -> Ingested:
        parsed.document.name = self._containers.name(outcome.path)
        place, started, replaces = self._place, time.monotonic(), self._replaces.get(outcome.path)
        try:
            added = self._store.add(
                self._principal,
                parsed,
                outcome.data,
                collection=place.collection,
                label=place.label,
                again=place.again,
                replaces=replaces,
            )
        except (InputError, NotPermitted) as error:
            return failed(outcome.path, error)
        return entered(outcome.path, added, parsed.certificate.mark, outcome.seconds + time.monotonic() - started)

    def _note(self, file: Path, result: Ingested) -> None:
        self._results[file] = result
        self._report(Progress("ingesting", len(self._results), self._total, "files"))

    def _result(self, file: Path) -> Ingested:
        return replace(self._results[file], inside=tuple(self._result(part) for part in self._containers.inside(file)))


def entered(file: Path, added: Added, mark: str | None = None, seconds: float = 0.0) -> Ingested:
    return Ingested(
        str(file),
        added.outcome,
        added.document_id,
        added.pages,
        added.facts,
        mark,
        added.superseded,
        seconds=round(seconds, 3),
        corrections=added.corrections,
        changed=added.changed,
    )


def failed(file: Path, error: FinfoundryError) -> Ingested:
    return Ingested(str(file), error=error.message, remedy=error.remedy)


def forget_sent(connection: Connection, person: str) -> int:
    """Delete what is kept of the files that a person sent, in the transaction that erases the person; how many. What was made of them
    stays: it is a document like any other.
    """
    row = connection.execute("SELECT forget_uploads(%s)", (person,)).fetchone()
    return int(row[0]) if row else 0
