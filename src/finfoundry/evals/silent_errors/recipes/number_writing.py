"""How a number is written: marks of notes, signs, separators, ratios."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped, whole_year
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Cell, CellRow, Line, amount, body, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe

CURRENCY_MARK = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF ", "CNY": "¥", "HKD": "HK$"}
TWO_PLACES = Decimal("0.01")


def written_as(draw: Draw, rows: Sequence[Row], write: Callable[[Decimal], str]) -> Made:
    """A statement whose numbers are written in a way of their own, as text."""
    printed = {number: write(number) for row in rows for number in row.numbers}
    lines: list[CellRow] = [[row.label, *(printed[number] for number in row.numbers)] for row in rows]
    found = tuple(replace(one, printed=printed[one.shown]) for one in figures(rows, draw))
    return paper(draw, statement(draw, lines), Truth(found))


@recipe("superscript mark", "pdf docx html xlsx")
def superscript_mark(draw: Draw) -> Made:
    """A note's number stands in superscript behind a figure: 250⁹ is no 2509."""
    rows = draw.income()
    at, mark = draw.rng.randrange(len(rows)), str(draw.rng.randint(1, 9))
    lines = body(rows)
    first = rows[at].numbers[0]
    lines[at] = [rows[at].label, replace(amount(first), sup=mark), amount(rows[at].numbers[1])]
    wrong = Decimal(f"{first}{mark}") * draw.scale
    notes = Line(draw.say(f"{mark} Including discontinued parts.", f"{mark} 含终止经营部分。"), 7)
    return paper(draw, [*statement(draw, lines), notes], Truth(figures(rows, draw), (NoFigure(wrong),)))


@recipe("letter as mark", "pdf docx html")
def letter_as_mark(draw: Draw) -> Made:
    """Notes are marked by (a), * or †."""
    rows = draw.income()
    marks = draw.rng.sample(["(a)", "*", "†", "(b)"], 2)
    lines: list[CellRow] = [
        [row.label, replace(amount(row.numbers[0]), sup=marks[at]) if at < 2 else amount(row.numbers[0]), amount(row.numbers[1])]
        for at, row in enumerate(rows)
    ]
    notes = [Line(draw.say(f"{mark} Restated.", f"{mark} 经重述。"), 7) for mark in marks]
    return paper(draw, [*statement(draw, lines), *notes], Truth(figures(rows, draw)))


@recipe("mark behind a space", "html docx pdf csv")
def mark_behind_a_space(draw: Draw) -> Made:
    """A note's number stands behind a space: "1,100 2"."""
    rows = draw.income()
    at = draw.rng.randrange(len(rows))
    lines = body(rows)
    printed = f"{grouped(rows[at].numbers[0])} 2"
    lines[at] = [rows[at].label, printed, amount(rows[at].numbers[1])]
    note = Line(draw.say("2 Until March of the next year.", "2 截至次年三月。"), 7)
    return paper(draw, [*statement(draw, lines), note], Truth(figures(rows, draw), issuer=draw.company))


@recipe("brackets for less than nothing", "pdf docx html xlsx csv eml png", "en zh")
def brackets(draw: Draw) -> Made:
    """Losses and costs in brackets."""
    if draw.format == "png":
        draw = Draw(draw.kind, draw.variant, draw.format, "en", draw.seed)
    rows = [Row(row.label, tuple(-number if at % 2 else number for number in row.numbers)) for at, row in enumerate(draw.income())]
    return paper(draw, statement(draw, body(rows)), Truth(figures(rows, draw)))


@recipe("trailing minus", "html csv xlsx pdf")
def trailing_minus(draw: Draw) -> Made:
    """The minus stands behind the number, as ledgers print it."""
    rows = [Row(row.label, tuple(-number if at % 2 else number for number in row.numbers)) for at, row in enumerate(draw.income())]
    return written_as(draw, rows, lambda number: f"{abs(number):,}-" if number < 0 else f"{number:,}")


@recipe("typographic minus", "html docx pdf csv")
def typographic_minus(draw: Draw) -> Made:
    """A true minus sign, a dash, a full-width one."""
    sign = "−－–"[draw.variant % 3]
    if draw.format == "pdf":
        sign = "–"  # of every font
    rows = [Row(row.label, tuple(-number if at % 2 else number for number in row.numbers)) for at, row in enumerate(draw.income())]
    return written_as(draw, rows, lambda number: f"{sign}{abs(number):,}" if number < 0 else f"{number:,}")


@recipe("bracket and minus in words", "html docx xlsx", "en zh")
def less_in_words(draw: Draw) -> Made:
    """ "Less: cost of sales 1,200" and 减：营业成本: the number is printed without a sign."""
    rows = draw.income()
    less = Row(draw.say("Less: rebates", "减：折让"), (draw.amount(), draw.amount()))
    found = tuple(replace(one, label=(less.label,)) for one in figures([less], draw))
    return paper(draw, statement(draw, body([*rows, less])), Truth((*figures(rows, draw), *found)))


