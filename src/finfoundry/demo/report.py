"""The annual report of the fictional bank as a PDF in English and Chinese, and every number printed in it.

The scanned page is a picture of English text. The same bank gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from finfoundry.core.answer import Language
from finfoundry.core.document import Scope
from finfoundry.demo.bank import CAPITAL, LOAN_NOTE, NAME, NAME_ZH, SCOPES, SEGMENTS, STATEMENTS, YEAR, YEARS, Bank, StatementLine, half_up
from finfoundry.demo.writer import HEIGHT, WIDTH, Printed, ReportWriter, header_date, register_fonts, whole

SCAN_SCALE = 200 / 72
TITLES = {
    "income": {"en": "Income statement", "zh": "利润表"},
    "balance": {"en": "Balance sheet", "zh": "资产负债表"},
    "cash flow": {"en": "Cash flow statement", "zh": "现金流量表"},
}
SCOPE_NAMES = {"consolidated": {"en": "Group", "zh": "合并"}, "parent": {"en": "Bank", "zh": "母公司"}}
WORDS = {
    "note": {"en": "Note", "zh": "附注"},
    "scopes": {"en": "Consolidated and parent company ", "zh": "合并及母公司"},
}


@dataclass(frozen=True, slots=True)
class DemoReport:
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


def header(language: Language, statement: str, years: Sequence[int], scopes: Sequence[Scope]) -> list[list[str]]:
    """Two header rows: the scope over its years, then the years or dates; the second column holds note numbers."""
    above = ["", ""]
    below = ["", WORDS["note"][language]]
    for scope in scopes:
        above += [SCOPE_NAMES[scope][language], *[""] * (len(years) - 1)]
        below += [header_date(language, statement, year) for year in years]
    return [above, below]


def statement(writer: ReportWriter, bank: Bank, name: str, items: Sequence[StatementLine], language: Language, title: str) -> None:
    """A statement of two years, with columns for group and bank next to each other."""
    writer.heading(WORDS["scopes"][language] + title, language)
    years = (YEAR, YEAR - 1)
    rows = header(language, name, years, SCOPES)
    bold = []
    for item in items:
        row = [item.zh if language == "zh" else item.en, item.note]
        for scope in SCOPES:
            row += [writer.note(item, language, name, y, bank.amount(item.key, scope, y), scope=scope) for y in years]
        if item.total:
            bold.append(len(rows))
        rows.append(row)
    writer.table(rows, language, first=(180, 32), heads=2, bold=bold)


SUMMARY = (
    StatementLine("operating_income", "Operating income", "营业收入"),
    StatementLine("net_profit", "Net profit", "净利润"),
    StatementLine("total_assets", "Total assets", "资产总计"),
    StatementLine("gross_loans", "Gross loans and advances to customers", "发放贷款和垫款总额"),
    StatementLine("deposits", "Customer deposits", "吸收存款"),
    StatementLine("total_equity", "Total equity", "股东权益合计"),
)
RATIOS = (
    StatementLine("cost_to_income", "Cost-to-income ratio (1)", "成本收入比"),
    StatementLine("provision_ratio", "Loan provision ratio", "贷款拨备率"),
)
EARNINGS = StatementLine("earnings_per_share", "Basic earnings per share (RMB)", "基本每股收益（元）")
INSTANTS = ("total_assets", "gross_loans", "deposits", "total_equity", "provision_ratio")


def cover(writer: ReportWriter) -> None:
    """The first page: the bank's name, the year, and that the bank does not exist."""
    writer.y = HEIGHT - 240
    writer.write(NAME, "en", 24, bold=True)
    writer.write(NAME_ZH, "zh", 24, space=30)
    writer.write(f"Annual Report {YEAR}", "en", 18)
    writer.write(f"{YEAR}年年度报告", "zh", 18, space=24)
    writer.write(f"For the year ended 31 December {YEAR}", "en", 11, space=240)
    writer.write("This bank does not exist. Every figure was drawn from a seed to show and to test finfoundry.", "en", 9)
    writer.write("本行纯属虚构，所有数字均由程序生成，仅用于演示与测试。", "zh", 9)
    writer.turn()


def summary(writer: ReportWriter, bank: Bank, language: Language) -> None:
    """Five years side by side; amounts, then ratios."""
    writer.heading("Five-year financial summary" if language == "en" else "五年财务摘要", language)
    years = tuple(reversed(YEARS))
    rows = [["", *[f"{year}年" if language == "zh" else str(year) for year in years]]]
    for item in (*SUMMARY, *RATIOS, EARNINGS):
        statement = "balance" if item.key in INSTANTS else "income"
        unit = "ratio" if item in RATIOS else "CNY/share" if item is EARNINGS else "CNY"
        values = [value_of(bank, item.key, year) for year in years]
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


def discussion(writer: ReportWriter, bank: Bank) -> None:
    """Prose with figures in other scales than the tables."""
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


