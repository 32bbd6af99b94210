"""The measure of what light forms keep: from a base to every form, healed, in one command that goes on where it stopped."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.train.conftest import rows, write_task

from finfoundry.train.base import Base
from finfoundry.train.light.answers import ANSWERS
from measures.light import bits as light_bits
from measures.light import experts as light_experts
from measures.light import tasks as light_tasks
from measures.light import teacher as light_teacher

FORMS = ("depth-quarter", "depth-quarter-sft", "width-quarter", "rank-fifth", "depth-eighth-joint", "depth-eighth-after")


def test_every_form_is_made_healed_and_asked(
    bases: Callable[[str], Base], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data := tmp_path / "data").mkdir()
    task = write_task(data, "cards", rows(200), "MIT")
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    given = ["--data", str(data), "--out", str(tmp_path / "out"), "--base", str(bases("llama").path), "--task", str(task), "--rows", "60"]
    forms = [word for form in FORMS for word in ("--form", form)]
    monkeypatch.setattr(sys, "argv", ["light_tasks.py", *given, "--epochs", "1", "--heal", "30", "--limit", "8", *forms])
    light_tasks.main()
    told = capsys.readouterr().out
    figures = [line for line in told.splitlines() if " accuracy " in line]
    pruned = [name for form in ("depth-quarter", "width-quarter", "rank-fifth") for name in (form, f"{form}-healed")]
    whole = [f"{form}-healed" for form in ("depth-quarter-sft", "depth-eighth-joint", "depth-eighth-after")]
    assert sorted(line.split()[0] for line in figures) == sorted(["parent", *pruned, *whole])
    assert all("of the parent's" in line for line in figures[1:])
    light_tasks.main()
    again = capsys.readouterr().out
    assert again.splitlines() == figures, "what is finished is told, and not run again"


def test_a_mixture_and_a_dense_model_of_the_same_training_are_asked(
    bases: Callable[[str], Base], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data := tmp_path / "data").mkdir()
    tasks = [str(write_task(data, name, rows(120, seed), "MIT")) for seed, name in enumerate(("cards", "bills"))]
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    given = ["--data", str(data), "--out", str(tmp_path / "out"), "--base", str(bases("llama").path), "--rows", "30", "--together", "20"]
    monkeypatch.setattr(sys, "argv", ["light_experts.py", *given, *(word for task in tasks for word in ("--task", task)), "--limit", "6"])
    light_experts.main()
    told = capsys.readouterr().out
    figures = [line for line in told.splitlines() if " accuracy " in line]
    assert [line.split()[:2] for line in figures] == [
        [of, name] for of in ("dense", "mixture-untrained", "mixture", "adapters") for name in ("cards", "bills")
    ]
    assert "use of experts by each task's tokens" in told
    light_experts.main()
    assert capsys.readouterr().out.splitlines() == figures, "what is finished is told, and not run again"


def test_a_student_learns_what_a_tuned_teacher_answers(
    bases: Callable[[str], Base], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data := tmp_path / "data").mkdir()
    task, model, out = write_task(data, "cards", rows(200), "MIT"), str(bases("llama").path), tmp_path / "out"
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(light_teacher, "TEACHER_RATE", 2e-2)
    given = ["--data", str(data), "--out", str(out), "--task", str(task), "--teacher", model, "--student", model, "--rows", "100"]
    monkeypatch.setattr(sys, "argv", ["light_teacher.py", *given, "--more", "120", "--epochs", "1", "--limit", "8"])
    light_teacher.main()
    figures = [line for line in capsys.readouterr().out.splitlines() if " accuracy " in line]
    assert [line.split()[0] for line in figures] == ["sft", "sft-long", "teacher", *["distilled"] * 3]
    asked = [json.loads(line) for line in (out / "distilled" / ANSWERS).read_text("utf-8").splitlines()]
    assert len(asked) == 120
    light_teacher.main()
    again = capsys.readouterr().out
    assert [line for line in again.splitlines() if " accuracy " in line] == figures
    assert "steps" not in again, "what is finished is told, and not run again"


def test_what_few_bits_lose_is_measured_once(
    bases: Callable[[str], Base], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lines := tmp_path / "lines.jsonl").write_text(
        "".join(json.dumps({"text": f"{text} {text} {text} {text}"}) + "\n" for text, _ in rows(60)), "utf-8"
    )
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    model = str(bases("llama").path)
    given = [model, "--corpus", str(lines), "--rows", "36", "--pack", "256", "--before", model, "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["light_bits.py", *given])
    light_bits.main()
    figures = [line for line in capsys.readouterr().out.splitlines() if "nats a token" in line]
    assert [line.partition("  ")[0] for line in figures] == [
        "plain rounding", "by importance", "by rounding.py", "trained on the grid", "these weights by rounding.py"
    ]  # fmt: skip
    monkeypatch.setattr(light_bits, "mean_loss", None)  # nothing is measured again
    light_bits.main()
    assert [line for line in capsys.readouterr().out.splitlines() if "nats a token" in line][1:] == figures[1:]
