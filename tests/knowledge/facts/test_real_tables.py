"""Forms of tables that filings print and that were misread once: second headers, broken dates, changes in percent, acquisitions."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER, COVER_ZH, Rows, document, found, table, values

from finfoundry.core.document import Block, Box, Cell, Document, Fact, Page, Word
from finfoundry.knowledge.facts import extract

YEAR, BEFORE = "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"


def facts_of(rows: Rows, *above: str, **options: object) -> list[Fact]:
    return extract(document([*(Block("paragraph", text) for text in above), table(rows, **options)]))  # type: ignore[arg-type]


def test_a_second_header_dates_the_rows_below_it() -> None:
    facts = facts_of(
        [
            ["(Dollars in millions)", "Americas", "EMEA"],
            ["At December 31, 2024:", "Low", "Low"],
            ["Vintage 2023", "$ 5", "$ 4"],
            ["(Dollars in millions)", "Americas", "EMEA"],
            ["At December 31, 2023:", "Low", "Low"],
            ["Vintage 2023", "$ 7", "$ 6"],
        ]
    )
    assert [fact.period for fact in found(facts, "Vintage 2023")] == ["2024-12-31"] * 2 + ["2023-12-31"] * 2


def test_cells_without_a_figure_make_no_column_of_words() -> None:
    rows = [["", "Assets", "Liabilities"], ["Deposits", "$ 10", "N/A"], ["Funds", "20", "N/A"], ["Contracts", "30", "7"]]
    assert [fact.text for fact in found(facts_of(rows, "Fair values at December 31, 2024 (in millions):"), "Contracts")] == ["30", "7"]


def test_a_number_that_runs_into_the_next_column() -> None:
    rows = [
        ["", "Recognized in OCI", "Line item", "Reclassified"],
        ["Year ended December 31, 2024", "", "", ""],
        ["Foreign currency contracts", "(501) Net operating revenues>2", "", "(69)"],
        ["Interest rate contracts", "41", "Interest expense", "44"],
    ]
    facts = facts_of(rows, note="(in millions)")
    assert [fact.value for fact in found(facts, "Foreign currency contracts")] == [-501_000_000, -69_000_000]


def test_a_date_that_wraps_beside_one_that_does_not() -> None:
    rows = [
        ["", "", "", "Nine Months Ended September>2", ""],
        ["", "Three Months Ended September 30>2", "", "30>2", ""],
        ["", "2024", "2023", "2024", "2023"],
        ["Service cost", "29", "52", "92", "160"],
    ]
    periods = [fact.period for fact in found(facts_of(rows, note="(in millions)"), "Service cost")]
    assert periods == [
        f"{start}/{end}"
        for start, end in (
            ("2024-07-01", "2024-09-30"),
            ("2023-07-01", "2023-09-30"),
            ("2024-01-01", "2024-09-30"),
            ("2023-01-01", "2023-09-30"),
        )
    ]


def test_two_dates_parted_at_the_wrong_place() -> None:
    rows = [["", "June 30,", ""], ["", "2024 December 31,", "2023"], ["Total assets", "$ 82", "$ 152"]]
    facts = facts_of(rows, title="Consolidated Balance Sheets", note="(in millions)")
    assert [fact.period for fact in found(facts, "Total assets")] == ["2024-06-30", "2023-12-31"]


def test_quarters_to_date() -> None:
    facts = facts_of([["", "Q2 2024", "Q2 YTD 2024"], ["Restructuring expense", "$ 29", "$ 41"]])
    assert [fact.period for fact in facts] == ["2024-04-01/2024-06-30", "2024-01-01/2024-06-30"]


@pytest.mark.parametrize("header", ["Change", "% Change", "Percent change", "Increase (Decrease)"])
def test_changes_in_percent_without_a_sign(header: str) -> None:
    rows = [
        ["(in millions)", "2024", "2023", header],
        ["Europe", "110", "100", "10.0"],
        ["Asia", "90", "120", "(25.0)"],
        ["Africa", "33", "30", "10.0"],
    ]
    assert [(str(fact.value), fact.unit) for fact in facts_of(rows) if fact.column == 3] == [
        ("0.100", "ratio"),
        ("-0.250", "ratio"),
        ("0.100", "ratio"),
    ]


def test_a_title_of_percents_over_columns_of_money_is_not_theirs() -> None:
    rows = [
        ["(in millions)", "Percent change>4", "", "", ""],
        ["", "2024", "2023", "Total", "Currency"],
        ["Europe", "$ 7,375", "$ 7,418", "(0.6)%", "(0.2)%"],
        ["Asia", "150", "120", "25.0", "1.0"],
    ]
    facts = facts_of(rows)
    assert [(format(fact.value, "f"), fact.unit, fact.dimensions) for fact in found(facts, "Asia")][:2] == [
        ("150000000", "USD", ()),
        ("120000000", "USD", ()),
    ]
    assert [fact.unit for fact in found(facts, "Asia")][2:] == ["ratio", "ratio"]


def test_changes_in_money_stay_money() -> None:
    rows = [
        ["(in millions)", "2024", "2023", "Change"],
        ["Europe", "110", "100", "10"],
        ["Asia", "90", "120", "(30)"],
        ["Africa", "33", "30", "3"],
    ]
    assert {fact.unit for fact in facts_of(rows)} == {"USD"}
    assert [fact.value for fact in facts_of(rows) if fact.column == 3] == [10_000_000, -30_000_000, 3_000_000]


def test_a_percent_sign_as_a_header_of_its_own() -> None:
    rows = [["(in millions)", "2024", "2023", "%"], ["Europe", "110", "100", "10.0"], ["Asia", "90", "120", "(25.0)"]]
    facts = facts_of(rows)
    assert [(fact.unit, fact.period) for fact in facts if fact.column == 2] == [("USD", BEFORE)] * 2
    assert {fact.unit for fact in facts if fact.column == 3} == {"ratio"}


def test_a_stray_number_does_not_undo_a_column_of_percents() -> None:
    rows = [
        ["(in millions)", "2024", "Currency effect"],
        ["Total", "100", "(1.6)%"],
        *([[f"Line {n}", "10", f"(0.{n})"] for n in range(1, 10)]),
        ["Other", "9", "25"],
    ]
    units = [fact.unit for fact in facts_of(rows) if fact.column == 2]
    assert units[:-1] == ["ratio"] * 10


def test_what_was_acquired_stands_as_of_its_day() -> None:
    told = "On August 1, 2024, the company completed its acquisition of Sample Therapeutics. " + "The purchase was paid in cash. " * 20
    facts = facts_of(
        [["", "Fair value"], ["Cash", "$ 361"], ["Goodwill", "1,702"]],
        told,
        "The fair value of assets acquired and liabilities assumed as of the acquisition date:",
    )
    assert {fact.period for fact in facts} == {"2024-08-01"}


def test_what_a_balance_moved_by_is_no_balance() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Net income", "$ 9", "$ 8"],
        ["Changes in operating assets and liabilities:", "", ""],
        ["Inventories", "(3)", "2"],
        ["Prepaid expenses", "(1)", "1"],
        ["Net cash provided by operating activities", "5", "11"],
    ]
    facts = facts_of(rows, title="Consolidated Statements of Cash Flows", note="(in millions)")
    assert {fact.period for fact in facts} == {YEAR, BEFORE}


def test_rates_of_an_obligation_are_of_a_day() -> None:
    rows = [
        ["Years ended December 31,", "2024", "2023"],
        ["Net periodic benefit cost", "", ""],
        ["Expected return", "7.2%", "7.1%"],
        ["Benefit obligation", "", ""],
        ["Discount rate", "4.9%", "4.6%"],
    ]
    facts = facts_of(rows)
    assert [fact.period for fact in found(facts, "Discount rate")] == ["2024-12-31", "2023-12-31"]
    assert [fact.period for fact in found(facts, "Expected return")] == [YEAR, BEFORE]


def test_amounts_recognized_is_a_group_and_no_note() -> None:
    rows = [
        ["Years ended December 31,", "2024", "2023"],
        ["Service cost", "3", "4"],
        ["Amounts recognized in accumulated other comprehensive income consist of:", "", ""],
        ["Net actuarial loss", "39", "49"],
    ]
    assert values(facts_of(rows, note="(in millions)"), "Net actuarial loss")[0] == ("39000000", "USD", "2024-12-31")


def test_a_roll_forward_between_days_without_a_year() -> None:
    rows = [
        ["(in millions)", "2024", "2023"],
        ["Balance at January 1", "$ 76", "$ 65"],
        ["Accruals", "34", "38"],
        ["Balance at December 31", "$ 85", "$ 76"],
    ]
    facts = facts_of(rows)
    assert [fact.period for fact in facts] == ["2023-12-31", "2022-12-31", YEAR, BEFORE, "2024-12-31", "2023-12-31"]


def test_shares_in_thousands_beside_dollars_in_millions() -> None:
    rows = [
        ["Dollars in millions;", "Common stock", ""],
        ["shares in thousands", "Shares", "Amount"],
        ["Balance December 31, 2023", "2,344,852", "$ 4,009"],
        ["Treasury stock purchases", "(7,966)", "(1)"],
        ["Balance December 31, 2024", "2,336,886", "$ 4,008"],
    ]
    facts = facts_of(rows, title="Consolidated Statements of Shareholders' Equity")
    assert [(format(fact.value, "f"), fact.unit) for fact in facts if fact.column == 1][:2] == [
        ("2344852000", "shares"),
        ("-7966000", "shares"),
    ]
    assert next(format(fact.value, "f") for fact in facts if fact.column == 2) == "4009000000"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Options at $100.06 - $101.87", [("100060000.00", "USD"), ("101870000.00", "USD")]),
        ("$100.06 - $101.87", [("100.06", "USD/share"), ("101.87", "USD/share")]),
        ("Dividends (per share — $1.94)", [("1.94", "USD/share")]),
        (
            "Cash dividends declared ($2.04, $2.02, and $1.96 per share)",
            [("2.04", "USD/share"), ("2.02", "USD/share"), ("1.96", "USD/share")],
        ),
    ],
)
def test_figures_inside_labels(label: str, expected: list[tuple[str, str]]) -> None:
    facts = facts_of([["(in millions)", "December 31, 2024"], [label, "831"]])
    assert [(format(fact.value, "f"), fact.unit) for fact in facts if fact.dimensions[:1] and fact.dimensions[0][0] == "figure"] == expected


def test_each_amount_in_a_label_has_the_year_said_after_it() -> None:
    label = "Cash flow hedging, net of tax expense (benefit) of $16 in 2024, $(19) in 2023 and $5 in 2022"
    facts = facts_of([["Years ended December 31 (in millions)", "2024", "2023", "2022"], [label, "31", "40", "(7)"]])
    inside = {fact.text: fact.period[:4] for fact in facts if fact.dimensions[:1] and fact.dimensions[0][0] == "figure"}
    assert inside == {"$16": "2024", "$(19)": "2023", "$5": "2022"}


def test_each_count_in_a_label_has_its_dates() -> None:
    label = "Common stock; 900 shares authorized; 601 shares issued; 441 and 455 shares outstanding, respectively"
    facts = facts_of(
        [
            ["(in millions)", "December 31, 2024", "December 31, 2023"],
            ["Cash and cash equivalents", "5", "6"],
            ["Total liabilities", "5", "6"],
            [label, "1", "1"],
            ["Total assets", "9", "9"],
        ],
        title="Balance Sheets",
    )
    told = [(fact.text, fact.period) for fact in facts if fact.dimensions and fact.dimensions[0][0] == "figure"]
    assert told[:4] == [
        ("900 shares", "2024-12-31"),
        ("900 shares", "2023-12-31"),
        ("601 shares", "2024-12-31"),
        ("601 shares", "2023-12-31"),
    ]
    assert told[4:] == [("441", "2024-12-31"), ("455 shares", "2023-12-31")]


def test_a_year_before_a_figure_in_a_label() -> None:
    label = "Deposits (includes restricted: 2024, $318; 2023, $463)"
    facts = facts_of(
        [
            ["(in millions)", "December 31, 2024", "December 31, 2023"],
            [label, "1", "1"],
            ["Total liabilities", "5", "6"],
            ["Total assets", "9", "9"],
        ],
        title="Balance Sheets",
    )
    assert [(fact.text, fact.period) for fact in facts if fact.dimensions] == [("$318", "2024-12-31"), ("$463", "2023-12-31")]


def test_the_heading_over_an_unlabelled_row_is_its_label() -> None:
    rows = [
        ["Cost", "Gains", "Fair value"],
        ["December 31, 2024", "", ""],
        ["Trading securities", "", ""],
        ["$ 45", "$ 1", "$ 46"],
        ["Inventories", "", ""],
        ["17", "2", "19"],
        ["December 31, 2023", "", ""],
        ["Trading securities", "", ""],
        ["43", "2", "45"],
    ]
    told = [(fact.metric[-1], fact.period) for fact in facts_of(rows, note="(in millions)") if fact.column == 1]
    assert told == [("Trading securities", "2024-12-31"), ("Inventories", "2024-12-31"), ("Trading securities", "2023-12-31")]


def boxed(rows: list[list[tuple[str, float, float] | None]], top: float) -> Block:
    """A table whose cells stand where a page prints them: text, left and right edge."""
    cells = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None:
                box: Box = (cell[1], top + 15 * r, cell[2], top + 15 * r + 10)
                cells.append(Cell(r, c, cell[0], box=box))
    return Block("table", "\n".join(" ".join(cell[0] for cell in row if cell) for row in rows), cells=cells)


def test_fewer_columns_below_take_those_under_which_they_stand() -> None:
    places = [(300.0, 330.0), (350.0, 380.0), (400.0, 430.0), (450.0, 480.0)]
    years = ["2024", "2023", "2022", "2021"]
    head: list[tuple[str, float, float] | None] = [
        ("Years ended December 31,", 40, 150),
        *((year, *place) for year, place in zip(years, places, strict=True)),
    ]
    costs: list[tuple[str, float, float] | None] = [("Service cost", 40, 100), *((str(n), *place) for n, place in enumerate(places, 11))]
    below: list[tuple[str, float, float] | None] = [("Actuarial loss", 40, 100), ("68", *places[0]), ("45", *places[1])]
    facts = extract(document([boxed([head, costs], 100), Block("heading", "CHANGES IN EQUITY"), boxed([below, below], 200)]))
    assert [fact.period for fact in found(facts, "Actuarial loss")][:2] == [YEAR, BEFORE]


def test_titles_read_as_one_are_parted_where_the_numbers_below_end() -> None:
    ends = {"NORTH": 260.0, "SOUTH": 310.0, "TOTAL": 360.0}
    words = [Word(text, (end - 30, 100, end, 108)) for text, end in ends.items()]
    head = [Cell(0, 0, "(in millions)", box=(40, 100, 90, 108)), Cell(0, 1, "NORTH SOUTH TOTAL", column_span=3, box=(230, 100, 360, 108))]
    data = [
        Cell(1, 0, "Revenues", box=(40, 115, 90, 123)),
        *(Cell(1, n, str(9 - n), box=(end - 8, 115, end, 123)) for n, end in enumerate(ends.values(), 1)),
    ]
    page = Page(2, 600, 800, [Block("paragraph", "Year ended December 31, 2024"), Block("table", "", cells=[*head, *data])], words=words)
    facts = extract(Document("paper.pdf", "0" * 64, "application/pdf", 1, [Page(1, 600, 800, COVER), page]))
    assert [fact.dimensions for fact in facts] == [(("column", "NORTH"),), (("column", "SOUTH"),), ()]


def test_counts_of_members_take_the_scale_of_their_table_and_heads_do_not() -> None:
    rows = [
        ["", "December 31, 2024"],
        ["Paid memberships at end of period", "89,625"],
        ["Full-time employees", "14,000"],
        ["Awards excluded as anti-dilutive from net income per share", "51"],
    ]
    told = [(fact.metric[-1][:4], format(fact.value, "f"), fact.unit) for fact in facts_of(rows, note="(in thousands)")]
    assert told == [("Paid", "89625000", "count"), ("Full", "14000", "count"), ("Awar", "51000", "shares")]


def test_long_lived_assets_and_totals_of_equity_are_of_a_day() -> None:
    told = "For the fiscal years ended December 31, 2024 and 2023, the largest concentrations of long-lived assets were as follows:"
    facts = facts_of([["", "December 31,>2", ""], ["(in millions)", "2024", "2023"], ["United States", "$ 44", "$ 48"]], told)
    assert [fact.period for fact in facts] == ["2024-12-31", "2023-12-31"]


def test_assets_obtained_are_a_flow() -> None:
    rows = [
        ["Years ended December 31,", "2024", "2023"],
        ["Assets obtained in exchange for lease liabilities", "", ""],
        ["Finance leases", "$ 5", "$ 6"],
    ]
    assert [fact.period for fact in facts_of(rows)] == [YEAR, BEFORE]


def test_the_title_of_a_length_is_not_parted() -> None:
    words = [Word(text, (end - 28, 100, end, 108)) for text, end in (("Six", 205.0), ("Months", 260.0), ("Ended", 310.0))]
    head = [Cell(0, 1, "Six Months Ended", column_span=2, box=(177, 100, 310, 108))]
    dates = [
        Cell(1, n, text, box=(end - 40, 110, end, 118))
        for n, (text, end) in enumerate((("June 30, 2024", 260.0), ("June 30, 2023", 310.0)), 1)
    ]
    data = [
        Cell(2, 0, "Revenues", box=(40, 125, 90, 133)),
        *(Cell(2, n, "7", box=(end - 8, 125, end, 133)) for n, end in ((1, 260.0), (2, 310.0))),
    ]
    page = Page(2, 600, 800, [Block("table", "", cells=[*head, *dates, *data])], words=words)
    facts = extract(Document("paper.pdf", "0" * 64, "application/pdf", 1, [Page(1, 600, 800, COVER), page]))
    assert [fact.period for fact in facts] == ["2024-01-01/2024-06-30", "2023-01-01/2023-06-30"]


def test_one_word_over_two_columns_is_one_title() -> None:
    words = [Word("Total", (230, 100, 262, 108)), Word("assets", (264, 100, 266, 108))]
    head = [Cell(0, 1, "Total assets", column_span=2, box=(230, 100, 266, 108))]
    data = [
        Cell(1, 0, "Europe", box=(40, 125, 90, 133)),
        *(Cell(1, n, "7", box=(end - 2, 125, end, 133)) for n, end in ((1, 263.0), (2, 266.0))),
    ]
    page = Page(2, 600, 800, [Block("table", "", cells=[*head, *data])], words=words)
    assert len(extract(Document("paper.pdf", "0" * 64, "application/pdf", 1, [Page(1, 600, 800, COVER), page]))) == 2


def test_a_line_of_a_balance_sheet_is_of_its_day_whatever_else_bears_its_name() -> None:
    rows = [
        ["", "December 31, 2024", "December 31, 2023"],
        ["Cash and cash equivalents", "5", "6"],
        ["Prepaid expenses and other assets", "2", "2"],
        ["Total assets", "7", "8"],
        ["Total liabilities", "4", "5"],
    ]
    facts = found(facts_of(rows, title="Consolidated Balance Sheets"), "Prepaid expenses and other assets")
    assert [(fact.period, fact.concept) for fact in facts] == [("2024-12-31", None), ("2023-12-31", None)]


def test_a_length_over_the_change_is_that_of_what_it_compares() -> None:
    rows = [
        ["", "", "", "Fourth quarter", "", "", "Twelve months"],
        ["(in millions)", "2024", "2023", "% Change", "2024", "2023", "% Change"],
        ["U.S.", "$ 12", "$ 10", "20.0", "$ 48", "$ 40", "20.0"],
    ]
    periods = [fact.period for fact in facts_of(rows)]
    assert periods[:3] == ["2024-10-01/2024-12-31", "2023-10-01/2023-12-31", "2024-10-01/2024-12-31"]


def test_members_equity_is_money() -> None:
    rows = [["(in thousands)", "LIABILITIES AND MEMBERS’ EQUITY"], ["Accounts payable", "9,212"]]
    assert [(format(fact.value, "f"), fact.unit) for fact in facts_of(rows, "As of December 31, 2024")] == [("9212000", "USD")]


def test_second_parts_of_a_chinese_line_are_parts_too() -> None:
    rows = [["项目", "2020年12月31日"], ["其他应付款", "9"], ["其中：应付利息", "1"], ["应付股利", "2"], ["应付债券", "5"]]
    facts = extract(document([table(rows, title="合并资产负债表")], cover=COVER_ZH))
    assert [fact.metric for fact in facts] == [("其他应付款",), ("其他应付款", "应付利息"), ("其他应付款", "应付股利"), ("应付债券",)]
