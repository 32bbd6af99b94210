"""The tour's judge: it lets right answers through and names what is wrong with the others."""

import dataclasses
from decimal import Decimal

import pytest

from finfoundry.core.answer import Answer, Citation, DocumentName, Figure, Reference, Status, TermUsed
from finfoundry.demo.check import DemoQuestion, faults, own_term, questions, term_faults
from finfoundry.demo.report import DemoReport, annual_report
from finfoundry.demo.writer import Printed


@pytest.fixture(scope="module")
def report() -> DemoReport:
    return annual_report()


def cell(number: Printed, marker: int) -> Figure:
    reference = Reference(citation=marker, text=number.text, scale="1000000", metric=number.metric)
    return Figure(number.text, str(number.value), number.unit, number.period, "cell", reference)


def citation(number: Printed, marker: int) -> Citation:
    return Citation(marker, DocumentName("d", "report.pdf"), number.page, None, None, number.text)


def lookup(report: DemoReport) -> tuple[DemoQuestion, Answer]:
    number = report.find("deposits")
    return questions(report)[0], Answer("1", "answered", "en", "…", citations=[citation(number, 1)], figures=[cell(number, 1)])


def ratio(report: DemoReport) -> tuple[DemoQuestion, Answer]:
    return questions(report)[1], quotient(report, "net_profit", "total_assets")


def quotient(report: DemoReport, *metrics: str) -> Answer:
    parts = [report.find(metric) for metric in metrics]
    operands = {name: cell(number, marker) for marker, (name, number) in enumerate(zip("ab", parts, strict=True), 1)}
    value = parts[0].value / parts[1].value
    figure = Figure("…", str(value), "ratio", None, "calculation", Reference(expression="a / b", operands=operands))
    citations = [citation(number, marker) for marker, number in enumerate(parts, 1)]
    return Answer("2", "answered", "en", "…", citations=citations, figures=[figure])


@pytest.mark.parametrize("make", [lookup, ratio])
def test_right_answers_pass(make: object, report: DemoReport) -> None:
    assert callable(make)
    question, answer = make(report)
    assert faults(question, answer, report) == []


def test_a_wrong_value_is_named(report: DemoReport) -> None:
    question, answer = lookup(report)
    answer.figures = [dataclasses.replace(answer.figures[0], value="1")]
    assert "is not among" in faults(question, answer, report)[0]


def test_an_answer_by_a_term_of_its_own_names_the_term(report: DemoReport) -> None:
    name, _, question = own_term(report)
    answer = quotient(report, "total_assets", "total_equity")
    assert term_faults(question, answer, report) == ["the answer names no term"]
    answer.terms = [TermUsed(name, "formula", 1, "house leverage", "total assets / total equity")]
    assert term_faults(question, answer, report) == []
    assert "is not among" in term_faults(question, quotient(report, "net_profit", "total_assets"), report)[0]


def test_a_wrong_page_is_named(report: DemoReport) -> None:
    question, answer = ratio(report)
    answer.citations = [dataclasses.replace(answer.citations[0], page=1), answer.citations[1]]
    assert faults(question, answer, report) == ["9,737 is not printed on page [1]"]


@pytest.mark.parametrize("status", ["withheld", "not_permitted"])
def test_a_wrong_status_is_named(status: Status, report: DemoReport) -> None:
    question = questions(report)[3]
    assert question.status == "no_evidence"
    assert status in faults(question, Answer("3", status, "en", "…"), report)[0]


def test_no_figures_without_evidence(report: DemoReport) -> None:
    question = questions(report)[3]
    assert faults(question, Answer("3", "no_evidence", "en", "…"), report) == []
    assert faults(question, Answer("3", "no_evidence", "en", "…", figures=[cell(report.find("deposits"), 1)]), report)


def test_the_questions_cover_what_the_tour_promises(report: DemoReport) -> None:
    asked = questions(report)
    assert [question.status for question in asked] == ["answered", "answered", "answered", "no_evidence", "not_permitted", "answered"]
    assert asked[2].language == "zh"
    assert asked[2].value == Decimal(9_087_000_000)
