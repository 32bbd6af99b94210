"""Sentences as people write them, against one quarterly paper: quantities in words, money that others receive, quarters without a year."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import Checker
from finfoundry.core.document import Block, Certificate, Document, Fact, Page, Parsed, Profile

NAME = "Larkspur, Inc."
MILLION = Decimal(1_000_000)
ROWS = {
    ("Total revenues",): (1250, 1000, "income"),
    ("Interest expense",): (173, 100, "income"),
    ("Operating income",): (211, 180, "income"),
    ("Net income",): (127, 90, "income"),
    ("Dividends",): (-48, -40, "cash flow"),
    ("Inventories",): (75, 84, None),
    ("Regions", "Northern stores"): (510, 390, None),
    ("Loans to firms",): (170, 150, None),
    ("Loans to people",): (275, 240, None),
    ("Customer loans",): (497, 420, None),
    ("Average daily parcels",): (21, 23, None),
}
TEXT = [
    "Adjusted earnings per share were $2.54 for the second quarter.",
    "Operating costs decreased 4% in the second quarter to $806 million.",
    "No single customer accounted for 10% of our revenues.",
    "The plaintiffs seek damages of $35 million from the Company.",
    "The Larkspur network, with its franchisees, sold 33.3 million cakes in the quarter.",
]


def _facts() -> list[Fact]:
    return [
        Fact(path, value * MILLION, "USD", f"{year}-04-01/{year}-06-30", f"{value:,}", 1, entity=NAME, scale=MILLION, statement=statement)
        for path, (now, before, statement) in ROWS.items()
        for year, value in ((2023, now), (2022, before))
    ]


@pytest.fixture(scope="module")
def checker() -> Checker:
    profile = Profile(entity=NAME, aliases=("Larkspur",), period="2023-04-01/2023-06-30", fiscal_year=2023)
    blocks = [Block("paragraph", text) for text in TEXT]
    return Checker(
        [Parsed(Document("q.pdf", "0" * 64, "application/pdf", 1, [Page(1, 612, 792, blocks)], profile), _facts(), Certificate())]
    )


HELD_UP = [
    "Larkspur's interest expense jumped by nearly three quarters in its second quarter of 2023.",
    "Interest expense rose nearly three quarters in Q2 2023 to $173 million.",
    "Total revenues rose by a quarter in Q2 2023, to just shy of $1.3 billion.",
    "Shareholders received close to $50 million in dividends in Q2 2023.",
    "Adjusted earnings per share were $2.54 in Q2 2023.",
    "Roughly two in every five dollars Larkspur takes in come from the Northern stores.",
    "Loans to firms and loans to people together came to $445 million in Q2 2023.",
    "No single customer made up a tenth of Larkspur's revenues.",
    "The Larkspur network sold 33.3 million cakes in the quarter.",
    "Larkspur earned $127 million in Q2 2023.",
    "Larkspur took in just over $1.2 billion in Q2 2023.",
    "Total revenues exceeded interest expense by $1,077 million in Q2 2023.",
    "Total revenues fell short of $1.3 billion in Q2 2023.",
    "Total revenues were at least $1,250 million in Q2 2023.",
    "Dividends topped $47 million in Q2 2023.",
    "2023年第二季度Total revenues不到13亿美元。",
    "Total revenues over the two years together came to $2,250 million in Q2 2023 and Q2 2022.",
    "Total revenues grew a quarter to $1.25 billion in Q2 2023.",
    "Total revenues were $1.25 billion in Q2 2023, up a quarter.",
    "Average daily parcels in Q2 2023 were $21 million, some two million fewer than a year earlier.",
]
WRONG = [
    "Total revenues rose by more than a quarter in Q2 2022.",
    "Total revenues rose by more than 25% in Q2 2023.",
    "Total revenues fell short of $1.25 billion in Q2 2023.",
    "Total revenues failed to reach $1.25 billion in Q2 2023.",
    "Dividends topped $48 million in Q2 2023.",
    "2023年第二季度Total revenues突破12.5亿美元。",
    "2023年第二季度Total revenues不到12.5亿美元。",
    "Loans to firms and loans to people together came to half a billion dollars.",
    "Loans to firms and loans to people together came to $515 million in Q2 2023.",
    "Total revenues grew a third to $1.25 billion in Q2 2023.",
    "Inventories dropped a third to $75 million in Q2 2023.",
    "Interest expense rose a fifth to $173 million in Q2 2023.",
    "Total revenues were $1.25 billion in Q2 2023, down a tenth.",
    "Dividends of $48 million in Q2 2023 were one and a half times those of a year earlier.",
    "2023年第二季度Dividends为4,800万美元，同比翻了三番。",
    "Larkspur earned $211 million in Q2 2023.",
    "The Northern stores earned $127 million in Q2 2023.",
    "Interest expense exceeded total revenues by $1,077 million in Q2 2023.",
    "Interest expense jumped by nearly a third in Q2 2023.",
    "Interest expense rose more than three quarters in Q2 2023.",
    "Larkspur received close to $50 million in dividends in Q2 2023.",
    "Adjusted earnings per share were $2.54 in Q1 2023.",
    "Operating costs rose 4% to $806 million in the second quarter.",
    "Larkspur paid damages of $35 million.",
    "The Company on its own, leaving the franchisees aside, sold 33.3 million cakes in the quarter.",
    "Loans to firms and loans to people together came to $497 million in Q2 2023.",
    "Roughly three in every five dollars Larkspur takes in come from the Northern stores.",
]


@pytest.mark.parametrize("text", HELD_UP)
def test_what_people_say_of_a_paper_is_supported(checker: Checker, text: str) -> None:
    assert [(one.status, one.reason) for one in checker.check(text).sentences] == [("supported", None)]


@pytest.mark.parametrize("text", WRONG)
def test_what_people_say_wrongly_of_a_paper_is_not(checker: Checker, text: str) -> None:
    (sentence,) = checker.check(text).sentences
    assert sentence.status == "unsupported"


def test_a_chinese_level_keeps_its_own_time_behind_the_base_of_a_change() -> None:
    metric = ("存货",)
    facts = [
        Fact(metric, Decimal(value) * 10**6, "USD", day, str(value), 1, entity="云雀公司", scale=MILLION)
        for day, value in (("2024-05-31", 7519), ("2023-05-31", 8454))
    ]
    profile = Profile(entity="云雀公司", period="2023-06-01/2024-05-31", fiscal_year=2024, language="zh")
    checker = Checker([Parsed(Document("n.pdf", "1" * 64, "application/pdf", 1, [Page(1, 612, 792, [])], profile), facts, Certificate())])
    (sentence,) = checker.check("截至2024年5月底的存货比上年同期少了约11%，为75亿美元左右。").sentences
    assert (sentence.status, sentence.reason) == ("supported", None)
    (sentence,) = checker.check("截至2024年5月底的存货比上年同期少了约11%，为85亿美元左右。").sentences
    assert sentence.status == "unsupported"


def test_a_multiple_that_is_not_read_leaves_its_sentence_unchecked(checker: Checker) -> None:
    (sentence,) = checker.check("Dividends of $48 million in Q2 2023 were several times those of a year earlier.").sentences
    assert (sentence.status, sentence.reason) == ("unchecked", "several times: not computed")


def test_more_than_so_much_is_what_a_passage_says_so_too() -> None:
    checker = Checker(["The Larkspur network had more than 600 stores in 2023. It employed 900 people in 2023."])
    assert [one.bound for one in checker.check("Larkspur's network had more than 600 stores in 2023.").figures] == [True]
    assert [one.bound for one in checker.check("Larkspur employed more than 900 people in 2023.").figures] == [False]


def test_a_rise_against_the_year_before_is_of_the_year_that_is_told() -> None:
    table = "| 单位：百万元 | 2023年 | 2022年 |\n|---|---|---|\n| 净利润 | 300 | 200 |"
    told = {year: Checker([table]).check(f"{year}年净利润同比增长超过49%。").sentences[0].status for year in (2023, 2022)}
    assert told == {2023: "supported", 2022: "unsupported"}


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        ("Net income rose by $37 million in Q2 2023.", True),
        ("Net income rose by $127 million in Q2 2023.", False),
        ("Net income fell by $90 million against Q2 2022.", False),
        ("Net income was $127 million in Q2 2023, an increase of $90 million on the year before.", False),
    ],
)
def test_the_level_of_a_net_line_is_not_by_how_much_it_moved(told: str, holds: bool, checker: Checker) -> None:
    assert all(one.bound for one in checker.check(told).figures) is holds
