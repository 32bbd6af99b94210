"""Where units and scales stand and how they are called: in one word with the currency, in corners, columns and rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import openpyxl

from finfoundry.evals.silent_errors.draw import MONEY, Draw, Row, whole_year
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import INCOME, Block, Cell, CellRow, Heading, Line, Table, amount, body, opening
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import number_in, saved

HELD_OUT = True

EVERYWHERE = "html pdf docx xlsx csv"
TRADITIONAL = ("營業收入", "營業成本", "推銷費用", "管理費用", "研究發展費用", "本期淨利")


def in_scale(draw: Draw, rows: Sequence[Row], currency: str, scale: int, part: str = "") -> tuple[Figure, ...]:
    """The figures of a plain statement in another currency and scale than those drawn."""
    return tuple(
        Figure((row.label, *([part] if part else [])), number * scale, currency, whole_year(year), f"{number:,}", number)
        for row in rows
        for year, number in zip(draw.years, row.numbers, strict=True)
    )


def _head(draw: Draw, first: str | None = None) -> list[Cell | str | None]:
    return [draw.say("Item", "项目") if first is None else first, *draw.heads()]


def _plain(draw: Draw, line: str, currency: str, scale: int) -> Made:
    rows = draw.income()
    table = Table([_head(draw), *body(rows)], ruled=draw.variant // 2 % 2 == 0)
    return paper(draw, [*opening(draw), Line(line), table], Truth(in_scale(draw, rows, currency, scale)))


@recipe("currency and scale as one word", EVERYWHERE, "en")
def one_word(draw: Draw) -> Made:
    words = (("EUR'000", "EUR", 10**3), ("(£m)", "GBP", 10**6), ("TEUR", "EUR", 10**3), ("CHFm", "CHF", 10**6), ("US$'000", "USD", 10**3))
    return _plain(draw, *words[draw.variant])


@recipe("scale before the currency", EVERYWHERE, "zh")
def scale_before_currency(draw: Draw) -> Made:
    """千港元, 百万美元: the scale is the first half of the word."""
    words = (
        ("千港元", "HKD", 10**3),
        ("百万美元", "USD", 10**6),
        ("万欧元", "EUR", 10**4),
        ("亿日元", "JPY", 10**8),
        ("千美元", "USD", 10**3),
    )
    word, currency, scale = words[draw.variant]
    line = (f"单位：{word}", f"（{word}）", f"金额单位：{word}")[draw.variant % 3]
    return _plain(draw, line, currency, scale)


@recipe("billions and more", EVERYWHERE)
def billions(draw: Draw) -> Made:
    en = (
        ("JPY billion", "JPY", 10**9),
        ("in IDR trillion", "IDR", 10**12),
        ("VND bn", "VND", 10**9),
        ("USD billions", "USD", 10**9),
        ("KRW billion", "KRW", 10**9),
    )
    zh = (("十亿元", 10**9), ("亿元", 10**8), ("亿元", 10**8), ("十亿元", 10**9), ("亿元", 10**8))
    if not draw.zh:
        return _plain(draw, *en[draw.variant])
    word, scale = zh[draw.variant]
    return _plain(draw, f"单位：人民币{word}", "CNY", scale)


@recipe("Taiwan dollars in thousands", EVERYWHERE, "zh")
def taiwan(draw: Draw) -> Made:
    """In traditional characters; 仟元 is a thousand."""
    line = ("單位：新台幣仟元", "單位：新臺幣千元", "（除特別註明者外，單位為新台幣仟元）", "單位：新台幣佰萬元", "單位：新台幣百萬元")[
        draw.variant
    ]
    scale = 10**6 if draw.variant > 2 else 10**3
    rows = [Row(TRADITIONAL[at], (draw.amount(), draw.amount())) for at in sorted(draw.rng.sample(range(6), 4))]
    table = Table([_head(draw, "項目"), *body(rows)], ruled=draw.variant // 2 % 2 == 0)
    title: list[Block] = [Heading("台林電子股份有限公司"), Heading(f"{draw.year}年度綜合損益表", 2)]
    return paper(draw, [*title, Line(line), table], Truth(in_scale(draw, rows, "TWD", scale)))


@recipe("unit line in traditional characters", EVERYWHERE, "zh")
def traditional_unit(draw: Draw) -> Made:
    """As companies of Hong Kong print it."""
    words = (
        ("人民幣千元", "CNY", 10**3),
        ("港幣百萬元", "HKD", 10**6),
        ("千港元", "HKD", 10**3),
        ("人民幣百萬元", "CNY", 10**6),
        ("百萬美元", "USD", 10**6),
    )
    word, currency, scale = words[draw.variant]
    rows = [Row(TRADITIONAL[at], (draw.amount(), draw.amount())) for at in sorted(draw.rng.sample(range(6), 4))]
    table = Table([_head(draw, "項目"), *body(rows)], ruled=draw.variant // 2 % 2 == 0)
    title: list[Block] = [Heading("遠泊航運股份有限公司"), Heading(f"{draw.year}年度綜合收益表", 2)]
    line = word if draw.variant // 2 % 2 else f"（以{word}列示）"
    return paper(draw, [*title, Line(line), table], Truth(in_scale(draw, rows, currency, scale)))


@recipe("unit in the corner of the table", EVERYWHERE)
def corner(draw: Draw) -> Made:
    rows, money = draw.income(), MONEY[draw.lang, draw.currency]
    first = draw.say(f"(in {draw.currency} {draw.scale_word})", f"（{money}{draw.scale_word}）")
    table = Table([_head(draw, first), *body(rows)], ruled=draw.variant // 2 % 2 == 0)
    return paper(draw, [*opening(draw), table], Truth(in_scale(draw, rows, draw.currency, int(draw.scale))))


@recipe("unit under the year in its heading", "html pdf docx xlsx")
def under_year(draw: Draw) -> Made:
    rows, money = draw.income(), MONEY[draw.lang, draw.currency]
    unit = draw.say(f"{draw.currency} {draw.scale_word}", f"{money}{draw.scale_word}")
    head = [draw.say("Item", "项目"), *(f"{year}\n{unit}" for year in draw.heads())]
    table = Table([head, *body(rows)], ruled=True)
    return paper(draw, [*opening(draw), table], Truth(in_scale(draw, rows, draw.currency, int(draw.scale))))


@recipe("unit of each row in a column", EVERYWHERE)
def unit_column(draw: Draw) -> Made:
    """Key figures: amounts, people and shares, each with its unit beside the label."""
    money, income = MONEY[draw.lang, draw.currency], draw.income(2)
    staff = Row(draw.say("Employees", "员工人数"), (draw.amount(), draw.amount()))
    margin = Row(draw.say("Operating margin", "营业利润率"), tuple(Decimal(draw.rng.randint(111, 389)) / 10 for _ in "ab"))
    unit = draw.say(f"{draw.currency} {draw.scale_word}", f"{money}{draw.scale_word}")
    lines: list[list[CellRow]] = [[[row.label, unit, *map(amount, row.numbers)]] for row in income]
    lines.append([[staff.label, draw.say("persons", "人"), *map(amount, staff.numbers)]])
    lines.append([[margin.label, "%", *(Cell(str(one), number=one, pattern="0.0") for one in margin.numbers)]])
    draw.rng.shuffle(lines)
    found = [*in_scale(draw, income, draw.currency, int(draw.scale)), *in_scale(draw, [staff], NUMBER, 1)]
    for year, number in zip(draw.years, margin.numbers, strict=True):
        found.append(Figure((margin.label,), number / 100, "ratio", whole_year(year), str(number), number))
    head = [draw.say("Key figure", "指标"), draw.say("Unit", "单位"), *draw.heads()]
    title = ("Key figures", "主要指标")
    return paper(
        draw, [*opening(draw, title), Table([head, *(row for [row] in lines)], ruled=draw.variant // 2 % 2 == 0)], Truth(tuple(found))
    )


@recipe("unit lines between rows", EVERYWHERE)
def unit_rows(draw: Draw) -> Made:
    """ "EUR million" stands above some rows of the table, "Number of people" above others."""
    money, income = MONEY[draw.lang, draw.currency], draw.income(3)
    names = draw.say("Employees in Europe|Employees in Asia", "境内员工|境外员工").split("|")
    staff = [Row(name, (draw.amount(), draw.amount())) for name in names]
    unit = draw.say(f"in {draw.currency} {draw.scale_word}", f"单位：{money}{draw.scale_word}")
    people = draw.say("in number of people", "单位：人")
    first, second = ([[unit, "", ""], *body(income)], [[people, "", ""], *body(staff)])
    lines = [*first, *second] if draw.variant // 2 % 2 else [*second, *first]
    found = (*in_scale(draw, income, draw.currency, int(draw.scale)), *in_scale(draw, staff, NUMBER, 1))
    return paper(
        draw, [*opening(draw, ("Key figures", "主要指标")), Table([_head(draw), *lines], ruled=draw.variant // 2 % 2 == 0)], Truth(found)
    )


@recipe("headings in two languages", EVERYWHERE)
def two_languages(draw: Draw) -> Made:
    """人民币千元 RMB'000 over 2024年 2024."""
    rows = draw.income()
    words = (
        ("人民币千元", "RMB'000", "CNY", 10**3),
        ("港币百万元", "HK$ million", "HKD", 10**6),
        ("人民币百万元", "RMB million", "CNY", 10**6),
    )
    zh, en, currency, scale = words[draw.variant % 3]
    head = [draw.say("Item 项目", "项目 Item"), *(f"{year}年 / {year}" for year in draw.years)]
    table = Table([head, *body(rows)], ruled=draw.variant // 2 % 2 == 0)
    line = draw.say(f"{en} {zh}", f"{zh} {en}")
    return paper(draw, [*opening(draw), Line(line), table], Truth(in_scale(draw, rows, currency, scale)))


@recipe("rupees in crore", EVERYWHERE, "en")
def crore(draw: Draw) -> Made:
    line = ("(INR in crore)", "INR crore", "(INR in lakh)", "Amounts in INR crores", "Amounts in INR lakhs")[draw.variant]
    return _plain(draw, line, "INR", 10**5 if "lakh" in line else 10**7)


@recipe("zeros that are left out", EVERYWHERE, "en")
def zeros_omitted(draw: Draw) -> Made:
    word = draw.currency
    line = (
        f"({word}, 000s omitted)",
        f"(000's omitted, {word})",
        f"{word} (000 omitted)",
        f"{word}, three zeros omitted",
        f"({word} 000s)",
    )
    return _plain(draw, line[draw.variant], word, 10**3)


@recipe("currency code in a column of its own", EVERYWHERE)
def code_column(draw: Draw) -> Made:
    """Funds, each with the currency of its net assets beside its name."""
    names = draw.say("Growth Fund|Income Fund|Bond Fund|Balanced Fund", "成长基金|收益基金|债券基金|平衡基金").split("|")
    codes = draw.rng.sample(("USD", "EUR", "HKD", "SGD", "GBP"), 4)
    rows = [Row(name, (draw.amount(), draw.amount())) for name in names]
    lines: list[CellRow] = [[row.label, code, *map(amount, row.numbers)] for row, code in zip(rows, codes, strict=True)]
    head = [draw.say("Fund", "基金"), draw.say("Currency", "币种"), *(draw.say(f"31 December {y}", f"{y}年12月31日") for y in draw.years)]
    line = draw.say("Net assets in millions of the fund's currency", "基金资产净值，单位：百万（按基金币种）")
    found = tuple(
        Figure((row.label,), number * 10**6, code, f"{year}-12-31", f"{number:,}", number)
        for row, code in zip(rows, codes, strict=True)
        for year, number in zip(draw.years, row.numbers, strict=True)
    )
    table = Table([head, *lines], ruled=draw.variant // 2 % 2 == 0)
    return paper(draw, [*opening(draw, ("Net assets", "基金净值表")), Line(line), table], Truth(found))


@recipe("currency and scale of each record", "csv xlsx")
def records(draw: Draw) -> Made:
    """An export: item, year, currency, unit, amount."""
    labels = [row.label for row in draw.income(4)]
    words = draw.say("thousand|million", "千元|百万元").split("|")
    lines: list[CellRow] = []
    found = []
    for label in labels:
        for year in draw.years:
            number, at, code = draw.amount(), draw.rng.randrange(2), draw.rng.choice(("EUR", "USD", "CHF"))
            lines.append([label, Cell(str(year), number=Decimal(year)), code, words[at], Cell(str(number), number=number)])
            found.append(Figure((label,), number * 1000 ** (at + 1), code, whole_year(year), str(number), number))
    head = draw.say("Item|Year|Currency|Unit|Amount", "项目|年度|币种|单位|金额").split("|")
    return paper(draw, [Table([head, *lines])], Truth(tuple(found)))


@recipe("sheets in other scales", "xlsx")
def sheets(draw: Draw) -> Made:
    """A sheet in millions, the next in thousands."""
    book, found = openpyxl.Workbook(), list[Figure]()
    names = draw.say("Income|Details", "利润表|明细").split("|")
    details = draw.say("Rent paid|Freight|Energy", "租金支出|运输费|能源费").split("|")
    income = draw.income(3)
    for at, (name, rows) in enumerate(zip(names, (income, [Row(d, (draw.amount(), draw.amount())) for d in details]), strict=True)):
        sheet = book.worksheets[0] if at == 0 else book.create_sheet()
        sheet.title = name
        scale = (10**6, 10**3)[(at + draw.variant) % 2]
        word = draw.say("million" if scale == 10**6 else "thousand", "百万元" if scale == 10**6 else "千元")
        sheet.append([draw.company])
        sheet.append([draw.say(f"in {draw.currency} {word}", f"单位：{MONEY['zh', draw.currency] if draw.zh else ''}{word}")])
        sheet.append([draw.say("Item", "项目"), *draw.heads()])
        for row in rows:
            sheet.append([row.label, *(number_in(amount(number)) for number in row.numbers)])
        found += in_scale(draw, rows, draw.currency, scale)
    return Made(saved(book), "xlsx", Truth(tuple(found)))


@recipe("scale told in a sentence", EVERYWHERE)
def sentence(draw: Draw) -> Made:
    """The only word on the scale stands in prose some lines above the table."""
    rows, money = draw.income(), MONEY[draw.lang, draw.currency]
    words = {10**6: "millions", 10**3: "thousands"}
    first = draw.say(
        f"These statements are presented in {draw.currency}, and all values are rounded to {words.get(int(draw.scale), '')} "
        f"({draw.currency} {draw.scale_word}) unless stated otherwise.",
        f"本财务报表以{money}列示，除特别注明外，金额单位均为{money}{draw.scale_word}。",
    )
    second = draw.say("The accounting policies have not changed since last year.", "本公司会计政策与上年度一致。")
    blocks = [*opening(draw, INCOME), Line(first), Line(second), Table([_head(draw), *body(rows)], ruled=draw.variant // 2 % 2 == 0)]
    no = tuple(NoFigure(number, row.label) for row in rows for number in row.numbers)
    return paper(draw, blocks, Truth(in_scale(draw, rows, draw.currency, int(draw.scale)), no))
