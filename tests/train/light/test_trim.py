"""Trimming the vocabulary: kept text is cut and computed as before, in every architecture, by torch and by the engine."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train import tiny
from tests.train.light import pieces
from tests.train.test_served import served
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.gguf_container import open_container, write_container
from finfoundry.release.candidate import tuned
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.gguf_file.keys import with_values
from finfoundry.train.light.adapters import follow
from finfoundry.train.light.corpus import texts_of
from finfoundry.train.light.lightened import kept
from finfoundry.train.light.trim import trim
from finfoundry.train.light.vocabulary import Vocabulary, chosen, read_vocabulary, trimmed_values
from finfoundry.train.light.width import prune_width
from finfoundry.train.runs.training_run import carry_out, prepared

KEPT = ["bank loan rate", "loan bank"]


def light(base: Base, out: Path, texts: list[str] = KEPT, **given: Any) -> Base:
    return Base("light", Path(trim(base, texts, out, version="1", **given).path))


def ids(base: Base, text: str) -> list[int]:
    return list(base.tokenizer(text, add_special_tokens=False)["input_ids"])


def words(base: Base, text: str) -> list[str]:
    return list(base.tokenizer.convert_ids_to_tokens(ids(base, text)))


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_kept_text_is_cut_and_computed_as_before(architecture: str, tmp_path: Path) -> None:
    base = pieces.write(tmp_path, architecture)
    found = light(base, tmp_path / "light")
    assert found.tokenizer.vocab_size < base.tokenizer.vocab_size
    for text in KEPT:
        assert words(found, text) == words(base, text)
    assert len(words(base, "card")) == 1
    assert len(words(found, "card")) > 1  # never seen: in smaller pieces, but whole
    assert found.tokenizer.decode(ids(found, "card fee 7")) == "card fee 7"
    before, after = (one.model(torch.float32).eval() for one in (base, found))
    old, new = ids(base, KEPT[0]), ids(found, KEPT[0])
    places = [
        base.tokenizer.convert_tokens_to_ids(piece) for piece in found.tokenizer.convert_ids_to_tokens(range(found.config.vocab_size))
    ]
    with torch.no_grad():
        was = before(input_ids=torch.tensor([old]), segments=[len(old)]).logits[0][:, places]
        now = after(input_ids=torch.tensor([new]), segments=[len(new)]).logits[0]
    torch.testing.assert_close(now, was, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_kept_rows_keep_their_bytes_and_the_engine_loads_them(architecture: str, tmp_path: Path) -> None:
    base = pieces.write(tmp_path, architecture)
    found = light(base, tmp_path / "light")
    old, new = open_container(base.path), open_container(found.path)
    was, now = read_vocabulary(old), read_vocabulary(new)
    for name in ("token_embd.weight", "output.weight"):
        if name in new.tensors:
            rows = old.tensors[name].data.reshape(len(was.pieces), -1)
            wanted = rows[[was.numbers[piece] for piece in now.pieces]]
            assert bytes(wanted) == bytes(new.tensors[name].data)
    assert {now.pieces[number] for number in now.named.values()} == {was.pieces[number] for number in was.named.values()}
    with served(found.path, tmp_path / "none", tmp_path / "a.sock") as engine:
        cut = engine.client.post("http://engine/tokenize", json={"content": KEPT[0], "add_special": False}).json()["tokens"]
        answer = engine.client.post("http://engine/completion", json={"prompt": KEPT[0], "n_predict": 3, "temperature": 0}).json()
    assert cut == ids(found, KEPT[0])
    assert answer["tokens_evaluated"] > 0


def test_identity_changes_no_row(tmp_path: Path) -> None:
    """With room for all pieces the weights are the base's, byte for byte."""
    base = pieces.write(tmp_path, "llama")
    found = light(base, tmp_path / "light", size=10_000)
    old, new = open_container(base.path), open_container(found.path)
    assert all(bytes(old.tensors[name].data) == bytes(new.tensors[name].data) for name in old.tensors)


def test_the_manifest_names_the_parent_and_a_gate_takes_it(tmp_path: Path) -> None:
    base = pieces.write(tmp_path, "llama")
    light(base, tmp_path / "light")
    told = json.loads((tmp_path / "light" / "manifest.json").read_text())
    assert (told["base_sha256"], told["recipe"]["lighten"]) == (base.sha256, "trim")
    assert told["recipe"]["kept_share"] == 1.0
    candidate = tuned(tmp_path / "light", "gguf")
    assert candidate.base_sha256 == base.sha256


