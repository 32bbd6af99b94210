"""The annual report of the fictional bank as a PDF in English and Chinese, and every number printed in it.

Nothing needs to be installed: Chinese is set in a standard CID font that readers know by name, and the scanned page is a picture
of English text. The same bank gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources

import pypdfium2
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from finfoundry.core.answer import Language
from finfoundry.core.document import Scope
from finfoundry.demo.bank import CAPITAL, LOAN_NOTE, NAME, NAME_ZH, SCOPES, SEGMENTS, STATEMENTS, YEAR, YEARS, Bank, Item, half_up

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 50.0  # A4 in points
MILLION = Decimal(1_000_000)
SCAN_SCALE = 200 / 72
FONTS = {"en": ("Helvetica", "Helvetica-Bold"), "zh": ("STSong-Light", "STSong-Light"), "scan": ("Vera", "VeraBd")}
RULE = HexColor("#5b6b7a")
TITLES = {
    "income": {"en": "Income statement", "zh": "利润表"},
    "balance": {"en": "Balance sheet", "zh": "资产负债表"},
    "cash flow": {"en": "Cash flow statement", "zh": "现金流量表"},
}
SCOPE_NAMES = {"consolidated": {"en": "Group", "zh": "合并"}, "parent": {"en": "Bank", "zh": "母公司"}}
WORDS = {
    "note": {"en": "Note", "zh": "附注"},
    "unit": {"en": "(In millions of RMB, unless otherwise stated)", "zh": "（除特别注明外，单位：人民币百万元）"},
    "scopes": {"en": "Consolidated and parent company ", "zh": "合并及母公司"},
}


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as it stands in the report. ``value`` is in base units, scale and sign applied; pages count from 1."""

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


@dataclass(frozen=True, slots=True)
class Report:
    data: bytes
    truth: tuple[Printed, ...]
    pages: int
    scanned_page: int

    def find(self, key: str, *, year: int = YEAR, scope: Scope = "consolidated", language: Language = "en") -> Printed:
        """The first number printed under these names; KeyError if there is none."""
        for number in self.truth:
            named = number.key == key and number.scope == scope and number.language == language and number.dimension is None
            if named and number.period.endswith(f"{year}-12-31"):
                return number
        raise KeyError(f"{key}, {scope}, {year}, {language}")


def whole(value: Decimal) -> str:
    """Accounts style: thousands separated, negatives in parentheses, a dash for nothing."""
    if value == 0:
        return "–"
    return f"({abs(value):,})" if value < 0 else f"{value:,}"


def period(statement: str, year: int) -> str:
    return f"{year}-12-31" if statement in ("balance", "loans", "capital") else f"{year}-01-01/{year}-12-31"


