"""An encoder learns vectors of texts that belong together, and scores of pairs; both are served as int8 ONNX beside the embedder."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train import tiny_encoder
from tests.train.test_encoder import Made, gradients, measured, of_encoder, tuned
from torch.nn.functional import binary_cross_entropy_with_logits, cosine_similarity, cross_entropy

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.errors import InputError
from finfoundry.core.model_files.encoder_text import encode_texts
from finfoundry.core.model_files.heads import HeadForm
from finfoundry.core.tasks import load_task, rows
from finfoundry.governance import pii
from finfoundry.train.data.personal import Screen
from finfoundry.train.encoder import EncoderModel
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.methods.encode import EncoderLoss, LabelledRow, heads_of
from finfoundry.train.methods.matching import MatchedRow, matched
from finfoundry.train.packing import Pack
from finfoundry.train.runs.training_run import prepared

VECTOR = HeadForm("passages", "vector", ())
SCORE = HeadForm("pairs", "score", ("score",))
PASSAGES = """
name: passages
title: Which passage answers
language: en
licence: CC0-1.0
source: {paths: [passages.json], columns: [text, target, negative_1, negative_2]}
kind: match
templates: ["q {text}"]
match_template: "p {target}"
metrics: [accuracy]
split: [0.8, 0, 0.2]
"""
PAIRS = """
name: pairs
title: Whether a passage answers
language: en
licence: CC0-1.0
source: {paths: [pairs.json], columns: [text, passage, target]}
kind: score
templates: ["{text} {passage}"]
metrics: [accuracy, mean]
"""
TOPICS = ["visa", "debt", "cost", "home", "fund", "bond"]


@pytest.fixture
def model(tmp_path: Path) -> EncoderModel:
    made: EncoderModel = tiny_encoder.base(tmp_path, (VECTOR, SCORE)).model(torch.float32)
    return made.eval()


def drawn(*lengths: int, seed: int = 1) -> list[tuple[int, ...]]:
    source = np.random.default_rng(seed)
    return [tuple(int(one) for one in source.integers(4, len(tiny_encoder.LETTERS), length)) for length in lengths]


def pooled(model: EncoderModel, texts: list[tuple[int, ...]]) -> torch.Tensor:
    """Means of states by transformers' own attention, padded, shape (texts, hidden)."""
    longest = max(map(len, texts))
    ids = torch.tensor([[*one, *[1] * (longest - len(one))] for one in texts])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in texts])
    model.body.set_attn_implementation("eager")
    states = model.body(input_ids=ids, attention_mask=mask).last_hidden_state
    means: torch.Tensor = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return means


def same_gradients(model: EncoderModel, found: dict[str, torch.Tensor]) -> None:
    assert gradients(model).keys() == found.keys()
    for name, gradient in gradients(model).items():
        assert torch.allclose(gradient, found[name], rtol=1e-5, atol=1e-5), name


def test_loss_and_gradients_of_vectors_are_those_of_padded_texts(model: EncoderModel) -> None:
    """Three rows, two of them with hard negatives, one of which is the text that belongs to another row."""
    texts = drawn(5, 9, 7, 12, 4, 8, 6, 11)
    (q1, p1, n1), (q2, p2), (q3, p3) = texts[:3], texts[3:5], texts[5:7]
    given = (matched([q1, p1, n1], "passages", 0.1), matched([q2, p2, p1], "passages", 0.1), matched([q3, p3], "passages", 0.1))
    ours = EncoderLoss(model)(Pack(given))
    ours.backward()
    found = {name: gradient.clone() for name, gradient in gradients(model).items()}
    model.zero_grad()
    vectors = pooled(model, [q1, q2, q3, p1, p2, p3, n1])
    scores = cosine_similarity(vectors[:3, None], vectors[None, 3:], dim=-1) / 0.1
    # Row 2's own negative is row 1's passage: it stands twice against the second and third row, and not against the first.
    again = torch.cat([scores, torch.stack([torch.tensor(-torch.inf), scores[1, 0], scores[2, 0]])[:, None]], dim=1)
    loss = cross_entropy(again, torch.arange(3), reduction="sum")
    loss.backward()  # type: ignore[no-untyped-call]
    assert ours.item() == pytest.approx(loss.item(), rel=1e-5)
    for name, weight in model.heads.named_parameters():
        found.pop(f"heads.{name}", None)
        weight.grad = None
    same_gradients(model, found)


