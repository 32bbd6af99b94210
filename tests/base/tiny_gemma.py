"""A Gemma 3 of seven small layers with weights drawn at random, as it is pulled: a GGUF file with a SentencePiece vocabulary."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import gguf
import torch
from tests.train.tiny import write_weights
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

LAYERS, WINDOW = 7, 512
LETTERS = string.ascii_letters + string.digits + ".,:?<>|_é净利润洗钱"
JOINED = {
    "la": -1.0,
    "un": -2.0,
    "und": -3.0,
    "laund": -4.0,
    "er": -5.0,
    "launder": -6.0,
    "▁launder": -7.0,
    "净利": -8.0,
    "净利润": -9.0,
    "él": -10.0,
}
PIECES = ["<pad>", "<eos>", "<bos>", "<unk>", "▁", *LETTERS, *JOINED]


def model(seed: int = 0) -> Any:
    """The same weights as transformers has them."""
    torch.manual_seed(seed)
    sizes = {"vocab_size": len(PIECES), "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": LAYERS, "num_attention_heads": 4}
    found = Gemma3ForCausalLM(
        Gemma3TextConfig(
            **sizes, num_key_value_heads=2, head_dim=32, query_pre_attn_scalar=32, sliding_window=WINDOW, max_position_embeddings=2048,
            initializer_range=0.2,
        )
    )  # fmt: skip
    with torch.no_grad():
        for weight in found.parameters():
            if weight.ndim == 1:
                weight.add_(torch.randn_like(weight) * 0.1)
    return found.eval()


def pulled(folder: Path, seed: int = 0) -> Path:
    """The folder of the pulled model."""
    folder.mkdir(parents=True, exist_ok=True)
    found = model(seed)
    writer = gguf.GGUFWriter(str(folder / "model.gguf"), "gemma3")
    _sizes(writer, found.config)
    scores = [0.0] * (len(PIECES) - len(JOINED)) + list(JOINED.values())
    writer.add_tokenizer_model("llama")
    writer.add_token_list(PIECES)
    writer.add_token_scores(scores)
    writer.add_token_types([3, 3, 3, 2] + [1] * (len(PIECES) - 4))
    writer.add_bos_token_id(2)
    writer.add_unk_token_id(3)
    write_weights(writer, found)
    (folder / "manifest.json").write_text("{}")
    return folder


def _sizes(writer: gguf.GGUFWriter, config: Any) -> None:
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_sliding_window(config.sliding_window)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
