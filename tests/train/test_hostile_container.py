"""The reader of GGUF files for training: a header that lies costs neither time nor memory."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from tests.base.test_gguf_file import KINDS

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.gguf_container import open_container

PLAIN = (
    "no architecture",
    "context that is a text",
    "no tensors",
    "a key twice",
    "100,000 keys",
)  # nothing that this reader asks for is wrong


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_that_lies_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "odd.gguf").write_bytes(KINDS[kind])
    if kind in PLAIN or kind.startswith("alignment"):
        assert_small(tmp_path / "odd.gguf")
    else:
        with pytest.raises(ModelError, match="not a whole GGUF file"):
            open_container(tmp_path / "odd.gguf")


def assert_small(path: Path) -> None:
    """Read or refused: never more than there is."""
    with contextlib.suppress(ModelError):
        assert sum(len(one.data) for one in open_container(path).tensors.values()) <= path.stat().st_size
