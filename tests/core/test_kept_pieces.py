"""An encoder without the pieces of other languages reads Chinese and English as before."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.train.tiny_encoder import HIDDEN, encoder
from tokenizers import Tokenizer

from finfoundry.base.repack import unigram_tokenizer
from finfoundry.core.model_files.kept_pieces import for_two_languages, is_kept

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [
    *SPECIAL,
    "▁при",
    "ж",
    "▁",
    "▁bank",
    "ing",
    "Straße",
    "é",
    "的な",
    "な",
    "净资产",
    "净",
    "资产",
    "，",
    "2024",
    "▁ñ",
    "b",
    "a",
    "n",
    "k",
    "i",
    "g",
]


def made() -> tuple[str, np.ndarray]:
    tokenizer = unigram_tokenizer([(piece, -float(len(PIECES) - len(piece))) for piece in PIECES]).to_str()
    return tokenizer, np.random.default_rng(1).standard_normal((len(PIECES), HIDDEN)).astype(np.float32)


@pytest.mark.parametrize(
    ("piece", "kept"),
    [
        ("▁bank", True),
        ("净资产", True),
        ("2024,", True),
        ("é", True),
        ("▁ж", True),
        ("な", True),
        ("ké", False),
        ("▁при", False),
        ("的な", False),
    ],
)
def test_pieces_of_other_scripts_go_and_single_characters_stay(piece: str, kept: bool) -> None:
    assert is_kept(piece) is kept


def test_a_text_is_made_of_the_same_pieces_and_each_keeps_its_vector() -> None:
    tokenizer, words = made()
    whole = replace(encoder(), vocabulary=len(PIECES), tensors=encoder().tensors | {"emb.word": words})
    small, told = for_two_languages(whole, tokenizer.encode())
    before, after = Tokenizer.from_str(tokenizer), Tokenizer.from_buffer(told)
    kept = after.get_vocab()
    assert small.vocabulary == after.get_vocab_size() == len(PIECES) - 3
    for text in ("banking 净资产，2024", "ñ ж é な", ""):
        one, other = before.encode(text), after.encode(text)
        assert one.tokens == other.tokens
        assert one.offsets == other.offsets
        assert np.array_equal(words[one.ids], small.tensors["emb.word"][other.ids])
    assert after.encode("при").ids == [0, kept["▁"], kept["<unk>"], 2]  # nothing of it is left but the blank before it


def test_a_tokenizer_of_another_kind_stays_as_it_is() -> None:
    other = json.dumps({"model": {"type": "WordPiece"}}).encode()
    whole = encoder()
    assert for_two_languages(whole, other) == (whole, other)
