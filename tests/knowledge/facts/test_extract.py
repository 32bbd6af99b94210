"""Tables to facts: value in base units, period, unit, scope, label path, dimensions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.facts.papers import COVER_ZH, Rows, document, found, table, values

from finfoundry.core.document import Block, Cell, Fact
from finfoundry.knowledge.facts import extract

YEAR, BEFORE = "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"


def facts_of(rows: Rows, **options: object) -> list[Fact]:
    return extract(document([table(rows, **options)]))  # type: ignore[arg-type]


def test_income_statement_with_spanning_header_and_note() -> None:
    facts = facts_of(
        [
            ["", "Year Ended December 31,>2", ""],
            ["(in millions, except per share data)", "2024", "2023"],
            ["Revenue", "$ 5,466", "$ 4,846"],
            ["Cost of revenue", "3,000", "2,900"],
            ["Other income (expense), net", "(12)", "—"],
            ["Net income per share:", "", ""],
            ["Basic", "$ 1.25", "$ 1.10"],
            ["Effective tax rate", "21.5 %", "20.1 %"],
            ["Weighted-average shares outstanding, diluted", "438", "441"],
        ],
        title="Consolidated Statements of Operations",
    )
    assert values(facts, "Revenue") == [("5466000000", "USD", YEAR), ("4846000000", "USD", BEFORE)]
    assert values(facts, "Other income (expense), net") == [("-12000000", "USD", YEAR)]  # a dash tells no figure
    assert values(facts, "Basic")[0] == ("1.25", "USD/share", YEAR)
    assert values(facts, "Effective tax rate")[0] == ("0.215", "ratio", YEAR)
    assert values(facts, "Weighted-average shares outstanding, diluted")[0] == ("438000000", "shares", YEAR)
    (revenue, _) = found(facts, "Revenue")
    assert (revenue.concept, revenue.statement, revenue.scale, revenue.text) == ("Revenues", "income", Decimal(1_000_000), "$ 5,466")
    assert revenue.entity == "Example Holdings, Inc."


def test_balance_sheet_paths_and_instants() -> None:
    facts = facts_of(
        [
            ["", "December 31, 2024", "December 31, 2023"],
            ["Assets", "", ""],
            ["Current assets:", "", ""],
            ["Cash and cash equivalents", "$ 10", "$ 8"],
            ["Inventories", "5", "4"],
            ["Total current assets", "15", "12"],
            ["Goodwill", "7", "7"],
            ["Total assets", "$ 22", "$ 19"],
        ],
        title="Consolidated Balance Sheets",
        note="(in thousands)",
    )
    (cash, _) = found(facts, "Cash and cash equivalents")
    assert cash.metric == ("Assets", "Current assets", "Cash and cash equivalents")
    assert (cash.period, cash.value, cash.statement) == ("2024-12-31", Decimal(10_000), "balance")
    assert found(facts, "Total current assets")[0].metric == ("Assets", "Total current assets")
    assert found(facts, "Goodwill")[0].metric == ("Assets", "Goodwill")


def test_year_columns_take_the_day_from_the_corner_cell() -> None:
    facts = facts_of([["At December 31,", "2024", "2023"], ["Deferred revenue", "619", "443"], ["Accrued expenses", "315", "198"]])
    assert [fact.period for fact in found(facts, "Deferred revenue")] == ["2024-12-31", "2023-12-31"]


def test_two_lengths_of_time_side_by_side() -> None:
    facts = facts_of(
        [
            ["", "Three months ended June 30,>2", "", "Six months ended June 30,>2", ""],
            ["", "2024", "2023", "2024", "2023"],
            ["Net sales", "10", "9", "20", "18"],
        ]
    )
    periods = ["2024-04-01/2024-06-30", "2023-04-01/2023-06-30", "2024-01-01/2024-06-30", "2023-01-01/2023-06-30"]
    assert [fact.period for fact in facts] == periods


def test_header_by_position_only_spreads_over_its_columns() -> None:
    """A PDF shows no span: the title stands in the middle over its years."""

    def cell(row: int, column: int, text: str, left: float, right: float) -> Cell:
        return Cell(row, column, text, box=(left, row * 12.0, right, row * 12.0 + 10))

    cells = [cell(0, 2, "Three months ended June 30,", 180, 300), cell(0, 4, "Six months ended June 30,", 390, 510)]
    for column, (left, text) in enumerate([(170, "2024"), (270, "2023"), (380, "2024"), (480, "2023")], 1):
        cells += [cell(1, column, text, left, left + 40), cell(2, column, f"{column}0", left, left + 40)]
    cells.append(cell(2, 0, "Net sales", 20, 90))
    facts = extract(document([Block("table", "…", cells=cells)]))
    assert [fact.period.split("/")[0] for fact in facts] == ["2024-04-01", "2023-04-01", "2024-01-01", "2023-01-01"]


def test_roll_forward_rows_take_edges_and_the_span_between() -> None:
    facts = facts_of(
        [
            ["", "Shares", "Amount"],
            ["Balance at December 31, 2023", "100", "$ 50"],
            ["Issued under plans", "5", "3"],
            ["Balance at December 31, 2024", "105", "$ 53"],
        ],
        title="Consolidated Statements of Stockholders' Equity",
        note="(in millions)",
    )
    assert [fact.period for fact in facts] == ["2023-12-31"] * 2 + [YEAR] * 2 + ["2024-12-31"] * 2
    assert found(facts, "Issued under plans")[0].dimensions == (("column", "Shares"),)


def test_beginning_and_end_of_year_are_instants() -> None:
    facts = facts_of(
        [
            ["Years ended December 31,", "2024", "2023"],
            ["Net increase in cash", "2", "1"],
            ["Cash and cash equivalents, beginning of year", "8", "7"],
            ["Cash and cash equivalents, end of year", "10", "8"],
        ]
    )
    assert [fact.period for fact in found(facts, "Cash and cash equivalents, beginning of year")] == ["2023-12-31", "2022-12-31"]
    assert [fact.period for fact in found(facts, "Cash and cash equivalents, end of year")] == ["2024-12-31", "2023-12-31"]


def test_balances_in_columns_with_movements_between() -> None:
    facts = facts_of([["", "December 31, 2023", "Additions", "December 31, 2024"], ["Software", "10", "4", "14"]])
    assert [fact.period for fact in facts] == ["2023-12-31", YEAR, "2024-12-31"]


def test_years_to_come_are_no_periods() -> None:
    for rows in (
        [["", "Amount"], ["2025", "$ 5"], ["2026", "4"], ["Thereafter", "9"]],
        [["", "2025", "2026", "2027"], ["Lease payments", "5", "4", "3"]],
    ):
        assert {fact.period for fact in facts_of(rows)} == {"2024-12-31"}


def test_percent_change_belongs_to_the_later_period() -> None:
    facts = facts_of([["Years ended December 31,", "2024", "2023", "% Change"], ["Net sales", "$ 110", "$ 100", "10 %"]])
    assert (facts[2].period, facts[2].unit, facts[2].concept) == (YEAR, "ratio", None)
    assert facts[2].dimensions == (("column", "% Change"),)


def test_figures_inside_labels_are_facts() -> None:
    facts = facts_of(
        [
            ["", "December 31, 2024", "December 31, 2023"],
            ["Accounts receivable, net of allowance of $14 and $16, respectively", "$ 200", "$ 180"],
            ["Total current assets", "300", "280"],
            ["Total assets", "$ 900", "$ 800"],
            ["Common stock, $0.001 par value; 10,000,000 shares authorized", "1", "1"],
        ],
        title="Consolidated Balance Sheets",
        note="(in millions)",
    )
    inside = {(format(fact.value, "f"), fact.unit, fact.period) for fact in facts if fact.dimensions and fact.dimensions[0][0] == "figure"}
    assert {("14000000", "USD", "2024-12-31"), ("16000000", "USD", "2023-12-31")} <= inside
    assert {("0.001", "USD/share", "2024-12-31"), ("10000000", "shares", "2023-12-31")} <= inside


def test_a_table_goes_on_under_the_header_of_the_page_before() -> None:
    first = table([["项目", "期末余额", "期初余额"], ["货币资金", "1", "2"]], title="合并资产负债表", note="单位：万元")
    second = table([["存货", "3", "4"], ["资产总计", "9", "8"]])
    facts = extract(document([first], [second], cover=COVER_ZH))
    assert [(fact.period, fact.value) for fact in found(facts, "资产总计")] == [
        ("2020-12-31", Decimal(90_000)),
        ("2019-12-31", Decimal(80_000)),
    ]


def test_a_header_alone_at_the_foot_of_a_page() -> None:
    facts = extract(document([table([["项目", "2020年度", "2019年度"]])], [table([["营业收入", "3", "4"]])], cover=COVER_ZH))
    assert [fact.period for fact in facts] == ["2020-01-01/2020-12-31", "2019-01-01/2019-12-31"]


def test_chinese_statements_of_group_and_parent() -> None:
    rows = [
        ["项目", "附注", "本期发生额", "上期发生额"],
        ["一、营业总收入", "七、1", "1,200.50", "1,000.00"],
        ["减：所得税费用", "", "-20.00", "30.00"],
    ]
    group, parent = table(rows, title="合并利润表", note="单位：元 币种：人民币"), table(rows, title="母公司利润表", note="单位：万元")
    facts = extract(document([group], [parent], cover=COVER_ZH))
    assert [(fact.scope, fact.value, fact.period) for fact in found(facts, "一、营业总收入", period="2020-01-01/2020-12-31")] == [
        ("consolidated", Decimal("1200.50"), "2020-01-01/2020-12-31"),
        ("parent", Decimal("12005000"), "2020-01-01/2020-12-31"),
    ]
    assert {fact.concept for fact in facts} == {"Revenues", "IncomeTaxExpenseBenefit"}
    assert {fact.unit for fact in facts} == {"CNY"}
    assert {fact.entity for fact in facts} == {"示例科技股份有限公司"}


def test_empty_lines_of_a_chinese_statement_open_no_group() -> None:
    rows = [["项目", "2020年12月31日"], ["流动资产：", ""], ["货币资金", "5"], ["拆出资金", ""], ["存货", "6"], ["流动资产合计", "11"]]
    facts = extract(document([table(rows, title="合并资产负债表")], cover=COVER_ZH))
    assert [fact.metric for fact in facts] == [("流动资产", "货币资金"), ("流动资产", "存货"), ("流动资产合计",)]


def test_group_and_parent_in_columns() -> None:
    rows = [["项目", "合并>2", "", "母公司>2", ""], ["", "2020年", "2019年", "2020年", "2019年"], ["营业收入", "4", "3", "2", "1"]]
    facts = extract(document([table(rows)], cover=COVER_ZH))
    assert [fact.scope for fact in facts] == ["consolidated", "consolidated", "parent", "parent"]


def test_both_readings_of_a_conflict_are_kept() -> None:
    rows = [["Years ended December 31,", "2024"], ["Net income", "$ 5"]]
    facts = extract(document([table(rows), table([rows[0], ["Net income", "$ 6"]])]))
    assert [fact.value for fact in found(facts, "Net income")] == [5, 6]


@pytest.mark.parametrize(
    "rows", [[], [[""]], [["only words", "here"]], [["1", "2"], ["3", "4"]], [["2024", "2023"]], [["a>9", "1"], ["b", "2>4"]]]
)
def test_odd_tables_do_no_harm(rows: Rows) -> None:
    extract(document([table(rows)]))


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "Total", "2024", "$ 1,234", "(5)", "12 %", "—", "As of", "Three months ended", "期末余额", "x>3"]),
            max_size=5,
        ),
        max_size=6,
    )
)
def test_any_table_gives_facts_in_the_table(rows: list[list[str]]) -> None:
    for fact in facts_of(rows):
        assert fact.metric
        assert fact.period
        assert any(digits in text for row in rows for text in row for digits in [fact.text.strip("$ ()%x")])


def test_table_goes_on_behind_a_page_that_holds_only_a_footer() -> None:
    """Printed from HTML, a full page spills its footer onto a page of its own."""
    prose = Block("paragraph", "The following table sets forth what we own and what we owe, as described in the notes above. " * 2)
    top = table([["", "2024", "2023"], ["Cash", "10", "8"], ["Inventory", "7", "6"]], note="As of December 31 (in millions)")
    rest = table([["Goodwill", "5", "4"], ["Total", "22", "18"]])
    facts = extract(document([prose, top], [Block("footer", "66 The Company")], [rest, prose]))
    assert [f.period for f in found(facts, "Goodwill")] == ["2024-12-31", "2023-12-31"]


def test_money_without_cents_is_no_price_of_a_share() -> None:
    rows = [["(in millions)", "2024"], ["Total purchase price", "$ 7,433"], ["Average purchase price", "$ 74.33"]]
    facts = facts_of([*rows, ["Fair value of stock options on grant date", "$ 10.28"], ["Stock, $0.001 par value per share", "76,534"]])
    assert [(f.value, f.unit) for f in facts if "figure" not in dict(f.dimensions)] == [
        (Decimal(7_433_000_000), "USD"),
        (Decimal("74.33"), "USD/share"),
        (Decimal("10.28"), "USD/share"),
        (Decimal(76_534_000_000), "USD"),
    ]


def test_shops_are_counted_and_what_they_earn_is_not() -> None:
    rows = [["(in millions)", "2024"], ["Convenience stores & food", "337.2"], ["Stores at year end", "1,200"], ["Other", "25.5"]]
    assert [(f.value, f.unit) for f in facts_of(rows)] == [
        (Decimal("337200000.0"), "USD"), (Decimal(1200), "count"), (Decimal("25500000.0"), "USD"),
    ]  # fmt: skip


def test_a_change_in_dollars_is_a_column_of_its_own() -> None:
    """ "$ Change" is no note on the unit of the column beside it."""
    rows = [["(in millions)", "2024", "2023", "$ Change"], ["Compute", "120", "100", "20"], ["Graphics", "30", "35", "(5)"]]
    facts = facts_of(rows)
    assert [f.value for f in facts if f.period == YEAR and not f.dimensions] == [Decimal(120_000_000), Decimal(30_000_000)]
    assert [dict(f.dimensions) for f in facts if f.column == 3] == [{"column": "$ Change"}] * 2


def test_share_counts_printed_in_full_beside_a_scale() -> None:
    """One count that no company can have shows how its column is printed."""
    income = table([["(in thousands)", "2024"], ["Weighted-average shares outstanding, basic", "430,000"], ["Net income", "9,000"]])
    options = table([["", "Number of Shares"], ["Outstanding at January 1, 2024", "17,500,000"], ["Granted", "159,978"]])
    facts = extract(document([income, options]))
    assert [f.value for f in found(facts, "Granted")] == [Decimal(159_978)]


def test_where_a_closing_balance_stands_is_of_its_day() -> None:
    rows = [["", "2024", "2023"], ["Fair value of plan assets at beginning of year", "9", "8"], ["Company contributions", "2", "1"]]
    rows += [
        ["Fair value of plan assets at end of year", "11", "9"],
        ["Non-current assets", "12", "10"],
        ["Other liabilities", "(1)", "(1)"],
    ]
    facts = facts_of(rows, title="Changes for the years ended December 31, 2024 and 2023")
    assert [period for _, _, period in values(facts, "Company contributions")] == [YEAR, BEFORE]
    assert [period for _, _, period in values(facts, "Non-current assets")] == ["2024-12-31", "2023-12-31"]


def test_what_happened_during_a_year_is_no_balance() -> None:
    facts = facts_of([["Year ended December 31,", "2024"], ["Gains during the year on shares held at the end of the year", "217"]])
    assert [fact.period for fact in facts] == [YEAR]


def test_release_that_shows_last_year_first_is_on_the_later_year() -> None:
    cover = [
        Block("heading", "Example reports fiscal 2023 results"),
        Block("paragraph", "Year ended June 30, 2022 and year ended June 30, 2023"),
    ]
    other = Block("paragraph", "Twelve months ended June 30, 2023")
    paper = document([table([["", "June 30, 2022", "June 30, 2023"], ["Cash", "8", "9"]])], cover=[*cover, other])
    extract(paper)
    assert (paper.profile.fiscal_year, paper.profile.period) == (2023, "2022-07-01/2023-06-30")


def test_a_title_as_of_a_year_without_a_day_in_a_paper_without_a_period() -> None:
    rows = [["", "Loans", "Grants"], ["Bachelor", "12", "13"], ["Master", "14", "15"]]
    title = "Figure 2. Among recipients, by highest degree earned as of 2003 and level at which borrowed"
    paper = document([table(rows, title=title)], cover=[Block("paragraph", "A survey")])
    assert {fact.period for fact in extract(paper)} <= {"2003-12-31", "2003-01-01/2003-12-31"}


def test_a_title_and_the_reporting_group_within_the_header() -> None:
    rows = [
        ["Consolidated Statements of Income", "Example Holdings, Inc. and Subsidiary Companies>2", ""],
        ["", "Year ended December 31,>2", ""],
        ["(in millions, except per share amounts)", "2024", "2023"],
        ["Net sales", "$ 14,189", "$ 14,082"],
        ["Cost of sales", "9,683", "9,019"],
        ["Gross margin", "4,506", "5,063"],
    ]
    facts = facts_of(rows)
    assert values(facts, "Net sales") == [("14189000000", "USD", YEAR), ("14082000000", "USD", BEFORE)]
    assert {(fact.statement, fact.dimensions) for fact in facts} == {("income", ())}


def test_a_current_report_is_of_its_day_not_of_the_quarters_to_come() -> None:
    cover = [
        Block("heading", "FORM 8-K"),
        Block("paragraph", "CURRENT REPORT Pursuant to Section 13 or 15(d)"),
        Block("paragraph", "Date of report (Date of earliest event reported): August 19, 2022 (August 16, 2022)"),
        Block("paragraph", "Example Holdings, Inc."),
        Block("paragraph", "(Exact name of registrant as specified in charter)"),
    ]
    guidance = table([["", "Quarter ending January 28, 2023", "Quarter ending October 29, 2022"], ["Stores", "90", "80"]])
    paper = document([guidance], cover=cover)
    extract(paper)
    assert (paper.profile.period, paper.profile.fiscal_year) == ("2022-08-19", 2022)


def test_net_income_attributable_to_the_reporter_by_its_name() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Net sales", "$ 900", "$ 800"],
        ["Net earnings, including earnings attributable to noncontrolling interests", "90", "80"],
        ["Net earnings attributable to noncontrolling interests", "9", "8"],
        ["Net earnings attributable to Example Holdings", "$ 81", "$ 72"],
    ]
    title = "Consolidated Statements of Earnings"
    facts = facts_of(rows, title=title)
    assert [fact.text for fact in facts if fact.concept == "NetIncomeLoss"] == ["$ 81", "$ 72"]
    named = facts_of([*rows[:2], ["Net income", "90", "80"], *rows[3:]], title=title)
    assert [fact.text for fact in named if fact.concept == "NetIncomeLoss"] == ["$ 81", "$ 72"]
    assert [fact.text for fact in named if fact.concept == "ProfitLoss"] == ["90", "80"], "a line without an owner is the whole's"


def test_equity_of_the_shareholders_and_of_all() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Total liabilities", "500", "480"],
        ["Total Example Holdings stockholders’ equity", "65", "60"],
        ["Noncontrolling interests", "47", "45"],
        ["Total stockholders’ equity", "112", "105"],
    ]
    facts = facts_of(rows, title="Consolidated Balance Sheets")
    assert [fact.text for fact in facts if fact.concept == "StockholdersEquity"] == ["65", "60"]
    assert [fact.text for fact in facts if fact.concept == "StockholdersEquityIncludingNoncontrollingInterest"] == ["112", "105"]


def test_a_column_under_the_reporters_own_name_is_no_part_of_it() -> None:
    rows = [["", "2023", "Example Holdings 2024"], ["Net sales", "800", "900"], ["Net income", "72", "81"]]
    facts = facts_of(rows, title="Consolidated Statements of Income")
    assert [fact.text for fact in facts if fact.concept == "Revenues" and not fact.dimensions] == ["800", "900"]


def test_breakdowns_of_a_chinese_report_are_headings() -> None:
    rows = [
        ["", "营业收入", "营业成本"],
        ["分产品", "", ""],
        ["电缆", "100.00", "60.00"],
        ["分地区", "", ""],
        ["华北", "40.00", "25.00"],
        ["华东", "60.00", "35.00"],
    ]
    facts = extract(document([table(rows, title="2024年占公司营业收入10%以上的行业、产品或地区情况", note="单位：元")], cover=COVER_ZH))
    assert {fact.metric for fact in facts} == {("分产品", "电缆"), ("分地区", "华北"), ("分地区", "华东")}


def test_a_release_on_the_last_quarter_is_on_the_year_as_the_company_counts() -> None:
    cover = [
        Block("heading", "Example Stores Announces Fourth Quarter Fiscal 2022 Results"),
        Block("paragraph", "Example Stores, Inc. (NASDAQ: EXMP) today announced financial results for the thirteen-week period (“fourth "
              "quarter”) and fifty-two-week period (“fiscal year”) ended January 28, 2023 compared to the same periods of last year."),
    ]  # fmt: skip
    rows = [
        ["", "13 Weeks Ended January 28, 2023", "13 Weeks Ended January 29, 2022"],
        ["Net sales", "320", "270"],
        ["Net income", "34", "29"],
    ]
    paper = document([table(rows), table(rows)], cover=cover)
    extract(paper)
    assert paper.profile.kind == "earnings"
    assert (paper.profile.fiscal_year, paper.profile.period) == (2022, "2022-01-30/2023-01-28")


def test_a_release_on_the_last_quarter_tells_of_the_quarter_and_of_the_year() -> None:
    cover = [
        Block("heading", "Example Instruments Reports Fourth Quarter and Full Year 2022 Results"),
        Block("paragraph", "Example Instruments Inc. (NYSE: EXMP) today announced results for the quarter and the year "
            "ended December 31, 2022."),
    ]  # fmt: skip
    quarter = [["", "2022", "2021"], ["Net sales", "320", "270"], ["Net income", "34", "29"]]
    year = [["", "2022", "2021"], ["Net sales", "1,200", "1,100"], ["Net income", "120", "110"]]
    title = "Condensed Consolidated Statement of Earnings"
    pages = [
        [table(quarter, title=title, note="(Unaudited; in millions) FOURTH QUARTER")],
        [table(year, title=title, note="(Unaudited; in millions) TWELVE MONTHS")],
    ]
    paper = document(*pages, cover=cover)
    facts = [fact for fact in extract(paper) if fact.metric[-1] == "Net sales"]
    assert paper.profile.kind == "earnings"
    assert {fact.text: fact.period for fact in facts} == {
        "320": "2022-10-01/2022-12-31", "270": "2021-10-01/2021-12-31", "1,200": "2022-01-01/2022-12-31", "1,100": "2021-01-01/2021-12-31",
    }  # fmt: skip


def ruled(header: list[Cell], rows: list[list[str]], title: str) -> Block:
    """A table whose header was read across its columns."""
    below = table(rows)
    return Block("table", below.text, cells=[*header, *(replace(cell, row=cell.row + 1) for cell in below.cells)], title=title)


def test_columns_of_notes_and_days_above_their_years() -> None:
    """As European reports print them: "Notes 31 December 31 December" over three columns, references such as "7, 8" and "14 a)" below."""
    header = [
        Cell(0, 0, "CHF000", header=True),
        Cell(0, 1, "Notes 31 December 31 December", column_span=3, header=True),
        Cell(0, 1, "2024", column_span=2, header=True),
        Cell(0, 3, "2023", header=True),
    ]
    rows = [
        ["Trade and other receivables", "12", "387", "839"],
        ["Property and equipment", "7, 8", "19", "22"],
        ["Financial assets", "14 a)", "5", "4"],
        ["TOTAL ASSETS", "", "1,077", "1,594"],
    ]
    paper = document([ruled(header, rows, "Consolidated Balance Sheet")])
    facts = extract(paper)
    assert {fact.text for fact in facts} == {"387", "839", "19", "22", "5", "4", "1,077", "1,594"}
    assert [(f.period, f.dimensions) for f in facts if f.concept == "Assets"] == [("2024-12-31", ()), ("2023-12-31", ())]


def test_the_parents_own_statements_stand_behind_the_consolidated_ones() -> None:
    labels = ("Revenue", "Cost of sales", "Gross profit", "Operating profit", "Profit before tax", "Income tax", "Net profit for the year")
    rows = [["", "2024", "2023"], *([label, str(900 - n), str(800 - n)] for n, label in enumerate(labels))]
    group, own = table(rows, title="Consolidated Income Statement"), table(rows, title="Income Statement")
    notes = [[Block("paragraph", "Notes to the financial statements")]] * 30
    facts = extract(document([group], *notes, [own]))
    assert {(fact.page, fact.scope) for fact in facts} == {(2, "consolidated"), (33, "parent")}


def test_operating_income_beside_an_operating_profit_is_what_came_in() -> None:
    rows = [["", "2024", "2023"], ["Revenue", "947", "873"], ["Operating income", "964", "888"], ["Operating profit", "94", "73"]]
    facts = facts_of(rows, title="Consolidated Income Statement")
    assert [fact.text for fact in facts if fact.concept == "OperatingIncomeLoss"] == ["94", "73"]


def test_figures_alone_that_are_the_sums_of_a_group_are_its_total() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Revenues"],
        ["Casino", "500", "400"],
        ["Rooms", "200", "100"],
        ["", "700", "500"],
        ["Expenses"],
        ["Casino", "300", "200"],
        ["Rooms", "100", "90"],
        ["", "401", "290"],
    ]
    facts = facts_of(rows, title="Consolidated Statements of Operations")
    assert [fact.text for fact in facts if fact.concept == "Revenues"] == ["700", "500"]
    assert not [fact for fact in facts if fact.metric[-1].startswith("Total expenses")], "it does not add up"


def test_figures_without_a_label_are_no_total_that_is_printed_further_down() -> None:
    """Shares in the treasury are deducted between the two."""
    rows = [
        ["", "2024", "2023"],
        ["Total assets", "300", "280"],
        ["Shareholders' equity"],
        ["Common stock", "30", "30"],
        ["Retained earnings", "170", "150"],
        ["", "200", "180"],
        ["Less: common stock held in treasury", "90", "90"],
        ["Total shareholders' equity", "110", "90"],
        ["Total liabilities and shareholders' equity", "300", "280"],
    ]
    facts = facts_of(rows, title="Consolidated Balance Sheets")
    assert [fact.text for fact in facts if fact.concept == "StockholdersEquity"] == ["110", "90"]
    assert ("Shareholders' equity", "Sum of the lines above") in {fact.metric for fact in facts}


def test_a_line_of_the_statement_heads_a_group_where_the_rows_below_add_up() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Net sales"],
        ["Aircraft", "26", "25"],
        ["Space", "11", "10"],
        ["Total net sales", "37", "35"],
        ["Operating profit"],
        ["Aircraft", "3", "2"],
        ["Space", "2", "1"],
    ]
    facts = facts_of(rows, title="Segment results")
    assert {fact.metric for fact in facts if fact.metric[-1] == "Aircraft" and fact.value > 20 * fact.scale} == {("Net sales", "Aircraft")}
    assert [fact.text for fact in facts if fact.concept == "Revenues"] == ["37", "35"]


@pytest.mark.parametrize(("apart", "statement"), [(False, "income"), (True, "comprehensive income")])
def test_a_statement_of_comprehensive_income_may_be_the_income_statement(apart: bool, statement: str) -> None:
    """One statement in place of two (IAS 1.10A); where the other is there, it is not."""
    rows = [["£’000", "2024", "2023"], ["Revenue", "23,183", "23,410"], ["Profit before taxation", "27,400", "34,400"],
            ["Profit for the year", "26,000", "33,000"]]  # fmt: skip
    income = [["£’000", "2024", "2023"], ["Revenue", "9", "8"], ["Cost of sales", "5", "4"], ["Gross profit", "4", "4"],
              ["Operating profit", "3", "3"], ["Interest expense", "1", "1"], ["Profit before taxation", "2", "2"],
              ["Profit for the year", "1", "1"]]  # fmt: skip
    pages = [[Block("heading", "Consolidated Statement of Comprehensive Income"), table(rows)]]
    if apart:
        pages.insert(0, [Block("heading", "Consolidated Income Statement"), table(income)])
    read = extract(document(*pages))
    assert {fact.statement for fact in read if fact.value in (23_183_000, 27_400_000)} == {statement}


@pytest.mark.parametrize(
    ("label", "value", "unit"),
    [("Stores at year end", 1200, "count"), ("Leased restaurants", 1200, "count"), ("Branches closed in the year", 1200, "count"),
     ("Branches' operating costs", 1_200_000_000, "USD"), ("Hotels and resorts", 1_200_000_000, "USD")],
)  # fmt: skip
def test_places_of_business_are_counted_whatever_they_are(label: str, value: int, unit: str) -> None:
    (fact, _) = facts_of([["(in millions)", "2024"], [label, "1,200"], ["Other", "25.5"]])
    assert (fact.value, fact.unit) == (Decimal(value), unit)
