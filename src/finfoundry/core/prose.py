"""A quotation as a person reads it. The quotation itself stays as the paper has it, so that it is found there."""

from __future__ import annotations

import re
from itertools import groupby

_CELL = re.compile(r"R(\d+)C(\d+)")
BAR = " | "  # what parts the cells of a row in a passage

_HAN = re.compile(r"[\u3400-\u9fff]")


def prose(quote: str) -> str:
    """The quotation with each row of a table as words: what it is of, a colon, its cells; of neighbours that are alike one."""
    lines = quote.split("\n")
    return "\n".join(_row(line, following) if BAR in line else line for line, following in zip(lines, [*lines[1:], ""], strict=True))


def _row(line: str, following: str) -> str:
    """A row as words; with a semicolon where another follows."""
    first, *rest = [cell for cell, _ in groupby(filter(None, (cell.strip() for cell in line.split("|"))))] or [""]
    colon, comma, stop = ("：", "，", "；") if _HAN.search(line) else (": ", ", ", ";")
    told = f"{first.rstrip(':：')}{colon}{comma.join(rest)}" if rest else first
    return told + stop if BAR in following else told


def place(locator: dict[str, str]) -> str:
    """Where something stands, of what has no page: under which heading, in which row; the name of an anchor where nothing else tells."""
    told = {name: value for name, value in locator.items() if name not in ("anchor", "tags")}
    heading, cell = told.pop("heading", ""), told.pop("cell", "")
    found = _CELL.fullmatch(cell)
    parts = [f"under “{heading}”"] if heading else []
    parts += [f"{name} {value}" for name, value in told.items()]
    parts += [f"row {found[1]}, column {found[2]}" if found else f"cell {cell}"] if cell else []
    return ", ".join(parts) or locator.get("anchor", "")
