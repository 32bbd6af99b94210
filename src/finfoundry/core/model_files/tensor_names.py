"""The weights of a BERT encoder by our short names, and as transformers and PEFT call them."""

from __future__ import annotations

from collections.abc import Iterator

_OUTSIDE = {"emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight", "emb.type": "token_type_embeddings.weight"}
_OUTSIDE |= {"emb.ln.w": "LayerNorm.weight", "emb.ln.b": "LayerNorm.bias"}
_INSIDE = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm", "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_ENDS = {"w": "weight", "b": "bias"}


def tensor_names(layers: int) -> Iterator[tuple[str, str]]:
    """Each weight of an encoder by our name, and by that of a tuned model's ``body``."""
    yield from ((ours, f"body.embeddings.{theirs}") for ours, theirs in _OUTSIDE.items())
    for layer in range(layers):
        for part, theirs in _INSIDE.items():
            yield from ((f"l{layer}.{part}.{end}", f"body.encoder.layer.{layer}.{theirs}.{name}") for end, name in _ENDS.items())
