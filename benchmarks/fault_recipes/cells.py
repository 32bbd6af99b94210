"""Cells: raised marks, marks behind a blank, other ways to write a number, dashes, files that were cut."""

from __future__ import annotations

import html
from collections.abc import Iterator
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import HEIGHT, pdf, text

from fault_recipes.book import Bench, Trial, fault
from fault_recipes.papers import MILLION, Also, Column, figure, figures, formats, paper, statement, with_identity
from finfoundry.core.document import Parsed
from finfoundry.evals.silent_errors.expected import Figure, NoFigure
from finfoundry.evals.silent_errors.paper_blocks import Block, Cell, CellRow, Heading, Line, Table
from finfoundry.evals.silent_errors.written_files import as_csv, as_html, as_sheet, as_word

YEARS = (Column("2024"), Column("2023"))
HEADS = ["", "2024", "2023"]


# ---- B023: superscript marks

MARKED: list[tuple[str, str, str, str]] = [  # label, figure, its mark, the year before
    ("Revenue", "2,500", "9", "2,310"),
    ("Cost of sales", "250", "9", "240"),
    ("Personnel expenses", "310", "(a)", "290"),
    ("Research costs", "75", "2", "70"),
    ("Net profit", "240", "*", "199"),
]


def _raised(canvas: Canvas) -> None:
    text(canvas, 60, 60, "Alderbank plc", size=16)
    text(canvas, 60, 84, "Income statement 2024, in EUR million", size=12)
    text(canvas, 400, 120, "2024", right=True)
    text(canvas, 500, 120, "2023", right=True)
    for at, (label, printed, mark, before) in enumerate(MARKED):
        top = 136 + 14 * at
        text(canvas, 60, top, label)
        text(canvas, 400, top, printed, right=True)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(400.4, HEIGHT - top + 4, mark)
        text(canvas, 500, top, before, right=True)
    text(canvas, 60, 230, "The floor space of the offices is 45,000 m")
    canvas.setFont("Helvetica", 6)
    canvas.drawString(60 + canvas.stringWidth("The floor space of the offices is 45,000 m", "Helvetica", 10), HEIGHT - 226, "2")
    text(canvas, 60, 260, "9 Restated.  2 Of which abroad.  a Without pensions.", size=7)


@fault("B023")
def raised_marks(_: Bench) -> Iterator[Trial]:
    rows: list[CellRow] = [[label, Cell(printed, mark), before] for label, printed, mark, before in MARKED]
    found = figures([(label, printed, before) for label, printed, _, before in MARKED], YEARS)
    no = [NoFigure(Decimal(value) * MILLION) for value in (2509, 25009, 2401, 752, 45000)]
    yield paper("literal, pdf", pdf(_raised), "pdf", found, no=no)
    yield from formats(
        "literal", statement("Alderbank plc", "Income statement 2024", "EUR million", [HEADS, *rows]), "docx html xlsx", found, no=no
    )
    both: list[CellRow] = [[label, Cell(printed, mark), Cell(before, "1")] for label, printed, mark, before in MARKED]
    yield from formats(
        "both years", statement("Alderbank plc", "Income statement 2024", "EUR million", [HEADS, *both]), "docx html xlsx", found, no=no
    )
    words: list[CellRow] = [[Cell(label, mark), printed, before] for label, printed, mark, before in MARKED]
    yield from formats(
        "on labels", statement("Alderbank plc", "Income statement 2024", "EUR million", [HEADS, *words]), "docx html xlsx", found
    )
    heads: list[CellRow] = [["", Cell("2024", "1"), Cell("2023", "2")], *[[label, printed, before] for label, printed, _, before in MARKED]]
    yield from formats("on years", statement("Alderbank plc", "Income statement 2024", "EUR million", heads), "docx html xlsx", found)


# ---- B024: marks behind a blank; a note that is no issuer; net = gross + waiver

FEES = [("Management fee", "0.39%", "0.41%"), ("Other expenses", "0.65", "0.63")]


