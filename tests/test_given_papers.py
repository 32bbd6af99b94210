"""Questions that bring their papers: answered over these alone, by the same path and under the same binder, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.test_replay_of_answers import filing

from finfoundry.app import App, open_app
from finfoundry.core.document import Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.evals.suites.given_tables import said
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.settings import Settings

TABLE = """
Results of the year (in thousands of euros)

| | 2024 | 2023 |
|---|---|---|
| Ferry tickets | 5,210 | 4,870 |
| Freight | 1,340 | 1,615 |
| Total revenue | 6,550 | 6,485 |
| Crew costs | 2,020 | 1,980 |
"""
TEXT = TABLE + "\nFreight fell because the paper mill in Northhaven closed in March.\n"


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    (paper := tmp_path_factory.mktemp("papers") / "stored.htm").write_bytes(filing("Southquay Ferries Inc"))
    with open_app(Settings(home=module_home, worker=False)) as opened:
        opened.agent.engine = None
        opened.ingest(ADMINISTRATOR, [paper])
        yield opened


def given(text: str, name: str = "results.md") -> list[Parsed]:
    return [parse(text.encode(), name)]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What was freight in 2023?", "1615000"),
        ("What was total revenue in 2024?", "6550000"),
        ("By how much did crew costs rise in 2024?", "40000"),
        ("2024年的Freight是多少？", "1340000"),
    ],
)
def test_a_table_that_comes_with_the_question_is_answered_and_bound(app: App, question: str, value: str) -> None:
    answer = app.ask(ADMINISTRATOR, question, papers=given(TEXT))
    assert answer.status == "answered", (answer.text, answer.reason)
    assert value in [figure.value for figure in answer.figures]
    assert {figure.unit for figure in answer.figures} == {"EUR"}
    assert {citation.document.name for citation in answer.citations} == {"results.md"}
    assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_nothing_but_what_was_given_is_asked(app: App) -> None:
    question = "What was Southquay Ferries Inc's revenue in 2024?"
    assert app.ask(ADMINISTRATOR, question).status == "answered"
    before = [one.id for one in app.documents(ADMINISTRATOR)]
    asked = app.ask(ADMINISTRATOR, question, papers=given(TEXT.replace("Total revenue", "Sum")))
    assert asked.status != "answered"
    assert {one.document.name for one in asked.nearest} <= {"results.md"}
    assert [one.id for one in app.documents(ADMINISTRATOR)] == before


def test_a_paper_with_a_company_is_asked_by_its_name(app: App) -> None:
    paper = [parse(filing("Northhaven Ferries Inc"), "northhaven.htm")]
    answer = app.ask(ADMINISTRATOR, "What was Northhaven Ferries Inc's net income in 2024?", papers=paper)
    assert answer.status == "answered", answer.text
    stored = app.ask(ADMINISTRATOR, "What was Southquay Ferries Inc's net income in 2024?", papers=paper)
    assert stored.status != "answered"


LINES = """<html><head><title>Northwind Traders Inc. Annual Report 2020</title></head><body>
<h1>Northwind Traders Inc. Annual Report 2020</h1>
<h2>Statements of Income</h2><table><tr><td>(in millions of dollars)</td><td>2020</td><td>2019</td></tr>
<tr><td>Total revenue</td><td>500</td><td>400</td></tr><tr><td>Operating income</td><td>90</td><td>80</td></tr>
<tr><td>Net income</td><td>70</td><td>50</td></tr></table></body></html>"""


@pytest.mark.parametrize(
    "question", ["What were Northwind's revenue and net income in 2020?", "Northwind, 2020: both the revenue and the net income"]
)
def test_of_several_lines_of_a_paper_that_comes_with_the_question_each_is_told(app: App, question: str) -> None:
    text = app.ask(ADMINISTRATOR, question, papers=[parse(LINES.encode(), "given.htm")]).text
    assert "$500 million" in text
    assert "$70 million" in text
    assert "Not answered" not in text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Net income at Northwind: what was the swing from 2019 to 2020?", "rose by $20 million"),
        ("What were net income in 2020 and 2019?", ""),  # what is asked, and no more
    ],
)
def test_a_word_that_no_given_table_has_may_ask_how_a_line_moved(app: App, question: str, told: str) -> None:
    text = app.ask(ADMINISTRATOR, question, papers=[parse(LINES.encode(), "given.htm")]).text
    assert "$70 million" in text
    assert told in text
    assert ("rose" in text) == bool(told)


def test_too_many_papers_are_refused(app: App) -> None:
    with pytest.raises(InputError, match="11 papers"):
        app.ask(ADMINISTRATOR, "What was freight in 2023?", papers=given(TEXT) * 11)


GRID = """
<html><body><p>More than half of the ferries were new. Unrecognized income of 3 is expected in 2020.</p><table>
<tr><td>(in millions of euros)</td><td>2019</td><td>2018</td><td>2017</td></tr>
<tr><td>Revenue:</td><td></td><td></td><td></td></tr>
<tr><td>Services</td><td>120.0</td><td>100.0</td><td>80.0</td></tr>
<tr><td>Products (1)</td><td>80.0</td><td>90.0</td><td>70.0</td></tr>
<tr><td>Total revenue</td><td>200.0</td><td>190.0</td><td>150.0</td></tr>
<tr><td>Other items</td><td>14.0</td><td>9.0</td><td>5.0</td></tr>
<tr><td>Total other items</td><td>30.0</td><td>20.0</td><td>10.0</td></tr>
</table></body></html>
"""


def asked(app: App, question: str, page: str = GRID) -> tuple[str, str]:
    """The status, and what was said in the form of TAT-QA."""
    answer = app.ask(ADMINISTRATOR, question, papers=[parse(page.encode(), "given.htm")])
    return answer.status, said(question, answer) if answer.status == "answered" else ""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What was total revenue in 2019?", "200.0 million"),
        ("What were services in 2018 and 2019 respectively?", "100.0; 120.0 million"),
        ("What was the change in products from 2018 to 2019?", "-10.00 million"),
        ("What was the increase / (decrease) in products from 2018 to 2019?", "-10.00 million"),
        ("What is the percentage change in products from 2018 to 2019?", "-11.11 percent"),
        ("What is the average of services from 2017 to 2019?", "100.00 million"),
        ("What was the average of services between 2017-2019?", "100.00 million"),
        ("What is the total of services in 2018 and 2019?", "220.00 million"),
        ("What are services as a percentage of total revenue in 2019?", "60.00 percent"),
        ("What were total other items in 2019?", "30.0 million"),
        ("In which year were products largest?", "2018"),
        ("In which years were services less than 110 million?", "2017; 2018"),
        ("What are the components of revenue?", "Services; Products"),
        ("What was the ratio of services to products in 2018?", "1.11"),
        ("What are products as a percentage of services in 2019?", "66.67 percent"),
        ("What was the increase in services in 2019?", "20.00 million"),
        ("How many years did services exceed 90 million?", "2.00"),
        ("What was the 2019 average of services?", "110.00 million"),  # of the beginning and the end of the year
        ("How many components are there under revenue?", "2.00"),
    ],
)
def test_rows_of_a_given_table_are_found_and_computed(app: App, question: str, told: str) -> None:
    assert asked(app, question) == ("answered", told)


@pytest.mark.parametrize(
    "question",
    [
        "What was goodwill in 2019?",
        "What was total revenue in 2011?",
        "What proportion of rent were services in 2019?",  # of what no row is
        "What was the unrecognized total revenue in 2019?",  # another figure than the total revenue
        "What was total revenue in the third quarter of 2019?",
        "In which year did services fall the most?",
        "In which year was the growth of services highest?",
        "In which year were services negative?",
        "In which year were services no more than 90 million?",
        "In which year were services at least 90 million?",
        "What was total revenue in 2018 excluding services?",
        "What was budgeted total revenue in 2019?",
    ],
)
def test_what_a_given_table_does_not_hold_is_not_answered(app: App, question: str) -> None:
    assert asked(app, question)[0] != "answered"


QUARTERS = GRID.replace("<td>2019</td><td>2018</td><td>2017</td>", "<td>Three months ended June 30, 2019</td><td>2018</td><td>2017</td>")


def test_what_is_compared_with_a_year_is_the_latest(app: App) -> None:
    assert asked(app, "What is the increase in total revenue compared with 2017?") == ("answered", "50.00; 33.33")


def test_a_quarter_of_a_given_table_is_no_year(app: App) -> None:
    assert asked(app, "What were services in the second quarter of 2019?", QUARTERS) == ("answered", "120.0 million")
    assert asked(app, "What were services in the first quarter of 2019?", QUARTERS)[0] != "answered"
    assert asked(app, "What were services in 2019?", QUARTERS)[0] != "answered"


def test_a_yearly_growth_is_not_the_growth_over_all_years(app: App) -> None:
    page = parse(GRID.encode(), "given.htm")
    answer = app.ask(ADMINISTRATOR, "What was the compound annual growth of services from 2017 to 2019?", papers=[page])
    assert "22.5%" in answer.text


TWICE = """
<html><body><p>More than one tug was let.</p><table>
<tr><td></td><td>Tolls</td><td></td><td>Upkeep</td><td></td></tr>
<tr><td>(in thousands of euros)</td><td>2019</td><td>2018</td><td>2019</td><td>2018</td></tr>
<tr><td>North quay</td><td>601</td><td>510</td><td>299</td><td>148</td></tr>
<tr><td>South quay</td><td>943</td><td>776</td><td>123</td><td>207</td></tr>
</table></body></html>
"""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("In which year were the tolls of the north quay less than 600 thousands?", "2018"),
        ("In which year was the upkeep of the south quay larger?", "2018"),
    ],
)
def test_years_are_compared_under_the_heading_that_is_asked_about(app: App, question: str, told: str) -> None:
    assert asked(app, question, TWICE) == ("answered", told)


def test_the_years_of_a_table_are_told_where_the_line_over_it_says_what_is_asked(app: App) -> None:
    page = TWICE.replace("<p>More than one tug was let.</p>", "<p>The dues of quays by season were as follows:</p>")
    assert asked(app, "In which years were the dues of quays by season calculated?", page) == ("answered", "2019; 2018")
    assert asked(app, "In which years were the dues of quays by season waived?", page)[0] != "answered"


BY_DATE = """
<html><body><p>Options in the year ended June 30, 2019.</p><table>
<tr><td></td><td>Number of options</td><td>Price</td></tr>
<tr><td>Outstanding at June 30, 2017</td><td>300</td><td>$3</td></tr>
<tr><td>Granted</td><td>20</td><td>$4</td></tr>
<tr><td>Outstanding at June 30, 2018</td><td>320</td><td>$5</td></tr>
<tr><td>Granted</td><td>50</td><td>$6</td></tr>
<tr><td>Outstanding at June 30, 2019</td><td>370</td><td>$7</td></tr>
</table></body></html>
"""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What was the number of options outstanding as of June 30, 2018?", "320"),
        ("What was the change in the number of options granted from 2018 to 2019?", "30.00"),
    ],
)
def test_rows_that_differ_in_their_time_alone_are_one(app: App, question: str, told: str) -> None:
    assert asked(app, question, BY_DATE) == ("answered", told)


BY_YEAR = """
<html><body><p>As of January 31, 2020 these dues were left (in thousands of euros):</p><table>
<tr><td></td><td>Berths</td><td>Cranes</td></tr>
<tr><td>2021</td><td>138</td><td>6</td></tr>
<tr><td>2022</td><td>135</td><td>9</td></tr>
<tr><td>Thereafter</td><td>577</td><td>35</td></tr>
</table></body></html>
"""
LATER = """
<html><body><p>The fee of the year ended December 31, 2017 is left out. Tugs (in thousands):</p><table>
<tr><td></td><td>December 31,</td><td></td></tr>
<tr><td></td><td>2019</td><td>2018</td></tr>
<tr><td>Tug credits</td><td>2,261</td><td>2,458</td></tr>
<tr><td>Tug leases</td><td>32,289</td><td>31,100</td></tr>
</table></body></html>
"""


@pytest.mark.parametrize(
    ("question", "page", "told"),
    [
        ("What were the berths for 2021?", BY_YEAR, "138 thousand"),
        ("What was the change in cranes between 2021 and 2022?", BY_YEAR, "3.00 thousand"),
        ("What were tug credits in 2018?", LATER, "2,458 thousand"),
    ],
)
def test_years_that_head_rows_or_columns_are_those_of_the_cells(app: App, question: str, page: str, told: str) -> None:
    assert asked(app, question, page) == ("answered", told)


def test_a_word_of_the_line_over_a_table_is_said_of_its_rows(app: App) -> None:
    text = "Deferred dues and prepaid dues are told apart by the harbour office, which looks at each of them once a year. " * 4
    page = LATER.replace("Tugs (in", "Deferred dues (in").replace("</table>", f"</table><p>{text}</p>")
    assert asked(app, "What were deferred dues of tug leases in 2019?", page) == ("answered", "32,289 thousand")
    assert asked(app, "What were prepaid dues of tug leases in 2019?", page)[0] != "answered"


def test_a_count_is_told_with_what_is_counted(app: App) -> None:
    answer = app.ask(ADMINISTRATOR, "How many years did services exceed 90 million?", papers=[parse(GRID.encode(), "given.htm")])
    assert answer.text.startswith("The count is 2.")
    assert [one.value for one in answer.figures if one.source == "cell"] == ["100000000", "120000000"]
