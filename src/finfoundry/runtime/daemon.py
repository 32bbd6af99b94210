"""The daemon behind ``runtime.supervisor``: it starts named processes, starts them again when they die, and takes them with it.

It holds ``supervisor.lock`` for as long as it lives (the kernel releases it, whatever happens) and answers on ``supervisor.sock``, one
JSON line in, one out. What the processes print goes to ``logs/NAME.log``. Of two daemons that start at once, one gives way.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from finfoundry.core.errors import ProcessError
from finfoundry.runtime.supervisor import Process, ProcessStatus, State, Supervisor, log_of, socket_path, tail, try_lock

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a process that died is started again, doubling
LONG_LIFE = 10.0  # seconds after which a death is no longer counted as one in a row
DEATHS_BEFORE_GIVING_UP = 5  # by a client that waits; the daemon itself goes on trying
PERSONAL = ("FINFOUNDRY_KEY", "FINFOUNDRY_KEY_FILE")  # of the person who gave the command, nothing for processes of the home
LONGEST_LOG = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1


class _Keeper:
    """One process in the daemon: started, watched, started again, stopped."""

    def __init__(self, home: Path, process: Process) -> None:
        self.home, self.process = home, process
        self.state: State = "starting"
        self.child: asyncio.subprocess.Process | None = None
        self.deaths = 0  # in a row
        self.restarts = 0
        self.since = time.time()
        self.changed = asyncio.Event()
        self.task = asyncio.create_task(self._keep())

    def status(self) -> ProcessStatus:
        return ProcessStatus(self.process.name, self.state, self.child.pid if self.child else None, self.restarts, self.since)

    async def until_ready(self, deaths: int = 0) -> None:
        """Wait for readiness; raises ProcessError when the time is over or the process dies again and again, at least ``deaths`` times."""
        deadline = time.monotonic() + self.process.ready_timeout
        while self.state != "ready":
            if self.deaths >= max(deaths, DEATHS_BEFORE_GIVING_UP) or time.monotonic() > deadline or self.state == "stopped":
                log = log_of(self.home, self.process.name)
                raise ProcessError(f"The process {self.process.name!r} does not start: {tail(log)}", remedy=f"Look into {log}")
            self.changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), 1)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        child, self.child = self.child, None
        if child and child.returncode is None:
            child.send_signal(getattr(signal, self.process.stop_signal))
            with suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), self.process.stop_timeout)
        if child:
            with suppress(ProcessLookupError):  # whatever it left in its group
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
        self._become("stopped")

    async def _keep(self) -> None:
        while True:
            self._become("starting")
            born = time.monotonic()
            try:
                await self._run_once()
            except OSError as error:
                with _open_log(self.home, self.process.name) as log:
                    log.write(f"{self.process.argv[0]}: {error}\n")
            self.child = None
            self.deaths = 1 if time.monotonic() - born > LONG_LIFE else self.deaths + 1
            self.restarts += 1
            self._become("waiting")
            await asyncio.sleep(min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE))

    async def _run_once(self) -> None:
        self.child = await self._spawn()
        waiting = asyncio.create_task(self.child.wait())
        try:
            while not waiting.done() and self.state != "ready":
                if await _is_ready(self.process):
                    self._become("ready")
                else:
                    await asyncio.wait([waiting], timeout=0.05)
            await asyncio.shield(waiting)
            with suppress(ProcessLookupError):  # what it started must not hold sockets or files that its successor needs
                os.killpg(self.child.pid, signal.SIGKILL)
        finally:
            waiting.cancel()

    async def _spawn(self) -> asyncio.subprocess.Process:
        process = self.process
        same_user = process.uid is None
        inherited = {name: value for name, value in os.environ.items() if name not in PERSONAL}
        if not same_user:
            inherited = {"PATH": os.defpath, "LC_ALL": "C"}
        user: dict[str, Any] = {} if same_user else {"user": process.uid, "group": process.gid, "extra_groups": []}
        with _open_log(self.home, process.name) as log:
            return await asyncio.create_subprocess_exec(
                *process.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=inherited | process.environment,
                cwd=process.folder,
                start_new_session=True,
                preexec_fn=_die_with_parent(getattr(signal, process.stop_signal)),
                **user,
            )

    def _become(self, state: State) -> None:
        self.state, self.since = state, time.time()
        self.changed.set()


class Daemon:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.keepers: dict[str, _Keeper] = {}
        self.done = asyncio.Event()
        self.ensuring = asyncio.Lock()
        self.open = 0  # connections

    async def run(self) -> None:
        """Serve requests at the home's socket until a signal comes or the home is removed, then stop every process."""
        path = socket_path(self.home)
        path.unlink(missing_ok=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.done.set)
        server = await asyncio.start_unix_server(self._serve, str(path))
        path.chmod(0o600)
        inode = path.stat().st_ino
        while not self.done.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.done.wait(), 2)
            if not path.exists() or path.stat().st_ino != inode:  # the home was removed
                self.done.set()
        await self._stop_all()  # the socket still answers, or else a process that is stopped would start a new daemon to ask
        server.close()
        for _ in range(100):  # let the last replies out
            if self.open:
                await asyncio.sleep(0.02)
        path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with suppress(ConnectionError):
            line = await reader.readline()
            if line:
                writer.write(json.dumps(await self._answer(json.loads(line))).encode() + b"\n")
                await writer.drain()
        writer.close()
        self.open -= 1

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            if request["do"] == "ensure":
                return {"result": await self._ensure(Process.read(request["process"]))}
            if request["do"] == "stop":
                return {"result": await self._stop(request["name"])}
            return {"result": [asdict(keeper.status()) for keeper in self.keepers.values()]}
        except ProcessError as error:
            return {"error": error.message, "remedy": error.remedy}

    async def _ensure(self, process: Process) -> bool:
        self._refuse_when_stopping()  # at once: the one who asks may be a process that is being stopped, and waited for
        async with self.ensuring:
            self._refuse_when_stopping()
            keeper = self.keepers.get(process.name)
            if keeper and keeper.process != process:
                await keeper.stop()
                keeper = None
            if keeper is None or keeper.state == "stopped":
                keeper = self.keepers[process.name] = _Keeper(self.home, process)
        await keeper.until_ready(keeper.deaths + 1)  # what it died of before may be mended: the next start decides
        return True

    def _refuse_when_stopping(self) -> None:
        """What is started now would outlive the order to stop, and write into a home that may be no more."""
        if self.done.is_set():
            raise ProcessError("The supervisor is stopping", remedy="Try again")

    async def _stop(self, name: str | None) -> bool:
        if name is None:
            self.done.set()
            await self._stop_all()
            return True
        keeper = self.keepers.pop(name, None)
        if keeper:
            await keeper.stop()
        return keeper is not None

    async def _stop_all(self) -> None:
        """The last started first: workers before the database that they use."""
        async with self.ensuring:
            while self.keepers:
                _, keeper = self.keepers.popitem()
                await keeper.stop()


