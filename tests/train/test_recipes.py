"""Recipes are typed; every shipped one is whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.train import tiny_encoder
from tests.train.made import write_sources

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.light.distil import Teaching, Whose, check
from finfoundry.train.recipe import load_recipe, parse_recipe, shipped
from finfoundry.usecases.train_model import Training

SHIPPED = [Path(name) for name in sorted(shipped())]
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


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sources(tmp_path_factory.mktemp("sources"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_planned(path: Path, sources: Path, bases: Callable[[str], Base], tmp_path: Path) -> None:
    """A dry run from its data to its steps, over sources of the shapes that it names and a base of two layers."""
    bytewise = {"context": 4096, "pack": 8192, "layers": 0}  # the tiny base spells its words, and has two layers
    recipe = load_recipe(path)
    if recipe.method == "encode" and not recipe.turn:
        folder = tmp_path / "home" / "models" / recipe.base
        tiny_encoder.base(folder)
        (folder / "manifest.json").write_text("{}", "utf-8")
    else:
        recipe = recipe.model_copy(update={"base": str(bases("qwen2" if recipe.turn else "llama").path)})
    recipe = recipe.model_copy(update=bytewise)
    found = Training(Settings(home=tmp_path / "home")).dry_run(recipe, sources, tmp_path / "out")
    assert found.plan.steps > 0
    assert found.plan.tokens == found.data.tokens > 0
    named = {share.task.partition("@")[0] for share in recipe.data.tasks}
    assert named <= {record.name for record in found.data.sources if record.kept}
    assert {record.kind for record in found.data.sources if not named} <= {"corpus", "replay", "preferences"}
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "answers"), [("heal", "rows"), ("distil-cpu", "teacher")])
def test_a_shipped_recipe_has_a_teacher(name: str, answers: Whose, bases: Callable[[str], Base]) -> None:
    """As docs/light.md calls them: the method is one that is taught, the student's answer fits into its row."""
    recipe = load_recipe(Path(name))
    check(recipe, Teaching(bases("llama"), answers=answers, checks=("form",)))
    assert recipe.sampling.tokens < recipe.context


def test_recipes_that_the_page_of_light_models_names_are_shipped() -> None:
    said = Path(__file__).parents[2].joinpath("docs", "light.md").read_text("utf-8")
    named = re.findall(r"^finfoundry (?:lighten distil|train) (\S+) ", said, re.MULTILINE)
    assert {"heal", "teacher-cpu", "distil-cpu"} == {*named} <= {*shipped()}


def test_what_a_recipe_replays_is_named_where_it_is_missing(sources: Path, bases: Callable[[str], Base], tmp_path: Path) -> None:
    shutil.copytree(sources / "zh_regulations", tmp_path / "data" / "zh_regulations")
    recipe = load_recipe(next(path for path in SHIPPED if path.stem == "regulations-pretrain"))
    with pytest.raises(InputError, match=r"task finna finds no .*data\.replay of the recipe regulations-pretrain"):
        Training(Settings(home=tmp_path / "home")).dry_run(
            recipe.model_copy(update={"base": str(bases("llama").path)}), tmp_path / "data", tmp_path / "out"
        )


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
        ({"method": "pretrain", "data": {"corpus": {"licence": "MIT"}, "licences": ["MIT"]}}, "data.corpus: .*name paths or tasks"),
        ({"method": "pretrain", "data": {"corpus": {"paths": ["*.txt"]}, "licences": ["MIT"]}}, "data.corpus: .*files need a licence"),
        ({"pack": 100}, "a pack must hold at least one row"),
        ({"data": {"tasks": [{"task": "finfe"}], "held_out": ["finfe"], "licences": ["x"]}}, "held out and trained on: finfe"),
        ({"weights": "full"}, "full weights have no adapter"),
        ({"epochs": 0}, "epochs"),
        ({"sampling": {"temperature": 0.7}}, "sampling.temperature"),
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
