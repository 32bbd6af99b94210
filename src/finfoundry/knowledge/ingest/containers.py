"""Files within files (attachments of mails, entries of archives): each is a document of its own, within bounds.

A document says which parts it has (``Document.parts``); whoever reads files takes them here and reads them next. They are named after
the container and themselves, ``archive.zip/report.pdf``, so that a citation names the place of a figure. Nothing is written to disk.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from finfoundry.core.document import Parsed, Part
from finfoundry.core.errors import FinfoundryError, ParseError
from finfoundry.knowledge.ingest.workers import ParseOutcome

MOST_INSIDE = 1000  # files that come out of one file
BYTES_INSIDE = 1024**3  # of all of them
DEEPEST = 4  # containers inside one another


@dataclass(frozen=True, slots=True)
class _Origin:
    root: Path  # the file that was given
    depth: int


@dataclass(slots=True)
class Containers:
    """What came out of which file, and what of it waits to be read."""

    waiting: deque[tuple[Path, bytes]] = field(default_factory=deque)
    _inside: dict[Path, list[Path]] = field(default_factory=dict)
    _origins: dict[Path, _Origin] = field(default_factory=dict)
    _files: Counter[Path] = field(default_factory=Counter)
    _bytes: Counter[Path] = field(default_factory=Counter)

    def take(self, container: Path, parts: Sequence[Part]) -> Iterator[tuple[Path, ParseError]]:
        """Let the parts wait to be read; yields those that are refused, each with the reason."""
        above = self._origins.get(container, _Origin(container, 0))
        for part in parts:
            file = container / part.name
            self._origins[file] = _Origin(above.root, above.depth + 1)
            self._inside.setdefault(container, []).append(file)
            self._files[above.root] += 1
            self._bytes[above.root] += len(part.data)
            refused = self._refusal(part, file)
            if refused:
                yield file, refused
            else:
                self.waiting.append((file, part.data))

    def inside(self, file: Path) -> Sequence[Path]:
        return self._inside.get(file, ())

    def name(self, file: Path) -> str:
        """The name of the document: the file's name, below the name of its container."""
        origin = self._origins.get(file)
        return str(file.relative_to(origin.root.parent)) if origin else file.name

    def _refusal(self, part: Part, file: Path) -> ParseError | None:
        origin = self._origins[file]
        remedy = "Unpack it and ingest the files inside"
        if part.error:
            return ParseError(f"{part.name} {part.error}", remedy=part.remedy or "Check the file")
        if origin.depth > DEEPEST:
            return ParseError(f"{part.name} lies more than {DEEPEST} files deep", remedy=remedy)
        if self._files[origin.root] > MOST_INSIDE:
            return ParseError(f"{origin.root.name} holds more than {MOST_INSIDE:,} files", remedy=remedy)
        if self._bytes[origin.root] > BYTES_INSIDE:
            return ParseError(f"{origin.root.name} holds more than {BYTES_INSIDE:,} bytes", remedy=remedy)
        return None


class Readers(Protocol):
    """What reads files one after another: ``Workers``, or who is in a sandbox already."""

    def parse_all(self, files: Iterable[tuple[Path, bytes]]) -> Iterator[ParseOutcome]: ...


def read_whole(workers: Readers, file: Path, data: bytes) -> list[Parsed]:
    """A file and all that is inside it, containers before what they hold. Raises ParseError where the file itself cannot be read.

    What is inside and cannot be read is a loss of the file.
    """
    containers = Containers()
    found: list[Parsed] = []
    waiting = [(file, data)]
    while waiting:
        for outcome in workers.parse_all(waiting):
            if isinstance(outcome.result, FinfoundryError):
                if not found:
                    raise outcome.result
                found[0].certificate.losses.append(f"{containers.name(outcome.path)}: {outcome.result.message}")
                continue
            document = outcome.result.document
            document.name = containers.name(outcome.path)
            found.append(outcome.result)
            refused = list(containers.take(outcome.path, document.parts))
            found[0].certificate.losses += [f"{containers.name(part)}: {error.message}" for part, error in refused]
        waiting = list(containers.waiting)
        containers.waiting.clear()
    return found
