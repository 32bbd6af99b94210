"""Scores written to a file as they are made: CSV, or JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.specialists.score import REASONS, Row

Write = Callable[[Sequence[Row]], list[Row]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PLAIN = ("row", "id", "score", "probability", "grade", "alert", "base")


@contextmanager
def writer(path: Path | None) -> Iterator[Write | None]:
    """Writes rows and returns those still to be listed, which are none; None without a path. The file is there only when all was written.

    Raises:
        InputError: another ending than .csv or .jsonl, or the file cannot be written.
    """
    if path is None:
        yield None
        return
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise InputError(f"{path.name} ends neither in .csv nor in .jsonl", remedy="Name the file so")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            if path.suffix.lower() == ".csv":
                rows.writerow(_header())

            def write(found: Sequence[Row]) -> list[Row]:
                if path.suffix.lower() == ".csv":
                    rows.writerows(map(_cells, found))
                else:
                    stream.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in found)
                return []

            yield write
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}", remedy="Give another file with --out") from error
    finally:
        part.unlink(missing_ok=True)


def _header() -> list[str]:
    reasons = [f"{what}_{number}" for number in range(1, REASONS + 1) for what in ("reason", "value", "contribution")]
    return [*_PLAIN, *reasons, "rest", "refused"]


def _cells(row: Row) -> list[object]:
    reasons: list[object] = [cell for one in row.reasons for cell in (one.column, one.value, one.contribution)]
    cells = [*(getattr(row, name) for name in _PLAIN), *reasons, *[None] * (3 * REASONS - len(reasons)), row.rest, row.refused]
    return [_text(cell) if isinstance(cell, str) else cell for cell in cells]


def _text(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; a plain number is none."""
    return "'" + text if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
