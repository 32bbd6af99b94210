"""Ratios that regulators define: told as a paper prints them, else computed of the parts that it prints, else not at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.compute.unprinted_totals import ANCHORS
from finfoundry.ask.lexicon.formula import MissingOperandError, expand, names_in
from finfoundry.ask.lexicon.metric_terms import metrics, vocabulary
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.core.answer import Answer, Language
from finfoundry.core.formulas import Formula, formulas
from finfoundry.core.language import has_han
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.facts.table.concepts import concepts, find_concept
from institutions.books import Key
from institutions.files import made
from institutions.terms import Lang

RED_LINES = ("net_gearing", "adjusted_liabilities", "cash_cover")
LINES = {
    "cash_assets": "Cash and bank balances", "restricted": "Restricted cash", "total_assets": "Total assets",
    "contract_liabilities": "Contract liabilities", "short_debt": "Borrowings due within one year", "total_debt": "Total borrowings",
    "total_liabilities": "Total liabilities", "total_equity": "Total equity",
}  # fmt: skip
LINES_ZH = {
    "cash_assets": "货币资金", "total_assets": "资产总计", "contract_liabilities": "合同负债", "short_debt": "一年内到期的有息负债",
    "total_debt": "有息负债合计", "total_liabilities": "负债合计", "total_equity": "所有者权益合计",
}  # fmt: skip
NAMES = {"zh": "衡川银行股份有限公司", "en": "Hengchuan Bank Limited"}


def asked(question: str, rows: dict[str, str]) -> Answer:
    """Of a paper on 2024 with these rows: a label, with those above it, to its amount, or to a percentage."""
    language: Language = "zh" if has_han(question) else "en"
    store, paper = MemoryStore(), document("report", NAMES[language], 2024, ("衡川银行", "Hengchuan"), language=language)
    for at, (label, printed) in enumerate(rows.items()):
        path = tuple(label.split(" > "))
        concept = find_concept(path, None) or find_concept(path, "balance")
        assert concept is not None, label
        unit = "ratio" if printed.endswith("%") else concept.unit if concept.unit == "shares" else "CNY"
        store.add(paper, concept.name, label, {2024: printed.rstrip("%")}, unit=unit, statement=concept.statement, table=at, scale=1)
        fact = store.held[-1].fact
        period = fact.period.rpartition("/")[2] if concept.nature == "instant" else fact.period
        scale = Decimal("0.01") if unit == "ratio" else Decimal(1)
        fact = replace(fact, metric=path, period=period, value=fact.value * scale, scale=scale, text=printed)
        store.held[-1] = replace(store.held[-1], fact=fact)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


PARTS = [
    ("不良贷款率", {"不良贷款余额": "12", "贷款总额": "1000"}, "1.2"),
    ("拨备覆盖率", {"不良贷款余额": "12", "贷款减值准备": "30"}, "250"),
    ("拨贷比", {"贷款总额": "1000", "贷款减值准备": "30"}, "3"),
    ("净息差", {"利息净收入": "21", "生息资产平均余额": "1000"}, "2.1"),
    ("成本收入比", {"业务及管理费": "30", "营业收入": "100", "营业支出": "70"}, "30"),
    ("存贷比", {"贷款总额": "750", "吸收存款": "1000"}, "75"),
    ("核心一级资本充足率", {"核心一级资本净额": "90", "风险加权资产": "1000"}, "9"),
    ("一级资本充足率", {"一级资本净额": "100", "风险加权资产": "1000"}, "10"),
    ("资本充足率", {"资本净额": "130", "风险加权资产": "1000"}, "13"),
    ("杠杆率", {"一级资本净额": "100", "调整后的表内外资产余额": "1600"}, "6.25"),
    ("流动性覆盖率", {"合格优质流动性资产": "300", "未来30天现金净流出量": "200"}, "150"),
    ("净稳定资金比例", {"可用的稳定资金": "600", "所需的稳定资金": "500"}, "120"),
    ("综合赔付率", {"赔付支出净额": "52", "提取保险责任准备金净额": "10", "已赚保费": "100"}, "62"),
    ("综合赔付率", {"赔付支出": "60", "摊回赔付支出": "8", "提取保险责任准备金": "13", "摊回保险责任准备金": "3", "已赚保费": "100"}, "62"),
    ("核心偿付能力充足率", {"核心资本": "120", "最低资本": "100"}, "120"),
    ("综合偿付能力充足率", {"实际资本": "210", "最低资本": "100"}, "210"),
    ("风险覆盖率", {"净资本": "220", "各项风险资本准备之和": "100"}, "220"),
    ("资本杠杆率", {"核心净资本": "20", "表内外资产总额": "100"}, "20"),
    ("综合费用率", {"手续费及佣金支出": "12", "业务及管理费": "25", "投资业务费用": "5", "税金及附加": "1", "分保费用": "3",
     "摊回分保费用": "4", "已赚保费": "100"}, "32"),
    ("净负债率", {"有息负债合计": "330", "货币资金": "130", "所有者权益合计": "400"}, "50"),
    ("剔除预收款后的资产负债率", {"负债合计": "800", "资产总计": "1000", "合同负债": "200"}, "75"),
]  # fmt: skip


def figure(answer: Answer) -> Decimal:
    return Decimal(answer.figures[0].value)


@pytest.mark.parametrize(("ratio", "rows", "percent"), PARTS)
def test_a_ratio_is_computed_of_its_parts(ratio: str, rows: dict[str, str], percent: str) -> None:
    answer = asked(f"衡川银行2024年的{ratio}是多少？", rows)
    assert (answer.status, figure(answer)) == ("answered", Decimal(percent) / 100), (answer.text, answer.reason)
    assert "%" in answer.text


@pytest.mark.parametrize(("ratio", "rows"), [(ratio, rows) for ratio, rows, _ in PARTS])
def test_a_ratio_is_not_computed_where_a_part_is_missing(ratio: str, rows: dict[str, str]) -> None:
    for left in rows.keys() - {"营业支出"}:
        answer = asked(f"衡川银行2024年的{ratio}是多少？", {label: value for label, value in rows.items() if label != left})
        assert answer.status == "no_evidence", (left, answer.text)


@pytest.mark.parametrize(("ratio", "rows"), [(ratio, rows) for ratio, rows, _ in PARTS])
def test_what_a_paper_prints_goes_before_what_is_computed(ratio: str, rows: dict[str, str]) -> None:
    answer = asked(f"衡川银行2024年的{ratio}是多少？", {**rows, ratio: "43.21%"})
    assert "43.21%" in answer.text, answer.text


def test_capital_before_and_after_deductions_under_one_name_is_no_part() -> None:
    answer = asked("衡川银行2024年的核心一级资本充足率是多少？", {"核心一级资本": "99", "核心一级资本净额": "90", "风险加权资产": "1000"})
    assert answer.status == "no_evidence", answer.text


def test_what_was_hardly_read_disputes_no_part() -> None:
    paper = document("report", NAMES["zh"], 2024, ("衡川银行",), language="zh")
    for confidence, status in ((0.7, "answered"), (1.0, "no_evidence")):
        store = MemoryStore()
        store.add(paper, "LoansAndAdvancesGross", "贷款总额", {2024: "1000"}, unit="CNY", table=0)
        store.add(paper, "NonperformingLoans", "不良贷款余额", {2024: "12"}, unit="CNY", table=1)
        store.add(paper, "LoansAndAdvancesGross", "贷款余额", {2024: "80"}, unit="CNY", table=2, confidence=confidence)
        answer, _ = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "衡川银行2024年末的不良贷款率是多少？")
        assert answer.status == status, answer.text


def test_a_column_of_its_own_is_no_part() -> None:
    store, paper = MemoryStore(), document("report", NAMES["zh"], 2024, ("衡川银行",), language="zh")
    store.add(paper, "LoansAndAdvancesGross", "贷款总额", {2024: "1000"}, unit="CNY", table=0)
    store.add(paper, "LoanLossAllowance", "贷款减值准备", {2024: "-30"}, unit="CNY", table=1)
    whole = store.held[-1]
    for dimensions, status in (((), "answered"), ((("column", "平均余额"),), "no_evidence")):
        store.held[-1] = replace(whole, fact=replace(whole.fact, dimensions=dimensions))
        answer, _ = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "衡川银行2024年末的拨贷比是多少？")
        assert answer.status == status, answer.text
        assert ("3.00%" in answer.text, "-3" in answer.text) == (status == "answered", False), answer.text


def test_the_tax_on_an_allowance_is_not_the_allowance() -> None:
    rows = {"Deferred tax assets > Allowance for credit losses": "7", "Gross loans": "1000"}
    assert asked("What was Hengchuan's allowance to total loans in 2024?", rows).status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "rows", "value"),
    [
        ("衡川银行2024年的净利差是多少？", {"生息资产平均收益率": "3.85%", "计息负债平均成本率": "2.05%"}, "0.018"),
        ("衡川银行2024年的综合成本率是多少？", {"综合赔付率": "68.2%", "综合费用率": "29.3%"}, "0.975"),
        ("衡川银行2024年末的内含价值是多少？", {"经调整的净资产": "300", "扣除要求资本成本后的有效业务价值": "150"}, "450"),
        ("衡川银行2024年末的净资本是多少？", {"核心净资本": "300", "附属净资本": "80"}, "380"),
        ("衡川银行2024年末的基金份额净值是多少？", {"期末基金资产净值": "300", "期末基金份额总额": "250"}, "1.2"),
        ("What was Hengchuan's NPL ratio in 2024?", {"Non-performing loans": "12", "Gross loans": "1000"}, "0.012"),
        ("What was Hengchuan's NIM in 2024?", {"Net interest income": "21", "Average interest-earning assets": "1000"}, "0.021"),
        ("What was Hengchuan's CET1 ratio in 2024?", {"CET1 capital": "90", "Risk-weighted assets": "1000"}, "0.09"),
        ("What was Hengchuan's LCR in 2024?", {"Total HQLA": "300", "Total net cash outflows": "200"}, "1.5"),
        ("What was Hengchuan's efficiency ratio in 2024?",
         {"Noninterest expense": "62", "Net interest income": "70", "Noninterest income": "30", "Operating expenses": "99"}, "0.62"),
        ("What was Hengchuan's cost-to-income ratio in 2024?", {"Operating expenses": "40", "Total operating income": "100"}, "0.4"),
        ("What was Hengchuan's solvency ratio in 2024?",
         {"Eligible own funds": "210", "Solvency capital requirement": "100", "Minimum capital requirement": "40"}, "2.1"),
        ("What was Hengchuan's combined ratio in 2024?",
         {"Losses and loss adjustment expenses": "62", "Amortization of deferred acquisition costs": "20",
          "Other underwriting expenses": "10", "Net premiums earned": "100"}, "0.92"),
        ("What was Hengchuan's total expense ratio in 2024?", {"Total operating expenses": "12", "Average net assets": "1000"}, "0.012"),
        ("What is Hengchuan's provision coverage ratio?", {"Loan loss allowance": "30", "Non-performing loans": "12"}, "2.5"),
        ("衡川银行2024年末的现金短债比是多少？", {"货币资金": "150", "一年内到期的有息负债": "100"}, "1.5"),
        ("What was Hengchuan's cash to short-term debt ratio at the end of 2024?",
         {"Cash and bank balances": "150", "Short-term borrowings": "40", "Current portion of long-term debt": "60"}, "1.5"),
        ("What was Hengchuan's net gearing at the end of 2024?",
         {"Total borrowings": "330", "Cash and bank balances": "100", "Restricted cash": "30", "Total equity": "400"}, "0.5"),
        ("What was Hengchuan's liability-to-asset ratio excluding contract liabilities in 2024?",
         {"Total liabilities": "800", "Total assets": "1000", "Contract liabilities": "150", "Advances from customers": "50"}, "0.75"),
        ("What was Hengchuan's NOI in 2024?", {"Rental income": "80", "Total property operating expenses": "-30"}, "50"),
        ("衡川银行2024年的物业收入净额是多少？", {"租金收入": "80", "物业运营支出合计": "30"}, "50"),
        ("What was Hengchuan's AUM at the end of 2024?",
         {"Discretionary assets under management": "70", "Non-discretionary assets under management": "20"}, "90"),
        ("衡川银行2024年末的资产管理规模是多少？", {"全权委托管理资产": "70", "非全权委托管理资产": "20"}, "90"),
        ("What was Hengchuan's underwriting expense ratio in 2024?",
         {"Fee and commission expenses": "12", "Business and administrative expenses": "22", "Expenses of investment business": "2",
          "Taxes and surcharges": "1",
          "Reinsurance expenses": "3", "Expenses recovered from reinsurers": "4", "Net premiums earned": "100"}, "0.32"),
        ("衡川银行2024年的综合费用率是多少？", {"递延保单获取成本摊销": "20", "其他承保费用": "10", "已赚保费": "100"}, "0.3"),
    ],
)  # fmt: skip
def test_in_both_languages_with_sums_abbreviations_and_no_year(question: str, rows: dict[str, str], value: str) -> None:
    answer = asked(question, rows)
    assert (answer.status, figure(answer)) == ("answered", Decimal(value)), (answer.text, answer.reason)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("衡川银行2024年末的净负债率是多少？", {"短期借款": "40", "货币资金": "130", "所有者权益合计": "400"}),
        ("衡川银行2024年末的现金短债比是多少？", {"货币资金": "150", "短期借款": "40"}),
        ("衡川银行2024年末的现金短债比是多少？", {"货币资金": "150", "一年内到期的非流动负债": "60"}),
        ("衡川银行2024年末的剔除预收款后的资产负债率是多少？", {"负债合计": "800", "资产总计": "1000"}),
        ("衡川银行2024年的已赚保费是多少？", {"保险业务收入": "100", "提取未到期责任准备金": "5"}),
        ("What was Hengchuan's AUM at the end of 2024?", {"Discretionary assets under management": "70"}),
        ("What was Hengchuan's NOI in 2024?", {"Rental income": "80"}),
    ],
)  # fmt: skip
def test_parts_that_are_not_all_there_make_nothing(question: str, rows: dict[str, str]) -> None:
    assert asked(question, rows).status == "no_evidence"


@pytest.mark.parametrize(("ceded", "change", "earned"), [("10", "5", "85"), ("-10", "-5", "85"), ("10", "-5", "95"), ("-10", "5", "95")])
def test_a_change_of_unearned_premiums_has_the_sign_of_what_is_ceded(ceded: str, change: str, earned: str) -> None:
    """A statement that prints as a negative what it takes off prints what was set free as a positive."""
    store, paper = MemoryStore(), document("report", NAMES["zh"], 2024, ("衡川银行",), language="zh")
    rows = [
        ("PremiumsWrittenGross", "保险业务收入", "100"),
        ("PremiumsCeded", "分出保费", ceded),
        ("UnearnedPremiumsChange", "提取未到期责任准备金", change),
    ]
    for concept, label, printed in rows:
        store.add(paper, concept, label, {2024: printed}, unit="CNY", statement="income", scale=1)
    answer, _ = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "衡川银行2024年的已赚保费是多少？")
    assert (answer.status, figure(answer)) == ("answered", Decimal(earned)), (answer.text, answer.reason)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_red_lines_of_a_made_report_come_of_its_balance_sheet(lang: Lang, seed: int) -> None:
    """By Chinese standards 货币资金 holds what is restricted; others print that beside it."""
    report = made("property", lang, seed)
    books = {key: report.books[Key(key, str(report.style.year))] for key in (*LINES, *LINES_ZH, *RED_LINES)}
    if lang == "zh":
        books["cash_assets"] += books["restricted"]
        books["cash_cover"] = books["cash_assets"] / books["short_debt"]
    rows = {(LINES_ZH if lang == "zh" else LINES)[key]: str(books[key]) for key in (LINES_ZH if lang == "zh" else LINES)}
    for key in RED_LINES:
        label = report.labels[key]
        answer = asked(f"衡川银行2024年末的{label}是多少？" if lang == "zh" else f"What was Hengchuan's {label} at the end of 2024?", rows)
        assert answer.status == "answered", (label, answer.text)
        assert abs(figure(answer) - books[key]) <= Decimal("0.005" if key == "cash_cover" else "0.00005"), (label, answer.text, books[key])


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("FundReturn", ["份额净值增长率", "Return on net asset value"]),
        ("TradingIncomeNet", ["净交易收入", "Net trading income"]),
        ("SolvencyMinimumRequirement", ["最低资本要求", "Minimum capital requirement"]),
        ("DeferredAcquisitionCostsAmortization", ["递延保单获取成本摊销", "Amortization of deferred acquisition costs"]),
        ("OtherUnderwritingExpenses", ["其他承保费用", "Other underwriting expenses"]),
        ("FundsFromOperations", ["营运所得资金", "Nareit FFO"]),
    ],
)  # fmt: skip
def test_a_line_is_known_in_both_languages(name: str, labels: list[str]) -> None:
    for label in labels:
        found = find_concept((label,), None)
        assert found is not None, label
        assert found.name == name
        question = f"衡川银行2024年的{label}是多少？" if has_han(label) else f"What was Hengchuan's {label} in 2024?"
        answer = asked(question, {label: "7.5%" if found.unit == "ratio" else "75"})
        assert answer.status == "answered", (question, answer.text)


def test_a_flow_over_a_balance_is_of_a_whole_year() -> None:
    whole = {"net_interest_income": 21, "AverageInterestEarningAssets": 1000}
    find = {name: str(value) for name, value in whole.items()}
    assert expand("net_interest_margin", FiscalSpan(2024), lambda name, _: find.get(name), formulas()).expression
    with pytest.raises(MissingOperandError):
        expand("net_interest_margin", FiscalSpan(2024, 6, 6), lambda name, _: find.get(name), formulas())


def test_a_formula_names_only_what_there_is() -> None:
    """A concept that a metric stands for has its name: questions find no other."""
    named = {name: names_in(one.expression) | ({one.printed} if one.printed else set()) for name, one in formulas().items()}
    known, there = {*metrics(), *formulas(), *ANCHORS}, {one.name for one in concepts()}
    assert {name: names - known for name, names in named.items() if names - known} == {}
    meant = {name: {each for one in names & metrics().keys() for each in metrics()[one].concepts} for name, names in named.items()}
    assert {name: found - there for name, found in meant.items() if found - there} == {}


@pytest.mark.parametrize("formula", [formula for formula in formulas().values() if formula.printed], ids=lambda formula: formula.name)
def test_what_papers_print_is_asked_for_by_their_words(formula: Formula) -> None:
    """The names of the formula, and each that the metric has, are read as the metric: what is printed is looked for first."""
    assert formula.en
    assert formula.zh
    assert formula.printed not in formulas()
    for phrase in (*formula.en, *formula.zh):
        found = vocabulary().exact(phrase)
        assert found is not None, phrase
        assert (found.name, found.formula) == (formula.printed, False), phrase
