"""Rows of tables in money that are no amounts: ratios, multiples, basis points, cents, years; and rows that only look like them."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from tests.knowledge.facts.papers import Rows, document, found, table, values

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.facts.units.relations import is_relation, unit_in_brackets
from finfoundry.knowledge.ingest.parse_file import parse

PLAIN = [Block("heading", "Heron Bank plc"), Block("heading", "Annual report 2024")]


def read(rows: Rows, note: str = "EUR million unless stated otherwise") -> list[Fact]:
    return extract(document([table([*rows, ["Total assets", "9,900", "9,700"]], note=note)], cover=PLAIN))


def row(label: str, text: str) -> tuple[str, str | None]:
    """Value and unit of a row in a table of millions of euros."""
    (fact,) = (fact for fact in read([["", "2024", "2023"], [label, text, ""]]) if fact.metric[-1] != "Total assets")
    return format(fact.value.normalize(), "f"), fact.unit


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        ("Net debt / EBITDA", "2.4x", "2.4"), ("Interest cover", "5.1x", "5.1"), ("Leverage", "2.4 x", "2.4"), ("杠杆", "2.4倍", "2.4"),
        ("Net debt to EBITDA (times)", "2.4", "2.4"), ("Net debt/EBITDA (x)", "2.4", "2.4"), ("已获利息（倍）", "5.1", "5.1"),
        ("Cost of risk (bps)", "34", "0.0034"), ("Cost of risk (in basis points)", "34", "0.0034"), ("信用成本（个基点）", "34", "0.0034"),
        ("CET1 ratio", "14.1", "0.141"), ("Tier 1 leverage ratio", "5.4", "0.054"), ("Loan-to-deposit ratio", "87", "0.87"),
        ("LCR", "148", "1.48"), ("Average LTV", "63", "0.63"), ("RoE", "9.8", "0.098"), ("NSFR (group)", "121", "1.21"),
    ],
)  # fmt: skip
def test_a_relation_of_two_amounts_is_no_amount(label: str, text: str, value: str) -> None:
    assert row(label, text) == (value, "ratio")


@pytest.mark.parametrize(
    ("label", "text"),
    [("Net debt / EBITDA", "2.4"), ("Buffer ratio", "14.5"), ("Loans / deposits", "87"), ("CET1 ratio", "0.14"), ("Price to book", "1.20")],
)
def test_a_relation_of_which_nothing_tells_what_it_is_has_no_unit(label: str, text: str) -> None:
    value, unit = row(label, text)
    assert unit is None
    assert float(value) == float(text)


@pytest.mark.parametrize(
    "label",
    [
        "Loans to customers", "Loans to retail customers", "Finance costs / income", "Deferred tax liabilities / assets", "Profit / (loss)",
        "EBIT / operating income", "Held-to-maturity investments", "Cash / bank balances",
        "Payments to suppliers", "发放贷款", "CET1 capital",
        "Liquidity buffer (LCR eligible)", "Operations", "Insurance coverage", "Exposure (restated)",
    ],
)  # fmt: skip
def test_an_amount_with_words_like_those_of_a_relation_stays_one(label: str) -> None:
    assert row(label, "45") == ("45000000", "EUR")


def test_an_amount_with_the_sign_of_a_currency_is_one_whatever_its_label() -> None:
    assert row("Buffer ratio", "€ 14") == ("14000000", "EUR")


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("EPS (cents)", "84", ("0.84", "EUR/share")), ("Dividend per share (cents)", "12.5", ("0.125", "EUR/share")),
        ("每股收益（分）", "84", ("0.84", "EUR/share")), ("Earnings per share (euro cents)", "84", ("0.84", "EUR/share")),
        ("Earnings per share", "0.84", ("0.84", "EUR/share")), ("Centres (leased)", "84", ("84000000", "EUR")),
        ("Average life (years)", "4.2", ("4.2", "years")), ("Average life", "4.2 years", ("4.2", "years")),
    ],
)  # fmt: skip
def test_cents_are_hundredths_and_years_are_no_money(label: str, text: str, expected: tuple[str, str]) -> None:
    assert row(label, text) == expected


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (("48", "39", "+9 pp"), "0.48"), (("48", "39", "+9 percentage points"), "0.48"), (("34", "31", "+3 bps"), "0.0034"),
        (("0.34", "0.31", "+3 bps"), "0.0034"), (("48", "39", "9个百分点"), "0.48"),
    ],
)  # fmt: skip
def test_a_change_in_points_tells_that_its_row_is_a_percent_and_in_what_unit(cells: tuple[str, str, str], value: str) -> None:
    facts = read([["", "2024", "2023", "Change"], ["Stage 2 cover", *cells]])
    told = [fact for fact in found(facts, "Stage 2 cover") if not fact.dimensions]
    assert [fact.unit for fact in told] == ["ratio", "ratio"]
    assert format(told[0].value.normalize(), "f") == value


@pytest.mark.parametrize("change", ["+23%", "9", "(9)", "n.m."])
def test_a_change_in_percent_or_in_money_leaves_its_row_an_amount(change: str) -> None:
    facts = read([["", "2024", "2023", "Change"], ["Fees", "48", "39", change]])
    assert values(facts, "Fees")[0][:2] == ("48000000", "EUR")


def test_a_multiple_that_prints_its_sign_once_is_one_in_its_whole_row() -> None:
    facts = read([["", "2024", "2023"], ["Gearing", "2.4x", "2.2"], ["Fees", "48", "39"]])
    assert [found[:2] for found in values(facts, "Gearing")] == [("2.4", "ratio"), ("2.2", "ratio")]
    assert values(facts, "Fees")[1][:2] == ("39000000", "EUR")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Margin EUR", ("120", "EUR")), ("Contribution margin (EUR)", ("120", "EUR")), ("Revenue EUR", ("120", "EUR")),
        ("Margin %", ("1.2", "ratio")), ("Margin", ("1.2", "ratio")), ("Interest margin EUR", ("1.2", "ratio")),
    ],
)  # fmt: skip
def test_a_column_whose_heading_ends_in_a_currency_holds_money_and_no_percents(header: str, expected: tuple[str, str]) -> None:
    facts = extract(document([table([["", header], ["Product A", "120"], ["Product B", "130"]], title="Products 2024")], cover=PLAIN))
    (fact,) = found(facts, "Product A")
    assert (format(fact.value.normalize(), "f"), fact.unit) == expected


def test_loans_in_a_currency_are_told_in_that_of_the_table() -> None:
    facts = extract(document([table([["2024", "Loans in USD"], ["Retail", "120"], ["Firms", "130"]], note="EUR million")], cover=PLAIN))
    assert {fact.unit for fact in facts} == {"EUR"}


def test_units_in_brackets_are_those_that_end_a_label() -> None:
    assert unit_in_brackets("Revenue (restated)") is None
    assert unit_in_brackets("Cents (net)") is None
    assert unit_in_brackets("Cost (bps) of risk") is None
    assert not is_relation("Year on year 同比")


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("Contribution margin EUR", "120", ("120000000", "EUR")), ("Contribution margin (EUR)", "12.5", ("12500000", "EUR")),
        ("Contribution margin", "12.5", ("0.125", "ratio")), ("Contribution margin, %", "12.5", ("0.125", "ratio")),
        ("Net interest margin EUR", "2.1", ("0.021", "ratio")),
    ],
)  # fmt: skip
def test_a_margin_in_a_currency_is_an_amount_and_any_other_a_percent(label: str, text: str, expected: tuple[str, str]) -> None:
    assert row(label, text) == expected


@pytest.mark.parametrize(
    ("first", "second", "value"), [("34 bps", "31", "0.0031"), ("3.4 pp", "3.1", "0.031"), ("34.5 bps", "31.5", "0.00315")]
)
def test_a_level_in_points_tells_what_the_year_beside_it_is(first: str, second: str, value: str) -> None:
    (now, before) = found(read([["", "2024", "2023"], ["Cost of risk", first, second]]), "Cost of risk")
    assert (now.unit, before.unit) == ("ratio", "ratio")
    assert format(before.value.normalize(), "f") == value


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [("CET1 ratio", 14.1, ("0.141", "ratio")), ("Buffer ratio", 14.1, ("14.1", None)), ("Loans", 14.1, ("14.1", "EUR"))],
)
def test_a_record_of_a_relation_is_no_amount(metric: str, value: float, expected: tuple[str, str | None]) -> None:
    head: list[list[str | float | None]] = [["Bank", "Year", "Metric", "Value (EUR)"]]
    rows: list[list[str | float | None]] = [["Heron Bank", year, metric, value] for year in ("2022", "2023", "2024")]
    book, stream = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for one in [*head, *rows]:
        book.active.append(one)
    book.save(stream)
    fact = parse(stream.getvalue(), "records.xlsx").facts[0]
    assert (format(fact.value.normalize(), "f"), fact.unit) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("2.4x", "2.2x", "0.2"), ("0.2", "ratio")), (("14.1%", "13.8%", "0.3"), ("0.003", "ratio")),
        (("14.1%", "13.8%", "2.2"), ("2.2", None)),
        (("48", "39", "9"), ("9000000", "EUR")), (("14.1%", "13.8%", "€ 3"), ("3000000", "EUR")),
    ],
)  # fmt: skip
def test_a_bare_change_of_percents_or_multiples_is_one_where_it_is_their_difference(
    cells: tuple[str, str, str], expected: tuple[str, str | None]
) -> None:
    facts = read([["", "2024", "2023", "Change"], ["Gearing", *cells]])
    (change,) = (fact for fact in found(facts, "Gearing") if fact.dimensions)
    assert (format(change.value.normalize(), "f"), change.unit) == expected


def among_percents(label: str, first: str, second: str, note: str = "", header: str = "2024") -> list[tuple[str, str | None]]:
    """A row above two of percents that print their signs."""
    rows = [
        ["", header, "2023"],
        [label, first, second],
        ["Gross profit margin", "28.53%", "27.72%"],
        ["Net gearing ratio", "33.56%", "33.12%"],
    ]
    facts = extract(document([table(rows, title="Key performance indicators", note=note)], cover=PLAIN))
    return [(format(fact.value.normalize(), "f"), fact.unit) for fact in facts if fact.metric == (label,)]


@pytest.mark.parametrize("label", ["Unrestricted cash to short-term debt", "Cash to short-term debt", "现金短债比"])
@pytest.mark.parametrize(("first", "second"), [("3.04", "3.31"), ("3", "2"), ("3.04", "3.3")])
def test_a_line_known_in_times_stays_in_times_among_percents(label: str, first: str, second: str) -> None:
    assert among_percents(label, first, second) == [(first, "ratio"), (second, "ratio")]


@pytest.mark.parametrize(
    ("label", "first", "second", "values"),
    [
        ("Cash to short-term debt", "304%", "330%", ["3.04", "3.3"]),
        ("Cash to short-term debt", "3.04x", "3.3x", ["3.04", "3.3"]),
        ("Net interest margin", "3.04", "3.30", ["0.0304", "0.033"]),
        ("Average occupancy rate", "91.76", "89.22", ["0.9176", "0.8922"]),
        ("毛利率", "36.04", "35.00", ["0.3604", "0.35"]),
    ],
)
def test_a_line_of_another_kind_and_a_printed_sign_are_read_as_before(label: str, first: str, second: str, values: list[str]) -> None:
    assert among_percents(label, first, second) == [(value, "ratio") for value in values]


@pytest.mark.parametrize(("note", "header"), [("(%)", "2024"), ("", "2024 (%)")])
def test_a_heading_in_percent_goes_before_a_line_known_in_times(note: str, header: str) -> None:
    assert among_percents("Cash to short-term debt", "304.0", "330.0%", note, header)[0] == ("3.04", "ratio")


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        ("Gearing (x)", "0.8", "0.8"),  # a multiple by its sign alone
        ("Net interest margin (bp)", "148", "0.0148"),  # nearer than what margins are mostly printed in
        ("Net interest margin (bps)", "148", "0.0148"),
        ("Net interest margin (percentage points)", "1.48", "0.0148"),
        ("净息差（个基点）", "148", "0.0148"),
    ],
)
def test_the_unit_in_the_brackets_of_a_label_is_that_of_its_figures(label: str, text: str, value: str) -> None:
    assert row(label, text) == (value, "ratio")


def test_a_note_with_a_roman_number_is_no_multiple() -> None:
    rows = [["", "2024", "2023"], ["Other assets (ix)", "12.4", "11.3"], ["Prepaid costs (x)", "10.8", "9.7"]]
    facts = [fact for fact in read(rows) if fact.text == "10.8"]
    assert [(fact.value, fact.unit) for fact in facts] == [(Decimal(10_800_000), "EUR")]


def test_a_margin_without_a_unit_stays_a_percent() -> None:
    assert row("Net interest margin", "1.48") == ("0.0148", "ratio")


def test_a_line_known_in_percent_leaves_the_sign_to_others_of_its_column() -> None:
    rows = [["", "2024", "2023"], ["Cost-income ratio", "51.2%", "52.0%"], ["Tier 1 leverage ratio", "5.4", "5.2"]]
    assert {(fact.text, str(fact.value), fact.unit) for fact in read(rows) if "leverage" in fact.metric[-1]} == {
        ("5.4", "0.054", "ratio"), ("5.2", "0.052", "ratio"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        ("Coverage ratio", "61", True),
        ("Texas ratio", "1.48", True),
        ("LCR", "148", False),
        ("Leverage", "2.4x", False),
        ("Revenue", "61", False),
    ],
)
def test_a_relation_without_a_unit_is_told(label: str, text: str, said: bool) -> None:
    rows = f"<tr><td></td><td>2024</td></tr><tr><td>{label}</td><td>{text}</td></tr><tr><td>Income</td><td>9,900</td></tr>"
    page = f"<html><body><h1>Heron Bank plc</h1><p>EUR million</p><table>{rows}</table></body></html>"
    losses = parse(page.encode(), "heron.html").certificate.losses
    assert any("percents or times" in loss and label in loss for loss in losses) is said
