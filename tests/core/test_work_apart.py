"""Work in a process of its own: what it returns, raises and reports comes back, and so does how it ended where it could tell nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError, ProcessError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.runtime.work_apart import apart


def counted(to: int, report: Report) -> int:
    for done in range(to):
        report(Progress("count", done, to))
    return os.getpid()


def refused(what: str, _: Report) -> None:
    raise InputError(f"no {what} here", remedy="Give another")


def broken(_: Report) -> None:
    raise ZeroDivisionError


def ended_by(number: int, _: Report) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def patient(written: Path, report: Report) -> None:
    """Writes that it was stopped, after more reports than a pipe holds."""
    try:
        report(Progress("began", 0))
        time.sleep(60)
    except KeyboardInterrupt:
        counted(10_000, report)
        written.write_text("stopped", "utf-8")
        raise


def deaf(report: Report) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    report(Progress("began", os.getpid()))
    time.sleep(60)


def stop(_: Progress) -> None:
    signal.raise_signal(signal.SIGINT)


def test_what_it_returns_and_reports_comes_back() -> None:
    told = list[Progress]()
    assert apart(counted, 3, report=told.append) != os.getpid()
    assert told == [Progress("count", done, 3) for done in range(3)]


def test_an_error_of_ours_keeps_its_type_and_remedy() -> None:
    with pytest.raises(InputError, match="no bread here") as raised:
        apart(refused, "bread", report=silent)
    assert raised.value.remedy == "Give another"


def test_an_end_without_an_outcome_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ProcessError, match=r"ended before its work did \(exit status 1\)"):
        apart(broken, report=silent)
    assert "ZeroDivisionError" in capfd.readouterr().err
    with pytest.raises(ProcessError, match=r"\(SIGTERM\)\. See what it wrote"):
        apart(ended_by, signal.SIGTERM, report=silent)
    with pytest.raises(ProcessError, match=r"\(SIGKILL\), as the system ends what takes more memory than there is") as raised:
        apart(ended_by, signal.SIGKILL, report=silent)
    assert "Free memory" in str(raised.value.remedy)


def test_ctrl_c_stops_it_and_waits_for_what_it_still_writes(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        apart(patient, tmp_path / "written", report=stop)
    assert (tmp_path / "written").read_text("utf-8") == "stopped"
    with pytest.raises(KeyboardInterrupt):
        apart(ended_by, signal.SIGINT, report=silent)


def test_a_second_ctrl_c_waits_for_nothing() -> None:
    began = list[int]()

    def twice(step: Progress) -> None:
        began.append(step.done)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        stop(step)

    before = signal.signal(signal.SIGALRM, lambda *_: stop(Progress("again", 0)))
    try:
        with pytest.raises(KeyboardInterrupt):
            apart(deaf, report=twice)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)  # an alarm that came late would interrupt whatever runs then
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(began[0], 0)
