"""From a question to a bound answer, over an in-memory store and a scripted engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.ask.memory import FLOWS, LINES, MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.ask.context.question import Conversation
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.binding import evaluate
from finfoundry.core.answer import Answer
from finfoundry.core.document import PERIOD_ASSUMED
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Request
from finfoundry.knowledge.facts.table.concepts import concepts
from finfoundry.knowledge.storage.store import StoredDocument
from finfoundry.runtime.audit import plain

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))


@pytest.fixture
def store() -> MemoryStore:
    found = MemoryStore()
    statements(found, PAPER, (2019, 2020))
    return found


def ask(store: MemoryStore, question: str, engine: ScriptedEngine | None = None, search: MemorySearch | None = None) -> Answer:
    return Agent(engine, store, search or MemorySearch()).ask(ADMINISTRATOR, question)[0]


def test_a_lookup_is_composed_and_cited(store: MemoryStore) -> None:
    answer = ask(store, "What were Northwind's total current assets at the end of FY2020?")
    assert answer.status == "answered"
    assert answer.text == "Northwind Traders' total current assets were $220 million at the end of FY2020 [1]."
    (figure,) = answer.figures
    assert (figure.text, figure.value, figure.unit, figure.period, figure.source) == (
        "$220 million",
        "220000000",
        "USD",
        "2020-12-31",
        "cell",
    )
    assert answer.citations[0].document.id == PAPER.id
    assert answer.tokens == {"prompt": 0, "completion": 0}, "no model was asked"


def test_an_outflow_keeps_its_printed_sign_in_the_record(store: MemoryStore) -> None:
    lines = [concept.name for concept in concepts() if concept.statement == "cash flow"]
    for name in lines:
        value = "-120" if name == "PaymentsToAcquirePropertyPlantAndEquipment" else "500"
        store.add(PAPER, name, name, {2020: value}, statement="cash flow", table=9)
    answer = ask(store, "What was Northwind's FY2020 free cash flow?")
    assert answer.status == "answered", answer.text
    figure = answer.figures[0]
    operands = figure.reference.operands
    assert operands is not None
    assert figure.reference.expression is not None
    values = {name: Decimal(operand.value) for name, operand in operands.items()}
    assert min(values.values()) < 0, "capital expenditure is printed as a negative"
    assert evaluate(figure.reference.expression, values) == Decimal(figure.value)


def test_a_tax_printed_as_a_deduction_gives_a_positive_rate() -> None:
    """Of two statements with the same figures: one prints what is taken off, the other a benefit that is added."""
    for tax, net, rate in (("-400", "1400", "22.2%"), ("-400", "2200", "-22.2%"), ("400", "1400", "22.2%")):
        store = MemoryStore()
        statements(store, PAPER, (2019,))
        store.held = [one for one in store.held if one.fact.statement != "income"]
        values = {"IncomeLossBeforeIncomeTaxes": "1800", "IncomeTaxExpenseBenefit": tax, "ProfitLoss": net}
        for number, concept in enumerate(FLOWS):
            store.add(PAPER, concept, concept, {2020: values.get(concept, str(9000 + number))}, statement="income", table=5)
        answer = ask(store, "What was Northwind's effective tax rate in FY2020?")
        assert f"was {rate} in FY2020" in answer.text


def test_a_ratio_is_computed_from_cited_operands(store: MemoryStore) -> None:
    answer = ask(store, "What was NWT's FY2020 current ratio? Round to two decimal places.")
    assert answer.text.startswith("Northwind Traders' current ratio was 0.69 in FY2020")
    figure = answer.figures[0]
    assert (figure.source, figure.reference.expression) == ("calculation", "total_current_assets_fy2020 / total_current_liabilities_fy2020")
    assert figure.reference.operands is not None
    assert figure.reference.operands["total_current_assets_fy2020"].value == "220000000"
    assert all(operand.reference.citation for operand in figure.reference.operands.values())


def test_a_definition_of_the_question_wins(store: MemoryStore) -> None:
    answer = ask(
        store, "What was NWT's FY2020 quick ratio? Quick ratio is defined as: cash and cash equivalents / total current liabilities."
    )
    assert "2.88" in answer.text


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("Did NWT grow its revenue between FY2019 and FY2020?", "Yes."),
        ("Did NWT's revenue decline in FY2020?", "No."),
        ("Does NWT have positive working capital in FY2020?", "No."),
    ],
)
def test_yes_and_no(store: MemoryStore, question: str, start: str) -> None:
    answer = ask(store, question)
    assert answer.status == "answered"
    assert answer.text.startswith(start)


def test_chinese_is_answered_in_chinese() -> None:
    store = MemoryStore()
    paper = document("haidong-2020", "海东生物股份有限公司", 2020, ("海东生物",), language="zh")
    for concept, label, value in (("Revenues", "营业收入", "2000.50"), ("ResearchAndDevelopmentExpense", "研发费用", "130.25")):
        store.add(paper, concept, label, {2020: value}, statement="income", unit="CNY", scale=1)
    answer = ask(store, "海东生物2020年研发费用占营业收入的比例是多少？保留两位小数。")
    assert (answer.status, answer.language) == ("answered", "zh")
    assert answer.text.startswith("海东生物2020年的研发费用占营业收入的比例为6.51%")


@pytest.mark.parametrize(
    ("name", "alias"),
    [("北京三元食品股份有限公司", "三元股份"), ("上海第一医药股份有限公司", "第一医药")],
)
@pytest.mark.parametrize(
    ("question", "said"), [("2020年研发费用占营业收入的比例是多少？", "6.51%"), ("2020年的研发费用是多少元？", "130.25元")]
)
def test_a_name_with_a_number_in_it_holds_no_figure_and_asks_for_no_order(name: str, alias: str, question: str, said: str) -> None:
    store = MemoryStore()
    paper = document("d-2020", name, 2020, (alias,), language="zh")
    for concept, label, value in (("Revenues", "营业收入", "2000.50"), ("ResearchAndDevelopmentExpense", "研发费用", "130.25")):
        store.add(paper, concept, label, {2020: value}, statement="income", unit="CNY", scale=1)
    answer = ask(store, f"{alias}{question}")
    assert answer.status == "answered"
    assert said in answer.text


def test_a_negative_operand_behind_a_bracket_keeps_its_sign() -> None:
    store = MemoryStore()
    paper = document("haidong-2020", "海东生物股份有限公司", 2020, ("海东生物",), language="zh")
    for concept in FLOWS:  # enough for a table to be the income statement
        store.add(paper, concept, "净利润" if concept == "ProfitLoss" else concept, {2020: "90"}, statement="income", unit="CNY", scale=1)
    store.add(paper, "InvestmentIncome", "投资收益（损失以“－”号填列）", {2020: "-15"}, statement="income", unit="CNY", scale=1)
    answer = ask(store, "海东生物2020年净利润与投资收益之和是多少元？")
    assert answer.status == "answered"
    assert "为75元" in answer.text


def test_a_printed_amount_per_share_keeps_its_currency() -> None:
    store = MemoryStore()
    paper = document("haidong-2020", "海东生物股份有限公司", 2020, ("海东生物",), language="zh")
    store.add(paper, "BookValuePerShare", "每股净资产", {2020: "5.75"}, unit="CNY/share", scale=1)
    assert "为5.75元/股" in ask(store, "海东生物2020年末每股净资产是多少元？").text


def test_a_change_told_in_chinese_is_bound() -> None:
    store = MemoryStore()
    paper = document("haidong-2020", "海东生物股份有限公司", 2020, ("海东生物",), language="zh")
    rows = (("Revenues", "营业收入", "2000.50", "1500.00"), ("ProfitLoss", "净利润", "90.50", "120.50"))
    for concept, label, now, before in rows:
        store.add(paper, concept, label, {2020: now, 2019: before}, statement="income", unit="CNY", scale=1)
    assert "上升至2020年的" in ask(store, "海东生物2020年营业收入比2019年增加了多少？").text
    assert "下降至2020年的" in ask(store, "海东生物2020年净利润与上年相比减少了多少？").text


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("What was NWT's revenue in FY2020, in USD millions?", "answered"),
        ("What was NWT's revenue in CHF in FY2020?", "no_evidence"),
        ("What was NWT's gross margin in FY2020 (in EUR)?", "answered"),  # a ratio has no currency
    ],
)
def test_amounts_are_not_told_in_a_currency_that_papers_do_not_print(store: MemoryStore, question: str, status: str) -> None:
    answer = ask(store, question)
    assert answer.status == status
    assert "no rate is stated" in answer.text or status == "answered"


def test_what_is_missing_is_named(store: MemoryStore) -> None:
    answer = ask(store, "What was NWT's FY2020 dividend payout ratio?")
    assert answer.status == "no_evidence"
    assert "dividends" in answer.text


def test_a_year_that_no_paper_holds(store: MemoryStore) -> None:
    assert ask(store, "What was NWT's current ratio in FY2015?").status == "no_evidence"


def test_a_company_that_no_paper_knows(store: MemoryStore) -> None:
    answer = ask(store, "What was Zephyr's revenue in FY2020?")
    assert (answer.status, answer.text) == ("no_evidence", "The documents hold nothing about Zephyr.")


@pytest.mark.parametrize("question", ["When did Zephyr sue NWT?", "What damages does Zephyr claim of NWT?", "Zephyr公司何时起诉NWT？"])
def test_of_a_party_that_the_papers_of_the_company_name_the_search_decides(store: MemoryStore, question: str) -> None:
    search = MemorySearch()
    search.add(PAPER, "On 5 May 2020 Zephyr filed a complaint against NWT over the lease of a pier.")
    answer = ask(store, question, search=search)
    assert "Zephyr" not in answer.text or answer.status == "answered"  # never that the documents hold nothing about it
    assert [near.document.id for near in answer.nearest or answer.citations] == [PAPER.id]


def test_two_companies_of_one_name_are_asked_about(store: MemoryStore) -> None:
    statements(store, document("a", "Alder Foods Inc", 2020, ("Alder",)), (2020,))
    statements(store, document("b", "Alder Freight Inc", 2020, ("Alder",)), (2020,))
    answer = ask(store, "What was Alder's revenue in FY2020?")
    assert (answer.status, answer.options) == ("clarify", ["Alder Foods Inc", "Alder Freight Inc"])


def test_a_metric_without_a_company_among_several(store: MemoryStore) -> None:
    statements(store, document("a", "Alder Foods Inc", 2020), (2020,))
    assert ask(store, "What was total revenue in FY2020?").status == "clarify"


def test_which_company_is_asked_only_of_those_that_hold_the_figure(store: MemoryStore) -> None:
    for number in range(25):
        store.papers.append(document(f"z{number}", f"Aardvark {number} Inc", 2020))  # nothing of theirs was read
    statements(store, document("a", "Zinnia Foods Inc", 2019), (2019, 2020))
    statements(store, document("b", "Zephyr Freight Inc", 2021), (2021,))
    answer = ask(store, "What was total revenue in FY2020?")
    assert (answer.status, answer.options) == ("clarify", [PAPER.entity, "Zinnia Foods Inc"])
    assert ask(store, "2020年的流动比率是多少？").options == [PAPER.entity, "Zinnia Foods Inc"]


@pytest.mark.parametrize("question", ["What was total revenue in FY2021?", "2021年的营业收入是多少？"])
def test_the_only_company_that_reports_on_the_time_is_answered_for_and_named(store: MemoryStore, question: str) -> None:
    statements(store, document("b", "Zephyr Freight Inc", 2021), (2021,))
    store.papers.append(replace(document("rule", "", 2022), kind="regulation", entity=None))  # it is of no company
    answer = ask(store, question)
    assert (answer.status, [one.value for one in answer.figures]) == ("answered", ["1021000000"])
    assert "Zephyr Freight" in answer.text
    assert any("Zephyr Freight" in said for said in answer.warnings)


@pytest.mark.parametrize("question", ["What was total revenue in FY2021?", "2021年的营业收入是多少？"])
def test_the_only_company_that_holds_the_figure_is_offered_where_another_reports_on_the_time(store: MemoryStore, question: str) -> None:
    statements(store, document("b", "Zephyr Freight Inc", 2021), (2021,))
    for paper in (document("c", "Aardvark Parcels Inc", 2022), replace(document("scan", "", 2021), entity=None)):
        store.papers.append(paper)  # it may hold the figure of 2021 under another name, or be of a company whose name was not read
        answer = ask(store, question)
        assert (answer.status, answer.options) == ("clarify", ["Zephyr Freight Inc"])
        store.papers.remove(paper)


@pytest.mark.parametrize(
    "question",
    [
        "what was quillon's total revenue in fy2021?",
        "quillon total revenue fy2021",
        "What was total revenue at Quillon in FY2021?",
        "青槐2021年的营业收入是多少？",
        "2021年青槐的营业收入是多少？",
        "帮我查青槐2021年营业收入",
        "What was the insurer's total revenue in FY2021?",
    ],
)
def test_the_only_company_is_not_answered_for_where_another_may_be_named(store: MemoryStore, question: str) -> None:
    statements(store, document("b", "Zephyr Freight Inc", 2021), (2021,))
    answer = ask(store, question)
    assert (answer.status in ("no_evidence", "clarify"), answer.figures) == (True, [])


@pytest.mark.parametrize("question", ["What was total revenue in FY2031?", "2031年的营业收入是多少？"])
def test_a_figure_that_no_company_holds_is_asked_of_none(store: MemoryStore, question: str) -> None:
    statements(store, document("b", "Zephyr Freight Inc", 2021), (2021,))
    search = MemorySearch()
    search.add(PAPER, "Rail carried most parcels to the depots of the north.", page=9)
    answer = ask(store, question, search=search)
    assert (answer.status, answer.options, [one.page for one in answer.nearest]) == ("no_evidence", [], [9])


def test_no_period_means_the_latest_and_says_so(store: MemoryStore) -> None:
    answer = ask(store, "What are NWT's total assets?")
    assert "FY2020" in answer.text
    assert "FY2020" in answer.warnings[0]


def test_no_period_is_the_latest_for_which_all_that_is_needed_is_there() -> None:
    """An optional operand that no paper holds (bonds) decides nothing."""
    store = MemoryStore()
    store.add(PAPER, "ShortTermBorrowings", "Short-term borrowings", {2019: "10", 2020: "12"})
    store.add(PAPER, "LongTermDebtNoncurrent", "Long-term debt", {2019: "100", 2020: "120"})
    store.add(PAPER, "CashAndCashEquivalentsAtCarryingValue", "Cash and cash equivalents", {2019: "90", 2020: "150"})
    answer = ask(store, "Does Northwind have more cash than debt?")
    assert answer.status == "answered", answer.text
    assert answer.text.startswith("Yes.")


def test_a_label_with_the_fewest_other_words_is_meant() -> None:
    """Whichever statement it stands in: that with more known lines is no nearer."""
    store = MemoryStore()
    statements(store, PAPER, (2019, 2020))
    store.add(PAPER, None, "Accumulated other comprehensive income (loss)", {2020: "-4800"})
    store.add(PAPER, None, "Other income (expense), net", {2020: "7425"}, statement="income", table=1)
    assert "$7,425 million" in ask(store, "What was Northwind's other income, net in FY2020?").text


def test_a_label_of_a_movement_is_not_what_moves() -> None:
    store = MemoryStore()
    store.add(PAPER, None, "Paid net membership additions", {2019: "30", 2020: "40"}, statement=None)
    assert ask(store, "How many paid memberships did Northwind have in FY2020?").status == "no_evidence"


def test_a_later_paper_goes_before_an_earlier_and_the_difference_is_said(store: MemoryStore) -> None:
    later = document("northwind-2021", "Northwind Traders Inc", 2021, ("NWT",), mark="low certificate")
    statements(store, later, (2020, 2021), factor=2)
    answer = ask(store, "What were NWT's total assets at the end of FY2020?")
    assert "$240 million" in answer.text
    assert any("120" in warning and "northwind-2020" in warning for warning in answer.warnings)
    assert any("low certificate" in warning for warning in answer.warnings)


def test_two_copies_of_one_paper_do_not_contradict_each_other() -> None:
    """A line that the paper prints of each part and of the whole: the parts of the copy are no other whole."""
    store = MemoryStore()
    for paper in (PAPER, replace(PAPER, id="northwind-2020-copy")):
        for table, value in enumerate(("30", "20", "50")):
            store.add(paper, None, "Dockyard fees", {2020: value}, statement=None, table=table)
    answer = ask(store, "What were NWT's dockyard fees in FY2020?")
    assert "$50 million" in answer.text
    assert answer.warnings == []


def test_papers_of_one_date_that_differ_are_told_without_an_earlier_one() -> None:
    store = MemoryStore()
    for paper, factor in ((PAPER, 1), (document("northwind-annual", "Northwind Traders Inc", 2020), 2)):
        statements(store, paper, (2019, 2020), factor=factor)
    (warning,) = ask(store, "What were NWT's total assets at the end of FY2020?").warnings
    assert "which is not earlier, 240 (page 1)" in warning or "which is not earlier, 120 (page 1)" in warning


def test_a_summary_is_not_the_statement(store: MemoryStore) -> None:
    """A table of few lines elsewhere prints the same label: the statement's figure is taken."""
    store.add(PAPER, "AssetsCurrent", "Total current assets", {2020: "7"}, table=9)
    assert "$220 million" in ask(store, "What were NWT's total current assets at the end of FY2020?").text


