"""Rows whose values are words, between rows of figures: they head no columns and no rows."""

from __future__ import annotations

from finfoundry.core.document import Fact
from finfoundry.knowledge.ingest.parse_file import parse


def facts(*rows: str) -> list[Fact]:
    cells = rows[0].count("|") + 1
    lines = [rows[0], "|".join(["---"] * cells), *rows[1:]]
    table = "\n".join(f"| {line} |" for line in lines)
    return parse(f"# Tariff\n\nEffective from 1 March 2025\n\n{table}".encode(), "tariff.md").facts


def headings(found: list[Fact], label: str) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    return [(fact.metric, fact.dimensions) for fact in found if fact.metric[-1] == label]


def columns(*names: str, label: str) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    return [((label,), (("column", name),)) for name in names]


def test_words_between_fees_head_no_columns() -> None:
    found = facts("Service|Personal|Business", "Account|10|20", "Transfer|free of charge|on request", "Statement|5|8")
    assert headings(found, "Statement") == columns("Personal", "Business", label="Statement")


def test_words_below_the_first_headings_that_stand_beside_figures_too_are_values() -> None:
    found = facts("Service|Personal|Business", "Card|free|free", "Statement|5|8", "Order|12|free")
    assert headings(found, "Statement") == columns("Personal", "Business", label="Statement")


def test_what_says_that_there_is_no_figure_is_a_value_below_a_heading_too() -> None:
    found = facts("Test|Children|Adults", "Reading|1.25|2.50", "Mathematics||", "Counting|NA|NA", "Calculation|3.75|4.10")
    assert [dimensions for _, dimensions in headings(found, "Calculation")] == [(("column", "Children"),), (("column", "Adults"),)]


def test_a_row_of_words_in_two_columns_of_labels_heads_no_row() -> None:
    found = facts("Service|Basis|Limit", "Counter|free|50,000", "Messages|free|", "Bank online|monthly|20,000", "Single|account|10,000")
    assert [metric for metric, _ in headings(found, "monthly")] == [("Bank online", "monthly")]


def test_headings_below_a_line_of_their_own_are_headings() -> None:
    found = facts("Staff|Number|Share", "Women|120|60.0", "By level|", "Degree|Heads|Portion", "Master|80|40.0")
    assert [dimensions for _, dimensions in headings(found, "Master")] == [(("column", "Heads"),), (("column", "Portion"),)]


def test_the_first_headings_again_are_headings() -> None:
    found = facts("Half year|Sales|Costs", "North|12|8", "Full year|Sales|Costs", "North|25|17")
    assert [dimensions for _, dimensions in headings(found, "North")] == [(("column", name),) for name in ("Sales", "Costs")] * 2


def test_a_row_that_names_the_rows_below_is_their_heading() -> None:
    found = facts(
        "Loans|Balance", "Housing loans|120.5", "Car loans|80.5", "Deposits|Average", "Demand deposits|60.5", "Time deposits|70.5"
    )
    assert headings(found, "Time deposits") == columns("Average", label="Time deposits")