def equity(writer: ReportWriter, bank: Bank, language: Language) -> None:
    """Changes in equity of the group: one row a movement, one column a component."""
    last = YEAR - 1
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

    def movement(names: tuple[str, str], keys: tuple[str | int, ...]) -> list[str]:
        """A row of the year's flows, each number remembered under its row and its column."""
        items = (StatementLine(f"{names[0]}: {column}", names[0], names[1]) for column in columns)
        return [
            writer.note(item, language, "income", YEAR, amount(key), dimension="equity") if key else whole(Decimal(0))
            for item, key in zip(items, keys, strict=True)
        ]

    def balance(year: int) -> list[str]:
        items = (StatementLine(key, head.replace("\n", " "), head.replace("\n", "")) for key, head in zip(columns, heads, strict=True))
        return [writer.note(item, language, "balance", year, bank.amount(item.key, year=year), dimension="equity") for item in items]

    writer.heading("股东权益变动表（合并）" if zh else "Consolidated statement of changes in equity", language)
    rows = [["", *heads], [f"{last}年12月31日余额" if zh else f"Balance at 31 Dec {last}", *balance(last)]]
    for names, keys in moves.items():
        rows.append([names[zh], *movement(names, keys)])
    rows.append([f"{YEAR}年12月31日余额" if zh else f"Balance at 31 Dec {YEAR}", *balance(YEAR)])
    writer.table(rows, language, first=(120,), bold=[1, len(rows) - 1])


def notes(writer: ReportWriter, bank: Bank, language: Language) -> None:
    """Segments of the year, then loans by type."""
    zh = language == "zh"
    writer.heading("附注一 分部信息" if zh else "Note 1 Segment information", language)
    writer.write(f"{YEAR}年度" if zh else f"Year ended 31 December {YEAR}", language, 9)
    rows = [["", *[name[zh] for name in SEGMENTS], "合计" if zh else "Total"]]
    for item in (
        StatementLine("operating_income", "Operating income", "营业收入"),
        StatementLine("profit_before_tax", "Profit before tax", "利润总额"),
    ):
        parts = [
            writer.note(item, language, "income", YEAR, value, dimension=name[0])
            for name, value in zip(SEGMENTS, bank.segments(item.key), strict=True)
        ]
        rows.append([item.zh if zh else item.en, *parts, writer.note(item, language, "income", YEAR, bank.amount(item.key))])
    writer.table(rows, language, first=(120,))
    statement(writer, bank, "loans", LOAN_NOTE, language, "发放贷款和垫款（附注二）" if zh else "loans and advances (Note 2)")


def scanned(writer: ReportWriter, bank: Bank) -> None:
    """Capital adequacy as a picture: rendered from a page of its own, a little turned, as from a scanner."""
    sheet = io.BytesIO()
    inner = ReportWriter(
        Canvas(sheet, pagesize=(WIDTH, HEIGHT), invariant=1), writer.owner, writer.owner_zh, page=writer.page, fonts="scan"
    )
    inner.heading("Capital adequacy", "en")
    years = (YEAR, YEAR - 1)
    rows = [["", *[header_date("en", "capital", year) for year in years]]]
    for item in CAPITAL:
        rows.append([item.en, *[inner.note(item, "en", "capital", y, bank.amount(item.key, year=y)) for y in years]])
    ratios = (
        StatementLine("core_capital_ratio", "Common equity tier 1 ratio", "核心一级资本充足率"),
        StatementLine("tier_one_ratio", "Tier 1 ratio", "一级资本充足率"),
        StatementLine("capital_ratio", "Capital adequacy ratio", "资本充足率"),
    )
    for item in ratios:
        values = [(year, bank.ratio(item.key, year=year)) for year in years]
        rows.append([item.en, *[inner.note(item, "en", "capital", year, value, unit="ratio") for year, value in values]])
    inner.table(rows, "en", first=(280,))
    inner.canvas.save()
    writer.truth += inner.truth
    image = pypdfium2.PdfDocument(sheet.getvalue())[0].render(scale=SCAN_SCALE, grayscale=True).to_pil()
    turned = image.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=250)
    writer.canvas.drawImage(ImageReader(turned), 0, 0, WIDTH, HEIGHT)
    writer.canvas.showPage()
    writer.page += 1


def annual_report(bank: Bank | None = None) -> DemoReport:
    """Write the report. The default bank is the one that the documentation quotes."""
    register_fonts()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(f"{NAME} Annual Report {YEAR}")
    bank = bank or Bank()
    writer = ReportWriter(canvas, NAME, NAME_ZH)
    cover(writer)
    discussion(writer, bank)
    for language in ("en", "zh"):
        summary(writer, bank, language)
        writer.turn()
        for name, items in STATEMENTS.items():
            statement(writer, bank, name, items, language, TITLES[name][language].lower())
            writer.turn()
        equity(writer, bank, language)
        writer.turn()
        notes(writer, bank, language)
        writer.turn()
    scan = writer.page
    scanned(writer, bank)
    canvas.save()
    return DemoReport(stream.getvalue(), tuple(writer.truth), pages=scan, scanned_page=scan)


CLIENT = "Linxi Port Group Co., Ltd."
CLIENT_SHORT = "Linxi Port Group"
CLIENT_ZH = "临溪港务集团股份有限公司"


def client_report() -> bytes:
    """One page on a client of the bank, for a label of its own: what someone without a grant must not learn."""
    register_fonts()
    stream = io.BytesIO()
    writer = ReportWriter(Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1), CLIENT, CLIENT_ZH)
    writer.write(f"Annual Report {YEAR}", "en", 18)
    writer.write(f"For the year ended 31 December {YEAR}", "en", 11)
    writer.heading("Consolidated income statement", "en")
    years = (YEAR, YEAR - 1)
    amounts = {"Operating income": (6_214, 5_873), "Operating expenses": (-4_926, -4_701), "Net profit": (1_012, 917)}
    rows = [["", *map(str, years)], *[[label, *[whole(Decimal(value)) for value in pair]] for label, pair in amounts.items()]]
    writer.table(rows, "en", first=(280,))
    writer.write("This company does not exist either.", "en", 9)
    writer.turn()
    writer.canvas.save()
    return stream.getvalue()
