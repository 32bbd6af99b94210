"""What the rows of a table are: headings and notes on units, which look alike and mean different things."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.table.header_detection import percent_columns, read_grid
from finfoundry.knowledge.ingest.parse_file import parse


def rows_with(line: str) -> Rows:
    return [["", "2024", "2023"], [line], ["Deposits", "1,200", "1,100"], ["Loans", "900", "800"]]


@pytest.mark.parametrize("line", ["(in thousands)", "(In millions, except per share data)", "单位：万元", "（单位：人民币百万元）"])
def test_a_note_on_units_within_a_table_heads_no_rows(line: str) -> None:
    grid = read_grid(table(rows_with(line)))
    assert [row.kind for row in grid.rows] == ["header", "note", "data", "data"]
    assert [fact.metric for fact in extract(document([table(rows_with(line))])) if fact.period == "2024-12-31"] != []
    assert all(line not in fact.metric for fact in extract(document([table(rows_with(line))])))


@pytest.mark.parametrize("line", ["Retail customers", "Corporate customers", "Assets held for sale", "零售客户"])
def test_a_heading_within_a_table_is_no_note_on_units(line: str) -> None:
    grid = read_grid(table(rows_with(line)))
    assert [row.kind for row in grid.rows] == ["header", "heading", "data", "data"]
    if line.isascii() and "held" not in line:  # a line of the statement, and a Chinese line without a colon, may head nothing
        facts: list[Fact] = extract(document([table(rows_with(line))]))
        assert {fact.metric for fact in facts} == {(line, "Deposits"), (line, "Loans")}


@pytest.mark.parametrize(
    ("rows", "headless"),
    [
        ([["", "2024"], ["Deposits", "1"]], False), ([["Deposits", "1"], ["Loans", "2"]], True),
        ([["Assets"], ["Deposits", "1"], ["Loans", "2"]], True), ([["Assets"], ["", "2024"], ["Deposits", "1"]], False),
        ([["Deposits", "1"], ["", "2024"], ["Loans", "2"]], True),
    ],
)  # fmt: skip
def test_a_table_is_headless_where_its_first_numbers_stand_under_no_header(rows: Rows, headless: bool) -> None:
    assert read_grid(table(rows)).headless is headless


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([["", "2024", ""], ["Deposits", "1", ""], ["Loans", "", "2"], ["Notes", "3", ""]], [1]),  # set in, and read as two
        ([["", "", "2024"], ["Deposits", "1", ""], ["Loans", "", "2"], ["Notes", "3", ""]], [2]),
        ([["", "2024", "2023"], ["Deposits", "1", ""], ["Loans", "", "2"], ["Notes", "3", ""]], [1, 2]),  # both have a header
        ([["", "2024", ""], ["Deposits", "1", ""], ["Loans", "", "2"], ["Notes", "3", "4"]], [1, 2]),  # both hold a number in one row
        ([["", "2024", "", ""], ["Deposits", "1", "", ""], ["Loans", "", "", "2"], ["Notes", "3", "", ""]], [1, 3]),  # not neighbours
        ([["Deposits", "1", ""], ["Loans", "", "2"], ["Notes", "3", ""]], [1, 2]),  # neither has one
    ],
)
def test_two_columns_are_one_where_only_one_has_a_header_and_no_row_has_both(rows: Rows, columns: list[int]) -> None:
    assert read_grid(table(rows)).value_columns == columns


def test_a_word_among_its_numbers_makes_no_column_one_of_labels() -> None:
    rows = [["", "2024", "2023"], ["Deposits", "1", "n/a"], ["Loans", "2", "1 2"], ["Notes", "3", "4"], ["Bonds", "4", "5"]]
    assert read_grid(table(rows)).labels == [0]


def test_a_date_in_a_column_of_labels_heads_the_rows_below_it_and_over_several_columns_the_columns() -> None:
    def kinds(line: list[str]) -> list[str]:
        rows = [["Region", "Item", "2024", "2023"], ["North", "Sales", "1", "2"], line, ["South", "Sales", "3", "4"]]
        return [row.kind for row in read_grid(table(rows)).rows]

    assert kinds(["December 31, 2022>2"]) == ["header", "data", "heading", "data"]
    assert kinds(["", "December 31, 2022"]) == ["header", "data", "heading", "data"]
    assert kinds(["", "December 31, 2022>3"]) == ["header", "data", "header", "data"]


@pytest.mark.parametrize(
    ("numbers", "percent"),
    [
        (["5.1%", "4.2", "3.3"], True), (["5.1%", "4.25", "3.37"], False), (["5.1%", "420.0", "330.0"], False),
        (["5.1%", "$4.2", "$3.3"], False), (["5.1", "4.2", "3.3"], False),
    ],
)  # fmt: skip
def test_a_column_that_prints_a_percent_sign_once_is_of_percents_where_its_numbers_look_alike(numbers: list[str], percent: bool) -> None:
    rows = [["", "Share"], *([label, number] for label, number in zip(("Deposits", "Loans", "Bonds"), numbers, strict=True))]
    assert percent_columns(read_grid(table(rows))) == ({1} if percent else set())


def test_a_date_wrapped_over_several_columns_next_to_a_whole_one_heads_them_all() -> None:
    rows = [
        ["", "Nine months ended March>2", "", "Three months ended"], ["", "31", "", "March 31"],
        ["", "2024", "2023", "2024"], ["Revenue", "3", "2", "1"],
    ]  # fmt: skip
    heads = [(cell.text, cell.column_span) for row in read_grid(table(rows)).rows for cell in row.cells if row.kind == "header"]
    assert ("Nine months ended March 31", 2) in heads
    facts = extract(document([table(rows, title="Statements of Operations")]))
    assert [fact.period for fact in facts] == ["2023-07-01/2024-03-31", "2022-07-01/2023-03-31", "2024-01-01/2024-03-31"]


def test_marks_of_footnotes_beside_years_leave_a_header_a_header() -> None:
    rows: Rows = [
        ["", "FISCAL", "FISCAL", "%", "CHANGE WITHOUT CURRENCY"],
        ["(Dollars in millions)", "2025", "2024", "CHANGE", "(1)"],
        ["Footwear", "29,510", "33,427", "-12%", "-11%"],
        ["Apparel", "12,965", "13,775", "-6%", "-5%"],
    ]
    assert [row.kind for row in read_grid(table(rows)).rows][:2] == ["header", "header"]
    found = {(fact.metric[-1], fact.text): fact.period for fact in extract(document([table(rows)])) if fact.unit != "ratio"}
    assert found[("Footwear", "29,510")].endswith("2025-12-31")
    assert found[("Footwear", "33,427")].endswith("2024-12-31")


def test_a_figure_in_brackets_below_years_is_a_figure() -> None:
    rows: Rows = [["", "2025", "2024"], ["Other, net", "(1)", "12"], ["Footwear", "29,510", "33,427"]]
    assert [row.kind for row in read_grid(table(rows)).rows] == ["header", "data", "data"]


def test_a_bracket_with_its_sign_in_a_cell_of_its_own_makes_the_number_a_loss() -> None:
    """The sign stands at the edge of the column, the figure at the other."""
    rows: Rows = [
        ["", "2023", "", "2022", ""], ["", "Amount", "%", "Amount", "%"], ["Net sales", "5,495", "100", "4,241", "100"],
        ["Earnings (loss) per share", "$", "33.13", "($", "18.26)"],
    ]  # fmt: skip
    found = {
        fact.period[:4]: (fact.value, fact.unit) for fact in extract(document([table(rows)])) if fact.metric[-1].startswith("Earnings")
    }
    assert found["2022"] == (Decimal("-18.26"), "USD/share")
    assert found["2023"] == (Decimal("33.13"), "USD/share")


def test_a_cell_that_says_per_share_takes_no_scale_of_its_table() -> None:
    rows: Rows = [["单位：百万元", "2023年12月31日"], ["市值", "5,495"], ["A股收盘价", "5.86元/股"]]
    (price,) = [fact for fact in extract(document([table(rows)])) if fact.metric[-1] == "A股收盘价"]
    assert price.value == Decimal("5.86")
    assert (price.unit or "").endswith("/share")


def test_a_ratio_without_its_sign_is_one_where_others_of_its_kind_print_it() -> None:
    """The sign stands on the first and the last of the lines, as that of the currency does."""
    rows: Rows = [
        ["", "2023", "2022"], ["Loss ratio", "73.0 %", "72.6 %"], ["Expense ratio", "28.0", "28.4"],
        ["Combined ratio", "101.0 %", "101.0 %"], ["Current ratio", "1.3", "1.2"], ["Net premiums", "28.0", "28.4"],
        ["Claims", "10,518", "9,412"], ["Write-offs", "—", "—"],
    ]  # fmt: skip
    found = {(fact.metric[-1], fact.period[:4]): (fact.value, fact.unit) for fact in extract(document([table(rows)]))}
    assert found["Expense ratio", "2023"] == (Decimal("0.280"), "ratio")
    assert found["Current ratio", "2023"] != (Decimal("0.013"), "ratio")
    assert found["Net premiums", "2023"][1] != "ratio"
    assert ("Write-offs", "2023") not in found  # a dash tells no figure


PROSE = (
    "The line was agreed in 2019 with four banks. It was amended in 2021 and again in 2023, when its margin fell and its end moved to June"
    " 2027. It is drawn to EUR 345 million."
)


def html_facts(*rows: tuple[str, ...]) -> list[Fact]:
    cells = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    head = "<h1>Example Holdings plc</h1><p>Annual report for the year ended 31 December 2024</p><p>Borrowings at 31 December 2024</p>"
    return parse(f"<html><body>{head}<table>{cells}</table></body></html>".encode(), "paper.html").facts


@pytest.mark.parametrize(
    "prose",
    [
        PROSE, PROSE.replace(" 2027. It", " 2027.<br>It"), "贷款于2019年签订。2021年及2023年修订，利率下调。目前已提用EUR 345 million",
        " ".join(["the parties agreed in 2021"] * 9) + " on EUR 345 million",
    ],
)  # fmt: skip
def test_years_in_a_row_of_prose_date_nothing_below_it_and_its_amount_is_read(prose: str) -> None:
    facts = html_facts(("Facility", "Drawn"), ("Revolving credit", prose), ("Term loan", "EUR 200 million"), ("Bond", "EUR 90 million"))
    below = [fact for fact in facts if fact.metric[-1] in {"Term loan", "Bond"}]
    assert [(fact.value, fact.period[-10:], fact.dimensions) for fact in below] == [
        (Decimal(200_000_000), "2024-12-31", (("column", "Drawn"),)), (Decimal(90_000_000), "2024-12-31", (("column", "Drawn"),)),
    ]  # fmt: skip
    assert [(fact.metric[-1], fact.value) for fact in facts if fact not in below] == [("Revolving credit", Decimal(345_000_000))]


@pytest.mark.parametrize(
    "head",
    [
        "Number of securities remaining available for future issuance under plans (excluding those reflected in column (a)) in 2023",
        "Year ended Dec. 31, 2023", "2023 U.S. Dollars", "Balance as restated, approx. 2023", "2023年12月31日（经重述）",
    ],
)  # fmt: skip
def test_a_long_name_of_a_column_is_no_prose(head: str) -> None:
    facts = html_facts(("", head), ("Term loan", "200"), ("Bond", "90"))
    assert {fact.period[-10:] for fact in facts} == {"2023-12-31"}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Amended in 2021 and 2023; drawn EUR 345 million", "text"),
        ("Agreed 2019, amended 2021, runs to 2027", "text"),
        ("2019年签订，2021年修订，2027年到期", "text"),
        ("Year ended 31 December 2023", "header"),
        ("2024 vs. 2023", "header"),  # a heading of a change
        ("Restated 2023", "header"),
    ],
)
def test_words_that_tell_of_several_years_head_nothing(words: str, kind: str) -> None:
    grid = read_grid(table([["Facility", "Terms"], ["Revolving credit", words], ["Term loan", "200"]]))
    assert grid.rows[1].kind == kind


def test_years_told_in_a_row_date_nothing_below_it() -> None:
    rows = (
        "| Facility | Terms |\n|---|---|\n| Revolving credit | Agreed 2019, amended 2021, runs to 2027 |\n| Term loan | EUR 200 million |\n"
    )
    (fact,) = parse(f"# Ostrava Glass plc\n\n## Borrowings at 31 December 2024\n\n{rows}".encode(), "paper.md").facts
    assert (fact.value, fact.period) == (Decimal(200_000_000), "2024-12-31")
