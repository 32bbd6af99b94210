"""The weights of a BERT encoder by our short names, those of a decoder by GGUF's, and both as transformers and PEFT call them."""

from __future__ import annotations

from collections.abc import Iterator

_OUTSIDE = {"emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight", "emb.type": "token_type_embeddings.weight"}
_OUTSIDE |= {"emb.ln.w": "LayerNorm.weight", "emb.ln.b": "LayerNorm.bias"}
_INSIDE = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm", "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_ENDS = {"w": "weight", "b": "bias"}
_OF_DECODERS = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}  # fmt: skip


def tensor_names(layers: int) -> Iterator[tuple[str, str]]:
    """Each weight of an encoder by our name, and by that of a tuned model's ``body``."""
    yield from ((ours, f"body.embeddings.{theirs}") for ours, theirs in _OUTSIDE.items())
    for layer in range(layers):
        for part, theirs in _INSIDE.items():
            yield from ((f"l{layer}.{part}.{end}", f"body.encoder.layer.{layer}.{theirs}.{name}") for end, name in _ENDS.items())


def matrix_of_decoder(name: str) -> str | None:
    """What a matrix of a layer that GGUF calls ``blk.3.attn_q.weight`` is called in a tuned model, without its ending; None for others."""
    start, _, rest = name.partition(".")
    layer, _, part = rest.partition(".")
    theirs = _OF_DECODERS.get(part.removesuffix(".weight")) if start == "blk" and part.endswith(".weight") else None
    return f"body.layers.{layer}.{theirs}" if theirs else None
