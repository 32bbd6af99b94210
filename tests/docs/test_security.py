"""SECURITY.md: each promise names how it is tested, and each test, benchmark and command that it names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.test_commands_shown import parse

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
NAMES = {name for path in (ROOT / "tests").rglob("*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))}


def promises() -> list[list[str]]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] != "promise"]


def missing(text: str) -> Iterator[str]:
    """What stands in backticks and is nowhere: files ("x.py" lies beside the one named before it) and tests ("test_23_5_…" begins so).

    Raises Refused for a command that is none.
    """
    folder = ROOT
    for named in re.findall(r"`([^`]+)`", text):
        if named.startswith("finfoundry "):
            words = named.split()[1:]
            parse(words if "--" in named else [*words, "--help"])  # what it takes may be left out
        elif re.fullmatch(r"benchmarks/\w+\.py [a-z-]+", named):
            family, measure = Path(named.split()[0]).stem, named.split()[1].replace("-", "_")
            if not (ROOT / "benchmarks" / "measures" / family / f"{measure}.py").exists():
                yield named
        elif named.endswith(".py") or named.startswith(("tests/", "benchmarks/", "docs/")):
            path = ROOT / named if "/" in named else folder / named
            folder = path.parent
            if not path.exists():
                yield named
        elif named.startswith("test_") and not any(
            name == named or (named.endswith("…") and name.startswith(named[:-1])) for name in NAMES
        ):
            yield named


def test_23_7_all_that_is_named_is_there() -> None:
    assert list(missing(TEXT)) == []


@pytest.mark.parametrize("row", promises(), ids=[row[0] for row in promises()])
def test_23_7_each_promise_says_how_it_is_tested(row: list[str]) -> None:
    assert len(row) == 3
    assert re.search(r"`(tests/|test_|benchmarks/|finfoundry )", row[2])
    assert list(missing(row[2])) == []


def test_23_7_it_says_what_is_not_promised() -> None:
    told = TEXT[TEXT.index("## What is not promised") :]
    assert all(f"**{what}**" in told for what in ("A root shell.", "The model's wording.", "A clock that is set back."))