async def _is_ready(process: Process) -> bool:
    if process.ready:
        check = await asyncio.create_subprocess_exec(*process.ready, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return await check.wait() == 0
    if process.ready_url:
        return await asyncio.to_thread(_answers, process.ready_url)
    return True


def _answers(url: str) -> bool:
    with suppress(OSError, urllib.error.URLError):
        if url.startswith("unix:"):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(url.removeprefix("unix:"))
            return True
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310  a URL of our own specification
            return bool(reply.status == 200)
    return False


def _die_with_parent(number: int) -> Callable[[], None] | None:
    """What the child runs before exec: ask the kernel for a signal when the daemon dies (Linux; elsewhere nothing)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask


def _open_log(home: Path, name: str) -> IO[str]:
    path = log_of(home, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > LONGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("a")


def _lock_or_give_way(home: Path) -> IO[str] | None:
    """Wait for the lock while an older daemon is stopping; None as soon as another one answers."""
    client = Supervisor(home)
    for _ in range(1200):
        lock = try_lock(home)
        if lock or client.alive():
            return lock
        time.sleep(0.05)
    return None


def main(home: Path) -> None:
    """Fork away from the command that started us, and keep the home's processes until a request or a signal ends the daemon."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    os.umask(0o077)
    with _open_log(home, "supervisor") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    lock = _lock_or_give_way(home)
    if lock:
        with lock:
            asyncio.run(Daemon(home).run())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
