"""Figures, citations and markers of a bound answer."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.binding import (
    CalculationEvidence,
    CellEvidence,
    CitedPlace,
    Evidence,
    PassageEvidence,
    RowEvidence,
    SpecialistEvidence,
    bind,
)
from finfoundry.core.answer import DocumentName, Figure, Reference
from finfoundry.core.document import ChunkPlace, Fact, Word

DOCUMENT = DocumentName("d1", "report.pdf")


def cell(metric: str, value: int, period: str = "2017-12-31", page: int = 45) -> CellEvidence:
    scale = Decimal(1000)
    fact = Fact(
        (metric,),
        value * scale,
        "USD",
        period,
        f"{value:,}",
        page,
        entity="Larkspur, Inc.",
        scale=scale,
        box=(72.0, float(page), 540.0, 320.0),
    )
    return CellEvidence(fact, DOCUMENT)


EVIDENCE: list[Evidence] = [
    cell("Total current assets", 7_669_974),
    cell("Total current liabilities", 5_466_312),
    cell("Inventories", 120_000, page=46),
]


def test_a_figure_carries_the_exact_value_and_its_place() -> None:
    bound = bind("Total current liabilities were $5,466 million at the end of FY2017.", EVIDENCE)
    (figure,) = bound.figures
    assert figure.value == "5466312000"
    assert (figure.unit, figure.period, figure.source) == ("USD", "2017-12-31", "cell")
    assert figure.reference == Reference(
        citation=1, text="5,466,312", scale="1000", entity="Larkspur, Inc.", metric="Total current liabilities"
    )
    assert bound.citations[0].quote == "Total current liabilities 5,466,312"
    assert bound.text == "Total current liabilities were $5,466 million at the end of FY2017 [1]."
    assert bound.complete


def test_markers_of_the_author_are_read_as_evidence_and_numbered_anew() -> None:
    bound = bind("Inventories were $120 million [3]. Total current assets were $7,670 million [1]. Nothing else [9].", EVIDENCE)
    assert bound.text == "Inventories were $120 million [1]. Total current assets were $7,670 million [2]. Nothing else."
    assert [citation.page for citation in bound.citations] == [46, 45]


def test_one_place_is_cited_once() -> None:
    bound = bind("Inventories were $120 million. At $120 million, inventories were low.", EVIDENCE)
    assert [figure.reference.citation for figure in bound.figures] == [1, 1]
    assert len(bound.citations) == 1


def test_chinese_markers_stand_before_the_full_stop() -> None:
    fact = Fact(("营业收入",), Decimal("1582345000"), "CNY", "2020-01-01/2020-12-31", "1,582,345,000", 9, entity="江澜生物")
    bound = bind("2020年营业收入为15.82亿元。", [CellEvidence(fact, DOCUMENT)])
    assert bound.text == "2020年营业收入为15.82亿元[1]。"


def test_a_calculation_cites_its_operands() -> None:
    operands = {
        "a": Figure("7,669,974", "7669974000", "USD", "2017-12-31", "cell", Reference(text="7,669,974")),
        "b": Figure("5,466,312", "5466312000", "USD", "2017-12-31", "cell", Reference(text="5,466,312")),
    }
    places = {"a": CitedPlace(DOCUMENT, 45, (1.0, 2.0, 3.0, 4.0)), "b": CitedPlace(DOCUMENT, 45, (1.0, 5.0, 3.0, 7.0))}
    calculation = CalculationEvidence("a / b", operands, Decimal("1.403134"), "ratio", "current ratio", "2017-12-31", places)
    bound = bind("The current ratio was 1.40 at the end of FY2017.", [calculation])
    (figure,) = bound.figures
    assert figure.source == "calculation"
    assert figure.reference.operands is not None
    assert [operand.reference.citation for operand in figure.reference.operands.values()] == [1, 2]
    assert bound.text.endswith("FY2017 [1][2].")


def test_a_derived_change_records_its_calculation() -> None:
    evidence = [cell("Inventories", 120, "2017-12-31"), cell("Inventories", 100, "2016-12-31", page=46)]
    bound = bind("Inventories rose 20% in 2017.", evidence)
    (figure,) = bound.figures
    assert figure.reference.expression == "(a - b) / abs(b)"
    assert figure.reference.operands is not None
    assert {operand.reference.citation for operand in figure.reference.operands.values()} == {1, 2}


def test_rows_and_specialists_are_cited_by_what_they_are() -> None:
    row = RowEvidence("select name, deposits from branches", 0, {"name": "North", "deposits": Decimal("1200.50")}, {"deposits": "CNY"})
    score = SpecialistEvidence("pd_model", "r1", {"default_probability": Decimal("0.0312")}, {"default_probability": "ratio"})
    bound = bind("Deposits of North were 1,200.50元. The default probability is 3.12%.", [row, score])
    assert [figure.source for figure in bound.figures] == ["sql", "specialist"]
    assert bound.figures[0].reference.column == "deposits"
    assert bound.figures[1].reference.record == "r1"


def test_a_span_gets_the_box_of_its_number() -> None:
    words = tuple(Word(text, (10.0 * i, 5.0, 10.0 * i + 9, 15.0)) for i, text in enumerate(["Churn", "was", "3.2%", "in", "2017."]))
    bound = bind("Churn was 3.2%.", [PassageEvidence("Churn was 3.2% in 2017.", DOCUMENT, 7, words=words)])
    assert bound.citations[0].box == (20.0, 5.0, 29.0, 15.0)


def test_a_citation_of_a_passage_is_the_sentence_and_the_part_that_it_stands_in() -> None:
    upper, lower = (10.0, 20.0, 90.0, 40.0), (10.0, 50.0, 90.0, 70.0)
    first, second, third = "The brand is known in the north.", "Tea is bought at auctions in spring.", "Churn was 3.2% in 2017."
    text = f"{first}\n{second} {third}"
    passage = PassageEvidence(
        text, DOCUMENT, 7, (10.0, 20.0, 90.0, 70.0), parts=(ChunkPlace(0, upper, None), ChunkPlace(len(first) + 1, lower, None))
    )
    (named,) = bind("The firm buys its tea at auctions [1].", [passage]).citations
    (whole,) = bind(f"“{text.replace(third, '').strip()}” [1].", [replace(passage, text=f"{first}\n{second}")]).citations
    (figure,) = bind("Churn was 3.2% in 2017.", [passage]).citations
    assert (named.box, named.quote) == (lower, second)
    assert (whole.box, whole.quote) == (upper, f"{first}\n{second}")
    assert (figure.box, figure.quote) == (lower, third)
    both = bind("Churn was 3.2% in 2017. The firm buys its tea at auctions [1].", [passage])
    assert [one.quote for one in both.citations] == [third, second]
    assert [re.findall(r"\[\d\]", line) for line in both.text.split(". ")] == [["[1]"], ["[2]"]]


def test_what_is_unbound_says_why_and_names_the_nearest() -> None:
    bound = bind("Total current liabilities were $5,476 million.", EVIDENCE)
    assert not bound.complete
    assert bound.unbound[0].reason == "digit differs"
    assert bound.unbound[0].nearest is not None
    assert bound.unbound[0].nearest.value == "5466312000"


def test_text_without_figures_is_complete() -> None:
    assert bind("Nothing is reported for December 31, 2017 in Item 7.", EVIDENCE).complete
    assert bind("", []).complete


@given(st.integers(min_value=10**6, max_value=10**12), st.integers(min_value=0, max_value=3))
def test_whatever_is_printed_rounded_is_bound_and_a_step_beside_it_is_not(value: int, places: int) -> None:
    fact = Fact(("Inventories",), Decimal(value), "USD", "2017-12-31", f"{value:,}", 1)
    printed = round(Decimal(value) / 10**6, places)
    step = Decimal(1).scaleb(-places)
    evidence = [CellEvidence(fact, DOCUMENT)]
    assert bind(f"Inventories were ${printed:,} million.", evidence).complete is (printed != 0)
    assert not bind(f"Inventories were ${printed + step * 2:,} million.", evidence).complete


def test_a_sentence_without_a_time_has_the_year_of_its_paper() -> None:
    current = PassageEvidence("We realised $13.2 billion in cash from the separation.", DOCUMENT, period="2023-04-03/2023-07-02")
    question = "What cash did the separation bring, as of August 30, 2023?"
    assert bind("The separation brought $13.2 billion in cash.", [current], question).complete
    assert not bind("The separation brought $13.2 billion in cash in 2021.", [current]).complete
    annual = PassageEvidence("We realised $13.2 billion in cash from the separation.", DOCUMENT, period="2023-01-01/2023-12-31")
    assert not bind("The separation brought $13.2 billion in cash in its second quarter of 2023.", [annual]).complete


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=80))
def test_any_text_is_bound_without_error(text: str, passage: str, question: str) -> None:
    bind(text, [*EVIDENCE, PassageEvidence(passage, DOCUMENT)], question)


@given(st.text(alphabet="1234567890.,%$()-–[] \n亿元年同比和，。ABrose to and", max_size=120))
def test_figure_like_text_is_bound_without_error(text: str) -> None:
    bind(text, EVIDENCE, text)


def test_the_marker_of_the_last_evidence_is_kept() -> None:
    bound = bind("The liabilities are current [2].", EVIDENCE[:2])
    assert bound.text == "The liabilities are current [1]."
    assert [citation.quote for citation in bound.citations] == ["Total current liabilities 5,466,312"]
    assert bind("The liabilities are current [3].", EVIDENCE[:2]).text == "The liabilities are current."


def test_of_a_row_texts_say_what_it_is_about_and_numbers_are_items_also_as_a_record_keeps_them() -> None:
    row = RowEvidence("SELECT", 1, {"company": "Heron Mills", "year": "2020", "revenue": "1600", "margin": Decimal("0.25"), "listed": True},
                      {"revenue": "USD", "margin": "ratio"})  # fmt: skip
    assert [(item.reference.column, item.value, item.unit) for item in row.items()] == [
        ("margin", Decimal("0.25"), "ratio"),
        ("revenue", Decimal(1600), "USD"),
    ]
    assert {when.fiscal_year for item in row.items() for when in item.whens} == {2020}


def test_places_without_a_box_are_told_apart_by_what_they_say_and_boxes_are_not() -> None:
    prose = [PassageEvidence("Churn was 3.2% in 2017. Margin was 41.5% in 2017.", DOCUMENT, 7)]
    assert [one.quote for one in bind("Churn was 3.2% in 2017. Margin was 41.5% in 2017.", prose).citations] == [
        "Churn was 3.2% in 2017.",
        "Margin was 41.5% in 2017.",
    ]
    bound = bind("Total current assets were $7,670 million. Total current liabilities were $5,466 million.", EVIDENCE)
    assert len(bound.citations) == 1  # both rows stand in one box


def test_figures_of_one_item_say_its_unit_and_a_bare_count_is_one() -> None:
    row = RowEvidence("SELECT", 0, {"region": "North", "branches": 12}, {})
    (figure,) = bind("North had 12 branches.", [row]).figures
    assert (figure.value, figure.unit, figure.source) == ("12", "count", "sql")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("其中：2022年前三季度本期净利171.09亿元。", True), ("江海银行2022年前三季度的本期净利润为171.09亿元。", True),
        ("零售客群经营本期成效突出，2022年前三季度净利润171.09亿元。", True),
        ("2022年前三季度，江川银行净利润171.09亿元。", False),
    ],
)  # fmt: skip
def test_a_stretch_of_time_before_a_metric_is_no_company(text: str, holds: bool) -> None:
    """Of a figure whose company is known: what is left of 2022年前三季度 behind its year names nobody, another bank does."""
    fact = Fact(
        ("本期净利润",), Decimal("17108868000"), "CNY", "2022-01-01/2022-09-30", "17,108,868", 3, entity="江海银行股份有限公司",
        scale=Decimal(1000), statement="income",
    )  # fmt: skip
    assert bind(text, [CellEvidence(fact, DOCUMENT)]).complete is holds


def test_whom_the_answer_named_before_is_meant_on() -> None:
    """A question may hold a name that is none of the evidence's: "the form asks Heron Insurance Ltd: ..."."""
    text, question = (
        "Based on inventories of $120,000 thousand at the end of 2017.",
        "Heron Insurance Ltd's form asks for inventories in 2017.",
    )
    assert not bind(text, EVIDENCE, question).complete
    assert bind(text, EVIDENCE, question, "Larkspur's inventories fell.").complete


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("“月缴者自交付日期之翌日起三十日为宽限期间。”", True), ("他们否认三十日为宽限期间。", False),
        ("“月缴者自交付日期之翌日起四十日为宽限期间。”", False),
    ],
)  # fmt: skip
def test_a_sentence_in_quotation_marks_is_bound_to_itself(text: str, complete: bool) -> None:
    """Whatever the question speaks of: nothing is said that the passage does not say."""
    passage = PassageEvidence("月缴者自交付日期之翌日起三十日为宽限期间。", DOCUMENT, period="2021-01-01/2021-12-31")
    assert bind(text, [passage], "2019年的宽限期怎么算").complete is complete


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ('Larkspur wrote: "Repairs of the quay cost $41 million."', True),
        ('In 2021, Larkspur wrote: "Repairs of the quay cost $41 million."', True),
        ('In 2018, Larkspur wrote: "Repairs of the quay cost $41 million."', False),
        ('"Repairs of the quay cost $41 million." was written in 2018.', False),
        ('Tamarack Inc reported: "Repairs of the quay cost $41 million."', False),
        ('Of Tamarack: "Repairs of the quay cost $41 million in 2018.', False),
    ],
)  # fmt: skip
def test_what_stands_around_a_quotation_is_held_against_its_passage(text: str, complete: bool) -> None:
    told = "Repairs of the quay cost $41 million."
    passage = PassageEvidence(told, DOCUMENT, entity="Larkspur, Inc.", period="2021-01-01/2021-12-31")
    assert bind(text, [passage]).complete is complete


