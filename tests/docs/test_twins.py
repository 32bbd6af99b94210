"""Every page has a twin in Chinese that says what it says: the same headings in the same order, and no command or option less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
CLOSE = ("console.md", "tour.md")  # translated line by line
ENGLISH = {Path("commands.md")}  # written by the program, which speaks English there
APART = {"zh", "lab"}  # twins themselves, and the lab book, which is no part of the site
PAGES = sorted(path.relative_to(DOCS) for path in DOCS.rglob("*.md") if APART.isdisjoint(path.relative_to(DOCS).parts))
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shape(path: Path) -> tuple[int, int, list[str]]:
    """Headings, rows of tables, and the commands in blocks."""
    text = path.read_text("utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return len(re.findall(r"^#+ ", text, re.MULTILINE)), len(re.findall(r"^\|", text, re.MULTILINE)), blocks


def headings(path: Path) -> list[int]:
    """The levels of a page's headings, in order."""
    return [len(level) for level in re.findall(r"^(#+) ", BLOCK.sub("", path.read_text("utf-8")), re.MULTILINE)]


def commands(text: str) -> set[str]:
    """The commands and options that a text shows; what stands behind # on a line is a comment."""
    shown = "\n".join(re.sub(r"\s#\s.*$", "", line) for line in text.splitlines())
    return {*re.findall(r"finfoundry ([a-z][a-z-]+)", shown), *re.findall(r"(?<!\S)--[a-z][a-z-]+", shown)}


@pytest.mark.parametrize("page", CLOSE)
def test_a_page_in_chinese_is_not_stale(page: str) -> None:
    assert shape(DOCS / "zh" / page) == shape(DOCS / page)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ENGLISH], ids=str)
def test_every_page_has_a_twin_with_its_headings_and_its_commands(page: Path) -> None:
    twin = DOCS / "zh" / page
    assert twin.is_file(), f"docs/zh/{page} is missing"
    assert headings(twin) == headings(DOCS / page), "a heading came or went: the twin is stale"
    shown = commands("\n".join(BLOCK.findall((DOCS / page).read_text("utf-8"))))
    assert shown - commands(twin.read_text("utf-8").replace("`", " ")) == set(), "commands or options that the twin does not have"


def test_a_stale_twin_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n\n```\n# no heading\nfinfoundry ask --as ana  # --not-an-option\n```\n\n## Two\n")
    assert headings(page) == [1, 2]
    assert commands(page.read_text()) == {"ask", "--as"}


def test_every_page_in_chinese_has_its_english_twin_and_stands_in_the_menu() -> None:
    pages = {path.relative_to(DOCS / "zh") for path in (DOCS / "zh").rglob("*.md")}
    assert pages <= set(PAGES)
    menu = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    of_the_menu = [page for page in sorted(pages) if page.parent == Path() or page.name == "index.md"]
    assert [page for page in of_the_menu if f"zh/{page}" not in menu] == []