@dataclass(slots=True)
class Writer:
    """A pen that goes down the page and remembers every number it writes."""

    bank: Bank
    canvas: Canvas
    truth: list[Printed] = field(default_factory=list)
    page: int = 1
    y: float = HEIGHT - MARGIN
    fonts: str | None = None  # overrides the language's own

    def turn(self) -> None:
        self.canvas.setFont("Helvetica", 8)
        self.canvas.drawString(MARGIN, 28, f"{NAME}  Annual Report {YEAR}")
        self.canvas.drawRightString(WIDTH - MARGIN, 28, str(self.page))
        self.canvas.showPage()
        self.page += 1
        self.y = HEIGHT - MARGIN

    def font(self, language: Language, bold: bool = False) -> str:
        return FONTS[self.fonts or language][bold]

    def write(self, text: str, language: Language, size: float = 10, bold: bool = False, space: float = 8) -> None:
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
        item: Item,
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
            Printed(item.key, metric, period(statement, year), scope, exact, unit, text, self.page, statement, language, dimension)
        )
        return text

    def heading(self, title: str, language: Language) -> None:
        self.write(title, language, 15, bold=True, space=2)
        self.write(NAME_ZH if language == "zh" else NAME, language, 9, space=2)
        self.write(WORDS["unit"][language], language, 8.5, space=10)

    def header(self, language: Language, statement: str, years: Sequence[int], scopes: Sequence[Scope]) -> list[list[str]]:
        """Two header rows: the scope over its years, then the years or dates; the second column holds note numbers."""
        above = ["", ""]
        below = ["", WORDS["note"][language]]
        for scope in scopes:
            above += [SCOPE_NAMES[scope][language], *[""] * (len(years) - 1)]
            below += [header_date(language, statement, year) for year in years]
        return [above, below]

    def statement(self, name: str, items: Sequence[Item], language: Language, title: str) -> None:
        """A statement of two years with group and bank beside each other."""
        self.heading(WORDS["scopes"][language] + title, language)
        years = (YEAR, YEAR - 1)
        rows = self.header(language, name, years, SCOPES)
        bold = []
        for item in items:
            row = [item.zh if language == "zh" else item.en, item.note]
            for scope in SCOPES:
                row += [self.note(item, language, name, y, self.bank.amount(item.key, scope, y), scope=scope) for y in years]
            if item.total:
                bold.append(len(rows))
            rows.append(row)
        self.table(rows, language, first=(180, 32), heads=2, bold=bold)


def header_date(language: Language, statement: str, year: int) -> str:
    """How a column of a statement names its period."""
    instant = period(statement, year).count("/") == 0
    if language == "zh":
        return f"{year}年12月31日" if instant else f"{year}年度"
    return f"31 Dec {year}" if instant else str(year)


SUMMARY = (
    Item("operating_income", "Operating income", "营业收入"),
    Item("net_profit", "Net profit", "净利润"),
    Item("total_assets", "Total assets", "资产总计"),
    Item("gross_loans", "Gross loans and advances to customers", "发放贷款和垫款总额"),
    Item("deposits", "Customer deposits", "吸收存款"),
    Item("total_equity", "Total equity", "股东权益合计"),
)
RATIOS = (
    Item("cost_to_income", "Cost-to-income ratio (1)", "成本收入比"),
    Item("provision_ratio", "Loan provision ratio", "贷款拨备率"),
)
EARNINGS = Item("earnings_per_share", "Basic earnings per share (RMB)", "基本每股收益（元）")
INSTANTS = ("total_assets", "gross_loans", "deposits", "total_equity", "provision_ratio")


def cover(writer: Writer) -> None:
    writer.y = HEIGHT - 240
    writer.write(NAME, "en", 24, bold=True)
    writer.write(NAME_ZH, "zh", 24, space=30)
    writer.write(f"Annual Report {YEAR}", "en", 18)
    writer.write(f"{YEAR}年年度报告", "zh", 18, space=24)
    writer.write(f"For the year ended 31 December {YEAR}", "en", 11, space=240)
    writer.write("This bank does not exist. Every figure was drawn from a seed to show and to test finfoundry.", "en", 9)
    writer.write("本行纯属虚构，所有数字均由程序生成，仅用于演示与测试。", "zh", 9)
    writer.turn()


def summary(writer: Writer, language: Language) -> None:
    """Five years side by side; amounts, then ratios."""
    writer.heading("Five-year financial summary" if language == "en" else "五年财务摘要", language)
    years = tuple(reversed(YEARS))
    rows = [["", *[f"{year}年" if language == "zh" else str(year) for year in years]]]
    for item in (*SUMMARY, *RATIOS, EARNINGS):
        statement = "balance" if item.key in INSTANTS else "income"
        unit = "ratio" if item in RATIOS else "CNY/share" if item is EARNINGS else "CNY"
        values = [value_of(writer.bank, item.key, year) for year in years]
        label = item.zh if language == "zh" else item.en
        texts = [writer.note(item, language, statement, year, value, unit=unit) for year, value in zip(years, values, strict=True)]
        rows.append([label, *texts])
    writer.table(rows, language, first=(190,))
    if language == "en":
        writer.write("(1) General and administrative expenses divided by operating income.", "en", 8)


