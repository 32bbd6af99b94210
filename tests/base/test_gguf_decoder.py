"""The first layers of a language model as a graph: the states that transformers computes, of the tokens that SentencePiece would find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.base import tiny_gemma
from tests.train import tiny

from finfoundry.base.first_layers.gguf_decoder import read_decoder
from finfoundry.base.text_encoder import SHARED, TextEncoder
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.decoder_file import decoder_graph
from finfoundry.core.model_files.heads import Head, HeadForm, Reads, write_forms
from finfoundry.core.model_files.onnx_file import Graph
from finfoundry.train.base import Base

Floats = NDArray[np.float32]
TEXTS = ["launder net profit?", "净利润", "a", "how to launder 净利润 " * 12]


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma.pulled(tmp_path_factory.mktemp("models") / "tiny") / "model.gguf"


def served(file: Path, folder: Path, layers: tuple[int, ...], reads: Reads = "mean", *, exact: bool = False) -> TextEncoder:
    form = HeadForm("states", "vector", (), layers, reads)
    decoder, tokenizer, _ = read_decoder(file, max(layers))
    if exact:
        decoder = replace(decoder, family=replace(decoder.family, product=in_floats))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "model.onnx.data").open("wb") as beside:
        graph = decoder_graph(decoder, [Head(form, np.empty((0, 0), np.float32), np.empty(0, np.float32))], beside)
    (folder / "model.onnx").write_bytes(graph)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_forms(folder, (form,))
    return TextEncoder(folder)


def in_floats(graph: Graph, name: str, x: str, weight: Floats) -> str:
    return graph.add("MatMul", [x, graph.constant(f"{name}_w", np.ascontiguousarray(weight.T))], f"{name}_product")


def test_states_are_those_of_transformers(gguf: Path, tmp_path: Path) -> None:
    """But for what eight bits lose. The sixth layer looks far, with other turns: seen in what it adds to a long text."""
    reader, model = served(gguf, tmp_path, (1, 5, 6)), tiny_gemma.model()
    for text, told in zip(TEXTS, reader.states("states", TEXTS), strict=True):
        ids = [tiny_gemma.PIECES.index(piece) for piece in reader.tokenizer.encode(text).tokens]
        with torch.no_grad():
            states = model.model(torch.tensor([ids]), output_hidden_states=True, use_cache=False).hidden_states
        wanted = np.stack([states[layer][0, 1:].mean(0).numpy() for layer in (1, 5, 6)])
        found = told.reshape(3, -1)
        assert np.all(np.linalg.norm(found - wanted, axis=1) < 0.04 * np.linalg.norm(wanted, axis=1))
        if len(ids) > 10:
            added = wanted[2] - wanted[1]
            assert np.linalg.norm(found[2] - found[1] - added) < 0.03 * np.linalg.norm(added)


def test_a_text_reads_the_same_beside_longer_ones(gguf: Path, tmp_path: Path) -> None:
    reader = served(gguf, tmp_path, (7,))
    together = reader.states("states", TEXTS)
    alone = np.concatenate([reader.states("states", [text]) for text in TEXTS])
    assert np.allclose(together, alone, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("launder", ["<bos>", "launder"]),
        ("a launder", ["<bos>", "a", "▁launder"]),
        ("undo", ["<bos>", "und", "o"]),
        ("净利润率", ["<bos>", "净利润", "<unk>"]),
        ("ёжик net", ["<bos>", "<unk>", "▁", "n", "e", "t"]),
        ("<bos>", ["<bos>", "<", "b", "o", "s", ">"]),
        ("a\n\t launder", ["<bos>", "a", "▁launder"]),
        ("", ["<bos>"]),
    ],
)
def test_pieces_are_joined_by_their_scores(gguf: Path, text: str, pieces: list[str]) -> None:
    _, tokenizer, of = read_decoder(gguf, 1)
    assert tokenizer.encode(text).tokens == pieces
    assert of == len(tiny_gemma.PIECES)


def test_a_text_of_nothing_has_states_that_are_numbers(gguf: Path, tmp_path: Path) -> None:
    assert np.array_equal(served(gguf, tmp_path, (1,)).states("states", [""]), np.zeros((1, 64), np.float32))


def test_pieces_of_other_languages_go(gguf: Path) -> None:
    """ "él" is of no text in English or Chinese; its letters stay."""
    decoder, tokenizer, of = read_decoder(gguf, 1)
    assert tokenizer.token_to_id("él") is None
    assert tokenizer.encode("él").tokens == ["<bos>", "é", "l"]
    assert len(decoder.words) == of - 3  # nor padding and the end of a text


@pytest.mark.parametrize("layers", [8, 100])
def test_a_model_of_fewer_layers_is_told(gguf: Path, layers: int) -> None:
    with pytest.raises(ModelError, match=f"at least {layers} layers"):
        read_decoder(gguf, layers)


def test_another_architecture_and_damage_are_told(gguf: Path, tmp_path: Path) -> None:
    data = gguf.read_bytes()
    other, cut = tmp_path / "other.gguf", tmp_path / "cut.gguf"
    other.write_bytes(data.replace(b"gemma3", b"llama3"))
    cut.write_bytes(data[: len(data) // 2])
    for file, told in ((other, "it is a llama3"), (cut, "no whole|not a whole|is not")):
        with pytest.raises(ModelError, match=told):
            read_decoder(file, 1)


BYTES = ["profit ab 12", "净利润", "x", "<s>who's ab?<user> 12,345\n\n - 利润" * 4]


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Base, Any]:
    """The file, and the same weights as transformers has them."""
    file = tmp_path_factory.mktemp("models") / "model.gguf"
    model = tiny.write_gguf(file, "qwen2").eval()
    return Base("tiny", file), model


@pytest.mark.parametrize("reads", ["mean", "last"])
def test_states_of_another_family_are_those_of_transformers(qwen: tuple[Base, Any], tmp_path: Path, reads: Reads) -> None:
    base, model = qwen
    reader = served(base.path, tmp_path, (1, 2), reads, exact=True)
    for text, told in zip(BYTES, reader.states("states", BYTES), strict=True):
        first, second = states_of(model, base.tokenizer(text)["input_ids"])
        for one, other in zip(told.reshape(2, -1), (first, second), strict=True):
            wanted = (other[1:].mean(0) if len(other) > 1 else 0 * other[0]) if reads == "mean" else other[-1]
            assert np.linalg.norm(one - wanted) <= 0.05 * np.linalg.norm(wanted)  # the vectors of tokens are of 8 bits


def states_of(model: Any, ids: list[int]) -> tuple[Floats, Floats]:
    """The states behind the two layers, before the norm of the output."""
    kept: list[Floats] = []
    hook = model.model.norm.register_forward_pre_hook(lambda _, given: kept.append(given[0][0].numpy()))
    with torch.no_grad():
        first = model.model(torch.tensor([ids]), output_hidden_states=True, use_cache=False).hidden_states[1]
    hook.remove()
    return first[0].numpy(), kept[0]


def test_byte_pairs_are_those_of_transformers(qwen: tuple[Base, Any]) -> None:
    base, _ = qwen
    _, tokenizer, of = read_decoder(base.path, 1)
    assert of == len(tiny.TOKENS)
    for text in BYTES:
        assert tokenizer.encode(text).tokens == base.tokenizer.convert_ids_to_tokens(base.tokenizer(text)["input_ids"])


def test_the_last_state_is_the_same_beside_longer_texts(qwen: tuple[Base, Any], tmp_path: Path) -> None:
    reader = served(qwen[0].path, tmp_path, (2,), "last")
    alone = np.concatenate([reader.states("states", [text]) for text in BYTES])
    off = np.linalg.norm(reader.states("states", BYTES) - alone, axis=1)
    assert np.all(off < 0.1 * np.linalg.norm(alone, axis=1))


@pytest.mark.parametrize("together", [2, 4])
def test_what_texts_begin_with_is_read_once_and_changes_nothing(
    qwen: tuple[Base, Any], tmp_path: Path, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = served(qwen[0].path, tmp_path, (1, 2), "last", exact=True)
    texts = [f"who's ab? profit 12,345 利润 {rest}" for rest in ("x", "净利润 ab", "12", "profit " * 9)][:together]
    runs: list[int] = []
    run = reader._session.run

    def counted(wanted: list[str], given: dict[str, Floats]) -> Any:
        runs.append(given["before"].shape[1])
        return run(wanted, given)

    monkeypatch.setattr(reader._session, "run", counted)
    alone = np.concatenate([reader.states("states", [text]) for text in texts])
    assert runs == [0] * together
    assert np.allclose(reader.states("states", texts), alone, rtol=1e-4, atol=1e-5)
    assert max(runs) >= SHARED
