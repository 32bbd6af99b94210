"""Weights that are not finite, or scaled to nothing, are refused before anything is trained, written or served."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from finfoundry.base.openai import _piece
from finfoundry.core.errors import EngineError, ModelError
from finfoundry.core.model_files.damaged_weights import check_weights
from finfoundry.core.model_files.gguf_container import floats, open_container
from finfoundry.train.base import Base
from finfoundry.train.export.forms import write_gguf

Bases = Callable[[str], Base]
NAME = "blk.0.ffn_up.weight"
NOT_A_NUMBER = {"f16": b"\x00\x7e", "q8_0": b"\x00\x7e", "q4_0": b"\x00\x7c"}
BLOCK = {"q8_0": 34, "q4_0": 18}


@pytest.fixture
def written(bases: Bases, tmp_path: Path) -> Callable[[str], Path]:
    def made(form: str) -> Path:
        path = tmp_path / f"{form}.gguf"
        write_gguf(path, bases("llama"), form, {NAME: floats})
        return path

    return made


def planted(path: Path, change: Callable[[bytearray], None]) -> Path:
    """The file with the bytes of one tensor changed."""
    whole, data = bytearray(path.read_bytes()), bytes(open_container(path).tensors[NAME].data)
    at = whole.find(data)
    changed = bytearray(data)
    change(changed)
    whole[at : at + len(data)] = changed
    target = path.with_name(f"damaged-{path.name}")
    target.write_bytes(whole)
    return target


@pytest.mark.parametrize("form", ["f16", "q8_0", "q4_0"])
def test_what_was_written_is_whole(form: str, written: Callable[[str], Path]) -> None:
    check_weights(written(form))


@pytest.mark.parametrize("form", ["f16", "q8_0", "q4_0"])
def test_a_number_that_is_not_finite_is_found_by_its_tensor(form: str, written: Callable[[str], Path]) -> None:
    def put(data: bytearray) -> None:
        at = len(data) // 2 // BLOCK.get(form, 2) * BLOCK.get(form, 2)
        data[at : at + 2] = NOT_A_NUMBER[form]

    with pytest.raises(ModelError, match=f"{NAME} holds numbers that are not finite"):
        check_weights(planted(written(form), put))


@pytest.mark.parametrize("form", ["q8_0", "q4_0"])
def test_scales_of_nothing_in_every_block_are_found_and_in_some_are_not(form: str, written: Callable[[str], Path]) -> None:
    def empty(data: bytearray, first: int) -> None:
        for at in range(first, len(data), BLOCK[form]):
            data[at : at + 2] = b"\x00\x00"

    path = written(form)
    with pytest.raises(ModelError, match=f"{NAME} is scaled to nothing"):
        check_weights(planted(path, lambda data: empty(data, 0)))
    check_weights(planted(path, lambda data: empty(data, BLOCK[form])))  # a pruned model has such blocks


def test_such_a_base_is_not_trained_on(written: Callable[[str], Path]) -> None:
    path = planted(written("q8_0"), lambda data: data.__setitem__(slice(0, 2), NOT_A_NUMBER["q8_0"]))
    with pytest.raises(ModelError, match="is damaged"):
        _ = Base("damaged", path).config


def test_such_a_file_is_not_served(written: Callable[[str], Path], tmp_path: Path) -> None:
    path = planted(written("q4_0"), lambda data: data.__setitem__(slice(0, 2), NOT_A_NUMBER["q4_0"]))
    command = [sys.executable, "-m", "finfoundry.base.llama_server", "--model", str(path), "--name", "x", "--socket", str(tmp_path / "s")]
    command += ["--adapters", str(tmp_path), "--template", "{}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode != 0
    assert NAME in ended.stderr


@pytest.mark.parametrize("told", [None, "nan", float("nan")])
def test_a_likelihood_that_is_no_number_is_an_error_of_the_engine(told: object) -> None:
    event = {"choices": [{"delta": {"content": "x"}, "logprobs": {"content": [{"logprob": told}]}}]}
    with pytest.raises(EngineError, match="no likelihood"):
        _piece(event)
