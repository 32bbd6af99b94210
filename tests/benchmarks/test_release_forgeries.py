"""B: what a try of the forgeries counts as: an error of the engine shows nothing of the gate."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from finfoundry.core.errors import FinfoundryError, IntegrityError, ModelError
from measures.releases import forgeries

ENGINE = ModelError("llama.cpp does not start with a.gguf: out of memory")
BYTES = ModelError("llama.cpp does not start with a.gguf: a.gguf is not the file that was approved: its SHA-256 is 1…")


class Work:
    """A workshop that cleans up, and where nothing serves."""

    def __init__(self) -> None:
        self.chance, self.cleaned = random.Random(0), 0
        self.desk = SimpleNamespace(register=SimpleNamespace(serving=dict))

    def clean(self) -> None:
        self.cleaned += 1


def ending(*ends: FinfoundryError) -> tuple[Callable[[Any], None], list[float]]:
    """A kind that ends so, one try after the other, and what each try drew."""
    left, drawn = list(ends), []

    def kind(work: Work) -> None:
        drawn.append(work.chance.random())
        raise left.pop(0)

    return kind, drawn


@pytest.mark.parametrize(
    ("ends", "how", "tries"),
    [
        ((ENGINE, IntegrityError("rows were altered")), "IntegrityError", 2),
        ((ENGINE, ENGINE), "engine", 2),
        ((BYTES,), "ModelError", 1),
        ((IntegrityError("rows were altered"),), "IntegrityError", 1),
    ],
)
def test_b_an_error_of_the_engine_is_tried_again_and_kept_with_its_message(ends: tuple[FinfoundryError, ...], how: str, tries: int) -> None:
    kind, drawn = ending(*ends)
    work: Any = Work()
    end = forgeries.tried_twice(work, kind, "1 a_kind 0")
    assert (end.how, end.said) == (how, str(ends[-1]))
    assert (len(drawn), work.cleaned, len(set(drawn))) == (tries, tries, tries)


def test_b_tries_whose_message_was_not_kept_are_made_again(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    state.write_text('["1 honest 0", "promoted"]\n["1 rows_cut 0", "ModelError"]\n["1 stale_exam 0", "InputError"]\n')
    forgeries._keep(state, "1 rows_cut 1", forgeries.End("engine", "out of memory"))
    kept = forgeries._kept(state)
    assert kept.keys() == {"1 honest 0", "1 stale_exam 0", "1 rows_cut 1"}
    assert kept["1 rows_cut 1"] == forgeries.End("engine", "out of memory")
