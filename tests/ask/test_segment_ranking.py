"""Questions that compare the members of one company: regions, segments, products, lines, named members; from facts or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.document import Fact
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.storage.fact_query import StoredFact
from finfoundry.knowledge.storage.store import StoredDocument

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("Northwind",))
ZH = document("beifeng-2020", "北风股份有限公司", 2020, ("北风股份",), language="zh")
Rows = Mapping[Any, Sequence[str | None]]  # label path -> a figure a column
YEARS = ("2020-01-01/2020-12-31", "2019-01-01/2019-12-31")


def table(
    store: MemoryStore, number: int, title: str, rows: Rows, *, paper: StoredDocument = PAPER, periods: Sequence[str] = YEARS,
    headers: Sequence[str] = ("", "", ""), statement: str | None = None, concepts: Mapping[str, str] | None = None, unit: str = "USD",
) -> None:  # fmt: skip
    """A table in millions: path → its figures, one a column; a figure with % is a rate."""
    if paper not in store.papers:
        store.papers.append(paper)
    store.titles[(paper.id, number)] = title
    for row, (path, values) in enumerate(rows.items()):
        for column, printed in enumerate(values):
            if printed is None:
                continue
            percent = printed.endswith("%")
            scale = Decimal("0.01") if percent else Decimal(10**6)
            bare = printed.rstrip("%")
            header = ((("column", headers[column]),)) if headers[column] else ()
            fact = Fact(
                path, Decimal(bare) * scale, "ratio" if percent else unit, periods[min(column, len(periods) - 1)], printed, 7, paper.entity,
                (concepts or {}).get(path[-1]), "consolidated", header, "reported", scale, len(bare.partition(".")[2]),
                (10.0 * column, 10.0 * row, 10.0 * column + 8, 10.0 * row + 8), None, statement, number, row, column,
            )  # fmt: skip
            store.held.append(StoredFact(f"{paper.id}/{len(store.held)}", fact, paper.id, paper.name, None))


def ask(store: MemoryStore, question: str) -> Answer:
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


REGIONS: Rows = {
    ("Europe",): ("500", "400"), ("North America",): ("900", "800"), ("Asia",): ("60", "90"), ("Other",): ("5", "5"),
    ("Total net revenues",): ("1465", "1295"),
}  # fmt: skip


@pytest.fixture
def store() -> MemoryStore:
    found = MemoryStore()
    table(found, 30, "Net revenues by geographic area were as follows:", REGIONS)
    return found


@pytest.mark.parametrize(
    ("question", "winner", "figure"),
    [
        ("Which region had the highest revenue for Northwind in FY2020?", "North America had the highest", "$900 million"),
        ("Which geographic region of Northwind brought in the least net revenue in FY2020?", "Asia had the lowest", "$60 million"),
        ("Which of Northwind's regions performed worst by revenue in FY2020?", "Asia had the largest decrease", ": 33.3%"),
        (
            "In which region did Northwind's revenue have the fastest growth in FY2020?",
            "Europe had the strongest growth",
            "25.0%",
        ),
        (
            "Which of Northwind's regions saw its FY2020 revenue decline most in percent?",
            "Asia had the largest decrease",
            ": 33.3%",
        ),
    ],
)
def test_the_first_of_the_regions_is_named_with_its_figure(store: MemoryStore, question: str, winner: str, figure: str) -> None:
    answer = ask(store, question)
    assert answer.status == "answered"
    assert winner in answer.text
    assert figure in answer.text
    assert len({citation.box for citation in answer.citations}) >= 2


TYPES: Rows = {
    ("Compute",): ("500", "400"), ("Networking",): ("100", "80"), ("Data center",): ("600", "480"), ("Gaming",): ("300", "290"),
    ("Other",): ("100", "90"), ("Total",): ("1000", "860"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What was Northwind's data center revenue in FY2020?", "data center revenue was $600 million"),
        ("How much revenue did Northwind make from Gaming in FY2020?", "revenue from Gaming was $300 million"),
        ("What percentage of Northwind's FY2020 revenue came from the Gaming segment?", "Gaming made up 30.0% of the revenue"),
        ("What share of Northwind's FY2020 revenue was Gaming?", "Gaming made up 30.0% of the revenue"),
        ("What was Northwind's Gaming revenue in FY2020 and FY2019?", "in FY2019"),
        ("How did Northwind's Gaming revenue in FY2020 compare to the prior year?", "in FY2019"),
        ("How much of Northwind's revenue came from Gaming in FY2020?", "revenue from Gaming was"),
        ("How much of Northwind's FY2020 revenue was generated by Gaming?", "revenue from Gaming was"),
        ("What was Northwind's center revenue in FY2020?", "center revenue was $600 million"),
        ("What was Northwind's Gaming revenue growth in FY2020?", "Gaming revenue rose 3.4%"),
        ("What was Networking's revenue in FY2020?", "Networking revenue was $100 million"),
        ("What share of Northwind's FY2020 revenue did Networking account for?", "Networking made up 10.0% of the revenue"),
    ],
)
def test_one_member_and_its_share(question: str, said: str) -> None:
    """A table that says nothing of revenue, whose rows make up the company's revenue."""
    store = MemoryStore()
    table(store, 30, "No customer represented more than a tenth", TYPES)
    revenue = {("Revenue",): ("1000", "860")}
    table(store, 31, "Income statement", revenue, statement="income", concepts={"Revenue": "Revenues"})
    answer = ask(store, question)
    assert (answer.status, said in answer.text) == ("answered", True), answer.text


