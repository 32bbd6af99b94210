"""How numbers are written: signs, gaps, scales inside of cells, numerals in words, shares and rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import MONEY, Draw, Row, figures, grouped, whole_year
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Cell, CellRow, Line, Table, amount, body, opening, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe

HELD_OUT = True

CAPITALS = "零壹贰叁肆伍陆柒捌玖"
EVERYWHERE = "html pdf docx xlsx csv"
NO_PAGES = "html docx xlsx csv"


def _lines(rows: Sequence[Row], write: Callable[[Decimal], str]) -> list[CellRow]:
    return [[row.label, *map(write, row.numbers)] for row in rows]


def _figures(draw: Draw, rows: Sequence[Row], write: Callable[[Decimal], str]) -> tuple[Figure, ...]:
    return tuple(replace(one, printed=write(one.shown)) for one in figures(rows, draw))


def _written(draw: Draw, rows: Sequence[Row], write: Callable[[Decimal], str], note: str = "") -> Made:
    """A plain statement with its numbers written so, and a line that explains it before the table."""
    blocks = statement(draw, _lines(rows, write))
    if note:
        blocks.insert(-1, Line(note))
    return paper(draw, blocks, Truth(_figures(draw, rows, write)))


def _with_negatives(draw: Draw) -> list[Row]:
    rows = draw.income()
    at = draw.variant % len(rows)
    rows[at] = Row(rows[at].label, tuple(-number for number in rows[at].numbers))
    return rows


@recipe("CR behind an amount below nothing", EVERYWHERE)
def credit_behind(draw: Draw) -> Made:
    """A ledger's mark behind the number, explained above the table."""
    gap = ("", " ")[draw.variant // 2 % 2]
    note = draw.say("Amounts marked CR are negative.", "标有CR的金额为负数。")
    return _written(draw, _with_negatives(draw), lambda number: f"{abs(number):,}{gap}CR" if number < 0 else grouped(number), note)


@recipe("blanks inside of brackets", EVERYWHERE)
def blanks_in_brackets(draw: Draw) -> Made:
    return _written(draw, _with_negatives(draw), lambda number: f"( {abs(number):,} )" if number < 0 else grouped(number))


@recipe("angle brackets for less than nothing", EVERYWHERE)
def angle_brackets(draw: Draw) -> Made:
    note = draw.say("Figures in angle brackets < > are negative.", "尖括号< >内的数字为负数。")
    return _written(draw, _with_negatives(draw), lambda number: f"<{abs(number):,}>" if number < 0 else grouped(number), note)


@recipe("triangle for less than nothing", NO_PAGES)
def triangle(draw: Draw) -> Made:
    """As Japanese statements print it, in papers of their subsidiaries too."""
    mark = ("△", "▲")[draw.variant // 2 % 2]
    note = draw.say(f"{mark} denotes a negative amount.", f"{mark}表示负数。")
    return _written(draw, _with_negatives(draw), lambda number: f"{mark}{abs(number):,}" if number < 0 else grouped(number), note)


@recipe("signs in a column of their own", EVERYWHERE)
def sign_column(draw: Draw) -> Made:
    rows = _with_negatives(draw)
    lines: list[CellRow] = [
        [row.label, *(cell for number in row.numbers for cell in ("-" if number < 0 else "+", f"{abs(number):,}"))] for row in rows
    ]
    one, two = draw.heads()
    blocks = statement(draw, lines, heads=["+/-", one, "+/-", two], ruled=True)
    return paper(draw, blocks, Truth(_figures(draw, rows, lambda number: f"{abs(number):,}"), told=("sign",)))


@recipe("plus before numbers", EVERYWHERE)
def plus(draw: Draw) -> Made:
    return _written(draw, _with_negatives(draw), lambda number: f"{number:+,}")


@recipe("hundreds of millions in the cell", EVERYWHERE, "zh")
def yi_in_cells(draw: Draw) -> Made:
    """No unit line: 12.34亿元 beside 5,678万元."""
    rows, found = draw.income(), list[Figure]()
    lines: list[CellRow] = []
    for at, row in enumerate(rows):
        small = (at + draw.variant) % 2
        texts = [f"{number:,}万元" if small else f"{number / 100}亿元" for number in row.numbers]
        lines.append([row.label, *texts])
        for year, number, text in zip(draw.years, row.numbers, texts, strict=True):
            shown = number if small else number / 100
            found.append(Figure((row.label,), number * (10**4 if small else 10**6), draw.currency, whole_year(year), text, shown))
    head = ["项目", *draw.heads()]
    money = MONEY["zh", draw.currency]
    return paper(
        draw, [*opening(draw), Line(f"币种：{money}"), Table([head, *lines], ruled=draw.variant // 2 % 2 == 0)], Truth(tuple(found))
    )


@recipe("letters for the scale in the cell", EVERYWHERE, "en")
def letters_in_cells(draw: Draw) -> Made:
    """EUR 12.3m beside EUR 1.2bn and EUR 450k."""
    rows, found = draw.income(), list[Figure]()
    lines: list[CellRow] = []
    words = (("m", 10**6), ("bn", 10**9), ("k", 10**3))
    for at, row in enumerate(rows):
        word, scale = words[(at + draw.variant) % 3]
        shown = [number / 100 for number in row.numbers]
        texts = [f"{draw.currency} {number}{word}" for number in shown]
        lines.append([row.label, *texts])
        for year, number, text in zip(draw.years, shown, texts, strict=True):
            found.append(Figure((row.label,), number * scale, draw.currency, whole_year(year), text, number))
    return paper(draw, [*opening(draw), Table([["Item", *draw.heads()], *lines], ruled=True)], Truth(tuple(found)))


@recipe("amounts in Chinese capitals", "html docx xlsx csv", "zh")
def capitals(draw: Draw) -> Made:
    """As contracts and vouchers write amounts: 人民币壹仟贰佰叁拾肆万元整."""
    rows = [
        Row(row.label, tuple(Decimal(draw.rng.choice("3456789") + draw.rng.choice("2345") * 3) for _ in "ab")) for row in draw.income(3)
    ]

    def write(number: Decimal) -> str:
        return "人民币" + "".join(CAPITALS[int(digit)] + unit for digit, unit in zip(str(number), "仟佰拾万", strict=True)) + "元整"

    found = tuple(
        Figure((row.label,), number * 10**4, "CNY", whole_year(year), write(number), number)
        for row in rows
        for year, number in zip(draw.years, row.numbers, strict=True)
    )
    head = ["项目", *(f"{name}（大写）" for name in draw.heads())]
    table = Table([head, *_lines(rows, write)], ruled=True, wide=90)
    return paper(draw, [*opening(draw), table], Truth(found, told=("大写", "capital")))


@recipe("blank beside a thousands comma", EVERYWHERE)
def blank_beside_comma(draw: Draw) -> Made:
    """As text recognition leaves it."""
    gap = (", ", " ,")[draw.variant // 2 % 2]
    return _written(draw, draw.income(), lambda number: grouped(number).replace(",", gap))


@recipe("marks of direction around numbers", NO_PAGES)
def direction_marks(draw: Draw) -> Made:
    before, after = (("\u200e", "\u200e"), ("\u202a", "\u202c"), ("\u2066", "\u2069"))[draw.variant % 3]
    rows = _with_negatives(draw)
    lines = _lines(rows, lambda number: f"{before}{grouped(number)}{after}")
    return paper(draw, statement(draw, lines), Truth(figures(rows, draw)))


@recipe("places to break inside of numbers", NO_PAGES)
def break_places(draw: Draw) -> Made:
    """A blank of no width behind the comma."""
    return _written(draw, draw.income(), lambda number: grouped(number).replace(",", ",\u200b"))


@recipe("letter in place of a digit", "html pdf docx xlsx")
def letter_for_digit(draw: Draw) -> Made:
    """As text recognition leaves it: 4,O35. It is the number, or it is lost."""
    rows = draw.income()
    last = draw.rng.randint(31, 89)
    odd = Decimal(draw.rng.randint(3, 9) * 1000 + last)
    rows[0] = Row(rows[0].label, (odd, rows[0].numbers[1]))
    made = {odd: grouped(odd).replace(",0", ",O")}
    lines = _lines(rows, lambda number: made.get(number, grouped(number)))
    found = _figures(draw, rows, lambda number: made.get(number, grouped(number)))
    no = tuple(NoFigure(number * draw.scale, rows[0].label) for number in (Decimal(last), odd // 1000))
    return paper(draw, statement(draw, lines), Truth(found, no))


@recipe("words for what is not reported", EVERYWHERE)
def not_reported(draw: Draw) -> Made:
    """ "n/a" is no zero."""
    rows = draw.income()
    words = draw.say("n/a|n.m.|not disclosed|n.a.|N/A", "不适用|未披露|N/A|不适用|无法取得").split("|")
    word, row = words[draw.variant], rows[1]
    lines = body(rows)
    lines[1] = [row.label, amount(row.numbers[0]), word]
    found = tuple(one for one in figures(rows, draw) if one.label != (row.label,) or one.shown != row.numbers[1])
    return paper(draw, statement(draw, lines), Truth(found, (NoFigure(Decimal(0), row.label),)))


@recipe("hint on signs inside of the label", EVERYWHERE)
def sign_hint(draw: Draw) -> Made:
    """A loss under "Profit/(loss)", as the hint in the label says."""
    names = draw.say("Profit/(loss) for the year|Gains/(losses) on disposals", "净利润（净亏损以“－”号填列）|投资收益（损失以“－”号填列）")
    rows = [*draw.income(2), *(Row(name, (-draw.amount(), draw.amount())) for name in names.split("|"))]
    return _written(draw, rows, lambda number: f"－{abs(number):,}" if number < 0 and draw.zh else grouped(number))


def _long(draw: Draw) -> Decimal:
    return Decimal(draw.rng.randint(3 * 10**11, 9 * 10**11)) / 100


def _full(draw: Draw) -> str:
    return draw.say(f"Amounts in {draw.currency}", f"单位：元 币种：{MONEY['zh', draw.currency] if draw.zh else ''}")


def _exact(draw: Draw, rows: Sequence[Row], write: Callable[[Decimal], str]) -> tuple[Figure, ...]:
    return tuple(replace(one, value=one.shown) for one in _figures(draw, rows, write))


@recipe("amounts to the cent", EVERYWHERE)
def cents(draw: Draw) -> Made:
    rows = [Row(row.label, (_long(draw), _long(draw))) for row in draw.income()]
    table = Table([[draw.say("Item", "项目"), *draw.heads()], *_lines(rows, lambda number: f"{number:,.2f}")], ruled=True)
    return paper(draw, [*opening(draw), Line(_full(draw)), table], Truth(_exact(draw, rows, lambda number: f"{number:,.2f}")))


@recipe("long number over two lines of its cell", "html pdf docx xlsx")
def broken_number(draw: Draw) -> Made:
    """A narrow column breaks 1,234,567,890.12 behind a comma."""
    rows = [Row(row.label, (_long(draw), _long(draw))) for row in draw.income()]

    def write(number: Decimal) -> str:
        return f"{number:,.2f}"[:-6] + "\n" + f"{number:,.2f}"[-6:]

    table = Table([[draw.say("Item", "项目"), *draw.heads()], *_lines(rows, write)], ruled=True)
    return paper(draw, [*opening(draw), Line(_full(draw)), table], Truth(_exact(draw, rows, write)))


@recipe("scientific notation", "csv html xlsx")
def scientific(draw: Draw) -> Made:
    """As a program writes numbers: 3.4567E+08."""
    rows = [Row(row.label, tuple(number * 10**5 for number in row.numbers)) for row in draw.income()]

    def write(number: Decimal) -> str:
        return f"{number:.3E}"

    table = Table([[draw.say("Item", "项目"), *draw.heads()], *_lines(rows, write)], ruled=True)
    return paper(draw, [*opening(draw), Line(_full(draw)), table], Truth(_exact(draw, rows, write)))


@recipe("full-width comma and stop", EVERYWHERE, "zh")
def wide_marks(draw: Draw) -> Made:
    rows = [Row(row.label, tuple(number + Decimal(draw.rng.randint(11, 89)) / 100 for number in row.numbers)) for row in draw.income()]
    return _written(draw, rows, lambda number: f"{number:,.2f}".replace(",", "，").replace(".", "．"))


def _rates(draw: Draw, names: str, low: int, high: int) -> list[Row]:
    return [Row(name, tuple(Decimal(draw.rng.randint(low, high)) / 10 for _ in "ab")) for name in names.split("|")]


def _shares(draw: Draw, rows: Sequence[Row], part: int, mark: str) -> tuple[Figure, ...]:
    return tuple(
        Figure((row.label,), number / part, "ratio", whole_year(year), f"{number}{mark}", number)
        for row in rows
        for year, number in zip(draw.years, row.numbers, strict=True)
    )


@recipe("rates per mille", EVERYWHERE)
def per_mille(draw: Draw) -> Made:
    rows = _rates(draw, draw.say("Management fee rate|Custody fee rate|Subscription fee rate", "管理费率|托管费率|申购费率"), 11, 98)
    table = Table([[draw.say("Item", "项目"), *draw.heads()], *_lines(rows, lambda number: f"{number}‰")], ruled=draw.variant // 2 % 2 == 0)
    return paper(draw, [*opening(draw, ("Fees", "费率表")), table], Truth(_shares(draw, rows, 1000, "‰")))


@recipe("percent sign in the heading alone", EVERYWHERE)
def percent_heading(draw: Draw) -> Made:
    rows = _rates(draw, draw.say("Operating margin|Return on equity|Tax rate", "营业利润率|净资产收益率|实际税率"), 112, 398)
    head = [draw.say("Ratio", "指标"), *(draw.say(f"{name} (%)", f"{name}（%）") for name in draw.heads())]
    lines: list[CellRow] = [[row.label, *(Cell(str(one), number=one) for one in row.numbers)] for row in rows]
    table = Table([head, *lines], ruled=draw.variant // 2 % 2 == 0)
    no = tuple(NoFigure(number, row.label) for row in rows for number in row.numbers)
    return paper(draw, [*opening(draw, ("Key ratios", "主要财务指标")), table], Truth(_shares(draw, rows, 100, ""), no))


@recipe("share of the total beside each amount", EVERYWHERE)
def share_beside(draw: Draw) -> Made:
    """The column of shares has no percent sign at its numbers."""
    names = draw.say("Germany|France|Italy", "华东地区|华南地区|西北地区").split("|")
    rows = [Row(name, (draw.amount(), draw.amount())) for name in names]
    sums = [sum((row.numbers[at] for row in rows), Decimal(0)) for at in range(2)]
    lines: list[CellRow] = []
    no: list[NoFigure] = []
    for row in rows:
        cells: list[Cell | str | None] = [row.label]
        for number, total in zip(row.numbers, sums, strict=True):
            share = (number * 100 / total).quantize(Decimal("0.1"))
            cells += [amount(number), Cell(str(share), number=share, pattern="0.0")]
            no.append(NoFigure(share * draw.scale, row.label))
        lines.append(cells)
    part = draw.say("% of total", "占比（%）")
    one, two = draw.heads()
    title = ("Revenue by region", "分地区营业收入")
    return paper(draw, statement(draw, lines, heads=[one, part, two, part], title=title, ruled=True), Truth(figures(rows, draw), tuple(no)))


@recipe("points of change beside rates", EVERYWHERE)
def points(draw: Draw) -> Made:
    rows = _rates(draw, draw.say("Gross margin|Cost ratio|Equity ratio", "毛利率|费用率|权益比率"), 212, 498)
    lines: list[CellRow] = []
    no: list[NoFigure] = []
    for row in rows:
        change = row.numbers[0] - row.numbers[1]
        lines.append([row.label, *(f"{number}%" for number in row.numbers), draw.say(f"{change:+} pp", f"{change:+}个百分点")])
        no.append(NoFigure(change * draw.scale, row.label))
    table = Table([[draw.say("Ratio", "指标"), *draw.heads(), draw.say("Change", "变动")], *lines], ruled=draw.variant // 2 % 2 == 0)
    found = tuple(replace(one, alien=draw.say("Change", "变动")) for one in _shares(draw, rows, 100, "%"))
    return paper(draw, [*opening(draw, ("Key ratios", "主要财务指标")), Line(draw.unit_line), table], Truth(found, tuple(no)))


@recipe("currency code behind each number", EVERYWHERE)
def code_behind(draw: Draw) -> Made:
    """No unit line; one row is in another currency, as its numbers say."""
    rows, odd = [Row(row.label, tuple(number * 1000 + 437 for number in row.numbers)) for row in draw.income()], draw.variant % 4
    codes = ["USD" if at != odd else "JPY" for at in range(len(rows))]
    lines: list[CellRow] = [[row.label, *(f"{number:,} {code}" for number in row.numbers)] for row, code in zip(rows, codes, strict=True)]
    found = tuple(
        Figure((row.label,), number, code, whole_year(year), f"{number:,} {code}", number)
        for row, code in zip(rows, codes, strict=True)
        for year, number in zip(draw.years, row.numbers, strict=True)
    )
    return paper(draw, [*opening(draw), Table([[draw.say("Item", "项目"), *draw.heads()], *lines], ruled=True)], Truth(found))
