"""The numbers of system calls, and what the filter made of them permits: run here as the kernel runs it."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from finfoundry.runtime.confine import _program
from finfoundry.runtime.system_calls import ALLOWED, ARCHITECTURE, NUMBERS

HEADERS = [path for path in (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm/unistd_64.h")) if path.exists()]
PERMIT, REFUSE, KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000


def given(program: list[bytes], call: int, first: int = 0, architecture: int = ARCHITECTURE) -> int:
    """What the filter gives for a call: classic BPF over ``struct seccomp_data`` (call, architecture, address, arguments)."""
    data = struct.pack("=IIQ6Q", call, architecture, 0, first, 0, 0, 0, 0, 0)
    place = loaded = 0
    while True:
        code, then, other, value = struct.unpack("=HBBI", program[place])
        place += 1
        if code == 0x20:
            (loaded,) = struct.unpack_from("=I", data, value)
        elif code == 0x15:
            place += then if loaded == value else other
        else:
            assert code == 0x06
            return int(value)


@pytest.mark.skipif(not HEADERS, reason="the kernel's headers are not installed here")
def test_every_call_has_its_number_in_the_kernels_header() -> None:
    kernel = dict(re.findall(r"#define __NR_(\w+) (\d+)", HEADERS[0].read_text(encoding="ascii")))
    assert {name: int(kernel[name]) for name in NUMBERS} == NUMBERS
    assert set(ALLOWED) == set(NUMBERS) - {"tgkill"}


def test_the_filter_permits_what_is_allowed_and_refuses_the_rest() -> None:
    program = _program([NUMBERS[name] for name in ALLOWED], own_signal=NUMBERS["tgkill"], process=4711)
    permitted = {number for number in range(600) if given(program, number) == PERMIT}
    assert permitted == {NUMBERS[name] for name in ALLOWED}
    assert {given(program, number) for number in set(range(600)) - permitted} == {REFUSE}
    assert {given(program, number, architecture=0x40000003) for number in range(600)} == {KILL}  # i386


@pytest.mark.parametrize(("process", "outcome"), [(4711, PERMIT), (4710, REFUSE), (1, REFUSE), (0, REFUSE)])
def test_a_signal_goes_to_the_process_itself_alone(process: int, outcome: int) -> None:
    program = _program([0, 60], own_signal=NUMBERS["tgkill"], process=4711)
    assert given(program, NUMBERS["tgkill"], first=process) == outcome
