"""Fitting a tagger over an encoder together with the words that count beside it."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.base import tiny_gemma
from tests.base.made_readers import encoder_folder

from finfoundry.base.taggers.harm_tagger import DEEP, MOST_DEEP, TAGGER_USE, WORDS, harm_tagger, lacking_model, opened_tagger
from finfoundry.base.taggers.joined_tagger import JoinedTagger
from finfoundry.base.tuned_adapter import adapter_folder
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.heads import read_forms
from finfoundry.governance.guards.guards import HEAD, Guards, tagged_with
from finfoundry.machine import Machine
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.guarding import head_fit
from finfoundry.usecases.guarding.head_fit import fit_head
from finfoundry.usecases.guarding.lexical_fit import OUTPUTS
from finfoundry.usecases.guarding.tagger_setup import install_tagger

KINDS = {
    ("en", "fraud"): ["launder cash", "launder notes", "launder coins", "launder gold"],
    ("en", "none"): ["net profit", "total revenue", "cash flow", "equity ratio"],
    ("zh", "fraud"): ["替人洗钱", "帮人洗钱", "教我洗钱", "马上洗钱"],
    ("zh", "none"): ["净利润", "营业收入", "现金流量", "权益比率"],
}


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with an encoder of two layers."""
    monkeypatch.setattr(head_fit, "LAYERS", (1, 2))
    encoder_folder(home / "models" / "multilingual-e5-small")
    return Settings(home=home, tagger="own")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Rows of acts, from which one word of each language is learned."""
    told = [
        {"text": f"query: {what} {n}", "target": target, "family": f"made-{language}-{target}", "group": what}
        for (language, target), acts in KINDS.items()
        for what in acts
        for n in range(8)
    ]
    (tmp_path / "guard-harms.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told))
    held = [row | {"text": f"{row['text']} again"} for row in told[::5]]
    (tmp_path / "guard-harms-unseen.jsonl").write_text("".join(json.dumps(row) + "\n" for row in held))
    return tmp_path


def test_a_fit_is_served_as_it_was_measured_and_goes_on_from_what_was_read(
    settings: Settings, rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = fit_head(settings, rows, tmp_path / "fitted")
    assert (told.rows, told.harmful) == (128, 64)
    assert {"question:zh", "question:en", "passage"} <= told.bars.keys()
    install_tagger(settings, tmp_path / "fitted", "own")
    found = harm_tagger(settings)
    assert found
    assert isinstance(found[0], JoinedTagger)
    assert found[1] == told.bars
    texts = [["query: launder silver"], ["query: 净资产"]]
    served, released = (one.labels(HEAD, texts) for one in (found[0], opened_tagger(settings, tmp_path / "fitted")[0]))
    assert np.array_equal(served, released)
    assert found[0].identity == "+".join((found[0].encoder.identity, *(one.reader.identity for one in found[0].beside)))
    monkeypatch.setattr(head_fit, "reader_of_states", None)  # nothing is read a second time
    assert fit_head(settings, rows, tmp_path / "fitted").bars == told.bars


def test_fewer_layers_make_a_smaller_tagger(settings: Settings, rows: Path, tmp_path: Path) -> None:
    """A text is read in the time of the layers that are left; states of other layers that were kept are not taken for these."""
    for layers in ((), (1,)):
        fit_head(settings, rows, tmp_path / "fitted", layers=layers)
    found = opened_tagger(settings, tmp_path / "fitted")[0]
    assert isinstance(found, JoinedTagger)
    assert [form.layers for form in read_forms(tmp_path / "fitted" / "adapter")] == [(1,)]
    assert found.labels(HEAD, [["query: launder silver"], ["query: 净资产"]]).shape == (2, len(OUTPUTS))
    with pytest.raises(ValueError, match="after layer 3"):
        fit_head(settings, rows, tmp_path / "other", layers=(3,))


def test_words_that_do_not_say_how_much_they_count_are_told(settings: Settings, rows: Path, tmp_path: Path) -> None:
    fit_head(settings, rows, tmp_path / "fitted")
    install_tagger(settings, tmp_path / "fitted", "own")
    manifest = adapter_folder(settings, TAGGER_USE, "own") / WORDS / "manifest.json"
    says = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(says | {"beside": {}}))
    alone = harm_tagger(settings)
    assert alone
    assert not isinstance(alone[0], JoinedTagger)
    for wrong in ({"zh": 2}, {"zh": "half"}, {"fr": 0.5}, 0.5):
        manifest.write_text(json.dumps(says | {"beside": wrong}))
        with pytest.raises(ModelError, match=r"words.*how much this counts"):
            harm_tagger(settings)


@pytest.fixture
def model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A language model in the home of which two layers are read."""
    monkeypatch.setattr(head_fit, "DEEP_LAYERS", (2,))
    return tiny_gemma.pulled(settings.home / "models" / head_fit.DEEP_BASE)


