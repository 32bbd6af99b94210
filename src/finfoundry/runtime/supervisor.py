"""One supervisor per home: what the commands ask to start, watch and stop named processes (``runtime.daemon``).

A client that finds no daemon starts one.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from finfoundry.core.errors import ProcessError, SettingsError

State = Literal["starting", "ready", "waiting", "stopped"]
LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True)
class Process:
    """What to run under which name, and how to find out that it serves.

    ``ready`` is a command that succeeds once it does; ``ready_url`` a URL (``http://…``) that answers 200, or ``unix:PATH``, a
    socket that accepts. With neither, a process is ready when it runs. ``uid`` drops privileges and the environment with them.
    """

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    ready: tuple[str, ...] | None = None
    ready_url: str | None = None
    ready_timeout: float = 60.0
    uid: int | None = None
    gid: int | None = None
    stop_signal: str = "SIGTERM"
    stop_timeout: float = 20.0

    @classmethod
    def read(cls, data: dict[str, Any]) -> Process:
        return cls(**{**data, "argv": tuple(data["argv"]), "ready": tuple(data["ready"]) if data["ready"] else None})


@dataclass(frozen=True)
class ProcessStatus:
    name: str
    state: State
    pid: int | None
    restarts: int
    since: float  # seconds since the epoch


class Supervisor:
    """The client: what the commands use. ``processes`` are those that ``ensure`` can name."""

    def __init__(self, home: Path, processes: Iterable[Process] = ()) -> None:
        self.home = home.absolute()
        self.processes = {process.name: process for process in processes}

    def ensure(self, process: Process | str) -> None:
        """Return once the process is ready; start the daemon and the process where needed.

        A process that runs under the same name with another specification is replaced. Raises ProcessError with the end of its log.
        """
        process = self.processes[process] if isinstance(process, str) else process
        self.start()
        self._ask({"do": "ensure", "process": asdict(process)}, timeout=process.ready_timeout + process.stop_timeout + 10)

    def status(self) -> list[ProcessStatus]:
        """One line per process, in the order they were started; empty where no supervisor runs. Raises ProcessError without an answer."""
        if not self.alive():
            return []
        return [ProcessStatus(**line) for line in self._ask({"do": "status"}, timeout=10)]

    def start(self) -> None:
        """Start the daemon unless it runs. Raises SettingsError for a home with too long a path, ProcessError where it does not start."""
        if self.alive():
            return
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_long_path(socket_path(self.home))
        argv = [sys.executable, "-m", "finfoundry.runtime.daemon", str(self.home)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)  # noqa: S603  ourselves; returns once the daemon has forked
        _wait(self.alive, 90, f"The supervisor of {self.home} does not start", log_of(self.home, "supervisor"))

    def stop(self, name: str | None = None) -> bool:
        """Stop one process, or all of them and the daemon, and wait until they are gone. False where none ran. Raises ProcessError."""
        if not self.alive():
            return False
        stopped = bool(self._ask({"do": "stop", "name": name}, timeout=120))
        if name is None:
            _wait(self._gone, 60, "The supervisor does not stop", log_of(self.home, "supervisor"))
        return stopped

    def _gone(self) -> bool:
        """Whether no daemon holds the home. One that was started beside another, and came too late to give way to it, is stopped, too."""
        if _unlocked(self.home):
            return True
        if self.alive():
            with suppress(ProcessError):  # it may be ending
                self._ask({"do": "stop", "name": None}, timeout=120)
        return False

    def alive(self) -> bool:
        """Does the daemon answer?"""
        with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
            connection.connect(str(socket_path(self.home)))
            return True
        return False

    def fell(self) -> bool:
        """Was the daemon killed? One that stopped by itself has removed its socket."""
        return socket_path(self.home).exists() and not self.alive()

    def _ask(self, request: dict[str, Any], timeout: float) -> Any:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(str(socket_path(self.home)))
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile() as lines:
                    reply = json.loads(lines.readline() or '{"error": "The supervisor ended"}')
        except OSError as error:
            raise ProcessError(f"The supervisor does not answer: {error}", remedy=f"Look into {log_of(self.home, 'supervisor')}") from error
        if "error" in reply:
            raise ProcessError(reply["error"], remedy=reply.get("remedy"))
        return reply["result"]


def socket_path(home: Path) -> Path:
    return home / "supervisor.sock"


def _refuse_long_path(path: Path) -> None:
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise SettingsError(
            f"The path of the supervisor's socket is longer than the {LONGEST_SOCKET_PATH} bytes that the system allows: {path}",
            remedy="Set FINFOUNDRY_HOME to a shorter path",
        )


def log_of(home: Path, name: str) -> Path:
    return home / "logs" / f"{name}.log"


def tail(log: Path, characters: int = 400) -> str:
    return log.read_text(errors="replace")[-characters:].strip() if log.exists() else "it left no log"


def try_lock(home: Path) -> IO[str] | None:
    """The lock of the home, held until the file is closed; None where another process holds it."""
    file = (home / "supervisor.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _unlocked(home: Path) -> bool:
    if not (home / "supervisor.lock").exists():
        return True
    file = try_lock(home)
    if file:
        file.close()
    return file is not None


def _wait(condition: Callable[[], bool], seconds: float, message: str, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ProcessError(f"{message}: {tail(log)}", remedy=f"Look into {log}")
        time.sleep(0.02)
