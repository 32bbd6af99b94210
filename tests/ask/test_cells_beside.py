"""The first of the rows or columns of a paper's table, and shares of their whole; and what must stay without an answer."""

from __future__ import annotations

import pytest
from tests.ask.test_paper_cell import POLICY, RULES, asked

from finfoundry.ask.compute.cells_beside import part_of, series_in
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.knowledge.ingest.parse_file import parse

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


LOANS = """# Report on the loans of the quay

Year ended 31 December 2024. Amounts in USD million.

## Loans by region

| Region | Loans | Non-performing loans | Staff |
|---|---|---|---|
| North | 900 | 27 | 40 |
| South | 300 | 21 | 12 |
| East | 500 | 10 | 35 |
| Total | 1,700 | 58 | 87 |
"""
BAD_LOANS = """# 海港分行月报

2024年末，单位：万元

## 分行存贷

| 分行 | 存款余额 | 贷款余额 | 不良贷款 |
|---|---|---|---|
| 东区分行 | 1,200 | 900 | 18 |
| 西区分行 | 1,500 | 700 | 7 |
| 南区分行 | 800 | 950 | 21 |
| 合计 | 3,500 | 2,550 | 46 |
"""
VISITS = """# 柳河网点客户

2024年度

## 网点客户

| 网点 | 1月 | 2月 | 合计 |
|---|---|---|---|
| 东门 | 220 | 30 | 250 |
| 西门 | 150 | 90 | 240 |
"""
FEES = """# Fee tariff of the quay

Effective 1 March 2025.

## Card services

| Service | Classic | Gold |
|---|---|---|
| Annual card fee (CNY) | 10 | 120 |
| Replacement of a lost card (CNY) | 15 | 0 |
| Maximum daily withdrawal (CNY) | 20,000 | 50,000 |
| Foreign withdrawal fee (CNY per time) | 12 | 6 |
"""
CARDS = """# Card fees of the quay

Effective 1 March 2025.

## Fees

| Service | Classic | Gold |
|---|---|---|
| Annual fee (CNY) | 10 | 120 |
| Withdrawal limit (CNY) | 20,000 | 50,000 |
"""


@pytest.mark.parametrize(
    ("question", "paper", "said"),
    [
        ("Which region has the largest non-performing loans of the quay?", LOANS, "North, with $27 million"),
        ("哪个分行的不良贷款最多", BAD_LOANS, "南区分行"),
        ("东区分行不良贷款占全部不良贷款的比例是多少？", BAD_LOANS, "39.13%"),
        ("哪个网点2月客户最多", VISITS.replace("月 |", "月客户 |"), "西门"),
    ],
)
def test_what_the_column_says_in_full_is_told(question: str, paper: str, said: str) -> None:
    answer = asked(question, paper)
    assert (answer.status, said in answer.text) == ("answered", True), (answer.text, answer.reason)


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("Which region has the highest non-performing loan ratio of the quay?", LOANS),
        ("Which region has the highest loan growth of the quay?", LOANS),
        ("Which region has the highest average loans of the quay?", LOANS),
        ("Which region has the most loans per staff of the quay?", LOANS),
        ("哪个分行不良率最高？", BAD_LOANS),
        ("哪个分行不良贷款率最高？", BAD_LOANS),
        ("哪个分行户均贷款余额最高？", BAD_LOANS),
        ("哪个分行不良贷款占贷款最高", BAD_LOANS),
    ],
)
def test_a_ratio_is_not_answered_by_an_amount(question: str, paper: str) -> None:
    answer = asked(question, paper)
    assert answer.status != "answered", answer.text


@pytest.mark.parametrize(
    "question", ["哪个网点2月客户最多", "哪个网点3月客户最多", "Which region had the largest loans of the quay in March?"]
)
def test_a_time_that_no_heading_prints_is_not_answered_by_another(question: str) -> None:
    answer = asked(question, VISITS, LOANS)
    assert answer.status != "answered", answer.text


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("东区分行的不良贷款占其贷款的比例是多少？", BAD_LOANS),
        ("东区分行的不良贷款占其贷款余额的比例是多少？", BAD_LOANS),
        ("东区分行的不良贷款占全部贷款的比例是多少？", BAD_LOANS),
        ("What share of loans of the quay is non-performing in the North?", LOANS),
        ("What share of North's loans of the quay is non-performing?", LOANS),
    ],
)
def test_a_share_of_another_column_is_not_answered_by_that_of_the_total(question: str, paper: str) -> None:
    answer = asked(question, paper)
    assert answer.status != "answered", answer.text


@pytest.mark.parametrize(
    ("question", "paper"),
    [("Which service has the highest fee for Gold cards of the quay?", FEES), ("Which service has the highest Gold fee?", CARDS)],
)
def test_rows_of_several_measures_have_no_first(question: str, paper: str) -> None:
    answer = asked(question, paper)
    assert answer.status != "answered", answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What share of non-performing loans is in the North?", True),
        ("What is North's share of all non-performing loans?", True),
        ("What is the share of North in non-performing loans?", True),
        ("What share of loans is non-performing in the North?", False),
        ("What share of North's loans is non-performing?", False),
        ("What is North's share of its non-performing loans?", False),
    ],
)
def test_the_whole_of_a_share_is_not_of_the_part_and_not_less_than_the_part_is_of(question: str, told: bool) -> None:
    held = [StoredFact(str(at), fact, "p", "p", None) for at, fact in enumerate(parse(LOANS.encode(), "paper.md").facts)]
    (series,) = (one for one in series_in(held) if one.own == ("Non-performing loans",))
    assert (part_of(question, series) is not None) == told
