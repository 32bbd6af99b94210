"""Tables as they stand in filings, each trap on a page of its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, HEIGHT, cell, grid, paragraph, pdf, rows, statement, tables, text

from finfoundry.knowledge.formats.pdf import parse

BALANCE = [
    ("", "2021", "2020"),
    ("Current assets:",),
    ("  Cash and cash equivalents", "11,258", "12,277"),
    ("  Receivables, net", "1,803", "1,550"),
    ("    Total current assets", "13,061", "13,827"),
    ("Goodwill", "—", "(45)"),
    ("TOTAL ASSETS", "13,061", "13,782"),
]


def test_statement_without_rulings() -> None:
    """Labels, figures, years; group headings are rows of their own; depth shows as indentation."""
    (table,) = tables(parse(pdf(lambda c: statement(c, BALANCE)), "a.pdf"))
    assert rows(table) == [[row[0].strip(), *row[1:], *[""] * (3 - len(row))] for row in BALANCE]
    assert [c.indent for c in table.cells if c.column == 0] == [0, 1, 1, 2, 0, 0]
    assert {c.text for c in table.cells if c.header} == {"2021", "2020"}


def test_currency_and_closing_signs_join_their_number() -> None:
    """``$``, ``%`` and ``)`` set apart from the number belong to its cell."""

    def draw(canvas: Canvas) -> None:
        statement(canvas, [("", "2021", "2020"), ("Net loss", "(1,234", "(99"), ("Growth", "12.5", "3.0"), ("Sales", "5,000", "4,000")])
        for right in (400, 500):
            text(canvas, right - 60, 164, "$")
            text(canvas, right + 1, 164, ")")
            text(canvas, right + 2, 178, "%")

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[1:3] == [["Net loss", "$ (1,234)", "$ (99)"], ["Growth", "12.5%", "3.0%"]]


def test_currency_sign_set_apart_joins_no_columns() -> None:
    """Over an empty column, or right behind the ``%`` of the column before, the sign belongs to its own figure only."""
    content = [
        ("", "Level 1", "Level 2", "Level 3"),
        ("Contracts", "90", "660", "15"),
        ("Swaps", "88", "1,484", "12"),
        ("Rights", "", "", "1,217"),
    ]

    def draw(canvas: Canvas) -> None:
        statement(canvas, content, columns=(300, 350, 410))
        text(canvas, 290, 192, "$")
        statement(canvas, [("Rate", "21.0", "7,102"), ("Other", "0.7", "120"), ("Total", "13.3", "40")], top=400, columns=(300, 350))
        for top in (400, 414, 428):
            text(canvas, 300.5, top, "%")
        text(canvas, 315, 400, "$")

    levels, rates = tables(parse(pdf(draw), "a.pdf"))
    assert rows(levels) == [*map(list, content[:3]), ["Rights", "", "", "$ 1,217"]]
    assert rows(rates)[0] == ["Rate", "21.0%", "$ 7,102"]


def test_wrapped_label_is_one_cell() -> None:
    wrapped = [
        ("", "2021", "2020"),
        ("Revenue", "900", "800"),
        ("Net income attributable to the", "", ""),
        ("shareholders of the parent", "120", "110"),
        ("Other", "5", "6"),
    ]
    (table,) = tables(parse(pdf(lambda c: statement(c, wrapped)), "a.pdf"))
    assert rows(table)[2] == ["Net income attributable to the shareholders of the parent", "120", "110"]


def test_dates_over_several_lines_and_heading_over_columns() -> None:
    """A header of three lines becomes one cell a column; the heading above both spans them."""

    def draw(canvas: Canvas) -> None:
        text(canvas, 405, 110, "Fiscal year ended")
        for right, year in ((400, "2021"), (500, "2020")):
            text(canvas, right, 124, "May 31,", right=True)
            text(canvas, right, 136, year, right=True)
        statement(canvas, BALANCE[2:])

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[1][1:] == ["May 31, 2021", "May 31, 2020"]
    heading = cell(table, "Fiscal year ended")
    assert (heading.column, heading.column_span, heading.header) == (1, 2, True)


def test_footnote_mark_stays_out_of_the_number() -> None:
    def draw(canvas: Canvas) -> None:
        statement(canvas, BALANCE)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(400.5, HEIGHT - 175, "1")

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[2][1] == "11,258¹"


def test_lattice_with_spans_and_chinese() -> None:
    """Rulings give rows, columns and spans; Chinese is read; the unit line is found above."""
    content = [
        ("项目", "2020年度", None),
        ("营业收入", "1,581,905,438.91", "1,126,639,712.33"),
        ("归属于上市公司股东的净利润", "406,195,463.57", "220,841,990.56"),
    ]

    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 120, "合并利润表", font=CHINESE, size=12)
        text(canvas, 420, 140, "单位：元 币种：人民币", font=CHINESE)
        grid(canvas, content, edges=(60, 240, 390, 540), font=CHINESE)

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[1] == list(content[1])
    heading = cell(table, "2020年度")
    assert (heading.column, heading.column_span) == (1, 2)
    assert table.note == "单位：元 币种：人民币"
    assert table.title == "合并利润表"


def test_ticked_choices_and_a_unit_line_are_no_table() -> None:
    """A page of headings, each with what applies below it, and a unit line whose halves stand apart."""

    def draw(canvas: Canvas) -> None:
        for number in range(5):
            text(canvas, 90, 80 + 40 * number, f"（{number + 1}）重大事项的说明", font=CHINESE)
            text(canvas, 90, 100 + 40 * number, "□适用", font=CHINESE)
            text(canvas, 160, 100 + 40 * number, "√不适用", font=CHINESE)
        text(canvas, 360, 300, "单位：万元", font=CHINESE)
        text(canvas, 440, 300, "币种：人民币", font=CHINESE)
        grid(canvas, [("境内会计师事务所报酬", "110"), ("境内会计师事务所审计年限", "4")], edges=(90, 300, 530), top=320, font=CHINESE)

    parsed = parse(pdf(draw), "a.pdf")
    (table,) = tables(parsed)
    assert [row[0] for row in rows(table)] == ["境内会计师事务所报酬", "境内会计师事务所审计年限"]
    assert table.note == "单位：万元 币种：人民币"
    assert sum("适用" in block.text for block in parsed.pages[0].blocks if block.kind != "table") == 5


def test_number_broken_over_lines_in_a_narrow_cell() -> None:
    """Its pieces are put together again; two numbers in one cell would not be."""

    def draw(canvas: Canvas) -> None:
        grid(
            canvas,
            [("项目", "金额", "比例"), ("合计", "112,073,", "98."), ("其他", "5,000.00", "1.50")],
            edges=(60, 160, 220, 260),
            font=CHINESE,
            pitch=30,
        )
        text(canvas, 163, 204, "000.00")
        text(canvas, 223, 204, "50")

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[1] == ["合计", "112,073,000.00", "98.50"]


def test_caption_and_scale() -> None:
    def draw(canvas: Canvas) -> None:
        text(canvas, 200, 100, "CONSOLIDATED BALANCE SHEETS", font="Helvetica-Bold", size=12)
        text(canvas, 200, 116, "(in thousands, except per share data)")
        statement(canvas, BALANCE)

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert table.title == "CONSOLIDATED BALANCE SHEETS"
    assert table.note == "(in thousands, except per share data)"


def test_scale_in_the_row_of_years() -> None:
    """ "(In millions)" may stand where the years' label would be."""
    content = [("(In millions)", "2021", "2020"), *BALANCE[2:]]
    (table,) = tables(parse(pdf(lambda c: statement(c, content)), "a.pdf"))
    assert table.note == "(In millions)"
    assert rows(table)[0] == ["(In millions)", "2021", "2020"]


