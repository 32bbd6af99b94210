"""The tokenizer in a GGUF file, of the pieces that a text in Chinese or English may be made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from finfoundry.core.model_files.gguf_container import Container
from finfoundry.core.model_files.kept_pieces import BLANK, is_kept

NORMAL, CONTROL = 1, 3  # kinds of pieces: what text is made of, and signs
_KEY = "tokenizer.ggml"
# How Qwen2 cuts a text before its bytes are paired (llama.cpp names it by ``tokenizer.ggml.pre``)
_CUTS = {
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


def pieces_of(container: Container) -> tuple[list[int], Tokenizer]:
    """The numbers of the pieces that stay, and a tokenizer of these. Raises KeyError, ValueError for a kind that is not known."""
    kind = container.text(f"{_KEY}.model")
    if kind not in _KINDS:
        raise ValueError(f"its tokenizer is a {kind}")
    return _KINDS[kind](container)


def _sentence_pieces(container: Container) -> tuple[list[int], Tokenizer]:
    """Pairs joined by the score of what they become (SentencePiece)."""
    texts, scores = container.texts(f"{_KEY}.tokens"), container.numbers(f"{_KEY}.scores", "<f4")
    kinds = container.numbers(f"{_KEY}.token_type", "<i4")
    special = [container.number(f"{_KEY}.{name}_token_id") for name in ("bos", "unknown")]
    kept = sorted({*special, *(place for place in np.flatnonzero(kinds == NORMAL).tolist() if is_kept(texts[place]))})
    vocabulary = {texts[place]: number for number, place in enumerate(kept)}
    begin, unknown = (texts[place] for place in special)
    merges = _merges({texts[place]: float(scores[place]) for place in kept if place not in special})
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token=unknown, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(Regex(r"\s+"), BLANK)  # pieces of white space alone are of kinds that are not kept
    tokenizer.pre_tokenizer = pre_tokenizers.Split(BLANK, "merged_with_next")
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A", special_tokens=[(begin, vocabulary[begin])])
    return kept, tokenizer


def _merges(scores: Mapping[str, float]) -> list[tuple[str, str]]:
    """Pairs of pieces whose union is one, those of the best first."""
    found: list[tuple[float, int, str, str]] = []
    for piece, score in scores.items():
        for cut in range(1, len(piece)):
            if piece[:cut] in scores and piece[cut:] in scores:
                found.append((-score, len(found), piece[:cut], piece[cut:]))
    return [(first, second) for _, _, first, second in sorted(found)]


def _byte_pairs(container: Container) -> tuple[list[int], Tokenizer]:
    """Pairs of bytes joined in the order of a list (Sennrich et al., 2016, over bytes as GPT-2 writes them); signs stay signs."""
    texts, kinds = container.texts(f"{_KEY}.tokens"), container.numbers(f"{_KEY}.token_type", "<i4")
    kept = [place for place, text in enumerate(texts) if kinds[place] == CONTROL or (kinds[place] == NORMAL and is_kept(_read(text)))]
    vocabulary = {texts[place]: number for number, place in enumerate(kept)}
    pairs = (tuple(pair.split(" ")) for pair in container.texts(f"{_KEY}.merges"))
    merges = [(first, second) for first, second in pairs if {first, second, first + second} <= vocabulary.keys()]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.normalizer = normalizers.NFC()
    cut = pre_tokenizers.Split(Regex(_CUTS[container.text(f"{_KEY}.pre")]), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.add_special_tokens([texts[place] for place in kept if kinds[place] == CONTROL])
    return kept, tokenizer


def _read(piece: str) -> str:
    """The characters that are whole in a piece of bytes."""
    return bytes(_BYTES[sign] for sign in piece).decode("utf-8", "ignore")


def _signs() -> dict[str, int]:
    """The byte that each sign stands for: bytes that print stand for themselves, the others for what lies behind the first 256."""
    printed = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printed]
    return {chr(byte): byte for byte in printed} | {chr(256 + number): byte for number, byte in enumerate(others)}


_BYTES = _signs()
_KINDS: Mapping[str, Callable[[Container], tuple[list[int], Tokenizer]]] = {"llama": _sentence_pieces, "gpt2": _byte_pairs}
