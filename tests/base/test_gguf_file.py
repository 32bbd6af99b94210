from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contracts.models import CHAT, weights

from finfoundry.base.gguf_file import check_gguf
from finfoundry.core.errors import ModelError
from measures.service import hostile_models as hostile

HEADER_BYTES = 4_000_000  # of the test model: its whole vocabulary


@pytest.fixture(scope="module")
def header() -> bytes:
    with (weights(CHAT) / "model.gguf").open("rb") as file:
        return file.read(HEADER_BYTES)


def test_a_whole_file_is_described() -> None:
    file = weights(CHAT) / "model.gguf"
    found = check_gguf(file)
    assert found.architecture == "llama"
    assert found.context == 8192
    assert found.tensors == 272
    assert found.end == file.stat().st_size


@pytest.mark.parametrize("text", [b"", b"GG", b"PK\x03\x04" * 10, b"GGUF" + b"\xff" * 100])
def test_other_files_are_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "odd.gguf").write_bytes(text)
    with pytest.raises(ModelError, match=r"odd\.gguf is not a whole GGUF file"):
        check_gguf(tmp_path / "odd.gguf")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot read"):
        check_gguf(tmp_path / "none.gguf")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 2_000), value=st.binary(min_size=8, max_size=8))
def test_a_mutated_header_is_refused_or_read_never_worse(header: bytes, tmp_path: Path, at: int, value: bytes) -> None:
    file = tmp_path / "mutated.gguf"
    file.write_bytes(header[:at] + value + header[at + 8 :])
    with pytest.raises(ModelError):  # in any case it is cut short
        check_gguf(file)


KINDS: dict[str, bytes] = hostile.kinds()


@pytest.mark.parametrize("kind", KINDS)
def test_23_11_a_header_that_lies_is_refused_in_little_time_and_memory(tmp_path: Path, kind: str) -> None:
    (tmp_path / "odd.gguf").write_bytes(KINDS[kind])
    said, _ = hostile.read(tmp_path / "odd.gguf")  # in a process with 1 GiB and 20 s
    assert said.startswith("refused"), said
    assert "Traceback" not in said


def test_23_11_a_header_has_a_most_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finfoundry.base.gguf_file.MOST_HEADER", 1000)
    long = hostile.key(b"a", 8, hostile.text(b"x" * 2000))
    (tmp_path / "long.gguf").write_bytes(hostile.header([hostile.ARCHITECTURE, long], [hostile.tensor(b"t", (1,))]) + bytes(200))
    with pytest.raises(ModelError, match="more than 1,000 bytes"):
        check_gguf(tmp_path / "long.gguf")


def test_23_11_an_adapter_is_looked_at_before_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "a.gguf").write_bytes(KINDS["2^63 tensors"])
    told = hostile.load(weights(CHAT) / "model.gguf", tmp_path / "adapters")
    assert told.startswith("ended (1): a.gguf is not a whole GGUF file"), told
