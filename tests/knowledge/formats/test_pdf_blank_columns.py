"""Columns without rulings in which no row has anything: their headings keep a column of their own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, HEIGHT, Row, pdf, rows, statement, tables, text

from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.formats.pdf import parse

HEAD: Row = ("", "Opening", "Increase", "Decrease", "Transfer", "FX", "Closing")
HEAD_ZH: Row = ("", "期初余额", "本期增加", "本期减少", "其他变动", "投资", "期末余额")
COLUMNS = (220, 280, 340, 400, 460, 530)
FULL: list[Row] = [(f"Item {number}", "500", "20", "30", "10", "5", "505") for number in range(1, 30)]
NAMES = ("Furniture", "Cars", "Ships", "Tools")


def filled(*figures: str) -> list[Row]:
    return [(name, *figures) for name in NAMES]


@pytest.mark.parametrize(("head", "font"), [(HEAD, "Helvetica"), (HEAD_ZH, CHINESE)])
@pytest.mark.parametrize(
    "figures",
    [
        ("600", "20", "100", "", "", "520"),
        ("600", "20", "", "10", "", "520"),
        ("600", "", "100", "", "", "520"),
        ("600", "20", "100", "5", "", "520"),
        ("600", "20", "100", "5", "6", "520"),
    ],
)
def test_the_heading_of_a_blank_column_joins_no_neighbour(figures: Sequence[str], head: Row, font: str) -> None:
    def first(canvas: Canvas) -> None:
        statement(canvas, [head, *FULL], top=130, columns=COLUMNS, font=font)

    def second(canvas: Canvas) -> None:
        statement(canvas, [head, *filled(*figures)], top=60, columns=COLUMNS, font=font)

    (table,) = tables(parse(pdf(first, second), "a.pdf"), 2)
    assert table.continued
    assert rows(table) == [list(head), *[[name, *figures] for name in NAMES]]


def test_no_fact_is_told_under_a_blank_column() -> None:
    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 100, "Note 8 Equipment at 31 December 2024, in EUR thousand", size=12)
        statement(canvas, [HEAD, *filled("600", "20", "100", "", "", "520")], top=130, columns=COLUMNS)

    facts = extract(parse(pdf(draw, draw), "a.pdf"))
    told = {(fact.text, member) for fact in facts for axis, member in fact.dimensions if axis == "column"}
    assert told <= {("600", "Opening"), ("20", "Increase"), ("100", "Decrease"), ("520", "Closing")}
    assert ("520", "Closing") in told


def test_headings_set_in_the_middle_of_their_cells_keep_their_columns() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for name, right in zip(HEAD[1:], COLUMNS, strict=True):
            canvas.drawCentredString(right - 22, HEIGHT - 130, name or "")
        statement(canvas, filled("1,600", "1,020", "1,100", "", "", "1,520"), top=144, columns=COLUMNS)

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[0] == list(HEAD)
    assert rows(table)[1] == ["Furniture", "1,600", "1,020", "1,100", "", "", "1,520"]


@pytest.mark.parametrize(
    ("head", "columns", "figures", "first"),
    [
        (("", "31 December 2024", "31 December 2023"), (400, 520), ("600", "520"), ["", "31 December 2024", "31 December 2023"]),
        (("", "Total equity", "Total debt"), (400, 520), ("600", "520"), ["", "Total equity", "Total debt"]),
        (("Item", "2024", "2023"), (400, 520), ("600", "520"), ["Item", "2024", "2023"]),
    ],
)
def test_headings_of_several_words_make_no_further_column(
    head: Row, columns: Sequence[float], figures: Sequence[str], first: list[str]
) -> None:
    (table,) = tables(parse(pdf(lambda canvas: statement(canvas, [head, *filled(*figures)], columns=columns)), "a.pdf"))
    assert rows(table)[0] == first
    assert rows(table)[1] == ["Furniture", *figures]


def test_a_column_of_notes_without_any_note_keeps_its_heading() -> None:
    draw = [("", "Note", "2024", "2023"), *filled("", "1,600", "1,520")]
    (table,) = tables(parse(pdf(lambda canvas: statement(canvas, draw, columns=(300, 400, 500))), "a.pdf"))
    assert rows(table)[0] == ["", "Note", "2024", "2023"]
    assert rows(table)[1] == ["Furniture", "", "1,600", "1,520"]
