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
