"""How tables are laid out: accounts side by side, stacked and spaced characters, ditto marks, sums carried over, lists."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas

from finfoundry.evals.silent_errors.draw import BALANCE, MONEY, Draw, Row, figures, grouped, whole_year, year_end
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import (
    Block,
    Cell,
    CellRow,
    Heading,
    Line,
    NextPage,
    Table,
    amount,
    body,
    opening,
    statement,
)
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import CHINESE, font_of

HELD_OUT = True

EVERYWHERE = "html pdf docx xlsx csv"


def _item(draw: Draw) -> str:
    return draw.say("Item", "项目")


def _ruled(draw: Draw) -> bool:
    return draw.variant // 2 % 2 == 0


@recipe("assets beside liabilities in one table", EVERYWHERE)
def account_form(draw: Draw) -> Made:
    """A balance sheet of six columns: each row has two lines of it."""
    names = BALANCE[draw.lang]
    left = [Row(names[at], (draw.amount(), draw.amount())) for at in (0, 1, 2, 3)]
    right = [Row(names[at], (draw.amount(), draw.amount())) for at in (4, 5, 6)]
    right.append(Row(draw.say("Total liabilities and equity", "负债和权益总计"), left[3].numbers))
    one, two = draw.days() if draw.variant != 1 else ["期末余额", "上年年末余额"]
    head = [draw.say("Assets", "资产"), one, two, draw.say("Liabilities and equity", "负债和所有者权益"), one, two]
    lines: list[CellRow] = [[a.label, *map(amount, a.numbers), b.label, *map(amount, b.numbers)] for a, b in zip(left, right, strict=True)]
    title = draw.say(f"Balance sheet at 31 December {draw.year}", f"{draw.year}年12月31日资产负债表")
    table = Table([head, *lines], ruled=True, wide=90)
    blocks: list[Block] = [Heading(draw.company), Heading(title, 2), Line(draw.unit_line), table]
    return paper(draw, blocks, Truth(figures([*left, *right], draw, instant=True)))


@recipe("column of line numbers", EVERYWHERE)
def line_numbers(draw: Draw) -> Made:
    """行次 or a code between the label and the amounts."""
    rows = draw.income()
    codes = [f"{at:03}" if draw.variant // 2 % 2 else str(at) for at in (10, 20, 30, 40)] if not draw.zh else list("1234")
    lines: list[CellRow] = [
        [row.label, Cell(code, number=Decimal(code)) if len(code) < 3 else code, *map(amount, row.numbers)]
        for row, code in zip(rows, codes, strict=True)
    ]
    no = tuple(
        NoFigure(Decimal(code) * scale, row.label) for row, code in zip(rows, codes, strict=True) for scale in (Decimal(1), draw.scale)
    )
    blocks = statement(draw, lines, heads=[draw.say("Line code", "行次"), *draw.heads()], ruled=_ruled(draw))
    return paper(draw, blocks, Truth(figures(rows, draw), no))


def _crossed(draw: Draw, rows: Sequence[Row], heads: Sequence[str], period: str) -> tuple[Figure, ...]:
    """Figures of a matrix whose columns are no times."""
    return tuple(
        Figure((row.label, head), number * draw.scale, draw.currency, period, grouped(number), number)
        for row in rows
        for head, number in zip(heads, row.numbers, strict=True)
    )


@recipe("columns by the age of a debt", EVERYWHERE)
def ages(draw: Draw) -> Made:
    """Numbers in the headings are years of age and no years."""
    heads = draw.say("Within 1 year|1 to 2 years|2 to 5 years|Over 5 years", "1年以内|1至2年|2至5年|5年以上").split("|")
    names = draw.say("Trade receivables|Other receivables|Loans to customers", "应收账款|其他应收款|长期应收款").split("|")
    rows = [Row(name, tuple(draw.amount() for _ in heads)) for name in names]
    title = draw.say(f"Receivables by age at 31 December {draw.year}", f"{draw.year}年12月31日应收款项账龄")
    table = Table([[_item(draw), *heads], *body(rows)], ruled=_ruled(draw), wide=120)
    blocks: list[Block] = [Heading(draw.company), Heading(title, 2), Line(draw.unit_line), table]
    return paper(draw, blocks, Truth(_crossed(draw, rows, heads, year_end(draw.year))))


@recipe("numbers within labels", EVERYWHERE)
def numbered_labels(draw: Draw) -> Made:
    en = "Notes due 2027|Level 3 assets|Tier 1 capital|Loans overdue more than 90 days|Bonds 2019 to 2029"
    names = draw.say(en, "2027年到期票据|第3层次资产|一级资本|逾期90天以上贷款|2019年第1期债券").split("|")
    rows = [Row(name, (draw.amount(), draw.amount())) for name in names]
    draw.rng.shuffle(rows)
    blocks = statement(draw, body(rows), heads=draw.days(), title=("Balance sheet", "资产负债表"), ruled=_ruled(draw))
    return paper(draw, blocks, Truth(figures(rows, draw, instant=True)))


@recipe("pro forma column", EVERYWHERE)
def pro_forma(draw: Draw) -> Made:
    """What would have been stands beside what was, both of one year."""
    rows, word = draw.income(), draw.say("Pro forma", "备考")
    year = draw.heads()[0]
    heads = [draw.say(f"{year} Reported", f"{year}实际"), draw.say(f"{year} Pro forma", f"{year}备考")]
    found = []
    for row in rows:
        for number, odd in zip(row.numbers, (False, True), strict=True):
            label = (row.label, word) if odd else (row.label,)
            one = Figure(
                label, number * draw.scale, draw.currency, whole_year(draw.year), grouped(number), number, alien=None if odd else word
            )
            found.append(one)
    return paper(draw, statement(draw, body(rows), heads=heads, ruled=_ruled(draw)), Truth(tuple(found)))


@recipe("three levels of headings", "html pdf docx xlsx")
def three_levels(draw: Draw) -> Made:
    """A word over all, a year over two columns, a part over each."""
    parts = draw.say("Continuing|Discontinued", "持续经营|终止经营").split("|")
    rows = draw.income(3, 4)
    top: CellRow = ["", Cell(draw.say("Audited", "经审计"), span=4), None, None, None]
    one, two = draw.heads()
    middle: CellRow = ["", Cell(one, span=2), None, Cell(two, span=2), None]
    table = Table([top, middle, [_item(draw), *parts, *parts], *body(rows)], ruled=True, heads=3, wide=130)
    found = [
        Figure((row.label, parts[at % 2]), number * draw.scale, draw.currency, whole_year(draw.years[at // 2]), grouped(number), number)
        for row in rows
        for at, number in enumerate(row.numbers)
    ]
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(tuple(found)))


@recipe("title as the first row of the table", "html pdf docx xlsx")
def title_row(draw: Draw) -> Made:
    """Title and unit are cells over all columns."""
    rows = draw.income()
    title: CellRow = [Cell(draw.say("Income statement", "利润表"), span=3), None, None]
    unit: CellRow = [Cell(draw.unit_line, span=3), None, None]
    table = Table([title, unit, [_item(draw), *draw.heads()], *body(rows)], ruled=True, heads=3)
    return paper(draw, [Heading(draw.company), table], Truth(figures(rows, draw)))


@recipe("sum carried over the page", "pdf docx html")
def carried(draw: Draw) -> Made:
    """The sum so far closes a page and opens the next, as ledgers do."""
    names = draw.say("Rent|Freight|Energy|Insurance|Repairs|Travel", "租金|运费|电费|保险费|修理费|差旅费").split("|")
    rows = [Row(name, (draw.amount(), draw.amount())) for name in names]
    sums = tuple(sum((row.numbers[at] for row in rows[:3]), Decimal(0)) for at in range(2))
    head = [_item(draw), *draw.heads()]
    upper = [*body(rows[:3]), *body([Row(draw.say("Carried forward", "过次页"), sums)])]
    lower = [*body([Row(draw.say("Brought forward", "承前页"), sums)]), *body(rows[3:])]
    again = Line(draw.unit_line)
    blocks: list[Block] = [*opening(draw, ("Expenses", "费用明细表")), again, Table([head, *upper], ruled=_ruled(draw)), NextPage()]
    return paper(draw, [*blocks, again, Table([head, *lower], ruled=_ruled(draw))], Truth(figures(rows, draw)))


@recipe("ditto marks", "html docx xlsx csv")
def ditto(draw: Draw) -> Made:
    """The group of a row is that of the row above."""
    mark = draw.say("ditto|do.|ditto", "同上|〃|同上").split("|")[draw.variant // 2]
    groups = draw.say("Sales|Rents", "销售|租金").split("|")
    parts = draw.say("Europe|Asia|Africa", "华东|华南|西北").split("|")
    lines: list[CellRow] = []
    found: list[Figure] = []
    for group in groups:
        for at, part in enumerate(parts):
            row = Row(part, (draw.amount(), draw.amount()))
            lines.append([mark if at else group, part, *map(amount, row.numbers)])
            found += (replace(one, label=(part, group)) for one in figures([row], draw))
    head = [draw.say("Kind", "类别"), draw.say("Region", "地区"), *draw.heads()]
    return paper(draw, [*opening(draw), Line(draw.unit_line), Table([head, *lines], ruled=True)], Truth(tuple(found), told=(mark,)))


@recipe("boxes that are ticked", EVERYWHERE, "zh")
def boxes(draw: Draw) -> Made:
    """□适用 √不适用, as reports of listed companies print it between title and table."""
    rows = draw.income()
    ticked, other = draw.rng.sample(("√适用 □不适用", "□适用 √不适用"), 2)
    *first, unit, table = statement(draw, body(rows), ruled=_ruled(draw))
    notes = Line("追溯调整或重述的原因说明"), Line(other)
    return paper(draw, [*first, Line(ticked), unit, table, *notes], Truth(figures(rows, draw)))


@recipe("heading of stacked characters", "html docx xlsx pdf", "zh")
def stacked(draw: Draw) -> Made:
    """Lines of the statement across, each heading written downwards."""
    rows = draw.income(4)
    head = ["年度", *("\n".join(row.label) for row in rows)]
    lines: list[CellRow] = [[year, *(amount(row.numbers[at]) for row in rows)] for at, year in enumerate(draw.heads())]
    blocks: list[Block] = [*opening(draw), Line(draw.unit_line), Table([head, *lines], ruled=True, wide=90)]
    return paper(draw, blocks, Truth(figures(rows, draw)))


@recipe("characters of a label spaced out", EVERYWHERE, "zh")
def spaced(draw: Draw) -> Made:
    """存　货, 净 利 润: blanks fill the width of the column."""
    rows, gap = draw.balance(), ("　", " ", "  ")[draw.variant % 3]
    lines: list[CellRow] = [[gap.join(row.label) if len(row.label) < 5 else row.label, *map(amount, row.numbers)] for row in rows]
    blocks = statement(draw, lines, heads=draw.days(), title=("Balance sheet", "资产负债表"), ruled=_ruled(draw))
    return paper(draw, blocks, Truth(figures(rows, draw, instant=True)))


@recipe("figures in a list", "html pdf docx")
def listed(draw: Draw) -> Made:
    """No table: "Revenue: EUR 2,345 million (2023: EUR 2,234 million)"."""
    rows, (this, last) = draw.income(), draw.years
    money, scale = MONEY[draw.lang, draw.currency], draw.scale_word
    lines: list[Block] = []
    for row in rows:
        new, old = map(grouped, row.numbers)
        en = f"• {row.label}: {draw.currency} {new} {scale} ({last}: {draw.currency} {old} {scale})"
        zh = f"• {this}年{row.label}：{money}{new}{scale}（{last}年：{money}{old}{scale}）"
        lines.append(Line(draw.say(en, zh)))
    first = Line(draw.say(f"Key figures of the year {this}:", f"{this}年主要数据："))
    return paper(draw, [Heading(draw.company), first, *lines], Truth(figures(rows, draw)))


@recipe("group beside parent company", EVERYWHERE)
def parent(draw: Draw) -> Made:
    """Two columns of the group, two of the parent alone."""
    rows = draw.income(4, 4)
    words = draw.say("Group|Company", "合并|母公司").split("|")
    heads = [draw.say(f"{word} {year}", f"{year}年{word}") for word in words for year in draw.years]
    scopes = ("consolidated", "consolidated", "parent", "parent")
    found = [
        Figure((row.label, scopes[at]), number * draw.scale, draw.currency, whole_year(draw.years[at % 2]), grouped(number), number)
        for row in rows
        for at, number in enumerate(row.numbers)
    ]
    table = Table([[_item(draw), *heads], *body(rows)], ruled=_ruled(draw), wide=130)
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(tuple(found)))


def _drawn(draw: Draw, rows: Sequence[Row], margin: str = "", apart: float = 0) -> bytes:
    """A page drawn word by word: ``margin`` runs upwards at its left, ``apart`` is the gap between the digits of numbers, in points."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842), invariant=1)
    font = CHINESE if font_of([draw.company, margin]) == CHINESE else "Helvetica"
    title = draw.say(f"Income statement {draw.year}", f"{draw.year}年度利润表")
    for at, (text, size) in enumerate(((draw.company, 16), (title, 12), (draw.unit_line, 9))):
        canvas.setFont(font, size)
        canvas.drawString(90, 770 - 24 * at, text)
    canvas.setFont(font, 9)
    for at, cells in enumerate([[_item(draw), *draw.heads()], *([row.label, *map(grouped, row.numbers)] for row in rows)]):
        high = 690 - 18 * at
        canvas.drawString(90, high, cells[0])
        for column, text in enumerate(cells[1:]):
            gap = apart if at else 0
            wide = canvas.stringWidth(text, font, 9) + gap * len(text)
            canvas.drawString(370 + 110 * column - wide, high, text, charSpace=gap)
    canvas.line(90, 685, 490, 685)
    if margin:
        canvas.translate(60, 560)
        canvas.rotate(90)
        canvas.drawString(0, 0, margin)
    canvas.save()
    return stream.getvalue()