@recipe("gaps between thousands", "html docx csv xlsx pdf")
def gaps(draw: Draw) -> Made:
    """A space, a hard or a thin one, between thousands."""
    gap = (" ", "\u00a0", "\u202f")[draw.variant % 3]
    if draw.format == "pdf":
        gap = "\u00a0" if draw.variant % 2 and not draw.zh else " "
    rows = [Row(row.label, tuple(number * 10 for number in row.numbers)) for row in draw.income()]
    return written_as(draw, rows, lambda number: f"{number:,}".replace(",", gap))


@recipe("apostrophes between thousands", "html xlsx csv docx pdf", "en")
def apostrophes(draw: Draw) -> Made:
    """As Switzerland prints: 1'234'567."""
    sign = "'" if draw.variant % 2 or draw.format == "pdf" else "’"
    rows = [Row(row.label, tuple(number * 1007 for number in row.numbers)) for row in draw.income()]
    return written_as(draw, rows, lambda number: f"{number:,}".replace(",", sign))


@recipe("decimal commas", "html xlsx csv docx pdf", "en")
def decimal_commas(draw: Draw) -> Made:
    """As Germany prints: 1.234,56."""
    rows = [Row(row.label, tuple(number + draw.rng.randint(11, 99) * TWO_PLACES for number in row.numbers)) for row in draw.income()]
    if draw.format == "csv":
        rows = [row for row in rows if row.numbers]
    return written_as(draw, rows, lambda number: f"{number:,}".translate(str.maketrans(",.", ".,")))


def indian(number: Decimal) -> str:
    """ "12,34,567": thousands, then hundreds of them."""
    text = str(number)
    head, tail = text[:-3], text[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail])


@recipe("indian grouping", "html xlsx csv pdf", "en")
def indian_grouping(draw: Draw) -> Made:
    """As India prints: 12,34,567."""
    rows = [Row(row.label, tuple(number * 1003 for number in row.numbers)) for row in draw.income()]
    return written_as(draw, rows, indian)


@recipe("full-width digits", "html docx xlsx", "zh")
def full_width(draw: Draw) -> Made:
    """１，２３４."""
    return written_as(draw, draw.income(), lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in f"{number:,}"))


@recipe("about a number", "html docx pdf")
def about(draw: Draw) -> Made:
    """ "~300", "ca. 250", 约250 among plain numbers."""
    rows = draw.income()
    words = draw.say(("~", "ca. ", "c. ")[draw.variant % 3], "约")
    at = draw.rng.randrange(len(rows))
    lines = body(rows)
    lines[at] = [rows[at].label, f"{words}{grouped(rows[at].numbers[0])}", amount(rows[at].numbers[1])]
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw)))


@recipe("dash for nothing", "html xlsx docx pdf")
def dash(draw: Draw) -> Made:
    """A dash, n/a or 不适用 stands where no figure is: it is no 0."""
    rows = draw.income()
    sign = ("-", "–", draw.say("n/a", "不适用"))[draw.variant % 3]
    at = draw.rng.randrange(len(rows))
    lines = body(rows)
    lines[at] = [rows[at].label, amount(rows[at].numbers[0]), sign]
    kept = tuple(one for one in figures(rows, draw) if one.label[0] != rows[at].label or one.shown == rows[at].numbers[0])
    return paper(draw, statement(draw, lines), Truth(kept, (NoFigure(Decimal(0), rows[at].label),)))


def rates(draw: Draw, label: str, printed: Sequence[str], values: Sequence[str]) -> tuple[Figure, ...]:
    """The two years of a line that is no money."""
    return tuple(
        Figure((label,), Decimal(value), "ratio", whole_year(year), text, Decimal(value))
        for year, text, value in zip(draw.years, printed, values, strict=True)
    )


@recipe("percentages among amounts", "html docx pdf csv xlsx")
def percentages(draw: Draw) -> Made:
    """Margins and rates stand in a table of money, with their sign."""
    rows = draw.income(3)
    numbers = [draw.rng.randint(11, 389) for _ in range(2)]
    label, gap = draw.say("Operating margin", "营业利润率"), draw.say(" ", "") if draw.variant % 3 == 1 else ""
    printed = [f"{number / 10:.1f}{gap}%" for number in numbers]
    found = rates(draw, label, printed, [f"{Decimal(number) / 1000}" for number in numbers])
    return paper(draw, statement(draw, [*body(rows), [label, *printed]]), Truth((*figures(rows, draw), *found)))


@recipe("percentages by a sheet's format", "xlsx")
def percentages_of_a_sheet(draw: Draw) -> Made:
    """0.052 shown as 5.2%."""
    rows = draw.income(3)
    numbers = [draw.rng.randint(11, 389) for _ in range(2)]
    label = draw.say("Operating margin", "营业利润率")
    cells = [Cell(f"{number / 10:.1f}%", number=Decimal(number) / 1000, pattern="0.0%") for number in numbers]
    found = rates(draw, label, [str(Decimal(number) / 1000) for number in numbers], [f"{Decimal(number) / 1000}" for number in numbers])
    return paper(draw, statement(draw, [*body(rows), [label, *cells]]), Truth((*figures(rows, draw), *found)))


