"""Where scale and currency stand: over the table, at the head of the page, behind a mark, in one column, in one row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import MONEY, Draw, Row, figures, grouped, whole_year, year_end
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Block, Cell, CellRow, Heading, Line, NextPage, Running, Table, amount, body, opening
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import as_sheet

MILLION, THOUSAND = Decimal(10**6), Decimal(10**3)


def plain_table(draw: Draw, rows: list[Row], *, ruled: bool = False) -> Table:
    """The lines under the years, without a unit line."""
    return Table([[draw.say("Item", "项目"), *draw.heads()], *body(rows)], ruled=ruled)


@recipe("small unit line under the title", "pdf html docx xlsx csv eml")
def small_line(draw: Draw) -> Made:
    """Scale and currency in small print between title and table."""
    rows = draw.income()
    blocks = [*opening(draw), Line(draw.unit_line, 6.5), plain_table(draw, rows, ruled=draw.variant % 2 == 0)]
    return paper(draw, blocks, Truth(figures(rows, draw)))


@recipe("scale at the head of the page", "pdf docx xlsx")
def running_head(draw: Draw) -> Made:
    """The unit line runs at the head of every page, or in the print header of a sheet."""
    rows, more = draw.income(), draw.balance()
    unit = draw.say(
        f"{draw.company} · amounts in {draw.currency} {draw.scale_word} unless stated",
        f"（除特别注明外，金额单位均为{MONEY['zh', draw.currency] if draw.zh else ''}{draw.scale_word}）",
    )
    blocks: list[Block] = [Running(unit), *opening(draw), plain_table(draw, rows)]
    found = figures(rows, draw)
    if draw.format != "xlsx":
        table = Table([[draw.say("Item", "项目"), *draw.days()], *body(more)])
        blocks += [NextPage(), Heading(draw.say("Balance sheet", "资产负债表"), 2), table]
        blocks += [NextPage(), Heading(draw.say("Other matters", "其他事项"), 2), Line(draw.say("There are none.", "无。"))]
        found = (*found, *figures(more, draw, instant=True))
    return paper(draw, blocks, Truth(found))


@recipe("scale behind a mark", "pdf html docx")
def scale_behind_a_mark(draw: Draw) -> Made:
    """A star at the currency, and its note under the table says the scale."""
    rows, money = draw.income(), MONEY[draw.lang, draw.currency]
    over = Line(draw.say(f"{money}*", f"单位：{money}*"))
    under = Line(draw.say(f"* All amounts in {draw.scale_word}s.", f"* 所有金额以{draw.scale_word}为单位。"), 7)
    return paper(draw, [*opening(draw), over, plain_table(draw, rows), under], Truth(figures(rows, draw)))


@recipe("scale below the table", "pdf html docx xlsx")
def scale_below(draw: Draw) -> Made:
    """Scale and currency are told under the table alone."""
    rows = draw.income()
    return paper(draw, [*opening(draw), plain_table(draw, rows), Line(draw.unit_line, 8)], Truth(figures(rows, draw)))


@recipe("scale on the first page alone", "pdf docx html")
def scale_once(draw: Draw) -> Made:
    """A sentence at the beginning says it for all tables; they say nothing."""
    rows, more, money = draw.income(), draw.balance(), MONEY[draw.lang, draw.currency]
    said = draw.say(
        f"All amounts in this report are in {money} {draw.scale_word}, unless stated otherwise.",
        f"除特别注明外，本报告所有金额均以{money}{draw.scale_word}为单位列示。",
    )
    table = Table([[draw.say("Item", "项目"), *draw.days()], *body(more)])
    blocks = [*opening(draw), Line(said), plain_table(draw, rows), NextPage(), Heading(draw.say("Balance sheet", "资产负债表"), 2), table]
    return paper(draw, blocks, Truth((*figures(rows, draw), *figures(more, draw, instant=True))))


@recipe("no scale anywhere", "html pdf xlsx", "en zh")
def in_ones(draw: Draw) -> Made:
    """Amounts in full, with the currency alone."""
    draw.scale = Decimal(1)
    rows = [Row(row.label, tuple(number * 100_037 for number in row.numbers)) for row in draw.income()]
    unit = Line(draw.say(f"in {draw.currency}", f"单位：{'元' if draw.currency == 'CNY' else '港元'}"))
    return paper(draw, [*opening(draw), unit, plain_table(draw, rows)], Truth(figures(rows, draw)))


@recipe("scale of one column", "pdf html docx xlsx")
def scale_of_one_column(draw: Draw) -> Made:
    """This year in millions, last year in thousands, each said in its heading."""
    rows = [Row(row.label, (row.numbers[0], row.numbers[1] * 1013)) for row in draw.balance()]
    words = (("EUR million", "EUR thousand"), ("百万元", "千元"))[draw.zh]
    draw.currency = "CNY" if draw.zh else "EUR"
    heads = [
        draw.say(f"31 December {year} ({word})", f"{year}年12月31日（人民币{word}）") for year, word in zip(draw.years, words, strict=True)
    ]
    found = tuple(
        Figure((row.label,), number * scale, draw.currency, year_end(year), grouped(number), number)
        for row in rows
        for year, number, scale in zip(draw.years, row.numbers, (MILLION, THOUSAND), strict=True)
    )
    table = Table([[draw.say("Item", "项目"), *heads], *body(rows)], ruled=draw.variant % 3 == 0)
    return paper(draw, [*opening(draw, ("Balance sheet", "资产负债表")), table], Truth(found))


@recipe("currency of each column", "pdf html docx xlsx")
def currency_of_each_column(draw: Draw) -> Made:
    """The year in two currencies, the second for convenience."""
    pairs = draw.say("EUR USD", "CNY HKD").split()
    names = draw.say("EUR US$", "人民币 港币").split()
    draw.scale, word = MILLION, draw.say("million", "百万元")
    rows = draw.income()
    heads = [f"{draw.year}{draw.say(' ', '年')}{name}" for name in names]
    found = tuple(
        Figure((row.label,), number * MILLION, currency, whole_year(draw.year), grouped(number), number)
        for row in rows
        for currency, number in zip(pairs, row.numbers, strict=True)
    )
    unit = Line(draw.say(f"in {word}s", f"单位：{word}"))
    table = Table([[draw.say("Item", "项目"), *heads], *body(rows)], ruled=draw.variant % 2 == 0)
    return paper(draw, [*opening(draw), unit, table], Truth(found, issuer=draw.company))


@recipe("currency on a line of its own in the heading", "html xlsx docx pdf", "en")
def currency_under_the_year(draw: Draw) -> Made:
    """Two rows of headings: the year, and under it RMB or US$."""
    rows = draw.income(4, 3)
    draw.scale = MILLION
    years = [draw.year - 1, draw.year, draw.year]
    heads: list[CellRow] = [["", *map(str, years)], ["in millions", "RMB", "RMB", "US$"]]
    found = tuple(
        Figure((row.label,), number * MILLION, currency, whole_year(year), grouped(number), number)
        for row in rows
        for year, currency, number in zip(years, ("CNY", "CNY", "USD"), row.numbers, strict=True)
    )
    table = Table([*heads, *body(rows)], heads=2, ruled=draw.variant % 2 == 0)
    return paper(draw, [*opening(draw), table], Truth(found, issuer=draw.company))


@recipe("one row in another currency", "html pdf xlsx docx", "en")
def one_row_in_dollars(draw: Draw) -> Made:
    """A line of a euro table says that it is in dollars, and bears their sign."""
    draw.currency, draw.scale = "EUR", MILLION
    names = ("Loans to retail customers", "Loans to companies", "Loans to the public sector")
    rows = [Row(name, (draw.amount(), draw.amount())) for name in names]
    other = [draw.amount(41, 99) for _ in range(2)]
    line: CellRow = ["US branch (in $ million)", *(f"${number}" for number in other)]
    found = tuple(
        Figure(("US branch",), number * MILLION, "USD", str(year), f"${number}", number)
        for year, number in zip(draw.years, other, strict=True)
    )
    money = tuple(replace(one, period=one.period[:4]) for one in figures(rows, draw))
    lines = [*body(rows[:2]), line, *body(rows[2:])]
    blocks = [
        *opening(draw, ("Loans to customers", "")),
        Line("EUR million"),
        Table([["Item", *draw.heads()], *lines], ruled=draw.variant % 2 == 0),
    ]
    return paper(draw, blocks, Truth((*money, *found)))


@recipe("yuan or yen in a euro paper", "html docx xlsx pdf", "en")
def yen_in_a_euro_paper(draw: Draw) -> Made:
    """A number with ¥ in a table in euros is no euro; what it is, its label says."""
    draw.currency, draw.scale = "EUR", Decimal(1)
    rows = [Row(row.label, tuple(number * 100 for number in row.numbers)) for row in draw.income(3)]
    label, currency = (("Revenue in Japan (JPY)", "JPY"), ("Bank loans (RMB)", "CNY"), ("Revenue in Japan (in yen)", "JPY"))[
        draw.variant % 3
    ]
    numbers = [draw.amount() * 100 for _ in range(2)]
    line: CellRow = [label, *(f"¥{grouped(number)}" for number in numbers)]
    found = tuple(
        Figure((label.split(" (")[0],), number, currency, str(year), f"¥{grouped(number)}", number)
        for year, number in zip(draw.years, numbers, strict=True)
    )
    blocks = [*opening(draw), Line("Amounts in EUR"), Table([["Item", *draw.heads()], *body(rows), line])]
    return paper(draw, blocks, Truth((*figures(rows, draw), *found)))


@recipe("unit in a cell on the right", "xlsx csv html", "zh")
def unit_on_the_right(draw: Draw) -> Made:
    """A Chinese sheet: the date on the left, 单位：万元 on the right of it."""
    draw.currency = "CNY"
    rows = draw.balance()
    day, unit = f"{draw.year}年12月31日", f"单位：{draw.scale_word}"
    head: list[CellRow] = [
        [day, "", unit] if draw.variant % 2 else [f"编制单位：{draw.company}", day, unit],
        ["项目", "期末余额", "期初余额"],
    ]
    found = figures(rows, draw, instant=True)
    over: list[Block] = [Heading(draw.company)] if draw.variant % 2 else []
    blocks = [*over, Heading("资产负债表", 2), Table([*head, *body(rows)], heads=2)]
    return paper(draw, blocks, Truth(found))


@recipe("thousands by a sheet's format", "xlsx")
def thousands_by_format(draw: Draw) -> Made:
    """The sheet keeps full amounts and shows thousands, which its unit line says."""
    draw.scale, draw.scale_word = THOUSAND, draw.say("thousand", "千元")
    rows = draw.income()
    lines: list[CellRow] = [[row.label, *(Cell(grouped(n), number=n * 1000, pattern="#,##0,") for n in row.numbers)] for row in rows]
    found = tuple(replace(one, printed=str(one.shown * 1000)) for one in figures(rows, draw))
    blocks = [*opening(draw), Line(draw.unit_line), Table([[draw.say("Item", "项目"), *draw.heads()], *lines])]
    return paper(draw, blocks, Truth(found))


@recipe("scale word in a sheet's format", "xlsx", "en")
def millions_by_format(draw: Draw) -> Made:
    """1,234,567 shown as 1.2m: the sheet's number is the value."""
    draw.scale = Decimal(1)
    rows = [Row(row.label, tuple(number * 1_000_000 for number in row.numbers)) for row in draw.income()]
    lines: list[CellRow] = [[row.label, *(Cell("", number=n, pattern='#,##0.0,,"m"') for n in row.numbers)] for row in rows]
    found = tuple(replace(one, printed=str(one.shown)) for one in figures(rows, draw))
    blocks: list[Block] = [*opening(draw), Line(f"in {draw.currency}"), Table([["Item", *draw.heads()], *lines])]
    return Made(as_sheet(blocks), "xlsx", Truth(found))


