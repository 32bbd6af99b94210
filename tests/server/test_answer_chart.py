"""What of an answer is drawn side by side: bound figures alone, named gaps, unit and scale, and words for what is not drawn."""

from __future__ import annotations

import re

import pytest
from tests.ask.memory import MemorySearch

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer, Figure, Language, Reference
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.server.console.ask.answer_chart import Chart, chart_of
from finfoundry.server.console.ask.chart_picture import drawn
from finfoundry.server.console.messages import label_words
from finfoundry.server.console.written import Scaled, entity_words

PAPER = """# Quay Bank plc

Annual report 2024

In GBP million

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Revenue | 760 | 690 | 640 |
| Net profit | 45 | (12) | 38 |
| Research costs | 9 | | 7 |
| Operating margin | 6.5% | (1.8%) | 5.9% |
"""


@pytest.fixture(scope="module")
def agent() -> Agent:
    papers = given_papers([parse(PAPER.encode(), "quay.md")], MemorySearch())
    return Agent(None, papers, papers)


def chart(agent: Agent, question: str, language: Language = "en") -> Chart:
    made = chart_of(agent.ask(ADMINISTRATOR, question)[0], language)
    assert made
    return made


def rows(made: Chart) -> list[tuple[str, str, str | None]]:
    return [(bar.series, bar.label, bar.figure.value if bar.figure else None) for bar in made.bars]


def said(made: Chart, language: Language = "en") -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn(made, language, "title"))


def test_a_year_without_a_figure_is_a_gap_with_its_name(agent: Agent) -> None:
    made = chart(agent, "What were Quay Bank's research costs in 2022, 2023 and 2024?")
    assert rows(made) == [("", "year 2022", "7000000"), ("", "year 2023", None), ("", "year 2024", "9000000")]
    assert [bar.number for bar in made.bars if bar.figure] == [1, 2]
    assert "– no figure here" in said(made)
    assert drawn(made, "en", "title").count("<rect") == 2


def test_years_without_a_gap_have_none(agent: Agent) -> None:
    made = chart(agent, "What was Quay Bank's net profit in 2022, 2023 and 2024?")
    assert [value for _, _, value in rows(made)] == ["38000000", "-12000000", "45000000"]
    assert "Net profit, million GBP" in said(made)
    assert {"38 million GBP", "-12 million GBP", "45 million GBP"} <= set(said(made))


def test_two_lines_of_one_unit_are_both_drawn_and_named(agent: Agent) -> None:
    made = chart(agent, "What were Quay Bank's net profit and research costs in 2022, 2023 and 2024?")
    assert rows(made) == [
        ("Net profit", "year 2022", "38000000"), ("Net profit", "year 2023", "-12000000"), ("Net profit", "year 2024", "45000000"),
        ("Research costs", "year 2022", "7000000"), ("Research costs", "year 2023", None), ("Research costs", "year 2024", "9000000"),
    ]  # fmt: skip
    assert said(made).count("Net profit") == 1
    assert drawn(made, "en", "title").count("<rect") == 5


def test_a_line_of_another_unit_is_told_and_not_drawn(agent: Agent) -> None:
    made = chart(agent, "What were Quay Bank's net profit and operating margin in 2022, 2023 and 2024?")
    assert (made.unit, made.name, made.others) == ("GBP", "Net profit", ("Operating margin",))
    assert "Not drawn, being in another unit: Operating margin" in said(made)
    assert "单位不同，未绘入：Operating margin" in said(made, "zh")


def test_percentages_have_an_axis_in_percent(agent: Agent) -> None:
    made = chart(agent, "What was Quay Bank's operating margin in 2022, 2023 and 2024?")
    assert "Operating margin, %" in said(made)
    assert {"5.9%", "-1.8%", "6.5%"} <= set(said(made))


def test_lines_are_named_in_the_language_of_the_page_where_they_are_known(agent: Agent) -> None:
    made = chart(agent, "What were Quay Bank's net profit and research costs in 2022, 2023 and 2024?", "zh")
    assert [bar.series for bar in made.bars][::3] == ["净利润", "Research costs"]
    assert [bar.label for bar in made.bars][:2] == ["2022年", "2023年"]
    assert "3,800万 GBP" in said(made, "zh")


