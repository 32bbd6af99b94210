"""How times are written: calendars of other lands, weeks, quarters, short names of years, days kept as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import openpyxl

from finfoundry.evals.silent_errors.draw import Draw, Row, grouped, whole_year, year_end
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import BALANCE, Block, Cell, CellRow, Heading, Line, Table, amount, body, opening
from finfoundry.evals.silent_errors.recipe_book import paper, recipe
from finfoundry.evals.silent_errors.written_files import number_in, saved

HELD_OUT = True

EVERYWHERE = "html pdf docx xlsx csv"
DIGITS = "〇一二三四五六七八九"


def timed(draw: Draw, rows: Sequence[Row], periods: Sequence[str]) -> tuple[Figure, ...]:
    """The figures of rows, a column a period."""
    return tuple(
        Figure((row.label,), number * draw.scale, draw.currency, period, grouped(number), number)
        for row in rows
        for period, number in zip(periods, row.numbers, strict=True)
    )


def _table(draw: Draw, heads: Sequence[Cell | str | None], rows: Sequence[Row]) -> Table:
    return Table([[draw.say("Item", "项目"), *heads], *body(rows)], ruled=draw.variant // 2 % 2 == 0)


def _paper(draw: Draw, heads: Sequence[str], periods: Sequence[str], notes: Sequence[str] = (), *, day: bool = False) -> Made:
    """Company, a title without a year, unit, notes and a table under such headings."""
    rows = draw.balance(4, len(heads)) if day else draw.income(4, len(heads))
    title = draw.say("Balance sheet", "资产负债表") if day else draw.say("Income statement", "利润表")
    first: list[Block] = [Heading(draw.company), Heading(title, 2), Line(draw.unit_line), *map(Line, notes)]
    return paper(draw, [*first, _table(draw, heads, rows)], Truth(timed(draw, rows, periods)))


@recipe("years of the Republic of China", EVERYWHERE, "zh")
def roc_years(draw: Draw) -> Made:
    """113年度 is 2024."""
    rows = [Row(label, (draw.amount(), draw.amount())) for label in ("營業收入", "營業成本", "管理費用", "本期淨利")]
    first = "民國" if draw.variant // 2 % 2 else "中華民國"
    one, two = (year - 1911 for year in draw.years)
    title: list[Block] = [Heading("台林電子股份有限公司"), Heading("綜合損益表", 2), Line(f"{first}{one}年及{two}年1月1日至12月31日")]
    head = ["項目", f"{one}年度", f"{two}年度"]
    found = tuple(
        Figure((row.label,), number * 1000, "TWD", whole_year(year), grouped(number), number)
        for row in rows
        for year, number in zip(draw.years, row.numbers, strict=True)
    )
    table = Table([head, *body(rows)], ruled=draw.variant // 2 % 2 == 0)
    return paper(draw, [*title, Line("單位：新台幣仟元"), table], Truth(found))


@recipe("weeks of a retailer's year", EVERYWHERE, "en")
def weeks(draw: Draw) -> Made:
    """52 weeks ended on a Saturday, 53 the year before."""
    end = date(draw.year, 9, 30)
    end -= timedelta((end.weekday() - 5) % 7)
    before = end - timedelta(weeks=52)
    word = ("weeks ended", "weeks to")[draw.variant // 2 % 2]
    heads = [f"52 {word} {end.day} September {end.year}", f"53 {word} {before.day} {before:%B} {before.year}"]
    spans = [f"{end - timedelta(days=363)}/{end}", f"{before - timedelta(days=370)}/{before}"]
    return _paper(draw, heads, spans)


@recipe("three months beside nine months", EVERYWHERE)
def three_and_nine(draw: Draw) -> Made:
    """Both stretches end in September; each has two years."""
    this, last = draw.years
    rows = draw.income(4, 4)
    spans = [f"{year}-{month:02}-01/{year}-09-30" for month in (7, 1) for year in (this, last)]
    found = timed(draw, rows, spans)
    first: list[Block] = [Heading(draw.company), Heading(draw.say("Income statement", "利润表"), 2), Line(draw.unit_line)]
    if draw.zh:
        heads = [f"{year}年{months}月" for months in ("7-9", "1-9") for year in (this, last)]
        return paper(draw, [*first, _table(draw, heads, rows)], Truth(found))
    top: CellRow = ["", Cell("Three months ended 30 September", span=2), None, Cell("Nine months ended 30 September", span=2), None]
    years = ["Item", *(str(year) for year in (this, last, this, last))]
    return paper(draw, [*first, Table([top, years, *body(rows)], ruled=draw.variant // 2 % 2 == 0, heads=2, wide=130)], Truth(found))


@recipe("short names of years that end in March", EVERYWHERE)
def short_years(draw: Draw) -> Made:
    this, last = draw.years
    note = draw.say(
        f"FY{this % 100} is the financial year from 1 April {last} to 31 March {this}; other years likewise.",
        f"FY{this % 100}指{last}年4月1日至{this}年3月31日止财政年度，其他年度类推。",
    )
    spans = [f"{year - 1}-04-01/{year}-03-31" for year in draw.years]
    return _paper(draw, [f"FY{year % 100}" for year in draw.years], spans, [note])


@recipe("letters for actual and estimate at years", EVERYWHERE)
def estimates(draw: Draw) -> Made:
    """2023A, 2024E, 2025E, as analysts write."""
    note = draw.say("A = actual, E = estimate. Financial years end on 31 December.", "A为实际值，E为预测值，会计年度截至12月31日。")
    years = (draw.year - 1, draw.year, draw.year + 1)
    heads = [f"{year}{'A' if at == 0 else 'E'}" for at, year in enumerate(years)]
    return _paper(draw, heads, list(map(whole_year, years)), [note])


@recipe("quarters as bankers write them", EVERYWHERE, "en")
def banker_quarters(draw: Draw) -> Made:
    """4Q24, 3Q24, 4Q23; 2H24 and 1H24."""
    short, before = draw.year % 100, draw.year % 100 - 1
    year, last = draw.years
    if draw.variant // 2 % 2:
        heads, spans = [f"2H{short}", f"1H{short}"], [f"{year}-07-01/{year}-12-31", f"{year}-01-01/{year}-06-30"]
    else:
        heads = [f"4Q{short}", f"3Q{short}", f"4Q{before}"]
        spans = [f"{year}-10-01/{year}-12-31", f"{year}-07-01/{year}-09-30", f"{last}-10-01/{last}-12-31"]
    return _paper(draw, heads, spans, ["Financial years end on 31 December."])


@recipe("last twelve months", EVERYWHERE)
def last_twelve(draw: Draw) -> Made:
    note = draw.say("LTM means the twelve months ended on that day.", "LTM指截至该日止十二个月。")
    heads = [draw.say(f"LTM 30 September {year}", f"LTM {year}年9月30日") for year in draw.years]
    return _paper(draw, heads, [f"{year - 1}-10-01/{year}-09-30" for year in draw.years], [note])


@recipe("this year and last year in words", EVERYWHERE)
def in_words(draw: Draw) -> Made:
    """The title alone has the year."""
    rows = draw.income()
    heads = draw.say("Current year|Prior year", ("本期金额|上期金额", "本年发生额|上年发生额")[draw.variant // 2 % 2]).split("|")
    title = draw.say(f"Income statement for the year ended 31 December {draw.year}", f"{draw.year}年度利润表")
    blocks: list[Block] = [Heading(draw.company), Heading(title, 2), Line(draw.unit_line), _table(draw, heads, rows)]
    return paper(draw, blocks, Truth(timed(draw, rows, list(map(whole_year, draw.years)))))


@recipe("mark behind a year of the heading", "html pdf docx xlsx")
def marked_year(draw: Draw) -> Made:
    """The year before carries a note in superscript: 2023 with a 1 is no 20231."""
    rows, mark = draw.income(), "12ab*"[draw.variant]
    one, two = draw.heads()
    note = draw.say(f"{mark} See the notes on accounting policies.", f"{mark} 见会计政策附注。")
    blocks: list[Block] = [*opening(draw), Line(draw.unit_line), _table(draw, [one, Cell(two, sup=mark)], rows), Line(note, 8)]
    return paper(draw, blocks, Truth(timed(draw, rows, list(map(whole_year, draw.years)))))


@recipe("year merged over rows", "html docx xlsx pdf")
def merged_year(draw: Draw) -> Made:
    rows = draw.income(3)
    lines: list[CellRow] = []
    for at, year in enumerate(draw.heads()):
        for number, row in enumerate(rows):
            lines.append([Cell(year, down=3) if number == 0 else None, row.label, amount(row.numbers[at])])
    head = draw.say("Year|Item|Amount", "年度|项目|金额").split("|")
    table = Table([head, *lines], ruled=True, wide=70)
    return paper(draw, [*opening(draw), Line(draw.unit_line), table], Truth(timed(draw, rows, list(map(whole_year, draw.years)))))


@recipe("second heading within a table", EVERYWHERE)
def second_heading(draw: Draw) -> Made:
    """Half-way down, the headings change to the two years before."""
    rows = draw.income(3, 4)
    years = [draw.year - at for at in range(4)]
    heads = [draw.say(str(year), f"{year}年") for year in years]
    first = draw.say("Item", "项目")
    upper = [[first, *heads[:2]], *body(Row(row.label, row.numbers[:2]) for row in rows)]
    lower = [[first, *heads[2:]], *body(Row(row.label, row.numbers[2:]) for row in rows)]
    blocks: list[Block] = [*opening(draw), Line(draw.unit_line), Table([*upper, *lower], ruled=draw.variant // 2 % 2 == 0)]
    return paper(draw, blocks, Truth(timed(draw, rows, list(map(whole_year, years)))))


@recipe("year in the sheet's name", "xlsx")
def sheet_name(draw: Draw) -> Made:
    """A sheet a year, one column of amounts."""
    book, rows = openpyxl.Workbook(), draw.income()
    for at, year in enumerate(draw.years):
        sheet = book.worksheets[0] if at == 0 else book.create_sheet()
        sheet.title = (f"FY {year}" if draw.variant // 2 % 2 else str(year)) if not draw.zh else f"{year}年度"
        for line in ([draw.company], [draw.unit_line], [draw.say("Item", "项目"), draw.say("Amount", "金额")]):
            sheet.append(line)
        for row in rows:
            sheet.append([row.label, number_in(amount(row.numbers[at]))])
    return Made(saved(book), "xlsx", Truth(timed(draw, rows, list(map(whole_year, draw.years)))))


@recipe("heading kept as a number of days", "xlsx csv")
def serial_days(draw: Draw) -> Made:
    """The format of the date got lost: 45657 stands where 31 December 2024 should."""
    rows = draw.balance()
    serials = [Decimal((date(year, 12, 31) - date(1899, 12, 30)).days) for year in draw.years]
    days = draw.days()
    title = draw.say(f"Balance sheet at {days[0]} and {days[1]}", f"{days[0]}及{days[1]}资产负债表")
    heads = [Cell(str(one), number=one) for one in serials]
    no = tuple(NoFigure(one * scale) for one in serials for scale in (Decimal(1), draw.scale))
    blocks: list[Block] = [Heading(draw.company), Heading(title, 2), Line(draw.unit_line), _table(draw, heads, rows)]
    return paper(draw, blocks, Truth(timed(draw, rows, list(map(year_end, draw.years))), no))


@recipe("rates of a day", EVERYWHERE)
def rates(draw: Draw) -> Made:
    """A rate sheet: bid and offer of deposits, in per cent, at one day."""
    names = draw.say("Overnight|1 week|3 months|6 months|12 months", "隔夜|1周|3个月|6个月|12个月").split("|")
    day = date(draw.year, 3, draw.rng.randint(11, 28))
    when = draw.say(f"Rates at {day.day} March {day.year}, in % p.a.", f"{day.year}年3月{day.day}日利率，单位：%")
    sides = draw.say("Bid|Offer", "拆入|拆出").split("|")
    lines: list[CellRow] = []
    found = []
    for name in names:
        pair = [Decimal(draw.rng.randint(2111, 4890)) / 1000 for _ in sides]
        texts = [f"{one:.3f}" for one in pair]
        lines.append([name, *(Cell(text, number=one, pattern="0.000") for text, one in zip(texts, pair, strict=True))])
        found += [
            Figure((name, side), one / 100, "ratio", day.isoformat(), text, one) for side, one, text in zip(sides, pair, texts, strict=True)
        ]
    head = [draw.say("Term", "期限"), *sides]
    title = draw.say("Deposit rates", "存款利率")
    blocks: list[Block] = [Heading(draw.company), Heading(title, 2), Line(when), Table([head, *lines], ruled=draw.variant // 2 % 2 == 0)]
    return paper(draw, blocks, Truth(tuple(found)))


@recipe("days in other writings", EVERYWHERE)
def day_writings(draw: Draw) -> Made:
    """None of them can be read as another day."""
    en = ("31.12.{0}", "12/31/{0}", "{0}/12/31", "{0}1231", "31-Dec-{1}")
    zh = ("{0}.12.31", "{2}年{3}十二月三十一日", "{0}/12/31", "{0}1231", "{0}-12-31")
    shape, gap = (zh if draw.zh else en)[draw.variant], "\n" if draw.format == "pdf" else ""  # a column of a page is narrow
    heads = [shape.format(year, f"{year % 100:02}", "".join(DIGITS[int(digit)] for digit in str(year)), gap) for year in draw.years]
    return _paper(draw, heads, list(map(year_end, draw.years)), day=True)


@recipe("years in Chinese digits", EVERYWHERE, "zh")
def chinese_years(draw: Draw) -> Made:
    """二〇二四年, or 二零二四年 as Hong Kong prints it."""
    digits = DIGITS if draw.variant // 2 % 2 else DIGITS.replace("〇", "零")
    names = ["".join(digits[int(digit)] for digit in str(year)) for year in draw.years]
    return _paper(draw, [f"{name}年" if draw.variant < 3 else f"{name}年度" for name in names], list(map(whole_year, draw.years)))


@recipe("one day over two years", EVERYWHERE, "en")
def day_over_years(draw: Draw) -> Made:
    """ "At 31 December" spans the columns; the years stand below."""
    rows = draw.balance()
    top: CellRow = ["", Cell(("At 31 December", "As of December 31,")[draw.variant // 2 % 2], span=2), None]
    table = Table([top, ["Item", *draw.heads()], *body(rows)], ruled=draw.variant // 2 % 2 == 0, heads=2)
    blocks: list[Block] = [Heading(draw.company), Heading(BALANCE[0], 2), Line(draw.unit_line), table]
    return paper(draw, blocks, Truth(timed(draw, rows, list(map(year_end, draw.years)))))


@recipe("first period of a young company", EVERYWHERE)
def first_period(draw: Draw) -> Made:
    """It was founded in the middle of the year before: that column is no whole year."""
    this, last = draw.years
    heads = [
        draw.say(f"Year ended 31 December {this}", f"{this}年度"),
        draw.say(f"Period from 15 March {last} to 31 December {last}", f"{last}年3月15日至{last}年12月31日"),
    ]
    return _paper(draw, heads, [whole_year(this), f"{last}-03-15/{last}-12-31"])


@recipe("day of each record", EVERYWHERE)
def day_records(draw: Draw) -> Made:
    """Balances of one account down a column of days."""
    name = draw.say("Cash at bank", "货币资金")
    days = [date(draw.year, month, last) for month, last in ((3, 31), (6, 30), (9, 30), (12, 31))]
    numbers = [draw.amount() for _ in days]
    lines: list[CellRow] = [[day.isoformat(), amount(number)] for day, number in zip(days, numbers, strict=True)]
    row = Row(name, tuple(numbers))
    blocks: list[Block] = [
        Heading(draw.company),
        Line(draw.unit_line),
        Table([[draw.say("Day", "日期"), name], *lines], ruled=draw.variant // 2 % 2 == 0),
    ]
    found = timed(draw, [row], [day.isoformat() for day in days])
    return paper(draw, blocks, Truth(found))
