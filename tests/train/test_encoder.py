"""An encoder is tuned on labelled texts, and serves what it learned as int8 ONNX."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from tests.train import tiny_encoder
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import BertForTokenClassification

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.encoder_file import encoder_graph, read_encoder
from finfoundry.core.model_files.encoder_text import encode_texts
from finfoundry.core.model_files.heads import HeadForm
from finfoundry.core.model_files.tuned_file import PREFIX, learned_on, read_safetensors
from finfoundry.core.tasks import load_task
from finfoundry.evals.suites.tasks import task_suite
from finfoundry.evals.systems.tuned_encoder import encoder_solver
from finfoundry.release.candidate import sha256_of
from finfoundry.runtime.settings import Settings
from finfoundry.train.data.personal import Screen
from finfoundry.train.encoder import EncoderBase, EncoderModel
from finfoundry.train.export.forms import export
from finfoundry.train.methods.encode import EncoderLoss, LabelledRow, heads_of
from finfoundry.train.packing import Pack
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.usecases.evaluation.evaluate import Evaluation

Made = Callable[..., Recipe]
ONE = HeadForm("cards", "one", ("card", "loan"))
SPANS = HeadForm("names", "spans", ("bank", "person"))
NAMES = """
name: names
title: Who is named
language: zh
licence: CC0-1.0
source: {paths: [names.tsv], reader: characters}
kind: entities
labels: {ORG: bank, PER: person}
none: none
templates: ["{text} = "]
metrics: [entity_f1]
"""
TOPICS = """
name: topics
title: What is it about
language: en
licence: CC0-1.0
source: {paths: [topics.json], columns: [text, also, label]}
target: label
kind: choices
labels: {c: card, l: loan, f: fee}
templates: ["{text} and {also} = "]
metrics: [set_f1]
"""


def of_encoder(recipe: Made, **given: Any) -> Recipe:
    told: dict[str, Any] = {"method": "encode", "base": "tiny-encoder", "forms": ["adapter", "onnx"], "epochs": 12, "learning_rate": 0.01}
    return recipe(**told | given)


def tuned(recipe: Recipe, data: Path, folder: Path, screen: Screen) -> Path:
    """The folder of a model that was trained and exported."""
    base = tiny_encoder.base(folder / "base", heads_of(recipe))
    carry_out(prepared(recipe, base, data, folder / "run", screen), folder / "run", "0")
    export(folder / "run", tiny_encoder.base(folder / "base"), list(recipe.forms))
    return folder / "run"


def measured(run: Path, task: str, data: Path) -> float:
    """Share of the test rows that the exported encoder answers rightly."""
    suite, solve = task_suite(load_task(task)), encoder_solver(TextEncoder(run / "onnx"), load_task(task))
    values = [suite.score(item, solve(item)).value for item in suite.items(data)]
    assert len(values) >= 8
    return sum(values) / len(values)


def test_a_file_is_read_back_to_the_same_file() -> None:
    made = encoder_graph(tiny_encoder.encoder())
    assert encoder_graph(read_encoder(made)) == made
    for other in (b"", b"PK\3\4", made[:1000]):
        with pytest.raises(ValueError, match=r".*"):
            read_encoder(other)


@pytest.fixture
def model(tmp_path: Path) -> EncoderModel:
    made: EncoderModel = tiny_encoder.base(tmp_path, (ONE, SPANS)).model(torch.float32)
    return made.eval()


def rows(head: str, labels: Callable[[int], tuple[int, ...]], *, each_token: bool) -> tuple[LabelledRow, ...]:
    source = np.random.default_rng(1)
    lengths = (5, 17, 9)
    ids = [tuple(int(one) for one in source.integers(4, len(tiny_encoder.LETTERS), length)) for length in lengths]
    places = [tuple(range(1, len(one) - 1)) if each_token else None for one in ids]
    return tuple(
        LabelledRow(one, 0, head, labels(len(one)), inside, len(inside) if inside else 1) for one, inside in zip(ids, places, strict=True)
    )


def padded(rows: tuple[LabelledRow, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(row.ids) for row in rows)
    ids = torch.tensor([[*row.ids, *[1] * (longest - len(row.ids))] for row in rows])
    return ids, torch.tensor([[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in rows])


def gradients(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.grad for name, weight in module.named_parameters() if weight.grad is not None}


def test_loss_and_gradients_of_spans_are_those_of_transformers(model: EncoderModel) -> None:
    """Its own token classifier over padded rows; ours over rows side by side."""
    given = rows("names", lambda length: tuple(place % 5 for place in range(length - 2)), each_token=True)
    ours = EncoderLoss(model)(Pack(given))
    ours.backward()
    config = model.config.__class__(**model.config.to_dict() | {"num_labels": 5})
    theirs = BertForTokenClassification(config).eval()
    theirs.bert.load_state_dict(model.body.state_dict(), strict=False)
    theirs.classifier.load_state_dict(model.heads["names"].state_dict())
    ids, mask = padded(given)
    labels = torch.full_like(ids, -100)
    for number, row in enumerate(given):
        labels[number, list(row.places or ())] = torch.tensor(row.labels)
    loss = theirs(input_ids=ids, attention_mask=mask, labels=labels).loss * sum(row.targets for row in given)
    loss.backward()
    assert ours.item() == pytest.approx(loss.item(), rel=1e-5)
    found = gradients(theirs)
    for name, gradient in gradients(model.body).items():
        assert torch.allclose(gradient, found[f"bert.{name}"], rtol=1e-5, atol=1e-5), name
    assert torch.allclose(gradients(model.heads["names"])["weight"], found["classifier.weight"], rtol=1e-5, atol=1e-5)
    assert not gradients(model.heads["cards"])["weight"].any()  # there, and nothing: processes exchange those of all heads


def test_loss_and_gradients_of_texts_are_those_of_transformers(model: EncoderModel) -> None:
    given = rows("cards", lambda length: (length % 2,), each_token=False)
    ours = EncoderLoss(model)(Pack(given))
    ours.backward()
    found = {name: gradient.clone() for name, gradient in gradients(model).items()}
    model.zero_grad()
    ids, mask = padded(given)
    model.body.set_attn_implementation("eager")
    states = model.body(input_ids=ids, attention_mask=mask).last_hidden_state
    pooled = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    loss = cross_entropy(model.heads["cards"](pooled), torch.tensor([row.labels[0] for row in given]), reduction="sum")
    loss.backward()  # type: ignore[no-untyped-call]
    assert ours.item() == pytest.approx(loss.item(), rel=1e-5)
    for name, gradient in gradients(model).items():
        assert torch.allclose(gradient, found[name], rtol=1e-5, atol=1e-5), name


@pytest.mark.parametrize("weights", ["lora", "full"])
def test_labels_are_learned_and_served(recipe: Made, data: Path, tmp_path: Path, screen: Screen, weights: str) -> None:
    told = of_encoder(recipe, weights=weights, **({"learning_rate": 0.003, "forms": ["onnx"]} if weights == "full" else {}))
    run = tuned(told, data, tmp_path, screen)
    assert measured(run, str(data / "cards.yaml"), data) > 0.9
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    assert manifest["forms"]["onnx"]["path"] == "onnx"
    assert manifest["data"]["targets"] == manifest["data"]["rows"] > 0


def test_evaluate_asks_a_tuned_encoder(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    run, out = tuned(of_encoder(recipe), data, tmp_path, screen), tmp_path / "out"
    settings = Settings(home=tmp_path / "home", model=str(run))
    with Evaluation(settings, data, out, systems=("encoder",)) as evaluation:
        [result] = evaluation.evaluate([str(data / "cards.yaml")]).results
        assert result.measures[result.headline].value > 0.9
    told = json.loads(next(out.glob("*/run.json")).read_text("utf-8"))
    assert told["weights"] == sha256_of(run / "onnx" / "model.onnx")
    away = Evaluation(settings.model_copy(update={"model": str(tmp_path)}), data, out, systems=("encoder",))
    with pytest.raises(ModelError, match="holds no tuned encoder"):
        away.evaluate([str(data / "cards.yaml")])


def test_spans_are_learned_and_served(recipe: Made, tmp_path: Path, screen: Screen) -> None:
    data = tmp_path / "data"
    lines = ["text\ttags"]
    for number in range(120):
        bank, person = ("云洲银行", "商业银行")[number % 2], ("张三", "上海")[number // 2 % 2]
        text = [*((sign, "O") for sign in str(number)), *tagged(bank, "ORG"), *((sign, "O") for sign in "在，"), *tagged(person, "PER")]
        lines.append("\t".join(" ".join(column) for column in zip(*text, strict=True)))
    (data / "names.tsv").write_text("\n".join(lines), "utf-8")
    (data / "names.yaml").write_text(NAMES, "utf-8")
    told = of_encoder(recipe, epochs=20, data={"tasks": [{"task": str(data / "names.yaml")}]})
    run = tuned(told, data, tmp_path, screen)
    assert measured(run, str(data / "names.yaml"), data) > 0.9
    found = TextEncoder(run / "onnx").spans("names", "7云洲银行在，上海")
    assert [(span.start, span.end, span.label) for span in found] == [(1, 5, "bank"), (7, 9, "person")]
    assert TextEncoder(run / "onnx").spans("names", "") == []


def test_loss_of_several_labels_is_the_mean_over_all_of_them(tmp_path: Path) -> None:
    """As transformers takes it for a problem of several labels: over texts and labels."""
    several = HeadForm("topics", "several", ("card", "loan", "fee"))
    model = tiny_encoder.base(tmp_path, (several,)).model(torch.float32).eval()
    given = tuple(
        dataclasses.replace(row, decisions=3) for row in rows("topics", lambda length: (0, 2) if length > 6 else (), each_token=False)
    )
    ours = EncoderLoss(model)(Pack(given)) / sum(row.targets for row in given)
    logits = []
    for row in given:
        states = model.body(input_ids=torch.tensor([row.ids]), segments=[len(row.ids)]).last_hidden_state[0]
        logits.append(model.heads["topics"](states.mean(0)))
    wanted = torch.tensor([[float(label in row.labels) for label in range(3)] for row in given])
    assert ours.item() == pytest.approx(binary_cross_entropy_with_logits(torch.stack(logits), wanted).item(), rel=1e-5)


def test_heads_learn_faster_than_the_body(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    """At one rate a body gives every text one state before its heads tell states apart."""
    rates = {
        head_rate: moved(of_encoder(recipe, epochs=1, head_rate=head_rate), data, tmp_path / str(head_rate), screen)
        for head_rate in (1, 10)
    }
    assert rates[10] > 5 * rates[1]


def moved(told: Recipe, data: Path, folder: Path, screen: Screen) -> float:
    """How far the weights of the heads went from where they began."""
    run = tuned(told, data, folder, screen)
    weights = read_safetensors((run / "adapter" / "adapter_model.safetensors").read_bytes())
    began = dict(tiny_encoder.base(folder / "new", heads_of(told)).model(torch.float32).named_parameters())
    heads = {name: weight for name, weight in weights.items() if ".heads." in name}
    return float(sum(np.abs(weight - began[name.removeprefix(PREFIX)].detach().numpy()).sum() for name, weight in heads.items()))


def test_weights_are_read_without_torch_as_their_own_library_reads_them(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    run = tuned(of_encoder(recipe, epochs=1), data, tmp_path, screen)
    path = run / "adapter" / "adapter_model.safetensors"
    ours, theirs = read_safetensors(path.read_bytes()), load_file(path)
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() and ours[name].shape == theirs[name].shape for name in ours)
    assert learned_on(run / "adapter") == tiny_encoder.base(tmp_path / "again").sha256


def tagged(name: str, label: str) -> list[tuple[str, str]]:
    return [(character, f"{'B' if place == 0 else 'I'}-{label}") for place, character in enumerate(name)]


@pytest.mark.slow
def test_several_labels_of_two_texts_side_by_side_beside_another_task(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    kinds = [("visa", "c"), ("debt", "l"), ("cost", "f")]
    made = [[f"{n} {kinds[n % 3][0]}", kinds[n % 2][0], " ".join(sorted({kinds[n % 3][1], kinds[n % 2][1]}))] for n in range(150)]
    (data / "topics.json").write_text(json.dumps(made), "utf-8")
    (data / "topics.yaml").write_text(TOPICS, "utf-8")
    told = of_encoder(recipe, epochs=15, data={"tasks": [{"task": str(data / name)} for name in ("topics.yaml", "cards.yaml")]})
    run = tuned(told, data, tmp_path, screen)
    assert measured(run, str(data / "topics.yaml"), data) > 0.9
    assert measured(run, str(data / "cards.yaml"), data) > 0.9


@pytest.mark.slow
def test_the_served_form_tells_what_the_trained_one_does(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    """Its int8 products move a probability by a hundredth, and many texts at once are told as each alone."""
    told = of_encoder(recipe)
    run = tuned(told, data, tmp_path, screen)
    base = tiny_encoder.base(tmp_path / "again", heads_of(told))
    encoder = TextEncoder(run / "onnx")
    texts = [[f"{number} card loan {'x' * number}"] for number in range(20)]
    served = encoder.labels("cards", texts)
    assert np.allclose(served, np.concatenate([encoder.labels("cards", [text]) for text in texts]), atol=0.02)
    assert np.allclose(served.sum(axis=1), 1, atol=1e-5)
    assert np.abs(served - trained(base, run, texts)).max() < 0.05


def trained(base: EncoderBase, run: Path, texts: list[list[str]]) -> Any:
    """Probabilities by torch in float32, from what was learned."""
    from finfoundry.train.export.learned import read_adapter, read_full

    model, adapter = base.model(torch.float32).eval(), read_adapter(run / "adapter", base)
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name in adapter:
            weights[name] += torch.from_numpy(adapter.change(name))
        for name, weight in read_full(run / "adapter").items():
            if name.startswith(f"{PREFIX}heads."):
                weights[name.removeprefix(PREFIX)].copy_(weight)
        found = []
        for text in texts:
            ids = encode_texts(base.tokenizer, text).ids
            states = model.body(input_ids=torch.tensor([ids]), segments=[len(ids)]).last_hidden_state
            found.append(model.heads["cards"](states.mean(1)).softmax(-1)[0].numpy())
    return np.stack(found)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"weights": "qlora"}, "weights may be lora or full"),
        ({"shard": True}, "leave out shard"),
        ({"forms": ["q8_0"]}, "an encoder has no form q8_0"),
        ({"method": "instruct", "forms": ["onnx"]}, "onnx, layers and turn are an encoder's"),
        ({"data": {"tasks": []}}, "encode needs data.tasks"),
    ],
)
def test_a_recipe_that_no_encoder_can_follow_is_refused(recipe: Made, given: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        of_encoder(recipe, **given)


def test_what_an_encoder_cannot_tell_is_refused(recipe: Made, data: Path, tmp_path: Path, screen: Screen) -> None:
    with pytest.raises(InputError, match="task fincqa is of kind text"):
        heads_of(of_encoder(recipe, data={"tasks": [{"task": "fincqa"}]}))
    run = tuned(of_encoder(recipe, epochs=1), data, tmp_path, screen)
    with pytest.raises(InputError, match="cannot be written as f16"):
        export(run, tiny_encoder.base(tmp_path / "base"), ["f16"])
    encoder = TextEncoder(run / "onnx", context=16)
    with pytest.raises(InputError, match="does not know the task topics"):
        encoder.labels("topics", [["card"]])
    with pytest.raises(InputError, match="longer than the encoder's 16"):
        encoder.labels("cards", [["card " * 20]])
    (run / "onnx" / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"model\.onnx does not load"):
        TextEncoder(run / "onnx").labels("cards", [["card"]])
    with pytest.raises(ModelError, match="holds no tuned encoder"):
        TextEncoder(tmp_path)