def _fees(mark: bool, marks: tuple[str, str], company: str, note: str, total: str = "Total annual operating expenses") -> bytes:
    def cell(printed: str, sign: str) -> str:
        if not sign:
            return f"<td>{printed}</td>"
        return f"<td>{printed}<sup>{sign}</sup></td>" if mark else f"<td>{printed} {sign}</td>"

    lines = [
        ("Management fee", cell("0.39%", ""), cell("0.41%", "")),
        ("Other expenses", cell("0.65%", ""), cell("0.63%", "")),
        (total, cell("1.04%", ""), cell("1.04%", "")),
        ("Fee waiver", cell("(0.37%)", marks[1]), cell("(0.12)%", "")),
        ("Net annual operating expenses", cell("0.67%", marks[0]), cell("0.92%", "")),
    ]
    body = "".join(f"<tr><td>{label}</td>{one}{other}</tr>" for label, one, other in lines)
    head = "<tr><th></th><th>2024</th><th>2023</th></tr>"
    over = f"<h1>{html.escape(company)}</h1><h2>Fees and expenses</h2>"
    return f"<html><body>{over}<table>{head}{body}</table><p>{note}</p></body></html>".encode()


def _fee_figures(total: str = "Total annual operating expenses") -> list[Figure]:
    rows = [("Management fee", "39", "41"), ("Other expenses", "65", "63"), (total, "104", "104"), ("Fee waiver", "-37", "-12"),
            ("Net annual operating expenses", "67", "92")]  # fmt: skip
    return [
        figure(row[0], cell, Column(year, "ratio", Decimal("0.0001")))
        for row in rows
        for cell, year in zip(row[1:], ("2024", "2023"), strict=True)
    ]


def _assets(one: str, other: str) -> bytes:
    rows = [("Net assets", one, "1,050"), ("Units issued", "1,234", other)]
    body = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in rows)
    return (
        "<html><body><h1>Quartz Income Fund</h1><p>EUR million</p><table><tr><th></th><th>2024</th><th>2023</th></tr>"
        f"{body}</table><p>1 Restated. 2 Until 2026.</p></body></html>"
    ).encode()


@fault("B024")
def marks_behind_a_blank(_: Bench) -> Iterator[Trial]:
    found, note = _fee_figures(), "1 Restated. 2 Until 2026."
    three = with_identity(1)
    yield paper("literal, sup", _fees(True, ("1", "2"), "Quartz Income Fund", note), "html", found, issuer="Quartz Income Fund", also=three)
    yield paper(
        "literal, plain", _fees(False, ("1", "2"), "Quartz Income Fund", note), "html", found, issuer="Quartz Income Fund", also=three
    )
    gross = "Gross annual operating expenses"
    data = _fees(False, ("*", "2"), "Harrow Bond Fund", "* Restated in 2025. 2 Until December 2026.", gross)
    yield paper("another fund, a star", data, "html", _fee_figures(gross), issuer="Harrow Bond Fund")
    data = _fees(True, ("a", "b"), "Harrow Bond plc", "a Restated in 2025. b Until December 2026.", gross)
    yield paper("another fund, letters", data, "html", _fee_figures(gross), issuer="Harrow Bond plc", also=three)
    amounts = [figure("Net assets", "1,100", YEARS[0]), figure("Net assets", "1,050", YEARS[1]), figure("Units issued", "1,234", YEARS[0])]
    amounts = amounts[:2]
    yield paper(
        "amounts", _assets("1,100 2", "1,190"), "html", amounts, issuer="Quartz Income Fund", no=[NoFigure(Decimal(11002) * MILLION)]
    )
    yield paper("amounts, a letter", _assets("1,100 a", "1,190 b"), "html", amounts, issuer="Quartz Income Fund")


# ---- OWN06-1: other ways of writing

WRITINGS: dict[str, tuple[tuple[str, int | str | None], ...]] = {
    "spaces": (("1 100", 1100), ("2 345 678", 2345678), ("-1 250", -1250), ("900", 900)),
    "no-break spaces": (("1\u00a0234", 1234), ("5\u00a0678", 5678), ("12\u202f345", 12345), ("640", 640)),
    "apostrophes": (("1'234'567", 1234567), ("12'345", 12345), ("-1'100", -1100), ("800", 800)),
    "points and commas": (("1.234,56", "1234.56"), ("12.345,60", "12345.60"), ("-1.000,00", -1000), ("650,25", "650.25")),
    "Indian": (("1,23,456", 123456), ("12,34,567", 1234567), ("98,765", 98765), ("1,00,000", 100000)),
    "credits and debits": (("1,000 DR", None), ("CR 400", None), ("250 Cr", None), ("75 DR", None)),
    "about": (("~300", None), ("ca. 250", None), ("approx. 120", None), ("c. 90", None)),
    "text minus": (("'-700", -700), ("−350", -350), ("(650)", -650), ("500-", -500)),
}  # fmt: skip


