"""Parsing in processes that can be killed: a hostile or broken file costs a worker, never the program.

A worker is this module run as a program. It reads pickled tasks from its standard input and writes pickled outcomes to its
standard output; both ends are ours. Each worker has a memory limit of its own, and the pool kills one that is over its time.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from finfoundry.core.document import Document
from finfoundry.core.errors import FinfoundryError, ParseError
from finfoundry.knowledge.parse import pdf, sniff

MEMORY = 4 * 1024**3  # bytes of address space a worker may take; OCR needs 1.6 GB of it
TIMEOUT = 600.0  # seconds a file
_TASKS_A_WORKER = 200  # then a fresh one takes its place, so that leaks do not add up
_SPLIT_FROM = 40  # pages: longer PDFs are shared out over the workers

Task = tuple[str, tuple[Any, ...]]


class WorkerPool:
    """A few workers, each driven by one thread. Close it, or use it as a context manager."""

    def __init__(
        self, workers: int | None = None, *, timeout: float = TIMEOUT, memory: int = MEMORY, max_pages: int = pdf.MOST_PAGES
    ) -> None:
        self.size = workers or max(1, min(os.cpu_count() or 1, 8))
        self.timeout, self.memory, self.max_pages = timeout, memory, max_pages
        self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="parse")
        self._local = threading.local()
        self._workers: set[_Worker] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish what runs and end the workers."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            for worker in self._workers:
                worker.kill()
            self._workers.clear()

    def parse(self, data: bytes, name: str) -> Document:
        """Parse one file; a long PDF on all workers at once. Raises ParseError."""
        return self.submit(data, name)()

    def parse_all(self, files: Iterable[tuple[bytes, str]]) -> Iterator[Document | ParseError]:
        """Outcomes in the order of the files, several in work at once; an error does not stop the rest."""
        waiting: list[Callable[[], Document]] = []
        for data, name in files:
            waiting.append(self.submit(data, name))
            if len(waiting) > self.size:
                yield _outcome(waiting.pop(0))
        for result in waiting:
            yield _outcome(result)

    def submit(self, data: bytes, name: str) -> Callable[[], Document]:
        """Begin to parse a file; calling the result waits for it and raises ParseError if it failed."""
        deadline = _Deadline(self.timeout)
        if data and sniff(data, name) == "pdf":
            return self._submit_pdf(data, name, deadline)
        whole = self._run(name, deadline, "parse_document", data, name)
        return lambda: _document(whole.result())

    def _submit_pdf(self, data: bytes, name: str, deadline: _Deadline) -> Callable[[], Document]:
        shared = self._threads.submit(self._share_out, data, name, deadline)

        def finish() -> Document:
            pages, losses = [], []
            for part in shared.result():
                found, lost = part.result()
                pages += found
                losses += lost
            return pdf.assemble(data, name, pages, losses)

        return finish

    def _share_out(self, data: bytes, name: str, deadline: _Deadline) -> list[Future[Any]]:
        """Count the pages of a PDF, then put ranges of them before the workers."""
        count: int = self._on_worker(name, deadline, ("page_count", (data, name, self.max_pages)))
        share = max(_SPLIT_FROM // 2, -(-count // (2 * self.size))) if count >= _SPLIT_FROM else count
        ranges = [range(start, min(start + share, count)) for start in range(0, count, share)]
        seconds = 0.6 * self.timeout / -(-len(ranges) // self.size)  # for OCR in each, so that all are done in time
        return [self._run(name, deadline, "parse_pages", data, name, pages, seconds) for pages in ranges]

    def _run(self, name: str, deadline: _Deadline, function: str, *arguments: Any) -> Future[Any]:
        return self._threads.submit(self._on_worker, name, deadline, (function, arguments))

    def _on_worker(self, name: str, deadline: _Deadline, task: Task) -> Any:
        worker: _Worker | None = getattr(self._local, "worker", None)
        if worker is None or not worker.usable:
            fresh = self._local.worker = _Worker(self.memory)
            with self._lock:
                if worker is not None:
                    worker.kill()
                self._workers = (self._workers - {worker}) | {fresh}
            worker = fresh
        return worker.run(name, task, deadline)


@dataclass(slots=True)
class _Deadline:
    """The time a file may take, counted from when its first task begins."""

    seconds: float
    end: float | None = None

    def left(self) -> float:
        if self.end is None:
            self.end = time.monotonic() + self.seconds
        return max(0.01, self.end - time.monotonic())


class _Worker:
    """One child process."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.tasks = 0
        from_us, self.questions = os.pipe()
        self.answers, to_us = os.pipe()
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", __name__, str(memory)],
            stdin=from_us,
            stdout=to_us,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        os.close(from_us)
        os.close(to_us)
        self.open = True

    @property
    def usable(self) -> bool:
        return self.process.poll() is None and self.tasks < _TASKS_A_WORKER

    def run(self, name: str, task: Task, deadline: _Deadline) -> Any:
        """The outcome of one task. Raises what it raised, or ParseError when the worker died or took too long."""
        self.tasks += 1
        seconds = deadline.left()
        late = threading.Event()

        def end() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            _send(self.questions, task)
            failed, value = _receive(self.answers)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.kill()
            raise self._death(name, deadline.seconds if late.is_set() else None) from error
        finally:
            timer.cancel()
        if failed:
            raise value
        return value

    def _death(self, name: str, seconds: float | None) -> ParseError:
        if seconds is not None:
            return ParseError(f"{name} was not parsed within {seconds:g} seconds", remedy="Split the file, or raise parse_timeout")
        return ParseError(
            f"{name} crashed the parser or needs more than {self.memory // 1024**2} MB of memory",
            remedy="Print the file to a new PDF (or save it anew) and try again",
        )

    def kill(self) -> None:
        """End the process and close the pipes; may be called again."""
        self.process.kill()
        self.process.wait()
        if self.open:
            self.open = False
            os.close(self.questions)
            os.close(self.answers)