@pytest.mark.parametrize(("mark", "complete"), [("”", True), ("", False)])
def test_a_quotation_ends_with_its_mark(mark: str, complete: bool) -> None:
    """Without it, the question's time is held against the figure."""
    passage = PassageEvidence("月缴者自交付日期之翌日起三十日为宽限期间。", DOCUMENT, period="2021-01-01/2021-12-31")
    assert bind(f"“月缴者自交付日期之翌日起三十日为宽限期间。{mark}", [passage], "2019年的宽限期怎么算").complete is complete


@pytest.mark.parametrize(
    ("said", "complete"),
    [
        ("“新开海塘970.41万亩，同比增长27.03%；存塘达到3,110.07万亩，同比增长34.64%；”", True),
        ("新开海塘970.41万亩，同比增长27.03%；存塘达到3,110.07万亩，同比增长34.64%；", False),
        ("“新开海塘970.41万亩，同比增长27.04%；存塘达到3,110.07万亩，同比增长34.64%；”", False),
        ("“新开海塘970.41万亩，同比增长27.03%；存塘达到3,110.07万亩，同比增长34.64%；", False),
    ],
)
def test_sentences_that_are_quoted_together_are_each_bound_to_themselves(said: str, complete: bool) -> None:
    passage = PassageEvidence(
        "新开海塘970.41万亩，同比增长27.03%；存塘达到3,110.07万亩，同比增长34.64%；", DOCUMENT, period="2021-01-01/2021-12-31"
    )
    assert bind(said, [passage], "2019年存塘有多少").complete is complete
