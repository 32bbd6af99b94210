"""What a tensor of transformers is called in GGUF, and how its numbers lie there. The names are the ``gguf`` package's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

EXPERTS = re.compile(r"\.layers\.(\d+)\.mlp\.(router|gate_exps|up_exps|down_exps)\b")  # of train/mixture.py
ROUTED = {"router": "gate_inp", "gate_exps": "gate_exps", "up_exps": "up_exps", "down_exps": "down_exps"}
Array = NDArray[Any]  # the weights of one tensor: shape (outputs, inputs), or (width,) of a norm


@dataclass(frozen=True)
class TensorNames:
    """The names of one model's tensors. ``heads`` and ``key_heads`` are needed where llama.cpp turns the rows of queries and keys."""

    architecture: str
    layers: int
    heads: int
    key_heads: int

    def of(self, name: str) -> str:
        """``model.layers.0.self_attn.q_proj.weight`` -> ``blk.0.attn_q.weight``. Raises KeyError for a tensor that GGUF does not have."""
        if match := EXPERTS.search(name):
            return f"blk.{match[1]}.ffn_{ROUTED[match[2]]}.weight"
        found = self._map().get_name(name, try_suffixes=(".weight", ".bias"))
        if found is None:
            raise KeyError(name)
        return str(found)

    def laid_out(self, name: str, weights: Array) -> Array:
        """Weights of transformers as GGUF has them, in the same shape; linear in them but for Gemma's norms, to which GGUF adds one."""
        if self.architecture == "llama" and (match := re.search(r"\.([qk])_proj\.", name)):
            return self._turned(weights, self.heads if match[1] == "q" else self.key_heads)
        if self.architecture == "gemma3" and name.endswith("norm.weight"):
            return weights + 1
        return weights

    def taken_back(self, name: str, weights: Array) -> Array:
        """The other way: weights of GGUF as transformers has them, in the same shape."""
        if self.architecture == "llama" and (match := re.search(r"\.([qk])_proj\.", name)):
            heads = self.heads if match[1] == "q" else self.key_heads
            return weights.reshape(heads, -1, 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)
        if self.architecture == "gemma3" and name.endswith("norm.weight"):
            return weights - 1
        return weights

    @staticmethod
    def _turned(weights: Array, heads: int) -> Array:
        """Rotary pairs side by side instead of in halves: llama.cpp's convention for this architecture."""
        return weights.reshape(heads, 2, -1, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)

    def _map(self) -> gguf.TensorNameMap:
        number = next(key for key, value in gguf.MODEL_ARCH_NAMES.items() if value == self.architecture)
        return gguf.get_tensor_name_map(number, self.layers)


def names_of(config: Any) -> TensorNames:
    """The names for a model with the sizes that a configuration of transformers gives."""
    kind = str(config.model_type).removesuffix("_text")
    return TensorNames(kind, config.num_hidden_layers, config.num_attention_heads, config.num_key_value_heads)


def array(tensor: Any) -> NDArray[np.float32]:
    """A torch tensor of any shape as numpy floats."""
    found: NDArray[np.float32] = tensor.detach().float().cpu().numpy()
    return found
