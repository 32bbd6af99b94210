"""Total debt and what is computed of it, by the stated definition: with all of its parts, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.ask.memory import LINES, MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

ALDER = document("alder-2020", "Alder Foods Inc", 2020, ("ALD",))
JIANGLAN = document("jianglan-2020", "江澜生物股份有限公司", 2020, ("江澜生物",), language="zh")
Line = tuple[str, str, str]  # concept, label, figure of 2020
SHORT: Line = ("ShortTermBorrowings", "Short-term borrowings", "60")
PORTION: Line = ("LongTermDebtCurrent", "Current portion of long-term debt", "30")
LONG: Line = ("LongTermDebtNoncurrent", "Long-term debt", "600")
LOANS: Sequence[Line] = (
    ("ShortTermBorrowings", "短期借款", "1000"), ("NoncurrentLiabilitiesDueWithinOneYear", "一年内到期的非流动负债", "500"),
    ("LongTermBorrowings", "长期借款", "2000"), ("BondsPayable", "应付债券", "3000"),
)  # fmt: skip


def ask(question: str, lines: Sequence[Line]) -> Answer:
    """What is answered over a balance sheet with these lines of debt."""
    store = MemoryStore()
    for paper, unit in ((ALDER, "USD"), (JIANGLAN, "CNY")):
        for number, concept in enumerate(LINES, 1):
            store.add(paper, concept, concept, {2020: str(1000 * number)}, unit=unit)
    for concept, label, printed in lines:
        chinese = not label.isascii()
        store.add(JIANGLAN if chinese else ALDER, concept, label, {2020: printed}, unit="CNY" if chinese else "USD")
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("lines", "told"), [((SHORT, LONG), "$660 million"), ((PORTION, LONG), "$630 million"), ((SHORT, PORTION, LONG), "$690 million")]
)
def test_total_debt_is_told_with_its_parts(lines: Sequence[Line], told: str) -> None:
    answer = ask("What was ALD's total debt in FY2020?", lines)
    assert told in answer.text
    assert all(label in answer.text for _, label, _ in lines), "the definition is the parts that it is the sum of"


@pytest.mark.parametrize("lines", [(), (LONG,), (SHORT,), (SHORT, PORTION)], ids=["none", "long", "short", "due within a year"])
@pytest.mark.parametrize(
    "question",
    ["What was ALD's total debt in FY2020?", "What was ALD's net debt in FY2020?", "What was ALD's total debt to equity in FY2020?"],
)
def test_a_part_that_is_not_there_is_not_taken_for_nothing(lines: Sequence[Line], question: str) -> None:
    answer = ask(question, lines)
    assert (answer.status, answer.figures) == ("no_evidence", [])


def test_total_debt_in_chinese_holds_bonds_and_what_falls_due() -> None:
    answer = ask("江澜生物2020年的有息负债是多少？", LOANS)
    assert "65.00亿元" in answer.text
    assert all(label in answer.text for _, label, _ in LOANS)
    assert ask("江澜生物2020年的有息负债是多少？", LOANS[2:]).status == "no_evidence"


@pytest.mark.parametrize(
    "question",
    [
        "What was ALD's interest coverage ratio in FY2020?",
        "What was ALD's debt service coverage ratio in FY2020?",
        "江澜生物2020年的利息保障倍数是多少？",
    ],
)
def test_a_coverage_ratio_without_its_parts_is_not_told(question: str) -> None:
    answer = ask(question, (SHORT, PORTION, LONG, *LOANS))
    assert (answer.status, answer.figures) == ("no_evidence", [])
