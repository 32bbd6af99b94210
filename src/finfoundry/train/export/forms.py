"""Write a tuned model in a form: merged safetensors (the layout that vLLM and transformers load), GGUF whole, or GGUF adapter."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.gguf_container import Container, Planned, Tensor, floats, open_container, with_text, write_container
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.encoder import EncoderBase
from finfoundry.train.export.encoder_onnx import write_onnx
from finfoundry.train.export.learned import Adapter, read_adapter, read_full
from finfoundry.train.export.manifest import FormRecord, ModelManifest, check_base, read_manifest, write_manifest
from finfoundry.train.export.rounding_loss import rounding_loss
from finfoundry.train.first_layers import FirstLayers
from finfoundry.train.gguf_file.blocks import FILE_TYPES, kind_for, quantised
from finfoundry.train.gguf_file.names import TensorNames, array, names_of
from finfoundry.train.gguf_file.rounding import rounded
from finfoundry.train.recipe import ENCODER_FORMS

log = logging.getLogger("finfoundry.train")
LEARNED = "adapter"  # the folder of what was learned: PEFT's files, or for full weights those of transformers
PATHS = {"adapter": LEARNED, "merged": "merged", "lora": "adapter.gguf", "onnx": "onnx"} | {
    form: f"model-{form}.gguf" for form in FILE_TYPES
}
FEW_BITS = frozenset(FILE_TYPES) - {"f16"}
TEMPLATE = "tokenizer.chat_template"


def export(folder: Path, base: Base, forms: list[str], report: Report = silent) -> ModelManifest:
    """Write the forms into the model's folder and enter them into its manifest. Raises ModelError for another base, InputError for a form
    that such a model cannot have.
    """
    manifest = read_manifest(folder)
    check_base(manifest, base)
    _check_learned(folder, manifest)
    low_rank = manifest.recipe["weights"] != "full"
    known = (ENCODER_FORMS if isinstance(base, EncoderBase) else set(PATHS) - {"onnx"}) - (set() if low_rank else {"adapter", "lora"})
    known &= {"adapter"} if isinstance(base, FirstLayers) else known  # put together with its base where it is installed
    known -= {"merged"} if getattr(base.config, "experts", 0) else set()  # a layout that nothing else loads
    for place, form in enumerate(forms):
        if form not in known:
            raise InputError(f"{manifest.name} cannot be written as {form}", remedy=f"Its forms are: {', '.join(sorted(known))}")
        path = folder / PATHS[form]
        report(Progress("write forms", place, len(forms), "forms", path.name))
        _write(form, folder, base, path)
        manifest.forms[form] = FormRecord(PATHS[form], path_digest(path), size_of(path), _measured(form, folder, base, path))
        write_manifest(folder, manifest)
    return manifest


def _measured(form: str, folder: Path, base: Base, path: Path) -> dict[str, dict[str, float]]:
    """How far a file in few bits is from the model before rounding, and how far plain rounding is; it is told where ours is further."""
    if form not in FEW_BITS or isinstance(base, EncoderBase | FirstLayers):
        return {}
    loss = rounding_loss(path, base, _changes(folder, base))
    if loss is None:
        return {}
    if loss.worse:
        log.warning(
            "%s is further from the tuned model than plain rounding of its weights: %.3f against %.3f nats a token. Compare both on your"
            " tasks (`finfoundry evaluate`), or store it by importance (`finfoundry lighten quantise`)",
            path.name, loss.divergence, loss.plain,
        )  # fmt: skip
    told = {"divergence": round(loss.divergence, 6), "divergence_plain": round(loss.plain, 6), "tokens": float(loss.tokens)}
    return {"rounding": told}


def _changes(folder: Path, base: Base) -> Changes:
    """What was learned, by tensor, whichever weights were trained."""
    full = not (folder / LEARNED / "adapter_config.json").is_file()
    return full_changes(folder / LEARNED, base) if full else adapter_changes(_adapter(folder / LEARNED, base), base)


def _check_learned(folder: Path, manifest: ModelManifest) -> None:
    """Raises ModelError where what was learned is not what training wrote: its forms would be of another model than the manifest tells."""
    kept = manifest.forms.get("adapter")
    if kept is not None and (folder / LEARNED).is_dir() and path_digest(folder / LEARNED) != kept.sha256:
        raise ModelError(
            f"{folder / LEARNED} has changed since {manifest.name} was trained: its SHA-256 is not the manifest's",
            remedy="Put the folder of the training back, or train again",
        )


def check_changes(adapter: Adapter, name: str) -> None:
    """Raises ModelError for an adapter that changes no weight: merged it would be its base under another name."""
    if not adapter.lengths and not any(bool(np.any(adapter.change(pair))) for pair in adapter):
        raise ModelError(f"{name} changes no weight of its base", remedy="Look at the curve of its training, and train again")


def _write(form: str, folder: Path, base: Base, path: Path) -> None:
    full = not (folder / LEARNED / "adapter_config.json").is_file()
    if isinstance(base, EncoderBase):
        if form == "onnx":
            write_onnx(path, folder / LEARNED, base, full=full)
    elif form == "lora":
        write_lora(path, _adapter(folder / LEARNED, base), base)
    elif form == "merged":
        write_merged(path, folder / LEARNED, base, full=full)
    elif form != "adapter":
        write_gguf(path, base, form, _changes(folder, base))


def _adapter(learned: Path, base: Base) -> Adapter:
    """The adapter in a folder. Raises ModelError for one that changes nothing."""
    adapter = read_adapter(learned, base)
    check_changes(adapter, str(learned))
    return adapter


Changes = dict[str, Callable[[Tensor], NDArray[np.float32]]]  # a tensor's name in GGUF -> its new weights from the old, in the same shape


def adapter_changes(adapter: Adapter, base: Base) -> Changes:
    """For each tensor that an adapter changes: the base's weights as they are with it."""
    names = names_of(base.config)

    def changed(name: str, tensor: Tensor) -> NDArray[np.float32]:
        return names.laid_out(name, adapter.applied(name, names.taken_back(name, floats(tensor))))

    return {names.of(name): functools.partial(changed, name) for name in adapter}


