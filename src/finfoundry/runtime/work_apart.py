"""Work in a process of its own: the memory that it took is free when it has ended, and what kills it leaves us alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar, TypeVarTuple

from finfoundry.core.errors import FinfoundryError, ProcessError
from finfoundry.core.progress import Progress, Report
from finfoundry.runtime.log import configure
from finfoundry.runtime.sandbox import how_it_ended

T = TypeVar("T")
Given = TypeVarTuple("Given")
INTERRUPTED = 130  # exit status of who was asked to stop


def apart(work: Callable[[*Given, Report], T], *given: *Given, report: Report) -> T:
    """What ``work``, a function of a module, returns there: called with ``given``, which is pickled, and a report that comes out here.

    Raises what ``work`` raises of our errors, and ProcessError where its process ends without an outcome. Ctrl-C stops it as it would
    here: what it still writes then is waited for, unless Ctrl-C comes again.
    """
    ours, theirs = Pipe()
    with ours:
        with theirs:
            command = [sys.executable, "-m", __name__, str(theirs.fileno())]
            # a group of its own: Ctrl-C of the terminal comes to it by us, once, and what it started ends with it
            child = subprocess.Popen(command, pass_fds=[theirs.fileno()], process_group=0)  # noqa: S603  our own words only
        try:
            outcome = _outcome(ours, (work, given), report)
            code = child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            _drain(ours)
            child.wait()
            raise
        finally:
            with suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if outcome is None:
        raise _without_outcome(code)
    if isinstance(outcome, FinfoundryError):
        raise outcome
    (found,) = outcome
    return found  # type: ignore[no-any-return]


def _outcome(line: Connection, work: object, report: Report) -> tuple[Any] | FinfoundryError | None:
    """What the work returned, in a tuple, or raised; None where its process tells nothing more."""
    said: Any = None
    try:
        line.send(work)
        while isinstance(said := line.recv(), Progress):
            report(said)
    except (EOFError, ConnectionError):
        return None
    return said  # type: ignore[no-any-return]


def _drain(line: Connection) -> None:
    """Take what is still told until its end, unread: a full line would hold the process up."""
    with suppress(OSError):
        while os.read(line.fileno(), 65_536):
            pass


def _without_outcome(code: int) -> BaseException:
    if code in (INTERRUPTED, -signal.SIGINT):
        return KeyboardInterrupt()
    how = f"the process apart ended before its work did ({how_it_ended(code)})"
    if code == -signal.SIGKILL:
        how += ", as the system ends what takes more memory than there is"
        return ProcessError(how, remedy="Free memory, or take a machine with more; the same command goes on where it stopped")
    return ProcessError(how, remedy="See what it wrote above; the same command goes on where it stopped")


def _main(handle: int) -> None:
    configure()
    line = Connection(handle)
    work, given = line.recv()
    said: object
    try:
        said = (work(*given, line.send),)
    except FinfoundryError as error:
        said = error
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    line.send(said)


if __name__ == "__main__":
    _main(int(sys.argv[1]))
