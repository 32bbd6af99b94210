"""What a sentence derives: of amounts, at one time or over time, and of nothing else; and how a wrong figure is told."""

from __future__ import annotations

import pytest

from finfoundry.binding.verify import verify

TABLE = """<h1>Heron Mills Inc. Annual report 2020</h1><p>Consolidated income statement (in millions)</p>
<table><tr><th></th><th>2020</th><th>2019</th></tr>
<tr><td>Revenue</td><td>$ 1,600</td><td>$ 1,250</td></tr><tr><td>Cost of revenue</td><td>400</td><td>500</td></tr>
<tr><td>Goodwill impairment</td><td>0</td><td>87</td></tr>
<tr><td>Gross margin</td><td>48.0%</td><td>40.0%</td></tr><tr><td>Effective tax rate</td><td>12.0%</td><td>10.0%</td></tr>
<tr><td>Dividend yield</td><td>3.0%</td><td>5.0%</td></tr></table>"""


def reasons(text: str) -> list[str | None]:
    """Why each figure is not bound; None for one that is."""
    return [one.reason if not one.bound else None for one in verify(text, [TABLE]).figures]


@pytest.mark.parametrize(
    "text",
    [
        "The share of cost of revenue in revenue was 25.0% in 2020.",
        "Cost of revenue was 25.0% of revenue in 2020.",
        "The ratio of revenue to cost of revenue was 4.0 in 2020.",
        "The ratio of revenue to cost of revenue was 2.5 in 2019.",
        "Revenue rose by 28.0% in 2020.",
        "Cost of revenue fell by $100 million in 2020.",
        "Gross margin rose by 8.0 percentage points in 2020.",
    ],
)
def test_what_amounts_derive_is_bound(text: str) -> None:
    assert reasons(text) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "The effective tax rate was 25.0% of the gross margin in 2020.",
        "The ratio of the effective tax rate to the gross margin was 25.0% in 2020.",
        "The ratio of gross margin to effective tax rate was 4.0 in 2020.",
        "The dividend yield was 25.0% of the effective tax rate in 2020.",
        "The share of cost of revenue in revenue was 31.3% in 2020.",  # the costs of 2019 would be
        "The share of cost of revenue in revenue was 32.0% in 2020.",  # cost of revenue 2020 of revenue 2019
        "Cost of revenue was 40.0% of revenue in 2020.",  # both of 2019
        "The ratio of revenue to cost of revenue was 3.2 in 2020.",
        "Cost of revenue was 31.3% of revenue.",  # no year is said: still not of two
        "Cost of revenue was 32.0% of revenue.",
        "Revenue fell by 28.0% in 2020.",
        "Cost of revenue rose by $100 million in 2020.",
    ],
)
def test_rates_of_rates_and_amounts_of_two_years_are_no_share(text: str) -> None:
    assert None not in reasons(text)


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        ("$1,600 million", None), ("$1.6 billion", None), ("$1,600 thousand", "wrong scale"), ("$1,600", "wrong scale"),
        ("$1.60 trillion", "wrong scale"), ("$16,000 million", "wrong scale"), ("$160 million", "wrong scale"),
        ("$1,601 thousand", "not there"), ("$1,610 million", "digit differs"), ("$7,777 million", "not there"),
    ],
)  # fmt: skip
def test_a_figure_that_is_off_by_a_power_of_ten_is_told_so(figure: str, reason: str | None) -> None:
    assert reasons(f"Revenue was {figure} in 2020.") == [reason]


@pytest.mark.parametrize(("figure", "reason"), [("$0", None), ("$3 million", "not there"), ("$87 million", "other period")])
def test_nothing_is_no_scale_of_anything(figure: str, reason: str | None) -> None:
    (found,) = reasons(f"Goodwill impairment was {figure} in 2020.")
    assert found == reason or (reason == "other period" and found is not None)


def test_a_derived_figure_names_its_operands_as_they_are_printed() -> None:
    (figure,) = [one.figure for one in verify("Cost of revenue was 25.0% of revenue in 2020.", [TABLE]).figures]
    assert figure is not None
    assert figure.reference.operands is not None
    assert sorted((one.text, one.value) for one in figure.reference.operands.values()) == [("$ 1,600", "1600000000"), ("400", "400000000")]


DATED = """<p>Heron Mills Inc. (in millions)</p><table>
<tr><th></th><th>Year ended December 31, 2020</th><th>Year ended December 31, 2019</th><th>Three months ended December 31, 2020</th>
<th>Three months ended December 31, 2019</th></tr>
<tr><td>Revenue</td><td>1,600</td><td>1,250</td><td>400</td><td>320</td></tr></table>"""


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Revenue rose by 28.0% in the year ended December 31, 2020.", True),
        ("Revenue rose by 25.0% in the three months ended December 31, 2020.", True),
        ("Revenue rose by 300.0% in 2020.", False),  # a year and a quarter that end together
        ("Revenue rose by 400.0% in 2020.", False),  # a year and a quarter of the year before
        ("Revenue rose by $1,280 million in 2020.", False),
        ("Revenue fell by 21.9% in 2020.", False),  # from the later year to the earlier
        ("Revenue fell by 28.0% in the year ended December 31, 2020.", False),
    ],
)
def test_a_change_is_between_times_of_one_length_a_year_apart(text: str, bound: bool) -> None:
    (figure,) = verify(text, [DATED]).figures
    assert figure.bound == bound


@pytest.mark.parametrize(
    "text",
    [
        "Revenue and cost of revenue: 25.0% in 2020.",
        "Cost of revenue stood beside revenue at 4.0 in 2020.",
        "Revenue, cost of revenue, 0.25 in 2020.",
    ],
)
def test_a_share_is_tried_only_where_the_sentence_speaks_of_one(text: str) -> None:
    assert None not in reasons(text)


def test_an_amount_per_share_is_no_amount() -> None:
    page = (
        "<p>Heron Mills Inc. (US dollars)</p><table><tr><th></th><th>2020</th></tr><tr><td>Dividends paid</td><td>$ 2.50</td></tr></table>"
    )
    (said,) = verify("Dividends paid were $2.50 per share in 2020.", [page]).figures
    assert not said.bound
    (plain,) = verify("Dividends paid were $2.50 in 2020.", [page]).figures
    assert plain.bound


@pytest.mark.parametrize(
    ("one", "many"), [("Fee", "fees"), ("Fees", "fee"), ("Tax", "taxes"), ("Loss", "losses"), ("Liability", "liabilities")]
)
def test_a_row_is_named_in_the_singular_and_in_the_plural(one: str, many: str) -> None:
    rows = f"<tr><td>{one}</td><td>$ 35</td></tr><tr><td>Rent</td><td>$ 12</td></tr>"
    page = f"<p>Heron Mills Inc. (in millions)</p><table><tr><th></th><th>2020</th></tr>{rows}</table>"
    (said,) = verify(f"The {many} came to $35 million in 2020.", [page]).figures
    assert said.bound