def value_of(bank: Bank, key: str, year: int) -> Decimal:
    if key in {item.key for item in RATIOS}:
        return bank.ratio(key, year=year)
    return bank.earnings_per_share(year) if key == EARNINGS.key else bank.amount(key, year=year)


def discussion(writer: Writer) -> None:
    """Prose with figures in other scales than the tables."""
    bank = writer.bank
    deposits, before = bank.amount("deposits"), bank.amount("deposits", year=YEAR - 1)
    growth = half_up((deposits / before - 1) * 100, 1)
    profit = half_up(bank.amount("net_profit") / 1000, 2)
    writer.write("Management discussion and analysis", "en", 15, bold=True)
    writer.write(
        f"Net profit of the Group was RMB {profit} billion in {YEAR}. Customer deposits grew by {growth}% to "
        f"RMB {half_up(deposits / 1000, 1)} billion, because personal savings moved from wealth products into term deposits. "
        "At the end of the year the Bank had 212 branches and 9,846 employees.",
        "en",
    )
    writer.write(
        "The greatest risk of the year was the exposure to small property developers in two provinces. The Board lowered the "
        "limit for this sector and moved the lending team to supply-chain finance for manufacturers.",
        "en",
    )
    writer.write("管理层讨论与分析", "zh", 15)
    writer.write(
        f"{YEAR}年，本集团实现净利润{half_up(bank.amount('net_profit') / 100, 2)}亿元；吸收存款较上年末增长{growth}%。"
        "年末本行共有212家分支机构，员工9,846人。资产质量总体稳定，但两省小型房地产企业的风险上升，董事会因此调低了该行业的授信限额。",
        "zh",
    )
    writer.turn()


def equity(writer: Writer, language: Language) -> None:
    """Changes in equity of the group: one row a movement, one column a component."""
    bank, last = writer.bank, YEAR - 1
    columns = ("share_capital", "capital_reserve", "surplus_reserve", "general_reserve", "retained_earnings", "minority", "total_equity")
    zh = language == "zh"
    heads = (
        ("股本", "资本公积", "盈余公积", "一般风\n险准备", "未分配\n利润", "少数股\n东权益", "合计")
        if zh
        else (
            "Share\ncapital",
            "Capital\nreserve",
            "Surplus\nreserve",
            "General\nreserve",
            "Retained\nearnings",
            "Minority\ninterests",
            "Total",
        )
    )
    moves: dict[tuple[str, str], tuple[str | int, ...]] = {
        ("Profit for the year", "本年净利润"): (0, 0, 0, 0, "attributable_profit", "minority_profit", "net_profit"),
        ("Appropriation to surplus reserve", "提取盈余公积"): (0, 0, "to_surplus", 0, "-to_surplus", 0, 0),
        ("Appropriation to general reserve", "提取一般风险准备"): (0, 0, 0, "to_general", "-to_general", 0, 0),
        ("Dividends", "分配股利"): (0, 0, 0, 0, "dividends", 0, "dividends"),
    }

    def amount(key: str | int) -> Decimal:
        if isinstance(key, int):
            return Decimal(key)
        return -bank.amount(key[1:]) if key.startswith("-") else bank.amount(key)

    def balance(year: int) -> list[str]:
        items = (Item(key, head.replace("\n", " "), head.replace("\n", "")) for key, head in zip(columns, heads, strict=True))
        return [writer.note(item, language, "balance", year, bank.amount(item.key, year=year), dimension="equity") for item in items]

    writer.heading("股东权益变动表（合并）" if zh else "Consolidated statement of changes in equity", language)
    rows = [["", *heads], [f"{last}年12月31日余额" if zh else f"Balance at 31 Dec {last}", *balance(last)]]
    for names, keys in moves.items():
        rows.append([names[zh], *[whole(amount(key)) for key in keys]])
    rows.append([f"{YEAR}年12月31日余额" if zh else f"Balance at 31 Dec {YEAR}", *balance(YEAR)])
    writer.table(rows, language, first=(120,), bold=[1, len(rows) - 1])