def _outcome(result: Callable[[], Document]) -> Document | ParseError:
    try:
        return result()
    except ParseError as error:
        return error


def _document(value: Any) -> Document:
    if not isinstance(value, Document):
        raise TypeError(f"a worker answered with {type(value).__name__}")
    return value


def _send(pipe: int, value: Any) -> None:
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    for piece in (struct.pack(">Q", len(body)), body):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(pipe, rest) :]


def _receive(pipe: int) -> Any:
    """The next value; EOFError when the other end is gone."""
    (length,) = struct.unpack(">Q", _read(pipe, 8))
    return pickle.loads(_read(pipe, length))  # noqa: S301  both ends are this module


def _read(pipe: int, length: int) -> bytes:
    pieces: list[bytes] = []
    while length:
        piece = os.read(pipe, min(length, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


# ---- in the worker


def _perform(task: Task) -> Any:
    from finfoundry.knowledge.parse import parse_document

    function, arguments = task
    if function == "page_count":
        data, name, most = arguments
        return pdf.page_count(data, name, most_pages=most)
    if function == "parse_pages":
        data, name, pages, seconds = arguments
        return pdf.parse_pages(data, name, pages, ocr_seconds=seconds)
    return parse_document(*arguments)


def _outcome_of(task: Task) -> tuple[bool, Any]:
    name = str(task[1][1])
    try:
        return False, _perform(task)
    except FinfoundryError as error:
        return True, _portable(error)
    except MemoryError:
        return True, ParseError(f"{name} needs too much memory", remedy="Split the file and try again")
    except Exception as error:  # noqa: BLE001  whatever a broken file provokes is the file's failure, not the program's
        return True, ParseError(f"{name} cannot be parsed ({type(error).__name__}: {error})", remedy="Save the file anew and try again")


def _portable(error: FinfoundryError) -> ParseError:
    return ParseError(error.message, remedy=error.remedy)


def serve(memory: int) -> None:
    """Read tasks until the pipe closes. What libraries print goes to standard error, so that it cannot mix with answers."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers = os.dup(1)
    os.dup2(2, 1)
    while True:
        try:
            task = _receive(0)
        except EOFError:
            return
        _send(answers, _outcome_of(task))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
