"""A last figure without a label that is the sum of all above it is the whole that its note is of."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table, values

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract

HEAD = ["", "2024年12月31日", "2023年12月31日"]


def facts_of(rows: Rows, heading: str) -> list[Fact]:
    return extract(document([Block("heading", heading), table(rows)]))


def test_subtotals_stand_for_what_they_sum_up() -> None:
    rows = [HEAD, ["现金："], ["库存现金", "10", "9"], ["活期存款", "20", "21"], ["", "30", "30"],
            ["约当现金："], ["定期存款", "5", "4"], ["短期票券", "7", "6"], ["", "12", "10"], ["", "42", "40"]]  # fmt: skip
    found = facts_of(rows, "（一）现金及约当现金")
    assert [value for value, _, _ in values(found, "现金及约当现金")] == ["42", "40"]


def test_what_is_taken_off_a_subtotal_leaves_the_whole() -> None:
    rows = [
        HEAD,
        ["(六)存 货"],
        ["商品", "30", "20"],
        ["原料", "12", "10"],
        ["", "42", "30"],
        ["减：备抵跌价损失", "(2)", "(1)"],
        ["", "40", "29"],
    ]
    assert [value for value, _, _ in values(facts_of(rows, "（五）其他应收款"), "存货")] == ["40", "29"]


@pytest.mark.parametrize("last", [["", "43", "40"], ["", "42", "41"]])
def test_what_does_not_add_up_is_not_named(last: list[str]) -> None:
    rows = [HEAD, ["定期存款", "30", "30"], ["短期票券", "12", "10"], last]
    assert values(facts_of(rows, "（一）现金及约当现金"), "现金及约当现金") == []


@pytest.mark.parametrize(("between", "named"), [([], True), (["单位：元"], True), (["账面原值"], False), (["账面原值", "单位：元"], False)])
def test_only_the_nearest_text_names_the_whole(between: list[str], named: bool) -> None:
    blocks = [Block("heading", "（四）无形资产"), *(Block("paragraph", text) for text in between)]
    rows = [HEAD, ["土地使用权", "30", "30"], ["软件", "12", "10"], ["", "42", "40"]]
    found = values(extract(document([*blocks, table(rows)])), "无形资产")
    assert [value for value, _, _ in found] == (["42", "40"] if named else [])


@pytest.mark.parametrize("labels", [("外购增加", "内部研发转入"), ("Additions", "Transfers from construction")])
def test_the_sum_of_what_came_is_not_what_the_note_holds(labels: tuple[str, str]) -> None:
    rows = [HEAD, [labels[0], "30", "30"], [labels[1], "12", "10"], ["", "42", "40"]]
    assert values(facts_of(rows, "（四）无形资产"), "无形资产") == []


def test_a_sentence_is_no_name() -> None:
    rows = [HEAD, ["一年内", "30", "30"], ["一年后", "12", "10"], ["", "42", "40"]]
    assert not [fact for fact in facts_of(rows, "（二）到期日分析如下：") if fact.value == 42]
