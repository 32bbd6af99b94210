"""The map of the code in both READMEs names every package, and no other; the layers in prose are those that are checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {path.name for path in (ROOT / "src" / "finfoundry").iterdir() if (path / "__init__.py").is_file()}


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_b7_the_tree_names_every_package(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert set(re.findall(r"^  (\w+)/ ", text, re.MULTILINE)) == PACKAGES


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/design.md"])
def test_b7_layers_in_prose_are_layers_that_are_checked(page: str) -> None:
    found = re.search(r"`cli` > .*?`core`", (ROOT / page).read_text("utf-8"), re.DOTALL)
    assert found is not None
    named = set(re.findall(r"\w+", found[0]))
    checked = set(re.findall(r"\w+", (ROOT / "pyproject.toml").read_text("utf-8").partition("\nlayers = [")[2]))
    assert named <= checked, named - checked


def test_what_the_design_says_to_open_is_there() -> None:
    text = (ROOT / "docs" / "design.md").read_text("utf-8").partition("## To change")[2]
    rows = [row for row in text.splitlines() if row.startswith("| ") and not row.startswith("| to change")]
    assert len(rows) >= 20
    for row in rows:
        named = re.findall(r"`([\w/.]+)`", row.split("|")[2])
        assert named, row
        assert all((ROOT / "src" / "finfoundry" / path).exists() for path in named), row


def test_the_design_names_the_rooms_of_a_question() -> None:
    text = (ROOT / "docs" / "design.md").read_text("utf-8").partition("| room | from what to what |")[2].partition("**A figure**")[0]
    rooms = {path.name for path in (ROOT / "src" / "finfoundry" / "ask").iterdir() if (path / "__init__.py").is_file()}
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == rooms
