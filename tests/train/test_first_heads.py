"""Heads of texts that are fitted before the body learns: they tell texts apart at the first step, and a run that goes on keeps its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train import tiny_encoder
from tests.train.test_encoder import TOPICS, of_encoder

from finfoundry.core.model_files.heads import HeadForm
from finfoundry.train.data.personal import Screen
from finfoundry.train.encoder import EncoderModel
from finfoundry.train.methods import first_heads
from finfoundry.train.methods.encode import EncoderLoss, LabelledRow, heads_of
from finfoundry.train.packing import Pack
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared

Made = Callable[..., Recipe]


def rows(several: bool, count: int = 60) -> list[LabelledRow]:
    """Texts of two kinds of letters, in several lengths."""
    source = torch.Generator().manual_seed(0)
    found = []
    for number in range(count):
        kind = number % 3
        length = 4 + number % 7
        ids = torch.randint(4 + 8 * kind, 12 + 8 * kind, (length,), generator=source).tolist()
        labels = ((kind,), (kind, (kind + 1) % 3))[several]
        found.append(LabelledRow(tuple(ids), 0, "kind", labels if number % 10 or not several else (), decisions=3 if several else 1))
    return found


@pytest.mark.parametrize("several", [False, True])
def test_a_head_that_was_fitted_tells_texts_apart_before_anything_is_learned(tmp_path: Path, several: bool) -> None:
    form = HeadForm("kind", "several" if several else "one", ("a", "b", "c"))
    model: EncoderModel = tiny_encoder.base(tmp_path, (form,)).model(torch.float32)
    given, body = rows(several), {name: weight.clone() for name, weight in model.body.named_parameters()}

    def loss() -> float:
        with torch.no_grad():
            return float(EncoderLoss(model.eval())(Pack(tuple(given)))) / sum(row.targets for row in given)

    drawn = loss()
    model.train()
    first_heads.fit(model, "kind", several, given, 64)
    assert model.training, "it learns on"
    assert loss() < 0.6 * drawn
    assert all(torch.equal(weight, body[name]) for name, weight in model.body.named_parameters())
    before = model.heads.state_dict()["kind.weight"].clone()
    first_heads.fit(model, "kind", several, given[:1])
    assert torch.equal(model.heads.state_dict()["kind.weight"], before), "one row tells nothing apart"


def test_a_recipe_that_asks_for_it_learns_from_there_and_goes_on_to_the_same_bits(
    recipe: Made, data: Path, tmp_path: Path, screen: Screen
) -> None:
    kinds = [("visa", "c"), ("debt", "l"), ("cost", "f")]
    made = [[f"{n} {kinds[n % 3][0]}", kinds[n % 2][0], kinds[n % 3][1]] for n in range(90)]
    (data / "topics.json").write_text(json.dumps(made), "utf-8")
    (data / "topics.yaml").write_text(TOPICS, "utf-8")

    def first_loss(folder: str, **given: Any) -> float:
        tasks = [{"task": str(data / name)} for name in ("topics.yaml", "cards.yaml")]
        told = of_encoder(recipe, epochs=1, data={"tasks": tasks}, **given)
        run = tmp_path / folder
        carry_out(prepared(told, tiny_encoder.base(tmp_path / "base", heads_of(told)), data, run, screen), run, "0")
        return float(json.loads((run / "log.jsonl").read_text("utf-8").splitlines()[0])["loss"])

    drawn, fitted = first_loss("drawn"), first_loss("fitted", probe=60, head_rate=1.0)
    assert fitted < 0.9 * drawn
    assert first_loss("again", probe=60, head_rate=1.0) == fitted
