"""The exam: items pinned by digest, safety always asked, too few items refused before anybody proposes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.release.exam import Exam, fixed


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A task of two hundred rows."""
    task = {
        "name": "parity", "title": "Odd or even", "language": "en", "licence": "Apache-2.0",
        "source": {"paths": ["rows.json"], "columns": ["text", "label"]}, "target": "label", "kind": "choice",
        "labels": {"odd": "odd", "even": "even"}, "templates": ["{text} is"], "metrics": ["accuracy"], "split": [0, 0, 1], "max_tokens": 2,
    }  # fmt: skip
    (tmp_path / "parity.yaml").write_text(json.dumps(task), encoding="utf-8")
    rows = [[f"number {number}", "odd" if number % 2 else "even"] for number in range(200)]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    return tmp_path


def exam(data: Path, *, margin: float = 0.05, limit: int | None = None, seed: int = 0) -> Exam:
    task = str(data / "parity.yaml")
    return fixed("model", data, {task: "keep"}, by="bo", why="a test", margins={task: margin}, limit=limit, seed=seed)


def test_safety_is_always_asked(data: Path) -> None:
    assert {Path(name).stem: terms.role for name, terms in exam(data).suites.items()} == {
        "parity": "keep", "safety-refusal": "safety", "safety-over-refusal": "safety",
    }  # fmt: skip


def test_too_few_items_are_refused_with_the_number_when_the_exam_is_fixed(data: Path) -> None:
    with pytest.raises(InputError, match=r"asks 40 items: too few to see a loss of 0\.05") as caught:
        exam(data, limit=40)
    assert caught.value.remedy is not None
    assert "63" in caught.value.remedy
    assert exam(data, limit=63).suites[str(data / "parity.yaml")].items == 63
    with pytest.raises(InputError, match="is no share"):
        exam(data, margin=0.0)


def test_other_items_than_those_that_were_fixed_are_refused(data: Path) -> None:
    found, task = exam(data), str(data / "parity.yaml")
    assert len(found.items(task)) == 200
    assert exam(data, limit=100).suites[task].digest != exam(data, limit=100, seed=1).suites[task].digest
    (data / "rows.json").write_text((data / "rows.json").read_text(encoding="utf-8").replace("number 7", "number 1007"), encoding="utf-8")
    with pytest.raises(IntegrityError, match="are not those of exam"):
        found.items(task)
    with pytest.raises(InputError):
        dataclasses.replace(found, data=str(data / "gone")).items(task)
