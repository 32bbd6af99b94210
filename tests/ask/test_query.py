"""What is searched for: words, lines of statements, and how much the facts count."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.retrieve.query import MOSTLY_OTHER, WHOLLY_LINES, asked_as_written, route_of, search_query, search_text
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.ask.understand.subject import Subject

NAMES = EntityNames([("Stream, Inc.", ("Stream",)), ("某某生物股份有限公司", ("某某生物",))])


def intent(question: str) -> Intent:
    return understand(question, NAMES, vocabulary())


def test_a_ratio_is_looked_for_by_the_lines_that_it_is_made_of() -> None:
    route = route_of(intent("What is Stream's FY2020 quick ratio?"))
    assert {line[0] for line in route.lines} >= {"AssetsCurrent", "InventoryNet", "LiabilitiesCurrent"}
    assert [name for name, _ in route.statements] == ["balance"]


def test_a_statement_that_is_named_counts_more_than_one_that_a_line_stands_in() -> None:
    route = dict(route_of(intent("Using the cash flow statement, what share of Stream's revenue was capex in FY2020?")).statements)
    assert route["cash flow"] == 1.0 > route["income"]


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("What were Stream's total assets at the end of FY2020?", WHOLLY_LINES),
        ("Did Stream's cash ratio rise or fall from FY2020 to FY2021?", WHOLLY_LINES),
        ("2020年某某生物的研发费用占营业收入的比例是多少？", WHOLLY_LINES),
        ("What drove the change in Stream's gross margin in FY2020?", 1.0),
        ("In which country did the topline of Stream do worst?", 1.0),
        ("Which banks lend Stream its long term debt under the revolving facility?", MOSTLY_OTHER),
    ],
)
def test_facts_count_by_how_much_of_a_question_is_lines(question: str, share: float) -> None:
    assert route_of(intent(question)).share == share


def test_the_words_are_those_that_filings_answer_to_and_the_meaning_is_the_whole_question() -> None:
    asked = intent("What was Stream's working capital in FY2020?")
    query = search_query(asked, Subject("Stream, Inc."), None, 5)
    assert query.text.split()[:2] == ["working", "capital"]
    assert "total current assets" in query.text
    assert (query.question, query.period, query.months, query.k) == (asked.question, "2020", 12, 5)
    assert "Stream" not in search_text(asked)


def test_a_day_is_looked_for_as_printed_and_its_year_prefers_papers() -> None:
    query = search_query(intent("Which segment did Stream sell as of August 30, 2023?"), Subject("Stream, Inc."), None, 5)
    assert (query.period, query.months) == ("2023", None)
    assert "August 30" in query.text


def test_what_is_expected_of_a_year_is_looked_for_in_papers_of_every_year() -> None:
    query = search_query(intent("Is growth in Stream's revenue expected to slow in FY2023?"), Subject("Stream, Inc."), None, 5)
    assert (query.period, query.months) == (None, None)


def test_all_companies_named_are_searched() -> None:
    asked = intent("Did Stream or 某某生物 pay dividends in FY2020?")
    query = search_query(asked, Subject("Stream, Inc."), None, 5)
    assert query.others == ("某某生物股份有限公司",)


@pytest.mark.parametrize("number", ["海银发〔2016〕261号", "海銀發[2016]261號", "央行2016年的261号"])
def test_the_number_of_a_rule_is_no_figure_that_an_answer_must_say(number: str) -> None:
    asked = asked_as_written(intent(f"{number}文下，单日转出超过50万元要怎样提醒？"))
    assert "261" not in asked
    assert "50" in asked
