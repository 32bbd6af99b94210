"""Several years of one metric: sums, and the year of the highest or lowest value."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.multi_year import plan_over_years
from finfoundry.ask.understand.intent import understand
from finfoundry.core.answer import Answer
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR

NAMES = EntityNames([("Northwind Traders Inc", ["NWT"]), ("海东生物股份有限公司", ["海东生物"])])


@pytest.mark.parametrize(
    ("question", "ask", "wanted", "years"),
    [
        ("Which year had higher capital expenditures for NWT, FY2020 or FY2021?", "extreme", "more", [2020, 2021]),
        ("What was the highest annual revenue of NWT between FY2018 and FY2020?", "extreme", "more", [2018, 2019, 2020]),
        ("What was NWT's lowest gross margin from FY2018 to FY2020?", "extreme", "less", [2018, 2019, 2020]),
        ("In which of FY2018 and FY2020 was NWT's revenue the largest?", "extreme", "more", [2018, 2020]),
        ("海东生物2018年至2020年哪一年营业收入最高？", "extreme", "more", [2018, 2019, 2020]),
        ("海东生物2019年和2020年哪年的净利润更低？", "extreme", "less", [2019, 2020]),
    ],
)
def test_the_year_of_the_extreme(question: str, ask: str, wanted: str, years: list[int]) -> None:
    found = plan_over_years(understand(question, NAMES, vocabulary()), CALENDAR_YEAR, formulas())
    assert found is not None
    assert (found.ask, found.wanted, [span.year for span in found.spans]) == (ask, wanted, years)


@pytest.mark.parametrize(
    ("question", "expression"),
    [
        ("What is the combined revenue of NWT in FY2020 and FY2021?", "(revenue)[2020] + (revenue)[2021]"),
        (
            "What was the total amount of dividends NWT paid from FY2018 to FY2020?",
            "(dividends_paid)[2018] + (dividends_paid)[2019] + (dividends_paid)[2020]",
        ),
        ("海东生物2019年和2020年累计净利润是多少？", "(net_income)[2019] + (net_income)[2020]"),
    ],
)
def test_the_sum_of_a_flow(question: str, expression: str) -> None:
    found = plan_over_years(understand(question, NAMES, vocabulary()), CALENDAR_YEAR, formulas())
    assert found is not None
    assert found.items[0].expression == expression


@pytest.mark.parametrize(
    "question",
    [
        "What were NWT's total current assets in FY2020 and FY2021?",  # a total of its own
        "What is the combined inventory of NWT in FY2020 and FY2021?",  # balances do not add up
        "What is the combined gross margin of NWT in FY2020 and FY2021?",
        "Which segment of NWT had the highest revenue in FY2020 and FY2021?",
        "What was NWT's highest revenue in FY2020?",
        "What was NWT's revenue in Q1 2020 and Q2 2020 combined?",
        "What was NWT's average revenue from FY2018 to FY2020?",
    ],
)
def test_what_is_no_question_over_years(question: str) -> None:
    assert plan_over_years(understand(question, NAMES, vocabulary()), CALENDAR_YEAR, formulas()) is None


def ask(question: str, *, language: str = "en") -> Answer:
    store = MemoryStore()
    name, alias = ("海东生物股份有限公司", "海东生物") if language == "zh" else ("Northwind Traders Inc", "NWT")
    paper = document("paper", name, 2021, (alias,), language=language)
    label = "营业收入" if language == "zh" else "Total revenue"
    unit = "CNY" if language == "zh" else "USD"
    store.add(paper, "Revenues", label, {2021: "300", 2020: "500", 2019: "400"}, statement="income", unit=unit)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def test_the_answer_names_the_year_and_shows_all() -> None:
    answer = ask("In which year between FY2019 and FY2021 was NWT's revenue the highest?")
    assert answer.text.startswith("Northwind Traders' revenue was highest in FY2020: $500 million")
    assert all(figure in answer.text for figure in ("$300 million", "$400 million"))


def test_the_answer_in_chinese() -> None:
    answer = ask("海东生物2019年至2021年哪一年营业收入最低？", language="zh")
    assert answer.status == "answered"
    assert "2021年最低" in answer.text


def test_a_sum_is_bound_to_its_years() -> None:
    answer = ask("What was NWT's cumulative revenue from FY2019 to FY2021?")
    assert answer.text.startswith("Northwind Traders' three-year total of revenue was $1,200 million")
    assert answer.figures[0].source == "calculation"
    assert len(answer.figures[0].reference.operands or {}) == 3


def test_a_year_that_is_missing_is_named() -> None:
    assert ask("What was NWT's cumulative revenue from FY2018 to FY2021?").status == "no_evidence"


def test_the_latest_years_by_words() -> None:
    answer = ask("What was NWT's revenue over the last three years?")
    assert all(figure in answer.text for figure in ("$300 million", "$400 million", "$500 million"))
    for words in ("for each of the three years in the report", "for the three years of the report"):
        answer = ask(f"Give me NWT's revenue {words}.")
        assert all(figure in answer.text for figure in ("$300 million", "$400 million", "$500 million")), words
    assert "2020年" in ask("海东生物近两年的营业收入分别是多少？", language="zh").text
    assert ask("What was NWT's average revenue over the last three years?").status == "no_evidence"


def test_a_fall_asked_for_in_percent_and_in_money_is_told_in_both() -> None:
    for question in (
        "By what percentage did NWT's revenue grow in 2020, and how many dollars is that?",
        "How far did NWT's revenue rise from 2019 to 2020, in dollars and as a percentage?",
    ):
        answer = ask(question)
        assert "$100 million" in answer.text, question
        assert "25.0%" in answer.text, question


def test_who_asks_how_much_was_sold_is_told_sales() -> None:
    assert "sales were $500 million" in ask("How much did NWT sell in 2020?").text
