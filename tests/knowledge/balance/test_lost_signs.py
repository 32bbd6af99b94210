"""A figure that is printed below zero and held without its sign is told, in papers with boxes and without; nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.knowledge.balance.balance_papers import html, pdf, tables_of, word

from finfoundry.core.document import Cell
from finfoundry.knowledge.balance.printed import printed
from finfoundry.knowledge.balance.told.lost_signs import sign_losses
from finfoundry.knowledge.ingest.parse_file import parse

ROWS = [
    ["EUR million", "2024", "2023"],
    ["Result (1)", "(65)", "12"],
    ["Taxes", "-7", "(3.5)"],
    ["Assets", "8,950", "–"],
    ["Margin", "(12)%", "4%"],
]
Change = Callable[[Cell], Cell]


def told(data: bytes, name: str, change: Change = lambda cell: cell) -> Sequence[str]:
    """What is told of a paper whose cells were changed after it was read."""
    parsed = parse(data, name)
    prints = printed(parsed.document, data)
    for block in tables_of(parsed):
        block.cells = [change(cell) for cell in block.cells]
        block.text = "\n".join(cell.text for cell in block.cells)
    return list(sign_losses(prints, parsed.document))


PAPERS = [(pdf(ROWS), "r.pdf"), (html(ROWS), "r.html"), (word(ROWS), "r.docx")]
as_file = pytest.mark.parametrize(("data", "name"), PAPERS, ids=["pdf", "html", "docx"])


@as_file
@pytest.mark.parametrize(("printed_", "held"), [("(65)", "65"), ("-7", "7"), ("(3.5)", "3.5"), ("(12)%", "12%")])
def test_a_figure_that_lost_its_sign_is_told(data: bytes, name: str, printed_: str, held: str) -> None:
    (line,) = told(data, name, lambda cell: replace(cell, text=held) if cell.text == printed_ else cell)
    assert "below zero" in line


@as_file
def test_a_paper_as_it_is_read_lost_no_sign(data: bytes, name: str) -> None:
    assert told(data, name) == []


@as_file
@pytest.mark.parametrize(
    ("printed_", "held"),
    [("8,950", "8,95O"), ("12", "(12)"), ("Result (1)", "Result"), ("–", ""), ("(65)", "( 65 )")],
)
def test_what_else_is_lost_is_not_told_as_a_sign(data: bytes, name: str, printed_: str, held: str) -> None:
    found = told(data, name, lambda cell: replace(cell, text=held) if cell.text == printed_ else cell)
    assert not [line for line in found if "(1)" not in line and "(1" not in line.split("so: ")[-1]]