def test_a_line_called_as_the_question_calls_it_goes_before_the_total(store: MemoryStore) -> None:
    """Net sales, without a concept of their own, beside a total revenue with membership fees in it."""
    revenue = next(row for row in store.held if row.fact.concept == "Revenues" and row.fact.period.startswith("2020"))
    store.add(PAPER, None, "Net sales", {2020: "900"}, statement="income", table=revenue.fact.table or 0)
    assert "$900 million" in ask(store, "What were NWT's net sales in FY2020?").text
    assert "$900 million" not in ask(store, "What was NWT's total revenue in FY2020?").text


def test_sales_are_all_revenue_beside_a_line_of_services(store: MemoryStore) -> None:
    revenue = next(row for row in store.held if row.fact.concept == "Revenues" and row.fact.period.startswith("2020"))
    store.add(PAPER, None, "Sales", {2020: "900"}, statement="income", table=revenue.fact.table or 0)
    assert "$900 million" not in ask(store, "What were NWT's sales in FY2020?").text


def test_a_statement_over_several_pages_is_one() -> None:
    """Each page has fewer known lines than a table of the notes that lists another balance sheet; together they have more."""
    store, paper = MemoryStore(), document("southwind-2020", "Southwind Traders Inc", 2020)
    for number, concept in enumerate(LINES):
        store.add(paper, concept, concept, {2020: str(100 + number)}, table=5 + number // 5, page=66 + number // 5)
    for concept in LINES[:8]:
        store.add(paper, concept, concept, {2020: "7"}, table=40, page=118)
    assert "$101 million" in ask(store, "What were Southwind's total current assets at the end of FY2020?").text


def test_parent_company_only_when_asked(store: MemoryStore) -> None:
    for concept in ("Assets", "AssetsCurrent", "LiabilitiesCurrent", "Liabilities", "InventoryNet", "Goodwill", "AccountsPayableCurrent"):
        store.add(PAPER, concept, concept, {2020: "5"}, scope="parent", table=4)
    assert "$120 million" in ask(store, "What were NWT's total assets at the end of FY2020?").text


def test_low_confidence_is_said(store: MemoryStore) -> None:
    paper = document("scan", "Scanned Mills Ltd", 2020)
    store.add(paper, "Assets", "Total assets", {2020: "50"}, confidence=0.6)
    answer = ask(store, "What were Scanned Mills' total assets in FY2020?")
    assert any("60%" in warning for warning in answer.warnings)


def test_a_period_that_is_not_printed_is_said_to_be_the_papers(store: MemoryStore) -> None:
    paper = document("deck", "Undated Mills Ltd", 2020)
    store.add(paper, "Assets", "Total assets", {2020: "50"}, confidence=PERIOD_ASSUMED)
    (said,) = ask(store, "What were Undated Mills' total assets in FY2020?").warnings
    assert "no period is printed with" in said
    assert "confidence" not in said


def test_currencies_are_not_mixed(store: MemoryStore) -> None:
    paper = document("mixed", "Mixed Metals plc", 2020)
    store.add(paper, "Revenues", "Revenues", {2020: "50"}, statement="income")
    store.add(paper, "ProfitLoss", "Net income", {2020: "5"}, statement="income", unit="EUR")
    assert ask(store, "What was Mixed Metals' net margin in FY2020?").status == "no_evidence"


# questions for the model


def passages(text: str) -> MemorySearch:
    search = MemorySearch()
    search.add(PAPER, text)
    return search


def written(engine: ScriptedEngine) -> list[Request]:
    """What was asked for text, not for an opinion of one word."""
    return [request for request in engine.requests if not request.likelihood]


def test_an_open_question_is_answered_from_passages(store: MemoryStore) -> None:
    search = passages("Revenue rose because the Company opened 47 new stores during the year.")
    engine = ScriptedEngine([("Why", "Revenue rose because 47 new stores were opened [1].")])
    answer = ask(store, "Why did NWT's revenue rise in FY2020?", engine, search)
    assert answer.status == "answered"
    assert [(figure.text, figure.source) for figure in answer.figures] == [("47", "span")]
    assert answer.model == "scripted"


def test_a_figure_that_no_passage_holds_is_rewritten_once_then_withheld(store: MemoryStore) -> None:
    search = passages("Revenue rose because the Company opened 47 new stores during the year.")
    engine = ScriptedEngine([("Why", "Revenue rose by 93% because of stores [1].")])
    answer = ask(store, "Why did NWT's revenue rise in FY2020?", engine, search)
    assert answer.status == "withheld"
    assert answer.reason is not None
    assert "93%" in answer.reason
    assert not any(sign.isdigit() for sign in answer.text)
    assert len(written(engine)) == 2


def of_table(text: str) -> MemorySearch:
    search = MemorySearch()
    search.add(PAPER, text, kind="table")
    return search


def test_a_figure_of_a_table_that_lost_its_scale_is_given_it_from_its_cell(store: MemoryStore) -> None:
    store.add(PAPER, None, "Streaming subsidies", {2020: "614,414".replace(",", "")}, statement=None)
    search = of_table("2020\nStreaming subsidies | 614414")
    engine = ScriptedEngine([("Why", "Because Streaming subsidies were 614414 [1].")])
    answer = ask(store, "Why was NWT supported in FY2020?", engine, search)
    assert answer.status == "answered", answer.reason
    assert "614414 million" in answer.text
    assert [(figure.value, figure.source) for figure in answer.figures] == [("614414000000", "cell")]
    assert len(written(engine)) == 1


def test_a_table_without_facts_is_read_as_a_table(store: MemoryStore) -> None:
    search = of_table("(In thousands)\nYear | 2020 | 2019\nStreaming subsidies | 4,500 | 3,900\nOther support | 77 | 66")
    engine = ScriptedEngine([("Why", "Because Streaming subsidies were 4,500 in 2020 [1].")])
    answer = ask(store, "Why was NWT supported in FY2020?", engine, search)
    assert answer.status == "answered", answer.reason
    assert "4,500 thousand" in answer.text
    engine = ScriptedEngine([("Why", "Because Streaming subsidies were 3,900 in 2020 [1].")])
    assert ask(store, "Why was NWT supported in FY2020?", engine, search).status == "withheld"


def test_a_model_that_finds_nothing_is_believed(store: MemoryStore) -> None:
    engine = ScriptedEngine([("Why", "NOT FOUND")])
    assert ask(store, "Why did NWT move its seat?", engine, passages("We sell tea.")).status == "no_evidence"


def test_a_plan_of_the_model_is_checked_and_repaired_once(store: MemoryStore) -> None:
    drawn = {"kind": "calculation", "metrics": [{"name": "a", "label": "goodwill", "year": 2020}], "expression": "a / b", "show": "percent"}
    metrics = [*drawn["metrics"], {"name": "b", "label": "total assets", "year": 2020}]
    repaired = {**drawn, "metrics": metrics}
    engine = ScriptedEngine([("How much", [json.dumps(drawn), json.dumps(repaired)])])
    answer = ask(store, "How much of NWT's balance sheet total consisted of goodwill from mergers in FY2020, as a ratio?", engine)
    assert "516.7%" in answer.text
    assert "not among the metrics" in engine.requests[1].messages[-1].content


# around it


def test_a_hidden_document_is_not_permitted_rather_than_absent(store: MemoryStore) -> None:
    secret = document("secret", "Hidden Harbor Ltd", 2020, ("HHL",))

    def hidden(*_: object) -> Sequence[StoredDocument]:
        return [secret]

    agent = Agent(None, store, MemorySearch(), hidden)
    assert agent.ask(ADMINISTRATOR, "What was Hidden Harbor's revenue in FY2020?")[0].status == "not_permitted"
    assert agent.ask(ADMINISTRATOR, "What was Hidden Harbor's revenue in FY2015?")[0].status == "no_evidence"


def test_a_follow_up_keeps_the_company(store: MemoryStore) -> None:
    statements(store, document("a", "Alder Foods Inc", 2020), (2020,))
    agent, conversation = Agent(None, store, MemorySearch()), Conversation()
    agent.ask(ADMINISTRATOR, "What were NWT's total assets in FY2020?", conversation=conversation)
    answer, _ = agent.ask(ADMINISTRATOR, "And what was the current ratio in FY2019?", conversation=conversation)
    assert answer.text.startswith("Northwind Traders' current ratio")


def test_a_record_can_be_bound_again(store: MemoryStore) -> None:
    answer, trace = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "What was NWT's FY2020 current ratio?")
    (step,) = [step for step in trace.steps if step.kind == "binding"]
    again = rebind(json.loads(json.dumps(plain(step.content))))
    assert again["text"] == answer.text
    assert again["figures"] == plain(answer.figures)
    assert step.documents == (PAPER.id,)


