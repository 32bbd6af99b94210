"""The numbers of system calls, and what the filter made of them permits: run here as the kernel runs it."""

from __future__ import annotations

import errno
import struct

import pytest

from finfoundry.core.confine import _program
from finfoundry.core.system_calls import ALLOWED, ARCHITECTURE, NUMBERS

# Once more by number, from arch/x86/entry/syscalls/syscall_64.tbl
TABLE = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10,
    "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20,
    "access": 21, "select": 23, "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "nanosleep": 35, "getpid": 39, "exit": 60,
    "uname": 63, "ftruncate": 77, "getdents": 78, "getcwd": 79, "readlink": 89, "gettimeofday": 96, "getrlimit": 97, "getrusage": 98,
    "sysinfo": 99, "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "sigaltstack": 131, "statfs": 137,
    "fstatfs": 138, "arch_prctl": 158, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204, "getdents64": 217,
    "set_tid_address": 218, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234,
    "get_mempolicy": 239, "openat": 257, "newfstatat": 262, "readlinkat": 267, "faccessat": 269, "pselect6": 270, "ppoll": 271,
    "set_robust_list": 273, "getcpu": 309, "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334, "faccessat2": 439,
}  # fmt: skip
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


def test_b8_every_call_has_its_number_in_the_kernels_table() -> None:
    assert TABLE == NUMBERS
    assert set(ALLOWED) == set(NUMBERS) - {"tgkill"}


def test_b8_the_filter_permits_what_is_allowed_and_refuses_the_rest() -> None:
    program = _program([NUMBERS[name] for name in ALLOWED], own_signal=NUMBERS["tgkill"], process=4711)
    permitted = {number for number in range(600) if given(program, number) == PERMIT}
    assert permitted == {NUMBERS[name] for name in ALLOWED}
    assert {given(program, number) for number in set(range(600)) - permitted} == {REFUSE}
    assert {given(program, number, architecture=0x40000003) for number in range(600)} == {KILL}  # i386


@pytest.mark.parametrize(("process", "outcome"), [(4711, PERMIT), (4710, REFUSE), (1, REFUSE), (0, REFUSE)])
def test_b8_a_signal_goes_to_the_process_itself_alone(process: int, outcome: int) -> None:
    program = _program([0, 60], own_signal=NUMBERS["tgkill"], process=4711)
    assert given(program, NUMBERS["tgkill"], first=process) == outcome
