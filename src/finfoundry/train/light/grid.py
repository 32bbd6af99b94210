"""Train on the grid: the forward pass sees weights as a file of few bits will hold them, the gradient passes straight through.

The grid is the engine's own, block by block (straight-through: Bengio et al., 2013, arXiv 1308.3432; Jacob et al., 2017, arXiv 1712.05877).
Blocks run along the inputs of a map, and what GGUF turns are its outputs: so the grid of a matrix is that of its file. The grid of a block
lies by what flows through it, where that is known: learning begins where rounding by importance ends.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from gguf import GGMLQuantizationType
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import linear

from finfoundry.core.model_files.gguf_container import Tensor as Stored
from finfoundry.core.model_files.gguf_container import floats
from finfoundry.train.gguf_file.blocks import kind_for, quantised
from finfoundry.train.gguf_file.names import array, names_of

FORMS = ("q4_0", "q4_k_m")


Importance = Callable[[str], NDArray[np.float32] | None]  # of a tensor's name in GGUF: what an error in a column counts


def put_on_grid(model: Any, form: str, importance: Importance = lambda _: None) -> Any:
    """Have each linear map of the blocks compute with the weights that a file of this form would hold. Returns the model."""
    names = names_of(model.config)
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and ".layers." in name:
            stored = names.of(f"{name}.weight")
            kind = kind_for(form, stored, tuple(module.weight.shape), tied=True)
            module.forward = functools.partial(_on_grid, module, kind, importance(stored))  # type: ignore[method-assign]
    return model


def on_grid(weight: Tensor, kind: GGMLQuantizationType, importance: NDArray[np.float32] | None = None) -> Tensor:
    """A weight (rows, width) as a reader of the file gets it, in float32."""
    values = array(weight)
    stored = quantised(values, kind, importance).view(np.uint8).reshape(-1)
    return torch.from_numpy(np.array(floats(Stored("", values.shape, kind, stored)), np.float32))


def _on_grid(module: nn.Linear, kind: GGMLQuantizationType, importance: NDArray[np.float32] | None, given: Tensor) -> Tensor:
    weight = module.weight
    return linear(given, weight + (on_grid(weight, kind, importance).to(weight) - weight).detach(), module.bias)
