"""A network namespace without a route (Linux): loopback is all there is, and the kernel counts every attempt to go further.

The counters are the kernel's own, for all processes in the namespace, whatever library or program tried: packets for which there was no
route (a TCP connection, a datagram, a question to a name server), and datagrams sent at all. See ``/proc/net/snmp`` and ``snmp6``.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import SettingsError

CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
ADDRESSES = ("192.0.2.1", "2001:db8::1")  # for documentation (RFC 5737, RFC 3849): nobody is there
WITHOUT_ROUTE, DATAGRAMS = ("Ip OutNoRoutes", "Ip6OutNoRoutes"), ("Udp OutDatagrams", "Udp6OutDatagrams")


@dataclass(frozen=True, slots=True)
class Tried:
    """Since the namespace was entered: attempts that found no route, and datagrams that were sent (loopback included)."""

    without_route: int
    datagrams: int


def enter() -> None:
    """Move this process, and with it its future children, into a new namespace and bring loopback up.

    Must be called before threads are started. Raises SettingsError where the system does not let it.
    """
    if not sys.platform.startswith("linux"):
        raise SettingsError("Network namespaces are a thing of Linux", remedy="Run this on a Linux machine")
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET | (CLONE_NEWUSER if user else 0)) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise SettingsError(f"This process may not make a network namespace ({reason})", remedy="Run it as root, or allow user namespaces")
    if user:  # stay who we are: PostgreSQL and the files of the home must not notice
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def interfaces() -> list[str]:
    """Names of the network interfaces in this process' namespace."""
    return [line.split(":")[0].strip() for line in Path("/proc/self/net/dev").read_text().splitlines()[2:]]


def routes() -> int:
    """How many routes there are, without those of loopback."""
    lines = Path("/proc/self/net/route").read_text().splitlines()[1:]
    six = [line for line in Path("/proc/self/net/ipv6_route").read_text().splitlines() if line.split()[-1] != "lo"]
    return len(lines) + len(six)


def tried() -> Tried:
    counted = counters()
    return Tried(sum(counted.get(name, 0) for name in WITHOUT_ROUTE), sum(counted.get(name, 0) for name in DATAGRAMS))


def counters() -> dict[str, int]:
    """The kernel's counters of this namespace, over IPv4 ("Ip OutNoRoutes") and IPv6 ("Ip6OutNoRoutes")."""
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    found = {
        f"{names.split(':')[0]} {name}": int(value)
        for names, values in zip(lines[::2], lines[1::2], strict=True)
        for name, value in zip(names.split()[1:], values.split()[1:], strict=True)
    }
    six = Path("/proc/self/net/snmp6")
    return found | {name: int(value) for name, value in (line.split() for line in six.read_text().splitlines())} if six.exists() else found


def control() -> int:
    """Try to leave on purpose, over IPv4 and IPv6: by how much the count rises shows that it sees attempts."""
    before = tried().without_route
    for address in ADDRESSES:
        try:
            socket.create_connection((address, 443), timeout=2).close()
        except OSError:
            continue
    return tried().without_route - before
