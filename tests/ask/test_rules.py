"""Plans made without a model."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.asked_spans import spans_as_asked, spans_of
from finfoundry.ask.plan.expressions import PlannedExpression, from_to
from finfoundry.ask.plan.row_labels import plan_by_words
from finfoundry.ask.plan.rules import Plan, plan_by_rule
from finfoundry.ask.understand.intent import understand
from finfoundry.ask.understand.question_text import core_of
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import CALENDAR_YEAR

NAMES = EntityNames([("Northwind Traders Inc", ["NWT"]), ("海东生物股份有限公司", ["海东生物"])])
VOCABULARY = vocabulary()


def plan(question: str) -> Plan | None:
    return plan_by_rule(understand(question, NAMES, VOCABULARY), CALENDAR_YEAR, formulas())


@pytest.mark.parametrize(
    ("question", "expression", "show", "span"),
    [
        ("What were Northwind's total current liabilities at the end of FY2017?", "total_current_liabilities", None, "fy2017"),
        ("What is the FY2020 quick ratio of Northwind?", "quick_ratio", "ratio", "fy2020"),
        ("What was NWT's retention ratio in FY2022, rounded to two decimals?", "retention_ratio", "ratio", "fy2022"),
        ("What was the FY2019 - FY2020 revenue growth rate for NWT?", "((revenue) - (revenue)[2019]) / (revenue)[2019]", "percent", "fy2020"),  # noqa: E501
        ("What was NWT's revenue growth in FY2020?", "((revenue) - prior(revenue)) / prior(revenue)", "percent", "fy2020"),
        ("What was the compound annual growth of NWT's sales, FY2017 to FY2020?", "((revenue) / (revenue)[2017]) ** (1 / 3) - 1", "percent", "fy2020"),  # noqa: E501
        ("What was the mean of R&D expense as a percentage of net sales at NWT from FY2018 to FY2020?", "mean((rd_expense) / (revenue), 2018, 2020)", "percent", "fy2020"),  # noqa: E501
        ("What was NWT's average pretax margin from FY2018 to FY2020?", "mean(pretax_margin, 2018, 2020)", "percent", "fy2020"),
        ("What is NWT's capital expenditure to operating cash flow ratio in FY2021?", "(capital_expenditure) / (operating_cash_flow)", "ratio", "fy2021"),  # noqa: E501
        ("What is NWT's debt to equity ratio in FY2021?", "debt_to_equity", "ratio", "fy2021"),
        ("What is the book value of NWT's property, plant and equipment at the end of FY2021?", "ppe_net", None, "fy2021"),
        ("By how much did NWT's revenue exceed its cost of revenue in FY2021?", "(revenue) - (cost_of_revenue)", None, "fy2021"),
        ("What was NWT's gross margin in fiscal 2021 to two decimals?", "gross_margin", "ratio", "fy2021"),
        ("What is the ratio of NWT's R&D expense to net sales in FY2021?", "(rd_expense) / (revenue)", "ratio", "fy2021"),
        ("What percentage of NWT's net sales was gross profit in Q3 of FY2021?", "(gross_profit) / (revenue)", "percent", "fy2021q3"),
        ("By what percentage did NWT's inventories change from FY2019 to FY2020?", "((inventory) - (inventory)[2019]) / (inventory)[2019]", "percent", "fy2020"),  # noqa: E501
        ("By how much did NWT's net income grow from FY2019 to FY2020, in percent?", "((net_income) - (net_income)[2019]) / (net_income)[2019]", "percent", "fy2020"),  # noqa: E501
        ("What is the year-over-year change in inventories between FY2019 and FY2020 for NWT, in percent?", "((inventory) - (inventory)[2019]) / (inventory)[2019]", "percent", "fy2020"),  # noqa: E501
        ("What was NWT's R&D spending as % of sales in FY2020?", "(rd_expense) / (revenue)", "percent", "fy2020"),
        ("What was NWT's average EBITDA margin from FY2018 to FY2020? Define EBITDA as gross profit - R&D expense.", "mean((gross_profit - rd_expense) / revenue, 2018, 2020)", "percent", "fy2020"),  # noqa: E501
        ("What was NWT's total debt to equity ratio in FY2020?", "total_debt_to_equity", "ratio", "fy2020"),
        ("What was NWT's revenue in US dollars in FY2020?", "revenue", None, "fy2020"),
        ("How much did NWT spend on research and development in FY2020?", "rd_expense", None, "fy2020"),
        ("On the balance sheet of FY2020, what was NWT's net PP&E?", "ppe_net", None, "fy2020"),
        ("What is NWT's FY2020 R&D expense as a share of revenue?", "(rd_expense) / (revenue)", "percent", "fy2020"),
        ("What percent of NWT's revenue in FY2020 went to cost of goods sold?", "(cost_of_revenue) / (revenue)", "percent", "fy2020"),
        ("What share of NWT's total assets was goodwill at the end of FY2020?", "(goodwill) / (total_assets)", "percent", "fy2020"),
        ("What is the FY2020 operating cash flow to net income ratio for NWT?", "(operating_cash_flow) / (net_income)", "ratio", "fy2020"),
        ("What was NWT's tax rate in FY2020?", "effective_tax_rate", "percent", "fy2020"),
        ("What was NWT's cash profit minus income taxes in FY2020? Define cash profit as operating income + depreciation and amortization.", "(operating_income + depreciation_and_amortization) - (income_tax)", None, "fy2020"),  # noqa: E501
        ("What was NWT's debt in FY2020?", "total_debt", "money", "fy2020"),
        ("What was the difference between current assets and current liabilities of NWT in FY2020?", "(total_current_assets) - (total_current_liabilities)", None, "fy2020"),  # noqa: E501
        ("NWT D&A expense 2020", "depreciation_and_amortization", None, "fy2020"),
        ("I need NWT's dividends paid for the fiscal year ended December 31, 2020.", "dividends_paid", None, "fy2020"),
        ("Calculate the current ratio for NWT in FY2020.", "current_ratio", "ratio", "fy2020"),
        ("What is the FY2020 long-term debt net of the current portion for NWT?", "long_term_debt", None, "fy2020"),
        ("海东生物2020年的速动比率是多少？", "quick_ratio", "ratio", "fy2020"),
        ("海东生物2020年营业收入增长率是多少？", "((revenue) - prior(revenue)) / prior(revenue)", "percent", "fy2020"),
        ("海东生物2020年研发费用占营业收入的比例是多少？", "(rd_expense) / (revenue)", "percent", "fy2020"),
        ("海东生物2020年研发费用与净利润的比值是多少？", "(rd_expense) / (net_income)", "ratio", "fy2020"),
        ("您能告诉我海东生物2020年的净利润是多少元吗？", "net_income", None, "fy2020"),
    ],
)  # fmt: skip
def test_values(question: str, expression: str, show: str | None, span: str) -> None:
    found = plan(question)
    assert found is not None
    assert (found.ask, found.items[0].expression, found.items[0].show, found.spans[-1].key) == ("value", expression, show, span)


@pytest.mark.parametrize(
    "question", ["Did NWT's revenue grow in FY2020, and by how much?", "did NWT inventories fall in 2020 and by how much"]
)
def test_whether_and_by_how_much_is_a_change(question: str) -> None:
    made = plan(question)
    assert made is not None
    assert made.ask == "change"


@pytest.mark.parametrize(
    "question", ["What were NWT's U.S. Treasury securities in FY2020?", "What did Northwind Traders Inc. Chicago earn in FY2020?"]
)
def test_an_abbreviation_ends_no_sentence(question: str) -> None:
    assert core_of(question).split() == question.split()


def test_the_growth_of_each_year() -> None:
    found = plan("What was NWT's revenue growth in each of FY2021 and FY2022?")
    assert found is not None
    assert found.items[0].expression == "((revenue) - prior(revenue)) / prior(revenue)"
    assert [span.year for span in found.spans] == [2021, 2022]


def test_two_metrics_are_two_items() -> None:
    found = plan("海东生物2020年的销售费用和管理费用各是多少元？")
    assert found is not None
    assert [item.expression for item in found.items] == ["selling_expense", "admin_expense"]


@pytest.mark.parametrize(
    "question",
    [
        "What was NWT's days sales outstanding in FY2021? Take what customers owed at year end, accounts receivable, in days of net sales.",
        "What is NWT's debt to equity ratio in FY2021? Debt is here meant to be accounts payable.",
        "Accounts payable shall count as debt. What is NWT's debt to equity ratio in FY2021?",
    ],
)
def test_a_definition_that_no_rule_reads_is_not_replaced_by_the_usual_one(question: str) -> None:
    assert plan(question) is None


@pytest.mark.parametrize(
    ("question", "expression"),
    [
        ("What was NWT's return on assets in FY2021? We mean net income over mean opening and closing total assets.", "return_on_assets"),
        ("What is the FY2020 quick ratio of NWT? Leave inventories out of total current assets, then compare.", "quick_ratio"),
    ],
)  # fmt: skip
def test_a_definition_in_other_words_that_is_the_usual_one_is_followed(question: str, expression: str) -> None:
    made = plan(question)
    assert made is not None
    assert made.items[0].expression == expression


def test_a_sentence_beside_the_question_that_names_no_line_changes_nothing() -> None:
    made = plan("Our committee meets on Monday. What is NWT's debt to equity ratio in FY2021? Two decimals will do.")
    assert made is not None
    assert made.items[0].expression == "debt_to_equity"


def test_a_definition_of_the_question_wins() -> None:
    found = plan(
        "What is NWT's FY2020 quick ratio? Quick ratio is defined as: (cash and cash equivalents + accounts receivable) / current liabilities."  # noqa: E501
    )
    assert found is not None
    assert found.source == "definition"
    assert found.items[0].expression == "(cash_and_equivalents + accounts_receivable) / total_current_liabilities"


@pytest.mark.parametrize(
    ("question", "expression", "show"),
    [
        (
            "Calculate the equity turnover for NWT in FY2020. It is defined as: FY2020 revenue / average shareholders' equity.",
            "revenue[2020] / average(shareholders_equity)",
            "times",
        ),
        (
            "Calculate the quick ratio for NWT in FY2020. Take (current assets - inventories) / current liabilities.",
            "(total_current_assets - inventory) / total_current_liabilities",
            "ratio",
        ),
        (
            "NWT EBITDA margin FY2020? Define EBITDA as operating income + depreciation and amortization from its cash flow statement.",
            "(operating_income + depreciation_and_amortization) / revenue",
            "percent",
        ),
        (
            "Calculate the return on equity for NWT in FY2020. It is defined as net income / average shareholders' equity.",
            "net_income / average(shareholders_equity)",
            "percent",
        ),
    ],
)
def test_definitions_beside_the_order_to_calculate(question: str, expression: str, show: str) -> None:
    """Formulas without "defined as", of a part of what is asked, and under "it"."""
    found = plan(question)
    assert found is not None
    assert (found.items[0].expression, found.items[0].show) == (expression, show)


@pytest.mark.parametrize(
    ("question", "ask", "wanted", "yes_no"),
    [
        ("Did NWT's goodwill rise between FY20 and FY21?", "direction", "up", True),
        ("Between FY2020 and FY2021, was NWT's current ratio improving or declining?", "direction", None, False),
        ("Is NWT's gross margin improving as of FY2023?", "direction", "better", True),
        ("Was NWT's revenue higher in fiscal 2021 than in fiscal 2020?", "direction", "up", True),
        ("What is the difference in net PP&E between fiscal 2021 and fiscal 2020 for NWT?", "change", None, False),
        ("By how much (in USD millions) did NWT's revenue change between FY2020 and FY2021?", "change", None, False),
        ("Was NWT's operating cash flow negative in FY2022?", "sign", "negative", True),
        ("How much did NWT's net margin change from FY2021 to FY2022?", "change", None, False),
        ("Is NWT's current ratio sound at the end of FY2022?", "norm", None, True),
        ("Does NWT's balance sheet show more cash than total debt at the end of FY2022?", "compare", "more", True),
        ("Was NWT's operating income lower than its net income in FY2022?", "compare", "less", True),
        ("Is NWT profitable in FY2022?", "sign", "positive", True),
        ("Did NWT have a net loss in FY2022?", "sign", "negative", True),
        ("海东生物2020年是否盈利？", "sign", "positive", True),
        ("海东生物2020年亏损了吗？", "sign", "negative", True),
        ("Which is larger, NWT's accounts receivable or inventories at the end of FY2022?", "compare", "more", False),
        ("What was lower in FY2022, NWT's R&D or its capital expenditure?", "compare", "less", False),
        ("海东生物2020年末存货和应收账款哪个更大？", "compare", "more", False),
        ("海东生物2020年净利润增长了多少亿元？", "change", None, False),
        ("海东生物2020年净利润增长了多少？", "value", None, False),
        ("海东生物2020年净利润同比变动了百分之几？", "value", None, False),
        ("海东生物2020年净利润是否增加？", "direction", "up", True),
        ("海东生物2020年净利润比2019年高吗？", "direction", "up", True),
        ("海东生物2020年存货比上年少吗？", "direction", "down", True),
        ("海东生物2020年的速动比率是否稳健？", "norm", None, True),
        ("海东生物2020年净利润为正吗？", "sign", "positive", True),
    ],
)
def test_what_is_asked_of_a_metric(question: str, ask: str, wanted: str | None, yes_no: bool) -> None:
    found = plan(question)
    assert found is not None
    assert (found.ask, found.wanted, found.yes_no) == (ask, wanted, yes_no)


@pytest.mark.parametrize(
    ("question", "ask", "years"),
    [
        ("How did NWT's revenue in FY2021 compare to the prior year?", "value", (2020, 2021)),
        ("What was NWT's gross profit in FY2021 and the year before?", "value", (2020, 2021)),
        ("What was NWT's revenue in the second quarter of 2021 and the same quarter a year ago?", "value", (2020, 2021)),
        ("Did NWT's gross margin decline in FY2021 from a year earlier?", "direction", (2020, 2021)),
        ("By how much did NWT's inventories fall in FY2021 from the year before?", "change", (2020, 2021)),
        ("What was NWT's profit for the year before tax in FY2021?", None, ()),
        ("海东生物2021年研发费用及上年同期分别是多少？", "value", (2020, 2021)),
        ("海东生物2021年营业收入较上年如何变化？", "change", (2020, 2021)),
        ("海东生物2021年毛利率比上年是上升还是下降？", "direction", (2020, 2021)),
        ("海东生物2021年的资产负债率与2020年相比如何？", "value", (2020, 2021)),
        ("海东生物2021年期初存货是多少？", "value", (2020,)),
        ("海东生物2021年末存货较年初增加了多少？", "change", (2020, 2021)),
    ],
)
def test_the_year_before_by_words(question: str, ask: str | None, years: tuple[int, ...]) -> None:
    found = plan(question)
    if ask is None:
        assert found is None or [span.year for span in found.spans] == [2021]
        return
    assert found is not None
    assert (found.ask, tuple(span.year for span in found.spans)) == (ask, years)


@pytest.mark.parametrize(
    "question",
    [
        "What drove the change of NWT's gross margin in FY2022?",
        "Why did NWT's revenue fall?",
        "What are NWT's main products?",
        "What was NWT's adjusted organic revenue of the western region?",
        "Which segment of NWT had the highest revenue in FY2022?",
        "What was NWT's advertising revenue in FY2022?",
        "What were NWT's sales in the US in Q2 2022?",
        "What was NWT's total debt to unit ratio in FY2022?",
        "Will NWT's revenue grow because of the merger?",
        "请分析海东生物2020年的研发投入情况",
        "什么是毛利率？",
    ],
)
def test_what_words_do_not_explain_is_left_to_others(question: str) -> None:
    assert plan(question) is None


def test_a_concept_that_the_papers_lack_is_looked_for_by_its_words() -> None:
    plan = Plan("value", (PlannedExpression("customer deposits", "AdvancesFromCustomers", None),), ())
    other = plan_by_words(plan)
    assert other is not None
    assert other.source == "label"
    assert list(other.labels.values()) == ["customer deposits"]
    assert plan_by_words(Plan("value", (PlannedExpression("ratio", "a / b", "ratio"),), ())) is None


GROWING = EntityNames([("景澜稳健增长混合型证券投资基金", ["景澜稳健增长混合"])])


def test_a_word_in_a_companys_name_asks_for_nothing() -> None:
    made = plan_by_rule(understand("景澜稳健增长混合2024年末总资产是多少？", GROWING, VOCABULARY), CALENDAR_YEAR, formulas())
    assert made is not None
    assert (made.ask, [item.expression for item in made.items]) == ("value", ["total_assets"])


@pytest.mark.parametrize(
    "question",
    [
        "海东生物2024年净利润同比是增是减？", "和2023年相比，海东生物2024年净利润是涨了还是跌了？", "海东生物2024年净利润增长还是下滑？",
        "海东生物2024年净利润高于还是低于2023年？", "Did NWT's net income rise or fall in 2024?",
        "Has NWT's net income gone up or down in 2024?",
        "Is NWT's net income of 2024 above or below that of 2023?", "Did NWT see its net income grow or shrink in 2024?",
        "In which direction did NWT's net income move in 2024, up or down?", "Which way did NWT's net income move in 2024?",
    ],
)  # fmt: skip
def test_a_question_that_offers_both_ways_asks_which_it_was(question: str) -> None:
    made = plan(question)
    assert made is None or (made.ask, made.yes_no) == ("direction", False)
    assert made is not None or not question.startswith(("海", "Did NWT", "In which", "Which way", "Is NWT"))


def test_one_metric_of_two_years_less_itself_is_how_it_moved() -> None:
    made = plan("海东生物2024年负债合计减去2023年负债合计是多少？")
    assert made is not None
    assert (made.ask, [item.expression for item in made.items]) == ("change", ["total_liabilities"])


@pytest.mark.parametrize(
    "question",
    [
        "Was NWT's revenue in 2022 higher or lower than its average over 2018 to 2022?",
        "Was NWT's gross profit higher or lower than operating income in 2022?",
        "By how much, in percent, did NWT's revenue rise or fall in 2022?",
    ],
)
def test_both_ways_offered_against_something_else_than_a_time_are_no_movement(question: str) -> None:
    made = plan(question)
    assert made is None or made.ask != "direction"


def test_both_ways_offered_are_a_movement() -> None:
    made = plan("Was NWT's revenue higher or lower in 2022 than in 2021?")
    assert made is not None
    assert (made.ask, made.yes_no) == ("direction", False)


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("2022年前三季度的净利润较2021年同期变动多少", ["fy2021m9", "fy2022m9"]),
        ("2022年第二季度与2020年同季相比，净利润变动多少", ["fy2020q2", "fy2022q2"]),
        ("2022年上半年的净利润比2021年的同期变动多少", ["fy2021h1", "fy2022h1"]),
        ("2022年净利润较2021年同期变动多少", ["fy2021", "fy2022"]),
        ("2022年前三季度的净利润较2021年变动多少", ["fy2021", "fy2022m9"]),  # the year itself
    ],
)
def test_the_same_part_of_another_year(asked: str, keys: list[str]) -> None:
    intent = understand(f"海东生物{asked}？", NAMES, VOCABULARY)
    assert [span.key for span in spans_of(intent, CALENDAR_YEAR)] == keys
    assert {span.key for span in spans_as_asked(intent, CALENDAR_YEAR)} == set(keys)


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("for Q2 2022 and likewise for the same quarter of 2021", ["fy2021q2", "fy2022q2"]),
        ("over nine months to September 2022 against the same period of 2021", ["fy2021m9", "fy2022m9"]),
        ("for H1 2022 and the comparable half of fiscal 2020", ["fy2020h1", "fy2022h1"]),
        ("for Q2 2022 and for all of 2021", ["fy2021", "fy2022q2"]),
    ],
)
def test_the_same_part_of_another_year_in_english(asked: str, keys: list[str]) -> None:
    intent = understand(f"What was NWT's revenue {asked}?", NAMES, VOCABULARY, CALENDAR_YEAR)
    assert sorted(span.key for span in spans_of(intent, CALENDAR_YEAR)) == sorted(keys)


@pytest.mark.parametrize("asked", ["从2021年底到2022年9月底增减了多少", "2022年9月底比2021年底增减多少"])
def test_how_much_more_or_less_is_a_change(asked: str) -> None:
    made = plan(f"海东生物的存货{asked}？")
    assert made is not None
    assert made.ask == "change"


@pytest.mark.parametrize(
    "question",
    [
        "From what level to what level did NWT's inventories fall in FY2020?",
        "From how much to how much did NWT's revenue get in FY2020?",
        "海东生物2020年的存货从多少变成多少？",
        "海东生物2020年营业收入从多少元涨到了多少元？",
    ],
)
def test_who_asks_from_what_to_what_is_told_both_ends_first(question: str) -> None:
    made = plan(question)
    assert made is not None
    assert (made.ask, made.level_first) == ("change", True)


@pytest.mark.parametrize(
    "question",
    [
        "From how much revenue to how much gross profit did NWT get in FY2020?",
        "海东生物2020年从多少营业收入里得到多少毛利？",
        "海东生物2020年的存货从几月到几月清点？",
        "海东生物2020年从事多少业务达到多少营业收入？",
    ],
)
def test_two_lines_and_two_months_are_no_ends_of_a_movement(question: str) -> None:
    assert from_to(understand(question, NAMES, VOCABULARY)) is None


def test_a_metric_called_by_a_word_of_order_is_asked_for_as_any() -> None:
    made = plan("Top line and gross profit for 2023, please")
    assert made is not None
    assert [item.expression for item in made.items] == ["revenue", "gross_profit"]
    assert plan("Top of revenue and gross profit for 2023?") is None
