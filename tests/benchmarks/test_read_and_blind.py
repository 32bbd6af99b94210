"""The gap between read and blind rows, with an interval that agrees with the paper that describes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finfoundry.evals.intervals import newcombe
from read_and_blind import compared, count_of


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 10), 0.6075, 1.0),
        ((5, 56, 0, 29), -0.0381, 0.1926),
    ],
)
def test_the_interval_is_that_of_the_paper(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe (1998), table II, method 10."""
    found = newcombe(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_five_points_are_within_or_outside() -> None:
    assert compared((52, 77), (37, 71))["excludes_five_points"] is False
    assert compared((9000, 10000), (9000, 10000))["interval_is"] == "below"
    assert compared((9000, 10000), (7000, 10000))["interval_is"] == "above"


def test_a_count_is_written_or_taken_from_a_result(tmp_path: Path) -> None:
    file = tmp_path / "read.json"
    file.write_text(json.dumps([{"of": "in a conversation", "right": 1, "turns": 9}, {"of": "each by itself", "right": 5, "turns": 9}]))
    assert count_of("52/77", "each by itself") == (52, 77)
    assert count_of(str(file), "each by itself") == (5, 9)
    with pytest.raises(SystemExit):
        count_of("8/7", "each by itself")
