"""A model with what a tuning learned over it, low-rank pairs and heads, as it is served: without torch."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from finfoundry.core.model_files.decoder_file import Decoder
from finfoundry.core.model_files.encoder_file import Encoder, encoder_graph
from finfoundry.core.model_files.heads import Array, Head, HeadForm, read_forms
from finfoundry.core.model_files.tensor_names import matrix_of_decoder, tensor_names

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
PREFIX = "base_model.model."  # of PEFT's names
HEADS = "heads."  # begins the names of the weights that a tuned encoder has besides those of its base
INNER = "inner"  # in the names of those of a head's layer before the last; alone of one that several heads share
SCALE = ".scale"  # ends the name of what the numbers of a tensor in eight bits are times
_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "I8": np.dtype("i1")}


def tuned_graph(encoder: Encoder, adapter: Path) -> bytes:
    """The ONNX file of an encoder with the pairs and heads in the folder of an adapter. Raises OSError, ValueError where it holds none."""
    change = _changes(adapter)
    tensors = dict(encoder.tensors)
    for ours, theirs in tensor_names(encoder.layers):
        if (added := change(theirs.removesuffix(".weight"), np.shape(tensors[ours]))) is not None:
            tensors[ours] = tensors[ours] + added
    return encoder_graph(replace(encoder, tensors=tensors), stored_heads(adapter))


def tuned_decoder(decoder: Decoder, adapter: Path) -> Decoder:
    """The layers of a model with the pairs in the folder of an adapter. Raises OSError, ValueError where it is none."""
    change = _changes(adapter)

    def tensor(name: str) -> Array | None:
        found, theirs = decoder.tensor(name), matrix_of_decoder(name)
        added = change(theirs, found.shape) if found is not None and theirs else None
        return found + added if found is not None and added is not None else found

    return replace(decoder, tensor=tensor)


def _changes(adapter: Path) -> Callable[[str, tuple[int, ...]], Array | None]:
    """What an adapter adds to a matrix of a shape, by what PEFT calls it: the product of its pair (Hu et al., 2021); None for nothing."""
    try:
        config = json.loads((adapter / CONFIG).read_text("utf-8"))
        tensors = read_safetensors((adapter / WEIGHTS).read_bytes())
        if config.get("use_dora"):
            raise ValueError(f"{adapter} has lengths of its own (use_dora), which an encoder is not served with")
        rank = int(config["r"])
        if rank < 1 or config.get("rank_pattern") or config.get("alpha_pattern"):
            raise ValueError(f"{adapter} has no one rank, which it is served by")
        scale = np.float32(float(config["lora_alpha"]) / (math.sqrt(rank) if config.get("use_rslora") else rank))
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"{adapter} holds no adapter ({error})") from error

    def change(name: str, shape: tuple[int, ...]) -> Array | None:
        a, b = (tensors.get(f"{PREFIX}{name}.lora_{part}.weight") for part in "AB")
        if a is None and b is None:
            return None
        if a is None or b is None or a.ndim != 2 or b.ndim != 2 or (b.shape[0], b.shape[1], a.shape[1]) != (shape[0], a.shape[0], shape[1]):
            raise ValueError(f"{adapter} has no whole pair for {name}, of {shape[0]} x {shape[1]}")
        added: Array = b @ a * scale
        return added

    return change


def stored_heads(adapter: Path) -> list[Head]:
    """The heads in the folder of an adapter. Raises OSError, ValueError where it holds none."""
    try:
        tensors = read_safetensors((adapter / WEIGHTS).read_bytes())
        return [stored_head(form, tensors, PREFIX) for form in read_forms(adapter)]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{adapter} holds no heads ({error})") from error


def stored_head(form: HeadForm, tensors: Mapping[str, Array], prefix: str = "") -> Head:
    """A head with its weights among those of a tuned encoder. Raises KeyError where they are not there, ValueError where none fit."""
    if not form.outputs:
        return Head(form, np.empty((0, 0), np.float32), np.empty(0, np.float32))
    stem, shared = f"{prefix}{HEADS}{form.name}", f"{prefix}{HEADS}{INNER}"
    weight, layers = tensors[f"{stem}.weight"], (f"{stem}.{INNER}", shared)
    at = next((name for name in layers if f"{name}.weight" in tensors), None)
    inner = (tensors[f"{at}.weight"], tensors[f"{at}.bias"]) if at else None
    if at == shared and inner and weight.shape[1] == inner[0].shape[1] != len(inner[0]):
        inner = None  # beside those of a shared layer some read the states themselves
    if inner and weight.shape[1] != len(inner[0]):
        raise ValueError(f"the head {form.name} has {weight.shape[1]} inputs, and the layer before it {len(inner[0])} units")
    return Head(form, weight, tensors[f"{stem}.bias"], inner)


def learned_on(adapter: Path) -> str:
    """The SHA-256 of the file of the base that an adapter was learned on; empty where it does not say. Raises OSError, ValueError."""
    stated: Mapping[str, str] = _header((adapter / WEIGHTS).read_bytes())[0].get("__metadata__", {})
    return stated.get("base_sha256", "")


def read_safetensors(data: bytes) -> dict[str, Array]:
    """The tensors of a safetensors file (https://github.com/huggingface/safetensors), as float32; what is of eight bits is times its scale.
    Raises ValueError for any other file.
    """
    header, start = _header(data)
    found: dict[str, Array] = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            found[name] = _numbers(data[start + first : start + last], entry["dtype"]).reshape(entry["shape"])
    small = {name for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "I8"}
    for name in small:
        scale = found.pop(f"{name}{SCALE}", None)
        if (
            scale is None
            or scale.ndim != found[name].ndim
            or any(one not in (1, of) for one, of in zip(scale.shape, found[name].shape, strict=True))
        ):
            raise ValueError(f"{name} is of eight bits, and has no {SCALE} that fits it")
        found[name] = found[name] * scale
    return found


def _numbers(data: bytes, kind: str) -> Array:
    """The numbers of a tensor; a bfloat16 is the upper half of a float32."""
    if kind == "BF16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(data, _TYPES[kind]).astype(np.float32)


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    """What the file holds, and where its tensors begin."""
    length = int.from_bytes(data[:8], "little")
    if not 0 < length <= len(data) - 8:
        raise ValueError("this is no safetensors file")
    header = json.loads(data[8 : 8 + length])
    if not isinstance(header, dict):
        raise ValueError("this is no safetensors file: its header names no tensors")
    return header, 8 + length
