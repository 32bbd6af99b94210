"""Recipes are typed; every shipped one is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.train.recipe import load_recipe, parse_recipe

SHIPPED = sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))
WHOLE = {"name": "a", "base": "b", "method": "instruct", "data": {"tasks": [{"task": "finfe"}], "licences": ["none-stated"]}}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_whole(path: Path) -> None:
    """Its name is that of its file; its tasks are there, have the template that it names, and a licence that it allows."""
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    for share in recipe.data.tasks:
        task = load_task(share.task)
        assert task.licence in recipe.data.licences
    for name in recipe.data.held_out:
        load_task(name)


def test_the_digest_is_of_what_is_said() -> None:
    assert parse_recipe(WHOLE, "a").digest == parse_recipe(WHOLE | {"epochs": 1.0}, "b").digest
    assert parse_recipe(WHOLE, "a").digest != parse_recipe(WHOLE | {"seed": 1}, "a").digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learning_rat": 1}, r"learning_rat: .*Do you mean learning_rate\?"),
        ({"lora": {"ranks": 8}}, r"lora.ranks: .*Do you mean rank\?"),
        ({"data": {"licences": ["MIT"]}}, "instruct needs data.tasks"),
        ({"data": {"tasks": [{"task": "finfe"}], "licences": []}}, "data.licences"),
        ({"method": "pretrain"}, "pretrain needs data.corpus"),
        ({"pack": 100}, "a pack must hold at least one row"),
        ({"data": {"tasks": [{"task": "finfe"}], "held_out": ["finfe"], "licences": ["x"]}}, "held out and trained on: finfe"),
        ({"weights": "full"}, "full weights have no adapter"),
        ({"epochs": 0}, "epochs"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        parse_recipe(WHOLE | change, "mine.yaml")
    assert "mine.yaml" in caught.value.message


@pytest.mark.parametrize(("text", "said"), [("just words", "it has no keys"), ("a: [", "not YAML"), (b"\xff\xfe\x00", "not YAML in UTF-8")])
def test_a_file_that_is_no_recipe(text: str | bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=said):
        load_recipe(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_recipe(tmp_path / "none.yaml")