def test_gap_does_not_split_a_table() -> None:
    """The second half keeps the years of the first."""

    def draw(canvas: Canvas) -> None:
        statement(canvas, BALANCE)
        statement(canvas, [("Accounts payable", "4,000", "3,900"), ("Total liabilities", "9,000", "8,000")], top=285)

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table)[-1] == ["Total liabilities", "9,000", "8,000"]


def test_two_tables_side_by_side() -> None:
    """Labels that begin anew under the same headings begin a table of their own."""

    def draw(canvas: Canvas) -> None:
        for x, names in ((50, ("Cash", "Loans", "Goodwill", "Total assets")), (310, ("Deposits", "Bonds", "Equity", "Total funding"))):
            for shift, year in ((150, "2021"), (210, "2020")):
                text(canvas, x + shift, 100, year, right=True)
            for index, name in enumerate(names):
                text(canvas, x, 116 + 14 * index, name)
                text(canvas, x + 150, 116 + 14 * index, f"{index + 1},234", right=True)
                text(canvas, x + 210, 116 + 14 * index, f"{index + 1},111", right=True)

    left, right = tables(parse(pdf(draw), "a.pdf"))
    assert rows(left)[1] == ["Cash", "1,234", "1,111"]
    assert rows(right)[4] == ["Total funding", "4,234", "4,111"]
    assert rows(left)[0] == rows(right)[0] == ["", "2021", "2020"]


