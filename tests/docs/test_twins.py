"""Pages in Chinese say what their English twins say: as many headings, tables and rows, and the same commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
CLOSE = ("console.md", "tour.md")  # translated line by line


def shape(path: Path) -> tuple[int, int, list[str]]:
    """Headings, rows of tables, and the commands in blocks."""
    text = path.read_text("utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return len(re.findall(r"^#+ ", text, re.MULTILINE)), len(re.findall(r"^\|", text, re.MULTILINE)), blocks


@pytest.mark.parametrize("page", CLOSE)
def test_a_page_in_chinese_is_not_stale(page: str) -> None:
    assert shape(DOCS / "zh" / page) == shape(DOCS / page)


def test_every_page_in_chinese_has_its_english_twin_and_stands_in_the_menu() -> None:
    pages = {path.name for path in (DOCS / "zh").glob("*.md")}
    assert pages <= {path.name for path in DOCS.glob("*.md")}
    menu = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    assert [page for page in sorted(pages) if f"zh/{page}" not in menu] == []
