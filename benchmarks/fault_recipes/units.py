"""Units, scales and currencies: of one column, of a row, of a title, in a right-hand cell, at the head of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import openpyxl

from fault_recipes.book import Bench, Trial, fault
from fault_recipes.papers import MILLION, THOUSAND, Also, Column, figure, figures, formats, paper, statement
from finfoundry.core.document import Parsed
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, NoFigure
from finfoundry.evals.silent_errors.paper_blocks import Block, Cell, CellRow, Heading, Line, Running, Table
from finfoundry.evals.silent_errors.written_files import saved

HEADS = ["", "2024", "2023"]
DAYS = ("31 December 2024", "31 December 2023")


UnitRow = tuple[str, str, str, str, Decimal | int | str]  # a label, figures of two years, their unit, what one printed unit is


def _by_unit(rows: Sequence[UnitRow], signs: str = "") -> list[Figure]:
    """The figures of rows, each in its own unit; ``signs`` are printed with them and no part of the number."""
    return [
        figure(row[0], cell.removesuffix(" years").strip(signs), Column(year, row[3], Decimal(row[4])))
        for row in rows
        for cell, year in zip(row[1:3], ("2024", "2023"), strict=True)
    ]


def _printed(rows: Sequence[UnitRow]) -> list[list[str]]:
    return [[row[0], row[1], row[2]] for row in rows]


# ---- OWN02-2: a spanning heading's unit


@fault("OWN02-2")
def term_matrix(_: Bench) -> Iterator[Trial]:
    grades = [
        ("AAA", "2.1", "2.4", "2.7", "3.1"),
        ("AA", "2.6", "2.95", "3.3", "3.75"),
        ("A", "3.2", "3.6", "4.0", "4.4"),
        ("BBB", "4.05", "4.65", "5.1", "5.6"),
    ]
    terms = ("1", "3", "5", "10")
    for name, title, span, kinds in (
        ("literal", "Lending rates 2024, in percent", "Term in years", "xlsx"),
        ("other words", "Lending rates 2024 (in %)", "Maturity (years)", "xlsx html docx"),
        ("months", "Deposit rates 2024, percent per year", "Term in months", "xlsx html"),
    ):
        loose = [Figure((row[0],), Decimal(cell) / 100, "ratio", "2024", cell, Decimal(cell)) for row in grades for cell in row[1:]]
        head: list[CellRow] = [["", Cell(span, span=4), None, None, None], ["Grade", *terms]]
        no = [NoFigure(Decimal(term), span) for term in terms]
        blocks: list[Block] = [Heading("Harrow Bank"), Heading(title, 2), Table([*head, *grades], heads=2, ruled=True)]
        yield from formats(name, blocks, kinds, loose, no=no)


# ---- OWN03-1: the unit in a right-hand cell of a Chinese sheet


def _sheet(rows: Sequence[Sequence[object]], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    return saved(book)


@fault("OWN03-1")
def right_hand_unit(_: Bench) -> Iterator[Trial]:
    lines = [("货币资金", 1234.5, 1100.25), ("应收账款", 2345.6, 2210.4), ("资产总计", 3580.1, 3310.65)]
    for unit, scale in (("单位：万元", 10**4), ("单位：人民币元", 1), ("金额单位：千元", THOUSAND)):
        columns = [Column(f"{year}-12-31", "CNY", scale) for year in (2024, 2023)]
        found = [figure(label, str(cell), column, Decimal(str(cell)) * scale) for label, *cells in lines
                 for cell, column in zip(cells, columns, strict=True)]  # fmt: skip
        top = ["松岗电子股份有限公司"]
        for name, over in (
            ("beside the date", [["资产负债表"], ["2024年12月31日", "", unit]]),
            ("beside the date, C2 alone", [["资产负债表"], ["2024年12月31日", unit]]),
            ("in A3", [["资产负债表"], ["2024年12月31日"], [unit]]),
            ("in C3", [["资产负债表"], ["2024年12月31日"], ["", "", unit]]),
        ):
            yield paper(f"{unit} {name}", _sheet([top, *over, ["项目", "期末余额", "期初余额"], *lines]), "xlsx", found)


# ---- OWN03-3: a row in another currency


@fault("OWN03-3")
def other_currency(_: Bench) -> Iterator[Trial]:
    plain = [("Loans to retail customers", "1,210", "1,150"), ("Loans to firms", "2,340", "2,280"), ("Mortgages", "3,450", "3,390")]
    base = figures(plain, [Column("2024-12-31"), Column("2023-12-31")])
    for name, row, unit in (
        ("literal", ("US branch (in $)", "$45", "$40"), "USD"),
        ("pounds", ("London branch (in £)", "£45", "£40"), "GBP"),
        ("code", ("Zurich branch (in CHF)", "CHF 45", "CHF 40"), "CHF"),
    ):
        columns = (Column("2024-12-31", unit), Column("2023-12-31", unit))
        shown = figures([(row[0], *(cell.strip("$£CHF ") for cell in row[1:]))], columns)
        blocks = statement("Harrow Bank", "Loans", "EUR million", [["", *DAYS], *plain, row])
        yield from formats(name, blocks, "html xlsx docx pdf", [*base, *shown], told=(row[0],))


# ---- OWN09-1: ¥ beside euros and dollars


@fault("OWN09-1")
def yen(_: Bench) -> Iterator[Trial]:
    euros = [figure("Revenue Europe", "300,000", Column("2024", "EUR", 1))]
    for name, printed in (("literal, euros", "¥400,000"), ("full width", "￥400,000")):
        rows = [["", "2024"], ["Revenue Europe", "€300,000"], ["Revenue Japan", printed], ["Revenue total", "700,000"]]
        blocks = statement("Vesterholm AG", "Revenue 2024", "Amounts in EUR", rows)
        yield from formats(name, blocks, "html xlsx docx pdf", euros, also=_in_no_currency("EUR"))
    rows = [["", "31 December 2024"], ["Bank loans (US$)", "2,000"], ["Bank loans (RMB)", "¥1,000"], ["Bonds", "3,000"]]
    blocks = statement("Vesterholm AG", "Borrowings", "Amounts in US dollars thousand", rows)
    dollars = [figure("Bonds", "3,000", Column("2024-12-31", "USD", THOUSAND))]
    yield from formats("literal, dollars", blocks, "html xlsx docx pdf", dollars, also=_in_no_currency("USD"))


def _in_no_currency(wrong: str) -> Also:
    """That no figure with ¥ is in a currency which that sign cannot mean: yen, yuan, none with a word."""

    def look(read: Parsed) -> str | None:
        bad = [fact for fact in read.facts if ("¥" in fact.text or "￥" in fact.text) and fact.unit == wrong]
        return f"{bad[0].metric[0]} {bad[0].text} told as {bad[0].value:f} {bad[0].unit}" if bad else None

    return look


# ---- OWN07-3, OWN10-3: ratios, multiples, basis points, cents, times in a table of money

MULTIPLES: tuple[UnitRow, ...] = (
    ("Revenue", "1,210", "1,150", "EUR", MILLION),
    ("Net debt / EBITDA", "2.4x", "2.6x", "ratio", 1),
    ("Interest cover", "5.1x", "4.9x", "ratio", 1),
    ("Leverage", "2.4 x", "2.7 x", "ratio", 1),
    ("Net debt to EBITDA (times)", "2.4", "2.6", "ratio", 1),
    ("CET1 ratio", "14.1", "13.8", "ratio", "0.01"),
    ("Average life", "1.2 years", "1.3 years", "years", 1),
)
MORE_MULTIPLES: tuple[UnitRow, ...] = (
    ("Revenue", "1,210", "1,150", "EUR", MILLION),
    ("Gearing (x)", "0.8", "0.9", "ratio", 1),
    ("EV/EBITDA", "7.4x", "8.0x", "ratio", 1),
    ("Asset turnover (times)", "1.3", "1.2", "ratio", 1),
    ("Debt service cover", "1.9×", "1.8×", "ratio", 1),
)
MULTIPLES_ZH: tuple[UnitRow, ...] = (
    ("营业收入", "1,210", "1,150", "CNY", MILLION),
    ("净负债/EBITDA", "2.4倍", "2.6倍", "ratio", 1),
    ("利息保障倍数", "5.1", "4.9", "ratio", 1),
    ("速动比率", "1.4", "1.3", "ratio", 1),
    ("资产周转率（次）", "0.82", "0.79", "ratio", 1),
)


@fault("OWN07-3")
def multiples(_: Bench) -> Iterator[Trial]:
    no = [NoFigure(Decimal(value) * MILLION) for value in ("2.4", "5.1", "14.1")]
    for name, line, rows in (
        ("literal", "Key figures in EUR million", MULTIPLES),
        ("other line", "EUR million unless otherwise stated", MULTIPLES),
        ("other multiples", "EUR million", MORE_MULTIPLES),
    ):
        blocks = statement("Brackenfield plc", "Key figures", line, [HEADS, *_printed(rows)])
        yield from formats(name, blocks, "html xlsx pdf docx", _by_unit(rows, " x×"), no=no)
    heads = ["项目", "2024年", "2023年"]
    blocks = statement("北岭重工股份有限公司", "主要财务指标", "单位：人民币百万元", [heads, *_printed(MULTIPLES_ZH)])
    yield from formats("Chinese", blocks, "html xlsx pdf", _by_unit(MULTIPLES_ZH, "倍"))


RATIOS: tuple[UnitRow, ...] = (
    ("Total assets", "81,210", "79,150", "EUR", MILLION),
    ("LCR", "148", "139", "ratio", "0.01"),
    ("NSFR", "121", "118", "ratio", "0.01"),
    ("Average LTV", "63", "61", "ratio", "0.01"),
    ("RoE", "9.8", "9.1", "ratio", "0.01"),
    ("Cost of risk (bps)", "34", "29", "ratio", "0.0001"),
    ("EPS (cents)", "84", "79", "EUR/share", "0.01"),
    ("Tier 1 leverage ratio", "5.4", "5.2", "ratio", "0.01"),
    ("Loan-to-deposit ratio", "87", "85", "ratio", "0.01"),
    ("Cost-income ratio", "51.2%", "52.0%", "ratio", "0.01"),
    ("Branches", "212", "220", NUMBER, 1),
)
MORE_RATIOS: tuple[UnitRow, ...] = (
    ("Net interest income", "1,210", "1,150", "EUR", MILLION),
    ("NPL ratio", "2.1", "2.4", "ratio", "0.01"),
    ("ROA", "0.8", "0.7", "ratio", "0.01"),
    ("Net interest margin (bp)", "148", "151", "ratio", "0.0001"),
    ("Dividend per share (cents)", "42", "40", "EUR/share", "0.01"),
    ("Coverage ratio", "61", "58", "ratio", "0.01"),
    ("Tier 1 ratio", "15.2", "14.9", "ratio", "0.01"),
    ("Employees (FTE)", "8,210", "8,340", NUMBER, 1),
)


@fault("OWN10-3")
def bank_ratios(_: Bench) -> Iterator[Trial]:
    no = [NoFigure(Decimal(value) * MILLION) for value in ("148", "63", "9.8", "34", "5.4", "87", "212")]
    for name, line, rows in (
        ("literal", "EUR million unless stated", RATIOS),
        ("other line", "in EUR million, unless otherwise indicated", RATIOS),
        ("other ratios", "EUR million unless stated", MORE_RATIOS),
    ):
        blocks = statement("Harrow Bank", "Key figures", line, [HEADS, *_printed(rows)])
        found = [one for one in _by_unit(rows, "%") if one.label[0] != "Total assets"]  # of a day that the paper does not say
        yield from formats(name, blocks, "html xlsx pdf docx", found, no=no, told=tuple(row[0] for row in rows))


# ---- OWN09-3: the scale at the head of a page


@fault("OWN09-3")
def page_header(_: Bench) -> Iterator[Trial]:
    rows = [("Total assets", "4,310", "3,987"), ("Total equity", "1,210", "1,087")]
    for name, line, unit, scale in (
        ("literal", "Management accounts - All amounts in EUR million", "EUR", MILLION),
        ("thousands", "Figures in USD thousand", "USD", THOUSAND),
        ("Chinese", "管理报表　单位：人民币万元", "CNY", 10**4),
    ):
        blocks: list[Block] = [Running(line), Heading("Tarnwick Group plc"), Heading("Balance sheet", 2), Table([["", *DAYS], *rows])]
        found = figures(rows, [Column("2024-12-31", unit, scale), Column("2023-12-31", unit, scale)])
        yield from formats(name, blocks, "docx xlsx pdf html", found)


# ---- B038: a column for convenience


@fault("B038")
def convenience(_: Bench) -> Iterator[Trial]:
    rows = [("Revenue", "1,280", "1,405", "193"), ("Net profit", "122", "131", "18"), ("Cost of sales", "800", "860", "118")]
    for name, heads in (
        ("literal", (["", "2023", "2024", "2024"], ["", "RMB", "RMB", "US$"])),
        ("codes", (["", "2023", "2024", "2024"], ["", "CNY", "CNY", "USD"])),
        ("in one line", (["(in millions)", "2023 RMB", "2024 RMB", "2024 US$"],)),
        ("euros and dollars", (["", "2023", "2024", "2024"], ["", "EUR", "EUR", "US$"])),
    ):
        money = "EUR" if "euros" in name else "CNY"
        columns = [Column("2023", money), Column("2024", money), Column("2024", "USD")]
        found = figures(rows, columns)
        blocks: list[Block] = [
            Heading("Yunling Holdings"),
            Heading("Consolidated statements of income", 2),
            Line("(in millions)"),
            Table([*heads, *rows], heads=len(heads)),
        ]
        yield from formats(name, blocks, "html xlsx docx", found, issuer="Yunling Holdings")
