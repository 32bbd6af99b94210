"""The first layers of a language model with trainable weights, and heads that read the state of a text's last token, which has seen all of
it: what is served as a state reader (``core.model_files.decoder_file``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel
from transformers.initialization import no_init_weights

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.decoder_file import FAMILIES
from finfoundry.core.model_files.heads import HeadForm, depth, write_forms
from finfoundry.core.model_files.tuned_file import HEADS
from finfoundry.train.attention import NAME, register
from finfoundry.train.base import Base
from finfoundry.train.encoder import EncoderModel, draw_heads


@dataclass(frozen=True)
class FirstLayers(Base):
    """As many layers of a GGUF model as its heads read."""

    heads: tuple[HeadForm, ...] = field(default=(), kw_only=True)
    whole: ClassVar[tuple[str, ...]] = (HEADS,)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """As ``encode_texts`` takes one: it neither cuts nor pads."""
        found: Tokenizer = super().tokenizer.backend_tokenizer
        found.no_padding()
        found.no_truncation()
        return found

    @property
    def chat_template(self) -> str:
        return ""

    @cached_property
    def config(self) -> Any:
        """Sizes of the layers, as transformers names them. Raises ModelError for a model that is not served so, or has fewer layers."""
        config = self.whole_config()
        if str(config.model_type).removesuffix("_text") not in FAMILIES:
            raise ModelError(
                f"the states of {self.path.name} are not served: it is a {config.model_type}", remedy=f"Choose one of {', '.join(FAMILIES)}"
            )
        try:
            config.num_hidden_layers = depth(config.num_hidden_layers, self.heads)
        except ValueError as error:
            raise ModelError(f"{self.path.name}: {error}", remedy="Give the recipe fewer layers") from error
        if getattr(config, "layer_types", None):
            config.layer_types = config.layer_types[: config.num_hidden_layers]
        return config

    def model(self, dtype: torch.dtype) -> Any:
        """Layers from the file, in ``dtype``; heads drawn at random, the same each time, in float32. Raises ModelError."""
        register()
        with no_init_weights():
            body = AutoModel.from_config(self.config, dtype=dtype, attn_implementation=NAME)
        body.norm = nn.Identity()  # which the last layer alone is normalised by
        self.fill({f"model.{name}": weight for name, weight in body.named_parameters()})
        made = EncoderModel(self.config, body, self.heads)
        draw_heads(made)
        return made

    def describe(self, folder: Path) -> None:
        """What its heads tell."""
        write_forms(folder, self.heads)

    def save_tokenizer(self, folder: Path) -> None:
        self.tokenizer.save(str(folder / "tokenizer.json"))
