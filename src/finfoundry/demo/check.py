"""What the tour asks, and how an answer is compared with the truth that the report was printed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.answer import Answer, Figure, Language, Source, Status
from finfoundry.demo.bank import SHORT, SHORT_ZH, YEAR
from finfoundry.demo.report import CLIENT_SHORT, DemoReport

RATIO_TOLERANCE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """``value`` is in base units or a fraction; None where no figure may be in the answer."""

    kind: str
    text: str
    status: Status
    language: Language = "en"
    value: Decimal | None = None
    unit: str = "CNY"
    source: Source = "cell"


def questions(report: DemoReport) -> list[DemoQuestion]:
    """A lookup, a ratio, one in Chinese on the parent company, one without evidence, one on a document that is not permitted, and one that
    only the learnt reader understands.
    """
    profit, assets = report.find("net_profit"), report.find("total_assets")
    parent = report.find("net_profit", scope="parent", language="zh")
    return [
        DemoQuestion(
            "A figure looked up",
            f"What were {SHORT}'s customer deposits at the end of {YEAR}?",
            "answered",
            value=report.find("deposits").value,
        ),
        DemoQuestion(
            "A ratio computed",
            f"What was {SHORT}'s return on assets in {YEAR}, defined as net profit divided by total assets at the end of the year?",
            "answered",
            value=profit.value / assets.value,
            unit="ratio",
            source="calculation",
        ),
        DemoQuestion(
            "In Chinese, of the parent company", f"{SHORT_ZH}{YEAR}年母公司的净利润是多少？", "answered", "zh", value=parent.value
        ),
        DemoQuestion("Without evidence", f"How many aircraft did {SHORT} lease out in {YEAR}?", "no_evidence"),
        DemoQuestion("Not permitted for this user", f"What was {CLIENT_SHORT}'s net profit in {YEAR}?", "not_permitted"),
        DemoQuestion(
            "In words that no rule knows",
            f"If {SHORT}'s total assets at the end of {YEAR} were a cake, what slice of it, in percent, were customer deposits?",
            "answered",
            value=report.find("deposits").value / assets.value,
            unit="ratio",
            source="calculation",
        ),
    ]


def own_term(report: DemoReport) -> tuple[str, dict[str, object], DemoQuestion]:
    """A ratio of the institution's own: its name, its fields, and a question that asks for it by its words."""
    fields: dict[str, object] = {
        "en": ["house leverage"], "zh": ["本行杠杆倍数"], "expression": "total assets divided by total equity", "show": "times",
        "definition": "How many times its equity the bank has put to work",
    }  # fmt: skip
    asked = f"What was {SHORT}'s house leverage at the end of {YEAR}?"
    value = report.find("total_assets").value / report.find("total_equity").value
    return (
        "house_leverage",
        fields,
        DemoQuestion("A term of the institution's own", asked, "answered", "en", value, "ratio", "calculation"),
    )


def faults(question: DemoQuestion, answer: Answer, report: DemoReport) -> list[str]:
    """What is wrong with an answer; nothing when it is right."""
    if answer.status != question.status:
        return [f"status {answer.status} instead of {question.status}: {answer.reason or answer.text}"]
    if answer.language != question.language:
        return [f"language {answer.language} instead of {question.language}"]
    if question.value is None:
        return ["an answer without evidence has figures"] if answer.figures else []
    right = [figure for figure in answer.figures if agrees(figure, question)]
    if not right:
        return [f"{question.value} is not among {[figure.value for figure in answer.figures]}"]
    return list(unseen(right[0], answer, report))


def term_faults(question: DemoQuestion, answer: Answer, report: DemoReport) -> list[str]:
    """The same of a question in the institution's own words: its answer says, too, by which term it was read."""
    return faults(question, answer, report) or ([] if answer.terms else ["the answer names no term"])


def agrees(figure: Figure, question: DemoQuestion) -> bool:
    tolerance = RATIO_TOLERANCE if question.unit == "ratio" else Decimal(0)
    close = abs(Decimal(figure.value) - (question.value or 0)) <= tolerance
    return close and figure.unit == question.unit and figure.source == question.source


def unseen(figure: Figure, answer: Answer, report: DemoReport) -> Iterator[str]:
    """Cells that a figure rests on but that the report does not print on the page cited."""
    for operand in (figure.reference.operands or {}).values():
        yield from unseen(operand, answer, report)
    if figure.source in ("cell", "span"):
        pages = {citation.page for citation in answer.citations if citation.marker == figure.reference.citation}
        printed = {number.page for number in report.truth if number.text == figure.reference.text and number.value == Decimal(figure.value)}
        if not pages & printed:
            yield f"{figure.reference.text} is not printed on page {sorted(pages)}"
