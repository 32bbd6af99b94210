"""Quarters that name no year are those of the year reported on, where several are side by side."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER, COVER_ZH, document, found, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts import extract

OF_2020 = ["2020-01-01/2020-03-31", "2020-04-01/2020-06-30", "2020-07-01/2020-09-30", "2020-10-01/2020-12-31"]
OF_2024 = [period.replace("2020", "2024") for period in OF_2020]


def periods(heads: list[str], label: str, cover: list[Block]) -> list[str]:
    rows = [["", *heads], [label, *map(str, range(5, 5 + len(heads)))], ["其他", *map(str, range(1, 1 + len(heads)))]]
    return [fact.period for fact in found(extract(document([table(rows)], cover=cover)), label)]


@pytest.mark.parametrize("count", [3, 4])
def test_b8_quarters_side_by_side_are_of_the_year_of_the_report(count: int) -> None:
    for heads in (["第一季度", "第二季度", "第三季度", "第四季度"], ["1季度", "2季度", "3季度", "4季度"]):
        assert periods(heads[:count], "营业收入", COVER_ZH) == OF_2020[:count]
    heads = ["First Quarter", "Second Quarter", "Third Quarter", "Fourth Quarter"]
    assert periods(heads[:count], "Revenue", COVER) == OF_2024[:count]


def test_b8_quarters_keep_the_year_that_their_header_names() -> None:
    heads = ["2019年第一季度", "2019年第二季度", "2019年第三季度"]
    assert periods(heads, "营业收入", COVER_ZH) == [period.replace("2020", "2019") for period in OF_2020[:3]]
