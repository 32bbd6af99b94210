"""Reading in processes that can be killed: a parser may crash, hang, fill the memory or be taken over, and the rest goes on.

Each worker is a sandbox (``runtime.sandbox``) in which ``knowledge.ingest.reader`` runs. Limits of time and memory follow from the size of
the file.
"""

from __future__ import annotations

import hashlib
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

import msgspec

from finfoundry.core.document import Parsed
from finfoundry.core.errors import FinfoundryError, ParseError
from finfoundry.knowledge.bounds import BOUNDS, Bounds, refusal
from finfoundry.knowledge.ingest import reader
from finfoundry.knowledge.ingest.certificate import THRESHOLD
from finfoundry.runtime.memory import uncollected
from finfoundry.runtime.sandbox import Sandbox, how_it_ended

MIB = 2**20
PROGRAM = ("-m", reader.__name__)  # what Python runs; a benchmark puts a malicious reader here
MOST_MEMORY = 6 * 2**30  # bytes for one file; a large report with text recognition takes about 1.5 GiB
LEAST_MEMORY, MEMORY_PER_BYTE = 1536 * MIB, 64
_LEAST_SECONDS, _BYTES_PER_SECOND = 30, 2048  # a scanned page of 30 KB takes 15 seconds at worst
_LEAST_WRITTEN, _WRITTEN_PER_BYTE, _MOST_WRITTEN = 64 * MIB, 8, 512 * MIB
_PATIENCE = 3  # times the seconds of the processor that a file may take by the clock


@dataclass(frozen=True, slots=True)
class ParseOutcome:
    """One file, parsed or not, and the seconds it took."""

    path: Path
    data: bytes
    result: Parsed | FinfoundryError
    seconds: float


@dataclass(slots=True)
class _Worker:
    sandbox: Sandbox
    path: Path = field(default_factory=Path)
    data: bytes = b""
    task: reader.ReadTask | None = None
    started: float = 0.0
    seconds: float = 0.0  # that it may take by the clock


class Workers:
    """A few processes that parse."""

    def __init__(
        self,
        *,
        processes: int = 2,
        timeout: float = 600.0,
        memory: int = MOST_MEMORY,
        threshold: float = THRESHOLD,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self._processes = processes
        self._timeout = timeout
        self._memory = memory
        self._threshold = threshold
        self._bounds = bounds
        self._idle: list[_Worker] = []

    def parse_all(self, files: Iterable[tuple[Path, bytes]]) -> Iterator[ParseOutcome]:
        """Yield outcomes as they come. At most ``processes`` files are in memory besides those that the caller keeps."""
        busy: list[_Worker] = []
        try:
            for path, data in files:
                if len(busy) == self._processes:
                    yield from self._collect(busy)
                busy.append(self._begin(path, data))
            while busy:
                yield from self._collect(busy)
        finally:
            for worker in busy:
                worker.sandbox.kill()

    def close(self) -> None:
        for worker in self._idle:
            worker.sandbox.kill()
        self._idle.clear()

    def task(self, name: str, size: int) -> reader.ReadTask:
        """What a file of this size may take."""
        seconds = min(self._timeout, _LEAST_SECONDS + size / _BYTES_PER_SECOND)
        memory = min(self._memory, LEAST_MEMORY + MEMORY_PER_BYTE * size)
        written = min(_MOST_WRITTEN, _LEAST_WRITTEN + _WRITTEN_PER_BYTE * size)
        return reader.ReadTask(name, max(1, round(seconds)), memory, written, self._threshold, self._bounds)

    def _begin(self, path: Path, data: bytes) -> _Worker:
        worker = self._idle.pop() if self._idle else _Worker(Sandbox(PROGRAM))
        if not worker.sandbox.alive:  # it died while idle
            worker.sandbox.kill()
            worker = _Worker(Sandbox(PROGRAM))
        task = self.task(path.name, len(data))
        worker.path, worker.data, worker.task, worker.started = path, data, task, time.monotonic()
        worker.seconds = min(self._timeout, _PATIENCE * task.seconds)
        worker.sandbox.begin(task, data)
        return worker

    def _collect(self, busy: list[_Worker]) -> Iterator[ParseOutcome]:
        """Wait until at least one worker is done, dead or over its time."""
        first = min(worker.started + worker.seconds for worker in busy)
        ready = wait([worker.sandbox.fileno() for worker in busy], max(0.0, first - time.monotonic()))
        for worker in list(busy):
            done = worker.sandbox.fileno() in ready
            if done or time.monotonic() - worker.started >= worker.seconds:
                busy.remove(worker)
                result = self._receive(worker) if done else self._over_time(worker)
                yield ParseOutcome(worker.path, worker.data, result, time.monotonic() - worker.started)

    def _receive(self, worker: _Worker) -> Parsed | FinfoundryError:
        code = worker.sandbox.ended()
        if not worker.sandbox.alive:  # it is gone, and with it the copy that read
            return _died(worker.path.name, how_it_ended(worker.sandbox.kill()))
        try:
            return self._over_time(worker) if code == -signal.SIGXCPU else _outcome(worker, code)
        finally:
            worker.sandbox.close()
            if worker.sandbox.alive:
                self._idle.append(worker)

    def _over_time(self, worker: _Worker) -> ParseError:
        worker.sandbox.kill()
        seconds = worker.task.seconds if worker.task else self._timeout
        if seconds < round(self._timeout):
            what = f"takes longer to parse than a file of {len(worker.data):,} bytes may"
            return ParseError(f"{worker.path.name} {what} ({seconds:.0f} s)", remedy="Split the file, or print it to a new PDF")
        return refusal(worker.path.name, "takes longer to parse", f"{self._timeout:.0f} s", "parse_timeout")


def _outcome(worker: _Worker, code: int) -> Parsed | FinfoundryError:
    """What the reader wrote, by its types; what can be known without it is not taken from it."""
    name, data = worker.path.name, worker.data
    if code != 0:
        return _died(name, how_it_ended(code))
    try:
        with uncollected():
            found = reader.decoder.decode(worker.sandbox.outcome())
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _died(name, "it wrote what is no document")
    if found.parsed is None:
        return ParseError(found.error, remedy=found.remedy)
    document = found.parsed.document
    document.name, document.size, document.sha256 = name, len(data), hashlib.sha256(data).hexdigest()
    return found.parsed


def _died(name: str, how: str) -> ParseError:
    return ParseError(f"The parser died on {name} ({how})", remedy="Open the file and save it again, or export it as PDF")