@pytest.mark.parametrize("more", ["higher", "larger", "lower"])
def test_one_figure_is_no_difference_of_two(more: str) -> None:
    store = MemoryStore()
    table(store, 30, "No customer represented more than a tenth", TYPES)
    revenue = {("Revenue",): ("1000", "860")}
    table(store, 31, "Income statement", revenue, statement="income", concepts={"Revenue": "Revenues"})
    question = f"How much {more} was Northwind's Gaming revenue than its licence fees in FY2020?"
    assert ask(store, question).status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("北风股份2020年华东地区的营业收入是多少？", "华东地区营业收入为6.00亿元"),
        ("北风股份2020年华东地区营业收入占比多少？", "华东占营业收入的59.41%"),
    ],
)
def test_a_region_of_a_chinese_report(question: str, said: str) -> None:
    """The regions of the main business make up nearly all of the revenue, and are named with 地区 or without."""
    store = MemoryStore()
    rows = {("分地区", "华东"): ("600",), ("分地区", "华南"): ("400",)}
    table(store, 30, "主营业务分地区情况", rows, paper=ZH, headers=("营业收入",), unit="CNY")
    revenue = {("营业总收入",): ("1010",)}
    table(store, 31, "利润表", revenue, paper=ZH, statement="income", concepts={"营业总收入": "Revenues"}, unit="CNY")
    assert said in ask(store, question).text


def test_a_name_of_two_companies_tables_is_nobodys() -> None:
    """A segment asked for without its company is looked for in the tables; where two companies have it, none is meant."""
    store = MemoryStore()
    other = document("southwind-2020", "Southwind Traders Inc", 2020, ("Southwind",))
    for number, paper in ((30, PAPER), (40, other)):
        table(store, number, "", TYPES, paper=paper)
    answer = ask(store, "What was Networking's revenue in FY2020?")
    assert answer.status == "no_evidence"
    assert "Networking" in answer.text


