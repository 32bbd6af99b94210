"""Numbers of a file of constants: as the format has them, and none that does not end."""

from __future__ import annotations

import pytest

from finfoundry.core.onnx_file import read_constants


@pytest.mark.parametrize("data", [b"\xff" * 100_000, b"\x80", b" " + b"\xe3\x80\x80" * 1000, "一".encode() * 1000])
def test_23_1_what_is_no_such_file_is_refused_at_once(data: bytes) -> None:
    with pytest.raises((ValueError, IndexError, KeyError)):
        read_constants(data)
