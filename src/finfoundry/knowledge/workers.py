"""Reading in processes that can be killed: a parser may crash, hang, fill the memory or be taken over, and the rest goes on.

Each worker is ``knowledge.reader`` run as a program, with nothing of our environment. A file goes to it as an open handle, and what it
found comes back through another. Limits of time and memory follow from the size of the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

import msgspec

from finfoundry.core.document import Parsed
from finfoundry.core.errors import FinfoundryError, ParseError
from finfoundry.knowledge import reader
from finfoundry.knowledge.certificate import THRESHOLD
from finfoundry.knowledge.parse.bounds import BOUNDS, Bounds, refusal

MIB = 2**20
PROGRAM = ("-m", reader.__name__)  # what Python runs; a benchmark puts a malicious reader here
MOST_MEMORY = 6 * 2**30  # bytes for one file; a large report with text recognition takes about 1.5 GiB
_LEAST_MEMORY, _MEMORY_PER_BYTE = 1536 * MIB, 64
_LEAST_SECONDS, _BYTES_PER_SECOND = 30, 2048  # a scanned page of 30 KB takes 15 seconds at worst
_LEAST_WRITTEN, _WRITTEN_PER_BYTE, _MOST_WRITTEN = 64 * MIB, 8, 512 * MIB
_PATIENCE = 3  # times the seconds of the processor that a file may take by the clock
_PASSED_ON = ("LD_LIBRARY_PATH",)  # of our environment: where some installations find Python's own libraries


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
    channel: socket.socket
    path: Path = field(default_factory=Path)
    data: bytes = b""
    task: reader.Task | None = None
    outcome: int = -1  # the handle that it writes into
    started: float = 0.0
    seconds: float = 0.0  # that it may take by the clock

    def fileno(self) -> int:
        return self.channel.fileno()


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

    def task(self, name: str, size: int) -> reader.Task:
        """What a file of this size may take."""
        seconds = min(self._timeout, _LEAST_SECONDS + size / _BYTES_PER_SECOND)
        memory = min(self._memory, _LEAST_MEMORY + _MEMORY_PER_BYTE * size)
        written = min(_MOST_WRITTEN, _LEAST_WRITTEN + _WRITTEN_PER_BYTE * size)
        return reader.Task(name, max(1, round(seconds)), memory, written, self._threshold, self._bounds)

    def _begin(self, path: Path, data: bytes) -> _Worker:
        worker = self._idle.pop() if self._idle else _start()
        if worker.process.poll() is not None:  # it died while idle
            _kill(worker)
            worker = _start()
        task = self.task(path.name, len(data))
        worker.path, worker.data, worker.task, worker.started = path, data, task, time.monotonic()
        worker.seconds = min(self._timeout, _PATIENCE * task.seconds)
        worker.outcome = _memory_file()
        given = _memory_file(data)
        with contextlib.suppress(OSError):  # dead: its end is then found like any other death
            socket.send_fds(worker.channel, [msgspec.json.encode(task)], [given, worker.outcome])
        os.close(given)
        return worker

    def _collect(self, busy: list[_Worker]) -> Iterator[Outcome]:
        """Wait until at least one worker is done, dead or over its time."""
        first = min(worker.started + worker.seconds for worker in busy)
        ready = wait([worker.fileno() for worker in busy], max(0.0, first - time.monotonic()))
        for worker in list(busy):
            done = worker.fileno() in ready
            if done or time.monotonic() - worker.started >= worker.seconds:
                busy.remove(worker)
                result = self._receive(worker) if done else self._over_time(worker)
                yield Outcome(worker.path, worker.data, result, time.monotonic() - worker.started)

    def _receive(self, worker: _Worker) -> Parsed | FinfoundryError:
        try:
            answer = worker.channel.recv(64)
        except OSError:
            answer = b""
        if not answer:  # the worker itself is gone, and with it the one that read
            return _died(worker.path.name, _death(_kill(worker)))
        code = os.waitstatus_to_exitcode(int(answer))
        try:
            return self._over_time(worker) if code == -signal.SIGXCPU else _outcome(worker, code)
        finally:
            _close(worker)
            if worker.process.poll() is None:
                self._idle.append(worker)

    def _over_time(self, worker: _Worker) -> ParseError:
        _kill(worker)
        seconds = worker.task.seconds if worker.task else self._timeout
        if seconds < round(self._timeout):
            what = f"takes longer to parse than a file of {len(worker.data):,} bytes may"
            return ParseError(f"{worker.path.name} {what} ({seconds:.0f} s)", remedy="Split the file, or print it to a new PDF")
        return refusal(worker.path.name, "takes longer to parse", f"{self._timeout:.0f} s", "parse_timeout")


def _outcome(worker: _Worker, code: int) -> Parsed | FinfoundryError:
    """What the reader wrote, by its types; what can be known without it is not taken from it."""
    name, data = worker.path.name, worker.data
    if code != 0:
        return _died(name, _death(code))
    size = os.fstat(worker.outcome).st_size
    try:
        found = reader.decoder.decode(os.pread(worker.outcome, size, 0))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _died(name, "it wrote what is no document")
    if found.parsed is None:
        return ParseError(found.error, remedy=found.remedy)
    document = found.parsed.document
    document.name, document.size, document.sha256 = name, len(data), hashlib.sha256(data).hexdigest()
    return found.parsed


def _died(name: str, how: str) -> ParseError:
    return ParseError(f"The parser died on {name} ({how})", remedy="Open the file and save it again, or export it as PDF")


def _death(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def _memory_file(data: bytes = b"") -> int:
    """An open file without a name that holds ``data``; who gets the handle reads from its beginning."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("finfoundry")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _start() -> _Worker:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # -P: the folder that we were started in is no place for modules
        command = [sys.executable, "-P", *PROGRAM, str(theirs.fileno())]
        process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            command, stdin=subprocess.DEVNULL, env=_environment(), pass_fds=[theirs.fileno()], cwd="/", start_new_session=True
        )
    return _Worker(process, ours)


def _environment() -> dict[str, str]:
    """Nothing of ours but where Python is. One thread each: the files are what runs side by side."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "FINFOUNDRY_OCR_THREADS"), "1")
    path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry)
    return {"PYTHONPATH": path, "LC_ALL": "C.UTF-8", **threads, **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}}


def _kill(worker: _Worker) -> int:
    """End it with what it started, and return how it ended; one that ended by itself keeps its exit status."""
    _close(worker)
    if worker.channel.fileno() != -1:
        worker.channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.process.pid, signal.SIGKILL)
    return worker.process.wait()


def _close(worker: _Worker) -> None:
    if worker.outcome >= 0:
        os.close(worker.outcome)
        worker.outcome = -1
