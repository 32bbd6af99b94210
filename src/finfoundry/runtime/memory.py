"""How much memory the machine can still give."""

from __future__ import annotations

import os
from pathlib import Path


def free_memory() -> int:
    """Bytes that a process may take without pushing others out; all of the machine's where the system does not say."""
    try:
        sizes = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        return int(sizes["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
