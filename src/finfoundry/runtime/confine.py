"""Give up, for good, what a process does not need: before it touches bytes that somebody else wrote.

Linux only. ``no_new_privs`` keeps what follows from being undone; Landlock (kernel 5.13 and newer) limits which files can be opened;
seccomp limits which system calls can be made: no socket, no new process or thread, no change of a file. Where the kernel lacks one of
them the rest still holds, and ``missing`` says what is lacking. Sources: landlock(7), seccomp(2), prctl(2), capabilities(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from finfoundry.runtime.system_calls import ALLOWED, ARCHITECTURE, NUMBERS

OTHER_USER = 64_990  # user and group of a confined process where it was started as root: nobody else's
_PDEATHSIG, _SECCOMP, _CAPBSET_DROP, _NO_NEW_PRIVS = 1, 22, 24, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # of Landlock, the same on every architecture
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # by version of Landlock, all of them
_CAPABILITIES = 64

_libc = ctypes.CDLL(None, use_errno=True)


def missing() -> list[str]:
    """What this machine lacks for a full confinement, in words; empty where nothing is lacking."""
    lacking = []
    if _landlock_version() < 1:
        lacking.append("Landlock (a parser can read what this user can read)")
    if not _has_seccomp():
        lacking.append("seccomp (a parser can open sockets and start processes)")
    return lacking


def confine(readable: Iterable[Path], *, memory: int, seconds: int, written: int) -> None:
    """Limit this process, and never lift it again.

    Args:
        readable: files and folders that may still be read; everything else cannot be opened, nothing can be created or changed.
        memory: bytes that it may take in addition to what it has.
        seconds: of processor time.
        written: bytes that a file may grow to through a handle that is open already.
    """
    os.chdir("/")
    _offer_to_the_memory_killer()
    _limit(memory, seconds, written)
    _leave_root()
    _libc.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    _restrict_files(readable)
    _restrict_calls()


def installation() -> list[Path]:
    """What Python, its packages and their libraries read while they run."""
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"]
    machine = ["/usr/share/fonts", "/usr/local/share/fonts", "/dev/null", "/dev/urandom", "/proc/cpuinfo", "/sys/devices/system/cpu"]
    packages = [entry for entry in sys.path if entry]
    return [path for entry in (*packages, *system, *machine) if (path := Path(entry)).exists()]


def installation_is_open() -> bool:
    """Whether a user who owns nothing here could read Python and its packages."""
    entries = [Path(entry) for entry in sys.path if entry and Path(entry).exists()]
    return all(folder.stat().st_mode & 0o001 for entry in entries for folder in (entry, *entry.parents) if folder.is_dir())


def _offer_to_the_memory_killer() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # if the machine runs out of memory, this process goes first


def _limit(memory: int, seconds: int, written: int) -> None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        memory_with = memory + resource.getpagesize() * int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (memory_with, memory_with))
    for limit, value in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, 0),  # neither processes nor threads, whatever the user of this process has running
    ):
        _, most = resource.getrlimit(limit)
        lowered = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (lowered, lowered))


def _leave_root() -> None:
    """Become a user who owns nothing, or at least give up what makes root more than a user."""
    if os.geteuid() != 0:
        return
    for capability in range(_CAPABILITIES):
        _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    if installation_is_open():
        with contextlib.suppress(OSError):  # a container may not know the user
            os.setgroups([])
            os.setresgid(OTHER_USER, OTHER_USER, OTHER_USER)
            os.setresuid(OTHER_USER, OTHER_USER, OTHER_USER)
            return
    header, nothing = struct.pack("<Ii", 0x20080522, 0), bytes(24)
    _libc.capset(header, nothing)


def _landlock_version() -> int:
    return int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))) if sys.platform == "linux" else -1


def _restrict_files(readable: Iterable[Path]) -> None:
    """Only ``readable`` can be opened, for reading; TCP, signals and abstract sockets out of here go too where the kernel knows how."""
    version = _landlock_version()
    if version < 1:
        return
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    network, scope = 3 if version >= 4 else 0, 3 if version >= 6 else 0
    attribute = struct.pack("=QQQ", rights, network, scope)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, attribute, ctypes.c_size_t(len(attribute)), ctypes.c_uint32(0)))
    for path in readable:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", _READ_FILE | (_READ_DIR if path.is_dir() else 0), handle)
        _checked(_libc.syscall(_ADD_RULE, ruleset, 1, rule, ctypes.c_uint32(0)))
        os.close(handle)
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)))
    os.close(ruleset)


def _has_seccomp() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64" and _libc.prctl(21, 0, 0, 0, 0) >= 0


def _restrict_calls() -> None:
    """Only calls that reading needs; others fail with EPERM. A signal may go to this process itself (as ``abort`` sends it)."""
    if not _has_seccomp():
        return
    program = _program([NUMBERS[name] for name in ALLOWED], own_signal=NUMBERS["tgkill"], process=os.getpid())
    instructions = ctypes.create_string_buffer(b"".join(program))
    filters = struct.pack("=HxxxxxxQ", len(program), ctypes.addressof(instructions))
    _checked(_libc.prctl(_SECCOMP, 2, filters, 0, 0))


def _program(allowed: Sequence[int], own_signal: int, process: int) -> list[bytes]:
    """The filter in classic BPF: architecture, number of the call, and of ``own_signal`` the first argument."""
    load, equal, give = 0x20, 0x15, 0x06
    permit, refuse, kill = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000

    def step(code: int, value: int, then: int = 0, other: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, other, value)

    program = [step(load, 4), step(equal, ARCHITECTURE, 1, 0), step(give, kill), step(load, 0)]
    for number in allowed:
        program += [step(equal, number, 0, 1), step(give, permit)]
    program += [step(equal, own_signal, 0, 3), step(load, 16), step(equal, process, 0, 1), step(give, permit), step(give, refuse)]
    return program


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
