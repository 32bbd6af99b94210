"""A pen that goes down the pages of a PDF and remembers every number that it writes.

Nothing needs to be installed: Chinese is set in a free font of the package's own (``fonts/``), embedded. The same strokes give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from finfoundry.core.answer import Language
from finfoundry.core.document import Scope
from finfoundry.demo.bank import YEAR, StatementLine

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 50.0  # A4 in points
MILLION = Decimal(1_000_000)
CHINESE = "FinfoundryHan"  # cut out by docs/demo_font.py
FONTS = {"en": ("Helvetica", "Helvetica-Bold"), "zh": (CHINESE, CHINESE), "scan": ("Vera", "VeraBd")}
RULE = HexColor("#5b6b7a")
UNIT = {"en": "(In millions of RMB, unless otherwise stated)", "zh": "（除特别注明外，单位：人民币百万元）"}


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as the report prints it. ``value`` is in base units, scale and sign applied; pages count from 1."""

    key: str
    metric: str
    period: str
    scope: Scope
    value: Decimal
    unit: str
    text: str
    page: int
    statement: str
    language: Language
    dimension: str | None = None


def whole(value: Decimal) -> str:
    """Accounts style: thousands separated, negatives in parentheses, a dash for nothing."""
    if value == 0:
        return "–"
    return f"({abs(value):,})" if value < 0 else f"{value:,}"


def period(statement: str, year: int, key: str = "") -> str:
    """What a column of a statement means for a line: cash at the start of a year is the balance of the day before."""
    if key in ("opening_cash", "closing_cash"):
        return f"{year - (key == 'opening_cash')}-12-31"
    return f"{year}-12-31" if statement in ("balance", "loans", "capital") else f"{year}-01-01/{year}-12-31"


@dataclass(slots=True)
class ReportWriter:
    """A pen that goes down the page and remembers every number it writes."""

    canvas: Canvas
    owner: str
    owner_zh: str
    truth: list[Printed] = field(default_factory=list)
    page: int = 1
    y: float = HEIGHT - MARGIN
    fonts: str | None = None  # overrides the language's own

    def turn(self) -> None:
        """Print the foot of the page and begin the next one."""
        self.canvas.setFont("Helvetica", 8)
        self.canvas.drawString(MARGIN, 28, f"{self.owner}  Annual Report {YEAR}")
        self.canvas.drawRightString(WIDTH - MARGIN, 28, str(self.page))
        self.canvas.showPage()
        self.page += 1
        self.y = HEIGHT - MARGIN

    def font(self, language: Language, bold: bool = False) -> str:
        return FONTS[self.fonts or language][bold]

    def write(self, text: str, language: Language, size: float = 10, bold: bool = False, space: float = 8) -> None:
        """Write a paragraph below the last one; ``size`` and the ``space`` below it are in points."""
        wrap = "CJK" if language == "zh" else None
        style = ParagraphStyle("", fontName=self.font(language, bold), fontSize=size, leading=size * 1.45, wordWrap=wrap)
        paragraph = Paragraph(text, style)
        _, height = paragraph.wrapOn(self.canvas, WIDTH - 2 * MARGIN, HEIGHT)
        self.y -= height
        paragraph.drawOn(self.canvas, MARGIN, self.y)
        self.y -= space

    def table(self, rows: list[list[str]], language: Language, *, first: Sequence[float], heads: int = 1, bold: Sequence[int] = ()) -> None:
        """Draw rows, the first ``heads`` of them as header; a row in ``bold`` is a total with a rule above. ``first`` holds the
        widths of the leading columns; the others share what is left.
        """
        others = len(rows[0]) - len(first)
        widths = [*first, *[(WIDTH - 2 * MARGIN - sum(first)) / others] * others]
        style: list[tuple[object, ...]] = [
            ("FONT", (0, 0), (-1, -1), self.font(language), 8.5),
            ("FONT", (1, heads), (-1, -1), self.font("en"), 8.5),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
            ("LINEBELOW", (0, heads - 1), (-1, heads - 1), 0.8, RULE),
        ]
        for row in bold:
            style += [("FONTNAME", (0, row), (0, row), self.font(language, True)), ("LINEABOVE", (1, row), (-1, row), 0.5, RULE)]
        if heads == 2:
            style += [("SPAN", (column, 0), (column + 1, 0)) for column in (2, 4)]
            style += [("ALIGN", (column, 0), (column + 1, 0), "CENTER") for column in (2, 4)]
        table = Table([[self.wrapped(row[0], language, first[0]), *row[1:]] for row in rows], colWidths=widths, style=TableStyle(style))
        _, height = table.wrapOn(self.canvas, WIDTH - 2 * MARGIN, HEIGHT)
        self.y -= height
        table.drawOn(self.canvas, MARGIN, self.y)
        self.y -= 12

    def wrapped(self, label: str, language: Language, width: float) -> str:
        """Break a label that is too wide for its column at the last space that fits."""
        fits = pdfmetrics.stringWidth(label, self.font(language, True), 8.5) <= width - 12
        if fits or " " not in label:
            return label
        head, _, tail = label.rpartition(" ")
        while pdfmetrics.stringWidth(head, self.font(language, True), 8.5) > width - 12:
            head, _, word = head.rpartition(" ")
            tail = f"{word} {tail}"
        return f"{head}\n  {tail}"

    def note(
        self,
        item: StatementLine,
        language: Language,
        statement: str,
        year: int,
        value: Decimal,
        *,
        scope: Scope = "consolidated",
        unit: str = "CNY",
        dimension: str | None = None,
    ) -> str:
        """Remember a number and return it as it is to be printed. ``value`` is in millions where the unit is CNY."""
        text = whole(value) if unit == "CNY" else f"{value * 100:.2f}%" if unit == "ratio" else str(value)
        exact = value * MILLION if unit == "CNY" else value
        metric = item.zh if language == "zh" else item.en
        self.truth.append(
            Printed(
                item.key, metric, period(statement, year, item.key), scope, exact, unit, text, self.page, statement, language, dimension
            )
        )
        return text

    def heading(self, title: str, language: Language) -> None:
        self.write(title, language, 15, bold=True, space=2)
        self.write(self.owner_zh if language == "zh" else self.owner, language, 9, space=2)
        self.write(UNIT[language], language, 8.5, space=10)


def header_date(language: Language, statement: str, year: int) -> str:
    """How a column of a statement names its period."""
    instant = period(statement, year).count("/") == 0
    if language == "zh":
        return f"{year}年12月31日" if instant else f"{year}年度"
    return f"31 Dec {year}" if instant else str(year)


def register_fonts() -> None:
    own, theirs = resources.files("finfoundry.demo") / "fonts", resources.files("reportlab") / "fonts"
    for folder, name in ((own, CHINESE), (theirs, "Vera"), (theirs, "VeraBd")):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