def test_joins_on_the_way_stay_for_any_byte_level_tokenizer() -> None:
    """Tokenizers trained on random words: text of kept pieces is cut into the same ones after trimming."""
    source = random.Random(3)
    for _ in range(5):
        texts = [" ".join("".join(source.choices("abcde", k=source.randint(1, 9))) for _ in range(30)) for _ in range(40)]
        before = Tokenizer(models.BPE())
        before.pre_tokenizer = pre_tokenizers.Whitespace()
        before.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=150))
        told = json.loads(before.to_str())["model"]
        listed = sorted(told["vocab"], key=told["vocab"].get)
        joins = [join if isinstance(join, str) else " ".join(join) for join in told["merges"]]
        vocabulary = Vocabulary(listed, np.ones(len(listed), np.int32), None, joins, {})
        counts = np.zeros(len(listed), np.int64)
        for text in texts[:3]:
            np.add.at(counts, before.encode(text).ids, 1)
        numbers = chosen(vocabulary, counts, "", len(listed) // 2)
        values = trimmed_values(vocabulary, numbers)
        left = [str(piece) for piece in values["tokenizer.ggml.tokens"]]  # type: ignore[union-attr]
        merges = [tuple(str(join).split(" ")) for join in values["tokenizer.ggml.merges"]]  # type: ignore[union-attr]
        after = Tokenizer(models.BPE(vocab={piece: place for place, piece in enumerate(left)}, merges=merges))  # type: ignore[arg-type]
        after.pre_tokenizer = before.pre_tokenizer
        assert len(left) < len(listed)
        for text in texts[:3]:
            if set(before.encode(text).tokens) <= set(left):
                assert after.encode(text).tokens == before.encode(text).tokens


def test_a_size_that_cannot_hold_the_bytes_is_refused(tmp_path: Path) -> None:
    base = pieces.write(tmp_path, "llama")
    with pytest.raises(InputError, match="bytes and signs"):
        light(base, tmp_path / "light", size=64)
    assert not (tmp_path / "light").exists()


def test_folders_of_others_and_unknown_corpora_are_refused(tmp_path: Path) -> None:
    base = pieces.write(tmp_path, "llama")
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="other files"):
        light(base, tmp_path / "used")
    light(base, tmp_path / "light")
    light(base, tmp_path / "light")  # again is allowed
    with pytest.raises(InputError, match="other files"):
        light(pieces.write(tmp_path, "qwen2"), tmp_path / "light")
    with pytest.raises(InputError, match="other files"):
        prune_width(base, KEPT, tmp_path / "light", share=0.25, version="1")
    with pytest.raises(InputError, match="there is no"):
        list(texts_of([tmp_path / "absent"]))
    (tmp_path / "latin.txt").write_bytes(b"\xe9t\xe9")
    with pytest.raises(InputError, match=r"latin\.txt"):
        list(texts_of([tmp_path / "latin.txt"]))


def test_texts_of_json_are_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps([{"问": "利率\n是多少", "n": 3}]))
    (tmp_path / "more.jsonl").write_text(json.dumps({"text": "a"}) + "\n\n" + json.dumps({"text": "b"}))
    assert list(texts_of([tmp_path])) == ["text", "a", "text", "b", "问", "利率\n是多少", "n"]


def test_pieces_with_line_ends_are_counted(tmp_path: Path) -> None:
    """Line ends in a row are one piece of many models, and stand in every prompt."""
    plain = pieces.write(tmp_path, "llama")
    container = open_container(plain.path)
    vocabulary = read_vocabulary(container)
    listed, joins = list(vocabulary.pieces), [*vocabulary.joins, "Ċ Ċ"]
    place = max(number for number, piece in enumerate(listed) if "unused" in piece)
    listed[place], kinds = "ĊĊ", vocabulary.types.copy()
    kinds[place] = 1
    values: dict[str, Any] = {"tokenizer.ggml.tokens": listed, "tokenizer.ggml.token_type": kinds, "tokenizer.ggml.merges": joins}
    write_container(tmp_path / "ends.gguf", *with_values(container, values), kept(container))
    base = Base("ends", tmp_path / "ends.gguf", plain.chat_template)
    (tmp_path / "prompt.txt").write_text("bank loan rate\n\nloan bank\n" * 60)
    texts = list(texts_of([tmp_path / "prompt.txt"]))
    assert "".join(texts) == (tmp_path / "prompt.txt").read_text()
    assert 1 < len(texts) == sum(text[0] == "b" or text[0] == "l" for text in texts)
    found = light(base, tmp_path / "light", texts)
    assert "ĊĊ" in words(base, texts[0])
    assert words(found, texts[0]) == words(base, texts[0])
    assert "card" not in read_vocabulary(open_container(found.path)).pieces


def test_an_adapter_of_the_parent_acts_as_before(data: Path, recipe: Any, screen: Screen, tmp_path: Path) -> None:
    base = pieces.write(tmp_path, "llama")
    found = light(base, tmp_path / "light")
    run = prepared(recipe(forms=[]), base, data, tmp_path / "tuned", screen)
    carry_out(run, tmp_path / "tuned", "1")
    told = follow(tmp_path / "tuned", tmp_path / "light", tmp_path / "mood")
    assert told.base_sha256 == found.sha256
    assert set(told.forms) == {"adapter", "lora"}
    before, after = read_adapter(tmp_path / "tuned" / "adapter", base), read_adapter(tmp_path / "mood" / "adapter", found)
    for name in before:
        np.testing.assert_array_equal(before.change(name), after.change(name))
    was = (tmp_path / "tuned" / "manifest.json").read_bytes()
    with pytest.raises(InputError, match="other files"):
        light(base, tmp_path / "tuned")
    with pytest.raises(InputError, match="other files"):
        follow(tmp_path / "tuned", tmp_path / "light", tmp_path / "tuned")
    assert (tmp_path / "tuned" / "manifest.json").read_bytes() == was
    other = light(tiny.base(tmp_path, "llama", 5), tmp_path / "other")
    with pytest.raises(ModelError, match="comes of"):
        follow(tmp_path / "tuned", other.path.parent, tmp_path / "none")
    with pytest.raises(InputError, match="no trimmed model"):
        follow(tmp_path / "tuned", tmp_path / "tuned", tmp_path / "none")