def full_changes(folder: Path, base: Base) -> Changes:
    """For each tensor of a fully trained model: its weights, whatever the base's were."""
    names = names_of(base.config)

    def changed(name: str, weight: Any, _: Tensor) -> NDArray[np.float32]:
        return names.laid_out(name, array(weight))

    return {names.of(name): functools.partial(changed, name, weight) for name, weight in read_full(folder).items()}


Floats = NDArray[np.float32]
Store = Callable[[str, Floats, Floats, gguf.GGMLQuantizationType], NDArray[Any]]  # a tensor's name, its old and new weights -> bytes


def kept_small(_: str, old: Floats, new: Floats, kind: gguf.GGMLQuantizationType) -> NDArray[Any]:
    """Stored so that small changes are kept."""
    return rounded(old, new, kind)


def write_gguf(path: Path, base: Base, form: str, changes: Changes, store: Store = kept_small) -> None:
    """The base's file with new weights: its keys and tokenizer byte for byte, and the template with which it was trained."""
    container = open_container(base.path)
    tied = "output.weight" not in container.tensors
    planned = [_planned(tensor, form, tied, changes, store) for tensor in container.tensors.values()]
    head, count = with_text(_typed(container, FILE_TYPES[form]), TEMPLATE, base.chat_template)
    write_container(path, head, count, planned)


def _planned(tensor: Tensor, form: str, tied: bool, changes: Changes, store: Store) -> Planned:
    """A tensor that stays as it was keeps its bytes: to store it with other blocks could only lose."""
    kind = kind_for(form, tensor.name, tensor.shape, tied)
    change = changes.get(tensor.name)
    if change is None and (form != "f16" or len(tensor.shape) < 2):
        return Planned(tensor.name, tensor.shape, tensor.kind, lambda: tensor.data)
    if change is None or len(tensor.shape) < 2:
        return Planned(tensor.name, tensor.shape, kind, lambda: quantised((change or floats)(tensor), kind))
    return Planned(tensor.name, tensor.shape, kind, lambda: _stored(tensor, change(tensor), kind, store))


def _stored(tensor: Tensor, new: Floats, kind: gguf.GGMLQuantizationType, store: Store) -> NDArray[Any]:
    """Experts side by side are stored one by one."""
    old = floats(tensor)
    if new.ndim == 2:
        return store(tensor.name, old, new, kind)
    return np.concatenate([store(tensor.name, *pair, kind).view(np.uint8).reshape(-1) for pair in zip(old, new, strict=True)])


def _typed(container: Container, number: int) -> Container:
    """The container with its general.file_type changed, which says how most tensors are stored, for readers of the file."""
    if "general.file_type" not in container.keys:
        return container
    _, start, end = container.keys["general.file_type"]
    return Container(container.head[:start] + number.to_bytes(4, "little") + container.head[end:], container.keys, container.tensors)


def write_lora(path: Path, adapter: Adapter, base: Base) -> None:
    """An adapter as llama.cpp loads it next to the base: A and B by GGUF's names, B's rows laid out as the base's; alpha over rank is its
    scale. Raises InputError for one with lengths (DoRA), which llama.cpp does not know.
    """
    if adapter.dora:
        raise InputError(
            "an adapter with lengths of its own (DoRA) cannot be written as GGUF beside its base", remedy="Export the form merged or q8_0"
        )
    names: TensorNames = names_of(base.config)
    partial = path.with_name(f".{path.name}.part")
    writer = gguf.GGUFWriter(str(partial), names.architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", adapter.scale * adapter.rank)
    writer.add_string("finfoundry.base_sha256", base.sha256)
    for name, (a, b) in adapter.pairs.items():
        writer.add_tensor(f"{names.of(name)}.lora_a", a)
        writer.add_tensor(f"{names.of(name)}.lora_b", np.ascontiguousarray(names.laid_out(name, b)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(path)


def write_merged(path: Path, learned: Path, base: Base, *, full: bool) -> None:
    """Safetensors in bf16 with config and tokenizer: ``vllm serve PATH`` and ``AutoModelForCausalLM.from_pretrained(PATH)`` take it."""
    model = base.model(torch.float32)
    if full:
        model.load_state_dict(read_full(learned), strict=False)  # a vocabulary shared by input and output is in the file once
    else:
        adapter = _adapter(learned, base)
        weights = dict(model.named_parameters())
        with torch.no_grad():
            lost = []
            for name in adapter:
                before = array(weights[name])
                merged = torch.from_numpy(adapter.applied(name, before))
                lost.append(_lost(before, merged))
                weights[name].copy_(merged)
        if sum(lost) > len(lost) / 2:
            log.warning(
                "Rounding to bf16 takes more than half of what %d of %d weights learned: serve the adapter beside its base, or export gguf",
                sum(lost), len(lost),
            )  # fmt: skip
    model.to(torch.bfloat16).save_pretrained(path)
    base.save_tokenizer(path)


def _lost(before: NDArray[np.float32], merged: torch.Tensor) -> bool:
    """Whether rounding a merged weight to bf16 moves it by more than half of what the adapter changed."""
    change = float(np.linalg.norm(merged.numpy() - before))
    rounding = float(torch.linalg.norm(merged - merged.to(torch.bfloat16).to(torch.float32)))
    return rounding > change / 2


def size_of(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else path.stat().st_size
