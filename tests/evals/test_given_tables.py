"""Sets of questions that come with a table: the page made of them, and how an answer is told in their form."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from finfoundry.core.answer import Answer, Figure, Reference
from finfoundry.core.errors import InputError
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites import given_tables
from finfoundry.usecases.evaluation.systems import usual

GRID = [["", "2019", "2018"], ["Rent", "12", "10"]]


def answered(text: str, *figures: Figure) -> Answer:
    return Answer("a", "answered", "en", text, figures=list(figures))


def figure(text: str, value: str, *, printed: str = "", scale: str = "1", unit: str | None = "USD") -> Figure:
    reference = Reference(text=printed or None, scale=scale, expression=None if printed else "later - earlier")
    return Figure(text, value, unit, None, "cell" if printed else "calculation", reference)


def test_the_table_stands_behind_what_leads_to_it() -> None:
    page = given_tables.paper(GRID, ["Leases", "Rent was as follows:", "It rose."]).decode()
    assert page.index("as follows") < page.index("<table>") < page.index("It rose")
    assert "<table>" in given_tables.paper(GRID, []).decode()


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("Rent?", answered("It was $12 million [1].", figure("$12 million", "1e7", printed="12", scale="1000000")), "12 million"),
        ("What was the change?", answered("X's rent fell by $2 [1].", figure("$2", "2")), "-2.00"),
        ("What was the difference?", answered("X's rent fell by $2 [1].", figure("$2", "2")), "2.00"),
        ("By how many percent?", answered("X's rent fell 20.0% [1].", figure("20.0%", "0.2", unit="ratio")), "-20.00 percent"),
        ("In which year was rent higher?", answered("Rent was highest in FY2019: $12 [1]. It was $10 in FY2018 [2]."), "2019"),
        ("Why?", answered("In the words of the papers: “New shops.” [1]"), "New shops."),
        ("Why?", answered("A passage of given.htm under Shops: “New shops.” [1]"), "New shops."),
        ("Why?", answered("Two passages of Bay Retail's 10-K for 2020: “New shops.” [1] “New ships.” [2]"), "New shops. New ships."),
    ],
)  # fmt: skip
def test_an_answer_in_the_form_of_the_set(question: str, answer: Answer, told: str) -> None:
    assert given_tables.said(question, answer) == told


def test_a_program_is_compared_by_its_value() -> None:
    item = Item("1", "?", meta={"value": Decimal("0.2")})
    assert given_tables.computed(item, Reply("20.00 percent")).verdict == "correct"
    assert given_tables.computed(item, Reply("0.20")).verdict == "correct"
    assert given_tables.computed(item, Reply("0.30")).verdict == "wrong"
    assert given_tables.computed(item, Reply("", "no_evidence")).verdict == "no_evidence"


def test_programs_are_read_from_their_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="finllms_tatqa_dev"):
        given_tables.programs(tmp_path)
    (tmp_path / "en_tableqa").mkdir()
    row = {"id": "7", "pre_text": ["Rent "], "post_text": [], "table": GRID, "qa": {"question": "?", "exe_ans": 0.2, "answer": "0.2"}}
    for name in ("finllms_tatqa_dev", "finllms_table-only_dev"):
        (tmp_path / "en_tableqa" / f"{name}.json").write_text(json.dumps([row]), encoding="utf-8")
    assert [item.meta["value"] for item in given_tables.programs(tmp_path)] == [Decimal("0.2")] * 2


def test_a_given_table_is_asked_of_the_product() -> None:
    assert usual(given_tables.TATQA) == "product"
