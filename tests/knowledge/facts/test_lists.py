"""Lists of companies: found by the heading of their column or by the legal forms in it."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.table.lists import entity_column, holds, listed_entities, split


def cells(*rows: list[str]) -> list[Cell]:
    return [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row) if text]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Company", ["Heron", "Tallow"]), ("Client name", ["Heron", "Tallow"]), ("客户名称", ["苍鹭", "油脂"]),
        ("Supplier", ["Heron Ltd", "Tallow GmbH"]), ("Held", ["苍鹭有限公司", "油脂集团"]), ("Held", ["Heron Ltd", "油脂银行"]),
    ],
)  # fmt: skip
def test_a_list_names_companies_by_its_heading_or_their_legal_forms(heading: str, names: list[str]) -> None:
    assert listed_entities(cells([heading, "Amount"], [names[0], "5"], [names[1], "6"])) == names


@pytest.mark.parametrize(
    ("heading", "names"),
    [("Supplier", ["Heron", "Tallow"]), ("Company", ["Heron", "Heron"]), ("Company", ["17", "18"]), ("Item", ["Rent", "Tax"])],
)
def test_other_lists_name_none(heading: str, names: list[str]) -> None:
    assert listed_entities(cells([heading, "Amount"], [names[0], "5"], [names[1], "6"])) == []


def test_a_column_is_of_a_kind_where_nearly_all_cells_are_and_half_of_the_rows_have_one() -> None:
    def kind(*texts: str) -> bool:
        _, rows = split(cells(["Name", "x"], *([text, "1"] for text in texts)))
        return holds(rows, 0, str.isdigit)

    assert kind("1", "2")
    assert kind("1", "2", "", "")
    assert not kind("1", "", "")
    assert kind(*"123456789", "a")
    assert not kind(*"12345678", "a")
    assert not kind("", "")


def test_the_heading_stands_before_legal_forms_elsewhere() -> None:
    names, rows = split(cells(["Auditor", "Client"], ["Heron LLP", "North"], ["Tallow LLP", "South"]))
    assert entity_column(names, rows) == 1
    assert split([]) == ({}, [])
