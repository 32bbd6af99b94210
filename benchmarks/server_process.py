"""A server of the benchmark's own: a fresh home in a temporary folder, on loopback, ended with all that it started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from finfoundry.app import App, open_app
from finfoundry.core.settings import Settings
from finfoundry.core.supervisor import Supervisor
from finfoundry.governance.api_keys import ApiKeys


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    seconds: float  # from the start to ready
    headers: dict[str, str]


def nothing(_: App) -> None:
    """An empty store."""


@contextmanager
def running(fill: Callable[[App], None] = nothing, *, workers: int = 1) -> Iterator[Server]:
    """``fill`` puts documents into the store before the start. There is no embedder and no engine."""
    home = Path(tempfile.mkdtemp(prefix="ff-bench-"))
    home.chmod(0o755)
    settings = Settings(home=home, models=home / "no-models")
    try:
        with open_app(settings) as app:
            key = ApiKeys(app.database).create(app.administrator, "bench").key
            app.policy.add_grant(app.administrator, "bench", "general", write=True)
            fill(app)
        yield from _served(home, settings, key, workers)
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def _served(home: Path, settings: Settings, key: str, workers: int) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FINFOUNDRY_HOME": str(home), "FINFOUNDRY_MODELS": str(settings.models)}
    command = [str(Path(sys.executable).with_name("finfoundry")), "serve", "--port", str(port), "--workers", str(workers)]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        while not _ready(url):
            if process.poll() is not None or time.monotonic() - started > 120:
                raise SystemExit("the server does not start")
            time.sleep(0.1)
        yield Server(url, process.pid, time.monotonic() - started, {"Authorization": f"Bearer {key}"})
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def memory(pid: int) -> float:
    """Resident memory of a process in MiB."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
