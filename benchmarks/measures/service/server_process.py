"""A server of the benchmark's own: a fresh home in a temporary folder, on loopback, ended with all that it started."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from finfoundry.app import App, open_app
from finfoundry.base.catalogue import models_folder
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    seconds: float  # from the start to ready
    headers: dict[str, str]
    settings: Settings


def nothing(_: App) -> None:
    """An empty store."""


@contextmanager
def running(
    fill: Callable[[App], None] = nothing,
    *,
    workers: int = 1,
    model: str | None = None,
    environment: Mapping[str, str] | None = None,
    again: bool = False,
    said: Path | None = None,
) -> Iterator[Server]:
    """``fill`` puts documents into the store before the start. There is neither embedder nor engine, but for ``model``: the name
    of one that lies in the models folder of the settings. ``environment`` is added to the server's own; ``again`` and ``said`` as for
    ``serving``.
    """
    home = Path(tempfile.mkdtemp(prefix="ff-bench-"))
    home.chmod(0o755)
    given = Settings()
    if model:  # the home's own folder of weights is where an engine finds them
        (home / "models").symlink_to(models_folder(given))
    settings = Settings(home=home, models=home / "no-models", model=model or given.model)
    try:
        with open_app(settings) as app:
            key = ApiKeys(app.database).create(app.administrator, "bench", scopes=("read", "write", "raw")).key
            app.policy.add_grant(app.administrator, "bench", "general", write=True)
            fill(app)
        with serving(settings, key, workers, environment, again=again, said=said) as server:
            yield server
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def serving(
    settings: Settings,
    key: str,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    *,
    again: bool = False,
    said: Path | None = None,
) -> Iterator[Server]:
    """A server over a home that is there, from its start on; ``again``: one that dies is started anew, as systemd would. ``said`` gets
    what it writes while it runs.
    """
    port = free_port()
    places = {"FINFOUNDRY_HOME": str(settings.home), "FINFOUNDRY_MODELS": str(settings.models), "FINFOUNDRY_MODEL": settings.model}
    command = [str(Path(sys.executable).with_name("finfoundry")), "serve", "--port", str(port), "--workers", str(workers)]
    if again:
        command = ["bash", "-c", 'while :; do "$@" & wait $!; sleep 0.2; done', "again", *command]
    started = time.monotonic()
    with (said or Path(os.devnull)).open("ab") as log:
        out = log if said else None
        process = subprocess.Popen(command, env={**os.environ, **places, **(environment or {})}, stdout=out, stderr=log, process_group=0)
    try:
        url = f"http://127.0.0.1:{port}"
        while not _ready(url):
            if process.poll() is not None or time.monotonic() - started > 600:
                raise SystemExit("the server does not start")
            time.sleep(0.1)
        yield Server(url, process.pid, time.monotonic() - started, {"Authorization": f"Bearer {key}"}, settings)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def start_engine(server: Server, patience: float = 300.0) -> None:
    """Have the engine answer once: it is started by the first question."""
    body = {"model": server.settings.model, "max_tokens": 2, "messages": [{"role": "user", "content": "Hello"}]}
    until = time.monotonic() + patience
    while (answer := httpx.post(f"{server.url}/v1/chat/completions", json=body, headers=server.headers, timeout=patience)).is_error:
        if time.monotonic() > until:
            raise SystemExit(f"the engine does not answer: {answer.text}")
        time.sleep(2)


def families(pids: Iterable[int]) -> list[int]:
    """Processes and all that they started, each once."""
    children: dict[int, list[int]] = {}
    for pid, fields in _processes():
        children.setdefault(int(fields[1]), []).append(pid)
    found, waiting = dict[int, None](), list(pids)
    while waiting:
        pid = waiting.pop()
        found[pid] = None
        waiting += children.get(pid, [])
    return list(found)


def processor_seconds(pids: Iterable[int]) -> float:
    """Of processes and all that they started, what ended among the latter included."""
    counted = set(families(pids))
    return sum(sum(map(int, fields[11:15])) for pid, fields in _processes() if pid in counted) / os.sysconf("SC_CLK_TCK")


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Each process with the fields of its stat after the name (proc(5): the first is the state)."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended
            yield int(path.parent.name), path.read_text().rpartition(")")[2].split()


def all_of(server: Server) -> list[int]:
    """The server and what its supervisor keeps: database, worker, engine."""
    return [server.pid, *(one.pid for one in Supervisor(server.settings.home).status() if one.pid)]


def load() -> str:
    """How busy the machine is beside the benchmark: a figure of time means little without it."""
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def memory(pid: int) -> float:
    """Resident memory of a process in MiB."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