@fault("OWN06-1")
def ways_of_writing(_: Bench) -> Iterator[Trial]:
    labels = ("Land and buildings", "Machinery", "Vehicles", "Office equipment")
    for name, written in WRITINGS.items():
        rows = [[label, one[0]] for label, one in zip(labels, written, strict=True)]
        blocks = statement("Linden Foods AG", "Assets", "Amounts in EUR", [["", "31 December 2024"], *rows])
        column = Column("2024-12-31", "EUR", 1)
        found = [figure(row[0], one[0], column, one[1]) for row, one in zip(rows, written, strict=True) if one[1] is not None]
        kinds = "xlsx html docx"
        if written[0][1] is None:
            yield from (_accounted(f"{name}, {kind}", blocks, kind, [row[1] for row in rows]) for kind in kinds.split())
        else:
            yield from formats(name, blocks, kinds, found)


def _accounted(name: str, blocks: list, kind: str, printed: list[str]) -> Trial:  # type: ignore[type-arg]
    """Either each is a fact by its digits, with a sign that a second writer would agree with, or the certificate says that it is lost."""
    from finfoundry.evals.silent_errors.written_files import written

    def look(read: Parsed) -> str | None:
        texts = {fact.text for fact in read.facts}
        told = " ".join(
            [*read.certificate.losses, *(lost.text for lost in (read.certificate.digits.lost if read.certificate.digits else []))]
        )
        gone = [one for one in printed if one not in texts and "".join(filter(str.isdigit, one)) not in told]
        return f"neither facts nor lost: {', '.join(gone)}" if gone else None

    also: Also = look
    return paper(name, lambda: written(blocks, kind), kind, (), also=also)


# ---- OWN03-2: a dash


@fault("OWN03-2")
def dashes(_: Bench) -> Iterator[Trial]:
    heads = ["", *(f"31 December {year}" for year in (2024, 2023, 2022))]
    columns = [Column(f"{year}-12-31") for year in (2024, 2023, 2022)]
    for name, sign in (
        ("literal", "-"),
        ("en dash", "–"),
        ("em dash", "—"),
        ("two", "--"),
        ("n/a", "n/a"),
        ("n.m.", "n.m."),
        ("blank", ""),
    ):
        rows = [["Total assets", "900", sign, "700"], ["Total equity", "300", "280", "260"]]
        found = [*figures([("Total assets", "900", "", "700"), tuple(rows[1])], columns)]
        blocks = statement("Harrow Bank", "Balance sheet", "EUR million", [heads, *rows])
        yield from formats(name, blocks, "html xlsx pdf docx csv", found, no=[NoFigure(Decimal(0))])


# ---- B053: files that were cut


@fault("B053")
def cut_files(_: Bench) -> Iterator[Trial]:
    rows = [[f"Income of office {number}", f"{300 + 7 * number}", f"{250 + 7 * number}"] for number in range(1, 101)]
    blocks: list[Block] = [Heading("Wold Bank plc"), Heading("Income by office 2024", 2), Line("EUR million"), Table([HEADS, *rows])]
    whole = as_html(blocks)
    found = figures([(row[0], row[1], row[2]) for row in rows], YEARS)
    cuts = ("breaks off",)
    for share in (50, 90, 30):
        yield paper(f"html at {share} %", whole[: len(whole) * share // 100], "html", (), tell=cuts)
    yield paper("html before </body>", whole[: whole.index(b"</table>")], "html", (), tell=cuts)
    yield paper("html whole", whole, "html", found)
    yield paper("xlsx at 50 %", as_sheet(blocks)[:4000], "xlsx", (), tell=cuts)
    yield paper("docx at 50 %", as_word(blocks)[:9000], "docx", (), tell=cuts)
    quoted = as_csv(blocks).replace(b"Income of office 50", b'"Income of office 50')
    yield paper("csv with a quotation mark that never closes", quoted, "csv", found, told=("quot", "row"))