def test_a_member_of_one_region_is_not_the_companys() -> None:
    """Footwear of one region, in a table that does not add up to the company's revenue, is not its footwear; of several the sum is."""
    store = MemoryStore()
    for number, amount in ((30, "500"), (31, "300")):
        table(
            store,
            number,
            "",
            {("Revenues by", "Footwear"): (amount,), ("Revenues by", "Apparel"): ("50",), ("Revenues by", "Total"): ("9",)},
        )
    question = "What were Northwind's footwear revenues in FY2020?"
    assert ask(store, question).status == "no_evidence"
    table(store, 32, "", {("Revenues by", "Footwear"): ("800",), ("Revenues by", "Apparel"): ("100",)})
    assert "$800 million" in ask(store, question).text


def test_rows_of_whole_groups_are_no_members_of_them() -> None:
    """ "Net sales of reportable segments" sums segments up; months are none; groups printed by their totals are named by them."""
    question = "Which segment of Northwind had the highest net sales in FY2020?"
    store = MemoryStore()
    rows = {("Glass",): ("500",), ("Optics",): ("700",), ("Net sales of reportable segments",): ("1200",), ("Adjustments",): ("-20",)}
    table(store, 3, "Segment net sales", rows | {("Consolidated net sales",): ("1180",)})
    assert "Optics had the highest net sales" in ask(store, question).text
    months = MemoryStore()
    table(months, 3, "Segment net sales", {("May 2022",): ("500",), ("June 2022",): ("700",), ("Total",): ("1200",)})
    assert ask(months, question).status == "no_evidence"
    totals = MemoryStore()
    rows = {("Total Americas",): ("500",), ("Total Asia",): ("700",), ("All other",): ("5",), ("Total",): ("1205",)}
    table(totals, 3, "Net sales by geographic area", rows)
    assert "Asia had the highest" in ask(totals, "Which region of Northwind had the highest net sales in FY2020?").text


def test_countries_are_no_products() -> None:
    store = MemoryStore()
    rows = {("United States",): ("500",), ("Germany",): ("100",), ("Total net revenues",): ("600",)}
    table(store, 3, "Net revenues", rows)
    assert ask(store, "Which of Northwind's products had the highest net revenues in FY2020?").status == "no_evidence"


def test_growth_that_means_two_things_is_not_decided(store: MemoryStore) -> None:
    """By amount Europe and North America grew alike; by rate Europe did."""
    assert ask(store, "Which region had the biggest increase in revenue for Northwind in FY2020?").status == "no_evidence"


def test_a_drop_that_did_not_happen_is_not_told() -> None:
    store = MemoryStore()
    rows = {("Europe",): ("500", "400"), ("Asia",): ("100", "90"), ("Total revenues",): ("600", "490")}
    table(store, 3, "Revenues by geographic area", rows)
    assert ask(store, "Which region saw the largest decline in revenue for Northwind in FY2020?").status == "no_evidence"


def test_rows_that_add_up_to_nothing_printed_are_no_members() -> None:
    store = MemoryStore()
    rows = {("Europe",): ("500", "400"), ("Asia",): ("100", "90"), ("Employees abroad",): ("7", "8")}
    table(store, 3, "Revenues by geographic area", rows)
    assert ask(store, "Which region had the highest revenue for Northwind in FY2020?").status == "no_evidence"


def test_two_tables_that_disagree_are_not_chosen_between(store: MemoryStore) -> None:
    rows = {("Europe",): ("1000", "400"), ("Asia",): ("100", "90"), ("Total revenues",): ("1100", "490")}
    table(store, 31, "Revenues by geographic area of origin", rows)
    assert ask(store, "Which region had the highest revenue for Northwind in FY2020?").status == "no_evidence"


def test_a_table_of_another_metric_or_another_year_does_not_answer(store: MemoryStore) -> None:
    assert ask(store, "Which region had the highest operating income for Northwind in FY2020?").status == "no_evidence"
    assert ask(store, "Which region had the highest revenue for Northwind in FY2017?").status == "no_evidence"


