"""An encoder of the catalogue with trainable weights, and the heads that read its states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.encoder_file import Encoder, read_encoder
from finfoundry.core.model_files.encoder_text import open_tokenizer
from finfoundry.core.model_files.heads import HeadForm, depth, write_forms
from finfoundry.core.model_files.tensor_names import tensor_names
from finfoundry.core.model_files.tuned_file import HEADS
from finfoundry.train.attention import NAME, register
from finfoundry.train.base import Base


class EncoderModel(nn.Module):
    """``body`` gives a state for each token, ``heads`` map states to logits, one head a task."""

    def __init__(self, config: Any, body: Any, heads: tuple[HeadForm, ...]) -> None:
        super().__init__()
        self.config = config
        self.body: Any = body
        self.forms = {form.name: form for form in heads}
        self.heads = nn.ModuleDict({form.name: nn.Linear(config.hidden_size, len(form.outputs)) for form in heads if form.outputs})

    def save_pretrained(self, folder: Path, state_dict: dict[str, Tensor]) -> None:
        """All weights as safetensors, and the sizes of the body."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: weight.contiguous() for name, weight in state_dict.items()}, folder / "model.safetensors", {"format": "pt"})
        self.config.save_pretrained(folder)


def draw_heads(model: EncoderModel) -> None:
    """Small weights at random, the same each time, and no bias."""
    source = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.startswith(HEADS):
                weight.copy_(torch.zeros_like(weight) if weight.ndim == 1 else torch.randn(weight.shape, generator=source) * 0.02)


@dataclass(frozen=True)
class EncoderBase(Base):
    """``path`` is the ``model.onnx`` of an encoder that ``finfoundry pull`` wrote; its ``tokenizer.json`` lies next to it."""

    heads: tuple[HeadForm, ...] = ()
    whole: ClassVar[tuple[str, ...]] = (HEADS,)

    @cached_property
    def tokenizer(self) -> Any:
        """A ``tokenizers.Tokenizer`` that neither cuts nor pads."""
        return open_tokenizer(str(self.tokenizer_file))

    @property
    def tokenizer_file(self) -> Path:
        return self.path.with_name("tokenizer.json")

    @property
    def chat_template(self) -> str:
        return ""

    @cached_property
    def encoder(self) -> Encoder:
        """The weights as they are served. Raises ModelError."""
        try:
            return read_encoder(self.path.read_bytes())
        except (OSError, ValueError) as error:
            raise ModelError(f"{self.path} does not load as an encoder: {error}", remedy=f"Run `finfoundry pull {self.name}`") from error

    @property
    def depth(self) -> int:
        """How many layers its heads read, and are trained."""
        return depth(self.encoder.layers, self.heads)

    @cached_property
    def config(self) -> Any:
        """Sizes of the encoder, as transformers names them."""
        found = self.encoder
        return BertConfig(
            vocab_size=found.vocabulary, hidden_size=found.hidden, num_hidden_layers=self.depth, num_attention_heads=found.heads,
            intermediate_size=found.inner, max_position_embeddings=found.positions, layer_norm_eps=found.epsilon, type_vocab_size=1,
            hidden_act="gelu", attn_implementation=NAME,
        )  # fmt: skip

    def model(self, dtype: torch.dtype) -> Any:
        """The body from the file, in ``dtype``; heads drawn at random, the same each time, in float32."""
        register()
        made = EncoderModel(self.config, BertModel(self.config, add_pooling_layer=False), self.heads)
        weights = dict(made.named_parameters())
        with torch.no_grad():
            for ours, theirs in tensor_names(self.depth):
                weights[theirs].copy_(torch.from_numpy(np.array(self.encoder.tensors[ours])).reshape(weights[theirs].shape))
        draw_heads(made)
        made.body.to(dtype)
        return made

    def describe(self, folder: Path) -> None:
        """What its heads tell."""
        write_forms(folder, self.heads)

    def save_tokenizer(self, folder: Path) -> None:
        (folder / "tokenizer.json").write_bytes(self.tokenizer_file.read_bytes())
