"""Models of two layers with weights drawn at random, as GGUF files: of every architecture that can be tuned, in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import torch
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from finfoundry.train.base import Base
from finfoundry.train.gguf_file.names import array, names_of

TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>", "<user>", "<assistant>"]
ARCHITECTURES = ("llama", "qwen2", "qwen3", "gemma3")


def _byte_letters() -> list[str]:
    """The letters by which byte-level BPE writes the 256 bytes (GPT-2)."""
    printed = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printed}
    return [letters.get(byte, chr(256 + sum(other not in letters for other in range(byte)))) for byte in range(256)]


TOKENS = SPECIAL + _byte_letters() + ["ab"] + [f"<extra{n}>" for n in range(57)]  # 320 of them


def hf_model(architecture: str, seed: int = 0) -> Any:
    """A model of transformers with random weights."""
    torch.manual_seed(seed)
    sizes: dict[str, Any] = {
        "vocab_size": len(TOKENS), "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": 512, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
        "rms_norm_eps": 1e-6, "initializer_range": 0.2,
    }  # fmt: skip
    if architecture == "llama":
        return LlamaForCausalLM(LlamaConfig(**sizes))
    if architecture == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(**sizes, tie_word_embeddings=True))
    if architecture == "qwen3":
        return Qwen3ForCausalLM(Qwen3Config(**sizes, head_dim=128))  # the only one that transformers knows from GGUF
    # transformers takes head_dim and the scale of attention as those of the real ones: 256
    return Gemma3ForCausalLM(Gemma3TextConfig(**sizes, head_dim=256, query_pre_attn_scalar=256, sliding_window=16))


def write_gguf(path: Path, architecture: str, seed: int = 0) -> Any:
    """Write a random model as F32 GGUF; returns the model."""
    model = hf_model(architecture, seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 1:
                weight.add_(torch.randn_like(weight) * 0.1)  # norms and biases that show whether they are carried over
        if architecture == "gemma3":  # else every token foretells itself: input and output share the vocabulary
            model.get_input_embeddings().weight.mul_(0.05)
    writer = gguf.GGUFWriter(str(path), architecture)
    _keys(writer, model.config)
    write_weights(writer, model)
    return model


def write_weights(writer: gguf.GGUFWriter, model: Any) -> None:
    """The weights by their names in GGUF, and all that was said to the writer before."""
    names = names_of(model.config)
    for name, weight in model.named_parameters():
        writer.add_tensor(names.of(name), names.laid_out(name, array(weight)).copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _keys(writer: gguf.GGUFWriter, config: Any) -> None:
    writer.add_name(f"tiny {writer.arch}")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_file_type(0)
    if writer.arch == "llama":
        writer.add_rope_dimension_count(head)
    if writer.arch == "gemma3":
        writer.add_sliding_window(config.sliding_window)
        writer.add_rope_freq_base(1_000_000.0)
    else:
        writer.add_rope_freq_base(10_000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2" if writer.arch == "qwen2" else "default")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3] * len(SPECIAL) + [1] * 257 + [4] * 57)
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def base(folder: Path, architecture: str = "llama", seed: int = 0) -> Base:
    path = folder / f"{architecture}-{seed}.gguf"
    if not path.exists():
        write_gguf(path, architecture, seed)
    return Base(f"tiny-{architecture}", path)
