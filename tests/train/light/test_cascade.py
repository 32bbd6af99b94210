"""A cascade: time is saved where the cheap is right and knows it, and nothing is taken on trust where it does not."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.evals.rows import Row
from finfoundry.usecases.light.cascade import cascade, write


def run(folder: Path, rights: list[bool], sure: list[float | None], seconds: float, answered: list[bool] | None = None) -> Path:
    folder.mkdir()
    rows = [
        Row(
            str(place), "", "", "", "", "", "answered" if answered is None or answered[place] else "no_evidence",
            "correct" if right else "wrong", float(right), confidence=told, seconds=seconds,
        )
        for place, (right, told) in enumerate(zip(rights, sure, strict=True))
    ]  # fmt: skip
    (folder / "rows.jsonl").write_text("".join(row.line for row in rows))
    return folder


def test_time_is_saved_where_the_cheap_knows_what_it_knows(tmp_path: Path) -> None:
    """Rules answer a fifth rightly; a small model is right where it is sure; the large one is right on nine of ten."""
    source = random.Random(0)
    hard = [source.random() for _ in range(400)]
    dear = run(tmp_path / "dear", [one < 0.9 for one in hard], [None] * 400, 2.0)
    cheap = run(tmp_path / "cheap", [one < 0.6 for one in hard], [1 - one + source.gauss(0, 0.05) for one in hard], 0.2)
    rules = run(tmp_path / "rules", [one < 0.2 for one in hard], [0.99] * 400, 0.01, [one < 0.2 for one in hard])
    found = cascade([rules, cheap, dear])
    assert found.right >= found.right_alone - 0.03
    assert found.lower > -0.05
    assert 0.4 < found.saved < 0.6
    assert found.stages[0].took == pytest.approx(0.2, abs=0.05)
    assert sum(one.took for one in found.stages) == pytest.approx(1, abs=1e-3)
    two = cascade([cheap, dear])
    assert 0.35 < two.saved < found.saved + 0.05


def test_who_is_sure_of_everything_is_not_asked(tmp_path: Path) -> None:
    """Where no bar keeps what is right, the last answers alone, and no time goes to the first."""
    source = random.Random(1)
    dear = run(tmp_path / "dear", [source.random() < 0.9 for _ in range(200)], [None] * 200, 2.0)
    cheap = run(tmp_path / "cheap", [False] * 200, [0.99] * 200, 0.5)
    found = cascade([cheap, dear])
    assert (found.saved, found.right, found.lower) == (0.0, found.right_alone, found.lower)
    assert [one.took for one in found.stages] == [0, 1]


def test_few_items_are_refused(tmp_path: Path) -> None:
    small = [run(tmp_path / name, [True] * 30, [0.5] * 30, 1.0) for name in ("a", "b")]
    with pytest.raises(InputError, match="30 items"):
        cascade(small)
    with pytest.raises(InputError, match="0 items are in all of 1"):
        cascade(small[:1])


def test_bars_are_written_for_the_service(tmp_path: Path) -> None:
    """One that no answer reaches is none; the models are those of the runs."""
    source = random.Random(1)
    dear = run(tmp_path / "dear", [source.random() < 0.9 for _ in range(200)], [None] * 200, 2.0)
    cheap = run(tmp_path / "cheap", [False] * 200, [0.99] * 200, 0.5)
    (cheap / "run.json").write_text('{"model": "small"}')
    write(cascade([cheap, dear]), tmp_path / "bars.json")
    told = json.loads((tmp_path / "bars.json").read_text())
    assert [(stage["model"], stage["bar"]) for stage in told["stages"]] == [("small", None), (None, None)]


@pytest.mark.parametrize(("found", "items"), [(0.0, 200), (0.5, 200), (0.0, 60)])
def test_silence_is_believed_where_the_dear_finds_nothing_right_either(found: float, items: int, tmp_path: Path) -> None:
    """Rules answer half rightly, and find nothing of the rest; of which the dear gets ``found`` right, and takes long. Few items prove
    nothing.
    """
    source, believed = random.Random(2), (found, items) == (0.0, 200)
    easy = [source.random() < 0.5 for _ in range(items)]
    right = [one or source.random() < found for one in easy]
    rules = run(tmp_path / "rules", easy, [0.9 if one else None for one in easy], 0.1, easy)
    dear = run(tmp_path / "dear", right, [0.9 if one else None for one in right], 5.0, right)
    told = cascade([rules, dear])
    assert told.stages[0].silence is believed
    assert told.right == told.right_alone
    assert (told.saved > 0.9) is believed
    write(told, tmp_path / "bars.json")
    assert [stage["silence"] for stage in json.loads((tmp_path / "bars.json").read_text())["stages"]] == [believed, False]
