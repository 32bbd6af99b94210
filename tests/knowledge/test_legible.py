"""Cells and lines longer than anybody could read, on the way to facts."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Block, Cell, Page
from finfoundry.knowledge.facts.table.company_names import shorter, tidy
from finfoundry.knowledge.facts.table.concepts import shortened
from finfoundry.knowledge.ingest.legible import LONGEST_CELL, LONGEST_GAP, legible
from finfoundry.knowledge.ingest.parse_file import parse

NOTE = "# Northwind Traders Inc\n\n| Item ($ million) | 2024 |\n|---|---|\n| Revenue | 1,200 |\n"


def test_what_is_of_ordinary_length_stays_the_very_same() -> None:
    page = Page(1, 0.0, 0.0, [Block("table", "Revenue\t1,200", cells=[Cell(0, 0, "Revenue"), Cell(0, 1, "1,200")])])
    pages, cut = legible([page])
    assert pages[0] is page
    assert cut == 0


def test_a_long_cell_is_cut_with_a_mark_and_blanks_are_folded() -> None:
    page = Page(1, 0.0, 0.0, [Block("table", "x", cells=[Cell(0, 0, "1" * 20_000), Cell(0, 1, f"a{' ' * 20_000}b")])])
    (shown,), cut = legible([page])
    digits, gap = (cell.text for cell in shown.blocks[0].cells)
    assert (len(digits), digits[-1]) == (LONGEST_CELL + 1, "…")
    assert gap == f"a{' ' * LONGEST_GAP}b"
    assert cut == 1
    assert len(page.blocks[0].cells[0].text) == 20_000  # the document keeps its text


@pytest.mark.parametrize("unit", [" ", "\u3000", "1", ",", "(", "[", "一"])
def test_a_long_run_in_a_file_keeps_no_reader_busy(unit: str) -> None:
    """Each once took the square of its length: a registrant behind blanks, a cell of digits, commas or brackets."""
    run = unit * 20_000
    cell = run.replace(",", ",&#8203;")
    page = f"<html><body><p>x{run}(Exact name of registrant)</p><table><tr><td>Revenue{cell}<td>{cell}</table></body></html>"
    for data, name in ((f"{NOTE}\nName{run}Registrant\n{run}x\n".encode(), "a.md"), (page.encode(), "a.html")):
        assert parse(data, name).document.pages


def test_names_and_labels_of_blanks_end() -> None:
    for text in (" " * 100_000 + "x", "\n" * 100_000 + "x"):
        assert len(list(shorter(text))) <= 1
        assert tidy(text) == "x"
        assert shortened(text) == []
