"""The annual report of a bank that does not exist, for a first try: made by ``python -m finfoundry.demo FILE``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from finfoundry.core.errors import EngineError

NAME = "yunzhou-annual-report.pdf"
SECONDS = 60.0  # to draw it


@lru_cache(maxsize=1)
def sample_report() -> bytes:
    """A PDF; the same each time. Raises EngineError where it cannot be made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        argv = [sys.executable, "-m", "finfoundry.demo", str(path)]
        try:
            subprocess.run(argv, check=True, timeout=SECONDS, capture_output=True)  # noqa: S603  a constant of ours
            return path.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise EngineError("The sample report could not be made", remedy="Upload a report of your own") from error
