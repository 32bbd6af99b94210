"""The map of the code in both READMEs names every package, and no other; the layers in prose are those that are checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import finfoundry

ROOT = Path(__file__).parents[2]
PACKAGES = {path.name for path in (ROOT / "src" / "finfoundry").iterdir() if (path / "__init__.py").is_file()}


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_tree_names_every_package(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert set(re.findall(r"^  (\w+)/ ", text, re.MULTILINE)) == PACKAGES


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/design.md"])
def test_layers_in_prose_are_layers_that_are_checked(page: str) -> None:
    found = re.search(r"`cli` > .*?`core`", (ROOT / page).read_text("utf-8"), re.DOTALL)
    assert found is not None
    named = set(re.findall(r"\w+", found[0]))
    checked = set(re.findall(r"\w+", (ROOT / "pyproject.toml").read_text("utf-8").partition("\nlayers = [")[2]))
    assert named <= checked, named - checked


def test_what_the_design_says_to_open_is_there() -> None:
    text = (ROOT / "docs" / "rooms.md").read_text("utf-8")
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


def test_what_a_decision_points_to_is_there() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text("utf-8")
        assert [part for part in DECISION if f"**{part}**" not in text] == [], page.name
        here = text.partition("**Where it stands.**")[2]
        named = [path for path in re.findall(r"`([\w/.]+)`", here) if "/" in path]
        assert named, page.name
        assert all(any((base / path).exists() for base in (ROOT, ROOT / "src", ROOT / "src" / "finfoundry")) for path in named), page.name


DECISION = ("Decision.", "Why.", "What else was tried.", "What it costs.", "Where it stands.", "What would change it.")


def test_each_version_has_its_day() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert all(re.fullmatch(r"Unreleased|\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", heading) for heading in headings)
    assert any(heading.startswith(f"{finfoundry.__version__} - ") for heading in headings)
