"""Parsing in worker processes that can be killed: a parser may crash, hang or fill the memory, and the rest of the batch goes on.

A worker is this module run as a program. Tasks and outcomes are pickled over its standard input and output; both ends are ours.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO, Any

from finfoundry.core.document import Parsed
from finfoundry.core.errors import FinfoundryError, ParseError
from finfoundry.knowledge.certificate import THRESHOLD
from finfoundry.knowledge.parse import MOST_PAGES

MEMORY = 6 * 1024**3  # bytes of data a worker may hold; a large report with OCR takes about 1.5 GiB


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file, parsed or not, and the seconds it took."""

    path: Path
    data: bytes
    result: Parsed | FinfoundryError
    seconds: float


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    tasks: IO[bytes]
    outcomes: IO[bytes]
    path: Path = field(default_factory=Path)
    data: bytes = b""
    started: float = 0.0

    def fileno(self) -> int:
        return self.outcomes.fileno()


class Workers:
    """A few processes that parse."""

    def __init__(self, *, processes: int = 2, timeout: float = 600.0, threshold: float = THRESHOLD, most_pages: int = MOST_PAGES) -> None:
        self._processes = processes
        self._timeout = timeout
        self._options = {"threshold": threshold, "most_pages": most_pages}
        self._idle: list[_Worker] = []

    def parse_all(self, files: Iterable[tuple[Path, bytes]]) -> Iterator[Outcome]:
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
                _kill(worker)

    def close(self) -> None:
        for worker in self._idle:
            _kill(worker)
        self._idle.clear()

    def _begin(self, path: Path, data: bytes) -> _Worker:
        worker = self._idle.pop() if self._idle else _start()
        if worker.process.poll() is not None:  # it died while idle
            _kill(worker)
            worker = _start()
        worker.path, worker.data, worker.started = path, data, time.monotonic()
        try:
            _send(worker.tasks, (data, path.name, self._options))
        except OSError:
            _kill(worker)  # its end is then found like any other death
        return worker

    def _collect(self, busy: list[_Worker]) -> Iterator[Outcome]:
        """Wait until at least one worker is done, dead or over its time."""
        first = min(worker.started for worker in busy) + self._timeout
        ready = wait([worker.fileno() for worker in busy if not worker.outcomes.closed], max(0.0, first - time.monotonic()))
        for worker in list(busy):
            done = worker.outcomes.closed or worker.fileno() in ready
            if done or time.monotonic() - worker.started >= self._timeout:
                busy.remove(worker)
                result = self._receive(worker) if done else self._over_time(worker)
                yield Outcome(worker.path, worker.data, result, time.monotonic() - worker.started)

    def _receive(self, worker: _Worker) -> Parsed | FinfoundryError:
        try:
            result: Parsed | FinfoundryError = _receive(worker.outcomes)
        except (EOFError, OSError, ValueError, struct.error, pickle.UnpicklingError):
            code = _kill(worker)
            return ParseError(
                f"The parser died on {worker.path.name} ({_death(code)})", remedy="Open the file and save it again, or export it as PDF"
            )
        self._idle.append(worker)
        return result

    def _over_time(self, worker: _Worker) -> ParseError:
        _kill(worker)
        remedy = "Split the file, or raise FINFOUNDRY_PARSE_TIMEOUT"
        return ParseError(f"{worker.path.name} took longer than {self._timeout:.0f} s to parse", remedy=remedy)


def _death(code: int | None) -> str:
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit status {code}"


def _start() -> _Worker:
    # one thread each: the files are what runs side by side
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "FINFOUNDRY_OCR_THREADS": "1"}
    process = subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
    )
    if process.stdin is None or process.stdout is None:
        raise ValueError("both are pipes")
    return _Worker(process, process.stdin, process.stdout)


def _kill(worker: _Worker) -> int:
    """End it and return how it ended; one that ended by itself keeps its exit status."""
    if not worker.outcomes.closed:
        try:
            worker.process.wait(0.2)
        except subprocess.TimeoutExpired:
            worker.process.kill()
        worker.outcomes.close()
        with contextlib.suppress(BrokenPipeError):  # what was still buffered for the dead
            worker.tasks.close()
    return worker.process.wait()


def _send(pipe: IO[bytes], value: Any) -> None:
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(struct.pack(">Q", len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    (length,) = struct.unpack(">Q", pipe.read(8))
    body = pipe.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)  # noqa: S301  both ends are this module


def serve() -> None:
    """The worker: one file after another until the pipe closes. What libraries print goes to standard error."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    outcomes = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            data, name, options = _receive(sys.stdin.buffer)
        except (EOFError, struct.error):
            return
        _send(outcomes, _result(data, name, options))


def _result(data: bytes, name: str, options: dict[str, Any]) -> Parsed | FinfoundryError:
    from finfoundry.knowledge.ingest import parse  # here, so that the parent does not load every parser

    try:
        return parse(data, name, **options)
    except ParseError as error:
        return ParseError(error.message, remedy=error.remedy)
    except MemoryError:
        return ParseError(f"{name} needs more memory than a worker may use", remedy="Split the file")
    except Exception as error:  # noqa: BLE001  a bug of a parser is the fate of one file, said with its place, not of the batch
        place = _place(error)
        return ParseError(
            f"{name} could not be parsed ({type(error).__name__} at {place}: {error})", remedy="Please report it with the file"
        )


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "an unknown place"


if __name__ == "__main__":
    serve()