def test_loss_and_gradients_of_scores_are_those_of_padded_texts(model: EncoderModel) -> None:
    texts, wanted = drawn(5, 17, 9), (0.0, 0.75, 1.0)
    given = tuple(LabelledRow(ids, 0, "pairs", (), score=score) for ids, score in zip(texts, wanted, strict=True))
    ours = EncoderLoss(model)(Pack(given))
    ours.backward()
    found = {name: gradient.clone() for name, gradient in gradients(model).items()}
    model.zero_grad()
    logits = model.heads["pairs"](pooled(model, texts))[:, 0]
    loss = binary_cross_entropy_with_logits(logits, torch.tensor(wanted), reduction="sum")
    loss.backward()  # type: ignore[no-untyped-call]
    assert ours.item() == pytest.approx(loss.item(), rel=1e-5)
    same_gradients(model, found)


def test_what_belongs_to_a_text_by_another_row_is_no_negative_of_it(model: EncoderModel) -> None:
    """One question in two rows, each with a passage of its own, the second with the first's as a hard negative; a third row of another."""
    q, p1, p2, other, p3 = drawn(5, 9, 7, 4, 8)
    given = (matched([q, p1], "passages", 0.1), matched([q, p2, p1], "passages", 0.1), matched([other, p3], "passages", 0.1))
    ours = EncoderLoss(model)(Pack(given)).item()
    vectors = pooled(model, [q, other, p1, p2, p3])
    scores = cosine_similarity(vectors[:2, None], vectors[None, 2:], dim=-1) / 0.1
    rows = (scores[0, [0, 2]], scores[0, [1, 2]], scores[1, [2, 0, 1, 0]])  # the text's own first
    loss = sum(cross_entropy(row[None], torch.tensor([0]), reduction="sum").item() for row in rows)
    assert ours == pytest.approx(loss, rel=1e-5)


def test_one_text_in_a_pack_is_the_text_alone(model: EncoderModel) -> None:
    """No text of a row sees another."""
    row = matched(drawn(5, 9, 7), "passages", 0.05)
    ids, positions = Pack((row, row)).placed(torch.device("cpu"))
    assert Pack((row, row)).lengths == [5, 9, 7] * 2
    states = model.body(input_ids=ids, position_ids=positions, segments=Pack((row, row)).lengths).last_hidden_state[0]
    alone = model.body(input_ids=torch.tensor([row.texts[1]]), segments=[9]).last_hidden_state[0]
    assert torch.allclose(states[5:14], alone, atol=1e-5)
    assert EncoderLoss(model)(Pack((matched(row.texts[:2], "passages", 0.05),))).item() == pytest.approx(0), "nothing else to be nearer to"


def passages(data: Path, count: int = 240) -> Path:
    """Questions that name a topic, passages that share its letters, and two of other topics."""
    source, made = random.Random(3), []
    for number in range(count):
        topic, *others = source.sample(TOPICS, 3)
        made.append([f"{topic} {number}", f"{topic.upper()} rule", *(f"{other.upper()} rule" for other in others)])
    (data / "passages.json").write_text(json.dumps(made), "utf-8")
    (data / "passages.yaml").write_text(PASSAGES, "utf-8")
    return data / "passages.yaml"


