"""Work over what strangers sent, in processes that can be killed and that have given up all that they do not need.

A ``Sandbox`` runs a program of ours with nothing of our environment. The program (``serve``) loads once what the work needs and never
looks at what was sent: for each task it starts a copy of itself, which gives up, for good, all that it does not need (``runtime.confine``),
reads what was sent from an open handle, writes the outcome into another, and ends. So whatever takes the work over has no environment, no
network, no other file and no next task to reach. The outcome is decoded by types on our side.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar

import msgspec

from finfoundry.runtime.confine import confine, installation

LARGEST_TASK = 65_536  # bytes of a message that describes a task
_PASSED_ON = ("LD_LIBRARY_PATH",)  # of our environment: where some installations find Python's own libraries
_STOP = b"stop"  # a message without handles


class SandboxTask(Protocol):
    """What is to be done, a msgspec struct, with the limits of its process: seconds of the processor, bytes."""

    @property
    def seconds(self) -> int: ...
    @property
    def memory(self) -> int: ...
    @property
    def written(self) -> int: ...


T = TypeVar("T", bound=SandboxTask)


class Sandbox:
    """A program that does one task after another. Not for several threads at once."""

    def __init__(self, program: Sequence[str]) -> None:
        """``program``: what Python runs; the number of its channel follows."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # -P: the folder that we were started in is no place for modules
            command = [sys.executable, "-P", *program, str(theirs.fileno())]
            # a group of its own, so that all of it can be killed, but our session: only there has a lower priority a meaning
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                command, stdin=subprocess.DEVNULL, env=_environment(), pass_fds=[theirs.fileno()], cwd="/", process_group=0
            )
        self._channel = ours
        self._outcome = -1  # the handle that the task writes into

    def fileno(self) -> int:
        """Readable when the task has ended."""
        return self._channel.fileno()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def begin(self, task: SandboxTask, data: bytes) -> None:
        """Send a task with its data; ``ended`` waits for it, ``outcome`` returns what it wrote. A dead program shows in ``ended``."""
        self._outcome = _memory_file()
        given = _memory_file(data)
        with contextlib.suppress(OSError):  # dead: its end is then found like any other death
            socket.send_fds(self._channel, [msgspec.json.encode(task)], [given, self._outcome])
        os.close(given)

    def ended(self) -> int:
        """Wait, and return the exit status of the copy that did the task, below zero by a signal; of the program where that is gone."""
        try:
            answer = self._channel.recv(64)
        except OSError:
            answer = b""
        return os.waitstatus_to_exitcode(int(answer)) if answer else self.kill()

    def outcome(self) -> bytes:
        """What the task wrote."""
        return os.pread(self._outcome, os.fstat(self._outcome).st_size, 0)

    def close(self) -> None:
        """Forget the outcome."""
        if self._outcome >= 0:
            os.close(self._outcome)
            self._outcome = -1

    def stop(self, patience: float = 5.0) -> None:
        """End the task, and the program only where it does not obey."""
        with contextlib.suppress(OSError):
            self._channel.send(_STOP)
        if wait([self._channel], patience):
            self.ended()
        else:
            self.kill()
        self.close()

    def kill(self) -> int:
        """End it with what it started, and return how it ended; one that ended by itself keeps its exit status."""
        self.close()
        if self._channel.fileno() != -1:
            self._channel.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()


def how_it_ended(code: int) -> str:
    """An exit status in words."""
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def serve(channel: socket.socket, kind: type[T], work: Callable[[T, bytes], bytes]) -> None:
    """The loop of the sandbox's program: one task after another until the channel closes; the exit status of each copy is sent back."""
    readable = installation()
    gc.collect()
    gc.freeze()  # what is loaded is not walked again in every copy
    while True:
        message, handles, _, _ = socket.recv_fds(channel, LARGEST_TASK, 2)
        if not message:
            return
        if not handles:  # a task was to be stopped that had ended
            continue
        alive, copys = os.pipe()
        process = os.fork()
        if process == 0:
            channel.close()
            _work_alone(msgspec.json.decode(message, type=kind), handles, readable, work)
        for handle in (copys, *handles):
            os.close(handle)
        status = _status(process, alive, channel)
        with contextlib.suppress(OSError):  # nobody is there any more, as the next look finds
            channel.send(str(status).encode())


def _status(process: int, alive: int, channel: socket.socket) -> int:
    """How a copy ended. It is killed when the other side says so or is gone. ``alive`` ends with the copy."""
    ready = wait([alive, channel])
    os.close(alive)
    if channel in ready:
        os.kill(process, signal.SIGKILL)
    return os.waitpid(process, 0)[1]


def _work_alone(task: T, handles: Sequence[int], readable: Sequence[Path], work: Callable[[T, bytes], bytes]) -> NoReturn:
    """Confine this copy of the process, do the task, and exit; never returns."""
    status = 1
    try:
        silent = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):  # what libraries print goes nowhere
            os.dup2(silent, standard)
        confine(readable, memory=task.memory, seconds=task.seconds, written=task.written)
        with os.fdopen(handles[0], "rb") as file:
            data = file.read()
        with os.fdopen(handles[1], "wb") as outcome:
            outcome.write(work(task, data))
        status = 0
    finally:
        os._exit(status)


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


def _environment() -> dict[str, str]:
    """Variables for the sandbox's program: where Python's modules are, and few of ours. One thread each, since tasks run side by side."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "FINFOUNDRY_OCR_THREADS"), "1")
    path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry)
    return {"PYTHONPATH": path, "LC_ALL": "C.UTF-8", **threads, **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}}