def test_a_table_on_top_of_a_page_is_announced_on_the_page_before() -> None:
    def first(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Our products are sold in many countries.")
        text(canvas, 60, 90, "The following table details our worldwide net revenues:")

    def second(canvas: Canvas) -> None:
        statement(
            canvas, [("", "2021", "2020"), *((f"Product {n}", f"{n},100", f"{n},200") for n in range(1, 9))], top=60, columns=(400, 500)
        )

    (table,) = tables(parse(pdf(first, second), "a.pdf"), 2)
    assert table.title == "The following table details our worldwide net revenues:"
    assert not table.continued


def test_table_over_two_pages() -> None:
    """What goes on is marked, and keeps title, unit and column numbers, be a column empty there."""

    def first(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Schedule of debt")
        text(canvas, 60, 74, "(in millions)")
        content = [("", "Note", "2021", "2020"), *((f"Loan {n}", "7", f"{n},100", f"{n},200") for n in range(1, 47))]
        statement(canvas, content, top=100, columns=(330, 400, 500))

    def second(canvas: Canvas) -> None:
        statement(canvas, [(f"Loan {n}", "", f"{n},100", f"{n},200") for n in range(47, 60)], top=60, columns=(330, 400, 500))

    document = parse(pdf(first, second), "a.pdf")
    upper, lower = tables(document, 1)[0], tables(document, 2)[0]
    assert not upper.continued
    assert lower.continued
    assert (lower.title, lower.note) == ("Schedule of debt", "(in millions)")
    assert {c.column for c in lower.cells} == {0, 2, 3}
    assert not any(c.header for c in lower.cells)


PROSE = [
    "The company develops and sells products in many",
    "countries and reports its results in three segments",
    "that management reviews every quarter of the year.",
    "Revenue grew in most regions because of new stores,",
    "higher prices and a better mix of what was sold in",
    "them, while costs rose more slowly than planned for",
    "the year. Management expects this trend to go on as",
    "the new plant begins to work at its full capacity in",
    "the second half and freight costs return to normal.",
]


def test_two_columns_of_prose_are_no_table() -> None:
    """And they are read one after the other."""

    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 50, 100, PROSE)
        paragraph(canvas, 310, 100, [line.replace("the", "our") for line in PROSE])

    document = parse(pdf(draw), "a.pdf")
    assert not tables(document)
    content = document.pages[0].text
    assert content.index("freight costs") < content.index("in many", 60)


def test_unit_beside_the_column_dates_heads_the_table() -> None:
    content = [
        ("(Dollars in Millions)", "June 29, 2025", "December 29, 2024"),
        ("Raw materials", "2,389", "2,337"),
        ("Finished", "7,052", "7,292"),
    ]
    (table,) = tables(parse(pdf(lambda c: statement(c, content)), "a.pdf"))
    assert rows(table) == [list(row) for row in content]
    assert table.note == "(Dollars in Millions)"


def test_headings_stay_with_their_table_across_a_stack_of_labels() -> None:
    """Group headings wrapped in a narrow first column part the column headings from the first figures."""
    labels = ("The effects of", "fair value and", "cash flow", "hedging:", "Gain on fair", "value hedging", "relationship:", "Contracts:")
    content = [
        ("(In millions)", "Sales", "Cost", "Other"),
        *((label,) for label in labels),
        ("Hedged", "1", "2", "3"),
        ("Rates", "4", "5", "6"),
    ]
    (table,) = tables(parse(pdf(lambda c: statement(c, content, columns=(300, 400, 500))), "a.pdf"))
    assert {c.text for c in table.cells if c.header} >= {"Sales", "Cost", "Other"}
    assert rows(table)[-1] == ["Rates", "4", "5", "6"]


def test_heading_off_the_middle_of_its_figures_covers_its_cells() -> None:
    """Headings are centred over cells, in which figures stand at the right: each row of headings shares out all columns."""
    content = [
        ("(In millions)", "2024", "2023", "2022", "24 vs 23", "23 vs 22"),
        ("United States", "6,588", "5,277", "4,210", "24.8", "25.4"),
        ("International", "5,082", "4,467", "3,767", "13.8", "18.6"),
    ]

    def draw(canvas: Canvas) -> None:
        statement(canvas, content, columns=(250, 320, 390, 460, 530))
        canvas.drawCentredString(285, HEIGHT - 132, "Sales to Customers")
        canvas.drawCentredString(460, HEIGHT - 132, "% Change")

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert (cell(table, "Sales to Customers").column, cell(table, "Sales to Customers").column_span) == (1, 3)
    assert (cell(table, "% Change").column, cell(table, "% Change").column_span) == (4, 2)


def test_long_label_left_of_the_figures_is_no_prose() -> None:
    label = [
        "Class A common stock, $0.0001 par value; authorized 3,000 shares and more,",
        "1,402 and 1,398 shares issued, 905 and 923 shares",
    ]
    more = [
        "Class B common stock, $0.0001 par value; authorized 1,200 shares and more,",
        "7 shares issued and none of them held by the company or",
    ]
    content = [
        ("", "2024", "2023"),
        ("Cash", "1,874", "1,845"),
        *((line,) for line in label + more),
        ("outstanding", "66", "55"),
        ("Total", "9", "8"),
    ]
    (table,) = tables(parse(pdf(lambda c: statement(c, content, columns=(500, 560))), "a.pdf"))
    assert rows(table)[-1] == ["Total", "9", "8"]
    assert rows(table)[1] == ["Cash", "1,874", "1,845"]


def test_frame_around_prose_is_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, HEIGHT - 300, 500, 250)
        paragraph(canvas, 50, 100, PROSE)

    assert not tables(parse(pdf(draw), "a.pdf"))


