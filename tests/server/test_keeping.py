"""A supervisor that is killed takes the database along: the server brings both back, and leaves alone what was told to stop."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from tests.conftest import short_home
from tests.server.conftest import serving

from finfoundry.app import open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.protocols import Message, Request
from finfoundry.release import engine as engines
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.service.state import Limits


def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def daemon_of(home: Path) -> int:
    wanted = [b"finfoundry.runtime.daemon", str(home).encode()]
    (found,) = [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if command_of(folder)[2:4] == wanted]
    return found


def command_of(folder: Path) -> list[bytes]:
    """The command line of a process; nothing of one that has ended meanwhile."""
    try:
        return (folder / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=30).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_killed_supervisor_comes_back_with_its_database() -> None:
    home = short_home()
    try:
        with open_app(Settings(home=home, worker=False)) as app, serving(app, Limits()) as url:
            assert ready(url)
            os.kill(daemon_of(home), signal.SIGKILL)
            until(lambda: not ready(url) or Supervisor(home).alive())
            until(lambda: ready(url) and Supervisor(home).alive())
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def test_what_was_told_to_stop_stays_stopped() -> None:
    home = short_home()
    try:
        with open_app(Settings(home=home, worker=False)) as app, serving(app, Limits()) as url:
            assert ready(url)
            Supervisor(home).stop()
            time.sleep(3)
            assert not Supervisor(home).alive()
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def test_an_engine_whose_supervisor_was_killed_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    def start(*given: object) -> ScriptedEngine:
        started.append(given)
        return ScriptedEngine([("", "I say so.")])

    monkeypatch.setattr(engines, "start_engine", start)
    engine = engines.EngineOnDemand(Settings(home=tmp_path), Supervisor(tmp_path), lambda: "the same")  # type: ignore[arg-type,return-value]
    for _ in range(2):
        engine.chat(Request((Message("user", "x"),)))
    assert len(started) == 1
    engine.look_again()
    engine.chat(Request((Message("user", "x"),)))
    assert len(started) == 2