@recipe("two scales in one paper", "pdf html docx xlsx")
def two_scales(draw: Draw) -> Made:
    """The balance sheet in millions, the income statement in thousands, each under its own line."""
    rows, more = draw.income(), draw.balance()
    money, words = MONEY[draw.lang, draw.currency], draw.say("thousand million", "千元 百万元").split()
    draw.scale = THOUSAND
    found = figures(rows, draw)
    draw.scale = MILLION
    found = (*found, *figures(more, draw, instant=True))
    said = [Line(draw.say(f"in {money} {word}", f"单位：{money}{word}")) for word in words]
    second = Table([[draw.say("Item", "项目"), *draw.days()], *body(more)])
    blocks = [*opening(draw), said[0], plain_table(draw, rows), Heading(draw.say("Balance sheet", "资产负债表"), 2), said[1], second]
    return paper(draw, blocks, Truth(found))


@recipe("unit of a heading over a matrix", "xlsx html pdf docx")
def rate_matrix(draw: Draw) -> Made:
    """ "Term in years" spans the columns of a table of rates: the rates are per cent, not years."""
    terms, grades = (1, 3, 5, 10), draw.say("AAA AA A BBB", "甲级 乙级 丙级 丁级").split()
    rates = {grade: [Decimal(draw.rng.randint(112, 689)) / 100 for _ in terms] for grade in grades}
    heads: list[CellRow] = [
        [draw.say("Grade", "等级"), Cell(draw.say("Term in years", "期限（年）"), span=4), None, None, None],
        ["", *map(str, terms)],
    ]
    lines: list[CellRow] = [[grade, *(Cell(f"{one:.2f}", number=one, pattern="0.00") for one in found)] for grade, found in rates.items()]
    found = tuple(
        Figure((grade, str(term)), one / 100, "ratio", str(draw.year), f"{one:.2f}", one)
        for grade, some in rates.items()
        for term, one in zip(terms, some, strict=True)
    )
    plain = tuple(NoFigure(one, grade) for grade, some in rates.items() for one in some)
    title = draw.say(f"Lending rates {draw.year}, in per cent", f"{draw.year}年贷款利率（%）")
    return paper(draw, [Heading(draw.company), Heading(title, 2), Table([*heads, *lines], heads=2, ruled=True)], Truth(found, plain))


@recipe("unit in brackets at each label", "html pdf docx xlsx csv")
def bracketed_units(draw: Draw) -> Made:
    """ "Revenue (EUR million)", "Cash at bank (EUR thousand)": each line has its own."""
    rows, money = draw.income(3), MONEY[draw.lang, draw.currency]
    words = [(draw.say("million", "百万元"), MILLION), (draw.say("thousand", "千元"), THOUSAND)]
    lines: list[CellRow] = []
    found: list[Figure] = []
    for at, row in enumerate(rows):
        word, scale = words[at % 2]
        lines.append([f"{row.label}{draw.say(f' ({money} {word})', f'（{money}{word}）')}", *map(amount, row.numbers)])
        found += [
            Figure((row.label,), number * scale, draw.currency, whole_year(year), grouped(number), number)
            for year, number in zip(draw.years, row.numbers, strict=True)
        ]
    table = Table([[draw.say("Item", "项目"), *draw.heads()], *lines], ruled=draw.variant % 2 == 0, wide=230)
    return paper(draw, [*opening(draw), table], Truth(tuple(found)))
