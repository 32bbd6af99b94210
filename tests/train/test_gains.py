"""What tuning gains, beside the cheap rival of as many rows."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from tests.train.conftest import rows, write_task

from finfoundry.evals.run import RESULT
from measures.training import gains as train_gains


def test_the_rival_is_asked_of_as_many_rows_and_compared_where_an_adapter_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data := tmp_path / "data").mkdir()
    task = write_task(data, "cards", rows(200), "MIT")
    out = tmp_path / "out"
    given = ["--data", str(data), "--out", str(out), "--rows", "60", "--limit", "10", "--rival", "--task", str(task)]
    monkeypatch.setattr(sys, "argv", ["train_gains.py", *given])
    train_gains.main()
    assert "accuracy  1.000" in (told := capsys.readouterr().out)
    assert "single-task" not in told
    shutil.copytree(out / "runs" / "tf-idf" / "cards", single := out / "runs" / "single" / "cards")
    assert (single / RESULT).is_file()
    train_gains.main()
    assert "single-task - tf-idf: +0.000" in capsys.readouterr().out
