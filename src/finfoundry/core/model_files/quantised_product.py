"""Products of a graph with matrices of 8 bits, whose inputs are quantised as they come: two ways, by what a processor has for them.

Of a token most states are small and a few a hundred times as large, and of the tokens a few are all large. One scale for everything would
take the digits of what is small.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.heads import Array
from finfoundry.core.model_files.onnx_file import CONTRIB, Graph

BITS, BLOCK = 8, 32
MIDDLE = 1 << (BITS - 1)
EXACT = 4  # ``accuracy_level`` of onnxruntime: activations in int8, a scale a block
WIDEST = 64  # of the weights with one scale an output 7 bits are used: without VNNI two full products would overflow 16 bits
CLEAR = 1e-12  # the least that a token's largest input counts as, so that one of zeros stays one


def by_blocks(graph: Graph, name: str, x: str, weight: Array) -> str:
    """x @ weight.T, the weight (outputs, inputs) and each token's inputs with a scale for each block of ``BLOCK``."""
    outputs, inputs = weight.shape
    scales, quantised = blocks_of(weight)
    sizes: dict[str, Any] = {"K": inputs, "N": outputs, "bits": BITS, "block_size": BLOCK, "accuracy_level": EXACT}
    constants = [graph.constant(f"{name}_w", quantised), graph.constant(f"{name}_s", scales)]
    return graph.add("MatMulNBits", [x, *constants], f"{name}_product", domain=CONTRIB, **sizes)


def by_tokens(graph: Graph, name: str, x: str, weight: Array) -> str:
    """x @ weight.T, the weight (outputs, inputs) with a scale for each output, the inputs with one for each token: an eighth of the time of
    blocks where a processor multiplies tiles of int8 (AMX).
    """
    scale = np.abs(weight).max(axis=1) / WIDEST
    scale[scale == 0] = 1
    quantised = np.rint(weight / scale[:, None]).astype(np.int8).T
    largest = graph.add("ReduceMax", [graph.add("Abs", [x], f"{name}_sizes"), _last(graph)], f"{name}_largest", keepdims=1)
    size = graph.add("Max", [largest, _least(graph)], f"{name}_size")
    even = graph.add("Div", [x, size], f"{name}_even")
    constants = [graph.constant(f"{name}_w", quantised), graph.constant(f"{name}_s", scale.astype(np.float32))]
    product = graph.add("DynamicQuantizeMatMul", [even, *constants], f"{name}_even_product", domain=CONTRIB)
    return graph.add("Mul", [product, size], f"{name}_product")


def _last(graph: Graph) -> str:
    return graph.once("last_axis", np.array([-1], np.int64))


def _least(graph: Graph) -> str:
    return graph.once("least_size", np.array(CLEAR, np.float32))


def blocks_of(weight: Array) -> tuple[Array, NDArray[np.uint8]]:
    """Scales, float32 (outputs, blocks), and weights, uint8 (outputs, blocks, ``BLOCK``) with ``MIDDLE`` as zero. Raises ValueError where
    the inputs are no whole blocks.
    """
    blocks = weight.reshape(len(weight), -1, BLOCK)
    scales = (np.abs(blocks).max(axis=2) / (MIDDLE - 1)).astype(np.float32)
    scales[scales == 0] = 1
    return scales, (np.rint(blocks / scales[:, :, None]) + MIDDLE).astype(np.uint8)
