"""Where the benchmarks of the specialists find their data."""

from __future__ import annotations

import os
from pathlib import Path

from finfoundry.core.errors import NotFound
from measures import ROOT

TABULAR = Path(os.environ.get("FINFOUNDRY_DATA", ROOT.parent / "shared" / "data")) / "tabular"


def data(name: str) -> Path:
    """A file of the tabular data; raises NotFound, which names the folder it must lie in, where it is not there."""
    path = TABULAR / name
    if not path.exists():
        raise NotFound(f"{name} is not there", remedy=f"Set FINFOUNDRY_DATA to a folder that holds tabular/{name}")
    return path
