"""Pages: ledgers, labels and tables that go over lines and pages, headings over blank columns, titles, what runs at the head of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import grid, pdf, text
from tests.knowledge.formats.drawn import statement as lines_of

from fault_recipes.book import Bench, Trial, fault
from fault_recipes.papers import MILLION, THOUSAND, Column, figure, figures, formats, paper, quiet, statement
from finfoundry.evals.silent_errors.expected import Figure
from finfoundry.evals.silent_errors.paper_blocks import Block, Heading, Line, NextPage, Running, Table
from finfoundry.evals.silent_errors.written_files import font_of

Rows = Sequence[Sequence[str]]
CHINESE = font_of(["中"])
YEARS = (Column("2024"), Column("2023"))


# ---- B001: a ledger whose words straddle the first ruling

LEDGER = [
    ("02.01.2025", "Standing order", "120.50", ""),
    ("03.01.2025", "Rent January", "980.00", ""),
    ("07.01.2025", "Direct debit ALPHA GMBH", "345.67", ""),
    ("09.01.2025", "Salary payment", "", "2,450.00"),
    ("14.01.2025", "Card payment", "61.20", ""),
    ("17.01.2025", "Refund", "", "35.90"),
    ("22.01.2025", "Insurance BETA AG", "210.00", ""),
    ("29.01.2025", "Cash withdrawal", "300.00", ""),
]


def _ledger(canvas: Canvas, rows: Rows, heads: Sequence[str], over: Sequence[str], x: float) -> None:
    for at, line in enumerate(over):
        text(canvas, 60, 90 + 16 * at, line, size=14 if at == 0 else 10)
    grid(canvas, [heads, *[("", "", one[2], one[3]) for one in rows]], top=150, edges=(40, 100, 330, 430, 530))
    for at, one in enumerate(rows, 1):
        text(canvas, x, 150 + 20 * at + 14, f"{one[0]} {one[1]}")


def _ledger_figures(rows: Rows, debit: str, credit: str, iso: bool = False) -> list[Figure]:
    found = []
    for day, words, out, into in rows:
        period = day if iso else "-".join(reversed(day.split(".")))
        found.append(figure(words, out or into, Column(period, "EUR", 1, (debit if out else credit,))))
    return found


@fault("B001")
def ledger(_: Bench) -> Iterator[Trial]:
    heads, iban = ("Date", "Text", "Debit EUR", "Credit EUR"), "IBAN DE12 3456 7890 1234 3456 00, amounts in EUR"
    found = _ledger_figures(LEDGER, "Debit", "Credit")
    clean = quiet("scale '00'")
    for name, over, x in (
        ("literal", ("Account statement", iban), 43.0),
        ("further to the left", ("Account statement January 2025", iban), 38.0),
        ("without an IBAN", ("List of movements", "All amounts in EUR"), 43.0),
    ):
        yield paper(name, pdf(partial(_ledger, rows=LEDGER, heads=heads, over=over, x=x)), "pdf", found, issuer="", also=clean)
    table = Table([["Date", "Text", "Debit", "Credit"], *LEDGER])
    blocks: list[Block] = [Heading("Account statement"), Line(iban), table]
    yield from formats("as a table", blocks, "html xlsx docx", found, issuer="", also=clean)


# ---- B006: a label that the end of a page breaks

WIDE = (40, 180, 260, 340, 420, 500, 580)
FIVE_ZH = ("项目", "期初余额", "本期增加", "本期减少", "其他变动", "期末余额")
OPEN_FIVE = ("8,888.88", "111.11", "22.22", "5.55", "8,983.32")
PLAIN_ZH = [(f"项目{one}", "1,111.11", "222.22", "33.33", "4.44", "1,304.44") for one in "甲乙丙丁戊己庚辛"]


def _broken_zh(end: str, rest: str, missing: bool) -> bytes:
    def first(canvas: Canvas) -> None:
        text(canvas, 60, 60, "云陵高速公路股份有限公司", font=CHINESE, size=15)
        text(canvas, 60, 84, "2024年年度报告 财务报表附注 单位：元", font=CHINESE)
        grid(canvas, [FIVE_ZH, *PLAIN_ZH * 3, (end, "", "", "", "", "")], top=240, edges=WIDE, font=CHINESE, pitch=20)

    def second(canvas: Canvas) -> None:
        edges = WIDE[:-1] if missing else WIDE
        rows = [(rest, *OPEN_FIVE), ("其他", "77.77", "6.66", "5.55", "4.44", "83.32")]
        if not missing:
            grid(canvas, rows, top=60, edges=edges, font=CHINESE)
            return
        grid(canvas, [row[:5] for row in rows], top=60, edges=WIDE[:6], font=CHINESE)
        for at, row in enumerate(rows):
            text(canvas, WIDE[5] + 3, 60 + 20 * at + 14, row[5], font=CHINESE)

    return pdf(first, second)


def _closing_zh(label: str, printed: Sequence[str]) -> list[Figure]:
    columns = [Column("2023-12-31", "CNY", 1), *[Column("2024", "CNY", 1)] * 3, Column("2024-12-31", "CNY", 1)]
    return [figure(label, one, column) for one, column in zip(printed, columns, strict=True)]


def _ruled_en(end: str, rest: str) -> bytes:
    edges, body = (50, 330, 430, 530), [(f"Income of office {one}", f"{300 + 7 * one}", f"{250 + 7 * one}") for one in range(1, 29)]

    def first(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Tarnwick Group plc", size=16)
        text(canvas, 60, 84, "Annual report 2024", size=12)
        text(canvas, 60, 104, "Other income and costs, in EUR million")
        grid(canvas, [("", "2024", "2023"), *body, (end, "", "")], top=150, edges=edges)

    return pdf(first, lambda canvas: grid(canvas, [(rest, "8,888", "7,111"), ("Other items", "155", "149")], top=60, edges=edges))


def _broken_en(end: str, rest: str, at: float = 0) -> bytes:
    def first(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Tarnwick Group plc", size=16)
        text(canvas, 60, 84, "Annual report 2024", size=12)
        text(canvas, 60, 104, "Other income and costs, in EUR million")
        body = [(f"Income of office {one}", f"{300 + 7 * one}", f"{250 + 7 * one}") for one in range(1, 42)]
        lines_of(canvas, [("", "2024", "2023"), *body, (end, "", "")], top=130)

    def second(canvas: Canvas) -> None:
        lines_of(canvas, [(rest, "8,888", "7,111"), ("Other items", "155", "149"), ("Total", "9,999", "8,111")], top=60 + at)

    return pdf(first, second)


@fault("B006")
def broken_label(_: Bench) -> Iterator[Trial]:
    whole = ("与高速公路收费权相关的特许经", "营权及其附属设施改良支出")
    for name, (end, rest), missing in (
        ("literal", whole, True),
        ("all rulings", whole, False),
        ("another label", ("以公允价值计量且其变动计入其他综", "合收益的金融资产减值准备"), False),
    ):
        yield paper(name, _broken_zh(end, rest, missing), "pdf", _closing_zh(end + rest, OPEN_FIVE), told=(end[-6:], rest[:6]))
    for name, end, rest in (
        ("English, begins small", "Improvements to the leased premises of the", "subsidiaries abroad"),
        ("English, a capital follows", "Gains on the sale of premises in Upper", "Austria and Tyrol"),
        ("English, no sign", "Contribution of the subsidiary Linden", "Foods to the result of the group"),
        ("English, cut before and", "Fees for advice on mergers", "and acquisitions of banks"),
    ):
        found = figures([(f"{end} {rest}", "8,888", "7,111")], YEARS)
        yield paper(name, _broken_en(end, rest), "pdf", found, told=(end, rest))
        yield paper(f"{name}, ruled", _ruled_en(end, rest), "pdf", found, told=(end, rest))


# ---- B007: headings over columns that are blank on a page

MOVES = ("Opening", "Increase", "Decrease", "Transfer", "FX", "Closing")
ASSETS = [("Land", "410", "50", "(20)", "15", "(3)", "452"), ("Buildings", "920", "110", "(60)", "(15)", "8", "963")]
LATER = [("Furniture", "520", "44", "(31)", "", "", "533"), ("Vehicles", "312", "28", "(45)", "", "", "295")]
AT = (215, 285, 350, 415, 470, 545)


def _moves(heads: Sequence[str], more: Rows, ruled: bool) -> bytes:
    def page(canvas: Canvas, rows: Rows, top: float) -> None:
        if ruled:
            grid(canvas, [("", *heads), *rows], top=top, edges=(50, 150, 220, 290, 355, 420, 475, 550))
        else:
            lines_of(canvas, [("", *heads), *rows], top=top, columns=AT)

    def first(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Quaymont plc", size=16)
        text(canvas, 60, 84, "Annual report for the year ended 31 December 2024", size=12)
        text(canvas, 60, 104, "Property and equipment, in EUR million")
        page(canvas, [*ASSETS, *[(f"{row[0]} {one}", *row[1:]) for one in ("North", "South", "East") for row in ASSETS]], 130)

    return pdf(first, lambda canvas: page(canvas, more, 70))


def _moved(rows: Rows, heads: Sequence[str]) -> list[Figure]:
    found = []
    for row in rows:
        for at, printed in enumerate(row[1:]):
            day = {0: "2023-12-31", 5: "2024-12-31"}.get(at)
            if printed:
                found.append(figure(row[0], printed, Column(day or "2024", words=() if day else (heads[at],))))
    return found


@fault("B007")
def blank_columns(_: Bench) -> Iterator[Trial]:
    other = ("Opening balance", "Additions", "Disposals", "Reclassified", "Exchange", "Closing balance")
    one_blank = [("Furniture", "520", "44", "(31)", "", "6", "539"), ("Vehicles", "312", "28", "(45)", "", "2", "297")]
    for name, heads, more, ruled in (
        ("literal", MOVES, LATER, False),
        ("other words", other, LATER, False),
        ("one blank column", MOVES, one_blank, False),
        ("ruled", MOVES, LATER, True),
    ):
        yield paper(name, _moves(heads, more, ruled), "pdf", _moved([*ASSETS, *more], heads))


# ---- B034, OWN02-3: a scale away from its table


BALANCE = [("Total assets", "4,310", "3,987"), ("Total liabilities", "3,100", "2,900"), ("Total equity", "1,210", "1,087")]
DAYS = ("31 December 2024", "31 December 2023")
BALANCES = (Column("2024-12-31"), Column("2023-12-31"))


@fault("B034")
def scale_away(_: Bench) -> Iterator[Trial]:
    table, found = Table([["", *DAYS], *BALANCE]), figures(BALANCE, BALANCES)
    second = [("Cash at bank", "311", "287"), ("Loans to customers", "1,455", "1,403")]
    both = [*found, *figures(second, BALANCES)]
    more = Table([["", *DAYS], *second])
    head, title = Heading("Vesterholm AG"), Heading("Balance sheet", 2)
    running = Running("Vesterholm AG · Annual report 2024 · amounts in EUR million unless stated")
    yield from formats("running header", [running, head, title, table, NextPage(), Heading("Notes", 2), more], "pdf", both)
    starred = Table([["EUR*", *DAYS], *BALANCE])
    yield from formats("footnote mark", [head, title, starred, Line("* All amounts in millions.")], "pdf html docx", found)
    grey: list[Block] = [head, title, Line("EUR million", 7), table]
    yield from formats("small line", grey, "pdf", found)
    pages: list[Block] = [head, title, Line("All amounts are in EUR million."), table, NextPage(), Heading("Notes", 2), more]
    yield from formats("first page alone", pages, "pdf docx", both)
    contents: list[Block] = [head, Line("Contents"), Line("Balance sheet (EUR million) ........ 2"), NextPage(), title, table]
    yield from formats("list of contents", contents, "pdf", found, told=("scale", "unit"))
    thousand: list[Block] = [Running("Amounts in thousands of US dollars"), head, title, table, NextPage(), Heading("Notes", 2), more]
    dollars = [figure(row[0], cell, Column(day, "USD", THOUSAND)) for row in (*BALANCE, *second)
               for cell, day in zip(row[1:], ("2024-12-31", "2023-12-31"), strict=True)]  # fmt: skip
    yield from formats("running header, another", thousand, "pdf docx", dollars)
    marked = Table([["USD (1)", *DAYS], *BALANCE])
    other = [
        figure(row[0], c, Column(d, "USD", THOUSAND)) for row in BALANCE for c, d in zip(row[1:], ("2024-12-31", "2023-12-31"), strict=True)
    ]
    yield from formats("numbered footnote", [head, title, marked, Line("(1) Figures are presented in thousands.")], "pdf html", other)


BALANCE_ZH = [("资产总计", "910,300", "870,200"), ("负债合计", "610,100", "590,900"), ("所有者权益合计", "300,200", "279,300")]
INCOME_ZH = [("营业收入", "88,400", "80,100"), ("净利润", "6,250", "5,900")]
YEAR_ENDS_ZH = ("2024年12月31日", "2023年12月31日")


def _headed_zh(heads: Sequence[str]) -> bytes:
    def page(canvas: Canvas, title: str, rows: Rows, columns: Sequence[str]) -> None:
        for at, line in enumerate(heads):
            text(canvas, 60, 30 + 12 * at, line, font=CHINESE, size=8)
        text(canvas, 60, 110, title, font=CHINESE, size=13)
        lines_of(canvas, [("项目", *columns), *rows], top=150, font=CHINESE)

    cash = [("经营活动产生的现金流量净额", "9,100", "8,700"), ("投资活动产生的现金流量净额", "-3,300", "-2,900")]
    return pdf(
        partial(page, title="合并资产负债表", rows=BALANCE_ZH, columns=YEAR_ENDS_ZH),
        partial(page, title="合并利润表", rows=INCOME_ZH, columns=("2024年度", "2023年度")),
        partial(page, title="合并现金流量表", rows=cash, columns=("2024年度", "2023年度")),
    )


@fault("OWN02-3")
def header_zh(_: Bench) -> Iterator[Trial]:
    for name, line, scale in (
        ("literal", "(除特别注明外，金额单位均为人民币百万元)", MILLION),
        ("literal, the other", "单位：百万元 币种：人民币", MILLION),
        ("thousands", "（除另有标明外，所有金额均以人民币千元列示）", THOUSAND),
        ("ten thousands", "金额单位：人民币万元", 10**4),
    ):
        found = [
            *figures(BALANCE_ZH, [Column(f"{year}-12-31", "CNY", scale) for year in (2024, 2023)]),
            *figures(INCOME_ZH, [Column(str(year), "CNY", scale) for year in (2024, 2023)]),
        ]
        yield paper(name, _headed_zh(("北岭重工股份有限公司", "2024年年度报告", line)), "pdf", found)


# ---- B035: a scale over one column


def _one_column(head: str, note: str, rows: Rows) -> bytes:
    def page(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Brackenfield plc", size=16)
        text(canvas, 60, 90, "Balance sheet", size=12)
        text(canvas, 60, 112, note)
        text(canvas, 400, 130, "31 December", right=True)
        text(canvas, 520, 130, "31 December", right=True)
        text(canvas, 400, 142, "2024", right=True)
        text(canvas, 520, 142, f"2023 {head}".strip(), right=True)
        lines_of(canvas, rows, top=160, columns=(400, 520))

    return pdf(page)


def _one_line(head: str, note: str, rows: Rows) -> bytes:
    def page(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Brackenfield plc", size=16)
        text(canvas, 60, 90, "Balance sheet", size=12)
        text(canvas, 60, 112, note)
        lines_of(canvas, [("", "31 December 2024", head), *rows], top=140, columns=(360, 560))

    return pdf(page)


@fault("B035")
def one_column(_: Bench) -> Iterator[Trial]:
    rows = [("Total assets", "3,275", "3,100,410"), ("Total liabilities", "2,175", "2,080,310"), ("Total equity", "1,100", "1,020,100")]
    columns = (Column("2024-12-31"), Column("2023-12-31", scale=THOUSAND))
    found = figures(rows, columns)
    yield paper("literal", _one_line("31 December 2023 (EUR thousand)", "EUR million", rows), "pdf", found)
    yield paper("two lines of heads", _one_column("(EUR thousand)", "EUR million", rows), "pdf", found)
    yield paper("in thousands", _one_line("31 December 2023 in EUR thousand", "Amounts in EUR million", rows), "pdf", found)
    heads = ["", "31 December 2024", "31 December 2023 (EUR thousand)"]
    blocks = statement("Brackenfield plc", "Balance sheet", "EUR million", [heads, *rows])
    yield from formats("other formats", blocks, "html docx xlsx", found)
