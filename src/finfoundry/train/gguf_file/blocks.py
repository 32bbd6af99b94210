"""Weights to GGUF blocks, by the C function of llama.cpp that its own quantiser calls; the wheel of the engine exports it."""

from __future__ import annotations

import ctypes
import functools
import re
from typing import Any

import numpy as np
import xllamacpp.xllamacpp
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import byte_size

Q = GGMLQuantizationType
FILE_TYPES = {"f16": 1, "q8_0": 7, "q4_0": 2, "q4_k_m": 15}  # general.file_type
# For a width that is no multiple of a K-quant's 256: llama.cpp's own fallbacks
FALLBACK = {Q.Q4_K: Q.Q5_0, Q.Q6_K: Q.Q8_0}


def kind_for(form: str, name: str, shape: tuple[int, ...], tied: bool) -> GGMLQuantizationType:
    """How a tensor is stored in a form: as llama-quantize does it, without an importance matrix. ``tied``: the embedding is the output."""
    if len(shape) < 2 or "ffn_gate_inp" in name:  # which expert a token goes to is decided in floats
        return Q.F32
    kind = {"f16": Q.F16, "q8_0": Q.Q8_0, "q4_0": Q.Q4_0, "q4_k_m": Q.Q4_K}[form]
    output = name == "output.weight" or (tied and name == "token_embd.weight")
    if (output and form in ("q4_0", "q4_k_m")) or (form == "q4_k_m" and re.search("attn_v|ffn_down", name)):
        kind = Q.Q6_K
    for wanted in (kind, FALLBACK.get(kind, Q.F16), Q.F16):
        if shape[-1] % GGML_QUANT_SIZES[wanted][0] == 0:
            return wanted
    raise AssertionError("F16 has blocks of one")


def quantised(weights: NDArray[np.float32], kind: GGMLQuantizationType, importance: NDArray[np.float32] | None = None) -> NDArray[Any]:
    """The bytes of (…, rows, width) weights. ``importance`` (width,): what an error in a column counts, the mean square of its input."""
    if kind == Q.F32:
        return np.ascontiguousarray(weights, np.float32)
    if kind == Q.F16:
        return weights.astype(np.float16)
    source = np.ascontiguousarray(weights, np.float32)
    target = np.empty(byte_size(source.shape, kind), np.uint8)
    width = source.shape[-1]
    weighed = None if importance is None else np.ascontiguousarray(importance, np.float32)
    pointer = None if weighed is None else weighed.ctypes.data
    written = _function()(int(kind), source.ctypes.data, target.ctypes.data, 0, source.size // width, width, pointer)
    if written != target.size:
        raise RuntimeError(f"ggml wrote {written} bytes of {kind.name}, not {target.size}")
    return target


@functools.cache
def _function() -> Any:
    """``size_t ggml_quantize_chunk(type, const float *, void *, start, rows, width, importance)`` of ggml.h."""
    function = ctypes.CDLL(xllamacpp.xllamacpp.__file__).ggml_quantize_chunk
    size, pointer = ctypes.c_int64, ctypes.c_void_p
    function.argtypes = [ctypes.c_int, pointer, pointer, size, size, size, pointer]
    function.restype = ctypes.c_size_t
    return function
