"""Processes started, restarted, replaced and stopped by a real daemon."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from finfoundry.core.errors import ProcessError, SettingsError
from finfoundry.runtime.supervisor import Process, Supervisor

SLEEP = (sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(600)")


def sleeper(home: Path, name: str = "sleeper", **changes: object) -> Process:
    """Ready once its file is there."""
    ready = home / f"{name}.ready"
    program = f"import pathlib, time; pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    values: dict[str, object] = {"name": name, "argv": (sys.executable, "-c", program), "ready": ("test", "-e", str(ready))}
    return Process(**{**values, **changes})  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pid_of(supervisor: Supervisor, name: str) -> int:
    (pid,) = (one.pid for one in supervisor.status() if one.name == name)
    assert pid
    return pid


def daemon_pid(home: Path) -> int:
    """Who holds the lock."""
    inode = (home / "supervisor.lock").stat().st_ino
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if fields[1] == "FLOCK" and fields[-3].endswith(f":{inode}"):
            return int(fields[4])
    raise AssertionError("no daemon")


def test_a_process_is_started_once_and_stopped(home: Path) -> None:
    supervisor = Supervisor(home, [sleeper(home)])
    assert supervisor.status() == []
    supervisor.ensure("sleeper")
    pid = pid_of(supervisor, "sleeper")
    supervisor.ensure("sleeper")
    assert pid_of(supervisor, "sleeper") == pid
    assert supervisor.stop()
    assert not alive(pid)
    assert supervisor.status() == []
    assert not supervisor.stop()


def test_only_the_owner_may_command_it(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.start()
    assert stat.S_IMODE((home / "supervisor.sock").stat().st_mode) == 0o600


def test_one_that_dies_is_started_again(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.ensure(sleeper(home))
    pid = pid_of(supervisor, "sleeper")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: [one.restarts for one in supervisor.status()] == [1])
    supervisor.ensure(sleeper(home))
    assert pid_of(supervisor, "sleeper") != pid


def test_another_specification_replaces_it(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.ensure(sleeper(home))
    pid = pid_of(supervisor, "sleeper")
    supervisor.ensure(sleeper(home, environment={"MODEL": "other"}))
    assert not alive(pid)


def test_one_that_cannot_start_is_said_with_its_log(home: Path) -> None:
    supervisor = Supervisor(home)
    broken = Process("broken", (sys.executable, "-c", "raise SystemExit('no such model')"), ready=("false",))
    with pytest.raises(ProcessError, match="no such model") as caught:
        supervisor.ensure(broken)
    assert "broken.log" in str(caught.value.remedy)
    with pytest.raises(ProcessError, match="nothing-here"):
        supervisor.ensure(Process("missing", ("/nothing-here",), ready_timeout=0.5))


@pytest.mark.slow
def test_one_that_was_given_up_serves_whoever_asks_once_its_cause_is_mended(home: Path) -> None:
    """As an engine does whose weights were changed, and are put back."""
    supervisor, weights = Supervisor(home), home / "weights"
    program = f"import pathlib, sys, time; pathlib.Path({str(weights)!r}).exists() or sys.exit('no weights'); time.sleep(600)"
    process = Process("engine", (sys.executable, "-c", program), ready=("test", "-e", str(weights)))
    for _ in range(2):
        with pytest.raises(ProcessError, match="no weights"):
            supervisor.ensure(process)
    weights.touch()
    supervisor.ensure(process)
    assert [one.state for one in supervisor.status()] == ["ready"]


def test_many_at_once_start_one_daemon(home: Path) -> None:
    errors: list[Exception] = []

    def ensure() -> None:
        try:
            Supervisor(home).ensure(sleeper(home))
        except Exception as error:  # noqa: BLE001  shown below
            errors.append(error)

    threads = [threading.Thread(target=ensure) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(Supervisor(home).status()) == 1


def test_a_daemon_that_came_too_late_to_give_way_is_stopped_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Supervisor(home).ensure(sleeper(home))
    ask, late = Supervisor._ask, list[Supervisor]()

    def told(self: Supervisor, request: dict[str, Any], timeout: float) -> Any:
        found = ask(self, request, timeout)
        if request["do"] == "stop" and not late:
            late.append(Supervisor(home))
            wait_until(lambda: not late[0].alive())
            late[0].start()
        return found

    monkeypatch.setattr(Supervisor, "_ask", told)
    assert Supervisor(home).stop()
    assert not late[0].alive()


def test_its_children_die_with_it_and_a_new_one_takes_over(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.ensure(sleeper(home))
    pid, daemon = pid_of(supervisor, "sleeper"), daemon_pid(home)
    os.kill(daemon, signal.SIGKILL)
    wait_until(lambda: not alive(pid))
    assert (home / "supervisor.sock").exists()  # stale
    supervisor.ensure(sleeper(home))
    assert pid_of(supervisor, "sleeper") != pid


def test_it_ends_when_the_home_is_removed(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.ensure(sleeper(home))
    pid = pid_of(supervisor, "sleeper")
    (home / "supervisor.sock").unlink()
    wait_until(lambda: not alive(pid))


def test_one_process_may_be_stopped(home: Path) -> None:
    supervisor = Supervisor(home)
    supervisor.ensure(sleeper(home, "a"))
    supervisor.ensure(sleeper(home, "b"))
    assert supervisor.stop("a")
    assert [one.name for one in supervisor.status()] == ["b"]
    assert not supervisor.stop("a")


def test_a_path_too_long_for_a_socket_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="107"):
        Supervisor(home / ("x" * 100)).start()


def test_what_asks_while_all_is_stopped_is_refused_at_once(home: Path) -> None:
    """A process on its way out that wants another: it is not waited for, and the other not started into a home that may be gone."""
    program = f"""
import pathlib, signal, sys, time
from finfoundry.core.errors import ProcessError
from finfoundry.runtime.supervisor import Process, Supervisor
home = pathlib.Path({str(home)!r})
def leave(*_):
    try:
        Supervisor(home).ensure(Process("late", ("touch", str(home / "late"))))
    except ProcessError as error:
        (home / "told").write_text(error.message)
    sys.exit()
signal.signal(signal.SIGTERM, leave)
(home / "first.ready").touch()
time.sleep(600)
"""
    Supervisor(home).ensure(sleeper(home, "first", argv=(sys.executable, "-c", program), stop_timeout=10.0))
    assert Supervisor(home).stop()
    assert (home / "told").read_text() == "The supervisor is stopping"
    assert not (home / "late").exists()
