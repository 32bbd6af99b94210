"""Words that tell of a movement are whole words: what flows, and what loses worth, moves nothing."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.movements import moves, terms_of_movements
from finfoundry.knowledge.search.terms import terms


@pytest.mark.parametrize(
    "text",
    ["Increase in payables", "Net change in cash", "同比增减（%）", "較上年減少", "现金及现金等价物净增加额", "收入增長率"],
)
def test_a_movement_is_told(text: str) -> None:
    assert moves(text)


@pytest.mark.parametrize(
    "text",
    [
        "Current assets",
        "營業活動之淨現金流入(流出)",
        "流动负债合计",
        "不動產、廠房及設備",
        "资产减值损失",
        "应交增值税",
        "减：库存股",
        "减持计划",
    ],
)
def test_what_flows_or_loses_worth_is_no_movement(text: str) -> None:
    assert not moves(text)


def test_the_terms_of_movements_are_those_that_labels_are_compared_by() -> None:
    assert set(terms("increase")) | set(terms("增加")) <= terms_of_movements()
