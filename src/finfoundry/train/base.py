"""A base model with trainable weights: the GGUF file of the catalogue, its blocks unpacked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.initialization import no_init_weights

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.damaged_weights import check_weights
from finfoundry.core.model_files.gguf_container import Container, floats, open_container
from finfoundry.train.attention import NAME, register
from finfoundry.train.gguf_file.names import names_of
from finfoundry.train.mixture import put_experts
from finfoundry.train.text import TEMPLATE_VALUES

PART = 32_768  # rows of a large matrix that are unpacked at once
ARCHITECTURES = ("llama", "qwen2", "qwen3", "gemma3")


@dataclass(frozen=True)
class Base:
    """A GGUF file by the name that it goes by.

    ``template`` is the chat template with which it is served when the file has none, ``values`` what it is filled with beside the
    messages (``enable_thinking``). ``cache`` keeps tokenizer and sizes as transformers
    writes them, since reading a vocabulary of 262,000 signs out of GGUF takes ten seconds of a processor.
    """

    name: str
    path: Path
    template: str = ""
    cache: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    original: str = ""  # the maker's repository
    whole: ClassVar[tuple[str, ...]] = ()  # how the names of weights begin that learn whole, whichever others do

    @cached_property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer in the file, with the template of the server. Raises ModelError."""
        found = self._kept(AutoTokenizer, "tokenizer.json")
        found.chat_template = found.chat_template or self.template
        setattr(found, TEMPLATE_VALUES, dict(self.values))
        if not found.chat_template:
            raise ModelError(f"{self.path.name} has no chat template", remedy="Name one in the catalogue (chat_template)")
        return found

    @cached_property
    def config(self) -> Any:
        """Sizes of the model, as transformers names them. Raises ModelError for an architecture that is not trained here."""
        return self.whole_config()

    def whole_config(self) -> Any:
        """Those of all layers that the file has. Raises ModelError for an architecture that is not trained here."""
        config = self._kept(AutoConfig, "config.json")
        kind = str(config.model_type).removesuffix("_text")
        if kind not in ARCHITECTURES:
            raise ModelError(f"{self.path.name} is of the architecture {kind}", remedy=f"These can be tuned: {', '.join(ARCHITECTURES)}")
        check_weights(self.path)
        _complete(config, open_container(self.path))
        return config

    @property
    def chat_template(self) -> str:
        """The template with which it is trained and served."""
        return str(self.tokenizer.chat_template)

    def save_tokenizer(self, folder: Path) -> None:
        """Write the tokenizer as transformers reads it."""
        self.tokenizer.save_pretrained(folder)

    def describe(self, folder: Path) -> None:
        """Write into the folder of what was learned what its weights do not say."""

    def model(self, dtype: torch.dtype) -> Any:
        """The weights, ready to train, on the CPU. Raises ModelError."""
        register()
        with no_init_weights():
            model = AutoModelForCausalLM.from_config(self.config, dtype=dtype, attn_implementation=NAME)
        if self.config.experts:
            put_experts(model, self.config.experts, self.config.experts_used)
        model.tie_weights()  # a shared vocabulary is one parameter from here on
        self.fill(dict(model.named_parameters()))
        return model

    def fill(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Copy the file's weights into those of these names. Raises ModelError for one that it has not."""
        names, tensors = names_of(self.config), open_container(self.path).tensors
        with torch.no_grad():
            for name, weight in weights.items():
                try:
                    tensor = tensors[names.of(name)]
                except KeyError as error:
                    raise ModelError(f"{self.path.name} has no tensor for {name}", remedy="Pull the model again") from error
                if len(tensor.shape) == 2 and tensor.shape[0] > PART:  # a vocabulary, which no family turns, would be held three times
                    for start in range(0, tensor.shape[0], PART):
                        weight[start : start + PART].copy_(torch.from_numpy(np.array(floats(tensor.rows(start, start + PART)))))
                else:
                    weight.copy_(torch.from_numpy(np.array(names.taken_back(name, floats(tensor)))))

    def _kept(self, kind: Any, file: str) -> Any:
        folder = self.cache / self.sha256 if self.cache else None
        if folder is None:
            return self._read(kind)
        if not (folder / file).exists():
            found = self._read(kind)
            folder.mkdir(parents=True, exist_ok=True)
            found.save_pretrained(folder)
        return kind.from_pretrained(folder, local_files_only=True)

    def _read(self, kind: Any, **given: Any) -> Any:
        try:
            return kind.from_pretrained(self.path.parent, gguf_file=self.path.name, local_files_only=True, **given)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(f"{self.path} does not load as a trainable model: {error}", remedy="Choose a base of the catalogue") from error


def _complete(config: Any, container: Container) -> None:
    """Sizes that transformers does not take from every file: the width of heads where it is not that of all shared out, and experts."""
    told = {name: f"{container.architecture}.{name}" for name in ("attention.key_length", "expert_count", "expert_used_count")}
    given = {name: container.number(key) if key in container.keys else 0 for name, key in told.items()}
    if width := given["attention.key_length"]:
        config.head_dim = width
    config.experts, config.experts_used = given["expert_count"], given["expert_used_count"]