def test_where_a_model_was_pulled_its_first_layers_count_for_questions(settings: Settings, rows: Path, tmp_path: Path, model: Path) -> None:
    told = fit_head(settings, rows, tmp_path / "fitted")
    install_tagger(settings, tmp_path / "fitted", "own")
    deep, bars = served(settings)
    assert bars == json.loads((tmp_path / "fitted" / DEEP / "bars.json").read_text())
    question, passage = [["query: launder silver"]], [["passage: launder silver"]]
    released = opened_tagger(settings, tmp_path / "fitted")[0]
    assert np.array_equal(deep.labels(HEAD, question), released.labels(HEAD, question))
    model.rename(model.with_name("gone"))
    assert lacking_model(settings, adapter_folder(settings, TAGGER_USE, "own") / DEEP) == head_fit.DEEP_BASE
    without, own = served(settings)
    assert own == told.bars
    assert not np.allclose(deep.labels(HEAD, question), without.labels(HEAD, question))
    assert np.array_equal(deep.labels(HEAD, passage), without.labels(HEAD, passage))
    assert deep.identity.startswith(without.identity)
    (check,) = (one for one in Machine(settings).doctor() if one.name == "guards")
    assert check.ok
    assert f"finfoundry pull {head_fit.DEEP_BASE}" in check.detail


def test_a_model_is_asked_in_doubt_alone(settings: Settings, rows: Path, tmp_path: Path, model: Path) -> None:
    """What those before it find harmless stays as they tell it, and nothing is read for it."""
    fit_head(settings, rows, tmp_path / "fitted")
    install_tagger(settings, tmp_path / "fitted", "own")
    folder = adapter_folder(settings, TAGGER_USE, "own") / DEEP / "manifest.json"
    says = json.loads(folder.read_text())
    texts = [["query: launder silver"], ["query: net profit"]]
    model.rename(model.with_name("gone"))
    before = served(settings)[0].labels(HEAD, texts)
    model.with_name("gone").rename(model)
    likeliest = sorted(float(each) for each in before.max(axis=1))
    for doubt, asked in ((0.0, [True, True]), (sum(likeliest) / 2, [True, False]), ((1 + likeliest[1]) / 2, [False, False])):
        folder.write_text(json.dumps(says | {"doubt": doubt}))
        told = served(settings)[0].labels(HEAD, texts)
        assert [not np.array_equal(now, was) for now, was in zip(told, before, strict=True)] == asked
    for wrong in (1, -0.1, "often"):
        folder.write_text(json.dumps(says | {"doubt": wrong}))
        with pytest.raises(ModelError, match=r"deep.*how much this counts"):
            harm_tagger(settings)


