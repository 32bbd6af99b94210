"""A cell whose row and column the question names, a count that a sentence gives, and sums and firsts that nobody asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.told_counts import told
from finfoundry.ask.understand.stored_labels import joined
from finfoundry.core.answer import Answer
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR

SALES = {"Port Ellery": ("1770", "12.5"), "Marsden": ("960", "8.1")}
STORY = (
    "We invested in systems.\nAt the end of 2024 we had 3,214 employees. As at year-end 2024, there were 47 projects under development, "
    "compared with 51 a year before. As of December 31, 2024 and 2023, we had about 640 and 610 tenants, respectively, of whom some 90 are "
    "shops. About 120 tenants in northern towns were let off their rent. In 2024 and 2023, 90 and 80 gardeners, respectively, were hired. "
    "We trained 35 wardens in 2024."
)


def estates() -> MemoryStore:
    """A property company whose sales by city stand under two columns, beside their total among its highlights."""
    store = MemoryStore()
    paper = document("estates", "Carrow Estates plc", 2024, ("Carrow Estates",))
    store.add(paper, "ContractedSales", "Contracted sales", {2024: "2730"}, statement=None, table=0)
    store.add(paper, "Assets", "Total assets", {2024: "26400"}, table=2)
    for row, (city, figures) in enumerate(SALES.items()):
        for column, (head, amount) in enumerate(zip(("Contracted sales", "Contracted GFA (10,000 sq m)"), figures, strict=True)):
            store.add(paper, None, city, {2024: amount}, statement=None, table=1)
            fact = store.held[-1].fact
            placed = replace(fact, dimensions=(("column", head),), row=row, column=column + 1)
            if column:
                placed = replace(placed, unit="count", scale=Decimal(10_000), value=Decimal(amount) * 10_000)
            store.held[-1] = replace(store.held[-1], fact=placed)
    return store


def asked(question: str) -> Answer:
    search = MemorySearch()
    search.add(document("estates", "Carrow Estates plc", 2024, ("Carrow Estates",)), STORY)
    return Agent(None, estates(), search).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How high was contracted sales for Marsden at Carrow Estates in 2024?", "960000000"),
        ("Carrow Estates 2024: contracted sales of Port Ellery?", "1770000000"),
        ("What contracted GFA did Carrow Estates report for Port Ellery in 2024?", "125000"),
        ("In Carrow Estates's 2024 report, what figure stands for Marsden under contracted GFA?", "81000"),
    ],
)
def test_a_cell_is_found_by_its_row_and_its_column(question: str, value: str) -> None:
    answer = asked(question)
    assert answer.status == "answered", answer.reason
    assert Decimal(answer.figures[0].value) == Decimal(value)


@pytest.mark.parametrize(
    "question",
    [
        "What contracted sales did Carrow Estates report for Oldcastle in 2024?",  # no row
        "What rental yield did Carrow Estates report for Marsden in 2024?",  # no column
        "Did contracted sales of Marsden at Carrow Estates grow in 2024?",  # no figure
        "Which city had the highest contracted sales at Carrow Estates in 2024?",  # one of several
    ],
)
def test_another_row_column_or_relation_is_not_answered_by_a_cell(question: str) -> None:
    assert asked(question).status != "answered"


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How many employees did Carrow Estates have at the end of 2024?", "3,214"),
        ("How many projects under development does Carrow Estates report for 2024?", "47"),
    ],
)
def test_a_count_is_taken_from_the_sentence_that_gives_it(question: str, number: str) -> None:
    answer = asked(question)
    assert answer.status == "answered", answer.reason
    assert number in answer.text
    assert answer.figures[0].text == number


@pytest.mark.parametrize(
    "question",
    [
        "How many employees did Carrow Estates have at the end of 2022?",  # of another year
        "How many hotels did Carrow Estates have at the end of 2024?",  # nowhere told
        "How many projects in Marsden does Carrow Estates report for 2024?",  # of less
    ],
)
def test_a_count_of_another_year_or_thing_is_not_answered(question: str) -> None:
    assert asked(question).status != "answered"


def test_an_abbreviation_stands_in_capitals() -> None:
    found = vocabulary().find
    assert [one.name for one in found("What was the CAR of the bank, and its NPLs?")] == ["capital_adequacy_ratio", "nonperforming_loans"]
    assert "capital_adequacy_ratio" not in [one.name for one in found("What were car sales in 2024?")]


@pytest.mark.parametrize(
    ("question", "terms", "added"),
    [
        ("What were wages and rent in 2024?", ["wages", "rent"], True),
        ("2025年股票投资中金融业是多少？", ["股票投资", "金融业"], False),
        ("In loans, what falls to mortgages?", ["loans", "mortgages"], True),  # a comma may join
    ],
)
def test_lines_are_added_where_words_join_them(question: str, terms: list[str], added: bool) -> None:
    assert joined(question, terms) is added


@pytest.mark.parametrize(("year", "tenants"), [(2024, "640"), (2023, "610")])
def test_a_count_is_that_of_its_year_and_of_all(year: int, tenants: str) -> None:
    answer = asked(f"How many tenants did Carrow Estates have at the end of {year}?")
    assert answer.status == "answered", answer.reason
    assert answer.figures[0].value == tenants


@pytest.mark.parametrize("who", ["gardeners", "wardens"])
def test_those_who_came_or_were_dealt_with_are_not_how_many_there_are(who: str) -> None:
    assert not asked(f"How many {who} did Carrow Estates have in 2024?").figures


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        ("2024年末，本行共有员工3,120人，其中子公司员工87人。", [3120]),
        ("截至2024年末，营业网点为738家。", [738]),
        ("2024年，云溪股份有限公司裁减员工300人。", []),
        ("2024年，公司为员工5人提供住房。", []),
    ],
)
def test_a_chinese_count_is_of_what_there_is(sentence: str, counted: list[str]) -> None:
    noun = "网点" if "网点" in sentence else "员工"
    hit = Hit("1", "1", "1", 1, 0.0, sentence, (), None, None, "text", None)
    assert [one.number.value for one in told(hit, noun, CALENDAR_YEAR, date(2024, 12, 31))] == counted


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("云溪股份2024年末的有效专利有多少项？", ["62"]),
        ("2024年末云溪股份的有效专利里发明专利、实用新型分别多少项？", ["19", "43"]),  # not the 62 of all
    ],
)
def test_a_count_of_all_does_not_answer_for_its_parts(question: str, counted: list[str]) -> None:
    paper = document("yunxi", "云溪股份有限公司", 2024, ("云溪股份",))
    search, store = MemorySearch(), MemoryStore()
    search.add(paper, "截至2024年末，公司拥有有效专利62项，其中发明专利19项、实用新型专利43项。")
    store.add(paper, "Assets", "资产总计", {2024: "26400"}, table=2)
    answer = Agent(None, store, search).ask(ADMINISTRATOR, question)[0]
    assert answer.status != "answered" or all(one in answer.text for one in counted), answer.text
    assert len(counted) > 1 or answer.status == "answered"


@pytest.mark.parametrize(
    ("sentence", "noun"),
    [
        ("We laid off the 300 employees.", "employees"),
        ("Safety training reached the 300 employees.", "employees"),
        ("At the end of 2024 we had 900 franchisees.", "franchises"),
        ("At the end of 2024 we had 500 contractors.", "contracts"),
        ("2024年末，公司共有3万多名员工。", "员工"),
    ],
)
def test_what_is_told_otherwise_or_of_others_or_vaguely_is_no_count(sentence: str, noun: str) -> None:
    hit = Hit("1", "1", "1", 1, 0.0, sentence, (), None, None, "text", None)
    asked = "What was the number of employees that the company had in 2024?"
    assert not list(told(hit, noun, CALENDAR_YEAR, date(2024, 12, 31), asked))
