"""How the daemon learns that a process is ready, and what it tells who waits."""

from __future__ import annotations

import asyncio
import http.server
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finfoundry.core.errors import ProcessError
from finfoundry.runtime.daemon import (
    DEATHS_BEFORE_GIVING_UP,
    FIRST_PAUSE,
    LONGEST_LOG,
    LONGEST_PAUSE,
    _answers,
    _is_ready,
    _Keeper,
    _lock_or_give_way,
    _open_log,
)
from finfoundry.runtime.supervisor import Process, Supervisor, log_of

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")


class _Page(http.server.BaseHTTPRequestHandler):
    """Answers with the number that the path is."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.removeprefix("/")))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_only_a_page_that_is_well_answers(server: str) -> None:
    assert [_answers(f"{server}/{status}") for status in (200, 204, 404, 503)] == [True, False, False, False]
    assert not _answers(f"http://127.0.0.1:{unused_port()}/200")


def test_a_socket_answers_while_somebody_listens(home: Path) -> None:
    path = home / "s"
    assert not _answers(f"unix:{path}")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert not _answers(f"unix:{path}")
        listening.listen()
        assert _answers(f"unix:{path}")
    assert not _answers(f"unix:{path}")


def test_a_process_is_ready_by_its_command_else_by_its_page_else_at_once(server: str) -> None:
    def ready(**how: object) -> bool:
        return asyncio.run(_is_ready(Process("p", SLEEP, **how)))  # type: ignore[arg-type]

    assert ready()
    assert ready(ready=("true",))
    assert not ready(ready=("false",))
    assert ready(ready_url=f"{server}/200")
    assert not ready(ready_url=f"{server}/503")
    assert not ready(ready=("false",), ready_url=f"{server}/200")


async def _waited(home: Path, process: Process, **state: object) -> _Keeper:
    """Waits for a keeper whose process is left alone, in a state that the test gives it."""
    keeper = _Keeper(home, process)
    keeper.task.cancel()
    await asyncio.gather(keeper.task, return_exceptions=True)
    for name, value in state.items():
        setattr(keeper, name, value)
    await asyncio.wait_for(keeper.until_ready(), 30)
    return keeper


def test_who_waits_for_one_that_is_ready_goes_on(home: Path) -> None:
    keeper = asyncio.run(_waited(home, Process("p", SLEEP, ready_timeout=0), state="ready", deaths=DEATHS_BEFORE_GIVING_UP))
    status = keeper.status()
    assert (status.name, status.state, status.pid, status.restarts) == ("p", "ready", None, 0)


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (600.0, {"state": "stopped"}),
        (600.0, {"deaths": DEATHS_BEFORE_GIVING_UP}),
        (600.0, {"deaths": DEATHS_BEFORE_GIVING_UP + 1, "state": "waiting"}),
        (-1.0, {}),
    ],
)
def test_one_that_is_stopped_late_or_dies_again_and_again_is_told_with_its_log(
    seconds: float, state: dict[str, object], home: Path
) -> None:
    log = log_of(home, "p")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("no such port\n")
    with pytest.raises(ProcessError, match="no such port") as raised:
        asyncio.run(_waited(home, Process("p", SLEEP, ready_timeout=seconds), **state))
    assert str(log) in (raised.value.remedy or "")


def test_one_that_has_died_less_often_is_waited_for(home: Path) -> None:
    async def waited() -> bool:
        keeper = _Keeper(home, Process("p", SLEEP, ready_timeout=600.0))
        keeper.task.cancel()
        await asyncio.gather(keeper.task, return_exceptions=True)
        keeper.deaths = DEATHS_BEFORE_GIVING_UP - 1
        waiting = asyncio.create_task(keeper.until_ready())
        await asyncio.sleep(0.05)
        still = not waiting.done()
        keeper._become("ready")
        await asyncio.wait_for(waiting, 30)
        return still

    assert asyncio.run(waited())


@pytest.mark.parametrize("name", ["SIGTERM", "SIGUSR1"])
def test_a_keeper_starts_its_process_and_ends_it_by_the_signal_asked_for(name: str, home: Path) -> None:
    async def kept() -> tuple[object, ...]:
        keeper = _Keeper(home, Process("p", ("sleep", "600"), ready=("true",), stop_signal=name))
        await asyncio.wait_for(keeper.until_ready(), 30)
        status, child = keeper.status(), keeper.child
        assert child
        found = (status.name, status.state, status.pid == child.pid, status.restarts)
        await keeper.stop()
        return *found, keeper.status().state, keeper.status().pid, child.returncode

    assert asyncio.run(kept()) == ("p", "ready", True, 0, "stopped", None, -signal.Signals[name])


def test_one_that_dies_in_a_row_is_left_alone_twice_as_long_each_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def kept() -> None:
        over, sleep = asyncio.Event(), asyncio.sleep

        async def pause(seconds: float) -> None:
            if seconds >= FIRST_PAUSE:  # shorter ones are looks whether it is ready
                pauses.append(seconds)
            if len(pauses) == 8:
                over.set()
            await sleep(600 if over.is_set() else 0)

        monkeypatch.setattr("finfoundry.runtime.daemon.asyncio.sleep", pause)
        keeper = _Keeper(home, Process("p", ("/nonexistent/program",)))
        await asyncio.wait_for(over.wait(), 30)
        await keeper.stop()

    asyncio.run(kept())
    assert pauses[0] == FIRST_PAUSE
    assert pauses[1:] == [min(2 * before, LONGEST_PAUSE) for before in pauses[:-1]]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_process_of_the_home_does_not_get_the_key_of_who_gave_the_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FINFOUNDRY_KEY", "FINFOUNDRY_KEY_FILE", "FINFOUNDRY_COLLECTION"):
        monkeypatch.setenv(name, "given")

    async def told() -> set[str]:
        keeper = _Keeper(home, Process("p", ("sh", "-c", f"env > {home}/told; exec sleep 600"), ready=("test", "-s", f"{home}/told")))
        await asyncio.wait_for(keeper.until_ready(), 30)
        await keeper.stop()
        return {line.partition("=")[0] for line in (home / "told").read_text().splitlines()}

    given = asyncio.run(told())
    assert "FINFOUNDRY_COLLECTION" in given
    assert given.isdisjoint({"FINFOUNDRY_KEY", "FINFOUNDRY_KEY_FILE"})


def test_the_lock_is_taken_where_no_daemon_runs_and_left_where_one_answers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finfoundry.runtime.daemon.time.sleep", lambda _: pytest.fail("it waits though nobody is stopping"))
    lock = _lock_or_give_way(home)
    assert lock is not None
    monkeypatch.setattr(Supervisor, "alive", lambda _: True)  # another one holds the lock and answers
    assert _lock_or_give_way(home) is None
    lock.close()


def test_the_command_that_starts_the_daemon_ends_well_and_the_daemon_runs_on(home: Path) -> None:
    assert subprocess.run([sys.executable, "-m", "finfoundry.runtime.daemon", str(home)], check=False).returncode == 0
    supervisor = Supervisor(home)
    end = time.monotonic() + 30
    while not supervisor.alive():
        assert time.monotonic() < end
        time.sleep(0.05)
    supervisor.stop()


@pytest.mark.parametrize(("size", "parted"), [(LONGEST_LOG, False), (LONGEST_LOG + 1, True)])
def test_a_log_that_is_too_long_is_set_aside(home: Path, size: int, parted: bool) -> None:
    path = log_of(home, "p")
    path.parent.mkdir(parents=True)
    with path.open("wb") as log:
        log.truncate(size)
    with _open_log(home, "p") as log_again:
        log_again.write("on")
    assert path.stat().st_size == (2 if parted else size + 2)
    assert path.with_suffix(".log.1").exists() is parted
