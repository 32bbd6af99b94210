"""A tuned encoder in the form in which it is served: int8 ONNX with its heads, its tokenizer, and what its heads tell."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.encoder_file import encoder_graph
from finfoundry.core.model_files.heads import depth, read_forms, write_forms
from finfoundry.core.model_files.tensor_names import tensor_names
from finfoundry.core.model_files.tuned_file import PREFIX, stored_head, tuned_graph
from finfoundry.train.encoder import EncoderBase
from finfoundry.train.export.learned import read_adapter, read_full
from finfoundry.train.gguf_file.names import array

_REMEDY = "Give the folder that `finfoundry train --out` wrote"


def write_onnx(folder: Path, learned: Path, base: EncoderBase, *, full: bool) -> None:
    """``model.onnx``, ``tokenizer.json`` and ``heads.json`` into ``folder``, whole or not at all. Raises ModelError."""
    try:
        forms = read_forms(learned)
        graph = _full_graph(learned, base) if full else _low_rank_graph(learned, base)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{learned} has no heads, or not all weights ({error})", remedy=_REMEDY) from error
    partial = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    (partial / "model.onnx").write_bytes(graph)
    base.save_tokenizer(partial)
    write_forms(partial, forms)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _low_rank_graph(learned: Path, base: EncoderBase) -> bytes:
    read_adapter(learned, base)  # refuses what was learned on another base
    return tuned_graph(base.encoder, learned)


def _full_graph(learned: Path, base: EncoderBase) -> bytes:
    stored = {name.removeprefix(PREFIX): array(weight) for name, weight in read_full(learned).items()}
    own, forms = base.encoder.tensors, read_forms(learned)
    tensors = {ours: stored[theirs].reshape(np.shape(own[ours])) for ours, theirs in tensor_names(depth(base.encoder.layers, forms))}
    heads = [stored_head(form, stored) for form in forms]
    return encoder_graph(dataclasses.replace(base.encoder, tensors=tensors), heads)
