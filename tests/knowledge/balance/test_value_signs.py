"""Facts with another sign than their cell prints, or another amount than their tag, are told; those whose page says otherwise are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.knowledge.balance.balance_papers import cells, html
from tests.knowledge.facts.papers import document
from tests.knowledge.facts.test_ixbrl import FILING

from finfoundry.core.document import Fact
from finfoundry.knowledge.balance.printed import printed
from finfoundry.knowledge.balance.tagged_figures import tag_of
from finfoundry.knowledge.balance.told.value_signs import other_signs, other_than_tagged, prints_below_zero
from finfoundry.knowledge.ingest.parse_file import parse


@pytest.mark.parametrize("text", ["(65)", "（65）", "-65", "−65", "$(65)", "( 192,974)", "-$65", "65-", "▲65", "(12)%", "(1,234.5) *"])
def test_brackets_and_a_minus_print_what_is_below_zero(text: str) -> None:
    assert prints_below_zero(text)


@pytest.mark.parametrize("text", ["65", "$65", "65%", "1,234 (1)", "$ - 26.9", "10 - 12", "65 (b)", "1.5x", "+65"])
def test_other_figures_are_not_below_zero(text: str) -> None:
    assert not prints_below_zero(text)


def told(text: str, value: str, *, cell: str = "", confidence: float = 1.0) -> list[str]:
    fact = Fact(("Result",), Decimal(value), "EUR", "2024-12-31", text, 1, table=0, row=1, column=1, confidence=confidence)
    return list(other_signs(document([cells([["", "2024"], ["Result", cell or text]])]), [fact]))


@pytest.mark.parametrize(("text", "value"), [("(65)", "65"), ("65", "-65"), ("-65", "65"), ("（1,234）", "1234000"), ("12.5%", "-0.125")])
def test_another_sign_than_is_printed_is_told(text: str, value: str) -> None:
    (line,) = told(text, value)
    assert "another sign than is printed" in line
    assert text in line


@pytest.mark.parametrize(
    ("text", "value", "cell"),
    [
        ("(65)", "-65", ""),
        ("65", "65", ""),
        ("(0)", "0", ""),
        ("$(65)", "65", "net of tax of $(65)"),  # within the words of a label
        ("65 CR", "-65", ""),  # words may say the side
        ("65 loss", "-65", ""),
    ],
)
def test_a_sign_that_is_as_printed_or_that_words_give_is_not_told(text: str, value: str, cell: str) -> None:
    assert told(text, value, cell=cell) == []


def test_what_is_told_as_contradicted_is_not_told_again() -> None:
    assert told("(65)", "65", confidence=0.5) == []


def test_a_paper_as_it_is_read_has_no_other_sign() -> None:
    rows = [["EUR million", "2024", "2023"], ["Result", "(65)", "12"], ["Taxes", "-7", "(3.5)"], ["Margin", "(1.2)%", "0.4%"]]
    parsed = parse(html(rows), "r.html")
    assert sum(fact.value < 0 for fact in parsed.facts) == 4
    assert list(other_signs(parsed.document, parsed.facts)) == []


# ---- tags


def tagged(change: Decimal, *, in_text: bool) -> Sequence[str]:
    """What is told of the filing where the first tagged fact, in a table or in text, is so many times its value."""
    parsed = parse(FILING.encode(), "f.htm")
    values = printed(parsed.document, FILING.encode()).tag_values
    one = next(fact for fact in parsed.facts if tag_of(fact) in values and fact.value and (fact.table is None) is in_text)
    facts = [replace(fact, value=fact.value * change) if fact is one else fact for fact in parsed.facts]
    return list(other_than_tagged(facts, values))


@pytest.mark.parametrize("in_text", [True, False])
@pytest.mark.parametrize("change", ["1000", "0.001", "2"])
def test_another_amount_than_the_tag_is_told(change: str, in_text: bool) -> None:
    (line,) = tagged(Decimal(change), in_text=in_text)
    assert "another value than its tag" in line


@pytest.mark.parametrize("in_text", [True, False])
def test_the_amount_of_the_tag_is_not_told(in_text: bool) -> None:
    assert not tagged(Decimal(1), in_text=in_text)


def test_the_sign_of_a_line_of_a_table_is_that_of_the_page() -> None:
    assert not tagged(Decimal(-1), in_text=False)
