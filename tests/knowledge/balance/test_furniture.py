"""Page numbers and running lines that the reader left among the blocks are furniture; other numbers alone, and other lines, are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from finfoundry.core.document import Block, BlockKind, Page
from finfoundry.knowledge.balance.text_accounts import furniture_of, text_accounts

BOX = (100.0, 400.0, 120.0, 410.0)  # in the middle of its page


def pages(texts: Sequence[Sequence[str]], kind: BlockKind = "paragraph") -> list[Page]:
    return [Page(n, 600, 800, [Block(kind, text, BOX) for text in blocks]) for n, blocks in enumerate(texts, 1)]


def accounts(papers: list[Page], place: int = -1) -> set[str]:
    """The accounts of the runs of the last block of each page."""
    known = furniture_of(papers)
    return {name for page in papers for _, (name, _) in text_accounts(page.blocks[place], page, Counter(), Counter(), known)}


@pytest.mark.parametrize("ahead", [0, 2, -11])
def test_a_number_that_goes_with_the_count_of_pages_is_theirs(ahead: int) -> None:
    assert accounts(pages([["Words", str(n + ahead)] for n in range(13, 17)])) == {"furniture"}


@pytest.mark.parametrize("text", ["~12~", "- 12 -", "–12–", "~ 7 ~"])
def test_a_number_between_two_signs_is_of_its_page_wherever_it_stands(text: str) -> None:
    assert accounts(pages([["Words", text]])) == {"furniture"}


@pytest.mark.parametrize(
    "texts", [["20", "40", "60", "80"], ["7", "3", "9", "1"], ["120%", "90%", "60%", "30%"], ["-12", "~3", "-4", "9~"]]
)
def test_other_numbers_alone_are_of_a_chart(texts: list[str]) -> None:
    assert accounts(pages([["Words", text] for text in texts])) == {"chart"}


def test_a_telephone_number_is_no_tick_of_a_chart() -> None:
    assert accounts(pages([["+44 117 9753200"]])) == {"text"}


@pytest.mark.parametrize("line", ["2021 FORM 10-K {}", "Pfizer Inc. 2021 Form 10-K {}", "江苏银行 2021 年度报告 第 {} 页"])
def test_a_line_that_ends_many_pages_is_furniture_whatever_it_was_read_as(line: str) -> None:
    papers = pages([["Words", line.format(n)] for n in range(20, 26)], "heading")
    assert accounts(papers) == {"furniture"}
    assert accounts(papers, 0) == set()


@pytest.mark.parametrize(
    "texts", [["Item 1. Business", "Item 3. Legal proceedings", "Note 4 Loans", "Note 9 Tax"], ["Note 1"], ["Loans 12", "Loans 13"]]
)
def test_headings_that_end_pages_stay_headings(texts: list[str]) -> None:
    assert accounts(pages([["Words", text] for text in texts], "heading")) == {"heading"}
