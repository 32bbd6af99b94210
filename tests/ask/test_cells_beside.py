"""The first of the rows or columns of a paper's table, and shares of their whole; and what must stay without an answer."""

from __future__ import annotations

import pytest
from tests.ask.test_paper_cell import POLICY, RULES, asked

BRANCHES = """# 衡川银行分行月报

## 贷款余额

各分行贷款余额（月末），单位：亿元

| 片区 | 分行 | 2025年5月末 | 2025年6月末 |
|---|---|---|---|
| 沿江片区 | 鹿鸣分行 | 280.6 | 284.2 |
| 沿江片区 | 石淙分行 | 166.7 | 168.3 |
| 沿江片区小计 | | 447.3 | 452.5 |
| 内陆片区 | 枕山分行 | 125.0 | 127.8 |
| 内陆片区 | 松陵分行 | 67.5 | 68.0 |
| 内陆片区小计 | | 192.5 | 195.8 |
| 全行合计 | | 639.8 | 648.3 |
"""
SEGMENTS = """# Report on the segments of the quay

Effective 30 June 2025.

## Income by segment, EUR million

| Segment | Retail | Trade | Treasury | Total |
|---|---|---|---|---|
| Revenue | 702 | 968 | 298 | 1,968 |
| Costs | (271) | (262) | (31) | (564) |
| Impairments | (30) | (30) | (2) | (62) |
"""
LEVELS = """# 两融收费标准

自2025年5月1日起施行。

## 融资融券

| 客户等级 | 融资利率 | 融券费率 |
|---|---|---|
| 普通 | 6.85% | 8.35% |
| 银卡 | 6.20% | 8.35% |
| 钻石 | 4.58% | 6.95% |
"""
ALLOCATION = """# Factsheet of the fund

As at 31 October 2025.

## Portfolio

| Asset class | Weight (%) |
|---|---|
| Bonds | 70.0 |
| Shares | 30.0 |
| Total | 100.0 |
| Largest holdings | |
| Norvane | 6.1 |
| Kestral | 2.8 |
"""


@pytest.mark.parametrize(
    ("question", "paper", "said"),
    [
        ("Which collateral has the longest maximum tenor?", POLICY, "Warehouse, with 20 years"),
        ("Which collateral has the shortest tenor?", POLICY, "Ship, new, with 12 years"),
        ("哪一档客户的融资利率最高？", LEVELS, "融资利率最高的是普通"),
        ("其他员工住宿最低的是哪一类", RULES, "其他员工最低的是其他地区"),
        ("6月末哪家分行贷款最多", BRANCHES, "贷款余额最多的是鹿鸣分行"),
        ("Which segment has the highest revenue of the quay?", SEGMENTS, "Trade, with €968 million"),
        ("Which segment has the largest costs of the quay?", SEGMENTS, "Retail, with -€271 million"),
    ],
)
def test_the_first_of_several_is_told_with_its_figure(question: str, paper: str, said: str) -> None:
    answer = asked(question, paper)
    assert (answer.status, said in answer.text) == ("answered", True), (answer.text, answer.reason)


@pytest.mark.parametrize(
    ("question", "paper", "said"),
    [
        ("沿江片区6月末贷款占全行的比重？", BRANCHES, "69.80%"),
        ("鹿鸣分行6月末贷款占沿江片区的比重？", BRANCHES, "62.81%"),
        ("鹿鸣分行5月末贷款占全部多少？", BRANCHES, "43.86%"),
        ("What share of all revenue does Retail make up at the quay?", SEGMENTS, "35.7%"),
    ],
)
def test_a_share_is_computed_from_the_part_and_its_whole(question: str, paper: str, said: str) -> None:
    answer = asked(question, paper)
    assert (answer.status, said in answer.text) == ("answered", True), (answer.text, answer.reason)
    assert any(one.source == "calculation" for one in answer.figures)


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("Which segment has the largest impairments of the quay?", SEGMENTS),  # two are equal
        ("Which foreign collateral has the shortest tenor?", POLICY),
        ("Which collateral has the second longest tenor?", POLICY),
        ("哪一档客户的融券费率最高？", LEVELS),  # two are equal
        ("哪一档客户的融资利率增长最快？", LEVELS),
        ("哪家分行不良率最高", BRANCHES),
        ("哪个月贷款最多", BRANCHES),
        ("哪一档客户的融资利率最低，费率多少", LEVELS),  # two things
        ("Which collateral has the longest tenor at that LTV?", POLICY),
        ("Which asset class has the largest holding?", ALLOCATION),
        ("石淙分行6月末贷款占内陆片区的比重？", BRANCHES),  # no part of it
        ("石淙分行6月末存款占全行的比重？", BRANCHES),
    ],
)
def test_what_the_table_does_not_decide_is_not_answered(question: str, paper: str) -> None:
    answer = asked(question, paper)
    assert answer.status != "answered", answer.text
