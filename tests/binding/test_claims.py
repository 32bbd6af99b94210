"""What a sentence says of each of its figures: idioms that are none, and the words that belong to each."""

from __future__ import annotations

import pytest

from finfoundry.binding.sentence.claims import read_claims


@pytest.mark.parametrize(
    "text", ["2020年净利润翻了一倍。", "营业收入翻了近一倍。", "资产翻超过一倍。", "两年合计没有变化。", "前五名客户稳定。"]
)
def test_an_idiom_is_no_figure(text: str) -> None:
    assert read_claims(text) == ()


@pytest.mark.parametrize(("text", "figure"), [("净利润增长一倍。", "一倍"), ("净利润为一倍以上。", "一倍"), ("利率为5%。", "5%")])
def test_the_same_words_elsewhere_are_one(text: str, figure: str) -> None:
    assert [claim.number.text for claim in read_claims(text)] == [figure]


def test_words_behind_of_belong_to_the_figure_before_them() -> None:
    cost, revenue = read_claims("Costs took $5 million of revenue $6 million.")
    assert "Costs" in cost.contexts[0]
    assert "revenue" in cost.contexts[0]
    assert "revenue" not in revenue.contexts[0]
    first, second = read_claims("Costs took $5 million, revenue was $6 million.")
    assert "revenue" in second.contexts[0]
    assert "revenue" not in first.contexts[0]


def test_a_bracket_that_closes_behind_a_figure_says_nothing_of_the_next() -> None:
    _, second = read_claims("Revenue (the largest part, $5 million) and net income of $3 million were stable.")
    assert "net income of" in second.contexts[1]
    assert ")" not in second.contexts[1].partition("net")[0]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Revenue rose 5%.", 1), ("Revenue fell 5%.", -1), ("Revenue was 5%.", 0), ("Income (loss) was $5.", 0), ("营业收入增长5%。", 1),
        ("营业收入下降5%。", -1), ("Revenue rose, then fell 5%.", -1), ("Net increase (decrease) in cash was $5.", 0),
    ],
)  # fmt: skip
def test_the_direction_that_the_words_before_a_figure_tell(text: str, direction: int) -> None:
    assert [claim.direction for claim in read_claims(text)] == [direction]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Revenue was more than $5 million.", 1),
        ("Revenue was nearly $5 million.", -1),
        ("Revenue was $5 million.", 0),
        ("收入超过5亿元。", 1),
    ],
)
def test_more_than_and_nearly_are_told(text: str, bound: int) -> None:
    assert [claim.bound for claim in read_claims(text)] == [bound]


def test_figures_in_a_row_have_their_places_in_it() -> None:
    claims = read_claims("Revenue and net income were $6 million and $3 million, respectively.")
    assert [claim.order for claim in claims] == [(0, 2), (1, 2)]
    assert {claim.lead.strip() for claim in claims} == {"Revenue and net income were"}


def test_a_citation_marker_is_the_sentences_own() -> None:
    first, second = read_claims("Revenue was $6 million [2]. Net income was $3 million [1][3].")
    assert (first.markers, second.markers) == ((2,), (1, 3))


@pytest.mark.parametrize("form", ["Inc.", "Corp.", "Co.", "Ltd.", "vs.", "No.", "approx.", "e.g.", "i.e.", "U.S."])
def test_a_stop_behind_an_abbreviation_ends_no_sentence(form: str) -> None:
    (claim,) = read_claims(f"Revenue of Heron {form} Tallow was $6 million.")
    assert "Revenue" in claim.sentence
    assert "Tallow" in claim.sentence