def test_a_heading_that_narrows_the_metric_keeps_a_table_out() -> None:
    store = MemoryStore()
    rows = {("Toys", "Europe"): ("500",), ("Toys", "Asia"): ("100",), ("Toys", "Total toys"): ("600",)}
    table(store, 3, "Revenues by geographic area", rows)
    assert ask(store, "Which region had the highest revenue for Northwind in FY2020?").status == "no_evidence"
    assert "Europe" in ask(store, "Which region had the highest toys revenue for Northwind in FY2020?").text


def test_a_printed_change_goes_before_a_computed_one() -> None:
    store = MemoryStore()
    rows = {("Europe",): ("500", "400", "24%"), ("Asia",): ("100", "90", "11%"), ("Revenues",): ("600", "490", "22%")}
    periods = (*YEARS, YEARS[0])
    table(store, 3, "Revenues by geographic area", rows, periods=periods, headers=("", "", "% Change"), concepts={"Revenues": "Revenues"})
    answer = ask(store, "Which region had the fastest revenue growth for Northwind in FY2020?")
    assert "Europe had the strongest growth in revenue" in answer.text
    assert "24%" in answer.text


def test_kinds_of_debt_under_a_heading_of_the_question() -> None:
    store = MemoryStore()
    rows = {
        ("Cash equivalents", "Money market funds", "Level 1"): ("700",),
        ("Short-term investments", "Treasury bills", "Level 1"): ("57",),
        ("Short-term investments", "Corporate bonds", "Level 2"): ("416",),
        ("Short-term investments", "Short-term investments"): ("473",),
    }
    table(store, 3, "The following presents the Company's debt investments:", rows, periods=("2020-06-30",))
    answer = ask(store, "Which type of debt was the largest of Northwind's short term investments in H1 FY2020?")
    assert "Corporate bonds" in answer.text
    assert "$416 million" in answer.text


LIABILITIES: Rows = {
    ("Assets", "Cash"): ("50",), ("Assets", "Loans"): ("250",), ("Total assets",): ("300",),
    ("Liabilities", "Customer deposits"): ("110",), ("Liabilities", "Payables"): ("12",), ("Liabilities", "Long-term debt"): ("42",),
    ("Total liabilities",): ("164",), ("Total shareholders' equity",): ("136",), ("Total liabilities and shareholders' equity",): ("300",),
}  # fmt: skip


def test_the_largest_line_of_a_statement_whose_lines_add_up() -> None:
    store = MemoryStore()
    table(store, 3, "Balance sheets", LIABILITIES, periods=("2020-12-31",), statement="balance")
    answer = ask(store, "At the end of 2020, what was the biggest liability of Northwind?")
    assert "Customer deposits" in answer.text
    assert "$110 million" in answer.text
    broken = MemoryStore()
    table(broken, 3, "Balance sheets", {**LIABILITIES, ("Total liabilities",): ("999",)}, periods=("2020-12-31",), statement="balance")
    assert ask(broken, "At the end of 2020, what was the biggest liability of Northwind?").status == "no_evidence"


def test_the_largest_liability_where_no_total_of_liabilities_is_printed() -> None:
    store = MemoryStore()
    rows: Rows = {row: value for row, value in LIABILITIES.items() if row != ("Total liabilities",)}
    concepts = {
        "Total assets": "Assets", "Total shareholders' equity": "StockholdersEquity",
        "Total liabilities and shareholders' equity": "LiabilitiesAndStockholdersEquity",
    }  # fmt: skip
    table(store, 3, "Balance sheets", rows, periods=("2020-12-31",), statement="balance", concepts=concepts)
    question = "At the end of 2020, what was the biggest liability of Northwind?"
    assert "Customer deposits" in ask(store, question).text
    broken, less = MemoryStore(), dict(rows)
    less["Total shareholders' equity",] = ("100",)
    table(broken, 3, "Balance sheets", less, periods=("2020-12-31",), statement="balance", concepts=concepts)
    assert ask(broken, question).status == "no_evidence"


