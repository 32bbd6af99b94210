"""The first page: a way of five pages that a newcomer reads in under ten minutes each, the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
TEN_MINUTES = {"en": 2_000, "zh": 4_000}  # words, and Chinese characters, that are read in ten minutes
INDEX = {"en": DOCS / "index.md", "zh": DOCS / "zh" / "index.md"}
TASKS = {"specialists.md", "training.md", "light.md", "release.md", "evaluation.md", "figures.md", "limits.md", "rooms.md"}


def way(language: str) -> list[str]:
    """The pages of the newcomer's way, in order."""
    return re.findall(r"^\d\. \[[^\]]+\]\(([^)]+)\)", INDEX[language].read_text("utf-8"), re.MULTILINE)


def length(page: Path, language: str) -> int:
    text = page.read_text("utf-8")
    return len(re.findall(r"[㐀-鿿]", text)) if language == "zh" else len(text.split())


@pytest.mark.parametrize("language", INDEX)
def test_the_way_has_five_pages_of_under_ten_minutes(language: str) -> None:
    pages = {page: length(INDEX[language].parent / page, language) for page in way(language)}
    assert len(pages) == 5
    assert {page: count for page, count in pages.items() if count > TEN_MINUTES[language]} == {}


@pytest.mark.parametrize("language", INDEX)
@pytest.mark.parametrize("page", ["design.md", "answering.md"])
def test_what_a_newcomer_to_the_code_reads_takes_ten_minutes_a_page(language: str, page: str) -> None:
    assert length(INDEX[language].parent / page, language) <= TEN_MINUTES[language]


def test_both_languages_go_the_same_way() -> None:
    assert way("en") == way("zh")


@pytest.mark.parametrize("language", INDEX)
def test_models_measures_and_limits_are_found_from_the_first_page(language: str) -> None:
    assert set(re.findall(r"\]\(([^)]+\.md)\)", INDEX[language].read_text("utf-8"))) >= TASKS