def test_frame_around_some_columns_takes_no_figure_from_its_row() -> None:
    """Shaded columns draw a lattice around their figures only; label and third year still belong to the row."""
    content = [("", "2025", "2024", "2023"), *((f"Line {n}", f"{n},100", f"{n},200", f"{n},300") for n in range(1, 6))]

    def draw(canvas: Canvas) -> None:
        for y in range(7):
            canvas.line(300, HEIGHT - 140 - 14 * y, 450, HEIGHT - 140 - 14 * y)
        for x in (300, 375, 450):
            canvas.line(x, HEIGHT - 140, x, HEIGHT - 224)
        statement(canvas, content, columns=(370, 445, 520))

    (table,) = tables(parse(pdf(draw), "a.pdf"))
    assert rows(table) == [list(row) for row in content]


def test_ticks_of_a_chart_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        for index, value in enumerate(range(100, -1, -20)):
            text(canvas, 80, 100 + 30 * index, str(value), right=True)
            text(canvas, 400, 100 + 30 * index, str(value * 2), right=True)

    assert not tables(parse(pdf(draw), "a.pdf"))


def test_table_on_a_rotated_page() -> None:
    """Boxes are those of the page as displayed."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)  # reportlab also swaps the page's sides
        canvas.translate(HEIGHT, 0)
        canvas.rotate(90)
        statement(canvas, BALANCE)

    page = parse(pdf(draw), "a.pdf").pages[0]
    assert (page.width, page.height) == (595, 842)
    (table,) = [block for block in page.blocks if block.kind == "table"]
    assert rows(table)[2] == ["Cash and cash equivalents", "11,258", "12,277"]
    box = cell(table, "11,258").box
    assert box is not None
    assert box[2] == pytest.approx(400, abs=2)
    assert (box[1] + box[3]) / 2 == pytest.approx(175, abs=4)


def test_table_drawn_sideways() -> None:
    """Text set sideways on an upright page is read along its own direction; boxes stay those of the display."""

    def draw(canvas: Canvas) -> None:
        canvas.translate(595, 0)
        canvas.rotate(90)
        canvas.translate(0, 595 - HEIGHT)
        statement(canvas, BALANCE)

    page = parse(pdf(draw), "a.pdf").pages[0]
    (table,) = [block for block in page.blocks if block.kind == "table"]
    assert rows(table)[3] == ["Receivables, net", "1,803", "1,550"]
    box = cell(table, "1,803").box
    assert box is not None
    assert box[3] - box[1] > box[2] - box[0]
    assert 0 <= box[0] <= 595
    assert 0 <= box[1] <= 842


figures = st.integers(-999_999, 9_999_999).map(lambda n: f"({-n:,})" if n < 0 else f"{n:,}")
labels = st.text("abcdefghij ", min_size=3, max_size=30).map(lambda s: f"Item {' '.join(s.split())}")  # a wide gap parts columns


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(labels, figures, figures), min_size=2, max_size=20))
def test_any_statement_comes_back(content: list[tuple[str, str, str]]) -> None:
    """Every figure stands in its row and column, whatever the figures are."""
    drawn = [("", "2021", "2020"), *content]
    (table,) = tables(parse(pdf(lambda c: statement(c, drawn)), "a.pdf"))
    assert [row[1:] for row in rows(table)] == [list(row[1:]) for row in drawn]