@recipe("basis points among amounts", "html xlsx pdf docx", "en")
def basis_points(draw: Draw) -> Made:
    """ "Cost of risk (bps) 34" in a table of millions."""
    rows, numbers = draw.income(3), [draw.rng.randint(12, 89) for _ in range(2)]
    label = "Cost of risk (bps)" if draw.variant % 2 else "Cost of risk"
    printed = [f"{number}" if draw.variant % 2 else f"{number} bps" for number in numbers]
    found = rates(draw, "Cost of risk", printed, [str(Decimal(number) / 10_000) for number in numbers])
    return paper(draw, statement(draw, [*body(rows), [label, *printed]]), Truth((*figures(rows, draw), *found)))


@recipe("multiples among amounts", "html xlsx pdf docx")
def multiples(draw: Draw) -> Made:
    """ "Net debt / EBITDA 2.4x" in a table of millions is no money."""
    rows, numbers = draw.income(3), [draw.rng.randint(12, 89) for _ in range(2)]
    sign = draw.say(("x", " x", " times")[draw.variant % 3], "倍")
    label = draw.say(("Net debt / EBITDA", "Interest cover")[draw.variant % 2], "利息保障倍数")
    printed = [f"{Decimal(number) / 10}{sign}" for number in numbers]
    found = rates(draw, label, printed, [str(Decimal(number) / 10) for number in numbers])
    return paper(draw, statement(draw, [*body(rows), [label, *printed]]), Truth((*figures(rows, draw), *found)))


@recipe("bank ratios among amounts", "html xlsx pdf docx")
def bank_ratios(draw: Draw) -> Made:
    """A liquidity coverage ratio of 148 in a table of millions: per cent, by what it is called."""
    rows = draw.income(3)
    names = draw.say(
        "Liquidity coverage ratio|CET1 ratio|Return on equity|Average LTV|Loan-to-deposit ratio",
        "流动性覆盖率|核心一级资本充足率|净资产收益率|拨备覆盖率|贷存比",
    ).split("|")
    label, small = names[draw.variant % 5], draw.variant % 5 in (1, 2)
    printed = [str(Decimal(draw.rng.randint(83, 189)) / (10 if small else 1)) for _ in range(2)]
    found = rates(draw, label, printed, [str(Decimal(text) / 100) for text in printed])
    cells = [Cell(text, number=Decimal(text)) for text in printed]
    return paper(draw, statement(draw, [*body(rows), [label, *cells]]), Truth((*figures(rows, draw), *found)))


@recipe("amounts of one share among millions", "html xlsx pdf docx")
def per_share(draw: Draw) -> Made:
    """Earnings per share, in the currency or in cents, under a line of millions."""
    rows, numbers = draw.income(3), [draw.rng.randint(112, 989) for _ in range(2)]
    cents = draw.variant % 3 == 2 and not draw.zh
    label = draw.say("Earnings per share", "基本每股收益")
    shown = label + (" (cents)" if cents else f" ({draw.currency})" if not draw.zh else "（元/股）")
    printed = [str(number) if cents else f"{Decimal(number) / 100:.2f}" for number in numbers]
    found = tuple(
        Figure((label,), Decimal(number) / 100, f"{draw.currency}/share", whole_year(year), text, Decimal(text))
        for year, text, number in zip(draw.years, printed, numbers, strict=True)
    )
    cells = [Cell(text, number=Decimal(text), pattern="General" if cents else "0.00") for text in printed]
    return paper(draw, statement(draw, [*body(rows), [shown, *cells]]), Truth((*figures(rows, draw), *found)))


@recipe("people and things among amounts", "html xlsx pdf docx csv")
def counted(draw: Draw) -> Made:
    """Employees and branches in a table of millions."""
    rows, numbers = draw.income(3), [draw.amount(112, 989) for _ in range(2)]
    label = draw.say(
        ("Employees", "Branches", "Headcount (number)")[draw.variant % 3], ("员工人数（人）", "营业网点数（家）")[draw.variant % 2]
    )
    found = tuple(
        Figure((label,), number, NUMBER, str(year), str(number), number) for year, number in zip(draw.years, numbers, strict=True)
    )
    return paper(draw, statement(draw, [*body(rows), [label, *map(amount, numbers)]]), Truth((*figures(rows, draw), *found)))


@recipe("currency signs at the numbers", "html docx pdf csv", "en")
def signs_at_numbers(draw: Draw) -> Made:
    """The first and the last line have the sign of the currency, the others have none."""
    draw.currency = ("USD", "EUR", "GBP")[draw.variant % 3]
    rows, sign = draw.income(), CURRENCY_MARK[draw.currency]
    lines: list[CellRow] = [
        [row.label, *(f"{sign}{grouped(number)}" if at in (0, len(rows) - 1) else grouped(number) for number in row.numbers)]
        for at, row in enumerate(rows)
    ]
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw)))