def test_the_largest_liability_where_the_assets_stand_on_the_page_before() -> None:
    store = MemoryStore()
    rows: Rows = {row: value for row, value in LIABILITIES.items() if "ssets" not in row[0]}
    table(store, 3, "Balance sheets (continued)", rows, periods=("2020-12-31",), statement="balance")
    assert "Customer deposits" in ask(store, "At the end of 2020, what was the biggest liability of Northwind?").text


def test_named_members_that_are_concepts() -> None:
    store = MemoryStore()
    statements(store, PAPER, (2020,))
    for concept, value in (("Operating", "5841"), ("Investing", "564"), ("Financing", "-7447")):
        name = f"NetCashProvidedByUsedIn{concept}Activities"
        store.add(PAPER, name, f"Cash provided by {concept.lower()} activities", {2020: value}, statement="cash flow", table=9)
    answer = ask(store, "Of financing, investing and operating activities, which had the highest cash flow for Northwind in FY2020?")
    assert answer.text.startswith("Cash flow from operating activities was the highest for Northwind Traders in FY2020: $5,841 million")


def test_named_members_of_a_table_may_bear_the_name_of_the_company() -> None:
    store = MemoryStore()
    rows = {
        ("Resorts",): ("500", "400"),
        ("Northwind China",): ("700", "300"),
        ("Clubs",): ("900", "800"),
        ("Total revenues",): ("2100", "1500"),
    }
    table(store, 3, "Net revenues", rows)
    answer = ask(store, "Among Resorts and Northwind China, which had the higher or highest net revenues for Northwind in FY2020?")
    assert answer.text.startswith("Northwind China had the highest net revenues of Northwind Traders in FY2020: $700 million")


def test_parts_of_something_else_than_the_metric_do_not_answer() -> None:
    """The title says revenues; but the rows add up to far less than the company's."""
    rows = {("Rebates",): ("50",), ("Chargebacks",): ("70",), ("Total deductions",): ("120",)}
    for known in (True, False):
        store = MemoryStore()
        if known:
            statements(store, PAPER, (2020,))
        table(store, 30, "Our deductions from revenues by product are as follows:", rows)
        assert ask(store, "Which product generated the most revenue for Northwind in FY2020?").status == "no_evidence"


def test_home_and_abroad_are_no_regions() -> None:
    store = MemoryStore()
    rows = {("United States",): ("500",), ("International",): ("700",), ("Total revenues",): ("1200",)}
    table(store, 3, "Revenues by geographic area", rows)
    assert ask(store, "Which region had the lowest revenue for Northwind in FY2020?").status == "no_evidence"


def test_the_growth_of_two_members_is_compared() -> None:
    store = MemoryStore()
    rows = {("Coffee",): ("3.0%",), ("Tea",): ("-0.6%",), ("Total",): ("1.3%",)}
    table(store, 3, "Sales to customers by product", rows, headers=("Percent Change",))
    answer = ask(store, "How did Northwind's growth in coffee sales compare with the growth in tea sales in FY2020?")
    assert "Coffee sales of Northwind Traders grew faster than Tea sales in FY2020." in answer.text
    assert "Tea sales fell 0.6% in FY2020" in answer.text


ZH_ROWS: Rows = {
    ("分行业", "电力行业"): ("318", "50%", "-1.00%"),
    ("分产品", "电缆"): ("198", "40%", "2.00%"), ("分产品", "开关"): ("120", "60%", "-5.00%"),
    ("分地区", "华北"): ("35", "50%", "66.21%"), ("分地区", "华东"): ("120", "40%", "-29.46%"), ("分地区", "华南"): ("163", "45%", "1.20%"),
    ("营业收入合计",): ("318", None, None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "winner"),
    [
        ("北风股份2020年哪个地区的营业收入最高？", "营业收入最高的是华南，为16,300.00万元" ),
        ("北风股份2020年哪个地区的营业收入下降最多？", "下降最多的是华东，为29.46%"),
        ("北风股份2020年哪个产品的毛利率最高？", "毛利率最高的是开关，为60%"),
        ("北风股份2020年哪个产品的营业收入最低？", "营业收入最低的是开关"),
    ],
)  # fmt: skip
def test_regions_and_products_of_a_chinese_report(question: str, winner: str) -> None:
    store = MemoryStore()
    headers = ("营业收入", "毛利率", "营业收入比上年同期增减")
    table(store, 3, "占公司营业收入10%以上的情况", ZH_ROWS, paper=ZH, periods=YEARS[:1], headers=headers, unit="CNY", statement="segments")
    answer = ask(store, question)
    assert answer.status == "answered"
    assert winner in answer.text.replace("1.63亿元", "16,300.00万元").replace("60.00%", "60%")


