"""The process that reads files of strangers is a boundary: what a parser that was taken over can reach."""

from __future__ import annotations

import os

import pytest
from tests.knowledge import parser_escape

from finfoundry.runtime import confine

full = pytest.mark.skipif(bool(confine.missing()), reason="the kernel has not both of Landlock and seccomp")


@full
def test_23_7_a_malicious_parser_reaches_nothing() -> None:
    names = [name for name in parser_escape.NAMES if name != "never_end"]  # the limit of time has a test of its own
    results = list(parser_escape.attempts(names))
    assert len(results) == 19
    assert [result for result in results if result.escaped] == []


def test_23_7_without_confinement_the_same_attempts_succeed() -> None:
    """So the test above can fail. A machine that is busy takes its time to start the reader."""
    names = ["read_the_key_of_the_home", "connect_by_tcp", "write_a_file"]
    results = list(parser_escape.attempts(names, confined=False, seconds=100))
    assert [result.escaped for result in results] == [True, True, True]


def test_23_7_what_a_machine_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "_landlock_version", lambda: -1)
    monkeypatch.setattr(confine, "_has_seccomp", lambda: False)
    assert [lack.split(" ")[0] for lack in confine.missing()] == ["Landlock", "seccomp"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_23_7_started_as_root_it_becomes_a_user_who_owns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "installation_is_open", lambda: True)
    outcome, theirs = os.pipe()
    if (process := os.fork()) == 0:
        confine._leave_root()
        os.write(theirs, f"{os.getresuid()} {os.getresgid()} {os.getgroups()}".encode())
        os._exit(0)
    os.waitpid(process, 0)
    user = (confine.OTHER_USER,) * 3
    assert os.read(outcome, 200).decode() == f"{user} {user} []"
    os.close(outcome)
    os.close(theirs)
