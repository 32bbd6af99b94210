"""Where one heading ends and the next begins, by how their lines are set."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, HEIGHT, WIDTH, paragraph, pdf, text

from finfoundry.knowledge.facts.issuers.document_metadata import read_profile
from finfoundry.knowledge.formats.pdf import parse

PROSE = [
    "The bank did well in the year ended 31 December 2024, and its total assets rose again,",
    "as they had done in the year before.",
] * 3
TITLE = "Verbena Bank annual report 2024"
Line = tuple[str, float | None]  # None: centred on the page


def headings(lines: Sequence[Line], *, font: str = "Helvetica-Bold", size: float = 18) -> list[str]:
    """The headings of a page that has these lines, closely set, over prose."""

    def draw(canvas: Canvas) -> None:
        for place, (line, x) in enumerate(lines):
            if x is None:
                canvas.setFont(font, size)
                canvas.drawCentredString(WIDTH / 2, HEIGHT - 100 - place * 1.25 * size, line)
            else:
                text(canvas, x, 100 + place * 1.25 * size, line, font=font, size=size)
        paragraph(canvas, 72, 100 + len(lines) * 1.25 * size + 10, PROSE, size=10)

    return [block.text for block in parse(pdf(draw), "a.pdf").pages[0].blocks if block.kind == "heading"]


@pytest.mark.parametrize(
    ("lines", "font"),
    [
        ([(TITLE, None), ("Letter", 72)], "Helvetica-Bold"),
        ([(TITLE, None), ("Consolidated balance sheet", 72)], "Helvetica-Bold"),
        ([(TITLE, None), ("About", 72)], "Helvetica"),
        ([("Letter", 72), (TITLE, None)], "Helvetica-Bold"),
        ([("示例银行年度财务报表附注", None), ("合并资产负债表", 72)], CHINESE),
    ],
)
def test_a_centred_title_and_a_heading_at_the_left_are_two(lines: list[Line], font: str) -> None:
    assert headings(lines, font=font) == [line for line, _ in lines]


@pytest.mark.parametrize(
    "lines",
    [
        [("Verbena Bank plc and its", None), ("subsidiaries in all countries", None)],
        [("Verbena Bank plc and its other", 72), ("subsidiaries", 72)],
        [("12. Contingent liabilities and other", 72), ("commitments", 100)],
    ],
)
def test_lines_of_one_heading_stay_one(lines: list[Line]) -> None:
    assert headings(lines) == [" ".join(line for line, _ in lines)]


def test_lines_of_one_heading_at_the_right_edge_stay_one() -> None:
    def draw(canvas: Canvas) -> None:
        text(canvas, 520, 100, "Verbena Bank plc and its", font="Helvetica-Bold", size=18, right=True)
        text(canvas, 520, 122, "subsidiaries", font="Helvetica-Bold", size=18, right=True)
        paragraph(canvas, 72, 160, PROSE, size=10)

    found = [block.text for block in parse(pdf(draw), "a.pdf").pages[0].blocks if block.kind == "heading"]
    assert found == ["Verbena Bank plc and its subsidiaries"]


@pytest.mark.parametrize("below", ["Letter", "About", "Consolidated balance sheet"])
def test_the_heading_below_a_title_is_no_part_of_the_company(below: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 100, TITLE)
        text(canvas, 72, 128, below, font="Helvetica-Bold", size=18)
        paragraph(canvas, 72, 160, PROSE, size=10)

    profile, _ = read_profile(parse(pdf(draw), "a.pdf"))
    assert profile.entity == "Verbena Bank"
