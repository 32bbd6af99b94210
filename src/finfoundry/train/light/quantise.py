"""Quantise by importance: within a block of bits the error goes where least flows through.

The engine's quantiser takes for each input of a map how much an error in its column counts: the mean square of that input on own texts (the
importance matrix of llama.cpp). The engine of this product has no collector of it: it is collected here, from activations in torch.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Planned, Tensor, byte_size, floats, open_container
from finfoundry.core.progress import Report, silent
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.blocks import FILE_TYPES, kind_for, quantised
from finfoundry.train.light.activations import Activations, measured
from finfoundry.train.light.lightened import Draft, Lightened, checked_name, plain, write_lightened


@dataclass(frozen=True)
class QuantisedByImportance:
    """``tensors``: how many were stored anew, the others having few bits already."""

    form: str
    tensors: int
    of: int
    tokens: int


def quantise(base: Base, texts: Iterable[str], out: Path, *, form: str, version: str, report: Report = silent) -> Lightened:
    """Store the matrices in a form, by importance. Raises InputError for an unknown form or one that would make nothing smaller."""
    if form not in FILE_TYPES:
        raise InputError(f"there is no form {form}", remedy=f"Choose one of {', '.join(FILE_TYPES)}")
    checked_name(out, "quantise", base)
    container = open_container(base.path)
    tied = "output.weight" not in container.tensors
    kinds = {name: _smaller(one, kind_for(form, name, one.shape, tied)) for name, one in container.tensors.items()}
    anew = [name for name, kind in kinds.items() if kind != container.tensors[name].kind]
    if not anew:
        raise InputError(f"{base.path.name} has no more bits than {form}", remedy="Begin from a form of more bits, such as f16 or q8_0")
    found = measured(base, texts, report=report)
    tensors = [_planned(one, kinds[name], found) for name, one in container.tensors.items()]
    told = QuantisedByImportance(form, len(anew), len(kinds), found.tokens)
    return write_lightened(out, base, container, "quantise", Draft({}, tensors, form), plain(told), version)


def _smaller(tensor: Tensor, kind: GGMLQuantizationType) -> GGMLQuantizationType:
    """A tensor that has as few bits keeps them: other blocks could only lose."""
    return kind if byte_size(tensor.shape, kind) < byte_size(tensor.shape, tensor.kind) else tensor.kind


def _planned(tensor: Tensor, kind: GGMLQuantizationType, found: Activations) -> Planned:
    if kind == tensor.kind:
        return Planned(tensor.name, tensor.shape, kind, lambda: tensor.data)
    return Planned(tensor.name, tensor.shape, kind, functools.partial(_stored, tensor, kind, found))


def _stored(tensor: Tensor, kind: GGMLQuantizationType, found: Activations) -> NDArray[Any]:
    return quantised(floats(tensor), kind, found.importance(tensor.name))