@recipe("words that run upwards at the margin", "pdf")
def margin_words(draw: Draw) -> Made:
    """The margin speaks of another year; it is no part of the statement."""
    rows, number = draw.income(), draw.amount()
    old = draw.year - 7
    margin = draw.say(f"Archive copy {number} of {old}", f"{old}年存档副本 {number} 号")
    no = (NoFigure(number), NoFigure(number * draw.scale))
    return Made(_drawn(draw, rows, margin), "pdf", Truth(figures(rows, draw), no))


@recipe("digits set apart", "pdf")
def apart(draw: Draw) -> Made:
    """Numbers are letter-spaced, as designers do."""
    rows = draw.income()
    return Made(_drawn(draw, rows, apart=(0.8, 1.2, 1.6, 2.0, 2.4)[draw.variant]), "pdf", Truth(figures(rows, draw)))


@recipe("blank columns between amounts", EVERYWHERE)
def blank_columns(draw: Draw) -> Made:
    """Narrow columns without a heading keep amounts apart."""
    rows, (one, two) = draw.income(), draw.heads()
    lines: list[CellRow] = [[row.label, "", amount(row.numbers[0]), "", amount(row.numbers[1])] for row in rows]
    return paper(draw, statement(draw, lines, heads=["", one, "", two], ruled=_ruled(draw)), Truth(figures(rows, draw)))


@recipe("parts in a box before their sum", EVERYWHERE)
def inner_column(draw: Draw) -> Made:
    """Old books print parts in an inner column and their sum in the outer one, for one year."""
    names = draw.say("Wages|Rent|Energy", "工资|租金|电费").split("|")
    parts = [Row(name, (draw.amount(),)) for name in names]
    total = Row(draw.say("Total expenses", "费用合计"), (sum((row.numbers[0] for row in parts), Decimal(0)),))
    sales = Row(draw.say("Sales", "销售收入"), (draw.amount() * 9,))
    lines: list[CellRow] = [[sales.label, "", amount(sales.numbers[0])]]
    lines += [[row.label, amount(row.numbers[0]), ""] for row in parts]
    lines.append([total.label, "", amount(total.numbers[0])])
    year = draw.heads()[0]
    table = Table([[_item(draw), Cell(year, span=2), None], *lines], ruled=_ruled(draw))
    if draw.format == "csv":
        table = Table([[_item(draw), year, year], *lines])
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(figures([sales, *parts, total], draw)))
