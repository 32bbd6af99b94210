"""What this machine can do: the precision that it multiplies fast in, its peak, its memory, its disk."""

from __future__ import annotations

import functools
import os
import shutil
import time
from pathlib import Path

import torch

from finfoundry.core.errors import SettingsError
from finfoundry.runtime.memory import free_memory

CLEARLY = 1.5  # times faster: where both are about as fast, the one that rounds less
SIDE = 1536  # of the square matrices whose product shows the peak
# Dense bf16, from the makers' data sheets. What is not listed is measured.
DATA_SHEET = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12}


PRECISION = "precision"  # file of a run's folder: what ``auto`` was when the run began
DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


def precision(asked: str, folder: Path) -> torch.dtype:
    """What a run in the folder computes in. ``auto`` is what it began with, else what multiplies clearly faster here, which is measured:
    a processor may take bf16 and only emulate it.

    Raises SettingsError for bf16 on an accelerator that has none.
    """
    kept = folder / PRECISION
    if asked == "auto":
        asked = kept.read_text("utf-8") if kept.is_file() else _faster()
    if asked == "bf16" and torch.cuda.is_available() and not torch.cuda.is_bf16_supported():
        raise SettingsError("this accelerator does not multiply in bf16", remedy="Set precision: fp32")
    return DTYPES[asked]


def _faster() -> str:
    return "bf16" if peak(torch.bfloat16) > CLEARLY * peak(torch.float32) else "fp32"


def keep_precision(dtype: torch.dtype, folder: Path) -> None:
    """So that a run that goes on, and each of its processes, takes the same, though a busy machine may measure the other way."""
    name = next(name for name, one in DTYPES.items() if one == dtype)
    partial = folder / f".{PRECISION}.part"
    partial.write_text(name, "utf-8")
    partial.replace(folder / PRECISION)


@functools.cache
def peak(dtype: torch.dtype) -> float:
    """Floating-point operations a second of a dense product, in ``dtype``: from the data sheet, else measured here."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cuda" and dtype == torch.bfloat16:
        name = torch.cuda.get_device_name()
        for chip, figure in DATA_SHEET.items():
            if chip in name:
                return figure
    matrix = torch.ones(SIDE, SIDE, dtype=dtype, device=device)
    best = float("inf")
    for _ in range(4):
        begin = time.perf_counter()
        _ = (matrix @ matrix)[0, 0].item()  # waits for the device
        best = min(best, time.perf_counter() - begin)
    return 2 * SIDE**3 / best


def first_process() -> bool:
    """Whether this is the process that writes, of those that torchrun or accelerate started."""
    return os.environ.get("RANK", "0") == "0"


def processes() -> int:
    """How many torchrun or accelerate started."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def device() -> torch.device:
    """Where a model of this process computes."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def memory() -> int:
    """Bytes that a run may take: of the accelerator where there is one, else free memory of the machine."""
    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return free_memory()


def held() -> int:
    """Bytes of memory that this process holds: libraries, tokenizer, rows; on an accelerator it holds none of it yet."""
    if torch.cuda.is_available():
        return 0
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0  # a system that does not say


def free_disk(folder: Path) -> int:
    """Bytes free where the folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
