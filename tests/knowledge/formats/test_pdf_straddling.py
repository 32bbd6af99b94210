"""Text that crosses what parts a table: strings drawn over a ruling, and tables that stand side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, Row, grid, pdf, rows, tables, text

from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.facts.issuers.document_metadata import read_profile
from finfoundry.knowledge.formats.pdf import parse

EDGES = (50, 140, 330, 430, 530)
HEAD: Row = ("Date", "Text", "Debit EUR", "Credit EUR")


def ledger(entries: Sequence[tuple[str, str]], *, font: str = "Helvetica", head: Row = HEAD) -> list[list[str]]:
    """A ruled ledger as read; each entry is what is drawn in one piece from the date's cell on, and its debit."""

    def draw(canvas: Canvas) -> None:
        grid(canvas, [head, *[(entry, "", debit, "") for entry, debit in entries]], edges=EDGES, font=font)

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    return rows(table)


@pytest.mark.parametrize("day", ["{:02}.01.2025", "2025-01-{:02}", "{:02}/01/2025"])
def test_a_date_drawn_in_one_piece_with_its_text_stands_alone(day: str) -> None:
    texts = ["Rent January", "Direct debit ALPHA GMBH", "Salary", "Card payment"]
    found = ledger([(f"{day.format(at)} {entry}", f"{at}45.67") for at, entry in enumerate(texts, 1)])
    assert found == [list(HEAD), *[[day.format(at), entry, f"{at}45.67", ""] for at, entry in enumerate(texts, 1)]]


def test_a_chinese_date_drawn_in_one_piece_with_its_text_stands_alone() -> None:
    head = ("日期", "项目", "本期减少", "本期增加")
    found = ledger([(f"2025-01-0{at} 收入总计的现金流量及其他项目", f"{at}45.67") for at in (1, 2, 3)], font=CHINESE, head=head)
    assert [row[0] for row in found[1:]] == ["2025-01-01", "2025-01-02", "2025-01-03"]
    assert {row[1] for row in found[1:]} == {"收入总计的现金流量及其他项目"}


def test_the_words_beside_a_date_are_no_company() -> None:
    entries = [("03.01.2025 Rent January of the shop", "345.67"), ("07.01.2025 Direct debit ALPHA GMBH", "12.30")]

    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 100, "IBAN DE00 1234 5678 9012 3456 00, amounts in EUR", size=9)
        grid(canvas, [HEAD, *[(entry, "", debit, "") for entry, debit in entries]], edges=EDGES)

    document = parse(pdf(draw), "a.pdf")
    profile, _ = read_profile(document)
    assert profile.entity not in {"Rent", "Rent January", "Direct"}
    extract(document)
    assert not document.doubts.unread_scales


@pytest.mark.parametrize(
    "entries",
    [
        [("Salary of January", "345.67"), ("Rent January of the shop", "12.30")],
        [("03.01.2025", "345.67"), ("07.01.2025", "12.30")],
        [("03.01.2025 paid", "345.67"), ("07.01.2025 due", "12.30")],
    ],
)
def test_what_begins_with_no_date_or_stays_left_of_the_ruling_is_left(entries: Sequence[tuple[str, str]]) -> None:
    found = ledger(entries)
    assert [" ".join(filter(None, row[:2])) for row in found[1:]] == [entry for entry, _ in entries]
    if "2025" in entries[0][0]:
        assert [row[0] for row in found[1:]] == [entry for entry, _ in entries]


LEFT: list[Row] = [("", "2024", "2023"), ("France", "1,258", "1,277"), ("Spain", "1,803", "1,550"), ("Italy", "3,061", "2,827")]
RIGHT: list[Row] = [("", "Men", "Women"), ("Under 30", "258", "277"), ("30 to 50", "803", "550"), ("Over 50", "61", "27")]


def beside(left: Sequence[Row], right: Sequence[Row], titles: tuple[str, str] = ("", "")) -> list[list[list[str]]]:
    def draw(canvas: Canvas) -> None:
        for x, title, content, columns in ((50, titles[0], left, (190, 260)), (310, titles[1], right, (460, 540))):
            text(canvas, x, 130, title, font="Helvetica-Bold")
            for place, row in enumerate(content):
                text(canvas, x, 150 + 14 * place, row[0] or "")
                for edge, figure in zip(columns, row[1:], strict=True):
                    text(canvas, edge, 150 + 14 * place, figure or "", right=True)

    return [rows(table) for table in tables(parse(pdf(draw), "a.pdf"))]


@pytest.mark.parametrize("titles", [("", ""), ("Assets by country", "Staff by year of entry")])
def test_two_tables_side_by_side_with_other_headings_are_two(titles: tuple[str, str]) -> None:
    found = beside(LEFT, RIGHT, titles)
    assert [table[-4:] for table in found] == [[list(row) for row in LEFT], [list(row) for row in RIGHT]]
    assert [table[:-4] for table in found] == [[[title, "", ""]] if title else [] for title in titles]


def test_two_tables_side_by_side_with_the_same_headings_stay_two() -> None:
    found = beside(LEFT, [LEFT[0], *RIGHT[1:]])
    assert len(found) == 2
    assert found[1][-1] == ["Over 50", "61", "27"]


@pytest.mark.parametrize("headings", [("", "2024", "2023", "Rating"), ("Country", "2024", "2023", "Rating")])
def test_a_column_of_words_with_a_heading_is_a_column(headings: Row) -> None:
    body: list[Row] = [("France", "1,258", "1,277", "good"), ("Spain", "1,803", "1,550", "fair"), ("Italy", "3,061", "2,827", "poor")]

    def draw(canvas: Canvas) -> None:
        for place, row in enumerate([headings, *body]):
            for x, content in zip((50, 190, 260, 310), row, strict=True):
                text(canvas, x, 150 + 14 * place, content or "", right=x in (190, 260))
            if place:
                text(canvas, 460, 150 + 14 * place, f"{place}1.5", right=True)
        text(canvas, 460, 150, "Score", right=True)

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[1] == ["France", "1,258", "1,277", "good", "11.5"]
