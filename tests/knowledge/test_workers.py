"""Parsing in processes that can be killed: what one file does is its own fate."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from finfoundry.core.document import Parsed
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.ingest import reader
from finfoundry.knowledge.ingest.workers import Workers

NOTE = b"# Note\n\nRevenue was 12 million in 2024.\n"


@pytest.fixture
def pool() -> Iterator[Workers]:
    made = Workers(processes=2, timeout=60)
    yield made
    made.close()


def children() -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "ingest.reader"], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def test_each_file_gets_its_outcome(pool: Workers) -> None:
    files = [(Path("a.md"), NOTE), (Path("b.pdf"), b"%PDF-1.7 nothing"), (Path("c.csv"), b"x,2024\ny,3\n")]
    results = {outcome.path.name: outcome.result for outcome in pool.parse_all(files)}
    assert isinstance(results["a.md"], Parsed)
    assert isinstance(results["c.csv"], Parsed)
    assert isinstance(results["b.pdf"], ParseError)
    assert results["b.pdf"].remedy


def test_a_worker_that_is_killed_costs_its_file_only(pool: Workers) -> None:
    def files() -> Iterator[tuple[Path, bytes]]:
        yield Path("first.md"), NOTE
        os.kill(children()[0], signal.SIGKILL)
        yield Path("second.md"), NOTE
        yield Path("third.md"), NOTE

    results = {outcome.path.name: outcome.result for outcome in pool.parse_all(files())}
    assert isinstance(results["first.md"], ParseError)
    assert "SIGKILL" in str(results["first.md"])
    assert isinstance(results["second.md"], Parsed)
    assert isinstance(results["third.md"], Parsed)


def test_a_file_over_its_time_is_given_up() -> None:
    pool = Workers(processes=1, timeout=0.05)  # less than a worker needs to start
    (outcome,) = pool.parse_all([(Path("slow.md"), NOTE)])
    pool.close()
    assert isinstance(outcome.result, ParseError)
    assert "slow.md takes longer" in str(outcome.result)
    assert "FINFOUNDRY_PARSE_TIMEOUT" in str(outcome.result)


def test_no_worker_outlives_its_pool(pool: Workers) -> None:
    list(pool.parse_all([(Path("a.md"), NOTE)]))
    assert children()
    pool.close()
    assert not children()


def test_a_bug_of_a_parser_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_data: bytes, _name: str, **_options: object) -> Parsed:
        raise ZeroDivisionError("no columns")

    monkeypatch.setattr("finfoundry.knowledge.ingest.parse_file.parse", broken)
    found = reader.found(reader.ReadTask("a.md", 1, 1, 1), NOTE)
    assert found.parsed is None
    assert "test_workers.py" in found.error