@pytest.mark.slow
def test_vectors_are_learned_and_served(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    task = passages(data)
    told = of_encoder(recipe, context=96, pack=512, epochs=10, match_temperature=0.1, data={"tasks": [{"task": str(task)}]})
    run = tuned(told, data, tmp_path, screen)
    assert measured(run, str(task), data) > 0.9
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    assert manifest["data"]["targets"] == manifest["data"]["rows"] > 100
    encoder = TextEncoder(run / "onnx")
    texts = [f"q {topic} {number}" for number, topic in enumerate(TOPICS)] + [f"p {topic.upper()} rule" for topic in TOPICS]
    served = encoder.vectors("passages", texts)
    assert served.shape == (12, tiny_encoder.HIDDEN)
    assert np.allclose(np.linalg.norm(served, axis=1), 1, atol=1e-5)
    assert (served[:6] @ served[6:].T).argmax(axis=1).tolist() == list(range(6))
    base = tiny_encoder.base(tmp_path / "again", heads_of(told))
    made, adapter = base.model(torch.float32).eval(), read_adapter(run / "adapter", base)
    weights = dict(made.named_parameters())
    with torch.no_grad():
        for name in adapter:
            weights[name] += torch.from_numpy(adapter.change(name))
        theirs = torch.nn.functional.normalize(pooled(made, [encode_texts(base.tokenizer, [text]).ids for text in texts])).numpy()
    assert (served * theirs).sum(axis=1).min() > 0.99, "int8 turns a vector by little"
    with pytest.raises(InputError, match="is of kind vector"):
        encoder.labels("passages", [["visa"]])


@pytest.mark.slow
def test_scores_of_pairs_are_learned_and_served_beside_labels(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    source, made = random.Random(5), []
    for number in range(200):
        topic, passage = source.choice(TOPICS[:2]), source.choice(TOPICS[:2])
        made.append([f"{topic} {number}", f"{passage.upper()} rule", 0.1 + 0.4 * (topic == "visa") + 0.4 * (passage == "visa")])
    (data / "pairs.json").write_text(json.dumps(made), "utf-8")
    (data / "pairs.yaml").write_text(PAIRS, "utf-8")
    told = of_encoder(recipe, epochs=25, data={"tasks": [{"task": str(data / name)} for name in ("pairs.yaml", "cards.yaml")]})
    run = tuned(told, data, tmp_path, screen)
    source = json.loads((run / "manifest.json").read_text("utf-8"))["data"]["sources"][0]
    assert (source["leaks"], source["kept"] > 100) == (0, True), "a passage that many pairs share is no leak"
    assert measured(run, str(data / "pairs.yaml"), data) > 0.85
    assert measured(run, str(data / "cards.yaml"), data) > 0.9
    encoder = TextEncoder(run / "onnx")
    found = encoder.scores("pairs", [["visa 7", "VISA rule"], ["visa 7", "DEBT rule"], ["debt 7", "DEBT rule"]])
    assert found == pytest.approx([0.9, 0.5, 0.1], abs=0.2)
    with pytest.raises(InputError, match="is of kind one"):
        encoder.scores("cards", [["visa"]])


def test_rows_of_a_match_keep_to_their_split_and_what_only_seems_to_belong_is_no_leak(
    recipe: Made, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """The passages are shared by rows of every split; a question of the evaluation is none to learn."""
    path = passages(data, 60)
    task = load_task(path)
    row = rows(task, data)[0]
    assert set(row.fields) == {"text"}
    assert task.texts(row) == (f"q {row.fields['text']}", *row.meta["negatives"])
    made = json.loads((data / "passages.json").read_text("utf-8"))
    evaluated = next(one for one in rows(task, data, "test"))
    (data / "passages.json").write_text(json.dumps([*made, [f"{evaluated.fields['text']}", "OTHER rule", "", ""]]), "utf-8")
    told = of_encoder(recipe, context=96, pack=256, data={"tasks": [{"task": str(path)}]})
    ready = prepared(told, tiny_encoder.base(tmp_path / "base", heads_of(told)), data, tmp_path / "run", screen)
    source = ready.material.manifest.sources[0]
    assert (source.leaks, source.evaluation) == (0, len(rows(task, data, "test")))
    assert source.kept == len(ready.rows) > 30
    assert all(isinstance(one, MatchedRow) and len(one.parts) == 4 for one in ready.rows)
    asked = {encode_texts(ready.base.tokenizer, [f"q {one.fields['text']}"]).ids for one in rows(task, data, "test")}
    assert not asked & {one.texts[0] for one in ready.rows if isinstance(one, MatchedRow)}


def test_a_score_is_a_number_from_0_to_1(data: Path) -> None:
    (data / "pairs.json").write_text('[["a", "b", 7]]', "utf-8")
    (data / "pairs.yaml").write_text(PAIRS, "utf-8")
    with pytest.raises(InputError, match=r"row pairs/1 has the score '7'"):
        rows(load_task(data / "pairs.yaml"), data)


def test_personal_data_in_a_text_that_only_seems_to_belong_is_masked(recipe: Made, data: Path, tmp_path: Path) -> None:
    path = passages(data, 40)
    made = json.loads((data / "passages.json").read_text("utf-8"))
    (data / "passages.json").write_text(json.dumps([[one[0], one[1], "call 13800138000", one[3]] for one in made]), "utf-8")
    told = of_encoder(recipe, context=96, pack=256, data={"tasks": [{"task": str(path)}]})
    ready = prepared(told, tiny_encoder.base(tmp_path / "base", heads_of(told)), data, tmp_path / "run", Screen(pii.find, pii.mask))
    (lessons,) = ready.material.lessons.values()
    assert all(lesson.texts[1] == "call 138****8000" for lesson in lessons)
    assert ready.material.manifest.sources[0].personal == {"phone": len(lessons)}
