"""Texts of papers: titles that are joined, sentences above tables and their boxes, long texts in cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import HEIGHT, pdf, text
from tests.knowledge.formats.drawn import statement as lines_of

from fault_recipes.book import Bench, Trial, fault
from fault_recipes.papers import MILLION, Also, Column, figure, figures, formats, paper
from finfoundry.core.document import Parsed
from finfoundry.evals.silent_errors.expected import NoFigure
from finfoundry.evals.silent_errors.paper_blocks import Block, Heading, Table

BALANCES = (Column("2024-12-31"), Column("2023-12-31"))


# ---- OWN01-2: a title and the first heading below it


def _titled(title: str, below: str, company: str) -> Trial:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawCentredString(297, HEIGHT - 70, title)
        text(canvas, 60, 92, below, font="Helvetica-Bold", size=18)
        text(canvas, 60, 120, "We look back on a good year. The bank has grown in all regions.")
        text(canvas, 60, 150, "In EUR million")
        lines_of(canvas, [("", "2024", "2023"), ("Total assets", "4,310", "3,987"), ("Total equity", "310", "287")], top=170)

    found = figures([("Total assets", "4,310", "3,987")], BALANCES)
    return paper(f"{title} / {below}", pdf(page), "pdf", found, issuer=company)


@fault("OWN01-2")
def title_and_heading(_: Bench) -> Iterator[Trial]:
    yield _titled("Verbena Bank annual report 2024", "Letter", "Verbena Bank")
    yield _titled("Rosewater Bank annual report 2024", "About", "Rosewater Bank")
    yield _titled("Verbena Bank annual report 2024", "Consolidated balance sheet", "Verbena Bank")
    yield _titled("Annual report 2024 of Harrow Mutual", "Our members", "Harrow Mutual")
    yield _titled("Foxglove plc annual report 2024", "Strategy", "Foxglove plc")


# ---- B112: the box of what is quoted


def _quoted(says: Sequence[str], at: str) -> Trial:
    """The box of a citation of a sentence that stands above a table: it may not be the table's."""
    from finfoundry.knowledge.search.passages import Hit
    from finfoundry.knowledge.storage.chunks import chunk

    def page(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Contents", size=14)
        text(canvas, 60, 80, f"{says[0]} ........ 2")
        text(canvas, 60, 130, f"Chart 1: {says[0]}", size=8)
        for place, line in enumerate(says):
            text(canvas, 60, 184 + 13 * place, line)
        lines_of(canvas, [("", "2024", "2023"), ("Net fee income", "7.6", "6.5"), ("Costs", "3.1", "3.0")], top=184 + 13 * len(says) + 16)

    def look(read: Parsed) -> str | None:
        low = 184 + 13 * len(says) + 4
        for one in chunk(read.document):
            if at in one.text:
                hit = Hit("d/0", "d", "d.pdf", 1, 1.0, one.text, one.section, one.box, one.locator, one.kind, None, one.places)
                box = hit.cut(at).box
                if box is not None and box[3] > low:
                    return f"{at!r} is cited by {box}, which is the table's"
        return None

    also: Also = look
    return paper(f"{at} of {len(says)} lines, {says[0][:20]}", pdf(page), "pdf", (), also=also)


@fault("B112")
def quoted_box(_: Bench) -> Iterator[Trial]:
    sentence = "Net fee income of the bank was 7.6 million euros in 2024."
    yield _quoted((sentence, "More text."), sentence)
    yield _quoted((sentence, "More text."), f"{sentence} / More text.")
    yield _quoted(("Fees rose for the third year.", sentence), sentence)
    yield _quoted((sentence,), sentence)


# ---- B049: a long text in a first row

LONG = (
    "Line one of the facility was agreed with a group of nine banks and amended in 2021 and again in 2023, when its margin was "
    "reduced and two of the banks left. Line two describes the covenants: the ratio of net debt to earnings is tested twice a "
    "year, and the lenders may ask for repayment where it is exceeded on two dates in a row, unless the shareholders put in new "
    "capital within sixty days of the second date. Line three: the amount drawn under the facility at the end of the year was EUR "
    "345 million, of which nothing falls due within twelve months; the rest of the facility is undrawn and committed."
)


def _is_quotable(printed: str) -> Also:
    """That what is printed stands in a passage, whole."""

    def look(read: Parsed) -> str | None:
        from finfoundry.knowledge.storage.chunks import chunk

        return None if any(printed in " ".join(one.text.split()) for one in chunk(read.document)) else f"{printed} is in no passage"

    return look


@fault("B049")
def long_text(_: Bench) -> Iterator[Trial]:
    found = [figure("Term loan", "200", Column("2024-12-31"))]
    no = (NoFigure(Decimal(345 * MILLION), "Term loan"),)
    for name, words in (
        ("literal", LONG),
        ("one sentence", "Amended in 2021 and 2023; drawn EUR 345 million"),
        ("lines", LONG.replace(". ", ".\n")),
        ("years alone", "Agreed 2019, amended 2021, runs to 2027"),
    ):
        rows = [["Facility", "Terms"], ["Revolving credit", words], ["Term loan", "EUR 200 million"]]
        blocks: list[Block] = [Heading("Ostrava Glass plc"), Heading("Borrowings at 31 December 2024", 2), Table(rows, ruled=True)]
        also = _is_quotable("EUR 345 million") if "345" in words else None
        yield from formats(name, blocks, "html docx xlsx", found, no=no, also=also)
