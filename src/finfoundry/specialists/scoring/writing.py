"""Scores written to a file as they are made: CSV, or JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.specialists.scoring.block import ScoreBlock
from finfoundry.specialists.scoring.score import REASONS

Write = Callable[[ScoreBlock], None]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_TEXT, _QUOTED = re.compile(r"[\w.][\w. ]*"), re.compile(r'[,"\r\n]')
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PLAIN = ("row", "id", "score", "probability", "grade", "alert", "base")


@contextmanager
def writer(path: Path | None) -> Iterator[Write | None]:
    """Writes blocks of rows; None without a path. The file is there only when all was written.

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
            if path.suffix.lower() == ".csv":
                stream.write(",".join(_header()) + "\r\n")
                yield lambda block: stream.writelines(block.lines(quoted))
            else:
                yield lambda block: stream.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in block.rows())
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}", remedy="Give another file with --out") from error
    finally:
        part.unlink(missing_ok=True)


def _header() -> list[str]:
    reasons = [f"{what}_{number}" for number in range(1, REASONS + 1) for what in ("reason", "value", "contribution")]
    return [*_PLAIN, *reasons, "rest", "refused"]


def quoted(text: str) -> str:
    """A cell of a text. One that a spreadsheet would run as a formula gets an apostrophe before it; a plain number is none."""
    if _PLAIN_TEXT.fullmatch(text):
        return text
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
