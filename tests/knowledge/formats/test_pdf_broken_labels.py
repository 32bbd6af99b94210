"""A label that the end of a page breaks: one row, whose figures keep their cells on the page that they stand on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, Row, grid, pdf, rows, statement, tables, text

from finfoundry.core.document import Document
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.formats.pdf import parse
from finfoundry.knowledge.ingest.parse_file import parse as parse_file

HEAD_ZH: Row = ("项目", "期初余额", "本期增加", "本期减少", "其他变动", "期末余额")
EDGES = (40, 180, 260, 340, 420, 500, 580)
FIGURES = ("8,888.88", "111.11", "22.22", "0.00", "8,977.77")
PLAIN: list[Row] = [(f"项目{number}", "1,111.11", "222.22", "33.33", "4.44", "1,304.44") for number in range(1, 28)]


def ruled(end: Sequence[Row], begin: Sequence[Row]) -> Document:
    def first(canvas: Canvas) -> None:
        text(canvas, 60, 100, "合并财务报表附注", font=CHINESE, size=14)
        grid(canvas, [HEAD_ZH, *PLAIN, *end], top=120, edges=EDGES, font=CHINESE)

    def second(canvas: Canvas) -> None:
        grid(canvas, [*begin, ("合计", "9,999.99", "1.11", "0.00", "0.00", "6.66")], top=60, edges=EDGES, font=CHINESE)

    return parse(pdf(first, second), "a.pdf")


def unruled(end: Sequence[Row], begin: Sequence[Row]) -> Document:
    def first(canvas: Canvas) -> None:
        text(canvas, 60, 100, "Note 7 Intangible assets at 31 December", font="Helvetica-Bold", size=14)
        statement(canvas, [("", "2024", "2023"), *[(f"Item {number}", "1,111", "222") for number in range(1, 46)], *end], top=130)

    def second(canvas: Canvas) -> None:
        statement(canvas, [*begin, ("Total", "9,999", "11")], top=60)

    return parse(pdf(first, second), "a.pdf")


@pytest.mark.parametrize(
    ("end", "rest"), [("收入资产总计的投资", "营权及其附属设施"), ("资产（收入", "总计）"), ("本期收入的负债及资产总计的投资", "其他资产")]
)
def test_a_chinese_label_broken_over_a_page_is_one_row_with_its_own_cells(end: str, rest: str) -> None:
    document = ruled([(end, "", "", "", "", "")], [(rest, *FIGURES), ("其他", *FIGURES)])
    (above,), (below,) = tables(document, 1), tables(document, 2)
    assert rows(above)[-1] == list(PLAIN[-1])
    assert rows(below)[0] == [f"{end}{rest}", *FIGURES]
    assert below.continued
    own = [cell.box for cell in below.cells if cell.row == 0]
    assert all(box is not None and 59 <= box[1] < box[3] <= 81 for box in own)


@pytest.mark.parametrize(
    ("end", "begin"),
    [
        ([("流动资产：", "", "", "", "", "")], [("其他项目", *FIGURES)]),
        ([("负债", "", "", "", "", "")], [("一、存款", *FIGURES)]),
        ([("负债", "", "", "", "", "")], [("其中：存款", *FIGURES)]),
        ([("流动资产", "", "", "", "", ""), PLAIN[0], ("负债", "", "", "", "", "")], [("存款", *FIGURES)]),
        ([PLAIN[0]], [("存款", *FIGURES)]),
    ],
)
def test_a_chinese_heading_at_the_end_of_a_page_stays_a_row(end: Sequence[Row], begin: Sequence[Row]) -> None:
    document = ruled(end, begin)
    (above,), (below,) = tables(document, 1), tables(document, 2)
    assert rows(above)[-1] == list(end[-1])
    assert rows(below)[0] == list(begin[0])


@pytest.mark.parametrize(
    ("end", "rest"),
    [
        ("Improvements to the leased premises of the", "subsidiaries abroad"),
        ("Licences and rights of use of software", "that were bought"),
        ("Customer relations (of banks and", "Insurers)"),
    ],
)
def test_an_english_label_broken_over_a_page_is_one_row(end: str, rest: str) -> None:
    document = unruled([(end,)], [(rest, "8,888", "111"), ("Other", "55", "11")])
    (table,) = tables(document, 2)
    assert rows(table)[0] == [f"{end} {rest}", "8,888", "111"]
    assert not any(block.text == end for block in document.pages[0].blocks)
    broken = [fact for fact in extract(document) if fact.metric[-1] == f"{end} {rest}"]
    assert [(fact.text, fact.page, fact.row) for fact in broken] == [("8,888", 2, 0), ("111", 2, 0)]


@pytest.mark.parametrize(
    ("end", "begin"),
    [
        ("Liabilities:", "Deposits"),
        ("Liabilities", "Deposits"),
        ("Items of the past:", "subsidiaries abroad"),
    ],
)
def test_an_english_heading_at_the_end_of_a_page_is_no_part_of_the_next_label(end: str, begin: str) -> None:
    document = unruled([(end,)], [(begin, "8,888", "111"), ("Other", "55", "11")])
    assert rows(tables(document, 2)[0])[0] == [begin, "8,888", "111"]
    assert end in document.pages[0].text


def test_a_paragraph_far_below_a_table_is_no_label() -> None:
    def first(canvas: Canvas) -> None:
        statement(canvas, [("", "2024", "2023"), ("Cash", "1,111", "222"), ("Loans", "1,111", "222")], top=130)
        text(canvas, 60, 300, "The bank lends to many of the")

    def second(canvas: Canvas) -> None:
        statement(canvas, [("subsidiaries abroad", "8,888", "111"), ("Total", "9,999", "11")], top=60)

    document = parse(pdf(first, second), "a.pdf")
    assert rows(tables(document, 2)[0])[0][0] == "subsidiaries abroad"
    assert "The bank lends to many of the" in document.pages[0].text


@pytest.mark.parametrize(
    ("line", "rest", "said"),
    [
        ("Gains on the sale of premises in Upper", ("Austria and Tyrol", "8,888", "7,111"), True),
        ("Income of all banks of the group in Lower", ("Saxony", "8,888", "7,111"), True),
        ("Liabilities", ("Deposits", "8,888", "7,111"), False),
        ("Gains on the sale of premises in Upper.", ("Austria and Tyrol", "8,888", "7,111"), False),  # a sentence
        ("Gains on the sale of premises in Upper", ("Austria and Tyrol", "8,888"), False),  # another table
        ("Gains on the sale of premises in Upper", ("Austria and Tyrol",), False),
    ],
)
def test_a_line_below_a_table_without_rules_may_be_a_label_of_the_next_page(line: str, rest: tuple[str, ...], said: bool) -> None:
    def first(canvas: Canvas) -> None:
        text(canvas, 60, 100, "Other income, in EUR million", size=12)
        lines = [(f"Income of office {one}", f"{300 + one}", f"{250 + one}") for one in range(1, 46)]
        statement(canvas, [("", "2024", "2023"), *lines, (line, "", "")], top=130)

    def second(canvas: Canvas) -> None:
        statement(canvas, [rest, ("Other items", "155", "149")[: len(rest)], ("Total", "9,999", "8,111")[: len(rest)]], top=60)

    losses = parse_file(pdf(first, second), "a.pdf").certificate.losses
    assert any("its last label has no figures" in loss and line in loss for loss in losses) is said
