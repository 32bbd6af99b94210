"""Rows that are not learned, by name and reason. torch is not needed to write them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is not learned, and why; ``like`` names the row that it repeats or contradicts."""

    row: str
    reason: str
    like: str = ""


def write_left_out(path: Path, rows: Iterable[LeftOut]) -> None:
    """One JSON line a row."""
    path.write_text("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows), "utf-8")