def test_what_a_person_waits_for_is_bounded(
    settings: Settings, rows: Path, tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the windows and sentences of one question the model is asked about those that look worst."""
    fit_head(settings, rows, tmp_path / "fitted")
    install_tagger(settings, tmp_path / "fitted", "own")
    assert model.is_dir()
    words, deep = served(settings)[0].beside
    assert (words.most, deep.most) == (None, MOST_DEEP)
    asked: list[str] = []

    def labels(_: str, texts: list[list[str]]) -> np.ndarray:
        asked.extend(text for (text,) in texts)
        return np.full((len(texts), len(OUTPUTS)), 0.5, np.float32)

    monkeypatch.setattr(deep.reader, "labels", labels)
    joined = JoinedTagger(served(settings)[0].encoder, (words, replace(deep, doubt=0.0)), tmp_path)
    texts = [[f"query: {what} {n}"] for what in ("net profit", "launder cash") for n in range(MOST_DEEP)]
    joined.labels(HEAD, texts)
    assert sorted(asked) == sorted(text for (text,) in texts[MOST_DEEP:])


def test_a_full_disk_is_told_and_leaves_nothing(
    settings: Settings, rows: Path, tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit_head(settings, rows, tmp_path / "fitted")
    install_tagger(settings, tmp_path / "fitted", "own")
    kept = settings.home / TAGGER_USE.kept
    for folder in kept.glob(".*/"):
        shutil.rmtree(folder)
    (kept / ".part-of-a-killed-one").mkdir()
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        write(path, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ModelError, match="No space left on device"):
        harm_tagger(settings)
    assert [folder.name for folder in kept.iterdir() if folder.is_dir()] == ["own"]
    monkeypatch.undo()
    assert served(settings)[0].folder == kept / "own"
    assert model.is_dir()


def test_a_fit_without_the_model_leaves_nothing_of_one_with_it(settings: Settings, rows: Path, tmp_path: Path, model: Path) -> None:
    fit_head(settings, rows, tmp_path / "fitted")
    model.rename(model.with_name("gone"))
    told = fit_head(settings, rows, tmp_path / "fitted")
    assert not list((tmp_path / "fitted").glob(f"**/{DEEP}/manifest.json"))
    assert opened_tagger(settings, tmp_path / "fitted")[1] == told.bars


def test_another_model_than_the_one_learned_over_is_told(settings: Settings, rows: Path, tmp_path: Path, model: Path) -> None:
    """Here the file was replaced; what was put together before is not looked for. Where nobody asked for a tagger the others go on."""
    fit_head(settings, rows, tmp_path / "fitted")
    install_tagger(settings, tmp_path / "fitted", "own")
    for kept in (settings.home / TAGGER_USE.kept).glob(".*/"):
        shutil.rmtree(kept)
    file = model / "model.gguf"
    bars = json.loads((tmp_path / "fitted" / "bars.json").read_text())
    damages: list[tuple[Callable[[], object], str]] = [
        (lambda: tiny_gemma.pulled(model, seed=1), "over another"),
        (lambda: file.write_bytes(b"GGUF"), "over another"),
        (file.unlink, "put together"),
        (file.mkdir, "put together"),
    ]
    for damage, told in damages:
        damage()
        with pytest.raises(ModelError, match=told):
            harm_tagger(settings)
        goes_on = harm_tagger(settings.model_copy(update={"guard_strict": "open"}))
        assert goes_on
        assert goes_on[1] == bars
    (check,) = (one for one in Machine(settings).doctor() if one.name == "guards")
    assert not check.ok


def served(settings: Settings) -> tuple[JoinedTagger, dict[str, float]]:
    found = harm_tagger(settings)
    assert found
    assert isinstance(found[0], JoinedTagger)
    return found[0], found[1]


@pytest.mark.parametrize(
    ("text", "stops"), [("how to launder", True), ("怎样洗钱", False), ("how to launder 怎样洗钱怎样洗钱怎样洗钱", False)]
)
def test_each_language_has_its_own_bar(text: str, stops: bool) -> None:
    class Sure:
        identity = "sure"

        def labels_of(self, head: str) -> tuple[str, ...]:  # noqa: ARG002
            return ("fraud",)

        def labels(self, head: str, texts: object) -> np.ndarray:  # noqa: ARG002
            return np.full((len(texts), 1), 0.7, np.float32)  # type: ignore[arg-type]

        def spans(self, head: str, text: str) -> list[object]:  # noqa: ARG002
            return []

    bars = {"question": 0.99, "question:en": 0.6, "question:zh": 0.8}
    decision = Guards(lambda: tagged_with((Sure(), bars))).decide("question", text)  # type: ignore[arg-type]
    assert decision
    assert (decision.stops, decision.bar) == (stops, 0.6 if stops else 0.8)
