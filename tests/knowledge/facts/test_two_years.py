"""A row of one year under a heading of another: the period of the figure is assumed, and the doubt is told."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import PERIOD_ASSUMED, Document, Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.ingest.certificate import certify


def read(rows: Rows) -> tuple[Document, list[Fact]]:
    paper = document([table([["", "EUR m"], *rows])])
    return paper, extract(paper)


@pytest.mark.parametrize("heading", ["2024", "Year ended December 31, 2024", "2024年：", "As of December 31, 2024"])
def test_a_row_of_one_year_below_another_is_assumed_and_told(heading: str) -> None:
    paper, facts = read([[heading], ["Plan A", "5"], ["2022", "3"], ["Other", "7"]])
    assert [fact.confidence for fact in facts if fact.metric[-1] == "2022"] == [PERIOD_ASSUMED]
    assert {fact.confidence for fact in facts if fact.metric[-1] != "2022"} == {1.0}
    assert sum("under a heading of another" in loss for loss in certify(paper, facts).losses) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [["2024"], ["Plan A", "5"], ["2024", "3"]], [["Plans"], ["Plan A", "5"], ["2022", "3"]],
        [["December 31, 2024"], ["Plan A", "5"], ["2027", "3"]],  # what falls due
        [["2024"], ["Balance at December 31, 2023", "5"], ["Additions", "3"]], [["2024"], ["Plan 2022", "5"], ["Other", "3"]],
    ],
)  # fmt: skip
def test_rows_that_say_no_other_year_raise_no_doubt(rows: Rows) -> None:
    paper, facts = read(rows)
    assert paper.doubts.of_two_years == {}
    assert certify(paper, facts).losses == []
