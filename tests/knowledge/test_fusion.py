"""Rankings made one, and documents weighed by their period: pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.knowledge.search.fusion import fuse, ranked
from finfoundry.knowledge.search.recency_prior import Reported, latest_year, nearness
from finfoundry.knowledge.search.statement_routing import PageFacts, Route, best_pages

places = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9)), max_size=12)


@given(st.lists(places, min_size=1, max_size=3))
def test_a_place_of_every_ranking_is_scored_and_no_other(found: list[list[tuple[int, int]]]) -> None:
    scores = fuse([(1.0, ranked(one)) for one in found], {})
    assert set(scores) == {place for one in found for place in one}
    assert all(score > 0 for score in scores.values())


@given(places, places)
def test_the_order_of_the_rankings_changes_nothing(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = (1.0, ranked(one)), (1.0, ranked(other))
    assert fuse([a, b], {}) == pytest.approx(fuse([b, a], {}))


def test_a_place_that_two_rankings_find_stands_before_the_first_of_one() -> None:
    scores = fuse([(1.0, [(1, 1), (1, 2)]), (1.0, [(1, 3), (1, 2)])], {})
    assert max(scores, key=scores.__getitem__) == (1, 2)


def test_a_page_found_by_many_passages_counts_once_where_the_best_stands() -> None:
    assert ranked([(1, 5), (1, 4), (1, 5), (2, 1), (1, 4)]) == [(1, 5), (1, 4), (2, 1)]


def test_a_document_that_is_far_from_the_period_falls_back() -> None:
    scores = fuse([(1.0, [(1, 1), (2, 1)])], {1: 0.5, 2: 1.0})
    assert scores[2, 1] > scores[1, 1]


ANNUAL = Reported("2021-01-01/2021-12-31", 2021, "10-K")
QUARTER = Reported("2021-04-01/2021-06-30", 2021, "10-Q")


@pytest.mark.parametrize(
    ("wanted", "months", "better", "worse"),
    [
        ("2021", 12, ANNUAL, QUARTER),
        ("2021", 3, QUARTER, ANNUAL),
        ("2021", 12, ANNUAL, Reported("2022-01-01/2022-12-31", 2022, "10-K")),
        ("2021", 12, Reported("2022-01-01/2022-12-31", 2022, "10-K"), Reported("2018-01-01/2018-12-31", 2018, "10-K")),
        ("2023", 12, Reported("2023-04-01/2023-06-30", 2023, "earnings"), Reported("2022-01-03/2023-01-01", 2022, "10-K")),
        ("2021", 12, Reported("2021-10-01/2021-12-31", 2021, "earnings"), QUARTER),
    ],
)
def test_nearer_papers_count_more(wanted: str, months: int, better: Reported, worse: Reported) -> None:
    assert nearness(wanted, months, better) > nearness(wanted, months, worse)


def test_a_rule_of_another_year_may_hold_still() -> None:
    rule, report = (Reported("2010-01-01/2010-12-31", 2010, kind) for kind in ("regulation", "10-K"))
    assert nearness("2021", 12, rule) > nearness("2021", 12, report)


def test_without_a_period_the_latest_paper_counts_most_and_an_undated_one_as_much() -> None:
    papers = [ANNUAL, Reported("2019-01-01/2019-12-31", 2019, "10-K"), Reported(None, None, "8-K")]
    latest = latest_year(papers)
    new, old, undated = (nearness(None, None, paper, latest) for paper in papers)
    assert new == undated == 1.0 > old


def test_pages_with_the_lines_asked_for_stand_in_the_order_of_how_many_they_hold() -> None:
    route = Route((("Revenues",), ("ProfitLoss", "NetIncomeLoss")), ())
    found = [
        PageFacts((1, 30), None, 9, frozenset({"Revenues"})),
        PageFacts((1, 50), "income", 20, frozenset({"Revenues", "NetIncomeLoss"})),
        PageFacts((1, 51), "balance", 20, frozenset()),
    ]
    assert best_pages(route, found, {}) == [(1, 50), (1, 30)]


def test_a_statement_asked_for_is_found_where_most_of_its_lines_stand() -> None:
    route = Route((), (("balance", 1.0),))
    found = [PageFacts((1, page), "balance", lines, frozenset()) for page, lines in ((40, 5), (52, 24), (99, 2))]
    assert best_pages(route, found, {}) == [(1, 52), (1, 40)]


def test_a_line_of_the_year_asked_for_counts_double() -> None:
    route = Route((("Cash",),), (), year=2020)
    found = [PageFacts((1, 4), None, 9, frozenset({"Cash"})), PageFacts((1, 9), None, 9, frozenset({"Cash"}), frozenset({"Cash"}))]
    assert best_pages(route, found, {}) == [(1, 9), (1, 4)]