def of_periods(*periods: str, unit: str = "CNY") -> Answer:
    reference = Reference(citation=1, entity="云洲商业银行", metric="净利润")
    figures = [Figure("1", str(number), unit, period, "cell", reference) for number, period in enumerate(periods, 1)]
    return Answer("a", "answered", "zh", "…", figures=figures)


@pytest.mark.parametrize(
    ("periods", "gaps"),
    [
        (("2020-12-31", "2024-12-31"), ["31 December 2021 – 31 December 2023"]),  # one row for all in between
        (("2024-03-31", "2024-06-30"), []),  # days of other months: nobody knows how they follow
        (("2024-01-01/2024-03-31", "2024-07-01/2024-09-30"), ["quarter 2 of 2024"]),
        (("2021-09-26/2022-09-24", "2022-09-25/2023-09-30", "2023-10-01/2024-09-28"), []),  # 52 and 53 weeks
        (("2023-01-01/2023-12-31", "2024-01-01/2024-06-30"), []),  # a year and a half of one
        (("2022-02-01/2023-01-31", "2024-02-01/2025-01-31"), ["1 February 2023 – 31 January 2024"]),
    ],
)
def test_gaps_follow_the_kind_of_period(periods: tuple[str, ...], gaps: list[str]) -> None:
    made = chart_of(of_periods(*periods), "en")
    assert made
    assert [bar.label for bar in made.bars if not bar.figure] == gaps
    assert [bar.number for bar in made.bars if bar.figure] == list(range(1, len(periods) + 1))


def test_what_cannot_be_told_apart_is_not_drawn() -> None:
    assert chart_of(of_periods("2024-12-31", "2024-12-31"), "en") is None
    assert chart_of(of_periods("2024-12-31"), "en") is None
    assert chart_of(of_periods("2023-12-31", "2024-12-31", unit="count"), "en") is None


@pytest.mark.parametrize(
    ("values", "unit", "language", "told"),
    [
        (("9737000000", "26426000000"), "CNY", "en", ["9.74 billion CNY", "26.43 billion CNY"]),
        (("9737000000", "26426000000"), "CNY", "zh", ["97.37亿 CNY", "264.26亿 CNY"]),
        (("3000000", "26426000000"), "CNY", "en", ["3 million CNY", "26,426 million CNY"]),  # it would vanish in billions
        (("0", "1500000"), "EUR", "en", ["0 million EUR", "1.5 million EUR"]),
        (("0.059", "-0.018"), "ratio", "zh", ["5.9%", "-1.8%"]),
        (("1.25", "0.5"), "USD/share", "en", ["1.25 USD per share", "0.5 USD per share"]),
        (("12", "40"), None, "en", ["12", "40"]),
    ],
)
def test_what_stands_side_by_side_is_told_in_one_scale(
    values: tuple[str, ...], unit: str | None, language: Language, told: list[str]
) -> None:
    scaled = Scaled.of(values, unit, language)
    assert [scaled.told(value) for value in values] == told


@pytest.mark.parametrize(
    ("label", "language", "told"),
    [
        ("净利润", "zh", "净利润"),
        ("Net profit", "en", "Net profit"),
        ("Net profit", "zh", "净利润"),
        ("Quay levies", "zh", "Quay levies"),
        ("码头税费", "en", "码头税费"),
        ("", "en", ""),
    ],
)
def test_a_printed_line_that_no_vocabulary_knows_stays_as_it_is(label: str, language: Language, told: str) -> None:
    assert label_words(label, language) == told


@pytest.mark.parametrize(
    ("name", "aliases", "language", "told"),
    [
        ("云洲商业银行股份有限公司", ("云洲商业银行", "Yunzhou Commercial Bank", "Yunzhou Commercial Bank Co., Ltd."), "en",
         "Yunzhou Commercial Bank Co., Ltd."),
        ("云洲商业银行股份有限公司", ("Yunzhou Commercial Bank",), "zh", "云洲商业银行股份有限公司"),
        ("云洲商业银行股份有限公司", ("云洲商业银行",), "en", "云洲商业银行股份有限公司"),
        ("QUAY BANK OF THE NORTH", (), "en", "Quay Bank of the North"),
        ("Quay Bank plc", ("码头银行",), "zh", "码头银行"),
        (None, (), "en", ""),
    ],
)  # fmt: skip
def test_a_company_is_named_in_the_language_of_the_page(name: str | None, aliases: tuple[str, ...], language: Language, told: str) -> None:
    assert entity_words(name, aliases, language) == told
