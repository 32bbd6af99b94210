"""``finfoundry serve`` as it is started: several processes over one store, the database killed under them, an orderly end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from finfoundry.core.errors import NotPermitted
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.client import Client

PROGRAM = str(Path(sys.executable).with_name("finfoundry"))


@dataclass
class Served:
    url: str
    home: Path
    process: subprocess.Popen[bytes]
    key: str

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers={"Authorization": f"Bearer {self.key}"}, timeout=40)


def command(*arguments: str) -> str:
    return subprocess.run([PROGRAM, *arguments], check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture(scope="module")
def served(module_home: Path) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FINFOUNDRY_HOME", str(module_home))
        key = json.loads(command("keys", "create", "--user", "ana", "--expires", "1d", "--json"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen([PROGRAM, "serve", "--port", str(port), "--workers", "2"])
        try:
            made = Served(f"http://127.0.0.1:{port}", module_home, process, key["key"])
            until(lambda: ready(made))
            yield made
        finally:
            process.kill()
            process.wait()


def ready(served: Served) -> bool:
    try:
        return served.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def until(true: object, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill(served: Served, name: str) -> None:
    (process,) = [one for one in Supervisor(served.home).status() if one.name == name]
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)


def test_an_upload_outlives_the_worker(served: Served) -> None:
    with Client(served.url, served.key) as ana:
        with pytest.raises(NotPermitted):
            ana.upload(paper(served))
        command("grants", "add", "ana", "general", "--write")
        sent = ana.upload(paper(served), wait=0)
        kill(served, "worker")
        until(lambda: served.get(f"/v1/uploads/{sent.id}").json()["state"] == "done")
        assert [one.name for one in ana.documents()] == ["paper.md"]


def paper(served: Served) -> Path:
    path = served.home / "paper.md"
    path.write_text("# Paper\n\nThe fee was 2% in 2024.\n")
    return path


def test_a_killed_database_comes_back_and_the_end_is_orderly(served: Served) -> None:
    kill(served, "postgres")
    statuses = [served.get("/v1/documents").status_code for _ in range(5)]
    assert set(statuses) <= {200, 503}
    until(lambda: served.get("/v1/documents").status_code == 200)
    listed = json.loads(command("keys", "list", "--json"))
    assert [one["user"] for one in listed] == ["ana"]
    command("keys", "revoke", listed[0]["id"])
    assert served.get("/v1/documents").status_code == 401
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) in (0, -signal.SIGTERM)
