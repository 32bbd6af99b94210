"""Equations of statements: totals against the rows that they add up."""

from __future__ import annotations

from decimal import Decimal

from finfoundry.core.document import Fact
from finfoundry.knowledge.ingest.identities import find_identities


def _row(metric: tuple[str, ...], value: int, row: int, concept: str | None = None) -> Fact:
    whole = {"unit": "USD", "period": "2024-12-31", "text": str(value), "page": 1, "statement": "balance", "table": 0, "column": 1}
    return Fact(metric=metric, value=Decimal(value), row=row, concept=concept, **whole)  # type: ignore[arg-type]


def test_an_inner_total_stands_for_its_parts() -> None:
    group = ("Assets", "Current assets")
    rows = [
        _row((*group, "Cash"), 6, 1),
        _row((*group, "Securities"), 9, 2),
        _row((*group, "Total cash and securities"), 15, 3),
        _row((*group, "Receivables"), 4, 4),
        _row((*group, "Inventory", "Finished goods"), 3, 5),
        _row((*group, "Inventory", "Raw materials"), 2, 6),
        _row(("Assets", "Total current assets"), 24, 7, "AssetsCurrent"),
    ]
    (identity,) = [one for one in find_identities(rows) if one.name.startswith("subtotal")]
    assert (identity.held, identity.left, identity.right) == (True, Decimal(24), Decimal(24))


NET = "net = gross - taken off"


def _fund(labels: tuple[str, str, str], *columns: tuple[str, str, str], places: int = 0, unit: str = "USD") -> list[Fact]:
    """Three rows that stand below each other, in columns of years."""
    return [
        Fact(
            metric=(label,),
            value=Decimal(value),
            unit=unit,
            period=str(2024 - at),
            text=value,
            page=1,
            table=0,
            row=row,
            column=at + 1,
            scale=Decimal(1),
            precision=places,
        )
        for at, column in enumerate(columns)
        for row, (label, value) in enumerate(zip(labels, column, strict=True))
    ]


def _of_net(facts: list[Fact]) -> list[bool]:
    return [one.held for one in find_identities(facts) if one.name == NET]


EXPENSES = ("Total annual expenses", "Fee waiver", "Net annual expenses")


def test_what_is_left_of_a_gross_figure_is_tried_in_every_column() -> None:
    for labels in (EXPENSES, ("Gross premiums", "Ceded to reinsurers", "Net premiums"), ("应收账款总额", "减：坏账准备", "应收账款净额")):
        assert _of_net(_fund(labels, ("104", "-37", "67"), ("104", "12", "92"))) == [True, True]  # with a sign or without one
        assert _of_net(_fund(labels, ("104", "-37", "67"), ("104", "12", "29"))) == [True, False]  # digits were turned


def test_what_is_left_holds_within_the_printed_rounding() -> None:
    assert _of_net(_fund(EXPENSES, ("1.04", "-0.37", "0.68"), ("1.04", "-0.12", "0.92"), places=2)) == [True, True]
    assert _of_net(_fund(EXPENSES, ("1.04", "-0.37", "0.70"), ("1.04", "-0.12", "0.92"), places=2)) == [False, True]


def test_rows_that_only_sound_like_net_and_gross_are_not_tried() -> None:
    other = ("Gross profit", "Operating expenses", "Net finance costs")  # of two things
    assert _of_net(_fund(other, ("104", "-37", "67"))) == []
    assert _of_net(_fund(("Gross profit", "Operating expenses", "Net profit"), ("104", "-37", "50"))) == []  # tax stands between them
    assert _of_net(_fund(("Net sales", "Costs", "Net income"), ("104", "-37", "67"))) == []
    assert _of_net(_fund(EXPENSES, ("104", "0", "104"))) == []  # nothing was taken off: two equal figures prove no rows
    unlike = _fund(EXPENSES, ("104", "-37", "67"))
    assert _of_net([unlike[0], Fact(("Fee waiver",), Decimal(-37), "ratio", "2024", "-37", 1, table=0, row=1, column=1), unlike[2]]) == []