@pytest.mark.parametrize(
    "question",
    [
        "Why did the largest region of Northwind shrink in FY2020?",
        "Which region is expected to have the highest revenue growth for Northwind in FY2020?",
        "Which region of Northwind had the highest and the lowest revenue in FY2020?",
        "Which region of Northwind is best in FY2020?",
    ],
)
def test_a_question_that_does_not_say_clearly_what_to_compare_is_left_to_passages(store: MemoryStore, question: str) -> None:
    assert ask(store, question).status == "no_evidence"


SEGMENTS: Rows = {
    ("Year ended December 31, 2020", "Net operating revenues", "Third party"): ("500", "900", "60", None, "1460"),
    ("Year ended December 31, 2020", "Net operating revenues", "Intersegment"): ("20", "0", "5", "-25", "0"),
    ("Year ended December 31, 2020", "Total net operating revenues"): ("520", "900", "65", "-25", "1460"),
    ("Year ended December 31, 2020", "Operating income"): ("90", "80", "-5", "0", "165"),
}
SEGMENT_NAMES = ("Spices", "Boats", "Global · Ventures", "Eliminations", "")
BEFORE: Rows = {
    ("Year ended December 31, 2019", "Total net operating revenues"): ("400", "880", "70", "-20", "1330"),
    ("Year ended December 31, 2019", "Operating income"): ("100", "60", "4", "0", "164"),
}


@pytest.fixture
def crosswise() -> MemoryStore:
    """A segment note with a column for each segment, and the year before in a table of its own."""
    found = MemoryStore()
    concepts = {"Total net operating revenues": "Revenues", "Operating income": "OperatingIncomeLoss"}
    title = "Information about our operations by operating segment"
    table(found, 40, title, SEGMENTS, periods=YEARS[:1], headers=SEGMENT_NAMES, concepts=concepts)
    table(found, 41, title, BEFORE, periods=YEARS[1:], headers=SEGMENT_NAMES, concepts=concepts)
    for label, concept, value in (("Net operating revenues", "Revenues", "1460"), ("Operating income", "OperatingIncomeLoss", "165")):
        found.add(PAPER, concept, label, {2020: value}, statement="income", table=2)
    return found


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which segment of Northwind had the highest net operating revenues in FY2020?", "Boats had the highest net operating revenues"),
        ("Which of Northwind's segments had the highest operating income in FY2020?", "Spices had the highest operating income"),
        ("Which operating segment of Northwind had the lowest revenue in FY2020?", "Global Ventures had the lowest revenue"),
        ("What percentage of Northwind's revenue came from Boats in FY2020?", "Boats made up 61.6%"),
        ("What was Northwind's operating income in Spices in FY2020?", "$90 million"),
        ("How did Northwind's Boats revenue growth compare to Spices revenue growth in FY2020?", "Spices revenue of"),
    ],
)  # fmt: skip
def test_members_that_stand_side_by_side_are_compared_like_rows(crosswise: MemoryStore, question: str, told: str) -> None:
    answer = ask(crosswise, question)
    assert answer.status == "answered", answer.text
    assert told in answer.text


