"""A tuned encoder in the form in which it is served: int8 ONNX with its heads, its tokenizer, and what its heads tell."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from finfoundry.core.encoders.encoder_file import Array, Head, HeadForm, encoder_graph, read_forms, write_forms
from finfoundry.core.encoders.tensor_names import tensor_names
from finfoundry.core.errors import ModelError
from finfoundry.train.base import HEADS
from finfoundry.train.encoder import EncoderBase
from finfoundry.train.export.learned import PREFIX, read_adapter, read_full
from finfoundry.train.gguf_file.names import array


def write_onnx(folder: Path, learned: Path, base: EncoderBase, *, full: bool) -> None:
    """``model.onnx``, ``tokenizer.json`` and ``heads.json`` into ``folder``, whole or not at all. Raises ModelError."""
    try:
        forms = read_forms(learned)
    except (OSError, ValueError) as error:
        raise ModelError(f"{learned} has no heads ({error})", remedy="Give the folder that `finfoundry train --out` wrote") from error
    tensors, names = dict(base.encoder.tensors), dict(tensor_names(base.encoder.layers))
    stored = {name.removeprefix(PREFIX): array(weight) for name, weight in read_full(learned).items()}
    adapter = None if full else read_adapter(learned, base)
    for ours, theirs in names.items():
        if full:
            tensors[ours] = stored[theirs].reshape(np.shape(tensors[ours]))
        elif adapter is not None and theirs in adapter.pairs:
            tensors[ours] = tensors[ours] + adapter.change(theirs)
    partial = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    graph = encoder_graph(dataclasses.replace(base.encoder, tensors=tensors), _heads(forms, stored, learned))
    (partial / "model.onnx").write_bytes(graph)
    base.save_tokenizer(partial)
    write_forms(partial, forms)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _heads(forms: Sequence[HeadForm], stored: dict[str, Array], learned: Path) -> list[Head]:
    try:
        return [Head(form, stored[f"{HEADS}{form.name}.weight"], stored[f"{HEADS}{form.name}.bias"]) for form in forms]
    except KeyError as error:
        raise ModelError(f"{learned} has no weight {error}", remedy="Give the folder that `finfoundry train --out` wrote") from error
