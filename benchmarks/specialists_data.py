"""Where the benchmarks of the specialists find their data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TABULAR = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).parents[1].parent / "shared" / "data")) / "tabular"


def data(name: str) -> Path:
    """A file of the tabular data; ends the program with a word where it is not there."""
    path = TABULAR / name
    if not path.exists():
        sys.exit(f"{name} is not there: set FINFOUNDRY_DATA to a folder that holds tabular/{name}")
    return path