def test_a_row_of_what_segments_sell_to_each_other_is_not_their_revenue(crosswise: MemoryStore) -> None:
    answer = ask(crosswise, "Which segment of Northwind had the highest net operating revenues in FY2020?")
    assert {figure.value for figure in answer.figures} == {"900000000", "520000000"}


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("Which business segments generate more than 20% of Northwind's revenue in FY2020?", ("Yes", "Boats made up 61.6%", "Spices made up 35.6%"), "Global"),  # noqa: E501
        ("Which segments made up more than 50% of Northwind's revenue in FY2020?", ("Yes", "Boats made up 61.6%"), "Spices"),
        ("Are there any segments that account for over 80% of Northwind's revenue in FY2020?", ("No", "Boats made up 61.6%"), "Spices"),
    ],
)  # fmt: skip
def test_members_above_a_part_of_the_whole_are_told_with_their_shares(
    crosswise: MemoryStore, question: str, told: tuple[str, ...], untold: str
) -> None:
    answer = ask(crosswise, question)
    assert answer.status == "answered", answer.text
    assert all(part in answer.text for part in told)
    assert untold not in answer.text


def test_a_member_that_is_the_company_itself_is_no_product() -> None:
    store = MemoryStore()
    statements(store, PAPER, (2020,))
    rows: Rows = {("Total Northwind Brand revenues",): ("1000",), ("Southwind",): ("20",), ("Total revenues",): ("1020",)}
    table(store, 5, "Revenues by product", rows)
    assert ask(store, "Which product had the highest revenue for Northwind in FY2020?").status == "no_evidence"


def test_home_and_abroad_are_no_segments() -> None:
    store = MemoryStore()
    rows: Rows = {("United States",): ("500",), ("International",): ("700",), ("Total revenues",): ("1200",)}
    table(store, 3, "Revenues", rows)
    assert ask(store, "Which segment had the highest revenue for Northwind in FY2020?").status == "no_evidence"


def test_what_is_left_over_is_more_than_the_first_region() -> None:
    """Countries of which the rest is larger than any say nothing of regions; nor do products, whatever adds up."""
    store = MemoryStore()
    statements(store, PAPER, (2020,))
    countries: Rows = {("France",): ("300",), ("Japan",): ("280",), ("Other",): ("440",), ("Total revenues",): ("1020",)}
    products: Rows = {("Oils",): ("600",), ("Spices",): ("420",), ("Total revenues",): ("1020",)}
    table(store, 3, "Revenues by country", countries)
    table(store, 4, "Information on products and services / A segment analysis of revenue is as follows", products)
    assert ask(store, "Which region had the highest revenue for Northwind in FY2020?").status == "no_evidence"


BY_REGION: Rows = {
    ("Immunology", "Alphamab", "United States"): ("700", "900"), ("Immunology", "Alphamab", "International"): ("100", "50"),
    ("Immunology", "Alphamab", "Total"): ("800", "950"),
    ("Immunology", "Betamab", "United States"): ("200", "100"), ("Immunology", "Betamab", "International"): ("30", "20"),
    ("Immunology", "Betamab", "Total"): ("230", "120"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What was Northwind's Alphamab revenue in FY2020?", "Alphamab revenue was $800 million"),
        ("How much did Northwind's Betamab revenue grow in FY2020?", "91.7%"),
        ("What percentage of Northwind's revenue came from Alphamab in FY2020?", "Alphamab made up 40.0%"),
    ],
)
def test_a_product_by_region_is_told_by_its_total(question: str, told: str) -> None:
    """A table of many pages, which adds up to nothing on one of them; its title says what the totals are of."""
    store = MemoryStore()
    store.add(PAPER, "Revenues", "Net revenues", {2019: "1900", 2020: "2000"}, statement="income", table=2)
    table(store, 9, "The following table details our worldwide net revenues:", BY_REGION)
    answer = ask(store, question)
    assert answer.status == "answered", answer.text
    assert told in answer.text
