"""How a copy of a program ended: by itself, or because the other side had enough of it."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

from finfoundry.runtime.sandbox import _status, how_it_ended


def copy_that(exits: int | None) -> tuple[int, int]:
    """A process that ends at once with a status, or not by itself; and the handle that ends with it."""
    alive, copys = os.pipe()
    if (process := os.fork()) == 0:
        if exits is None:
            time.sleep(5)
        os._exit(exits or 0)
    os.close(copys)
    return process, alive


@pytest.mark.parametrize("status", [0, 1, 7])
def test_a_copy_that_ends_by_itself_keeps_its_status(status: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert os.waitstatus_to_exitcode(_status(*copy_that(status), ours)) == status


def test_a_copy_is_killed_when_the_other_side_says_so_or_is_gone() -> None:
    for says in (True, False):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            if says:
                theirs.send(b"stop")
            else:
                theirs.close()
            assert os.waitstatus_to_exitcode(_status(*copy_that(None), ours)) == -signal.SIGKILL


def test_an_end_is_told_in_words() -> None:
    assert how_it_ended(-signal.SIGKILL) == "SIGKILL"
    assert how_it_ended(3) == "exit status 3"