@pytest.mark.parametrize("question", ["", "x" * 5000])
def test_a_question_that_cannot_be_asked(store: MemoryStore, question: str) -> None:
    with pytest.raises(InputError):
        ask(store, question)


def test_sql_and_markup_are_only_words(store: MemoryStore) -> None:
    assert ask(store, "'; DROP TABLE facts; -- <script>alert(1)</script>").status in ("no_evidence", "clarify")


@pytest.mark.parametrize(
    ("text", "status"), [("支付机构应当在处置完毕后5个工作日内提交书面报告。", "answered"), ("银行应当报告。", "no_evidence")]
)
def test_a_term_of_a_regulation_is_no_unknown_company(text: str, status: str) -> None:
    rule = replace(document("rule", "", 2020, language="zh"), kind="regulation", entity=None)
    store, search = MemoryStore(), MemorySearch()
    store.papers += [document("beifeng-2020", "北风股份有限公司", 2020, ("北风股份",), language="zh"), rule]
    search.add(rule, text)
    engine = ScriptedEngine([("支付机构", "支付机构在处置完毕后5个工作日内提交书面报告。[1]")])
    assert ask(store, "支付机构风险处置完毕后，几个工作日内要提交书面报告？", engine, search).status == status


def test_a_figure_that_only_its_place_tells_from_others_answers_nothing(store: MemoryStore) -> None:
    store.add(PAPER, None, "Bullion held", {2020: "17"})
    assert ask(store, "What was Northwind's bullion held at the end of FY2020?").status == "answered"
    place = (("place", "#2"),)
    store.held = [replace(one, fact=replace(one.fact, dimensions=place)) if one.fact.text == "17" else one for one in store.held]
    assert ask(store, "What was Northwind's bullion held at the end of FY2020?").status == "no_evidence"
