"""Weights that no model has: numbers that are not finite, tensors of which every block is scaled to nothing.

Of quantised tensors only scales are looked at, a few bytes of each block, so that a file of a gigabyte takes about a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES
from gguf import GGMLQuantizationType as Kind
from numpy.typing import NDArray

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.gguf_container import Tensor, open_container

# Where in a block of each type its float16 numbers stand: the scale first, then the least value (ggml/src/ggml-common.h).
SCALES: dict[Kind, tuple[int, ...]] = {
    Kind.Q4_0: (0,), Kind.Q4_1: (0, 2), Kind.Q5_0: (0,), Kind.Q5_1: (0, 2), Kind.Q8_0: (0,), Kind.Q2_K: (80, 82), Kind.Q3_K: (108,),
    Kind.Q4_K: (0, 2), Kind.Q5_K: (0, 2), Kind.Q6_K: (208,), Kind.IQ4_NL: (0,), Kind.IQ4_XS: (0,),
}  # fmt: skip
_PLAIN = (Kind.F32, Kind.F16, Kind.BF16)
_EXPONENTS = {Kind.F32: 0x7F800000, Kind.F16: 0x7C00, Kind.BF16: 0x7F80}  # all bits of which are set in what is not finite


def check_weights(path: Path) -> None:
    """Raises ModelError that names the first damaged tensor: "blk.0.ffn_up.weight holds numbers that are not finite"."""
    for tensor in open_container(path).tensors.values():
        if why := damage(tensor):
            raise ModelError(
                f"{path.name} is damaged: {tensor.name} {why}",
                remedy="Pull the model again, or export it anew: a model with such weights answers with noise or not at all",
            )


def damage(tensor: Tensor) -> str:
    """What is wrong with a tensor; empty where nothing is seen, or its type is not known here."""
    if tensor.kind in _PLAIN:
        bits: NDArray[np.unsignedinteger[Any]] = np.frombuffer(tensor.data, "<u4" if tensor.kind == Kind.F32 else "<u2")
        exponent = _EXPONENTS[tensor.kind]
        return "holds numbers that are not finite" if bool(((bits & exponent) == exponent).any()) else ""
    scales = [_numbers(tensor, offset) for offset in SCALES.get(tensor.kind, ())]
    if any(bool(((one & 0x7C00) == 0x7C00).any()) for one in scales):
        return "holds numbers that are not finite"
    if scales and len(tensor.shape) > 1 and not any(bool((one & 0x7FFF).any()) for one in scales):
        return "is scaled to nothing in every block"
    return ""


def _numbers(tensor: Tensor, offset: int) -> NDArray[np.uint16]:
    """The float16 numbers that stand at an offset of each block, as bits: shape (blocks,)."""
    _, size = GGML_QUANT_SIZES[tensor.kind]
    blocks = tensor.data.reshape(-1, size)[:, offset : offset + 2]
    return np.ascontiguousarray(blocks).view("<u2").reshape(-1)
