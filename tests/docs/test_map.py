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
    checked = set(re.findall(r"finfoundry\.(\w+)", (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.importlinter]")[2]))
    assert named <= checked, named - checked
