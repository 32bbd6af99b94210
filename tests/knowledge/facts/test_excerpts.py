"""Pages of a longer paper: which they are, of how many, and of what paper, as their edges say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from finfoundry.core.document import Block, Document, Excerpt, Page, Profile, Word
from finfoundry.knowledge.facts.issuers.document_metadata import read_profile
from finfoundry.knowledge.facts.issuers.excerpts import excerpt_of, title_of
from finfoundry.knowledge.ingest.certificate import certify

Lines = Sequence[tuple[float, str]]
TEXT: Lines = (
    (90, "第八條 要保人得隨時終止本契約。"),
    (105, "前項契約之終止，自書面送達時開始生效。"),
    (120, "本公司應於接到通知後一個月內償付解約金。"),
)


def page(number: int, *lines: tuple[float, str]) -> Page:
    """A page of lines, each at its distance from the top, ten points high, its words parted by spaces."""
    words = [
        Word(text, (60.0 + 80 * place, top, 130.0 + 80 * place, top + 10), 10.0)
        for top, line in lines
        for place, text in enumerate(line.split("  "))
    ]
    return Page(number, 595.0, 842.0, [Block("paragraph", line, (60.0, top, 540.0, top + 10)) for top, line in lines], words)


def paper(*pages: Page) -> Document:
    return Document("paper.pdf", "0" * 64, "application/pdf", 1, list(pages), Profile())


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ([(40, "【QZTREE】- 11/22")], Excerpt("QZTREE", 11, 22)),
        ([(40, "第 5 頁，共 24 頁  銷售日期：113 年 2 月 26 日")], Excerpt("銷售日期：113 年 2 月 26 日", 5, 24)),
        ([(800, "Harbour Leave Policy  Page 3 of 14")], Excerpt("Harbour Leave Policy", 3, 14)),
        ([(40, "望山人壽長青樹終身保險_QZ6"), (800, "第 13 頁，共 19 頁")], Excerpt("望山人壽長青樹終身保險_QZ6", 13, 19)),
        ([(800, "13 / 17")], None),  # of what paper?
        ([(40, "【QZTREE】- 23/22")], None),
        ([(40, "Report of 5/22/2023  QZTREE")], None),  # a day
        ([(40, "【QZTREE】")], None),
        ([], None),
    ],
)
def test_the_edge_of_a_page_tells_which_page_of_which_paper_it_is(edges: list[tuple[float, str]], found: Excerpt | None) -> None:
    assert excerpt_of(paper(page(1, *edges, *TEXT))) == found


def test_the_first_line_of_the_text_is_no_head() -> None:
    assert excerpt_of(paper(page(1, *((top - 50, line) for top, line in TEXT), (800, "第 13 頁，共 19 頁")))) is None


@pytest.mark.parametrize(
    ("counts", "found"),
    [(("3/9", "4/9"), True), (("3/9", "5/9"), False), (("3/9", "4/8"), False), (("8/9", "9/9"), True), (("3/9", ""), False)],
)
def test_the_counts_go_on_from_page_to_page(counts: tuple[str, str], *, found: bool) -> None:
    pages = [page(number, (40, f"QZTREE  {count}"), *TEXT) for number, count in enumerate(counts, 1)]
    assert (excerpt_of(paper(*pages)) is not None) is found


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("QZTREE", False),
        ("望山人壽長青樹終身保險_QZ6", True),
        ("銷售日期：113 年 2 月 26 日", False),
        ("Harbour Leave Policy", True),
        ("Edition of 1 July 2024", False),
    ],
)
def test_a_head_is_a_title_where_it_is_no_code_and_no_day(head: str, *, title: bool) -> None:
    assert title_of(Excerpt(head, 2, 9)) == (head if title else None)


def test_what_begins_a_page_from_within_a_paper_is_not_its_title() -> None:
    within, _ = read_profile(paper(page(1, (40, "【QZTREE】- 11/22"), *TEXT)))
    assert within.title is None
    assert within.excerpt == Excerpt("QZTREE", 11, 22)
    first, _ = read_profile(paper(page(1, (40, "【QZTREE】- 1/22"), (60, "望山人壽長青樹終身保險條款說明"), *TEXT)))
    assert first.title is not None
    assert first.excerpt == Excerpt("QZTREE", 1, 22)


@pytest.mark.parametrize(
    ("counts", "told"), [(("3/9", "4/9"), ["pages 3 to 4 of a paper of 9: the others are not in this file"]), (("1/2", "2/2"), [])]
)
def test_the_certificate_says_which_pages_a_file_has(counts: tuple[str, str], told: list[str]) -> None:
    document = paper(*(page(number, (40, f"QZTREE  {count}"), *TEXT) for number, count in enumerate(counts, 1)))
    document.profile, _ = read_profile(document)
    assert certify(document, []).losses == told
