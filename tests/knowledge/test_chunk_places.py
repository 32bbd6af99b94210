"""The place of what a passage of a table begins with: the lines that became its title stand above it, not in it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import pdf, statement, text

from finfoundry.core.document import Box, Document
from finfoundry.knowledge.formats.pdf import parse
from finfoundry.knowledge.search.passages import Hit
from finfoundry.knowledge.storage.chunks import chunk

ROWS = [("", "2024", "2023"), ("Net fee income", "7.6", "6.5"), ("Costs", "3.1", "3.0")]


def paper(lines: Sequence[str]) -> Document:
    def draw(canvas: Canvas) -> None:
        for place, line in enumerate(reversed(lines)):
            text(canvas, 60, 200 - 24 * place, line)
        statement(canvas, ROWS, top=222)

    return parse(pdf(draw), "a.pdf")


def cited(document: Document, said: str) -> Box | None:
    """The box of a citation of the last passage that holds what is said."""
    one = next(one for one in reversed(chunk(document)) if said in one.text)
    return Hit("d/0", "d", "d.pdf", 1, 1.0, one.text, one.section, one.box, one.locator, one.kind, None, one.places).cut(said).box


SENTENCE = "Net fee income of the bank was 7.6 million euros in 2024."


@pytest.mark.parametrize(
    ("lines", "said", "top"),
    [
        ((SENTENCE, "More text."), f"{SENTENCE} / More text.", 166.5),
        ((SENTENCE, "More text."), SENTENCE, 166.5),
        (("Income of the bank", "(in millions of euros)"), "Income of the bank", 166.5),
        (("Income of the bank", "(in millions of euros)"), "(in millions of euros)", 190.5),
        (("Assets / liabilities of the bank",), "Assets / liabilities of the bank", 190.5),
    ],
)
def test_a_line_above_a_table_that_is_its_title_is_cited_where_it_stands(lines: Sequence[str], said: str, top: float) -> None:
    box = cited(paper(lines), said)
    assert box is not None
    assert box[1] == pytest.approx(top, abs=1)
    assert box[3] < 205


@pytest.mark.parametrize(("said", "top"), [("Net fee income | 7.6 | 6.5", 226.5), ("Costs | 3.1 | 3.0", 240.5), ("2024 | 2023", 212.5)])
def test_a_row_of_the_table_is_cited_where_it_stands(said: str, top: float) -> None:
    box = cited(paper((SENTENCE, "More text.")), said)
    assert box is not None
    assert box[1] == pytest.approx(top, abs=1)


def test_a_passage_begins_with_a_place_and_its_places_are_in_order() -> None:
    for lines in ((SENTENCE, "More text."), ("Income",), ()):
        for one in chunk(paper(lines)):
            starts = [place.start for place in one.places]
            assert starts == sorted(set(starts))
            assert starts[0] == 0
            assert starts[-1] < len(one.text)