def notes(writer: Writer, language: Language) -> None:
    """Segments of the year, then loans by type."""
    zh = language == "zh"
    writer.heading("附注一 分部信息" if zh else "Note 1 Segment information", language)
    writer.write(f"{YEAR}年度" if zh else f"Year ended 31 December {YEAR}", language, 9)
    rows = [["", *[name[zh] for name in SEGMENTS], "合计" if zh else "Total"]]
    for item in (Item("operating_income", "Operating income", "营业收入"), Item("profit_before_tax", "Profit before tax", "利润总额")):
        parts = [
            writer.note(item, language, "income", YEAR, value, dimension=name[0])
            for name, value in zip(SEGMENTS, writer.bank.segments(item.key), strict=True)
        ]
        rows.append([item.zh if zh else item.en, *parts, writer.note(item, language, "income", YEAR, writer.bank.amount(item.key))])
    writer.table(rows, language, first=(120,))
    writer.statement("loans", LOAN_NOTE, language, "发放贷款和垫款（附注二）" if zh else "loans and advances (Note 2)")


def scanned(writer: Writer) -> None:
    """Capital adequacy as a picture: rendered from a page of its own, a little turned, as from a scanner."""
    sheet = io.BytesIO()
    inner = Writer(writer.bank, Canvas(sheet, pagesize=(WIDTH, HEIGHT), invariant=1), page=writer.page, fonts="scan")
    inner.heading("Capital adequacy", "en")
    years = (YEAR, YEAR - 1)
    rows = [["", *[header_date("en", "capital", year) for year in years]]]
    for item in CAPITAL:
        rows.append([item.en, *[inner.note(item, "en", "capital", y, writer.bank.amount(item.key, year=y)) for y in years]])
    ratios = (
        Item("core_capital_ratio", "Common equity tier 1 ratio", "核心一级资本充足率"),
        Item("tier_one_ratio", "Tier 1 ratio", "一级资本充足率"),
        Item("capital_ratio", "Capital adequacy ratio", "资本充足率"),
    )
    for item in ratios:
        values = [(year, writer.bank.ratio(item.key, year=year)) for year in years]
        rows.append([item.en, *[inner.note(item, "en", "capital", year, value, unit="ratio") for year, value in values]])
    inner.table(rows, "en", first=(280,))
    inner.canvas.save()
    writer.truth += inner.truth
    image = pypdfium2.PdfDocument(sheet.getvalue())[0].render(scale=SCAN_SCALE, grayscale=True).to_pil()
    turned = image.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=250)
    writer.canvas.drawImage(ImageReader(turned), 0, 0, WIDTH, HEIGHT)
    writer.canvas.showPage()
    writer.page += 1


def register_fonts() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    fonts = resources.files("reportlab") / "fonts"
    for name in ("Vera", "VeraBd"):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))


def annual_report(bank: Bank | None = None) -> Report:
    """Write the report. The default bank is the one that the documentation quotes."""
    register_fonts()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(f"{NAME} Annual Report {YEAR}")
    writer = Writer(bank or Bank(), canvas)
    cover(writer)
    discussion(writer)
    for language in ("en", "zh"):
        summary(writer, language)
        writer.turn()
        for name, items in STATEMENTS.items():
            writer.statement(name, items, language, TITLES[name][language].lower())
            writer.turn()
        equity(writer, language)
        writer.turn()
        notes(writer, language)
        writer.turn()
    scan = writer.page
    scanned(writer)
    canvas.save()
    return Report(stream.getvalue(), tuple(writer.truth), pages=scan, scanned_page=scan)
